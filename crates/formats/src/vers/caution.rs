//! From a scheme into the domain: what a specifier means, in ranges that know no scheme.
//!
//! The domain compares piece by piece what an administrator wrote with what a paper says, and nobody told
//! it a scheme. For most bounds that is the order of the scheme, or the domain says that it is unsure. So
//! each stretch is held against versions around its bounds. Where the domain would miss one that is meant,
//! the stretch is made possible for all others; where it would be sure of one that is not meant, it is
//! made possible for all. `1:2.0` of Debian is such a bound: the domain takes the 1 for the beginning of
//! the version.

use domain::version::{Bound, Contains, Range, Version};

use super::Understood;
use super::scheme::Scheme;
use super::specifier::{Set, Stretch, Vers};

/// No version stands below this one (Semantic Versioning 2.0.0, 11), so papers about crates write it for *from the
/// beginning*. The domain, which knows no scheme, would doubt what stands beside a bound with such a tail.
const FIRST_OF_SEMVER: &str = "0.0.0-0";

/// What `vers` means, for whoever knows no scheme.
pub(super) fn understood(vers: &Vers<'_>) -> Understood {
    let Set::Marks(scheme, _) = &vers.set else {
        let (range, fully) = match vers.set {
            Set::All => (Range::Any, true),
            Set::Unknown => (Range::Unknown, true),
            // That no version is meant is nothing that anybody says about a hole.
            Set::None | Set::Marks(..) => (Range::Unknown, false),
        };
        return Understood { ranges: vec![range], fully };
    };
    let mut ranges = Vec::new();
    let mut fully = true;
    for mut stretch in vers.stretches() {
        stretch.from =
            stretch.from.filter(|from| !(*scheme == Scheme::Semver && *from == (FIRST_OF_SEMVER, true)));
        let range = range(&stretch);
        let agreement = agreement(*scheme, &stretch, &range);
        fully &= agreement == Agreement::Whole;
        if agreement != Agreement::SureOfOthers {
            ranges.push(range);
            ranges.extend(pre_releases(*scheme, &stretch));
        }
    }
    if !fully || ranges.is_empty() {
        ranges.push(Range::Unknown);
        fully = false;
    }
    Understood { ranges, fully }
}

fn range(stretch: &Stretch<'_>) -> Range {
    let bound = |(version, inclusive): (&str, bool)| Bound { version: Version::new(version), inclusive };
    match (stretch.from, stretch.to) {
        (None, None) => Range::Any,
        (Some((from, true)), Some((to, true))) if from == to => Range::Exactly(Version::new(from)),
        (from, to) => Range::Between { from: from.map(bound), to: to.map(bound) },
    }
}

/// Where a stretch of Python ends at a release or at a candidate for one, its `a1`, `b1` and `c1` belong to
/// it. For the domain these letters follow a number, as in `1.0.2a` of OpenSSL, so they get a range of their
/// own.
fn pre_releases(scheme: Scheme, stretch: &Stretch<'_>) -> Option<Range> {
    let (to, _) = stretch.to.filter(|_| scheme == Scheme::Pypi)?;
    let (release, end) = to.split_once("rc").map_or((to, "d"), |(release, _)| (release, "c"));
    let [first, end] = [format!("{release}a"), format!("{release}{end}")];
    let first_key = scheme.key(&format!("{first}0"))?;
    let is_above = stretch.from.is_none_or(|(from, _)| scheme.key(from).is_some_and(|from| from < first_key));
    (is_above && first_key < scheme.key(to)?).then(|| Range::until(&first, &end))
}

/// How far the domain and a scheme agree about a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    Whole,
    /// The domain would rule a version out that is meant.
    Misses,
    /// The domain would be sure of a version that is not meant.
    SureOfOthers,
}

fn agreement(scheme: Scheme, stretch: &Stretch<'_>, range: &Range) -> Agreement {
    let bounds = [stretch.from, stretch.to].into_iter().flatten();
    let keyed = |bound: Option<(&str, bool)>| bound.and_then(|(it, with)| Some((scheme.key(it)?, with)));
    let (from, to) = (keyed(stretch.from), keyed(stretch.to));
    let mut found = Agreement::Whole;
    let later = bounds.clone().flat_map(|(version, _)| later_epochs(scheme, version)).map(|it| (it, true));
    for (version, is_later_epoch) in bounds.flat_map(|(it, _)| around(it)).map(|it| (it, false)).chain(later)
    {
        let Some(own) = scheme.key(&version) else { continue };
        let above = from.as_ref().is_none_or(|(key, with)| own > *key || *with && own == *key);
        let below = to.as_ref().is_none_or(|(key, with)| own < *key || *with && own == *key);
        let is_meant = above && below;
        found = found.max(match range.contains(Some(&Version::new(&version))) {
            Contains::No if is_meant => Agreement::Misses,
            // A package that never had an epoch has none in a paper either: `< 7.50` stays what it says.
            Contains::Yes if !is_meant && !is_later_epoch => Agreement::SureOfOthers,
            _ => Agreement::Whole,
        });
    }
    found
}

/// Runs of digits of a version that are looked at.
const RUNS_MAX: usize = 6;

