//! Ruby: `Gem::Version` of RubyGems ("If any part contains letters (currently only a-z are supported) then
//! that version is considered prerelease").
//!
//! Numbers and words in turn. A word comes before every number, and what is not written is nothing; so
//! nothings before the first word, and at the end, are not there.

use super::super::key::{NUMBER, Rest, Writer, is_zero};

const WORD: u8 = 0x05;
/// A nothing that a word follows: below the end, which is all nothings.
const ZERO_BELOW: u8 = 0x06;
const END: u8 = 0x07;

pub fn write(mut rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if !rest.first()?.is_ascii_digit() {
        return None;
    }
    let (mut zeros, mut has_word) = (0_usize, false);
    while let Some(first) = rest.first() {
        match first {
            b'0'..=b'9' => {
                let digits = rest.digits();
                if is_zero(digits) {
                    zeros = zeros.saturating_add(1);
                } else {
                    to.marks(NUMBER, std::mem::take(&mut zeros));
                    to.number(digits);
                }
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                let nothings = std::mem::take(&mut zeros);
                to.marks(ZERO_BELOW, if has_word { nothings } else { 0 });
                word(rest.letters(), to);
                has_word = true;
            }
            b'.' => rest.skip(),
            // "1.0-x" is "1.0.pre.x".
            b'-' => {
                rest.skip();
                let nothings = std::mem::take(&mut zeros);
                to.marks(ZERO_BELOW, if has_word { nothings } else { 0 });
                word(b"pre", to);
                has_word = true;
            }
            _ => return None,
        }
    }
    to.mark(END);
    Some(())
}

fn word(letters: &[u8], to: &mut Writer) {
    to.mark(WORD);
    to.word(letters.iter().copied());
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn a_version_with_letters_is_not_released_yet() {
        rises(
            Scheme::Gem,
            "1.0.a.0.b < 1.0.a = 1.a = 1.0.0.a < 1.0.a.2 < 1.0.a10 < 1.0.b1 < 1.0-x < 1.0.rc1 < 1 = 1.0 = 1.0.0 < 1.0.0.1 < 1.0.1 < 1.10",
        );
        refuses(Scheme::Gem, &["junk", "1.0/2", "v1"]);
    }
}
