//! Versions and ranges of them.
//!
//! No scheme fits all vendors, so a version is compared piece by piece: numbers as numbers, words
//! as words. A range says nothing about a version that it does not know: the answer is then
//! [`Contains::Unsure`], and the exposure is *possible*. Silence is never the answer to doubt.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A version as it was written: `12.1-55.18`, `13.0.47.24`, `11.1 Build 63.15`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(String);

impl Version {
    pub fn new(written: &str) -> Self {
        Self(written.trim().to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is anything to compare.
    pub fn is_known(&self) -> bool {
        pieces(&self.0).iter().any(|piece| matches!(piece, Piece::Number(_)))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// Before a release: `rc`, `beta`. Less than nothing at all.
    Before(String),
    Word(String),
    Number(u128),
}

/// Words that announce a build or a version and do not order anything.
const FILLERS: &[&str] = &["build", "release", "v", "version", "nc"];
const BEFORE: &[&str] = &["alpha", "beta", "dev", "pre", "preview", "rc", "snapshot"];

fn pieces(written: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let same = |it: char| if digits { it.is_ascii_digit() } else { it.is_alphabetic() };
        let end = rest.find(|it| !same(it)).unwrap_or(rest.len());
        if end == 0 {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        if digits {
            // More digits than a u128 holds are no version; they sort above all that are.
            pieces.push(Piece::Number(piece.parse().unwrap_or(u128::MAX)));
            continue;
        }
        let word = piece.to_lowercase();
        match word.as_str() {
            filler if FILLERS.contains(&filler) => {}
            before if BEFORE.contains(&before) => pieces.push(Piece::Before(word)),
            _ => pieces.push(Piece::Word(word)),
        }
    }
    pieces
}

/// How `left` stands to `right`, and whether one of them only begins like the other.
fn compare(left: &[Piece], right: &[Piece]) -> (Ordering, Option<Shorter>) {
    let rank = |piece: Option<&Piece>| match piece {
        Some(Piece::Before(_)) => 0,
        None => 1,
        Some(Piece::Word(_)) => 2,
        Some(Piece::Number(_)) => 3,
    };
    for place in 0..left.len().max(right.len()) {
        let (one, other) = (left.get(place), right.get(place));
        let order = match (one, other) {
            (Some(Piece::Number(one)), Some(Piece::Number(other))) => one.cmp(other),
            (Some(Piece::Word(one)), Some(Piece::Word(other)))
            | (Some(Piece::Before(one)), Some(Piece::Before(other))) => one.cmp(other),
            _ => rank(one).cmp(&rank(other)),
        };
        if order != Ordering::Equal {
            let shorter = match (one, other) {
                (None, Some(Piece::Number(_))) => Some(Shorter::Left),
                (Some(Piece::Number(_)), None) => Some(Shorter::Right),
                _ => None,
            };
            return (order, shorter);
        }
    }
    (Ordering::Equal, None)
}

/// Which of two versions is written with fewer pieces, and otherwise the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shorter {
    Left,
    Right,
}

impl Version {
    /// The order of two versions; a shorter one comes before what it begins.
    pub fn order(&self, other: &Self) -> Ordering {
        compare(&pieces(&self.0), &pieces(&other.0)).0
    }
}

/// Some versions of a product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// Every version that there is.
    Any,
    /// The paper says that versions are affected, and not which (`vers:unknown/*`).
    Unknown,
    /// This one as it is written. A longer version that begins with it may or may not be meant.
    Exactly(Version),
    /// All builds of a train: `12.1` and whatever begins with it.
    Train(Version),
    Between {
        from: Option<Bound>,
        to: Option<Bound>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bound {
    pub version: Version,
    /// Whether the version itself belongs to the range.
    pub inclusive: bool,
}

/// Whether a version lies in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contains {
    No,
    Unsure,
    Yes,
}

impl Range {
    /// From `from` on, up to and without `to`.
    pub fn until(from: &str, to: &str) -> Self {
        let bound = |version: &str, inclusive| Some(Bound { version: Version::new(version), inclusive });
        Self::Between { from: bound(from, true), to: bound(to, false) }
    }

    /// Whether `version` lies in it. Without a version nothing is sure, except that every version is
    /// meant.
    pub fn contains(&self, version: Option<&Version>) -> Contains {
        let Some(version) = version.filter(|version| version.is_known()) else {
            return if *self == Self::Any { Contains::Yes } else { Contains::Unsure };
        };
        let own = pieces(version.as_str());
        match self {
            Self::Any => Contains::Yes,
            Self::Unknown => Contains::Unsure,
            Self::Exactly(one) => match compare(&own, &pieces(one.as_str())) {
                (Ordering::Equal, _) => Contains::Yes,
                (_, Some(_)) => Contains::Unsure,
                _ => Contains::No,
            },
            Self::Train(train) => match compare(&own, &pieces(train.as_str())) {
                (Ordering::Equal, _) | (_, Some(Shorter::Right)) => Contains::Yes,
                (_, Some(Shorter::Left)) => Contains::Unsure,
                _ => Contains::No,
            },
            Self::Between { from, to } => {
                let above = from.as_ref().map_or(Contains::Yes, |bound| bound.above(&own));
                let below = to.as_ref().map_or(Contains::Yes, |bound| bound.below(&own));
                above.min(below)
            }
        }
    }
}

impl Bound {
    fn above(&self, own: &[Piece]) -> Contains {
        match compare(own, &pieces(self.version.as_str())) {
            (Ordering::Greater, _) => Contains::Yes,
            (Ordering::Equal, _) if self.inclusive => Contains::Yes,
            // "12.1" against "from 12.1.55": the build is not written, so it may be either.
            (Ordering::Less, Some(Shorter::Left)) => Contains::Unsure,
            _ => Contains::No,
        }
    }

    fn below(&self, own: &[Piece]) -> Contains {
        match compare(own, &pieces(self.version.as_str())) {
            (Ordering::Less, Some(Shorter::Left)) => Contains::Unsure,
            (Ordering::Less, _) => Contains::Yes,
            (Ordering::Equal, _) if self.inclusive => Contains::Yes,
            // "12.1-55.18" against "up to and with 12.1": is the build meant? We do not know.
            (Ordering::Greater, Some(Shorter::Right)) if self.inclusive => Contains::Unsure,
            _ => Contains::No,
        }
    }
}

impl std::fmt::Display for Range {
    /// As an administrator would write it: `12.1 < 12.1-55.18`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Unknown => f.write_str("?"),
            Self::Exactly(version) => write!(f, "{version}"),
            Self::Train(version) => write!(f, "{version}.*"),
            Self::Between { from, to } => {
                let sign = |bound: &Bound, open: &'static str| if bound.inclusive { "≤" } else { open };
                match (from, to) {
                    (Some(from), Some(to)) => {
                        let below = if from.inclusive { "≥" } else { ">" };
                        write!(f, "{below} {}, {} {}", from.version, sign(to, "<"), to.version)
                    }
                    (Some(from), None) => {
                        write!(f, "{} {}", if from.inclusive { "≥" } else { ">" }, from.version)
                    }
                    (None, Some(to)) => write!(f, "{} {}", sign(to, "<"), to.version),
                    (None, None) => f.write_str("*"),
                }
            }
        }
    }
}

