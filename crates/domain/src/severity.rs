//! How bad it is, by a scheme that is data: questions with points, thresholds, and what the levels
//! mean together. The chance × damage matrix of 2019 and the urgent/normal labels of later years
//! are both shipped, and an operator can add another (decision 17).
//!
//! The scheme also says how far the next level is, and which single answer would reach it, because
//! in December 2019 the whole question hung on one point (`domain.md` 2.1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Where an axis of a scheme ends up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Low,
    Medium,
    High,
}

impl Level {
    /// `L`, `M` or `H`, as in `[H/H]`.
    pub fn letter(self) -> char {
        match self {
            Self::Low => 'L',
            Self::Medium => 'M',
            Self::High => 'H',
        }
    }
}

/// What the levels of all axes mean together: it chooses the ladder, the deadline and the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// Answers by the key of their question.
pub type Answers = BTreeMap<String, String>;

/// A way to judge. Made by [`Scheme::new`] only, so that every scheme gives a verdict on every
/// complete set of answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scheme {
    name: String,
    axes: Vec<Axis>,
    verdicts: BTreeMap<String, Severity>,
}

/// One dimension, such as chance or damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    pub key: String,
    pub rule: Rule,
    /// From how many points on a level counts. The lowest starts at 0.
    pub levels: Vec<Threshold>,
    pub questions: Vec<Question>,
}

/// How the points of an axis come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    Sum,
    Maximum,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    pub level: Level,
    pub from_points: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub key: String,
    /// Its answer changes as the story goes on, so it is asked again at each new signal.
    #[serde(default)]
    pub changes: bool,
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub points: u32,
}

/// Why a scheme was not taken. Written for the operator who edited it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a scheme has at least one axis, and an axis has questions and levels")]
    Empty,
    #[error("{0} is there twice")]
    Twice(String),
    #[error("the levels of {0} must start at 0 points and rise")]
    Levels(String),
    #[error("no severity is given for the levels {0}")]
    NoVerdict(String),
}

/// Why answers could not be judged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    #[error("question {0} is not answered")]
    Missing(String),
    #[error("{choice} is no answer to {question}")]
    NoSuchChoice { question: String, choice: String },
    #[error("question {0} is not in the scheme")]
    NoSuchQuestion(String),
    #[error("another level than the computed one needs a written reason")]
    NoReason,
}

/// What a scheme says about a set of answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Name of the scheme that judged.
    pub scheme: String,
    pub severity: Severity,
    /// One per axis, in the order of the scheme.
    pub axes: Vec<Judged>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub axis: String,
    pub points: u32,
    pub level: Level,
    /// `None` at the highest level.
    pub next: Option<Next>,
}

/// How far the next level is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    pub level: Level,
    pub points_missing: u32,
    /// Single answers that would reach it, as (question, choice), in the order of the scheme.
    pub lifted_by: Vec<(String, String)>,
}

