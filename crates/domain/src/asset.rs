//! What a participant registered: claimed, seen from outside, confirmed, or gone stale.
//!
//! ```text
//! Claimed  ─┬─► Confirmed ─► Stale, after 92 days without a word ─► Retired
//! Observed ─┘
//! ```

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, ParticipantId};
use crate::measure::CareImpact;
use crate::product::{Mark, Name};
use crate::version::Version;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub id: AssetId,
    pub participant: ParticipantId,
    pub name: Name,
    pub version: Option<Version>,
    /// The CPE name, as the participant wrote it; it can be read.
    pub cpe: Option<String>,
    /// The package URL in its canonical form.
    pub purl: Option<String>,
    /// Model, part or order number: what some makers warn by instead of a name ("6ES7 512-1DK01-0AB0").
    pub order_number: Option<String>,
    /// Lower case, without a dot at the end.
    pub host: Option<String>,
    pub address: Option<IpAddr>,
    /// Who runs it, when that is not the participant itself.
    pub supplier: Option<String>,
    pub reach: Reach,
    /// What care it serves, in the participant's words, and what happens to it when it is off.
    pub care_process: Option<String>,
    pub care_impact: CareImpact,
    /// How the participant calls it; may stand in a mail where the host name may not.
    pub alias: Option<String>,
    /// When the participant last said that it has this.
    pub claimed_at: Option<Timestamp>,
    /// When it was last seen from outside.
    pub observed_at: Option<Timestamp>,
    pub retired_at: Option<Timestamp>,
}

/// From where it can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    #[default]
    Unknown,
    Internal,
    Internet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Claimed,
    Observed,
    Confirmed,
    Stale,
    Retired,
}

impl Asset {
    /// How long a word about an asset counts. Source: `domain.md` 5.2.
    pub const LIFE: SignedDuration = SignedDuration::from_hours(92 * 24);

    /// Something of which nothing is known but what it is and whose.
    pub fn new(id: AssetId, participant: ParticipantId, name: Name) -> Self {
        Self {
            id,
            participant,
            name,
            version: None,
            cpe: None,
            purl: None,
            order_number: None,
            host: None,
            address: None,
            supplier: None,
            reach: Reach::Unknown,
            care_process: None,
            care_impact: CareImpact::None,
            alias: None,
            claimed_at: None,
            observed_at: None,
            retired_at: None,
        }
    }

    pub fn state(&self, now: Timestamp) -> State {
        let fresh = |at: Option<Timestamp>| at.is_some_and(|at| now.duration_since(at) < Self::LIFE);
        match (fresh(self.claimed_at), fresh(self.observed_at)) {
            _ if self.retired_at.is_some_and(|at| at <= now) => State::Retired,
            (true, true) => State::Confirmed,
            (true, false) => State::Claimed,
            (false, true) => State::Observed,
            (false, false) => State::Stale,
        }
    }

    /// The marks by which others know the product.
    pub fn marks(&self) -> Vec<Mark> {
        marks(self.cpe.as_deref(), self.purl.as_deref(), self.order_number.as_deref())
    }

    /// What a person calls it: its alias, else its host name, else the product.
    pub fn label(&self) -> String {
        self.alias.clone().or_else(|| self.host.clone()).unwrap_or_else(|| self.name.to_string())
    }
}

/// The marks in what somebody wrote beside a name. A package URL is in its canonical form.
pub fn marks(cpe: Option<&str>, purl: Option<&str>, order_number: Option<&str>) -> Vec<Mark> {
    let cpe = cpe.and_then(Mark::of_cpe);
    let package = purl.and_then(Mark::of_package_url);
    let order = order_number.and_then(Mark::of_order_number);
    cpe.into_iter().chain(package).chain(order).collect()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_asset_is_confirmed_when_both_sides_say_so_and_stale_when_nobody_does() {
        let now = Timestamp::UNIX_EPOCH + 10_000.hours();
        let asset = |claimed: Option<i64>, observed: Option<i64>| Asset {
            host: Some("vpn.noordzorg.example".into()),
            reach: Reach::Internet,
            claimed_at: claimed.map(|ago| now - ago.hours()),
            observed_at: observed.map(|ago| now - ago.hours()),
            ..Asset::new(AssetId(Uuid::nil()), ParticipantId(Uuid::nil()), Name::new("Citrix", "NetScaler"))
        };
        let states = [(Some(1), None), (None, Some(1)), (Some(1), Some(1)), (Some(93 * 24), None)]
            .map(|(claimed, observed)| asset(claimed, observed).state(now));
        assert_eq!(states, [State::Claimed, State::Observed, State::Confirmed, State::Stale]);
        let retired = Asset { retired_at: Some(now), ..asset(Some(1), Some(1)) };
        assert_eq!(retired.state(now), State::Retired);
        assert_eq!(retired.label(), "vpn.noordzorg.example");
    }
}
