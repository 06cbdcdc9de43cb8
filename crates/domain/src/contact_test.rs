//! Asking a contact whether a letter of ours is read: the test that keeps an address verified, and the drill.
//!
//! ```text
//! Sent ─► Answered: the address works, and a person reads it
//!   └───► Missed, when its time is over: the contact is suspect, and the next one is written to first
//! ```
//!
//! An address that was never tried is found out to be dead on the night on which it is needed. Source: goal G5
//! and the states of a contact, `domain.md` 3.3 and 5.5.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::contact::{Contact, State};
use crate::ids::{AlarmId, ContactId, ContactTestId, ParticipantId};

/// So long before a contact is no longer verified it is asked again, so that a holiday makes nobody suspect.
pub const ASKED_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How long after the last one a test alarm is due: twice a year.
pub const ALARM_EVERY: SignedDuration = SignedDuration::from_hours(183 * 24);

/// What counts as prompt. Source: goal G6.
pub const PROMPT: SignedDuration = SignedDuration::from_hours(4);

/// A letter that asks for nothing but a sign that it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactTest {
    pub id: ContactTestId,
    pub contact: ContactId,
    pub participant: ParticipantId,
    pub why: Why,
    pub sent_at: Timestamp,
    /// Who has not answered by then has missed it.
    pub ends_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub missed_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// What is known of the address grows old, or an officer wants to know.
    Renewal,
    /// Somebody who is new learns what a letter of ours looks like.
    Welcome,
    /// Everybody is asked at once, as on the day itself.
    Alarm(AlarmId),
}

impl Why {
    /// How long there is to answer.
    pub fn life(self) -> SignedDuration {
        match self {
            Self::Renewal | Self::Welcome => SignedDuration::from_hours(14 * 24),
            Self::Alarm(_) => SignedDuration::from_hours(7 * 24),
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Renewal => "renewal",
            Self::Welcome => "welcome",
            Self::Alarm(_) => "alarm",
        }
    }
}

/// Whether it is time to ask this contact by mail again. One who promised to be there day and night is asked by
/// telephone: a mail proves nothing about the number.
pub fn is_due(contact: &Contact, now: Timestamp) -> bool {
    let by_telephone = contact.around_the_clock && contact.telephone.is_some();
    let old = |at: Timestamp| now.duration_since(at) >= Contact::TEST_LIFE - ASKED_BEFORE;
    !by_telephone
        && contact.takes_mail(now)
        && matches!(contact.state(now), State::Verified | State::DueForTest)
        && contact.verified_at.is_some_and(old)
}

/// How an alarm went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    pub participants: usize,
    pub letters: usize,
    /// Participants of whom anybody answered.
    pub answered: usize,
    /// And within [`PROMPT`].
    pub prompt: usize,
    /// Half of those who answered had done so by then.
    pub median: Option<SignedDuration>,
    pub silent: Vec<ParticipantId>,
}

impl Reach {
    /// Counts the tests of one alarm: per participant the first answer of anybody counts.
    pub fn of(tests: impl IntoIterator<Item = ContactTest>) -> Self {
        let mut first: std::collections::BTreeMap<ParticipantId, Option<SignedDuration>> = Default::default();
        let mut reach = Self::default();
        for test in tests {
            reach.letters += 1;
            let took = test.answered_at.map(|at| at.duration_since(test.sent_at));
            let known = first.entry(test.participant).or_default();
            *known = [*known, took].into_iter().flatten().min();
        }
        reach.participants = first.len();
        reach.silent = first.iter().filter(|(_, took)| took.is_none()).map(|(id, _)| *id).collect();
        let mut took: Vec<SignedDuration> = first.into_values().flatten().collect();
        took.sort_unstable();
        reach.answered = took.len();
        reach.prompt = took.iter().filter(|it| **it <= PROMPT).count();
        reach.median = took.get(took.len().saturating_sub(1) / 2).copied();
        reach
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;
    use crate::text::Language;

    const NOW: Timestamp = Timestamp::constant(1_578_700_000, 0);

    fn contact() -> Contact {
        Contact {
            id: ContactId(Uuid::nil()),
            participant: ParticipantId(Uuid::nil()),
            name: "A. Duin".into(),
            roles: [].into(),
            language: Language::Nl,
            mail: Some("a.duin@noordzorg.example".into()),
            telephone: Some("+31850000001".into()),
            around_the_clock: false,
            verified_at: Some(NOW - (24 * 78).hours()),
            failed_at: None,
            removed_at: None,
        }
    }

    #[test]
    fn a_contact_is_asked_two_weeks_before_its_verification_grows_old() {
        assert!(is_due(&contact(), NOW));
        assert!(!is_due(&Contact { verified_at: Some(NOW - (24 * 77).hours()), ..contact() }, NOW));
        assert!(is_due(&Contact { verified_at: Some(NOW - (24 * 200).hours()), ..contact() }, NOW));
        let night = Contact { around_the_clock: true, ..contact() };
        assert!(!is_due(&night, NOW), "a number is tested by ringing it");
        assert!(is_due(&Contact { telephone: None, ..night }, NOW));
        for other in [
            Contact { verified_at: None, ..contact() },
            Contact { mail: None, ..contact() },
            Contact { failed_at: Some(NOW), ..contact() },
            Contact { removed_at: Some(NOW), ..contact() },
        ] {
            assert!(!is_due(&other, NOW), "{other:?}");
        }
    }

    #[test]
    fn the_first_answer_of_a_participant_counts_and_silence_counts_as_silence() {
        let test = |participant: u128, hours: Option<i64>| ContactTest {
            id: ContactTestId(Uuid::nil()),
            contact: ContactId(Uuid::nil()),
            participant: ParticipantId(Uuid::from_u128(participant)),
            why: Why::Alarm(AlarmId(Uuid::nil())),
            sent_at: NOW,
            ends_at: NOW + 168.hours(),
            answered_at: hours.map(|hours| NOW + hours.hours()),
            missed_at: None,
        };
        let reach = Reach::of([
            test(1, Some(30)),
            test(1, Some(1)),
            test(1, None),
            test(2, None),
            test(3, Some(5)),
            test(4, Some(4)),
        ]);
        assert_eq!((reach.participants, reach.letters, reach.answered, reach.prompt), (4, 6, 3, 2));
        assert_eq!(reach.median, Some(SignedDuration::from_hours(4)));
        assert_eq!(reach.silent, [ParticipantId(Uuid::from_u128(2))]);
        assert_eq!(Reach::of([]), Reach::default());
    }
}
