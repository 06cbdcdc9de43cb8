//! The calling list: whom a person must reach now, and what came of it.
//!
//! ```text
//! Waiting ─► Reached | Voicemail | Refused | Wrong number
//! ```
//!
//! Every rung that the house cannot climb by itself becomes an item here: a call, a letter to sign,
//! a text message where no gateway is set up. An item is never dropped; it waits until a person
//! says what came of it, or until the participant has answered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::escalation::Way;
use crate::ids::{CallId, ContactId, OfficerId, ParticipantId, WarningId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub id: CallId,
    pub warning: WarningId,
    pub participant: ParticipantId,
    /// Whom to reach. `None` when the participant has nobody for this rung: that is the first thing
    /// to find out.
    pub contact: Option<ContactId>,
    pub rung: usize,
    pub way: Way,
    pub ordered_at: Timestamp,
    pub outcome: Option<(Outcome, OfficerId, Timestamp)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Spoke to a person who takes it on, or handed the letter in.
    Reached,
    Voicemail,
    Refused,
    WrongNumber,
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Reached, Self::Voicemail, Self::Refused, Self::WrongNumber];

    /// As it is stored and sent by a form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Voicemail => "voicemail",
            Self::Refused => "refused",
            Self::WrongNumber => "wrong_number",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// Whether a person at the participant knows of it now. A voicemail tells nobody for sure.
    pub fn was_received(self) -> bool {
        matches!(self, Self::Reached | Self::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voicemail_is_not_a_receipt() {
        let received: Vec<_> = Outcome::ALL.into_iter().filter(|outcome| outcome.was_received()).collect();
        assert_eq!(received, [Outcome::Reached, Outcome::Refused]);
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::of_word(outcome.word()), Some(outcome));
        }
    }
}
