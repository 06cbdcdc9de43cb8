//! The prose that stands where a range should, and specifiers that keep to no standard.
//!
//! A national feed of 2,383 documents writes its ranges as `vers:all/<V4.1`, `>= 2.41 | <= 4.0`,
//! `All versions < V10.00`, `3.2 and prior`, `2.0 through 2.4`. What is not understood becomes
//! [`Range::Unknown`], under which every version is possible; it never becomes a version that nobody
//! has, because that would be silence.

use domain::version::{Bound, Range, Version};

use super::caution;
use super::scheme::Scheme;
use super::specifier::{Set, Vers};

/// What was made of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// Never empty.
    pub ranges: Vec<Range>,
    /// Whether nothing of the text was left out or guessed.
    pub fully: bool,
}

impl Understood {
    fn only(range: Range) -> Self {
        Self { ranges: vec![range], fully: true }
    }

    fn unclear() -> Self {
        Self { ranges: vec![Range::Unknown], fully: false }
    }
}

/// Longer than this is a story and no range.
const CHARS_MAX: usize = 400;

const ALL: &[&str] =
    &["*", "all", "any", "all versions", "all version", "any version", "every version", "alle versies"];
const UNSAID: &[&str] =
    &["", "-", "?", "n/a", "na", "none", "not specified", "unknown", "unspecified", "various"];

/// The ranges that `written` means.
pub fn ranges(written: &str) -> Understood {
    let plain = plain(written);
    if plain.chars().count() > CHARS_MAX {
        return Understood::unclear();
    }
    if let Some(vers) = Vers::read(&plain).ok().filter(is_ordered) {
        return caution::understood(&vers);
    }
    if let Some((scheme, rest)) = prefix(&plain, "vers:").and_then(|it| it.split_once('/')) {
        return match rest.trim() {
            "*" if scheme.eq_ignore_ascii_case("unknown") => Understood::only(Range::Unknown),
            "*" => Understood::only(Range::Any),
            rest => constraints(&percent_decoded(rest)),
        };
    }
    prose(&plain)
}

/// Whether a specifier has an order that somebody laid down, and no sign in a version, as those have who
/// encode the signs as well.
fn is_ordered(vers: &Vers<'_>) -> bool {
    match &vers.set {
        Set::Marks(scheme, marks) => {
            *scheme != Scheme::Vendor && !marks.iter().any(|mark| mark.version.contains(['<', '>', '=', '|']))
        }
        Set::All | Set::None | Set::Unknown => true,
    }
}

fn prose(plain: &str) -> Understood {
    let (text, noted) = without_remarks(plain);
    let mut text = text.trim();
    if is_one_of(text, ALL) {
        return Understood { ranges: vec![Range::Any], fully: !noted };
    }
    if is_one_of(text, UNSAID) {
        return Understood { ranges: vec![Range::Unknown], fully: !noted };
    }
    for words in [
        "all firmware versions",
        "all versions",
        "all version",
        "alle versies",
        "firmware versions",
        "firmware version",
        "versions",
        "version",
        "all",
    ] {
        if let Some(rest) = prefix(text, words).filter(|rest| rest.starts_with([' ', '<', '>', '=', ':'])) {
            text = rest.trim_start_matches(':').trim_start();
            break;
        }
    }
    let mut understood = constraints(&signs(text));
    understood.fully &= !noted;
    understood
}

/// As [`str::strip_prefix`], in any case of ASCII.
fn prefix<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    if head.eq_ignore_ascii_case(start) { text.get(start.len()..) } else { None }
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// One kind of blank and one kind of sign.
fn plain(written: &str) -> String {
    let mut text = crate::words::line(written);
    for (sign, plain) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("≤", "<="),
        ("≥", ">="),
        ("=<", "<="),
        ("=>", ">="),
        ("–", "-"),
        ("—", "-"),
        ("&&", "|"),
        ("||", "|"),
    ] {
        if text.contains(sign) {
            text = text.replace(sign, plain);
        }
    }
    text
}

