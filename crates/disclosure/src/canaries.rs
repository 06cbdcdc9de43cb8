//! Words that may not stand in what somebody else gets. Tests hold every output against them: pages, mails, files,
//! logs. What was searched is counted, because a search of nothing finds nothing.

use std::io::Write;

/// Names the file to which each search adds a line with the number of its bytes. Without it nothing is counted.
pub const COUNTED_IN: &str = "DIJKWACHT_CANARIES";

/// The first of `marks` that stands in `output` as a word of its own, in whatever case.
pub fn found<'m>(output: &[u8], marks: impl IntoIterator<Item = &'m str>) -> Option<&'m str> {
    count(output.len());
    let text = String::from_utf8_lossy(output).to_lowercase();
    marks.into_iter().find(|mark| stands_in(&text, &mark.to_lowercase()))
}

fn stands_in(text: &str, mark: &str) -> bool {
    let is_of_word = |letter: char| letter.is_alphanumeric();
    !mark.is_empty()
        && text.match_indices(mark).any(|(at, _)| {
            let before = text.get(..at).and_then(|it| it.chars().next_back());
            let after = text.get(at + mark.len()..).and_then(|it| it.chars().next());
            !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
        })
}

#[expect(clippy::disallowed_methods, reason = "where tests count stands in their environment")]
fn count(bytes: usize) {
    let Some(file) = std::env::var_os(COUNTED_IN) else { return };
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(file);
    // A line is short enough to be written at once, so that tests beside each other do not mix theirs.
    if let Ok(mut file) = opened {
        let _ = file.write_all(format!("{bytes}\n").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_as_a_word_and_not_within_another() {
        let marks = ["zorg 1", "noordzorg"];
        assert_eq!(found(b"<p>NOORDZORG</p>", marks), Some("noordzorg"));
        assert_eq!(found(b"vpn.noordzorg.example", marks), Some("noordzorg"));
        assert_eq!(found(b"zorg 12 and noordzorgen", marks), None);
        assert_eq!(found(b"x zorg 12 x zorg 1", marks), Some("zorg 1"));
    }
}
