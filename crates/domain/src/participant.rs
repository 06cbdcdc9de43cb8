//! An organisation that a CSIRT serves: what it is in law, since when, and who runs its systems.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::ParticipantId;
use crate::text::Language;
use crate::time::Period;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub id: ParticipantId,
    pub name: String,
    /// The target group to which it belongs: `care`, `municipalities`.
    pub sector: String,
    pub language: Language,
    /// What it is in law, with the periods in which it is that.
    pub kinds: BTreeSet<Standing>,
    pub joined_at: Timestamp,
    pub left: Option<Leaving>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Standing {
    pub kind: Kind,
    pub period: Period,
}

/// What an organisation is in law. Source: `domain.md` 5.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Vital,
    Essential,
    Important,
    CentralGovernment,
    NonVital,
    Service,
}

/// That it left, and whether another CSIRT took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    pub at: Timestamp,
    pub taken_over: bool,
}

impl Participant {
    /// What it is in law at `at`.
    pub fn kinds_at(&self, at: Timestamp) -> impl Iterator<Item = Kind> {
        self.kinds.iter().filter(move |standing| standing.period.holds_at(at)).map(|standing| standing.kind)
    }

    /// Whether it is served at `at`.
    pub fn is_served_at(&self, at: Timestamp) -> bool {
        self.joined_at <= at && self.left.is_none_or(|left| at < left.at)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_hospital_was_not_vital_in_2020_and_is_essential_since_2026() {
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let law = at("2026-08-15T00:00:00+02:00");
        let hospital = Participant {
            id: ParticipantId(Uuid::nil()),
            name: "noordzorg".into(),
            sector: "care".into(),
            language: Language::Nl,
            kinds: BTreeSet::from([
                Standing {
                    kind: Kind::NonVital,
                    period: Period { from: at("2018-11-09T00:00:00+01:00"), to: Some(law) },
                },
                Standing { kind: Kind::Essential, period: Period::since(law) },
            ]),
            joined_at: at("2018-11-09T00:00:00+01:00"),
            left: Some(Leaving { at: law + 24.hours(), taken_over: true }),
        };
        let kinds = |time| hospital.kinds_at(at(time)).collect::<Vec<_>>();
        assert_eq!(kinds("2020-01-14T12:00:00+01:00"), [Kind::NonVital]);
        assert_eq!(kinds("2026-09-01T00:00:00+02:00"), [Kind::Essential]);
        assert!(hospital.is_served_at(law) && !hospital.is_served_at(law + 24.hours()));
    }
}
