//! Somebody who found open systems and hands in a list of them: a group like DIVD, or one person.
//!
//! ```text
//! Claimed ─► Known ─► Ended        a set: Parked ─► Taken in, counted after 1, 3, 7 and 30 days
//!    └──────────────────┘                 └─────────► Taken in at once, of a finder who is known
//! ```
//!
//! A finder has a right to know that its work helped, and none to know whom. So it gets numbers of owners,
//! never of rows, and each number stands for five owners or none ([`Counts::told`],
//! `docs/decisions/0018-finders-get-numbers.md`).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::{FinderId, OfficerId, SetId};
use crate::observation::Method;
use crate::text::Language;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finder {
    pub id: FinderId,
    pub name: String,
    pub mail: Option<String>,
    pub language: Language,
    pub standing: Standing,
    /// How an officer made sure who it is, in the officer's words.
    pub verified_how: String,
    pub registered_by: OfficerId,
    pub registered_at: Timestamp,
}

/// Whether what somebody hands in is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Says that it is a finder, and nobody has made sure. What it hands in is parked.
    Claimed,
    /// An officer knows who it is.
    Known,
    /// No longer. What it hands in is parked.
    Ended,
}

impl Standing {
    pub const ALL: [Self; 3] = [Self::Claimed, Self::Known, Self::Ended];

    /// As it is written in columns and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Known => "known",
            Self::Ended => "ended",
        }
    }

    /// Reads what [`Standing::word`] writes.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// A list as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    pub id: SetId,
    pub finder: FinderId,
    /// The SHA-256 of its bytes.
    pub paper: [u8; 32],
    pub name: String,
    /// How they looked, in general; a row may say more.
    pub method: Method,
    /// What shows that it is so, in the finder's words.
    pub proof: String,
    pub rows: u64,
    /// How many rows could not be read, by the word of the reason.
    pub rejected: BTreeMap<String, u64>,
    pub handed_in_at: Timestamp,
    /// The officer who did it for them.
    pub handed_in_by: Option<OfficerId>,
    /// `None` while it is parked: nothing of it was taken in.
    pub taken_at: Option<Timestamp>,
    /// The entry of the ledger about it stands at this place or soon after.
    pub noted_from: u64,
}

impl Set {
    /// After so many days the finder is told how it goes.
    pub const DAYS: [u16; 4] = [1, 3, 7, 30];

    /// Rows that could be read.
    pub fn accepted(&self) -> u64 {
        self.rows.saturating_sub(self.rejected.values().fold(0, |sum, it| sum.saturating_add(*it)))
    }

    /// When the counts of `day` fall due. A set that was parked is counted from when it was taken in.
    pub fn due_at(&self, day: u16) -> Option<Timestamp> {
        Some(self.taken_at? + SignedDuration::from_hours(24 * i64::from(day)))
    }
}

/// Numbers of owners, each owner once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// We know whose it is.
    pub known: u64,
    /// Of those, a warning arrived.
    pub told: u64,
    /// Of those, it was seen or signed for that it is closed.
    pub closed: u64,
    /// Of those, the gate let no warning through.
    pub not_allowed: u64,
}

impl Counts {
    /// The smallest group of owners of which anything is said. Source: `domain.md` 7.1, D2.
    pub const K: u64 = 5;

    /// What the finder is told: each number in whole fives, rounded down, so that 0 is *fewer than five*.
    ///
    /// `before` is what was told last, and of which numbers. A number is told anew only when it moved by
    /// five owners since the one that was told: otherwise who compares two days, or two lists that differ in
    /// one line, would see one owner move. Gives what is told, and of which numbers.
    pub fn told(self, before: Option<Told>) -> Told {
        let figure = |of: fn(&Self) -> u64| {
            let now = of(&self);
            match before {
                Some(last) if of(&last.of).abs_diff(now) < Self::K => (of(&last.told), of(&last.of)),
                _ => (now - now % Self::K, now),
            }
        };
        let (known, known_of) = figure(|it| it.known);
        let (told, told_of) = figure(|it| it.told);
        let (closed, closed_of) = figure(|it| it.closed);
        let (not_allowed, not_allowed_of) = figure(|it| it.not_allowed);
        // A part never looks larger than the whole, of which the figure may be an older one.
        let part = |it: u64| it.min(known);
        Told {
            told: Self {
                known,
                told: part(told),
                closed: part(closed).min(part(told)),
                not_allowed: part(not_allowed),
            },
            of: Self { known: known_of, told: told_of, closed: closed_of, not_allowed: not_allowed_of },
        }
    }
}

