//! Lists with commas: gems ("Pessimistic version constraint" of RubyGems), Python (PEP 440, "Version
//! specifiers"), and the security advisories of nginx and OpenSSL.

use super::{Comparator, Marks, Refused, bumped, compared, no_range, numbers};

fn items(range: &str) -> impl DoubleEndedIterator<Item = &str> {
    range.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// `~> 2.0.8` is 2.0.8 and all that keeps its numbers but the last.
pub(super) fn read_gem<'t>(range: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    for item in items(range) {
        let Some(version) = item.strip_prefix("~>") else {
            let (comparator, version) = compared(item);
            marks.add(comparator.unwrap_or(Comparator::Equal), version)?;
            continue;
        };
        let version = version.trim();
        let (numbers, _) = numbers(version).ok_or_else(|| no_range(item))?;
        let to = bumped(&numbers, numbers.len().saturating_sub(2)).ok_or_else(|| no_range(item))?;
        marks.between(version, to)?;
    }
    Ok(())
}

/// `~= 2.2.1`, `== 1.2.*` and `!= 1.2.*` are stretches; `dev0` is the first version of any.
pub(super) fn read_pypi<'t>(range: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    for item in items(range) {
        if let Some(version) = item.strip_prefix("~=").map(str::trim) {
            let (numbers, _) = numbers(version).filter(|it| it.0.len() > 1).ok_or_else(|| no_range(item))?;
            let to = bumped(&numbers, numbers.len().saturating_sub(2)).ok_or_else(|| no_range(item))?;
            marks.between(version, format!("{to}.dev0"))?;
            continue;
        }
        let item = item.strip_prefix('=').filter(|rest| rest.starts_with("==")).unwrap_or(item);
        let (comparator, version) = compared(item);
        let Some(train) = version.strip_suffix(".*") else {
            marks.add(comparator.unwrap_or(Comparator::Equal), version)?;
            continue;
        };
        let (numbers, _) = numbers(train).ok_or_else(|| no_range(item))?;
        let next = bumped(&numbers, numbers.len().saturating_sub(1)).ok_or_else(|| no_range(item))?;
        let (from, to) = (format!("{train}.dev0"), format!("{next}.dev0"));
        if comparator == Some(Comparator::Not) {
            marks.add(Comparator::Below, from)?;
            marks.add(Comparator::From, to)?;
        } else {
            marks.between(from, to)?;
        }
    }
    Ok(())
}

/// `1.5.0+`: from there on; in a stable branch, whose second number is even, to the end of the branch. The
/// newest branch stands first, and where one ends another begins.
pub(super) fn read_nginx<'t>(range: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    for item in items(range).rev() {
        if item.eq_ignore_ascii_case("all") {
            marks.is_all = true;
        } else if let Some(version) = item.strip_suffix('+') {
            marks.add(Comparator::From, version)?;
            let (numbers, _) = numbers(version).ok_or_else(|| no_range(item))?;
            if numbers.get(1).is_some_and(|minor| minor.is_multiple_of(2)) {
                let next = bumped(&numbers, 1).ok_or_else(|| no_range(item))?;
                marks.add(Comparator::Below, format!("{next}.0"))?;
            }
        } else if let Some((from, to)) = item.split_once('-') {
            marks.add(Comparator::From, from.trim())?;
            marks.add(Comparator::To, to.trim())?;
        } else {
            marks.add(Comparator::Equal, item)?;
        }
    }
    Ok(())
}

pub(super) fn read_openssl<'t>(range: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    items(range).try_for_each(|item| marks.add(Comparator::Equal, item))
}