/// `text` without remarks in parentheses, and whether it had any. What stands behind a number without
/// a space, as in `15.2(7)E3`, or is itself a number, as in `5.7.4 (96)`, is no remark.
fn without_remarks(text: &str) -> (String, bool) {
    let mut rest = String::new();
    let mut is_noted = false;
    let mut ahead = text;
    while let Some((before, behind)) = ahead.split_once('(') {
        rest.push_str(before);
        let (inside, after) = closed(behind);
        let is_number =
            inside.trim().starts_with(|it: char| it.is_ascii_digit()) && version(inside).is_some();
        if before.ends_with(|it: char| it.is_alphanumeric()) {
            rest.extend(["(", inside, ")"]);
        } else if is_number || prefix(inside, "build ").is_some() {
            rest.push_str(inside);
        } else {
            is_noted = true;
        }
        ahead = after;
    }
    rest.push_str(ahead);
    (crate::words::line(&rest), is_noted)
}

/// What stands before the parenthesis that closes, and what behind it.
fn closed(behind: &str) -> (&str, &str) {
    let mut depth = 1_usize;
    for (at, it) in behind.char_indices() {
        match it {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let after = at.saturating_add(1);
            return (behind.get(..at).unwrap_or_default(), behind.get(after..).unwrap_or_default());
        }
    }
    (behind, "")
}

/// `%3C` is `<`. What is no such escape stays.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Behind a version: up to and with it.
const AND_BELOW: char = '\u{1}';
/// Behind a version: from it on.
const AND_ABOVE: char = '\u{2}';
/// Between two versions: from the one to the other.
const TO: char = '\u{3}';

/// Words and the sign that they mean. Longer ones first where one begins another.
const SIGNS: &[(&str, &str)] = &[
    (" and all previous", "\u{1}"),
    (" and previous", "\u{1}"),
    (" and prior", "\u{1}"),
    (" and earlier", "\u{1}"),
    (" and below", "\u{1}"),
    (" and older", "\u{1}"),
    (" and lower", "\u{1}"),
    (" and under", "\u{1}"),
    (" or prior", "\u{1}"),
    (" or earlier", "\u{1}"),
    (" or below", "\u{1}"),
    (" or older", "\u{1}"),
    (" or lower", "\u{1}"),
    (" en eerder", "\u{1}"),
    (" en lager", "\u{1}"),
    (" en ouder", "\u{1}"),
    (" and later", "\u{2}"),
    (" and above", "\u{2}"),
    (" and newer", "\u{2}"),
    (" and higher", "\u{2}"),
    (" or later", "\u{2}"),
    (" or above", "\u{2}"),
    (" or newer", "\u{2}"),
    (" or higher", "\u{2}"),
    (" en hoger", "\u{2}"),
    (" en later", "\u{2}"),
    (" en nieuwer", "\u{2}"),
    ("prior to", "<"),
    ("earlier than", "<"),
    ("lower than", "<"),
    ("less than", "<"),
    ("older than", "<"),
    ("before", "<"),
    ("up to and including", "\u{3}"),
    ("tot en met", "\u{3}"),
    ("t/m", "\u{3}"),
    ("up to", "\u{3}"),
    ("through", "\u{3}"),
    (" thru ", "\u{3}"),
    (" to ", "\u{3}"),
    (" - ", "\u{3}"),
    (" -", "\u{3}"),
    ("starting with", ">="),
    ("starting from", ">="),
    ("later than", ">"),
    ("newer than", ">"),
    ("higher than", ">"),
    ("from ", ">="),
    ("vanaf ", ">="),
    ("since ", ">="),
    (" and ", "|"),
    (" or ", "|"),
    (" en ", "|"),
    (" of ", "|"),
];

/// `text` with the words of [`SIGNS`] as signs.
fn signs(text: &str) -> String {
    let mut text = text.to_owned();
    for (words, sign) in SIGNS {
        let mut from = 0;
        // ASCII only, so that both have the same length in bytes.
        while let Some(at) = text.to_ascii_lowercase().get(from..).and_then(|rest| rest.find(words)) {
            let start = from.saturating_add(at);
            text.replace_range(start..start.saturating_add(words.len()), sign);
            from = start.saturating_add(sign.len());
        }
    }
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Equal,
    Not,
    Above,
    From,
    Below,
    To,
}

