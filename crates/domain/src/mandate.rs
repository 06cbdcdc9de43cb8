//! A supplier that runs systems for several participants sees and changes those, and nothing else, for as
//! long as each of them says.
//!
//! ```text
//! Given ─► Running, from its day ─► Ended, on its day or when either takes it back
//! ```
//!
//! Deny by default: without a mandate that holds at this moment there is nothing to see, and an asset is
//! under it only when the participant itself wrote that this supplier runs it.

use jiff::Timestamp;

use crate::asset::Asset;
use crate::ids::{ContactId, MandateId, ParticipantId};
use crate::product::key;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    pub id: MandateId,
    /// Who gives it, and whose assets they are.
    pub participant: ParticipantId,
    /// Who acts.
    pub supplier: ParticipantId,
    /// What the participant calls the supplier in its inventory.
    pub called: String,
    pub starts_at: Timestamp,
    /// No mandate is for ever.
    pub ends_at: Timestamp,
    pub given_by: ContactId,
    /// Taken back before its day, by either side.
    pub ended_at: Option<Timestamp>,
}

impl Mandate {
    /// Whether it counts at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.starts_at <= now && now < self.ends_at && self.ended_at.is_none_or(|at| now < at)
    }

    /// Whether the supplier may see and change `asset` at `now`.
    pub fn covers(&self, asset: &Asset, now: Timestamp) -> bool {
        let runs_it = asset.supplier.as_deref().is_some_and(|word| key(word) == key(&self.called));
        self.holds(now) && asset.participant == self.participant && asset.retired_at.is_none() && runs_it
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;
    use crate::asset::Reach;
    use crate::ids::AssetId;
    use crate::product::Name;

    #[test]
    fn a_mandate_covers_what_the_participant_says_that_the_supplier_runs_and_only_while_it_holds() {
        let start = Timestamp::UNIX_EPOCH + 1_000.hours();
        let own = ParticipantId(Uuid::from_u128(1));
        let mandate = Mandate {
            id: MandateId(Uuid::from_u128(9)),
            participant: own,
            supplier: ParticipantId(Uuid::from_u128(2)),
            called: "Terp Beheer B.V.".into(),
            starts_at: start,
            ends_at: start + 48.hours(),
            given_by: ContactId(Uuid::nil()),
            ended_at: None,
        };
        let asset = |participant, supplier: Option<&str>| Asset {
            supplier: supplier.map(str::to_owned),
            reach: Reach::Internet,
            ..Asset::new(AssetId(Uuid::nil()), participant, Name::new("Citrix", "NetScaler"))
        };
        let run = asset(own, Some("terp beheer b.v."));
        let at = |hours: i64| start + hours.hours();
        assert_eq!([-1, 0, 47, 48].map(|hours| mandate.covers(&run, at(hours))), [false, true, true, false]);
        assert!(!mandate.covers(&asset(own, None), at(1)), "nobody said who runs it");
        assert!(!mandate.covers(&asset(own, Some("Polderhost")), at(1)));
        assert!(!mandate.covers(&asset(ParticipantId(Uuid::from_u128(3)), Some("Terp Beheer B.V.")), at(1)));
        let taken_back = Mandate { ended_at: Some(at(5)), ..mandate };
        assert!(taken_back.covers(&run, at(4)) && !taken_back.covers(&run, at(5)));
    }
}
