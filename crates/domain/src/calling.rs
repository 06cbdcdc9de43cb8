//! The calling list: whom a person must reach now, and what came of it.
//!
//! ```text
//! Waiting ─► Reached | Voicemail | Refused | Wrong number
//! ```
//!
//! Every rung that the house cannot climb by itself becomes an item here: a call, a letter to sign,
//! a text message where no gateway is set up. An item is never dropped; it waits until a person
//! says what came of it, or until the participant has answered.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::contact::{Contact, Role, for_role};
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
    /// From when on it may be made: who must not be called at night is called in the morning.
    pub call_at: Timestamp,
    /// Who is at it, so that a hospital is not called by two.
    pub held: Option<Held>,
    pub outcome: Option<(Outcome, OfficerId, Timestamp)>,
}

/// That somebody calls. It ends by itself, because people are called away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub by: OfficerId,
    pub until: Timestamp,
}

impl Call {
    /// How long a call is left to whoever took it.
    pub const HOLD: SignedDuration = SignedDuration::from_mins(15);

    /// Who holds it at `now`.
    pub fn held_by(&self, now: Timestamp) -> Option<OfficerId> {
        self.held.filter(|held| now < held.until).map(|held| held.by)
    }
}

/// Whom to call for `role`, and from when on: at night somebody who may be called at night, before somebody
/// who stands nearer and must not; in the morning otherwise. Somebody with a number before somebody without.
pub fn whom<'a>(
    contacts: impl IntoIterator<Item = &'a Contact> + Clone,
    role: Role,
    now: Timestamp,
    zone: &TimeZone,
) -> (Option<&'a Contact>, Timestamp) {
    let from = |contact: &Contact| contact.may_be_called_from(now, zone);
    let awake = contacts.clone().into_iter().filter(|contact| from(contact) == Some(now));
    if let Some(contact) = for_role(awake, role, now) {
        return (Some(contact), now);
    }
    let with_a_number = contacts.clone().into_iter().filter(|contact| contact.telephone.is_some());
    let contact = for_role(with_a_number, role, now).or_else(|| for_role(contacts, role, now));
    (contact, contact.and_then(from).unwrap_or(now))
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
    use uuid::Uuid;

    use super::*;
    use crate::escalation::{Frame, Sender};
    use crate::text::Language;
    use crate::warning::Channel;

    #[test]
    fn at_night_whoever_may_be_called_is_called_and_everybody_else_in_the_morning() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let [night, morning]: [Timestamp; 2] =
            ["03:10", "07:00"].map(|time| format!("2020-01-11T{time}+01:00").parse().unwrap());
        let person = |number: u128, role, telephone: Option<&str>, around_the_clock| Contact {
            id: ContactId(Uuid::from_u128(number)),
            participant: ParticipantId(Uuid::nil()),
            name: format!("person {number}"),
            roles: [role].into(),
            language: Language::Nl,
            mail: None,
            telephone: telephone.map(str::to_owned),
            around_the_clock,
            verified_at: Some(Timestamp::UNIX_EPOCH),
            failed_at: None,
            removed_at: None,
        };
        let number = Some("+31850000001");
        let mut people = vec![
            person(1, Role::Ciso, number, false),
            person(2, Role::SecurityContact, number, true),
            person(3, Role::Ciso, None, true),
        ];
        let found = |people: &[Contact], at| {
            let (contact, from) = whom(people, Role::Ciso, at, &zone);
            (contact.map(|it| it.id.0.as_u128()), from)
        };
        assert_eq!(found(&people, night), (Some(2), night), "further from the role, and awake");
        assert_eq!(found(&people, morning), (Some(1), morning));
        people.remove(1);
        assert_eq!(found(&people, night), (Some(1), morning), "nobody may be called before seven");
        people.remove(0);
        assert_eq!(
            found(&people, night),
            (Some(3), night),
            "without a number: that is to be found out first"
        );
        assert_eq!(found(&[], night), (None, night));
    }

    #[test]
    fn who_took_a_call_has_it_for_a_quarter_of_an_hour() {
        let (now, by) = (Timestamp::UNIX_EPOCH, OfficerId(Uuid::from_u128(1)));
        let held = Some(Held { by, until: now + Call::HOLD });
        let way = Way {
            channel: Channel::Telephone,
            person: Role::OnCall,
            sender: Sender::DutyOfficer,
            frame: Frame::Action,
        };
        let nil = Uuid::nil();
        let call = Call {
            id: CallId(nil),
            warning: WarningId(nil),
            participant: ParticipantId(nil),
            contact: None,
            rung: 0,
            way,
            ordered_at: now,
            call_at: now,
            held,
            outcome: None,
        };
        let after = |minutes| call.held_by(now + SignedDuration::from_mins(minutes));
        assert_eq!((after(14), after(15)), (Some(by), None));
    }

    #[test]
    fn a_voicemail_is_not_a_receipt() {
        let received: Vec<_> = Outcome::ALL.into_iter().filter(|outcome| outcome.was_received()).collect();
        assert_eq!(received, [Outcome::Reached, Outcome::Refused]);
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::of_word(outcome.word()), Some(outcome));
        }
    }
}