/// The ranges of a list of constraints, by the rule of VERS: sorted, then read as neighbours.
fn constraints(text: &str) -> Understood {
    let mut found: Vec<(Sign, Version)> = Vec::new();
    let mut fully = true;
    for part in text.split(['|', ',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        for (sign, written) in signed(part) {
            let below = written.ends_with([AND_BELOW]);
            let above = written.ends_with([AND_ABOVE]) || written.ends_with('+');
            let written = written.trim_end_matches([AND_BELOW, AND_ABOVE, '+']).trim();
            let Some(version) = version(written) else {
                fully = false;
                continue;
            };
            let sign = match sign {
                Sign::Equal if below => Sign::To,
                Sign::Equal if above => Sign::From,
                sign => sign,
            };
            found.push((sign, version));
        }
    }
    let mut ranges = paired(found, &mut fully);
    without_letters(&mut ranges, &mut fully);
    if !fully || ranges.is_empty() {
        ranges.push(Range::Unknown);
        fully = false;
    }
    Understood { ranges, fully }
}

/// A part such as `>= V3.3.0 < V3.3.8` as signs with what follows each.
fn signed(part: &str) -> Vec<(Sign, &str)> {
    let is_sign = |it: char| matches!(it, '<' | '>' | '=' | '!' | TO);
    let mut list: Vec<(Sign, &str)> = Vec::new();
    let mut rest = part;
    while !rest.trim().is_empty() {
        let end = rest.find(|it| !is_sign(it)).unwrap_or(rest.len());
        let (sign, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let next = after.find(is_sign).unwrap_or(after.len());
        let (written, later) = after.split_at_checked(next).unwrap_or((after, ""));
        let sign = match sign {
            "" | "=" | "==" => Sign::Equal,
            "!=" => Sign::Not,
            ">" => Sign::Above,
            ">=" => Sign::From,
            "<" => Sign::Below,
            "<=" => Sign::To,
            "\u{3}" => {
                // "1.0 through 1.4": what stood before it is where it begins.
                if let Some((before @ Sign::Equal, _)) = list.last_mut() {
                    *before = Sign::From;
                }
                Sign::To
            }
            // Signs that nobody knows make the version behind them unclear.
            _ => {
                list.push((Sign::Equal, ""));
                rest = later;
                continue;
            }
        };
        list.push((sign, written.trim()));
        rest = later;
    }
    list
}

/// Words that may stand beside the numbers of a version.
const BESIDE: &[&str] = &[
    "alpha", "beta", "build", "bn", "cu", "firmware", "fp", "fw", "ga", "hf", "hotfix", "hw", "lts", "nc",
    "p", "pack", "patch", "pl", "r", "rc", "rel", "release", "rev", "revision", "service", "sp", "u", "upd",
    "update", "v", "ver", "version",
];

/// A version, when that is all that `written` is.
fn version(written: &str) -> Option<Version> {
    let mut written =
        written.trim_matches(|it: char| it.is_whitespace() || matches!(it, ':' | '.' | '\'' | '"'));
    for words in ["versions ", "version ", "firmware "] {
        written = prefix(written, words).unwrap_or(written).trim();
    }
    for words in [" versions", " version"] {
        if let Some(start) = written.len().checked_sub(words.len())
            && written.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(words))
        {
            written = written.get(..start).unwrap_or(written).trim();
        }
    }
    let words: Vec<&str> = written.split_whitespace().collect();
    let is_one = (1..=5).contains(&words.len()) && !names_a_month(written);
    let mut announced = true;
    for word in &words {
        let has_number = word.contains(|it: char| it.is_ascii_digit());
        let is_beside = is_one_of(word.trim_matches(['.', '-', '_', '#']), BESIDE);
        // "2.51 2.52" are two versions; "13.0 Build 47.24" is one.
        let is_another =
            has_number && !announced && word.contains('.') && !word.starts_with(char::is_alphabetic);
        if is_another || !has_number && !is_beside {
            return None;
        }
        announced = is_beside;
    }
    is_one.then(|| Version::new(written)).filter(Version::is_known)
}

/// Whether a date with a month in letters stands where a version should.
fn names_a_month(written: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan",
        "january",
        "feb",
        "february",
        "mar",
        "march",
        "apr",
        "april",
        "may",
        "jun",
        "june",
        "jul",
        "july",
        "aug",
        "august",
        "sep",
        "sept",
        "september",
        "oct",
        "october",
        "nov",
        "november",
        "dec",
        "december",
    ];
    written.split(|it: char| !it.is_alphabetic()).any(|word| is_one_of(word, MONTHS))
}

