//! Persons at a participant: how they are reached, and whether that was ever tried.
//!
//! ```text
//! Invited ─► Verified ─► Due for a test, after 92 days ─► Verified
//!                │                   └──────────────────► Suspect: a bounce, no answer
//!                └─────────────────────────────────────► Removed
//! ```
//!
//! The state is derived: what was tested when, and what bounced when, are the facts.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, ParticipantId};
use crate::office::Hours;
use crate::text::Language;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    pub participant: ParticipantId,
    pub name: String,
    pub roles: BTreeSet<Role>,
    pub language: Language,
    pub mail: Option<String>,
    /// International form: `+31850000123`.
    pub telephone: Option<String>,
    /// May be called at any hour.
    pub around_the_clock: bool,
    pub verified_at: Option<Timestamp>,
    /// The last time that mail came back or a number turned out wrong.
    pub failed_at: Option<Timestamp>,
    pub removed_at: Option<Timestamp>,
}

/// What a person is at the participant; the ladder asks for one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    SecurityContact,
    OnCall,
    Ciso,
    Board,
}

impl Role {
    /// Every role, from the one who does the work to the one who must decide.
    pub const ALL: [Self; 4] = [Self::SecurityContact, Self::OnCall, Self::Ciso, Self::Board];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Invited,
    Verified,
    DueForTest,
    Suspect,
    Removed,
}

impl Contact {
    /// How long a test that was answered counts. Source: goal G5, `domain.md` 3.3.
    pub const TEST_LIFE: SignedDuration = SignedDuration::from_hours(92 * 24);

    pub fn state(&self, now: Timestamp) -> State {
        match (self.removed_at, self.failed_at, self.verified_at) {
            (Some(at), ..) if at <= now => State::Removed,
            (_, Some(failed), verified) if verified.is_none_or(|verified| verified <= failed) => {
                State::Suspect
            }
            (.., Some(verified)) if now.duration_since(verified) < Self::TEST_LIFE => State::Verified,
            (.., Some(_)) => State::DueForTest,
            (.., None) => State::Invited,
        }
    }

    /// Whether mail may still be sent to this person.
    pub fn takes_mail(&self, now: Timestamp) -> bool {
        self.mail.is_some() && !matches!(self.state(now), State::Removed | State::Suspect)
    }

    /// From when on the telephone of this person may ring, at `at` or later: at night only that of who
    /// said so. `None` without a number. Source: the night rule of `domain.md` 5.5.
    pub fn may_be_called_from(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        self.telephone.as_ref()?;
        Some(if self.around_the_clock { at } else { Hours::Waking.next(at, zone) })
    }
}

/// The person to reach for `role`: a verified one before one that was never tried, a suspect one
/// last, and who has the role before who stands next to it. `None` when nobody is left.
pub fn for_role<'a>(
    contacts: impl IntoIterator<Item = &'a Contact>,
    role: Role,
    now: Timestamp,
) -> Option<&'a Contact> {
    let away = |contact: &Contact| {
        let from = |it: Role| Role::ALL.iter().position(|role| *role == it).unwrap_or_default();
        contact.roles.iter().map(|it| from(*it).abs_diff(from(role))).min().unwrap_or(Role::ALL.len())
    };
    let trust = |contact: &Contact| match contact.state(now) {
        State::Verified => 0,
        State::DueForTest => 1,
        State::Invited => 2,
        State::Suspect => 3,
        State::Removed => 4,
    };
    contacts
        .into_iter()
        .filter(|contact| contact.state(now) != State::Removed)
        .min_by_key(|contact| (away(contact), trust(contact), contact.id))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_578_700_000, 0);

    fn contact(number: u128, roles: &[Role]) -> Contact {
        Contact {
            id: ContactId(Uuid::from_u128(number)),
            participant: ParticipantId(Uuid::nil()),
            name: format!("person {number}"),
            roles: roles.iter().copied().collect(),
            language: Language::Nl,
            mail: Some(format!("p{number}@noordzorg.example")),
            telephone: Some("+31850000001".into()),
            around_the_clock: false,
            verified_at: Some(NOW - 240.hours()),
            failed_at: None,
            removed_at: None,
        }
    }

    #[test]
    fn a_contact_that_was_not_tested_for_a_quarter_is_due_and_a_bounce_makes_it_suspect() {
        let mut person = contact(1, &[Role::OnCall]);
        assert_eq!(person.state(NOW), State::Verified);
        assert_eq!(person.state(NOW + (92 * 24).hours()), State::DueForTest);
        person.failed_at = Some(NOW);
        assert_eq!((person.state(NOW), person.takes_mail(NOW)), (State::Suspect, false));
        person.verified_at = Some(NOW);
        assert_eq!(person.state(NOW), State::Suspect, "of two words of one moment the worse one counts");
        person.verified_at = Some(NOW + 1.hour());
        assert_eq!(person.state(NOW + 1.hour()), State::Verified, "a test that was answered repairs it");
    }

    #[test]
    fn at_night_only_who_said_so_is_called() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let mut person = contact(1, &[Role::OnCall]);
        let [three, seven, nine]: [Timestamp; 3] =
            ["03:10", "07:00", "09:00"].map(|time| format!("2020-01-11T{time}+01:00").parse().unwrap());
        assert_eq!(person.may_be_called_from(three, &zone), Some(seven));
        assert_eq!(person.may_be_called_from(nine, &zone), Some(nine));
        person.around_the_clock = true;
        assert_eq!(person.may_be_called_from(three, &zone), Some(three));
        person.telephone = None;
        assert_eq!(person.may_be_called_from(nine, &zone), None);
    }

    #[test]
    fn whoever_stands_next_is_reached_when_nobody_has_the_role() {
        let people =
            [contact(1, &[Role::SecurityContact]), contact(2, &[Role::Ciso]), contact(3, &[Role::Ciso])];
        let mut people = people.to_vec();
        people[1].failed_at = Some(NOW);
        let found = |role| for_role(&people, role, NOW).map(|it| it.id.0.as_u128());
        assert_eq!(found(Role::Ciso), Some(3), "the one whose mail does not bounce");
        assert_eq!(found(Role::Board), Some(3));
        assert_eq!(for_role(&[], Role::Board, NOW), None);
    }
}
