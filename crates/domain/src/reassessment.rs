//! What would become of a judgement if what others have said since were answered too.
//!
//! In January 2020 the exploit became public on a Friday evening. Whoever had judged the hole in
//! December had to notice, find the paper, and count again; here the sum is ready when the word comes
//! in. It is a proposal: a person takes it over, and a second one releases it.
//!
//! Only what makes the sum rise is proposed. That something is less bad than thought is for an analyst
//! to say, and so is whether an answer of theirs knows more than a paper.

use crate::severity::{Judgement, Scheme, Unanswered};
use crate::time::Said;
use crate::vulnerability::Facet;

/// A judgement as it would be, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reassessment {
    pub judgement: Judgement,
    /// At least one, in the order of the scheme.
    pub moves: Vec<Move>,
}

/// One answer that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub question: String,
    /// `None` when it was not answered.
    pub from: Option<String>,
    pub to: String,
    /// Who says so, the oldest word first.
    pub said: Vec<Said<Facet>>,
}

impl Judgement {
    /// What this judgement becomes by what was said about its vulnerabilities. `None` when no answer
    /// would have more points than the one that was given.
    ///
    /// A level that an analyst chose against the computed one stays as long as it is the higher.
    ///
    /// # Errors
    /// As [`Scheme::assess`]: the judgement is not one of this scheme.
    pub fn reassessed(
        &self,
        scheme: &Scheme,
        said: &[&Said<Facet>],
    ) -> Result<Option<Reassessment>, Unanswered> {
        let mut answers = self.answers.clone();
        let mut moves = Vec::new();
        for question in scheme.axes().iter().flat_map(|axis| &axis.questions) {
            let answers_it = |said: &&Said<Facet>| {
                let (asked, choice) = said.it.answer()?;
                (asked == question.key).then_some(())?;
                Some((scheme.points(asked, choice)?, choice, (*said).clone()))
            };
            let given: Vec<_> = said.iter().filter_map(answers_it).collect();
            let Some((points, choice)) = given.iter().map(|(points, choice, _)| (*points, *choice)).max()
            else {
                continue;
            };
            let from = answers.get(&question.key).cloned();
            let before = from.as_deref().and_then(|choice| scheme.points(&question.key, choice));
            if before.is_some_and(|before| points <= before) {
                continue;
            }
            answers.insert(question.key.clone(), choice.to_owned());
            let mut said: Vec<_> = given.into_iter().filter(|(_, own, _)| *own == choice).collect();
            said.sort_by(|(_, _, one), (_, _, other)| one.cmp(other));
            let said = said.into_iter().map(|(_, _, said)| said).collect();
            moves.push(Move { question: question.key.clone(), from, to: choice.to_owned(), said });
        }
        if moves.is_empty() {
            return Ok(None);
        }
        let computed = Self::computed(scheme, answers)?;
        let judgement = match &self.reason {
            Some(reason) if self.levels.len() == computed.levels.len() => {
                let pairs = self.levels.iter().zip(&computed.levels);
                let levels = pairs.map(|(chosen, computed)| *chosen.max(computed)).collect();
                computed.deviating(scheme, levels, reason)?
            }
            _ => computed,
        };
        Ok(Some(Reassessment { judgement, moves }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::{Timestamp, ToSpan};

    use super::*;
    use crate::severity::{Answers, Axis, Choice, Level, Question, Rule, Severity, Threshold};
    use crate::vulnerability::{Exploit, Exploited, Patch};

    /// The questions of chance that facets answer, with the points of 2019 and one threshold.
    fn scheme() -> Scheme {
        let question = |key: &str, choices: &[(&str, u32)]| Question {
            key: key.into(),
            changes: true,
            choices: choices
                .iter()
                .map(|(key, points)| Choice { key: (*key).into(), points: *points })
                .collect(),
        };
        let chance = Axis {
            key: "chance".into(),
            rule: Rule::Sum,
            levels: vec![
                Threshold { level: Level::Medium, from_points: 0 },
                Threshold { level: Level::High, from_points: 7 },
            ],
            questions: vec![
                question("exploit_code", &[("none", 1), ("proof_of_concept", 4), ("exploit", 6)]),
                question("exploited", &[("no", 1), ("limited", 2), ("large", 3)]),
            ],
        };
        let verdicts = [("M", Severity::High), ("H", Severity::Critical)];
        let verdicts: BTreeMap<_, _> = verdicts.map(|(label, it)| (label.to_owned(), it)).into();
        Scheme::new("small".into(), vec![chance], verdicts).unwrap()
    }

    fn judged(exploit: &str, exploited: &str) -> Judgement {
        let answers: Answers =
            [("exploit_code", exploit), ("exploited", exploited)].map(|(a, b)| (a.into(), b.into())).into();
        Judgement::computed(&scheme(), answers).unwrap()
    }

    fn said(by: &str, hour: i64, it: Facet) -> Said<Facet> {
        let at = Timestamp::UNIX_EPOCH + hour.hours();
        Said { at, known_at: at, it, by: by.into() }
    }

    #[test]
    fn a_word_that_makes_it_worse_proposes_the_new_sum_and_names_who_said_it() {
        let words = [
            said("a finder", 1, Facet::Exploit(Exploit::ProofOfConcept)),
            said("a team", 2, Facet::Exploit(Exploit::Public)),
            said("a vendor", 3, Facet::Patch(Patch::Available)),
        ];
        let words: Vec<_> = words.iter().collect();
        let proposed = judged("none", "no").reassessed(&scheme(), &words).unwrap().unwrap();
        assert_eq!((proposed.judgement.label().as_str(), proposed.moves.len()), ("H", 1));
        let only = &proposed.moves[0];
        assert_eq!((only.from.as_deref(), only.to.as_str()), (Some("none"), "exploit"));
        assert_eq!(only.said, [words[1].clone()]);
        assert_eq!(proposed.judgement.reassessed(&scheme(), &words), Ok(None), "once taken over, it is done");
    }

    #[test]
    fn nothing_is_proposed_that_an_analyst_has_answered_more_gravely() {
        let word = said("a list", 1, Facet::Exploited(Exploited::Limited));
        assert_eq!(judged("exploit", "large").reassessed(&scheme(), &[&word]), Ok(None));
        assert_eq!(judged("none", "no").reassessed(&scheme(), &[]), Ok(None));
    }

    #[test]
    fn a_level_that_an_analyst_chose_stays_while_it_is_the_higher() {
        let chosen = judged("none", "no").deviating(&scheme(), vec![Level::High], "seen here").unwrap();
        let word = said("a list", 1, Facet::Exploited(Exploited::Limited));
        let proposed = chosen.reassessed(&scheme(), &[&word]).unwrap().unwrap().judgement;
        assert_eq!((proposed.label().as_str(), proposed.computed.label().as_str()), ("H", "M"));
        assert_eq!(proposed.reason.as_deref(), Some("seen here"));
    }
}
