//! What somebody is writing: an advisory that may be unfinished, and what is still missing in it.
//!
//! ```text
//! typed ─► saved, with a version of its own ─► finished? ─► to a second person
//!             ▲                                    │ no: each thing that is missing, by name
//!             └────────────── sent back, with a reason
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::advisory::{Content, Status};
use crate::measure::{Kind, Measure};
use crate::severity::{Answers, Judgement, Level, Scheme, Unanswered};
use crate::text::{Language, Text};
use crate::tlp::Tlp;

/// An advisory, or its next revision, as far as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its severity is what was judged before; what the writer says now stands in `judging`.
    pub content: Content,
    pub judging: Judging,
}

/// The answers as far as they are given, and another outcome when the writer wants one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judging {
    pub answers: Answers,
    /// One level per axis of the scheme, when it is not to be the computed one.
    pub levels: Option<Vec<Level>>,
    pub reason: String,
}

/// What a draft lacks before a second person can look at it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    Title,
    Summary,
    Consequence,
    Label,
    Product,
    /// It names no measure, and does not say that none is known.
    Measure,
    /// Measures are counted from 1.
    Steps(usize),
    /// It says that the hole is used, and not how to find out whether somebody was in.
    Abuse,
    /// The block for fewer readers is empty, or has a label that is not narrower than that of the advisory.
    Restricted,
    Answer(String),
    /// Another level than the computed one, without a reason.
    Deviation,
    /// What is revised says why.
    Reason,
}

impl Draft {
    /// A draft that goes on from what was said before.
    pub fn of(content: Content) -> Self {
        let judging = content.severity.as_ref().map(Judging::of).unwrap_or_default();
        Self { content: Content { reason: None, ..content }, judging }
    }

    /// What is missing, in the order of the form. A revision also says why it was made.
    pub fn missing(&self, scheme: &Scheme, is_revision: bool) -> BTreeSet<Missing> {
        let content = &self.content;
        let mut missing = BTreeSet::new();
        let mut need = |there: bool, what: Missing| {
            if !there {
                missing.insert(what);
            }
        };
        need(is_said(&content.title), Missing::Title);
        need(is_said(&content.summary), Missing::Summary);
        need(is_said(&content.consequence), Missing::Consequence);
        need(content.tlp.is_some(), Missing::Label);
        need(content.products.iter().any(|line| line.status != Status::NotAffected), Missing::Product);
        need(content.no_measure_known || !content.measures.is_empty(), Missing::Measure);
        for (place, measure) in (1..).zip(&content.measures) {
            // A patch is put in as its vendor says; everything else is explained by us.
            need(measure.kind == Kind::Patch || measure.steps.iter().any(is_said), Missing::Steps(place));
        }
        need(!content.exploited || is_said(&content.abuse), Missing::Abuse);
        let label = content.tlp.unwrap_or(Tlp::Clear);
        need(content.restricted.iter().all(|it| is_said(&it.text) && it.tlp > label), Missing::Restricted);
        need(
            !is_revision || content.reason.as_deref().is_some_and(|it| !it.trim().is_empty()),
            Missing::Reason,
        );
        for question in scheme.axes().iter().flat_map(|axis| &axis.questions) {
            need(self.judging.answers.contains_key(&question.key), Missing::Answer(question.key.clone()));
        }
        if self.judging.judged(scheme) == Err(Unanswered::NoReason) {
            missing.insert(Missing::Deviation);
        }
        missing
    }

    /// What a second person gets to see.
    ///
    /// # Errors
    /// Everything that is missing; or, alone, the answer that the scheme does not know.
    pub fn finished(&self, scheme: &Scheme, is_revision: bool) -> Result<Content, BTreeSet<Missing>> {
        let missing = self.missing(scheme, is_revision);
        if !missing.is_empty() {
            return Err(missing);
        }
        let judged = self.judging.judged(scheme).map_err(|why| match why {
            Unanswered::Missing(question)
            | Unanswered::NoSuchQuestion(question)
            | Unanswered::NoSuchChoice { question, .. } => BTreeSet::from([Missing::Answer(question)]),
            Unanswered::NoReason => BTreeSet::from([Missing::Deviation]),
        })?;
        Ok(Content { severity: Some(judged), ..self.content.clone() })
    }
}

impl Judging {
    /// The answers of a judgement that was made before.
    pub fn of(judged: &Judgement) -> Self {
        let computed: Vec<Level> = judged.computed.axes.iter().map(|axis| axis.level).collect();
        let differs = !judged.levels.is_empty() && judged.levels != computed;
        Self {
            answers: judged.answers.clone(),
            levels: differs.then(|| judged.levels.clone()),
            reason: judged.reason.clone().unwrap_or_default(),
        }
    }

