//! Ranges as package managers write them, as marks on the line of versions.
//!
//! What comes out is what the official set of VERS has: each comparison becomes a constraint, and the
//! constraints are sorted. Where a range repeats itself (`>=5.0.3 >=4.2.1`) or its parts overlap, the marks
//! mean more than the range did, never less; a warning can bear that.

mod brackets;
mod conan;
mod lists;
mod npm;

use std::borrow::Cow;

use super::scheme::Scheme;
use super::specifier::{Comparator, Constraint, Refused, Set, Vers};

/// Longer than this is no range that somebody wrote.
const CHARS_MAX: usize = 1 << 20;

/// The specifier of a range in the notation of `kind`: conan, gem, maven, nginx, npm, nuget, openssl, pypi.
///
/// # Errors
/// When the notation is not one of these, or the range is not written in it.
pub fn read<'t>(kind: &'t str, range: &'t str) -> Result<Vers<'t>, Refused> {
    let scheme = Scheme::named(kind).ok_or_else(|| Refused::NoOrder(kind.to_owned()))?;
    if range.len() > CHARS_MAX {
        return Err(Refused::Constraint(crate::words::clipped(range, 80)));
    }
    let mut marks = Marks { kind, scheme, list: Vec::new(), is_all: false };
    match kind {
        "npm" => npm::read(range, &mut marks)?,
        "conan" => conan::read(range, &mut marks)?,
        "gem" => lists::read_gem(range, &mut marks)?,
        "pypi" => lists::read_pypi(range, &mut marks)?,
        "nginx" => lists::read_nginx(range, &mut marks)?,
        "openssl" => lists::read_openssl(range, &mut marks)?,
        "maven" | "nuget" => brackets::read(range, &mut marks)?,
        _ => return Err(Refused::NoOrder(kind.to_owned())),
    }
    if marks.is_all {
        return Ok(Vers { kind: Cow::Borrowed(kind), set: Set::All });
    }
    Ok(Vers::of(kind, scheme, marks.list))
}

/// The constraints that were found so far.
struct Marks<'t> {
    kind: &'t str,
    scheme: Scheme,
    list: Vec<Constraint<'t>>,
    /// A part of the range says that every version will do.
    is_all: bool,
}

impl<'t> Marks<'t> {
    fn add(&mut self, comparator: Comparator, version: impl Into<Cow<'t, str>>) -> Result<(), Refused> {
        let version = version.into();
        let refused =
            || Refused::Version { version: crate::words::clipped(&version, 80), kind: self.kind.to_owned() };
        let constraint = Constraint::new(comparator, version.clone(), self.scheme).ok_or_else(refused)?;
        self.list.push(constraint);
        Ok(())
    }

    fn between(&mut self, from: impl Into<Cow<'t, str>>, to: String) -> Result<(), Refused> {
        self.add(Comparator::From, from)?;
        self.add(Comparator::Below, to)
    }
}

/// A comparison at the beginning of a text, as nearly all write it, and what follows.
fn compared(text: &str) -> (Option<Comparator>, &str) {
    for (sign, comparator) in [
        (">=", Comparator::From),
        ("<=", Comparator::To),
        ("!=", Comparator::Not),
        ("==", Comparator::Equal),
        (">", Comparator::Above),
        ("<", Comparator::Below),
        ("=", Comparator::Equal),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (Some(comparator), rest.trim_start());
        }
    }
    (None, text)
}

/// The first numbers of a version, and whether nothing but numbers and dots stands in it. `None` when one
/// is too large to count on.
fn numbers(version: &str) -> Option<(Vec<u64>, bool)> {
    let end = version.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(version.len());
    let head = version.get(..end)?.trim_end_matches('.');
    let numbers = head.split('.').map(str::parse).collect::<Result<Vec<u64>, _>>().ok()?;
    Some((numbers, end == version.len()))
}

/// The numbers up to and with `place`, the last of them one more, with dots.
fn bumped(numbers: &[u64], place: usize) -> Option<String> {
    let (last, before) = numbers.get(..=place)?.split_last()?;
    let mut bumped: Vec<String> = before.iter().map(u64::to_string).collect();
    bumped.push(last.checked_add(1)?.to_string());
    Some(bumped.join("."))
}

