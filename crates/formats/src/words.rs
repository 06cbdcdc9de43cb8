//! Text of others, fit to be shown: without control characters and without marks that turn the
//! direction of what follows, because a title goes into a mail's subject and a name into a sentence.
//!
//! Nothing else is changed. The bytes as received are kept elsewhere.

use domain::text::is_hidden;

/// A text of one or more lines. Line breaks stay, as `\n`; blanks at the ends go.
pub fn lines(text: &str) -> String {
    // Nearly all of what is written in the world needs no cleaning, and a look at its bytes says so.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return text.trim().to_owned();
    }
    let clean: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|it| match it {
            '\n' | '\t' => Some(it),
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            it if it.is_control() || is_hidden(it) => None,
            it => Some(it),
        })
        .collect();
    clean.trim().to_owned()
}

/// A text of one line: a title, a name, a number. Every run of blanks becomes one space.
pub fn line(text: &str) -> String {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(is_plain) && !text.contains("  ") {
        return text.trim().to_owned();
    }
    lines(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `chars_max` characters, cut at a word where that is near.
pub fn clipped(text: &str, chars_max: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(chars_max) else { return text.to_owned() };
    let head = text.get(..end).unwrap_or_default();
    let at_word = head.rfind(char::is_whitespace).filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", head.get(..at_word).unwrap_or(head).trim_end())
}

/// The first sentence of a text, or its first line when that is shorter.
pub fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    let first = text.lines().next().unwrap_or_default().trim();
    match first.match_indices(". ").next() {
        Some((end, _)) => first.get(..=end).unwrap_or(first),
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_turn_a_line_around_or_break_it_is_taken_out() {
        assert_eq!(line("ADC\r\nBcc: \u{202e}everyone\u{0}"), "ADC Bcc: everyone");
        assert_eq!(lines("one\r\ntwo\rthree\u{7}"), "one\ntwo\nthree");
        assert_eq!(line("a\u{85}b\u{2028}c\u{b}d"), "a b c d", "every way to begin a new line is one");
        assert_eq!(line("Noord\u{ad}zorg\u{200b}\u{61c}\u{e0041}"), "Noordzorg");
        assert_eq!(line("  Één   regel "), "Één regel");
    }

    #[test]
    fn a_long_text_is_cut_at_a_word() {
        assert_eq!(clipped("update to the newest build", 16), "update to the…");
        assert_eq!(clipped("kort", 16), "kort");
        assert_eq!(clipped("ééééééé", 3), "ééé…");
    }

    #[test]
    fn the_first_sentence_ends_at_a_dot_or_a_line() {
        assert_eq!(first_sentence("Update to 12.1-55.18. Then restart."), "Update to 12.1-55.18.");
        assert_eq!(first_sentence("Switch it off\nNow."), "Switch it off");
        assert_eq!(first_sentence(""), "");
    }
}
