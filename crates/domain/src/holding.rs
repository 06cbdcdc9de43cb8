//! Domains and networks that a participant says are its own, and what proves it.
//!
//! ```text
//! Claimed ─prove─► Proven ─a week without its sign, or its day over─► Stale ─prove─► Proven
//!    └──────────────┴────────────────────────────────────────────────────┴─► Given up
//! ```
//!
//! What is seen at an address goes to whose it is. So a word is not enough: somebody who names another
//! one's network would be told what is wrong there.

use std::net::IpAddr;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, HoldingId, ParticipantId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    pub id: HoldingId,
    pub participant: ParticipantId,
    pub place: Place,
    /// What only its owner can put there. The same as long as it is claimed.
    pub secret: String,
    pub claimed_by: ContactId,
    pub claimed_at: Timestamp,
    pub proof: Option<Proof>,
    /// When somebody last looked for its sign.
    pub looked_at: Option<Timestamp>,
    /// Since when its sign is not there any more.
    pub missed_since: Option<Timestamp>,
    pub given_up_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In small letters; counts for everything below it.
    Domain(String),
    Network(Network),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Domain(name) => f.write_str(name),
            Self::Network(network) => network.fmt(f),
        }
    }
}

/// The first and the last address of a network. Addresses of version 4 stand where RFC 4291 maps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    pub first: u128,
    pub last: u128,
}

impl Network {
    /// The most addresses that one line may claim: a /16 of version 4, a /32 of version 6.
    const BITS_MAX: [u32; 2] = [16, 96];

    /// The network that begins at an address, however large. `None` when the prefix is longer than an
    /// address, or the address is not the first of its network: that is a slip, and which one was meant is
    /// a guess.
    pub fn of(address: IpAddr, prefix: u32) -> Option<Self> {
        let whole = if address.is_ipv4() { 32_u32 } else { 128 };
        let below = u128::MAX.checked_shr(128 - whole.checked_sub(prefix)?).unwrap_or_default();
        let number = number(address);
        (number & below == 0).then_some(Self { first: number, last: number | below })
    }

    /// The length of its prefix, counted from the beginning of an address of version 6. `None` when it is
    /// no network that a prefix could write.
    pub fn prefix(&self) -> Option<u8> {
        let below = self.first ^ self.last;
        let is_prefix = below & below.wrapping_add(1) == 0 && self.first & below == 0;
        u8::try_from(below.leading_zeros()).ok().filter(|_| is_prefix)
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    pub fn holds(&self, address: IpAddr) -> bool {
        (self.first..=self.last).contains(&number(address))
    }
}

impl From<IpAddr> for Network {
    /// A network of one address.
    fn from(address: IpAddr) -> Self {
        let number = number(address);
        Self { first: number, last: number }
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(it) => it.to_ipv6_mapped().to_bits(),
        IpAddr::V6(it) => it.to_bits(),
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    /// `192.0.2.0/24`, `2001:db8::/48` or a single address.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let address = address.to_canonical();
        let (whole, most) =
            if address.is_ipv4() { (32_u32, Self::BITS_MAX[0]) } else { (128, Self::BITS_MAX[1]) };
        let prefix = prefix.map_or(Ok(whole), |prefix| prefix.parse().map_err(|_| NoNetwork))?;
        if prefix.saturating_add(most) < whole {
            return Err(NoNetwork);
        }
        Self::of(address, prefix).ok_or(NoNetwork)
    }
}

/// It is no network, or larger than one line may claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no network that can be claimed")]
pub struct NoNetwork;

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = IpAddr::V6(self.first.into()).to_canonical();
        let bits = (self.last - self.first + 1).trailing_zeros();
        let whole = if first.is_ipv4() { 32 } else { 128 };
        if bits == 0 { first.fmt(f) } else { write!(f, "{first}/{}", whole - bits) }
    }
}

/// What showed that a place is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub by: ProvenBy,
    /// When it was last seen, or said.
    pub at: Timestamp,
    /// Of an officer: who, and why.
    pub officer: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvenBy {
    /// A text under `_dijkwacht` in its zone.
    Dns,
    /// A file on its web server.
    Http,
    /// An officer's hand, with a reason.
    Officer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Claimed,
    Proven,
    Stale,
    GivenUp,
}