fn no_range(written: &str) -> Refused {
    Refused::Constraint(crate::words::clipped(written, 80))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(kind: &str, range: &str, expected: &str) {
        let vers = read(kind, range).map_or_else(|why| why.to_string(), |vers| vers.to_string());
        assert_eq!(vers, expected, "{range}");
    }

    #[test]
    fn ranges_of_npm_are_read() {
        check("npm", "^1.2.9", "vers:npm/>=1.2.9|<2.0.0");
        check("npm", "^0.2.1-beta || ^0.0.2", "vers:npm/>=0.0.2|<0.0.3|>=0.2.1-beta|<0.3.0");
        check("npm", "^0 || ^0.0 || ^1.x", "vers:npm/>=0.0.0|>=0.0.0|<0.1.0|<1.0.0|>=1.0.0|<2.0.0");
        check("npm", "~1.6.5 || ~1", "vers:npm/>=1.0.0|>=1.6.5|<1.7.0|<2.0.0");
        check("npm", "1.2.x", "vers:npm/>=1.2.0|<1.3.0");
        check("npm", "5.0.0 - 7.2.3", "vers:npm/>=5.0.0|<=7.2.3");
        check("npm", "5 - 7.2", "vers:npm/>=5.0.0|<7.3.0");
        check("npm", "< 2.1.7 > v2.0", "vers:npm/>2.0.0|<2.1.7");
        check("npm", "<=2.x", "vers:npm/<3.0.0");
        check("npm", "1.0.0 || *", "vers:npm/*");
        check("npm", "", "vers:npm/*");
        check("npm", ">=", "\">=\" is no constraint");
        check("npm", "latest", "\"latest\" is no version of type npm");
    }

    #[test]
    fn ranges_of_conan_are_read() {
        check("conan", ">1- <2.0 || ^3.2 ", "vers:conan/>1|<2.0|>=3.2|<4-");
        check("conan", "[~2.5.1, include_prerelease=True]", "vers:conan/>=2.5.1|<2.6-");
        check("conan", "^0.0.3", "vers:conan/>=0.0.3|<0.0.4-");
        check("conan", "*", "vers:conan/>=0.0.0");
        check("conan", "", "vers:conan/");
    }

    #[test]
    fn lists_are_read() {
        check("gem", "~>2.0.8", "vers:gem/>=2.0.8|<2.1");
        check("gem", "~> 2, != 2.3", "vers:gem/>=2|!=2.3|<3");
        check("gem", "~> 1.0.0.rc1", "vers:gem/>=1.0.0.rc1|<1.1");
        check("pypi", ">= 1.0,<2, !=1.5", "vers:pypi/>=1.0|!=1.5|<2");
        check("pypi", "~=2.2.1", "vers:pypi/>=2.2.1|<2.3.dev0");
        check("pypi", "==1.2.*", "vers:pypi/>=1.2.dev0|<1.3.dev0");
        check("pypi", "!=1.2.*", "vers:pypi/<1.2.dev0|>=1.3.dev0");
        check("nginx", "1.5.0+, 1.4.1+", "vers:nginx/>=1.4.1|<1.5.0|>=1.5.0");
        check("nginx", "0.7.52-0.8.39", "vers:nginx/>=0.7.52|<=0.8.39");
        check("openssl", "3.0.0, 1.0.1b", "vers:openssl/1.0.1b|3.0.0");
    }

    #[test]
    fn brackets_are_read() {
        check("nuget", "[1.0.0, 2.0.0)", "vers:nuget/>=1.0.0|<2.0.0");
        check("nuget", "1.0", "vers:nuget/>=1.0");
        check("maven", "(,1.0],[1.2,)", "vers:maven/<=1.0|>=1.2");
        check("maven", "[1.5]", "vers:maven/1.5");
        check("maven", "1.5", "vers:maven/1.5");
        check("maven", "[1.5", "\"[1.5\" is no constraint");
        check("maven", "(,)", "vers:maven/*");
    }

    #[test]
    fn a_notation_that_nobody_taught_us_is_refused() {
        check("deb", ">= 1.0", "no order of versions is known for the VERS type deb");
        check("polder", "1", "no order of versions is known for the VERS type polder");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(range in "[0-9a-z.^~<>=!|,* \\[\\]()+-]{0,30}", other in ".{0,30}") {
            for kind in ["npm", "conan", "gem", "pypi", "nginx", "openssl", "nuget", "maven"] {
                for range in [&range, &other] {
                    if let Ok(vers) = read(kind, range) {
                        let _ = vers.contains("1.0");
                        let _ = vers.to_string();
                    }
                }
            }
        }
    }
}
