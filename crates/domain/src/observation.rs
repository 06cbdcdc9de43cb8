//! Somebody saw something at an address at a time, and what that can prove.
//!
//! ```text
//! New ─► Attributed ─► Used, by a warning ─► Confirmed closed, by a later look
//!  └► Unattributed             └► Expired after 14 days
//! ```
//!
//! A look that finds *nothing* counts too: only such a look verifies.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, ObservationId, ParticipantId};
use crate::tlp::{Pap, Tlp};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    pub id: ObservationId,
    /// When somebody looked.
    pub at: Timestamp,
    pub address: Option<IpAddr>,
    pub host: Option<String>,
    pub port: Option<u16>,
    /// The vulnerability that was looked for, by its first name, such as `CVE-2019-19781`.
    pub vulnerability: String,
    pub seen: Seen,
    pub method: Method,
    /// Who looked, or through whom we know.
    pub source: String,
    pub tlp: Tlp,
    pub pap: Pap,
    /// Whose asset it is. `None` is work for a person.
    pub about: Option<(ParticipantId, AssetId)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    Vulnerable,
    /// Looked, and it was not there.
    NotVulnerable,
}

/// How somebody looked, which decides what it can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Sees whether the workaround answers, and nothing else: the scans of January 2020.
    MitigationAbsent,
    /// Reads a version that the system itself reports.
    Version,
    /// Reads how the system greets. Proves that it is there, not that it is safe.
    Banner,
    /// Tries the hole in a way that does no harm.
    SafeCheck,
}

impl Method {
    /// Whether it is blind to everything but one measure.
    pub fn sees_only_the_measure(self) -> bool {
        self == Self::MitigationAbsent
    }
}

impl Observation {
    /// How long an observation says something about the present. Source: `domain.md` 5.2.
    pub const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

    /// Whether it still says something at `now`.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < Self::LIFE
    }
}
