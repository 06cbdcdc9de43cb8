//! What others gave a vulnerability: scores, decisions, places on a list, chances.
//!
//! Each keeps who gave it and when. They are shown beside each other and never averaged: a mean of two
//! numbers that answer different questions answers none.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// A CVSS vector, as written.
    Cvss {
        /// `2.0`, `3.0`, `3.1`, `4.0`, or blank when the source does not say.
        version: String,
        vector: String,
        /// The base score that the source gives, as written.
        base: Option<String>,
    },
    /// A decision of a stakeholder by SSVC, in lower case.
    Ssvc { exploitation: Option<String>, automatable: Option<String>, technical_impact: Option<String> },
    /// How likely it is that it is exploited within thirty days, by EPSS.
    Epss { probability: Share, percentile: Share },
    /// On a list of what is known to be exploited.
    Listed {
        on: Option<Date>,
        /// By when who keeps the list wants it repaired.
        due_on: Option<Date>,
        /// `None`: the list does not say.
        ransomware: Option<bool>,
    },
}

impl Rating {
    /// As the store and the pages call its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cvss { .. } => "cvss",
            Self::Ssvc { .. } => "ssvc",
            Self::Epss { .. } => "epss",
            Self::Listed { .. } => "listed",
        }
    }

    /// Whether it takes the place of an `earlier` word of the same asserter without saying anything
    /// new: the same again, or a chance that moved by less than one in a hundred. Chances of all the
    /// world move a little every day, and a row for each would be a heap and no history.
    pub fn says_what_was_said(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Epss { probability: now, .. }, Self::Epss { probability: then, .. }) => {
                now.0.abs_diff(then.0) < Share::WHOLE / 100
            }
            (now, then) => now == then,
        }
    }
}

/// A part of a whole, in parts of 100,000, which is as fine as EPSS is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Share(pub u32);

impl Share {
    pub const WHOLE: u32 = 100_000;

    /// Reads `0.94372`, `1`, or `9.5e-04`. `None` for what is no share between nothing and all.
    pub fn of_decimal(text: &str) -> Option<Self> {
        let share: f64 = text.trim().parse().ok()?;
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100,000")]
        Some(Self((share * f64::from(Self::WHOLE)).round() as u32))
    }
}

/// `94.4 %`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let permille = (self.0 + 50) / 100;
        write!(f, "{}.{} %", permille / 10, permille % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_between_nothing_and_all() {
        let read = |text: &str| Share::of_decimal(text).map(|share| share.to_string());
        assert_eq!(read("0.94372").as_deref(), Some("94.4 %"));
        assert_eq!(read("1").as_deref(), Some("100.0 %"));
        assert_eq!(read("4.3e-04").as_deref(), Some("0.0 %"));
        for none in ["", "1.1", "-0.1", "NaN", "inf", "high"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_chance_that_hardly_moves_says_nothing_new() {
        let epss = |probability: u32| Rating::Epss { probability: Share(probability), percentile: Share(0) };
        assert!(epss(94_372).says_what_was_said(&epss(94_401)));
        assert!(!epss(94_372).says_what_was_said(&epss(90_000)));
        let listed = Rating::Listed { on: None, due_on: None, ransomware: None };
        assert!(listed.says_what_was_said(&listed) && !listed.says_what_was_said(&epss(1)));
    }
}
