//! Whether what concerns so many should stand on the website too.
//!
//! ```text
//! nobody asked ─extent─► Proposed ─a person─► Public ─► files for everybody
//!                            │                  ▲ │
//!                            └─a person─► Suppressed, with a reason and a name
//! ```
//!
//! In December 2019 more than a hundred hospitals had the system, and the website said so on 16 January
//! (`domain.md` 1.2). The rule proposes; a person decides either way, and stands in the ledger for it. A ground that was
//! weighed once is not put to anybody again; one that comes later is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::advisory::Content;
use crate::severity::Level;

/// Why something should be public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// It concerns a large part of those who are served.
    Share,
    /// The highest level on every axis.
    Highest,
    /// Somebody uses it already.
    Exploited,
}

/// From what share of those who are served, in percent, and from how many of them, it concerns many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub share_percent_min: u64,
    pub participants_min: u64,
}

impl Default for Rule {
    /// Starting values, for an operator to change.
    fn default() -> Self {
        Self { share_percent_min: 10, participants_min: 3 }
    }
}

impl Rule {
    /// The grounds that `content` gives, when it concerns so many of those who are served.
    pub fn extents(self, content: &Content, concerned: u64, served: u64) -> BTreeSet<Extent> {
        let many = concerned >= self.participants_min
            && concerned.saturating_mul(100) >= served.saturating_mul(self.share_percent_min);
        let highest = content.severity.as_ref().is_some_and(|judged| {
            !judged.levels.is_empty() && judged.levels.iter().all(|level| *level == Level::High)
        });
        let grounds = [
            (Extent::Share, many),
            (Extent::Highest, highest && concerned > 0),
            (Extent::Exploited, content.exploited && concerned > 0),
        ];
        grounds.into_iter().filter(|(_, holds)| *holds).map(|(ground, _)| ground).collect()
    }
}

/// What was decided about the website.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// A person must look: the extent is such.
    Proposed,
    Public,
    /// Kept off the website, with a reason.
    Suppressed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::severity::{Answers, Assessment, Judgement, Severity};

    fn judged(levels: &[Level]) -> Content {
        let computed = Assessment { scheme: "test".into(), severity: Severity::High, axes: vec![] };
        let (answers, levels) = (Answers::new(), levels.to_vec());
        let severity = Some(Judgement { answers, computed, levels, severity: Severity::High, reason: None });
        Content { severity, ..Content::default() }
    }

    #[test]
    fn what_concerns_a_tenth_is_proposed_and_what_concerns_nobody_is_not() {
        let rule = Rule::default();
        let quiet = judged(&[Level::Medium, Level::High]);
        assert_eq!(rule.extents(&quiet, 12, 120), [Extent::Share].into());
        assert_eq!(rule.extents(&quiet, 11, 120), [].into());
        assert_eq!(rule.extents(&quiet, 2, 2), [].into(), "two are a conversation, and no website");
        let loud = Content { exploited: true, ..judged(&[Level::High, Level::High]) };
        assert_eq!(rule.extents(&loud, 1, 120), [Extent::Highest, Extent::Exploited].into());
        assert_eq!(rule.extents(&loud, 0, 120), [].into());
        assert_eq!(rule.extents(&judged(&[]), 1, 120), [].into(), "no answers are no high answers");
    }
}