/// Versions that somebody may have where `version` is named: with one number more or less at each place,
/// cut off behind it or not, with a number more, and without what stands in front.
fn around(version: &str) -> Vec<String> {
    let mut found = vec![version.to_owned(), format!("{version}.1")];
    let mut at = 0;
    for _ in 0..RUNS_MAX {
        let rest = version.get(at..).unwrap_or_default();
        let Some(start) = rest.find(|it: char| it.is_ascii_digit()).map(|it| at.saturating_add(it)) else {
            break;
        };
        let run = version.get(start..).unwrap_or_default();
        let digits =
            run.get(..run.find(|it: char| !it.is_ascii_digit()).unwrap_or(run.len())).unwrap_or_default();
        at = start.saturating_add(digits.len());
        let (before, behind) =
            (version.get(..start).unwrap_or_default(), version.get(at..).unwrap_or_default());
        // Without an epoch, without a letter; and what begins so.
        found.push(format!("{digits}{behind}"));
        found.push(version.get(..at).unwrap_or_default().to_owned());
        let Ok(number) = digits.parse::<u64>() else { continue };
        for other in [number.checked_add(1), number.checked_sub(1)].into_iter().flatten() {
            found.push(format!("{before}{other}{behind}"));
            found.push(format!("{before}{other}"));
            found.push(format!("{before}{other}.1"));
            found.push(format!("{other}{behind}"));
        }
    }
    found
}

/// Versions of the next epoch, as Debian and RPM write them and as Python does: above all of this one.
fn later_epochs(scheme: Scheme, version: &str) -> impl Iterator<Item = String> {
    let sign = match scheme {
        Scheme::Debian | Scheme::Rpm | Scheme::Alpm => Some(':'),
        Scheme::Pypi => Some('!'),
        _ => None,
    };
    sign.into_iter().flat_map(move |sign| {
        let (epoch, rest) = version.split_once(sign).unwrap_or(("0", version));
        let next = epoch.parse::<u64>().unwrap_or_default().saturating_add(1);
        ["0", "0.1", rest].map(|behind| format!("{next}{sign}{behind}"))
    })
}

#[cfg(test)]
mod tests {
    use domain::version::any_contains;
    use proptest::prelude::*;

    use super::*;

    /// What is made of a specifier, as an administrator would write it.
    fn check(written: &str, expected: &str) {
        let understood = understood(&Vers::read(written).unwrap());
        let said: Vec<String> = understood.ranges.iter().map(ToString::to_string).collect();
        assert_eq!(said.join(" or "), expected, "{written}");
        assert_eq!(understood.fully, !expected.ends_with('?'), "{written}");
    }

    #[test]
    fn what_the_domain_orders_alike_goes_over_as_it_is() {
        check("vers:maven/>=2.0-beta9|<2.15.0", "≥ 2.0-beta9, < 2.15.0");
        check("vers:npm/>=1.0.0|<1.2.5|>=2.0.0|<2.0.1", "≥ 1.0.0, < 1.2.5 or ≥ 2.0.0, < 2.0.1");
        check("vers:pypi/<=1.3.0|3.0.0", "≤ 1.3.0 or ≥ 1.3.0a, < 1.3.0d or 3.0.0");
        check("vers:pypi/<2.0", "< 2.0 or ≥ 2.0a, < 2.0d");
        check("vers:intdot/>=1|!=1.5|<2", "≥ 1, < 1.5 or > 1.5, < 2");
        check("vers:rpm/<7.50.3-2.el8", "< 7.50.3-2.el8");
        check("vers:deb/<1:2.0-1", "< 1:2.0-1");
        check("vers:deb/>=1:2.0-1", "≥ 1:2.0-1");
        check("vers:deb/>1.0", "> 1.0");
        check("vers:cargo/>=0.0.0-0|<1.0.0", "< 1.0.0");
        check("vers:cargo/>=0.0.0-0", "*");
        check("vers:all/*", "*");
    }

    #[test]
    fn what_the_domain_would_miss_is_possible() {
        check("vers:pypi/<1.0a1", "?");
        check("vers:none/*", "?");
        check("vers:lexicographic/<2.10", "?");
    }

    /// A version as the packages of a type are named. Two of one type are never told apart by punctuation
    /// alone, and have as many numbers: a revision is always written, and 1.0-rc1 is called 1.0.0-rc1.
    fn version(kind: &'static str) -> BoxedStrategy<String> {
        let numbers = "[0-2](\\.[0-2]){2}";
        let pattern = match kind {
            "deb" => format!("(1:)?{numbers}(~rc1)?-[1-3](\\+deb11u[1-2])?"),
            "rpm" => format!("(1:)?{numbers}(~rc1)?-[1-3]\\.el8"),
            "pypi" => format!("{numbers}(a1|rc1|\\.dev1|\\.post1)?"),
            "gem" => format!("{numbers}(\\.rc1|\\.alpha)?"),
            "apk" => format!("{numbers}(_rc1|_alpha)?-r[1-3]"),
            "intdot" => numbers.to_owned(),
            _ => format!("{numbers}(-rc1|-alpha|-beta\\.2)?"),
        };
        prop::string::string_regex(&pattern).unwrap().boxed()
    }

    /// A type, constraints of it, and a version of it.
    fn case() -> impl Strategy<Value = (String, String)> {
        let kinds = vec!["npm", "maven", "pypi", "deb", "rpm", "gem", "composer", "apk", "intdot"];
        prop::sample::select(kinds).prop_flat_map(|kind| {
            let mark =
                ("|!=|>|>=|<|<=", version(kind)).prop_map(|(sign, version)| format!("{sign}{version}"));
            let marks = prop::collection::vec(mark, 1..4);
            (marks, version(kind))
                .prop_map(move |(marks, own)| (format!("vers:{kind}/{}", marks.join("|")), own))
        })
    }

    proptest! {
        #[test]
        fn whoever_is_meant_is_never_told_nothing((written, own) in case()) {
            let Ok(vers) = Vers::read(&written) else { return Ok(()) };
            if vers.contains(&own) == Ok(true) {
                let ranges = understood(&vers).ranges;
                let said = any_contains(&ranges, Some(&Version::new(&own)));
                prop_assert_ne!(said, Contains::No, "{} {:?}", written, ranges);
            }
        }
    }
}