impl Scheme {
    /// Checks what an operator wrote. `verdicts` maps the letters of all axes, such as `H/M`, to a
    /// severity, and must name every combination.
    ///
    /// # Errors
    /// The first thing that is wrong, see [`Unfit`].
    pub fn new(name: String, axes: Vec<Axis>, verdicts: BTreeMap<String, Severity>) -> Result<Self, Unfit> {
        if axes.is_empty() || axes.iter().any(|axis| axis.questions.is_empty() || axis.levels.is_empty()) {
            return Err(Unfit::Empty);
        }
        let mut keys = std::collections::BTreeSet::new();
        for question in axes.iter().flat_map(|axis| &axis.questions) {
            if question.choices.is_empty() {
                return Err(Unfit::Empty);
            }
            if !keys.insert(&question.key) {
                return Err(Unfit::Twice(question.key.clone()));
            }
        }
        for axis in &axes {
            let rises = axis
                .levels
                .windows(2)
                .all(|pair| pair[0].level < pair[1].level && pair[0].from_points < pair[1].from_points);
            if axis.levels[0].from_points != 0 || !rises {
                return Err(Unfit::Levels(axis.key.clone()));
            }
        }
        let scheme = Self { name, axes, verdicts };
        match scheme.combinations().into_iter().find(|label| !scheme.verdicts.contains_key(label)) {
            Some(label) => Err(Unfit::NoVerdict(label)),
            None => Ok(scheme),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Every combination of levels, as letters.
    fn combinations(&self) -> Vec<String> {
        self.axes.iter().fold(vec![String::new()], |before, axis| {
            let with = |label: &String, level: Level| match label.as_str() {
                "" => level.letter().to_string(),
                label => format!("{label}/{}", level.letter()),
            };
            before
                .iter()
                .flat_map(|label| axis.levels.iter().map(move |step| with(label, step.level)))
                .collect()
        })
    }

    /// Judges a complete set of answers.
    ///
    /// # Errors
    /// The first question without an answer, or an answer or question that the scheme does not know.
    pub fn assess(&self, answers: &Answers) -> Result<Assessment, Unanswered> {
        let known = |key: &str| self.axes.iter().flat_map(|axis| &axis.questions).any(|it| it.key == key);
        if let Some(stranger) = answers.keys().find(|key| !known(key)) {
            return Err(Unanswered::NoSuchQuestion(stranger.clone()));
        }
        let axes: Vec<Judged> = self.axes.iter().map(|axis| axis.judge(answers)).collect::<Result<_, _>>()?;
        let severity = self.verdict(axes.iter().map(|axis| axis.level));
        Ok(Assessment { scheme: self.name.clone(), severity, axes })
    }

    /// How many points a choice of a question gives; `None` for what the scheme does not ask.
    pub fn points(&self, question: &str, choice: &str) -> Option<u32> {
        let mut questions = self.axes.iter().flat_map(|axis| &axis.questions);
        let asked = questions.find(|it| it.key == question)?;
        asked.choices.iter().find(|it| it.key == choice).map(|it| it.points)
    }

    /// The severity for levels, one per axis. Levels that the scheme does not give count as the
    /// highest: an error must not make a warning quieter.
    pub fn verdict(&self, levels: impl Iterator<Item = Level>) -> Severity {
        self.verdicts.get(&label(levels)).copied().unwrap_or(Severity::Critical)
    }
}

/// `H/H`: the letters of the levels, in the order of the axes.
fn label(levels: impl Iterator<Item = Level>) -> String {
    levels.map(|level| level.letter().to_string()).collect::<Vec<_>>().join("/")
}

impl Assessment {
    /// `H/H`: the letters of the levels, in the order of the axes.
    pub fn label(&self) -> String {
        label(self.axes.iter().map(|axis| axis.level))
    }
}

impl Axis {
    fn judge(&self, answers: &Answers) -> Result<Judged, Unanswered> {
        let points: Vec<u32> =
            self.questions.iter().map(|question| question.points(answers)).collect::<Result<_, _>>()?;
        let total = self.total(&points);
        let at = self.levels.iter().rposition(|step| step.from_points <= total).unwrap_or(0);
        let next = self.levels.get(at + 1).map(|step| Next {
            level: step.level,
            points_missing: step.from_points.saturating_sub(total),
            lifted_by: self.lifted_by(&points, step.from_points),
        });
        Ok(Judged { axis: self.key.clone(), points: total, level: self.levels[at].level, next })
    }

    fn total(&self, points: &[u32]) -> u32 {
        match self.rule {
            Rule::Sum => points.iter().sum(),
            Rule::Maximum => points.iter().copied().max().unwrap_or(0),
        }
    }

    fn lifted_by(&self, points: &[u32], needed: u32) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (place, question) in self.questions.iter().enumerate() {
            let mut others = points.to_vec();
            // The cheapest answer that is enough: a dearer one would say the same.
            let enough = question.choices.iter().find(|choice| {
                others[place] = choice.points;
                choice.points > points[place] && self.total(&others) >= needed
            });
            found.extend(enough.map(|choice| (question.key.clone(), choice.key.clone())));
        }
        found
    }
}

impl Question {
    fn points(&self, answers: &Answers) -> Result<u32, Unanswered> {
        let answer = answers.get(&self.key).ok_or_else(|| Unanswered::Missing(self.key.clone()))?;
        let choice = self.choices.iter().find(|choice| choice.key == *answer);
        choice
            .map(|choice| choice.points)
            .ok_or_else(|| Unanswered::NoSuchChoice { question: self.key.clone(), choice: answer.clone() })
    }
}

/// What an analyst decided: the computed levels, or others with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub answers: Answers,
    pub computed: Assessment,
    /// The levels that count, one per axis.
    pub levels: Vec<Level>,
    pub severity: Severity,
    /// Why the levels are not the computed ones.
    pub reason: Option<String>,
}

impl Judgement {
    /// Takes what the scheme computes.
    ///
    /// # Errors
    /// As [`Scheme::assess`].
    pub fn computed(scheme: &Scheme, answers: Answers) -> Result<Self, Unanswered> {
        let computed = scheme.assess(&answers)?;
        let levels = computed.axes.iter().map(|axis| axis.level).collect();
        Ok(Self { answers, severity: computed.severity, computed, levels, reason: None })
    }

    /// Takes `levels` instead of the computed ones.
    ///
    /// # Errors
    /// [`Unanswered::NoReason`] when they differ and `reason` is blank.
    pub fn deviating(self, scheme: &Scheme, levels: Vec<Level>, reason: &str) -> Result<Self, Unanswered> {
        if levels == self.levels {
            return Ok(self);
        }
        if reason.trim().is_empty() {
            return Err(Unanswered::NoReason);
        }
        let severity = scheme.verdict(levels.iter().copied());
        Ok(Self { levels, severity, reason: Some(reason.trim().to_owned()), ..self })
    }