impl Holding {
    /// How long a sign may be missing before it proves nothing: a zone that is moved is not given up.
    pub const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);
    /// How long an officer's word counts.
    pub const WORD: SignedDuration = SignedDuration::from_hours(366 * 24);

    pub fn state(&self, now: Timestamp) -> State {
        let Some(proof) = &self.proof else {
            return if self.given_up_at.is_some() { State::GivenUp } else { State::Claimed };
        };
        let missing = self.missed_since.is_some_and(|at| now.duration_since(at) >= Self::GRACE);
        let run_out = proof.by == ProvenBy::Officer && now.duration_since(proof.at) >= Self::WORD;
        match self.given_up_at {
            Some(_) => State::GivenUp,
            None if missing && proof.by != ProvenBy::Officer || run_out => State::Stale,
            None => State::Proven,
        }
    }

    /// Whether both may be about the same place: one of the two is not theirs, or they share it.
    pub fn disputes(&self, other: &Self) -> bool {
        let below = |one: &str, other: &str| {
            one.strip_suffix(other).is_some_and(|it| it.is_empty() || it.ends_with('.'))
        };
        self.participant != other.participant
            && match (&self.place, &other.place) {
                (Place::Domain(one), Place::Domain(two)) => below(one, two) || below(two, one),
                (Place::Network(one), Place::Network(two)) => one.overlaps(two),
                _ => false,
            }
    }

    /// The name under which its text is looked for. `None` for a network.
    pub fn dns_name(&self) -> Option<String> {
        match &self.place {
            Place::Domain(name) => Some(format!("_dijkwacht.{name}")),
            Place::Network(_) => None,
        }
    }

    /// Where its file is looked for. `None` for a network.
    pub fn http_address(&self) -> Option<String> {
        match &self.place {
            Place::Domain(name) => Some(format!("https://{name}/.well-known/dijkwacht.txt")),
            Place::Network(_) => None,
        }
    }

    /// What its owner puts there.
    pub fn sign(&self) -> String {
        format!("dijkwacht={}", self.secret)
    }

    /// Whether a text that was found there is its sign, alone or as one of several lines.
    pub fn is_signed(&self, found: &str) -> bool {
        found.lines().any(|line| line.trim() == self.sign())
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;

    fn holding(of: u128, place: Place) -> Holding {
        Holding {
            id: HoldingId(Uuid::nil()),
            participant: ParticipantId(Uuid::from_u128(of)),
            place,
            secret: "s3cret".into(),
            claimed_by: ContactId(Uuid::nil()),
            claimed_at: Timestamp::UNIX_EPOCH,
            proof: None,
            looked_at: None,
            missed_since: None,
            given_up_at: None,
        }
    }

    #[test]
    fn a_network_is_claimed_as_it_is_written_and_not_larger_than_one_line_may() {
        let read = |text: &str| text.parse::<Network>().map(|it| it.to_string()).ok();
        assert_eq!(read("192.0.2.0/24").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(read(" 192.0.2.7 ").as_deref(), Some("192.0.2.7"));
        assert_eq!(read("2001:db8::/48").as_deref(), Some("2001:db8::/48"));
        for none in
            ["192.0.2.7/24", "0.0.0.0/0", "192.0.2.0/33", "2001:db8::/16", "::/0", "noordzorg", "1/2/3"]
        {
            assert_eq!(read(none), None, "{none}");
        }
        let network: Network = "192.0.2.0/24".parse().unwrap();
        assert!(
            network.holds("192.0.2.255".parse().unwrap()) && !network.holds("192.0.3.0".parse().unwrap())
        );
    }

    #[test]
    fn two_participants_that_claim_one_place_are_a_dispute() {
        let domain = |of, name: &str| holding(of, Place::Domain(name.into()));
        let network = |of, text: &str| holding(of, Place::Network(text.parse().unwrap()));
        assert!(domain(1, "noordzorg.example").disputes(&domain(2, "lab.noordzorg.example")));
        assert!(!domain(1, "zorg.example").disputes(&domain(2, "noordzorg.example")));
        assert!(!domain(1, "zorg.example").disputes(&domain(1, "zorg.example")));
        assert!(network(1, "192.0.2.0/24").disputes(&network(2, "192.0.2.128/25")));
        assert!(!network(1, "192.0.2.0/25").disputes(&network(2, "192.0.2.128/25")));
    }

    #[test]
    fn a_proof_grows_stale_when_its_sign_stays_away_and_a_word_when_its_year_is_over() {
        let now = Timestamp::UNIX_EPOCH + 100_000.hours();
        let proven = |by, at, missed_since| Holding {
            proof: Some(Proof { by, at, officer: None }),
            missed_since,
            ..holding(1, Place::Domain("noordzorg.example".into()))
        };
        let claimed = holding(1, Place::Domain("noordzorg.example".into()));
        assert_eq!(claimed.state(now), State::Claimed);
        assert_eq!(proven(ProvenBy::Dns, now, Some(now - 160.hours())).state(now), State::Proven);
        assert_eq!(proven(ProvenBy::Dns, now, Some(now - 168.hours())).state(now), State::Stale);
        assert_eq!(proven(ProvenBy::Officer, now - 8_000.hours(), None).state(now), State::Proven);
        assert_eq!(proven(ProvenBy::Officer, now - 9_000.hours(), None).state(now), State::Stale);
        assert!(claimed.is_signed("other\r\ndijkwacht=s3cret\r\n") && !claimed.is_signed("dijkwacht=s3cre"));
    }
}