/// `12.1` of `12.1.x`, `12.1.*`, `12.1.xx`.
fn train(version: &Version) -> Option<Version> {
    let head = version.as_str().trim_end_matches(['x', 'X', '*']);
    let is_wild = head.len() < version.as_str().len() && head.ends_with(['.', '-']);
    is_wild.then(|| Version::new(head.trim_end_matches(['.', '-']))).filter(Version::is_known)
}

fn paired(found: Vec<(Sign, Version)>, fully: &mut bool) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut bounds: Vec<(Sign, Version)> = Vec::new();
    for (sign, version) in found {
        let wild = train(&version);
        match sign {
            Sign::Equal => ranges.push(wild.map_or_else(|| Range::Exactly(version), Range::Train)),
            // One version less: who has it is told once too often, and a person can say so.
            Sign::Not => *fully = false,
            sign => bounds.push((sign, wild.unwrap_or(version))),
        }
    }
    // From before To where both name one version, so that ">= 1.0 | <= 1.0" is an interval.
    let rank = |sign: Sign| u8::from(matches!(sign, Sign::Below | Sign::To));
    bounds.sort_by(|(one, left), (other, right)| left.order(right).then(rank(*one).cmp(&rank(*other))));
    let mut from: Option<Bound> = None;
    for (sign, version) in bounds {
        let bound = Bound { version, inclusive: matches!(sign, Sign::From | Sign::To) };
        if matches!(sign, Sign::Above | Sign::From) {
            // Of two that begin, the wider one.
            from = from.or(Some(bound));
        } else if from.is_none()
            && let Some(Range::Between { to, .. }) = ranges.last_mut()
        {
            // Of two that end, the wider one.
            *to = Some(bound);
        } else {
            ranges.push(Range::Between { from: from.take(), to: Some(bound) });
        }
    }
    if from.is_some() {
        ranges.push(Range::Between { from, to: None });
    }
    ranges
}

