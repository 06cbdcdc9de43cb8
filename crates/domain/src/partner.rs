//! Partners as owners of places: networks, names and numbers of networks of an organisation outside, and for whom
//! it has them.
//!
//! What somebody sees there is theirs and not ours: it is kept on a page of their own and handed over, as far as
//! the gate allows. A partner may serve several groups, about which different things may be told; so a place is a
//! partner's *for a group*, and each group has its page. Without a group it is the partner's own.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::attribution;
use crate::holding;

/// An organisation of the register, and one of the groups that it serves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Partner {
    /// The id of the [`Organisation`](crate::designation::Organisation).
    pub organisation: String,
    /// Blank for its own places.
    pub group: String,
}

impl Partner {
    /// Always the same for the same partner and group.
    pub fn id(&self) -> PartnerId {
        let told = Sha256::digest(format!("{}\0{}", self.organisation, self.group).as_bytes());
        let mut id = [0xFF; 16];
        id[6..].copy_from_slice(&told[..10]);
        PartnerId(uuid::Builder::from_custom_bytes(id).into_uuid())
    }
}

impl fmt::Display for Partner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.group.as_str() {
            "" => f.write_str(&self.organisation),
            group => write!(f, "{} ({group})", self.organisation),
        }
    }
}

/// Stands for a [`Partner`] where there is room for an id only. It begins as an id of the year 10889 would, so
/// nothing that was made at a clock has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartnerId(Uuid);

impl PartnerId {
    /// `None` for the id of anything else.
    pub fn of_id(id: Uuid) -> Option<Self> {
        let is_one = id.as_bytes()[..6] == [0xFF; 6] && id.get_version_num() == 8;
        is_one.then_some(Self(id))
    }

    pub fn id(self) -> Uuid {
        self.0
    }
}

/// Where something is a partner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Held(holding::Place),
    /// The number of an autonomous system. A hint: it counts where nothing else leads to anybody.
    Asn(u32),
}

impl Place {
    /// The number that `AS64496` or `64496` says. Zero and the last one are nobody's (RFC 7607, RFC 7300).
    pub fn asn(written: &str) -> Option<Self> {
        let number = written.strip_prefix("AS").or_else(|| written.strip_prefix("as")).unwrap_or(written);
        let number: u32 = number.trim().parse().ok()?;
        (!matches!(number, 0 | 65_535 | u32::MAX)).then_some(Self::Asn(number))
    }
}

impl<'a> From<&'a Place> for attribution::Place<'a> {
    fn from(place: &'a Place) -> Self {
        match place {
            Place::Held(held) => Self::from(held),
            Place::Asn(asn) => Self::Asn(*asn),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(held) => held.fmt(f),
            Self::Asn(asn) => write!(f, "AS{asn}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_has_an_id_that_nobody_else_has_and_another_for_each_group() {
        let partner = |group: &str| Partner { organisation: "zorgteam".into(), group: group.into() };
        let (own, care) = (partner("").id(), partner("care").id());
        assert!(own != care && care == partner("care").id());
        assert_eq!(PartnerId::of_id(care.id()), Some(care));
        let others = [Uuid::nil(), Uuid::max(), Uuid::from_u128(7)];
        assert!(others.into_iter().all(|id| PartnerId::of_id(id).is_none()));
    }

    #[test]
    fn a_number_of_a_network_is_read_as_people_write_it() {
        let read = |text: &str| Place::asn(text).map(|it| it.to_string());
        assert_eq!(read("AS64496"), Some("AS64496".into()));
        assert_eq!(read("as 64496"), Some("AS64496".into()));
        assert_eq!(read("64496"), Some("AS64496".into()));
        assert_eq!(
            (read("AS0"), read("AS4294967295"), read("192.0.2.0/24"), read("ASN")),
            (None, None, None, None)
        );
    }
}
