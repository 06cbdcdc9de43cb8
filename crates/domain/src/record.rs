//! What a public list says about a vulnerability, and whether somebody here must look at it.
//!
//! ```text
//! record ─► aside, as knowledge ─► on the desk, when it is new or exploited and concerns somebody
//!                             └──► on the desk, when it is new and exploited, or new and names no product
//! ```
//!
//! The lists name two hundred vulnerabilities a day and three hundred thousand of before. An analyst who gets
//! all of them reads none. So a record waits aside, where it can be found, and comes to the desk with the
//! first thing that makes it somebody's: an asset, a version, a word that it is used.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::advisory::Content;

/// How long after its publication a record is news. What is older and was used by nobody is found on the
/// page of the product, not on the desk.
pub const NEW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A record of a list, as its publisher wrote it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub publisher: String,
    /// The publisher's own number: the name of the vulnerability, or of the advisory.
    pub number: String,
    /// When it was published first; when it came, if the publisher does not say.
    pub said_at: Timestamp,
    /// Somebody says that the vulnerability is used: the record, or a list of what is used.
    pub is_exploited: bool,
    /// The publisher took it back.
    pub is_withdrawn: bool,
    pub content: Content,
}

/// Why a record is on the desk, the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Somebody here has what it is about.
    Concerns,
    /// It is used, and who has it may not have told us.
    Exploited,
    /// It names no product, so that nobody can be found by it until a person has read it.
    Nameless,
}

impl Record {
    /// Whether it names nothing that an inventory could be compared with. "n/a" is no product.
    pub fn is_nameless(&self) -> bool {
        self.content.products.iter().all(|line| line.name.says_nothing() && line.marks.is_empty())
    }

    /// Whether it may still come to the desk: it is news, or in use.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        !self.is_withdrawn && (self.is_exploited || self.is_new(now))
    }

    fn is_new(&self, now: Timestamp) -> bool {
        now.duration_since(self.said_at) < NEW
    }

    /// Why a person must look at it; `None` leaves it aside.
    pub fn reason(&self, concerns_somebody: bool, now: Timestamp) -> Option<Reason> {
        if !self.is_alive(now) {
            return None;
        }
        let if_new = |reason| self.is_new(now).then_some(reason);
        match (concerns_somebody, self.is_exploited, self.is_nameless()) {
            (true, _, _) => Some(Reason::Concerns),
            (false, true, _) => if_new(Reason::Exploited),
            (false, false, true) => if_new(Reason::Nameless),
            (false, false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisory::{AffectedProduct, Status};
    use crate::product::Name;

    fn record(days: i64, is_exploited: bool, product: &str) -> Record {
        let name = Name::new("", product);
        Record {
            publisher: "CVE".into(),
            number: "CVE-2019-19781".into(),
            said_at: now() - SignedDuration::from_hours(24 * days),
            is_exploited,
            is_withdrawn: false,
            content: Content {
                products: vec![AffectedProduct::new(name, vec![], Status::Affected)],
                ..Content::default()
            },
        }
    }

    fn now() -> Timestamp {
        "2020-01-10T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_concerns_somebody_comes_to_the_desk_while_it_is_news_or_in_use() {
        let reason = |days, is_exploited| record(days, is_exploited, "ADC").reason(true, now());
        assert_eq!(reason(24, false), Some(Reason::Concerns));
        assert_eq!(reason(31, false), None);
        assert_eq!(reason(3_000, true), Some(Reason::Concerns));
    }

    #[test]
    fn what_concerns_nobody_we_know_comes_while_it_is_news() {
        let reason =
            |days, is_exploited, product: &str| record(days, is_exploited, product).reason(false, now());
        assert_eq!(reason(1, true, "ADC"), Some(Reason::Exploited));
        assert_eq!(reason(1, false, "n/a"), Some(Reason::Nameless));
        assert_eq!(reason(1, false, "ADC"), None);
        assert_eq!(reason(31, true, "ADC"), None);
        assert_eq!(reason(31, false, "n/a"), None);
    }

    #[test]
    fn what_was_taken_back_stays_aside() {
        let withdrawn = Record { is_withdrawn: true, ..record(1, true, "n/a") };
        assert_eq!(withdrawn.reason(true, now()), None);
    }
}
