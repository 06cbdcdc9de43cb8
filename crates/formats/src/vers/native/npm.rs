//! npm: the README of node-semver, "Ranges" and "Advanced Range Syntax".
//!
//! Versions are written out with three numbers. In two places the official set of VERS takes less than npm
//! does, and we follow the set: `>= 2.2.x` is read as `2.2.x`, and `~0.8.0-pre` as that pre-release and its
//! release.

use super::{Comparator, Marks, Refused, bumped, compared, no_range, numbers};

pub(super) fn read<'t>(range: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    for part in range.split("||").map(str::trim) {
        if part.is_empty() || is_wild(part) {
            marks.is_all = true;
        } else if let Some((from, to)) = part.split_once(" - ") {
            hyphen(from.trim(), to.trim(), marks)?;
        } else {
            comparisons(part, marks)?;
        }
    }
    Ok(())
}

fn is_wild(part: &str) -> bool {
    matches!(part, "*" | "x" | "X")
}

fn comparisons<'t>(part: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    let mut waiting = None;
    for word in part.split_whitespace() {
        let (comparator, version) = match waiting.take() {
            Some(comparator) => (Some(comparator), word),
            None => compared(word),
        };
        if version.is_empty() {
            waiting = comparator;
            continue;
        }
        match (comparator, version.split_at_checked(1)) {
            (None, Some(("^", version))) => caret(version, marks)?,
            (None, Some(("~", version))) => tilde(version.trim_start_matches('>'), marks)?,
            _ => match Partial::of(version) {
                Some(partial) => partial.compare(comparator.unwrap_or(Comparator::Equal), marks)?,
                None => marks.add(comparator.unwrap_or(Comparator::Equal), whole(version))?,
            },
        }
    }
    if waiting.is_some() { Err(no_range(part)) } else { Ok(()) }
}

/// `5.0.0 - 7.2.3`: both belong to it; of a version that is not whole, all that it begins.
fn hyphen<'t>(from: &'t str, to: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    marks.add(Comparator::From, whole(&without_wild(from)))?;
    match numbers(plain(&without_wild(to))) {
        Some((numbers, true)) if numbers.len() < 3 => {
            let next = bumped(&numbers, numbers.len().saturating_sub(1)).ok_or_else(|| no_range(to))?;
            marks.add(Comparator::Below, whole(&next))
        }
        _ => marks.add(Comparator::To, whole(to)),
    }
}

/// `^1.2.3`: what does not change the first number that is not nothing.
fn caret<'t>(version: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    let version = without_wild(version);
    let (numbers, _) = numbers(plain(&version)).ok_or_else(|| no_range(&version))?;
    let last = numbers.len().saturating_sub(1).min(2);
    let place = numbers.iter().take(3).position(|number| *number != 0).unwrap_or(last);
    let to = bumped(&numbers, place).ok_or_else(|| no_range(&version))?;
    marks.between(whole(&version), whole(&to))
}

/// `~1.2.3`: what changes the last number; `~1` what changes the second.
fn tilde<'t>(version: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    let version = without_wild(version);
    let (numbers, is_plain) = numbers(plain(&version)).ok_or_else(|| no_range(&version))?;
    if let ([major, minor, 0], false) = (numbers.as_slice(), is_plain) {
        let release = format!("{major}.{minor}.0");
        marks.between(whole(&version), release.clone())?;
        return marks.between(release, format!("{major}.{minor}.1"));
    }
    let to = bumped(&numbers, numbers.len().saturating_sub(1).min(1)).ok_or_else(|| no_range(&version))?;
    marks.between(whole(&version), whole(&to))
}

/// `1.2.x`: the versions that begin so.
struct Partial(Vec<u64>);

impl Partial {
    /// `None` when the version is no such one.
    fn of(version: &str) -> Option<Self> {
        let bare = without_wild(version);
        if bare.len() == version.len() {
            return None;
        }
        numbers(plain(&bare))
            .filter(|(numbers, is_plain)| *is_plain && numbers.len() < 3)
            .map(|it| Self(it.0))
    }

    fn compare(&self, comparator: Comparator, marks: &mut Marks<'_>) -> Result<(), Refused> {
        let written = || self.0.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
        let from = whole(&written());
        let next = bumped(&self.0, self.0.len().saturating_sub(1)).ok_or_else(|| no_range(&from))?;
        let next = whole(&next);
        match comparator {
            Comparator::Equal | Comparator::From => marks.between(from, next),
            Comparator::Below => marks.add(Comparator::Below, from),
            Comparator::To => marks.add(Comparator::Below, next),
            Comparator::Above => marks.add(Comparator::From, next),
            Comparator::Not => {
                marks.add(Comparator::Below, from)?;
                marks.add(Comparator::From, next)
            }
        }
    }
}

/// `1.2` of `1.2.x` and of `1.2.*.*`.
fn without_wild(version: &str) -> String {
    let mut bare = version;
    while let Some(shorter) = bare.strip_suffix(".x").or(bare.strip_suffix(".X")).or(bare.strip_suffix(".*"))
    {
        bare = shorter;
    }
    bare.to_owned()
}

/// Without the letter that some put in front.
fn plain(version: &str) -> &str {
    version.trim_start_matches(['v', 'V', '='])
}

/// With three numbers.
fn whole(version: &str) -> String {
    let version = plain(version);
    let end = version.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(version.len());
    let (head, rest) = version.split_at_checked(end).unwrap_or((version, ""));
    let missing = 3_usize.saturating_sub(head.split('.').count());
    format!("{head}{}{rest}", ".0".repeat(if head.is_empty() { 0 } else { missing }))
}
