//! EPSS: how likely it is that a vulnerability is exploited within thirty days, one number for each of the
//! world, anew every day.
//!
//! ```text
//! #model_version:v2025.03.14,score_date:2026-11-22T00:00:00+0000
//! cve,epss,percentile
//! CVE-2019-19781,0.94372,0.99963
//! ```
//!
//! The list has some 300,000 lines. Who keeps it as it is has a heap; what is done with it is decided where
//! it is taken in.

use jiff::Timestamp;

use domain::rating::Share;

use crate::json::{self, Complaints, Limits, moment};
use crate::{Read, Unreadable, Weight, What, Why, words};

/// Who computes it.
pub const PUBLISHER: &str = "FIRST EPSS";

/// More lines than the world has vulnerabilities.
const ROWS_MAX: usize = 2_000_000;

/// A list as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub model: Option<String>,
    /// As of when the numbers hold.
    pub scored_at: Option<Timestamp>,
    /// In the order of the list.
    pub chances: Vec<Chance>,
}

/// One vulnerability of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chance {
    /// `CVE-2019-19781`, in upper case.
    pub vulnerability: String,
    pub probability: Share,
    /// Which part of all vulnerabilities has this chance or less.
    pub percentile: Share,
}

/// Whether a text begins as such a list does.
pub(crate) fn is_one(text: &str) -> bool {
    text.starts_with("#model_version:") || text.lines().next().is_some_and(is_header)
}

fn is_header(line: &str) -> bool {
    line.trim().eq_ignore_ascii_case("cve,epss,percentile")
}

/// Reads the list, unpacked.
///
/// # Errors
/// When it is no text, too big, has no header, or not one line can be used.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<List>, Unreadable> {
    let text = json::text(bytes, limits)?;
    let mut complaints = Complaints::default();
    let mut list = List { model: None, scored_at: None, chances: Vec::new() };
    let mut lines = text.lines().enumerate();
    let has_header = lines.by_ref().take(20).any(|(_, line)| {
        if let Some(note) = line.trim().strip_prefix('#') {
            comment(note, &mut list, &mut complaints);
        }
        is_header(line)
    });
    if !has_header {
        return Err(Unreadable::whole(Why::NoColumns("cve, epss, percentile")));
    }
    if list.scored_at.is_none() {
        complaints.add(Weight::Note, String::new(), What::Missing("score_date".into()));
    }
    for (place, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let row = place.saturating_add(1);
        if list.chances.len() >= ROWS_MAX {
            return Err(Unreadable::whole(Why::TooManyRows { limit: ROWS_MAX }));
        }
        match chance(line) {
            Ok(chance) => list.chances.push(chance),
            Err(what) => complaints.add(Weight::Loss, format!("row {row}"), what),
        }
    }
    if list.chances.is_empty() {
        return Err(Unreadable::whole(Why::Missing("the chance of even one vulnerability")));
    }
    Ok(Read { it: list, complaints: complaints.into_list() })
}

/// `model_version:v2025.03.14,score_date:2026-11-22T00:00:00+0000`.
fn comment(note: &str, list: &mut List, complaints: &mut Complaints) {
    for part in note.split(',') {
        let Some((key, value)) = part.split_once(':') else { continue };
        match key.trim() {
            "model_version" => list.model = Some(words::clipped(&words::line(value), 40)),
            "score_date" => {
                // The offset is written without a colon.
                let day = value.trim().strip_suffix("+0000").unwrap_or(value);
                list.scored_at = moment(day);
                if list.scored_at.is_none() {
                    let what = What::NoTime(words::clipped(&words::line(value), 40));
                    complaints.add(Weight::Doubt, "row 1".into(), what);
                }
            }
            _ => {}
        }
    }
}

fn chance(line: &str) -> Result<Chance, What> {
    let mut cells = line.split(',').map(|cell| cell.trim().trim_matches('"'));
    let (Some(name), Some(probability), Some(percentile), None) =
        (cells.next(), cells.next(), cells.next(), cells.next())
    else {
        return Err(What::Cells { expected: 3, found: line.split(',').count() });
    };
    let name = name.to_ascii_uppercase();
    if !name.starts_with("CVE-") || name.len() > 30 {
        return Err(What::Missing("the number of the vulnerability".into()));
    }
    let share = |cell: &str| Share::of_decimal(cell).ok_or(What::Shape("a number from 0 to 1"));
    Ok(Chance {
        vulnerability: words::line(&name),
        probability: share(probability)?,
        percentile: share(percentile)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_with_its_day_and_says_which_lines_it_could_not_use() {
        let text = include_str!("../../../fixtures/epss/scores.csv");
        let read = read_within(text.as_bytes(), Limits::default()).unwrap();
        let mut page = format!("{:?} {:?}\n", read.it.model, read.it.scored_at.map(|at| at.to_string()));
        for Chance { vulnerability, probability, percentile } in &read.it.chances {
            page += &format!("{vulnerability} {probability} {percentile}\n");
        }
        page.extend(read.complaints.iter().map(|it| format!("! {} {}\n", it.at, it.what)));
        insta::assert_snapshot!(page, @r#"
        Some("v2026.01.01") Some("2020-01-13T00:00:00Z")
        CVE-2019-19781 94.4 % 100.0 %
        CVE-2026-1000001 0.0 % 10.5 %
        CVE-2026-1000002 45.0 % 97.0 %
        ! row 6 this should be a number from 0 to 1
        ! row 7 the number of the vulnerability is missing
        ! row 8 the row has 2 cells, the header 3
        "#);
    }

    #[test]
    fn what_has_no_header_or_no_line_is_no_list() {
        let read = |text: &str| read_within(text.as_bytes(), Limits::default());
        assert!(read("CVE-2019-19781,0.9,0.9\n").is_err());
        assert!(read("cve,epss,percentile\n").is_err());
        assert!(read(&"#\n".repeat(100_000)).is_err());
        assert!(is_one("cve,epss,percentile\nx") && !is_one("vendor,product,version\n"));
    }
}
