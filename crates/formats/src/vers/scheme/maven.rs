//! Maven, as the official set of VERS has it: `ComparableVersion` of Maven 3.
//!
//! Dots divide numbers and words of one list; a hyphen, and a change between digits and letters, open a
//! list within the list. Nothings at the end of a list are not there, and what is not there is nothing:
//! `1.0-alpha` is `[1, [alpha]]`, and compared with `[1]` its list stands against nothing.
//!
//! At one place in a list, rising: words below a release (`alpha`, `snapshot`), lists that begin below a
//! release, the end, words above it (`sp`, then all others by letter), lists above it, numbers. Maven's
//! own comparison runs in circles where a nothing is followed by a word below a release (1.0.alpha is
//! below 1, which is below 1-1, which is below 1.0.alpha); here 1.0.alpha is below 1 and stays there.

use super::super::key::{NUMBER, Rest, Writer, is_zero};

/// Below the end: words by their rank from here on, then lists, then nothings before such a word.
const WORD_BELOW: u8 = 0x01;
const LIST_BELOW: u8 = 0x08;
const ZERO_BELOW: u8 = 0x09;
const END: u8 = 0x10;
const SERVICE_PACK: u8 = 0x11;
const WORD_ABOVE: u8 = 0x12;
const LIST_ABOVE: u8 = 0x1F;

pub fn write(rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if rest.is_empty() {
        return None;
    }
    let mut list = List { to, lists: 0, zeros: 0 };
    let mut rest = rest;
    loop {
        let at = rest;
        let digits = rest.digits();
        if !digits.is_empty() {
            list.number(digits);
        } else {
            let word = rest.take_while(|byte| !byte.is_ascii_digit() && byte != b'.' && byte != b'-');
            list.word(word, rest.first().is_some_and(|next| next.is_ascii_digit()));
        }
        match rest.first() {
            None => break,
            Some(b'.') => rest.skip(),
            Some(b'-') => {
                rest.skip();
                list.opens();
            }
            // From letters to digits or back.
            Some(_) => {
                debug_assert!(at.0.len() > rest.0.len(), "each turn takes something");
                list.opens();
            }
        }
        if rest.is_empty() {
            break;
        }
    }
    list.to.mark(END);
    Some(())
}

/// The list that is being written. Lists that were opened, and nothings, wait until it is clear whether
/// they stand above or below a release, or are not there at all.
struct List<'w> {
    to: &'w mut Writer,
    lists: usize,
    zeros: usize,
}

impl List<'_> {
    fn opens(&mut self) {
        self.zeros = 0;
        self.lists = self.lists.saturating_add(1);
    }

    fn settles(&mut self, list: u8, zero: u8) {
        self.to.marks(list, std::mem::take(&mut self.lists));
        self.to.marks(zero, std::mem::take(&mut self.zeros));
    }

    fn number(&mut self, digits: &[u8]) {
        if is_zero(digits) {
            self.zeros = self.zeros.saturating_add(1);
            return;
        }
        self.settles(LIST_ABOVE, NUMBER);
        self.to.number(digits);
    }

    fn word(&mut self, word: &[u8], before_digits: bool) {
        let is = |words: &[&str]| words.iter().any(|it| word.eq_ignore_ascii_case(it.as_bytes()));
        let rank = if is(&["alpha"]) || before_digits && is(&["a"]) {
            0
        } else if is(&["beta"]) || before_digits && is(&["b"]) {
            1
        } else if is(&["milestone"]) || before_digits && is(&["m"]) {
            2
        } else if is(&["rc", "cr"]) {
            3
        } else if is(&["snapshot"]) {
            4
        } else if is(&["", "ga", "final", "release"]) {
            self.zeros = self.zeros.saturating_add(1);
            return;
        } else if is(&["sp"]) {
            self.settles(LIST_ABOVE, NUMBER);
            return self.to.mark(SERVICE_PACK);
        } else {
            self.settles(LIST_ABOVE, NUMBER);
            self.to.mark(WORD_ABOVE);
            return self.to.folded(word);
        };
        self.settles(LIST_BELOW, ZERO_BELOW);
        self.to.mark(WORD_BELOW.saturating_add(rank));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn qualifiers_rise_to_the_release_and_beyond() {
        rises(
            Scheme::Maven,
            "1-alpha2snapshot < 1-alpha2 < 1-alpha-123 < 1-beta-2 < 1-m11 < 1-rc = 1-cr < 1-rc123 < 1-SNAPSHOT < \
             1 = 1.0 = 1-0 = 1.0.0-ga = 1.Final < 1-sp < 1-sp2 < 1-abc < 1-def < 1-pom-1 < 1-1-snapshot < 1-1 < 1-123",
        );
        rises(
            Scheme::Maven,
            "2.0 < 2-1 < 2.0.a < 2.0.0.a < 2.0.2 < 2.1-a < 2.1b < 2.1-1 < 2.1.0.1 < 11.a2 < 11",
        );
    }

    #[test]
    fn what_a_warning_needs_is_right() {
        rises(Scheme::Maven, "2.0-beta9 < 2.0-rc1 < 2.0 < 2.3.1 < 2.14.1 < 2.15.0 < 2.16.0 < 2.17.1");
        rises(Scheme::Maven, "4.0.0.Beta1 < 4.0.0.CR2 < 4.0.0.Final = 4.0.0 < 4.0.0.SP1 < 4.0.1.Final");
        rises(Scheme::Maven, "1.0.alpha < 1 < 1-1");
        refuses(Scheme::Maven, &[""]);
    }
}