    /// `H/H`: what counts, as letters.
    pub fn label(&self) -> String {
        label(self.levels.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(list: &[(&str, u32)]) -> Vec<Choice> {
        list.iter().map(|(key, points)| Choice { key: (*key).into(), points: *points }).collect()
    }

    fn question(key: &str, list: &[(&str, u32)]) -> Question {
        Question { key: key.into(), changes: false, choices: choices(list) }
    }

    fn levels(list: &[(Level, u32)]) -> Vec<Threshold> {
        list.iter()
            .map(|(level, from_points)| Threshold { level: *level, from_points: *from_points })
            .collect()
    }

    /// Two questions of chance, one of damage.
    fn small() -> Result<Scheme, Unfit> {
        let chance = Axis {
            key: "chance".into(),
            rule: Rule::Sum,
            levels: levels(&[(Level::Low, 0), (Level::High, 4)]),
            questions: vec![
                question("expected", &[("no", 1), ("yes", 3)]),
                question("details", &[("none", 1), ("some", 2), ("full", 3)]),
            ],
        };
        let damage = Axis {
            key: "damage".into(),
            rule: Rule::Maximum,
            levels: levels(&[(Level::Low, 0), (Level::Medium, 1)]),
            questions: vec![question("code", &[("no", 0), ("user", 1)])],
        };
        let verdicts = [
            ("L/L", Severity::Low),
            ("L/M", Severity::Medium),
            ("H/L", Severity::Medium),
            ("H/M", Severity::Critical),
        ];
        let verdicts = verdicts.map(|(label, severity)| (label.to_owned(), severity)).into();
        Scheme::new("small".into(), vec![chance, damage], verdicts)
    }

    fn answers(list: &[(&str, &str)]) -> Answers {
        list.iter().map(|(question, choice)| ((*question).into(), (*choice).into())).collect()
    }

    #[test]
    fn the_scheme_says_how_far_the_next_level_is_and_which_answer_would_reach_it() {
        let given = answers(&[("expected", "no"), ("details", "some"), ("code", "user")]);
        let assessment = small().unwrap().assess(&given).unwrap();
        assert_eq!((assessment.label().as_str(), assessment.severity), ("L/M", Severity::Medium));
        let next = assessment.axes[0].next.clone().unwrap();
        assert_eq!((next.level, next.points_missing), (Level::High, 1));
        let pair = |question: &str, choice: &str| (question.to_owned(), choice.to_owned());
        assert_eq!(next.lifted_by, [pair("expected", "yes"), pair("details", "full")]);
        assert_eq!(assessment.axes[1].next, None);
    }

    #[test]
    fn a_question_without_an_answer_is_named() {
        let scheme = small().unwrap();
        let given = answers(&[("expected", "no"), ("code", "no")]);
        assert_eq!(scheme.assess(&given), Err(Unanswered::Missing("details".into())));
        let given = answers(&[("expected", "perhaps"), ("details", "none"), ("code", "no")]);
        assert!(matches!(scheme.assess(&given), Err(Unanswered::NoSuchChoice { .. })));
        let given = answers(&[("colour", "red")]);
        assert_eq!(scheme.assess(&given), Err(Unanswered::NoSuchQuestion("colour".into())));
    }

    #[test]
    fn another_level_needs_a_reason() {
        let scheme = small().unwrap();
        let given = answers(&[("expected", "no"), ("details", "none"), ("code", "user")]);
        let judged = Judgement::computed(&scheme, given).unwrap();
        let higher = vec![Level::High, Level::Medium];
        assert_eq!(judged.clone().deviating(&scheme, higher.clone(), " "), Err(Unanswered::NoReason));
        let deviating = judged.deviating(&scheme, higher, "scanning has been seen").unwrap();
        assert_eq!((deviating.label().as_str(), deviating.severity), ("H/M", Severity::Critical));
        assert_eq!(deviating.computed.label(), "L/M", "what was computed is kept beside it");
    }

    #[test]
    fn a_scheme_that_could_stay_silent_is_refused() {
        let Scheme { name, axes, mut verdicts } = small().unwrap();
        verdicts.remove("H/M");
        assert_eq!(Scheme::new(name.clone(), axes.clone(), verdicts), Err(Unfit::NoVerdict("H/M".into())));
        let mut twice = axes.clone();
        twice[1].questions[0].key = "details".into();
        assert_eq!(Scheme::new(name.clone(), twice, BTreeMap::new()), Err(Unfit::Twice("details".into())));
        let mut sinking = axes;
        sinking[0].levels.reverse();
        assert_eq!(Scheme::new(name, sinking, BTreeMap::new()), Err(Unfit::Levels("chance".into())));
    }
}
