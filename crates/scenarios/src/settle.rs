//! How an organisation of the population becomes a participant of a node.

use std::collections::BTreeSet;

use domain::asset::{Asset, Reach};
use domain::contact::{self, Contact};
use domain::ids::ParticipantId;
use domain::measure::CareImpact;
use domain::participant::Participant;
use domain::product::Name;
use domain::text::Language;
use domain::version::Version;
use flow::house::House;

use crate::play::same;
use crate::population;

/// The organisation itself, which joins now.
pub fn participant(house: &House, id: ParticipantId, who: &population::Participant) -> Participant {
    Participant {
        id,
        name: who.name.clone(),
        sector: who.group.sector().to_owned(),
        language: Language::Nl,
        kinds: BTreeSet::new(),
        joined_at: house.now(),
        left: None,
    }
}

/// A person, as the address book has it.
pub fn contact(house: &House, of: ParticipantId, person: &population::Contact) -> Contact {
    Contact {
        id: house.id(),
        participant: of,
        name: person.name.clone(),
        roles: person.roles.iter().filter_map(same::<contact::Role>).collect(),
        language: Language::Nl,
        mail: Some(person.mail.clone()),
        telephone: Some(person.telephone.clone()),
        around_the_clock: person.around_the_clock,
        verified_at: house.instant(person.verified_on.at(12, 0, 0, 0)),
        failed_at: None,
        removed_at: None,
    }
}

/// A line of the inventory, as the participant wrote it.
pub fn asset(house: &House, of: ParticipantId, line: &population::Asset) -> Asset {
    Asset {
        version: Some(Version::new(&line.version)).filter(Version::is_known),
        host: Some(line.host.clone()),
        address: Some(line.address),
        supplier: line.supplier.map(str::to_owned),
        reach: if line.reach == population::Reach::Internet { Reach::Internet } else { Reach::Internal },
        care_process: line.care.map(|care| care.process.to_owned()),
        care_impact: match line.care {
            Some(care) if care.endangered => CareImpact::Endangered,
            Some(_) => CareImpact::Hindered,
            None => CareImpact::None,
        },
        claimed_at: Some(house.now()),
        ..Asset::new(house.id(), of, Name::new(line.vendor.unwrap_or_default(), line.product))
    }
}