/// Adds ranges without the letters in front of their versions: who has `R6.01` of a paper may have
/// registered `6.01`, and letters would come before every number. A whole word is not left out: what
/// it means to have another one, or none, is not clear.
pub(crate) fn without_letters(ranges: &mut Vec<Range>, fully: &mut bool) {
    /// "R", "SW", "FW": more letters than these are a word.
    const LETTERS_MAX: usize = 3;
    let bare = |version: &Version| -> Result<Option<Version>, ()> {
        let written = version.as_str();
        let rest = written.trim_start_matches(char::is_alphabetic);
        let letters = written.get(..written.len().saturating_sub(rest.len())).unwrap_or_default();
        if letters.is_empty() || is_one_of(letters, &["v", "version", "build", "release", "nc"]) {
            return Ok(None);
        }
        let rest = rest.trim_start_matches([' ', '.', '-', '_', '#']);
        let is_short = letters.chars().count() <= LETTERS_MAX || is_one_of(letters, BESIDE);
        match is_short && rest.starts_with(|it: char| it.is_ascii_digit()) {
            true => Ok(Some(Version::new(rest))),
            false => Err(()),
        }
    };
    let bare_bound = |bound: &Option<Bound>| -> Result<(Option<Bound>, bool), ()> {
        let Some(Bound { version, inclusive }) = bound else { return Ok((None, false)) };
        let stripped = bare(version)?;
        let is_new = stripped.is_some();
        let version = stripped.unwrap_or_else(|| version.clone());
        Ok((Some(Bound { version, inclusive: *inclusive }), is_new))
    };
    let mut added = Vec::new();
    for range in ranges.iter() {
        let stripped = match range {
            Range::Any | Range::Unknown => Ok(None),
            Range::Exactly(version) => bare(version).map(|it| it.map(Range::Exactly)),
            Range::Train(version) => bare(version).map(|it| it.map(Range::Train)),
            Range::Between { from, to } => match (bare_bound(from), bare_bound(to)) {
                (Ok((from, new)), Ok((to, too))) => Ok((new || too).then_some(Range::Between { from, to })),
                _ => Err(()),
            },
        };
        match stripped {
            Ok(range) => added.extend(range),
            Err(()) => *fully = false,
        }
    }
    ranges.extend(added);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `written` means, as an administrator would write it; `…` when something was unclear.
    fn check(written: &str, expected: &str) {
        let understood = ranges(written);
        let mut said = understood.ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        if !understood.fully {
            said += " …";
        }
        assert_eq!(said, expected, "{written:?}");
    }

    #[test]
    fn ranges_of_a_standard_are_read() {
        check("vers:all/*", "*");
        check("vers:unknown/*", "?");
        check("vers:all/<V4.3.8", "< V4.3.8");
        check("vers:generic/>=1.0|<2.0|>=3.0|<3.5", "≥ 1.0, < 2.0 or ≥ 3.0, < 3.5");
        check("vers:pypi/<=1.3.0|3.0.0", "≤ 1.3.0 or ≥ 1.3.0a, < 1.3.0d or 3.0.0");
        check("vers:deb/%3C1%3A2.0", "< 1:2.0");
        check("vers:intdot/>=1|!=1.5|<2", "≥ 1, < 1.5 or > 1.5, < 2");
        check("vers:polder/>=1|!=1.5|<2", "≥ 1, < 2 or ? …");
    }

    #[test]
    fn ranges_of_real_papers_are_read() {
        check("<12.1-55.18", "< 12.1-55.18");
        check("< 4.3", "< 4.3");
        check(" <1.000.HW10.5.20190812", "< 1.000.HW10.5.20190812");
        check(">= 6.02 | <= 6.05", "≥ 6.02, ≤ 6.05");
        check(">=1.00A|<1.05F", "≥ 1.00A, < 1.05F");
        check(">= V2.2 and < V3.0", "≥ V2.2, < V3.0");
        check(">= V3.3.0 < V3.3.8", "≥ V3.3.0, < V3.3.8");
        check("All versions", "*");
        check("All versions < V2.0 SP1 UPD1", "< V2.0 SP1 UPD1");
        check("All versions <= V7.x", "≤ V7");
        check("vers:all/<CPCI85 V05", "< CPCI85 V05 or ? …");
        check(">=R6.01.00|<=R6.11.10", "≥ R6.01.00, ≤ R6.11.10 or ≥ 6.01.00, ≤ 6.11.10");
        check("<= MS_2.6.9900", "≤ MS_2.6.9900 or ≤ 2.6.9900");
        check("<= 15.2(7)E3", "≤ 15.2(7)E3");
        check("< 5.7.4 (96)", "< 5.7.4 96");
        check("<= 2.0 (Build 683.003)", "≤ 2.0 Build 683.003");
        check("8.0 | 9.0", "8.0 or 9.0");
        check("V4.4, V4.5, V5.0, and V5.1", "V4.4 or V4.5 or V5.0 or V5.1");
        check("2.3.6 and  below", "≤ 2.3.6");
        check("3.2 and prior", "≤ 3.2");
        check("12.1 or later", "≥ 12.1");
        check("2.0 through 2.4", "≥ 2.0, ≤ 2.4");
        check("01.14.000 - 01.47.000", "≥ 01.14.000, ≤ 01.47.000");
        check("01.14.000 -01.47.000", "≥ 01.14.000, ≤ 01.47.000");
        check("prior to 5.1", "< 5.1");
        check("3.0.x", "3.0.*");
        check("12.x", "12.*");
        check("1.38.xx | 1.39.00", "1.38.* or 1.39.00");
        check("13.0 Build 47.24", "13.0 Build 47.24");
    }

    #[test]
    fn what_is_not_understood_makes_every_version_possible() {
        check("", "?");
        check("n/a", "?");
        check("<April/17/2023", "? …");
        check("2.51 2.52", "? …");
        check("All versions with Ethernet interface", "? …");
        check("3.0 and <", "3.0 or ? …");
        check(">= 3.0 (only affected by CVE-2019-10943)", "≥ 3.0 …");
        check("with wireless option (shipped between 2016-August 2018)", "? …");
        check(
            "4.5 | SP6 (including) and V4.5 SP6 Hotfix 8 (excluding)",
            "4.5 or SP6 or V4.5 SP6 Hotfix 8 or 6 …",
        );
        check(&"1.0, ".repeat(1_000), "? …");
    }

    #[test]
    fn the_order_of_the_constraints_does_not_matter() {
        check("< 2.0 | >= 1.0", "≥ 1.0, < 2.0");
        check("<= 1.0 | >= 1.0", "≥ 1.0, ≤ 1.0");
        check("< 1.0 | < 3.0", "< 3.0");
        check("> 1.0 | > 2.0", "> 1.0");
        check(">= 1 | < 2 | < 3", "≥ 1, < 3");
    }
}
