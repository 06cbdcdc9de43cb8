//! When something was so in the world, and since when we know it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A stretch of time: `from` belongs to it, `to` does not. Without `to` it has no end yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    pub from: Timestamp,
    pub to: Option<Timestamp>,
}

impl Period {
    /// From `from` on, without an end.
    pub fn since(from: Timestamp) -> Self {
        Self { from, to: None }
    }

    /// Whether `at` lies in it.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|end| at < end)
    }
}

/// Something that was said: what, by whom, since when it was so, and since when we know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said<T> {
    /// When it was so in the world.
    pub at: Timestamp,
    /// When we learned it. Never before `at` for what was observed, often long after.
    pub known_at: Timestamp,
    pub it: T,
    /// Who said so: a source, a partner, an analyst.
    pub by: String,
}

/// A question about two times at once: how was the world at `world`, by what we knew at `known`?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    pub world: Timestamp,
    pub known: Timestamp,
}

impl AsOf {
    /// The world at `at`, by what was known then.
    pub fn then(at: Timestamp) -> Self {
        Self { world: at, known: at }
    }

    /// Whether `said` counts for this question.
    pub fn covers<T>(&self, said: &Said<T>) -> bool {
        said.at <= self.world && said.known_at <= self.known
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn the_end_of_a_period_is_not_in_it() {
        let from = Timestamp::UNIX_EPOCH;
        let period = Period { from, to: Some(from + 2.hours()) };
        assert!(period.holds_at(from) && period.holds_at(from + 1.hour()));
        assert!(!period.holds_at(from + 2.hours()) && !period.holds_at(from - 1.second()));
        assert!(Period::since(from).holds_at(from + 9_000.hours()));
    }

    #[test]
    fn what_was_true_but_not_yet_known_does_not_count() {
        let noon = Timestamp::UNIX_EPOCH;
        let said = Said { at: noon, known_at: noon + 3.hours(), it: "exploited", by: "partner".into() };
        assert!(!AsOf::then(noon + 1.hour()).covers(&said));
        assert!(AsOf { world: noon, known: noon + 3.hours() }.covers(&said));
    }
}