    /// What the scheme says of it, with the writer's deviation.
    ///
    /// # Errors
    /// See [`Unanswered`]: the first question without an answer, or a deviation without a reason.
    pub fn judged(&self, scheme: &Scheme) -> Result<Judgement, Unanswered> {
        let known: BTreeSet<&str> =
            scheme.axes().iter().flat_map(|axis| &axis.questions).map(|it| it.key.as_str()).collect();
        // Answers to questions of another scheme say nothing here.
        let answers = self.answers.iter().filter(|(question, _)| known.contains(question.as_str()));
        let computed = Judgement::computed(scheme, answers.map(|(a, b)| (a.clone(), b.clone())).collect())?;
        match &self.levels {
            Some(levels) if levels.len() == scheme.axes().len() => {
                computed.deviating(scheme, levels.clone(), &self.reason)
            }
            _ => Ok(computed),
        }
    }
}

/// What comes of two that both went on from `base`: of each part what `mine` changed, and else what `theirs` says.
pub fn merged(base: &Content, mine: &Content, theirs: &Content) -> Content {
    fn of<T: PartialEq + Clone>(base: &T, mine: &T, theirs: &T) -> T {
        if mine == base { theirs.clone() } else { mine.clone() }
    }
    macro_rules! each {
        ($($field:ident),+ $(,)?) => {
            Content { $($field: of(&base.$field, &mine.$field, &theirs.$field)),+ }
        };
    }
    let together = each!(
        title,
        summary,
        consequence,
        tlp,
        vulnerabilities,
        products,
        measures,
        no_measure_known,
        severity,
        within,
        presumption,
        exploited,
        abuse,
        restricted,
        references,
        exemptions,
        reason,
    );
    // Measures are looked at one by one: that one of them was revoked must not get lost because another was
    // written otherwise.
    let measures = together.measures.iter().map(|it| {
        match (base.measure(it.id), mine.measure(it.id), theirs.measure(it.id)) {
            (Some(base), Some(mine), Some(theirs)) => {
                let reliability = of(&base.reliability, &mine.reliability, &theirs.reliability);
                let fails_for = of(&base.fails_for, &mine.fails_for, &theirs.fails_for);
                Measure { reliability, fails_for, ..of(base, mine, theirs) }
            }
            _ => it.clone(),
        }
    });
    Content { measures: measures.collect(), ..together.clone() }
}

fn is_said(text: &Text) -> bool {
    text.iter().any(|(_, words)| !words.trim().is_empty())
}

