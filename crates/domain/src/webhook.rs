//! Addresses of participants at which a machine hears that something is new: Standard Webhooks 1.0.0.
//!
//! ```text
//! Untried ─ it took our test ─► Heard ─► Failing: nobody took what was said last
//!    └──────────────┴──────────────┴───► Ended: withdrawn by a person, or "410 Gone"
//! ```
//!
//! A webhook says that there is something to read and nothing of what it is about; whoever reads it signs in. It is a
//! convenience beside the post: that a machine took it is no receipt, and stops nobody from being called.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{ParticipantId, WebhookId};

/// More places than this nobody looks after.
pub const WEBHOOKS_MAX: usize = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub participant: ParticipantId,
    /// What its people call it.
    pub name: String,
    /// `https://…`; it never changes: another address is another webhook.
    pub address: String,
    pub made_at: Timestamp,
    /// When something was last taken there.
    pub taken_at: Option<Timestamp>,
    /// When something was last not taken there, with the name of the reason and what it is about. Taking something
    /// clears it.
    pub failed: Option<(Timestamp, String)>,
    pub ended: Option<(Timestamp, End)>,
}

/// Why a webhook hears no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Somebody of the participant took it away.
    Withdrawn,
    /// The other side said that there is no such thing any more.
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing was ever taken there, so nothing about a warning goes there.
    Untried,
    Heard,
    Failing,
    Ended(End),
}

impl Webhook {
    pub fn state(&self) -> State {
        match (&self.ended, self.taken_at, &self.failed) {
            (Some((_, end)), ..) => State::Ended(*end),
            (None, None, _) => State::Untried,
            (None, Some(taken), Some((failed, _))) if *failed >= taken => State::Failing,
            (None, Some(_), _) => State::Heard,
        }
    }

    /// Whether it hears of warnings: it took our test once, and nobody ended it.
    pub fn hears(&self) -> bool {
        matches!(self.state(), State::Heard | State::Failing)
    }
}

/// How long to wait after the try of this number, counted from 1; `None` when that was the last. Ten tries within
/// 75 hours and 35 minutes. Source: Standard Webhooks 1.0.0, "Deliverability and reliability".
pub fn wait_after(tries: u32) -> Option<SignedDuration> {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 3_600;
    let waits = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
    let which = usize::try_from(tries.max(1) - 1).ok()?;
    waits.get(which).copied().map(SignedDuration::from_secs)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn ten_tries_take_seventy_five_hours_and_thirty_five_minutes() {
        let waits: Vec<SignedDuration> = (1..=12).map_while(wait_after).collect();
        assert_eq!(waits.len() + 1, 10);
        let together: SignedDuration = waits.iter().copied().sum();
        assert_eq!(together, SignedDuration::from_secs(75 * 3_600 + 35 * 60 + 5));
    }

    #[test]
    fn a_place_that_never_took_anything_hears_of_no_warning() {
        let now = Timestamp::UNIX_EPOCH;
        let mut webhook = Webhook {
            id: WebhookId(Uuid::nil()),
            participant: ParticipantId(Uuid::nil()),
            name: "tickets".into(),
            address: "https://tickets.noordzorg.example/in".into(),
            made_at: now,
            taken_at: None,
            failed: Some((now, "500".into())),
            ended: None,
        };
        assert_eq!((webhook.state(), webhook.hears()), (State::Untried, false));
        webhook.taken_at = Some(now + 1.hour());
        assert_eq!((webhook.state(), webhook.hears()), (State::Heard, true));
        webhook.failed = Some((now + 2.hours(), "503".into()));
        assert_eq!((webhook.state(), webhook.hears()), (State::Failing, true), "it may be well tomorrow");
        webhook.ended = Some((now + 3.hours(), End::Gone));
        assert_eq!((webhook.state(), webhook.hears()), (State::Ended(End::Gone), false));
    }
}