/// What a finder was told, and of which numbers. The second never leaves the house.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    pub told: Counts,
    pub of: Counts,
}

/// How many places two lists do not share. Below [`Counts::K`] they are one list to the counts.
pub fn apart(one: &std::collections::BTreeSet<String>, other: &std::collections::BTreeSet<String>) -> u64 {
    u64::try_from(one.symmetric_difference(other).count()).unwrap_or(u64::MAX)
}

/// What is kept of a list so that another can be told from it without reading either: each place changes one of
/// its fields, so lists whose sketches differ in many fields differ in as many places at least. Nearly all pairs of
/// lists are told apart by it; the others are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch([u64; Self::FIELDS]);

impl Sketch {
    const FIELDS: usize = 64;
    const FIELD_BYTES: usize = size_of::<u64>();

    pub fn of<'p>(places: impl IntoIterator<Item = &'p String>) -> Self {
        let mut fields = [0; Self::FIELDS];
        for place in places {
            let told = Sha256::digest(place.as_bytes());
            let (field, rest) = (usize::from(told[0]) % Self::FIELDS, &told[1..=Self::FIELD_BYTES]);
            fields[field] ^= rest.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        }
        Self(fields)
    }

    /// How many places two lists do not share, at the least.
    pub fn apart_at_least(&self, other: &Self) -> u64 {
        self.0.iter().zip(&other.0).map(|(one, other)| u64::from(one != other)).sum()
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|field| field.to_be_bytes()).collect()
    }

    /// `None` for bytes that [`Sketch::to_bytes`] did not write.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let fields = bytes.as_chunks().0.iter().map(|field| u64::from_be_bytes(*field));
        let is_whole = bytes.len() == Self::FIELDS * Self::FIELD_BYTES;
        is_whole.then(|| fields.collect::<Vec<_>>().try_into().ok().map(Self)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(known: u64, told: u64, closed: u64, not_allowed: u64) -> Counts {
        Counts { known, told, closed, not_allowed }
    }

    proptest! {
        #[test]
        fn a_sketch_never_says_more_than_is_so_and_far_lists_are_told_apart(
            shared in proptest::collection::btree_set("[a-d]{1,3}", 0..30),
            own in proptest::collection::btree_set("[e-h]{1,3}", 0..40),
            theirs in proptest::collection::btree_set("[i-l]{1,3}", 0..40),
        ) {
            let (one, other) = (&shared | &own, &shared | &theirs);
            let (first, second) = (Sketch::of(&one), Sketch::of(&other));
            let least = first.apart_at_least(&second);
            prop_assert!(least <= apart(&one, &other));
            prop_assert!(own.len() + theirs.len() < 40 || least >= Counts::K, "{least}");
            prop_assert_eq!(Sketch::of_bytes(&first.to_bytes()), Some(first));
            prop_assert_eq!(Sketch::of_bytes(b"short"), None);
        }
    }

    #[test]
    fn fewer_than_five_owners_are_none_to_a_finder() {
        assert_eq!(counts(4, 4, 4, 1).told(None).told, Counts::default());
        assert_eq!(counts(19, 12, 5, 4).told(None).told, counts(15, 10, 5, 0));
    }

    #[test]
    fn one_owner_who_moves_moves_no_number() {
        let first = counts(14, 4, 0, 0).told(None);
        assert_eq!(first.told, counts(10, 0, 0, 0));
        let second = counts(15, 5, 1, 0).told(Some(first));
        assert_eq!(second.told, first.told, "one more would have been seen otherwise");
        let slowly = counts(19, 9, 4, 0).told(Some(second));
        assert_eq!(slowly.told, counts(15, 5, 0, 0), "five owners moved since, though not in one day");
    }

    proptest! {
        #[test]
        fn whatever_happens_a_number_is_whole_fives_and_moves_with_five_owners_only(
            days in proptest::collection::vec((0_u64..40, 0_u64..40, 0_u64..40, 0_u64..40), 1..8)
        ) {
            let mut before: Option<Told> = None;
            for (known, told, closed, not_allowed) in days {
                let now = counts(known, told.min(known), closed.min(told).min(known), not_allowed.min(known));
                let said = now.told(before);
                let all = [said.told.known, said.told.told, said.told.closed, said.told.not_allowed];
                prop_assert!(all.iter().all(|it| it % Counts::K == 0 && *it <= said.told.known));
                if let Some(before) = before && before.told.known != said.told.known {
                    prop_assert!(before.of.known.abs_diff(now.known) >= Counts::K);
                }
                before = Some(said);
            }
        }
    }
}
