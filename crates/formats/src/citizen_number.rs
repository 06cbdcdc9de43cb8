//! Text that looks like a Dutch citizen number is refused at the door.
//!
//! Nothing here has a use for one, and in a hospital it is the number of a patient. A citizen number
//! (BSN) has nine digits of which the weighted sum, 9·a + 8·b + … + 2·h − i, is a multiple of eleven;
//! one in eleven of all nine-digit numbers passes, so a number is only suspected where it stands by
//! itself: not as part of a telephone number with a country code, a CVE, a version or a longer number.

use std::ops::Range;

/// Where in `text` something looks like a citizen number: the range in bytes of the first one.
///
/// Nine digits count together, in groups divided by single spaces, dots or dashes (`1112.22.333`), and
/// behind the word BSN also with eight digits, because a leading zero is often left out.
pub fn looks_like(text: &str) -> Option<Range<usize>> {
    runs(text).into_iter().find_map(|run| {
        let digits: Vec<u32> = text.get(run.clone())?.chars().filter_map(|it| it.to_digit(10)).collect();
        let before = text.get(..run.start)?;
        let after = text.get(run.end..)?;
        let is_announced = announces(before);
        let is_alone = is_announced || stands_alone(before, after);
        let fits = match digits.len() {
            9 => passes(&digits) && (is_announced || !is_grouped_otherwise(text.get(run.clone())?)),
            8 => is_announced && passes(&[&[0], digits.as_slice()].concat()),
            _ => false,
        };
        (is_alone && fits).then_some(run)
    })
}

/// Digits, with at most one space, dot or dash between two of them.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut gap = 0_usize;
    let mut open = false;
    for (at, it) in text.char_indices() {
        let end = at.saturating_add(it.len_utf8());
        if it.is_ascii_digit() {
            match runs.last_mut().filter(|_| open) {
                Some(run) => run.end = end,
                None => runs.push(at..end),
            }
            open = true;
            gap = 0;
        } else if open && matches!(it, ' ' | '.' | '-' | '\u{a0}') && gap == 0 {
            gap = 1;
        } else {
            open = false;
            gap = 0;
        }
    }
    runs
}

/// The test of eleven.
fn passes(digits: &[u32]) -> bool {
    const WEIGHTS: [i64; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i64 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| i64::from(*digit).saturating_mul(weight))
        .fold(0, i64::saturating_add);
    digits.len() == WEIGHTS.len() && digits.iter().any(|digit| *digit != 0) && sum.rem_euclid(11) == 0
}

/// Whether the last word before a number says that it is a citizen number.
fn announces(before: &str) -> bool {
    let tail: String = before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
    let tail = tail.to_lowercase();
    let tail = tail.trim_end_matches(|it: char| !it.is_alphanumeric());
    ["bsn", "burgerservicenummer", "sofinummer", "sofi", "bsn nummer", "bsn-nummer", "bsnnummer", "bsn nr"]
        .iter()
        .any(|word| tail.ends_with(word))
}

/// Whether nothing around a number says that it is something else: a letter (a serial number), a
/// plus (a telephone number), a further number of a version or an address, a domain.
fn stands_alone(before: &str, after: &str) -> bool {
    let joins =
        |it: char| it.is_alphanumeric() || matches!(it, '+' | '_' | '/' | '#' | '=' | '@' | ':' | '%' | '&');
    let mut back = before.chars().rev();
    let is_joined_before = match back.next() {
        Some('.' | '-' | ',') => back.next().is_some_and(char::is_alphanumeric),
        // "+31 (0)", "(+31) 612345678": a country code in brackets.
        Some(' ' | ')') => before
            .trim_end_matches([' ', ')'])
            .rsplit([' ', '('])
            .next()
            .is_some_and(|word| word.starts_with('+')),
        Some(it) => joins(it),
        None => false,
    };
    let mut ahead = after.chars();
    let is_joined_after = match ahead.next() {
        Some('.' | '-' | ',') => ahead.next().is_some_and(char::is_alphanumeric),
        Some(it) => joins(it) && !matches!(it, ':'),
        None => false,
    };
    !is_joined_before && !is_joined_after
}

/// Whether the digits are grouped as a version (`12.1.55.1812`), a date or a telephone number is, and
/// not as people write a citizen number: in one, or in groups of two to four.
fn is_grouped_otherwise(run: &str) -> bool {
    let groups: Vec<usize> = run.split(|it: char| !it.is_ascii_digit()).map(str::len).collect();
    groups.len() > 1
        && !matches!(
            groups.as_slice(),
            [4, 2, 3] | [3, 3, 3] | [4, 3, 2] | [2, 3, 4] | [3, 2, 4] | [4, 5] | [5, 4]
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made up, so that they pass the test.
    const PASSING: [&str; 3] = ["111222333", "123456782", "999990019"];

    fn found(text: &str) -> Option<&str> {
        looks_like(text).map(|range| &text[range])
    }

    #[test]
    fn a_citizen_number_is_found_however_it_is_written() {
        for number in PASSING {
            assert_eq!(found(number), Some(number));
            assert_eq!(found(&format!("patiënt {number}, kamer 3")), Some(number));
        }
        assert_eq!(found("BSN: 1112.22.333"), Some("1112.22.333"));
        assert_eq!(found("nummer 111 222 333 van de afdeling"), Some("111 222 333"));
        assert_eq!(found("(123456782)"), Some("123456782"));
    }

    #[test]
    fn a_leading_zero_may_be_left_out_behind_the_word() {
        let eight = "10000008";
        assert_eq!(found(&format!("BSN {eight}")), Some(eight));
        assert_eq!(found("BSN 10000009"), None);
        assert_eq!(found(&format!("KvK {eight}")), None);
    }

    #[test]
    fn nine_digits_that_fail_the_test_are_something_else() {
        assert_eq!(found("111222334"), None);
        assert_eq!(found("000000000"), None);
    }

    #[test]
    fn other_numbers_of_our_work_are_left_alone() {
        for text in [
            "+31 612345678",
            "+31612345678",
            "+31 (0)6 12345678",
            "(+31) 111222333",
            "CVE-2019-19781",
            "CVE-2019-111222333",
            "12.1-55.18",
            "13.0.47.24",
            "build 111222333.4",
            "v111222333",
            "KvK 12345678",
            "2019-12-17 13:00",
            "192.0.2.111",
            "serial-111222333",
            "1111222333",
            "1112223334444",
            "https://vendor.example/kb/111222333",
            "id=111222333",
            "sha256:111222333",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
