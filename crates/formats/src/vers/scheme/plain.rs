//! The generic types of VERS ("Generic VERS types", vers-spec 2026-08): numbers with dots, moments, text;
//! and versions of vendors who follow nobody.

use jiff::Timestamp;

use super::super::key::{Rest, Writer};
use super::semver::numbers;

/// `intdot`: non-negative integers with dots; ends at the first character that is neither.
pub fn write_intdot(mut rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    numbers(&mut rest, to)
}

/// `datetime`: RFC 3339, section 5.6, with capitals only.
pub fn write_datetime(version: &str, to: &mut Writer) -> Option<()> {
    let is_written_so = |byte: u8| matches!(byte, b'0'..=b'9' | b'T' | b'Z' | b':' | b'.' | b'-' | b'+');
    if version.as_bytes().get(10) != Some(&b'T') || !version.bytes().all(is_written_so) {
        return None;
    }
    let at: Timestamp = version.parse().ok()?;
    // As an unsigned number that rises from the first moment that there is.
    let nanoseconds = at.as_nanosecond().abs_diff(Timestamp::MIN.as_nanosecond());
    to.plain(&nanoseconds.to_be_bytes());
    Some(())
}

/// `lexicographic`: by the bytes of UTF-8, without making alike what looks alike.
pub fn write_lexicographic(version: &str, to: &mut Writer) -> Option<()> {
    if version.trim().is_empty() {
        return None;
    }
    to.plain(version.as_bytes());
    Some(())
}

/// Before a release, as [`domain::version`] has it.
const BEFORE: &[&str] = &["alpha", "beta", "dev", "pre", "preview", "rc", "snapshot"];
/// Words that announce a build and order nothing.
const FILLERS: &[&str] = &["build", "release", "v", "version", "nc"];
const WORD_BELOW: u8 = 0x01;
const END: u8 = 0x02;
const WORD: u8 = 0x03;

/// Vendors who follow nobody: numbers as numbers, words as words, one before what it begins. The order is
/// that of [`domain::version::Version::order`], which a test holds against this.
pub fn write_vendor(version: &str, to: &mut Writer) -> Option<()> {
    let mut rest = version;
    let mut has_number = false;
    while let Some(first) = rest.chars().next() {
        let is_digits = first.is_ascii_digit();
        let is_same = |it: char| if is_digits { it.is_ascii_digit() } else { it.is_alphabetic() };
        let end = rest.find(|it| !is_same(it)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at_checked(end.max(first.len_utf8()))?;
        rest = after;
        if is_digits {
            has_number = true;
            to.number(piece.as_bytes());
        } else if end > 0 {
            let word = piece.to_lowercase();
            if FILLERS.contains(&word.as_str()) {
                continue;
            }
            to.mark(if BEFORE.contains(&word.as_str()) { WORD_BELOW } else { WORD });
            to.word(word.bytes());
        }
    }
    to.mark(END);
    has_number.then_some(())
}

#[cfg(test)]
mod tests {
    use domain::version::Version;
    use proptest::prelude::*;

    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn numbers_with_dots_end_at_something_else() {
        rises(
            Scheme::Intdot,
            "1.2 = 01.002 = 1.2beta = 1.2.0 < 1.2.1 < 1.2.2 < 1.0002.10 = 1.02.0010rc1 < 1.10",
        );
        refuses(Scheme::Intdot, &["beta", "-1"]);
    }

    #[test]
    fn moments_are_compared_as_moments() {
        rises(
            Scheme::Datetime,
            "2023-12-31T23:00:00Z = 2024-01-01T01:00:00+02:00 < 2024-01-01T00:00:00Z = 2024-01-01T00:00:00.000Z < \
             2024-01-01T00:00:00.090Z < 2024-01-01T00:00:00.9Z",
        );
        refuses(
            Scheme::Datetime,
            &["2024-01-01t00:00:00z", "2024-01-01", "2024-01-01 00:00:00Z", "2024-13-01T00:00:00Z"],
        );
    }

    #[test]
    fn text_is_compared_by_its_bytes() {
        rises(Scheme::Lexicographic, "A < a < aa < ss < z < ß < ä < é < € < 😀");
    }

    #[test]
    fn builds_of_a_vendor_are_ordered_as_the_vendor_means_them() {
        rises(
            Scheme::Vendor,
            "10.5 < 11.1-63.15 < 12.1 < 12.1-50.28 < 12.1-55.18 = 12.1 build 55.18 < 12.1.55.19 < 13.0.47.24 < 13.0 Build 58.30",
        );
        rises(Scheme::Vendor, "2.0-rc1 < 2.0 < 2.0 SP1 < 2.0.1");
        refuses(Scheme::Vendor, &["unknown", "-"]);
    }

    proptest! {
        #[test]
        fn the_order_of_vendors_is_that_of_the_domain(one in "[0-9a-cRV .é-]{0,12}", other in "[0-9a-cRV .é-]{0,12}") {
            let keys = [&one, &other].map(|it| Scheme::Vendor.key(it));
            if let [Some(own), Some(foreign)] = keys {
                prop_assert_eq!(own.cmp(&foreign), Version::new(&one).order(&Version::new(&other)));
            }
        }
    }
}
