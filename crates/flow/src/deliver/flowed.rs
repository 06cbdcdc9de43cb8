//! Plain text that a narrow screen may wrap again: `format=flowed` (RFC 3676).
//!
//! A line that ends in a space goes on in the next one; every other line ends where it ends. A line
//! that begins with a space, with `>` or with `From ` gets a space more on its way, and loses it again
//! at the reader: otherwise it would read as indented less, as quoted, or as a new mail.

/// Where lines end as they are shown.
pub const WIDTH: usize = 72;

/// Paragraphs and lines, as they travel.
#[derive(Debug, Default)]
pub struct Flowed(String);

impl Flowed {
    /// A line that stays as it is.
    pub fn line(&mut self, line: &str) {
        self.put(line.trim_end_matches(' '));
    }

    /// A paragraph of one line, wrapped between words; a word is never broken, because it may be an
    /// address. Words are divided by single spaces.
    pub fn paragraph(&mut self, text: &str) {
        let lines = wrapped(text.trim_end_matches(' '), WIDTH);
        let Some((last, others)) = lines.split_last() else { return };
        for line in others {
            self.put(&format!("{line} "));
        }
        self.put(last);
    }

    fn put(&mut self, line: &str) {
        if line.starts_with([' ', '>']) || line.starts_with("From ") {
            self.0.push(' ');
        }
        self.0 += line;
        self.0.push('\n');
    }

    pub fn text(self) -> String {
        self.0
    }
}

/// `text` in lines of at most `width` characters, as far as its words allow. At least one line.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(last) if last.is_empty() || taken + 1 + length <= width => {
                if !last.is_empty() {
                    last.push(' ');
                    taken += 1;
                }
                last.push_str(word);
                taken += length;
            }
            _ => {
                lines.push(word.to_owned());
                taken = length;
            }
        }
    }
    lines
}

/// The text as its reader sees it on a screen that is wide enough.
pub fn read(text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        shown += line;
        if !line.ends_with(' ') {
            shown.push('\n');
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_wrapped_on_its_way_and_whole_at_its_reader() {
        let words =
            "Wie niet vóór 9 januari veilig was, moet ervan uitgaan dat er iemand binnen is geweest. ";
        let text = words.repeat(3).trim_end().to_owned();
        let mut flowed = Flowed::default();
        flowed.paragraph(&text);
        let sent = flowed.text();
        assert_eq!(sent.lines().count(), 4);
        assert!(sent.lines().all(|line| line.trim_end().chars().count() <= WIDTH), "{sent}");
        assert_eq!(read(&sent), format!("{text}\n"));
    }

    #[test]
    fn a_line_is_neither_quoted_nor_indented_nor_a_new_mail_by_accident() {
        for line in
            ["", " indented", "> quoted", "From here on", "From: nobody", ".", "-- ", "a long word: é"]
        {
            let mut flowed = Flowed::default();
            flowed.line(line);
            let sent = flowed.text();
            assert!(!sent.starts_with('>') && !sent.starts_with("From "), "{sent:?}");
            assert_eq!(read(&sent), format!("{}\n", line.trim_end()));
        }
    }

    #[test]
    fn a_word_is_never_broken() {
        let link = format!("https://platform.z-cert.example/sign-in/{}", "0".repeat(48));
        assert_eq!(wrapped(&link, WIDTH), [link.as_str()]);
        assert_eq!(wrapped(&format!("a {link} b"), WIDTH), ["a", &link, "b"]);
        assert_eq!(wrapped("", WIDTH), [""]);
    }
}