/// The texts of `content` that one language has and the other lacks, by a word for the field.
pub fn untranslated(content: &Content) -> Vec<(&'static str, Language)> {
    let fields = [
        ("title", &content.title),
        ("summary", &content.summary),
        ("consequence", &content.consequence),
        ("abuse", &content.abuse),
    ];
    let has =
        |text: &Text, language| text.iter().any(|(own, words)| own == language && !words.trim().is_empty());
    let mut lacking = Vec::new();
    let measures = content.measures.iter().map(|it| ("measure", &it.title));
    let exemptions = content.exemptions.iter().map(|it| ("exemption", &it.words));
    for (name, text) in fields.into_iter().chain(measures).chain(exemptions) {
        let without = Language::ALL.into_iter().find(|language| is_said(text) && !has(text, *language));
        lacking.extend(without.map(|language| (name, language)));
    }
    lacking
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::advisory::{AffectedProduct, Paragraph};
    use crate::ids::MeasureId;
    use crate::measure::{CareImpact, Reliability};
    use crate::product::Name;
    use crate::severity::{Axis, Choice, Question, Rule, Severity, Threshold};

    fn scheme() -> Scheme {
        let choice = |key: &str, points| Choice { key: key.into(), points };
        let question = Question {
            key: "label".into(),
            changes: true,
            choices: vec![choice("normal", 0), choice("urgent", 1)],
        };
        let level = |level, from_points| Threshold { level, from_points };
        let axis = Axis {
            key: "urgency".into(),
            rule: Rule::Maximum,
            levels: vec![level(Level::Low, 0), level(Level::High, 1)],
            questions: vec![question],
        };
        let verdicts =
            BTreeMap::from([("L".to_owned(), Severity::Medium), ("H".to_owned(), Severity::Critical)]);
        Scheme::new("test".into(), vec![axis], verdicts).unwrap()
    }

    fn measure() -> Measure {
        Measure {
            id: MeasureId(Uuid::from_u128(1)),
            kind: Kind::Workaround,
            title: "responder policy".into(),
            steps: vec!["switch it on".into()],
            applies_to: vec![],
            fails_for: vec![],
            minutes: None,
            side_effects: Text::default(),
            care_impact: CareImpact::None,
            condition: Text::default(),
            provable_by: BTreeSet::new(),
            check: Text::default(),
            reliability: Reliability::Recommended,
        }
    }

    fn whole() -> Draft {
        let content = Content {
            title: "a hole".into(),
            summary: "there is a hole".into(),
            consequence: "somebody gets in".into(),
            tlp: Some(Tlp::Green),
            products: vec![AffectedProduct::new(Name::new("Citrix", "ADC"), vec![], Status::Affected)],
            measures: vec![measure()],
            ..Content::default()
        };
        let answers = BTreeMap::from([("label".to_owned(), "normal".to_owned())]);
        Draft { content, judging: Judging { answers, ..Judging::default() } }
    }

    /// What is missing after this change.
    fn missing(change: impl FnOnce(&mut Draft)) -> Vec<Missing> {
        let mut draft = whole();
        change(&mut draft);
        draft.missing(&scheme(), false).into_iter().collect()
    }

    #[test]
    fn an_empty_draft_says_everything_that_is_missing_and_a_whole_one_nothing() {
        let all: Vec<_> = Draft::default().missing(&scheme(), true).into_iter().collect();
        use Missing::*;
        let answer = Answer("label".into());
        assert_eq!(all, [Title, Summary, Consequence, Label, Product, Measure, answer, Reason]);
        assert_eq!(missing(|_| {}), []);
        let content = whole().finished(&scheme(), false).unwrap();
        assert_eq!(content.severity(), Severity::Medium);
    }

    #[test]
    fn each_rule_of_the_desk_is_kept() {
        assert_eq!(missing(|it| it.content.measures.clear()), [Missing::Measure]);
        let none_known = |it: &mut Draft| {
            it.content.measures.clear();
            it.content.no_measure_known = true;
        };
        assert_eq!(missing(none_known), [], "an explicit none is an answer");
        assert_eq!(missing(|it| it.content.measures[0].steps.clear()), [Missing::Steps(1)]);
        let patch = |it: &mut Draft| {
            it.content.measures[0].kind = Kind::Patch;
            it.content.measures[0].steps.clear();
        };
        assert_eq!(missing(patch), []);
        assert_eq!(missing(|it| it.content.exploited = true), [Missing::Abuse]);
        let block = |tlp| vec![Paragraph { tlp, text: "who was hit".into() }];
        assert_eq!(missing(|it| it.content.restricted = block(Tlp::Clear)), [Missing::Restricted]);
        assert_eq!(missing(|it| it.content.restricted = block(Tlp::Amber)), []);
        assert_eq!(missing(|it| it.content.title = Text::only(Language::Nl, "  ")), [Missing::Title]);
    }

    #[test]
    fn another_level_needs_a_reason_and_keeps_the_computed_one_beside_it() {
        let higher = |it: &mut Draft| it.judging.levels = Some(vec![Level::High]);
        assert_eq!(missing(higher), [Missing::Deviation]);
        let mut draft = whole();
        higher(&mut draft);
        draft.judging.reason = "scanning has been seen".into();
        let judged = draft.finished(&scheme(), false).unwrap().severity.unwrap();
        assert_eq!((judged.severity, judged.computed.severity), (Severity::Critical, Severity::Medium));
        assert_eq!(Judging::of(&judged), draft.judging, "the next revision begins where this one ended");
    }

    #[test]
    fn answers_of_another_scheme_are_asked_again() {
        let mut draft = whole();
        draft.judging.answers = BTreeMap::from([("access".to_owned(), "internet".to_owned())]);
        let asked = draft.missing(&scheme(), false);
        assert_eq!(asked, BTreeSet::from([Missing::Answer("label".into())]));
    }

    #[test]
    fn two_texts_that_went_on_from_one_come_together_and_a_revoked_measure_stays_revoked() {
        let base = whole().content;
        let mut mine = base.clone();
        mine.title = "a big hole".into();
        mine.measures[0].minutes = Some(15);
        let mut theirs = base.clone();
        theirs.exploited = true;
        theirs.title = "the hole".into();
        theirs.measures[0].reliability = Reliability::Revoked;
        let both = merged(&base, &mine, &theirs);
        assert_eq!((both.title.clone(), both.exploited), ("a big hole".into(), true));
        let measure = &both.measures[0];
        assert_eq!((measure.minutes, measure.reliability), (Some(15), Reliability::Revoked));
        assert_eq!(merged(&base, &base, &theirs), theirs);
        assert_eq!(merged(&base, &mine, &base), mine);
    }

    #[test]
    fn what_one_language_lacks_is_named() {
        let mut content = whole().content;
        content.title = Text::both("lek", "hole");
        content.summary = Text::only(Language::En, "there is a hole");
        content.consequence = Text::both("lek", "hole");
        content.measures[0].title = Text::both("regel", "policy");
        assert_eq!(untranslated(&content), [("summary", Language::Nl)]);
    }
}