/// Whether `version` lies in any of `ranges`. No range at all means that the paper named none.
pub fn any_contains(ranges: &[Range], version: Option<&Version>) -> Contains {
    ranges.iter().map(|range| range.contains(version)).max().unwrap_or(Contains::Unsure)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contains(range: &Range, version: &str) -> Contains {
        range.contains(Some(&Version::new(version)))
    }

    #[test]
    fn builds_of_a_vendor_are_ordered_as_the_vendor_means_them() {
        let rising = [
            "10.5",
            "11.1-63.15",
            "12.1-50.28",
            "12.1-55.18",
            "12.1.55.19",
            "13.0.47.24",
            "13.0 Build 58.30",
        ];
        for pair in rising.windows(2) {
            let [one, other] = [Version::new(pair[0]), Version::new(pair[1])];
            assert_eq!(one.order(&other), Ordering::Less, "{one} before {other}");
        }
        assert_eq!(Version::new("12.1-55.18").order(&Version::new("12.1 build 55.18")), Ordering::Equal);
        assert_eq!(Version::new("2.0-rc1").order(&Version::new("2.0")), Ordering::Less);
    }

    #[test]
    fn a_range_says_nothing_about_a_build_that_is_not_written() {
        let train = Range::until("12.1", "12.1-55.18");
        assert_eq!(contains(&train, "12.1-50.28"), Contains::Yes);
        assert_eq!(contains(&train, "12.1-55.18"), Contains::No);
        assert_eq!(contains(&train, "12.1"), Contains::Unsure);
        assert_eq!(contains(&train, "13.0.47.24"), Contains::No);
        assert_eq!(train.contains(None), Contains::Unsure);
        assert_eq!(contains(&train, "unknown"), Contains::Unsure);
    }

    #[test]
    fn a_record_that_names_a_train_as_if_it_were_a_version_leaves_builds_possible() {
        let nvd = Range::Exactly(Version::new("12.1"));
        assert_eq!(contains(&nvd, "12.1"), Contains::Yes);
        assert_eq!(contains(&nvd, "12.1-55.18"), Contains::Unsure);
        assert_eq!(contains(&nvd, "13.1"), Contains::No);
        assert_eq!(contains(&Range::Train(Version::new("12.1")), "12.1-55.18"), Contains::Yes);
        assert_eq!(contains(&Range::Train(Version::new("12.1")), "12"), Contains::Unsure);
    }

    #[test]
    fn a_paper_without_ranges_makes_it_possible_and_never_silent() {
        assert_eq!(any_contains(&[], Some(&Version::new("1.0"))), Contains::Unsure);
        assert_eq!(any_contains(&[Range::Unknown], Some(&Version::new("1.0"))), Contains::Unsure);
        assert_eq!(any_contains(&[Range::Any], None), Contains::Yes);
    }

    #[test]
    fn ranges_are_shown_as_an_administrator_would_write_them() {
        assert_eq!(Range::until("12.1", "12.1-55.18").to_string(), "≥ 12.1, < 12.1-55.18");
        assert_eq!(Range::Train(Version::new("13.0")).to_string(), "13.0.*");
    }

    proptest! {
        #[test]
        fn the_order_is_one_order(one in ".{0,24}", other in ".{0,24}", third in "[0-9a-z.-]{0,12}") {
            let [one, other, third] = [one, other, third].map(|it| Version::new(&it));
            prop_assert_eq!(one.order(&other), other.order(&one).reverse());
            prop_assert_eq!(one.order(&one), Ordering::Equal);
            if one.order(&other).is_le() && other.order(&third).is_le() {
                prop_assert!(one.order(&third).is_le());
            }
        }
    }
}
