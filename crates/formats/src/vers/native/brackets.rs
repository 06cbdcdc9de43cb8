//! Intervals in brackets: NuGet ("Version ranges") and Maven ("Version Range Specification"). A version alone
//! is the least that NuGet takes, and the one that Maven is asked for.

use super::{Comparator, Marks, Refused, no_range};

pub(super) fn read<'t>(range: &'t str, marks: &mut Marks<'t>) -> Result<(), Refused> {
    let mut rest = range.trim();
    if !rest.starts_with(['[', '(']) {
        let comparator = if marks.kind == "nuget" { Comparator::From } else { Comparator::Equal };
        return marks.add(comparator, rest);
    }
    while !rest.is_empty() {
        let from = match rest.as_bytes().first() {
            Some(b'[') => Comparator::From,
            Some(b'(') => Comparator::Above,
            _ => return Err(no_range(range)),
        };
        let end = rest.find([']', ')']).ok_or_else(|| no_range(range))?;
        let to = if rest.get(end..).is_some_and(|it| it.starts_with(']')) {
            Comparator::To
        } else {
            Comparator::Below
        };
        let inside = rest.get(1..end).unwrap_or_default();
        match inside.split_once(',').map(|(low, high)| (low.trim(), high.trim())) {
            None => marks.add(Comparator::Equal, inside.trim())?,
            Some(("", "")) => marks.is_all = true,
            Some((low, high)) => {
                if !low.is_empty() {
                    marks.add(from, low)?;
                }
                if !high.is_empty() {
                    marks.add(to, high)?;
                }
            }
        }
        rest = rest.get(end.saturating_add(1)..).unwrap_or_default().trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Ok(())
}
