//! An address to which nothing is sent, and when the post as a whole must stop.
//!
//! What comes back is not only lost: a sender whose mail comes back in heaps is taken for a bad one, and then nothing
//! arrives anywhere. Source: `security.md` 7 (mass bounce); `docs/decisions/0026-when-the-post-stops.md`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{OfficerId, SuppressionId};

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It came back as often as [`BOUNCES_MAX`].
    Bounced,
    /// Its reader said that our mail is not wanted (RFC 5965).
    Complaint,
    /// An officer did it.
    ByHand,
}

/// What happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    Bounced,
    Complaint,
    ByHand,
    TakenOff,
}

impl From<Reason> for Turn {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Bounced => Self::Bounced,
            Reason::Complaint => Self::Complaint,
            Reason::ByHand => Self::ByHand,
        }
    }
}

/// An address to which nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub id: SuppressionId,
    /// In small letters.
    pub address: String,
    pub reason: Reason,
    /// What the other side said, or what the officer wrote.
    pub why: String,
    pub by: Option<OfficerId>,
    pub since: Timestamp,
}

/// Once may be a mistake of somebody's server; twice is an answer.
pub const BOUNCES_MAX: u64 = 2;

/// The time over which it is counted what comes back.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// Fewer than this are addresses that went out of date.
const BACK_MIN: u64 = 10;
/// One in so many that come back is too many.
const ONE_IN: u64 = 5;

/// Whether the post must stop: of `settled` messages within [`WINDOW`] so many came `back` that something is wrong with
/// us, or with how the world sees us, and not with the addresses.
pub fn must_stop(back: u64, settled: u64) -> bool {
    back >= BACK_MIN && back * ONE_IN > settled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_fifth_of_at_least_ten_stops_the_post() {
        for (back, settled, stops) in [
            (0, 0, false),
            (9, 9, false),
            (10, 10, true),
            (10, 50, false),
            (11, 50, true),
            (600, 3_000, false),
        ] {
            assert_eq!(must_stop(back, settled), stops, "{back} of {settled}");
        }
    }
}
