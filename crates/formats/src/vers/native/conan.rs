//! Conan: "Version ranges" of its documentation. The upper end of `~` and `^` leaves out the pre-releases of
//! the version that it names, which Conan writes with a hyphen behind it.

use super::{Comparator, Marks, Refused, bumped, compared, no_range, numbers};

pub(super) fn read<'t>(range: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    let range = range.trim().trim_start_matches('[').trim_end_matches(']');
    // Behind a comma stand options, such as whether pre-releases count.
    let range = range.split_once(',').map_or(range, |(range, _)| range);
    for word in range.split("||").flat_map(str::split_whitespace) {
        let (comparator, version) = compared(word);
        let (sign, version) = match (comparator, version.split_at_checked(1)) {
            (None, Some((sign @ ("^" | "~"), version))) => (sign, version),
            _ => ("", version),
        };
        let version = version.strip_suffix('-').unwrap_or(version);
        if version.is_empty() {
            return Err(no_range(word));
        }
        if version == "*" {
            marks.add(Comparator::From, "0.0.0")?;
            continue;
        }
        if sign.is_empty() {
            marks.add(comparator.unwrap_or(Comparator::Equal), version)?;
            continue;
        }
        let (numbers, _) = numbers(version).ok_or_else(|| no_range(word))?;
        let last = numbers.len().saturating_sub(1);
        let place = match sign {
            "^" => numbers.iter().position(|number| *number != 0).unwrap_or(last),
            _ => last.min(1),
        };
        let to = bumped(&numbers, place).ok_or_else(|| no_range(word))?;
        marks.between(version, format!("{to}-"))?;
    }
    Ok(())
}
