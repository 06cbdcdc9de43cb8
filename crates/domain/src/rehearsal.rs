//! A ladder climbed on paper: what it would ask of the duty officer and of real participants, before
//! anybody is told anything.
//!
//! It finds the holes before the crisis does: an hour with more calls than there are people to make them,
//! a rung for which nobody has a number, a rung that goes to the person who had the rung below it.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use crate::calling::whom;
use crate::contact::{Contact, for_role};
use crate::escalation::Ladders;
use crate::ids::{ContactId, ParticipantId};
use crate::participant::Participant;
use crate::severity::Severity;
use crate::warning::Channel;

/// What a rehearsal found. Rungs are counted from 0, the lowest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsal {
    pub participants: usize,
    /// Calls that a person must make, by the hour in which they may be made; letters are not among them.
    pub calls: BTreeMap<Timestamp, usize>,
    /// Where a rung finds nobody with what it needs: a number, or an address.
    pub nobody: Vec<(ParticipantId, usize)>,
    /// Where a rung goes to the person who had the rung below it.
    pub same_person: Vec<(ParticipantId, usize)>,
}

/// Climbs every rung for each participant as if a warning had arrived at `at` and nobody ever answered.
/// In the order of `everybody`; nothing is written.
pub fn rehearse<'a>(
    ladders: &Ladders,
    everybody: impl IntoIterator<Item = (&'a Participant, &'a [Contact])>,
    (severity, exploited): (Severity, bool),
    at: Timestamp,
    zone: &TimeZone,
) -> Rehearsal {
    let mut found = Rehearsal::default();
    for (participant, contacts) in everybody {
        found.participants += 1;
        let ladder = ladders.choose(severity, exploited, &participant.sector);
        let mut below: Option<ContactId> = None;
        for (number, rung) in ladder.rungs().iter().enumerate() {
            let due = rung.hours.after(at, rung.after, zone);
            let (person, from) = match rung.way.channel {
                Channel::Telephone => whom(contacts, rung.way.person, due, zone),
                _ => (for_role(contacts, rung.way.person, due), due),
            };
            let is_reached = |contact: &&Contact| match rung.way.channel {
                Channel::Mail => contact.takes_mail(due),
                Channel::Telephone | Channel::Sms | Channel::Voice => contact.telephone.is_some(),
                Channel::Platform | Channel::Webhook | Channel::Letter => true,
            };
            let person = person.filter(is_reached);
            match person {
                None => found.nobody.push((participant.id, number)),
                Some(person) if below == Some(person.id) => found.same_person.push((participant.id, number)),
                Some(_) => {}
            }
            if rung.way.channel == Channel::Telephone {
                let hour = from.as_second() - from.as_second().rem_euclid(3_600);
                let hour = Timestamp::from_second(hour).unwrap_or(from);
                *found.calls.entry(hour).or_default() += 1;
            }
            below = person.map(|person| person.id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use uuid::Uuid;

    use super::*;
    use crate::contact::Role;
    use crate::escalation::{For, Frame, Ladder, Rung, Sender, Way};
    use crate::office::Hours;
    use crate::text::Language;
    use crate::warning::Reach;

    #[test]
    fn a_rehearsal_finds_the_hour_that_is_too_full_the_missing_number_and_the_same_person_twice() {
        let rung = |hours, channel, person, frame| Rung {
            after: SignedDuration::from_hours(hours),
            until: Reach::Acknowledged,
            hours: Hours::Waking,
            way: Way { channel, person, sender: Sender::Csirt, frame },
        };
        let ladder = Ladder::new(vec![
            rung(2, Channel::Telephone, Role::OnCall, Frame::Deadline),
            rung(4, Channel::Telephone, Role::Ciso, Frame::DutyOfCare),
            rung(24, Channel::Letter, Role::Board, Frame::PatientSafety),
        ]);
        let ladders = Ladders::new(vec![(For::everybody(Severity::Low), ladder.unwrap())]).unwrap();
        let participant = |number: u128| Participant {
            id: ParticipantId(Uuid::from_u128(number)),
            name: format!("zorg {number}"),
            sector: "care".into(),
            language: Language::Nl,
            kinds: [].into(),
            joined_at: Timestamp::UNIX_EPOCH,
            left: None,
        };
        let contact = |number: u128, role, telephone: Option<&str>| Contact {
            id: ContactId(Uuid::from_u128(number)),
            participant: ParticipantId(Uuid::nil()),
            name: format!("person {number}"),
            roles: [role].into(),
            language: Language::Nl,
            mail: None,
            telephone: telephone.map(str::to_owned),
            around_the_clock: false,
            verified_at: Some(Timestamp::UNIX_EPOCH),
            failed_at: None,
            removed_at: None,
        };
        let number = Some("+31850000001");
        let everybody = [
            (participant(1), vec![contact(1, Role::OnCall, number), contact(2, Role::Ciso, number)]),
            (participant(2), vec![contact(3, Role::OnCall, number)]),
            (participant(3), vec![contact(4, Role::OnCall, None)]),
        ];
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let evening = "2019-12-18T20:30:00+01:00".parse().unwrap();
        let listed = everybody.iter().map(|(who, people)| (who, people.as_slice()));
        let found = rehearse(&ladders, listed, (Severity::Critical, true), evening, &zone);
        let at = |list: &[(ParticipantId, usize)]| -> Vec<(u128, usize)> {
            list.iter().map(|(who, rung)| (who.0.as_u128(), *rung)).collect()
        };
        assert_eq!(found.participants, 3);
        assert_eq!(at(&found.nobody), [(3, 0), (3, 1)], "a letter finds its way without a number");
        assert_eq!(at(&found.same_person), [(1, 2), (2, 1), (2, 2)]);
        let calls: Vec<_> = found
            .calls
            .iter()
            .map(|(hour, count)| (hour.to_zoned(zone.clone()).strftime("%d %H:%M").to_string(), *count))
            .collect();
        assert_eq!(calls, [("18 22:00".to_owned(), 3), ("19 07:00".to_owned(), 3)]);
    }
}
