//! A reply by mail to a letter of ours, in which a digit alone is an answer.
//!
//! ```text
//! 1  a temporary measure is on     3  this does not concern us
//! 2  it is patched                 4  we want help
//! ```
//!
//! The digits mean the same in every letter; a letter says which of them it offers. What anybody can forge proves
//! nothing, so that a reply counts only under the signature of its own mail domain
//! (`docs/decisions/0025-a-digit-by-mail.md`), and then as said through the mailbox. Source: `ux.md` 6.2; `security.md` 9.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::advisory::RevisionNumber;
use crate::ids::{ContactId, DeliveryId, MeasureId, ParticipantId, ReplyId, WarningId};
use crate::measure::Kind;

/// What a letter offers to answer by digit, and about which revision it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub revision: RevisionNumber,
    /// What 1 says is on, with its step in the letter, counted from 1.
    pub measure: Option<(usize, MeasureId)>,
    /// What 2 says is in, likewise.
    pub patch: Option<(usize, MeasureId)>,
}

/// What a digit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Done(MeasureId),
    NotAffected,
    Help,
}

impl Offer {
    /// What can be offered with these measures, in the order in which the letter numbers them.
    pub fn of(revision: RevisionNumber, measures: impl IntoIterator<Item = (MeasureId, Kind)>) -> Self {
        let mut offer = Self { revision, measure: None, patch: None };
        for (step, (id, kind)) in (1..).zip(measures) {
            let place = match kind {
                Kind::Patch | Kind::Replace => &mut offer.patch,
                Kind::Workaround | Kind::Config | Kind::SwitchOff | Kind::Isolate => &mut offer.measure,
                // These are never the end of it.
                Kind::Monitor | Kind::RotateSecrets | Kind::Investigate => continue,
            };
            place.get_or_insert((step, id));
        }
        offer
    }

    /// What `digit` says; `None` for one that the letter did not offer.
    pub fn meaning(&self, digit: u8) -> Option<Meaning> {
        match digit {
            1 => self.measure.map(|(_, id)| Meaning::Done(id)),
            2 => self.patch.map(|(_, id)| Meaning::Done(id)),
            3 => Some(Meaning::NotAffected),
            4 => Some(Meaning::Help),
            _ => None,
        }
    }
}

/// What became of a reply. Only [`Became::Answered`] changes anything about a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Its digit counts as said through the mailbox.
    Answered,
    /// It had words instead, which are a note about the warning.
    Note,
    /// A machine wrote it.
    Automatic,
    /// The same was sent before.
    Doubled,
    /// It answers a letter about what is no longer so.
    Late,
    /// It is not from the mailbox to which the letter went, or that mailbox is nobody's any more.
    NotTheirs,
    /// No signature of its own domain holds.
    Unsigned,
    /// For a day nobody could be asked for the key of its domain.
    Unproven,
    /// Its signature does not say which letter it answers.
    Loose,
    /// It has no words that can be read here: only HTML, something like a citizen number, or too much.
    Unreadable,
    /// The warning does not take this answer, or the letter did not offer it.
    Refused,
}

impl Became {
    pub const ALL: [Self; 11] = [
        Self::Answered,
        Self::Note,
        Self::Automatic,
        Self::Doubled,
        Self::Late,
        Self::NotTheirs,
        Self::Unsigned,
        Self::Unproven,
        Self::Loose,
        Self::Unreadable,
        Self::Refused,
    ];

    /// As it is kept and as its sentences are named.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Note => "note",
            Self::Automatic => "automatic",
            Self::Doubled => "doubled",
            Self::Late => "late",
            Self::NotTheirs => "not_theirs",
            Self::Unsigned => "unsigned",
            Self::Unproven => "unproven",
            Self::Loose => "loose",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
        }
    }

    /// Whether somebody wanted to say something that did not come through, so that a person looks.
    pub fn is_for_a_person(self) -> bool {
        !matches!(self, Self::Answered | Self::Note | Self::Automatic | Self::Doubled)
    }
}

impl fmt::Display for Became {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A mail that came in and refers to a letter of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub id: ReplyId,
    /// SHA-256 of the name and the bytes of the file: read twice, it is one.
    pub digest: [u8; 32],
    /// SHA-256 of the signature that holds, by which the same mail is known on any way that it takes.
    pub seal: Option<[u8; 32]>,
    pub message_id: Option<String>,
    pub delivery: DeliveryId,
    pub warning: WarningId,
    pub participant: ParticipantId,
    /// To whom the letter went.
    pub contact: ContactId,
    /// Who it says that it is from, fit to be shown. It proves nothing.
    pub sender: String,
    pub became: Became,
    pub digit: Option<u8>,
    pub received_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_letter_offers_what_its_steps_can_end() {
        let id = |n| MeasureId(Uuid::from_u128(n));
        let first = RevisionNumber::FIRST;
        let kinds = [Kind::Monitor, Kind::Config, Kind::Patch, Kind::Workaround];
        let offer = Offer::of(first, (1..).map(id).zip(kinds));
        assert_eq!((offer.measure, offer.patch), (Some((2, id(2))), Some((3, id(3)))));
        let said: Vec<_> = (0..=5).map(|digit| offer.meaning(digit)).collect();
        let (on, patched) = (Meaning::Done(id(2)), Meaning::Done(id(3)));
        assert_eq!(
            said,
            [None, Some(on), Some(patched), Some(Meaning::NotAffected), Some(Meaning::Help), None]
        );
        let nothing = Offer::of(first, []);
        assert_eq!([1, 2].map(|digit| nothing.meaning(digit)), [None, None]);
    }

    #[test]
    fn every_word_is_the_stored_one() {
        for became in Became::ALL {
            assert_eq!(serde_json::to_value(became).unwrap(), became.word());
        }
    }
}
