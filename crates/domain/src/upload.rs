//! A list that somebody sent in and confirmed: what it changed, and how long that can be taken back.
//!
//! ```text
//! Taken ─► Undone, within a day
//!       └► Kept
//! ```

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::asset::Asset;
use crate::ids::{AssetId, ContactId, ParticipantId, UploadId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: UploadId,
    pub participant: ParticipantId,
    /// Who confirmed its difference.
    pub by: ContactId,
    pub source: Source,
    pub taken_at: Timestamp,
    pub undone_at: Option<Timestamp>,
    /// When the participant last got one letter about all that it brought to light.
    pub summed_up_at: Option<Timestamp>,
    pub counts: Counts,
    /// Each asset that it touched.
    pub before: Vec<Before>,
}

/// "+12 −3 ~5".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub added: usize,
    pub removed: usize,
    pub changed: usize,
}

/// An asset as it was before. `None` when it was not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub asset: AssetId,
    pub was: Option<Asset>,
}

/// What was sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Table,
    Workbook,
    CycloneDx,
    Spdx,
    HostList,
    /// Boxes that were ticked.
    Boxes,
}

impl Source {
    /// Whether it is the whole inventory, so that what is not in it is gone. A bill of materials is of one
    /// product, and a list of names is of one network.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Table | Self::Workbook)
    }
}

impl Upload {
    /// How long it can be undone, and how long its history brings no letters. Source: `ux.md` 4.4.
    pub const REGRET: SignedDuration = SignedDuration::from_hours(24);

    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        self.undone_at.is_none() && now.duration_since(self.taken_at) < Self::REGRET
    }
}

/// That a participant sent something in lately: what that brings to light about the past is told in one
/// letter, and not in one for each old advisory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intake {
    pub upload: UploadId,
    pub taken_at: Timestamp,
}

impl Intake {
    /// Whether an advisory that was released at `released_at` is history for an asset that came in with it.
    pub fn makes_history_of(&self, asset: &Asset, released_at: Timestamp) -> bool {
        released_at <= self.taken_at && asset.claimed_at == Some(self.taken_at)
    }
}
