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
    /// `2:` in front of a version of a Linux distribution, `2!` of Python: counts above all that follows.
    Epoch(u128),
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
    if let Some((epoch, after)) = written.split_once([':', '!'])
        && let Ok(epoch) = epoch.trim().parse::<u128>()
    {
        // The first epoch is not written.
        pieces.extend(Some(Piece::Epoch(epoch)).filter(|_| epoch > 0));
        rest = after;
    }
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
fn compare(left: &[Piece], right: &[Piece]) -> Stands {
    let rank = |piece: Option<&Piece>| match piece {
        Some(Piece::Before(_)) => 0,
        None => 1,
        Some(Piece::Word(_)) => 2,
        Some(Piece::Number(_)) => 3,
        Some(Piece::Epoch(_)) => 4,
    };
    for place in 0..left.len().max(right.len()) {
        let (one, other) = (left.get(place), right.get(place));
        let order = match (one, other) {
            (Some(Piece::Number(one)), Some(Piece::Number(other)))
            | (Some(Piece::Epoch(one)), Some(Piece::Epoch(other))) => one.cmp(other),
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
            Self::Exactly(one) => exactly(compare(&own, &pieces(one.as_str()))),
            Self::Train(train) => in_train(compare(&own, &pieces(train.as_str()))),
            Self::Between { from, to } => {
                let stands = |bound: &Bound| compare(&own, &pieces(bound.version.as_str()));
                let above = from.as_ref().map_or(Contains::Yes, |it| above(stands(it), it.inclusive));
                let below = to.as_ref().map_or(Contains::Yes, |it| below(stands(it), it.inclusive));
                above.min(below)
            }
        }
    }
}

/// How a version stands to a bound, as [`compare`] says it.
type Stands = (Ordering, Option<Shorter>);

fn exactly(stands: Stands) -> Contains {
    match stands {
        (Ordering::Equal, _) => Contains::Yes,
        (_, Some(_)) => Contains::Unsure,
        _ => Contains::No,
    }
}

fn in_train(stands: Stands) -> Contains {
    match stands {
        (Ordering::Equal, _) | (_, Some(Shorter::Right)) => Contains::Yes,
        (_, Some(Shorter::Left)) => Contains::Unsure,
        _ => Contains::No,
    }
}

fn above(stands: Stands, inclusive: bool) -> Contains {
    match stands {
        (Ordering::Greater, _) => Contains::Yes,
        (Ordering::Equal, _) if inclusive => Contains::Yes,
        // "12.1" against "from 12.1.55": the build is not written, so it may be either.
        (Ordering::Less, Some(Shorter::Left)) => Contains::Unsure,
        _ => Contains::No,
    }
}

fn below(stands: Stands, inclusive: bool) -> Contains {
    match stands {
        (Ordering::Less, Some(Shorter::Left)) => Contains::Unsure,
        (Ordering::Less, _) => Contains::Yes,
        (Ordering::Equal, _) if inclusive => Contains::Yes,
        // "12.1-55.18" against "up to and with 12.1": is the build meant? We do not know.
        (Ordering::Greater, Some(Shorter::Right)) if inclusive => Contains::Unsure,
        _ => Contains::No,
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

/// A version as one number that sorts as [`Version::order`] sorts: at most four parts, each a number
/// below 65535, sixteen bits for each, the first on top. A part that is not written is 0, and one that
/// is written is one more than it says, so that `12.1` comes before `12.1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packed(u64);

impl Packed {
    /// No version at all.
    pub const UNKNOWN: Self = Self(0);
    /// `0`: before all others that are known.
    pub const LEAST: Self = Self(1 << 48);

    /// Above all others.
    pub const MOST: Self = Self(u64::MAX);

    /// `None` when the version has words, more parts, or larger ones.
    pub fn of(version: &Version) -> Option<Self> {
        let mut packed = 0;
        for (place, piece) in pieces(&version.0).iter().enumerate() {
            let Piece::Number(number) = piece else { return None };
            let part = u64::try_from(*number).ok().filter(|part| *part < 0xFFFE)? + 1;
            packed |= part << (48_usize.checked_sub(16 * place)?);
        }
        Some(Self(packed))
    }

    /// The version as numbers with dots. `None` for [`Packed::UNKNOWN`].
    pub fn written(self) -> Option<Version> {
        let parts = (0..self.parts()).map(|place| ((self.0 >> (48 - 16 * place)) & 0xFFFF) - 1);
        let written = parts.map(|part| part.to_string()).collect::<Vec<_>>().join(".");
        Some(Version(written)).filter(|version| !version.0.is_empty())
    }

    /// How many parts are written.
    fn parts(self) -> u32 {
        4 - self.0.trailing_zeros().min(64) / 16
    }

    /// What the first `parts` parts say.
    fn beginning(self, parts: u32) -> Self {
        Self(self.0 & u64::MAX.checked_shl(16 * (4 - parts)).unwrap_or_default())
    }

    /// The least number that is a version and not below this one. `None` when there is none.
    pub fn or_next(self) -> Option<Self> {
        let written = (0..4).take_while(|place| (self.0 >> (48 - 16 * place)) & 0xFFFF != 0).count();
        let own = self.beginning(u32::try_from(written).unwrap_or_default());
        match own == self {
            true if written > 0 => Some(self),
            // Something stands behind a part that is not written: the first version below that part.
            _ => Some(Self(own.0 | 1 << 48_usize.checked_sub(16 * written)?)),
        }
    }

    /// One more, whether or not that is a version.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Above all that begins with this one.
    fn after_train(self) -> Self {
        Self(self.0.saturating_add(1_u64.checked_shl(16 * (4 - self.parts())).unwrap_or(u64::MAX)))
    }

    /// As [`compare`].
    fn compare(self, other: Self) -> Stands {
        let order = self.0.cmp(&other.0);
        let begins = |one: Self, other: Self| other.beginning(one.parts()) == one;
        let shorter = match order {
            Ordering::Less if begins(self, other) => Some(Shorter::Left),
            Ordering::Greater if begins(other, self) => Some(Shorter::Right),
            _ => None,
        };
        (order, shorter)
    }
}

/// A [`Range`] with packed bounds, which gives the same answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackedRange {
    Any,
    Unknown,
    Exactly(Packed),
    Train(Packed),
    /// Each bound with whether it belongs to the range.
    Between(Option<(Packed, bool)>, Option<(Packed, bool)>),
}

impl PackedRange {
    /// `None` when a bound cannot be packed.
    pub fn of(range: &Range) -> Option<Self> {
        let packed = |bound: &Option<Bound>| match bound {
            Some(bound) => Packed::of(&bound.version).map(|version| Some((version, bound.inclusive))),
            None => Some(None),
        };
        Some(match range {
            Range::Any => Self::Any,
            Range::Unknown => Self::Unknown,
            Range::Exactly(version) => Self::Exactly(Packed::of(version)?),
            Range::Train(version) => Self::Train(Packed::of(version)?),
            Range::Between { from, to } => Self::Between(packed(from)?, packed(to)?),
        })
    }

    /// Whether a version that is known lies in it.
    pub fn contains(self, version: Packed) -> Contains {
        match self {
            Self::Any => Contains::Yes,
            Self::Unknown => Contains::Unsure,
            Self::Exactly(one) => exactly(version.compare(one)),
            Self::Train(train) => in_train(version.compare(train)),
            Self::Between(from, to) => {
                let above = from.map_or(Contains::Yes, |(bound, with)| above(version.compare(bound), with));
                let below = to.map_or(Contains::Yes, |(bound, with)| below(version.compare(bound), with));
                above.min(below)
            }
        }
    }

    /// Where the answer may change: between two neighbouring cuts it is the same for every version.
    pub fn cuts(&self) -> impl Iterator<Item = Packed> {
        let bounds = match *self {
            Self::Any | Self::Unknown => [None, None],
            Self::Exactly(version) | Self::Train(version) => [Some(version), None],
            Self::Between(from, to) => [from.map(|it| it.0), to.map(|it| it.0)],
        };
        bounds.into_iter().flatten().flat_map(|bound| {
            let beginnings = (0..bound.parts()).map(move |parts| bound.beginning(parts));
            let around = beginnings.chain([bound]).flat_map(|it| [it, it.next()]);
            around.chain([bound.after_train()])
        })
    }
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
        assert_eq!(
            Version::new("1:1.0").order(&Version::new("2.0")),
            Ordering::Greater,
            "an epoch counts first"
        );
        assert_eq!(Version::new("0:1.0").order(&Version::new("1.0")), Ordering::Equal);
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

    /// A few parts that meet often, dots, and now and then a word.
    fn version() -> impl Strategy<Value = Version> {
        "[0-2](\\.[0-2]){0,4}|(0|1)(\\.65533|\\.65534|-rc|\\.1)?|".prop_map(|it| Version::new(&it))
    }

    fn range() -> impl Strategy<Value = Range> {
        let bound = || {
            proptest::option::of((version(), any::<bool>()))
                .prop_map(|it| it.map(|(version, inclusive)| Bound { version, inclusive }))
        };
        prop_oneof![
            Just(Range::Any),
            Just(Range::Unknown),
            version().prop_map(Range::Exactly),
            version().prop_map(Range::Train),
            (bound(), bound()).prop_map(|(from, to)| Range::Between { from, to }),
        ]
    }

    #[test]
    fn a_packed_version_comes_back_as_it_was() {
        for written in ["0", "12.1.55.18", "12.1", "13.0.47.24", "65533.0.0.65533"] {
            let packed = Packed::of(&Version::new(written)).unwrap();
            assert_eq!(packed.written().unwrap().as_str(), written);
            assert_eq!(packed.or_next(), Some(packed));
        }
        for written in ["2.0-rc1", "65534", "1.2.3.4.5"] {
            assert_eq!(Packed::of(&Version::new(written)), None, "{written}");
        }
        let version = |written| Packed::of(&Version::new(written)).unwrap();
        assert_eq!(version("12.1").next().or_next(), Some(version("12.1.0")));
        assert_eq!(Packed::UNKNOWN.or_next(), Some(Packed::LEAST));
    }

    proptest! {
        #[test]
        fn a_packed_range_answers_as_the_range_does(range in range(), version in version()) {
            let packed = (PackedRange::of(&range), Packed::of(&version));
            if let ((Some(range_packed), Some(packed)), true) = (packed, version.is_known()) {
                prop_assert_eq!(range_packed.contains(packed), range.contains(Some(&version)));
            }
        }

        #[test]
        fn between_two_cuts_the_answer_is_the_same(
            range in range(), one in version(), other in version(),
        ) {
            let both = (PackedRange::of(&range), Packed::of(&one), Packed::of(&other));
            if let ((Some(range), Some(one), Some(other)), true, true) = (both, one.is_known(), other.is_known()) {
                let cut = range.cuts().any(|cut| (one < cut) != (other < cut));
                prop_assert!(cut || range.contains(one) == range.contains(other));
            }
        }

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
