//! Gentoo: Package Manager Specification, section 3.3, "Version comparison"; and Alpine, whose apk-tools
//! took it over and added `cvs`, `svn`, `git` and `hg`.
//!
//! Where a part begins with 0 it is compared as text, without the zeros at its end; there such a part comes
//! before one that does not.

use super::super::key::{Rest, Writer};

const END: u8 = 0x00;
/// A part that begins with 0.
const AS_TEXT: u8 = 0x01;
const NO_LETTER: u8 = 0x00;
/// No more suffixes: between those below a release and those above it.
const RELEASE: u8 = 0x05;

const SUFFIXES: &[(&str, u8)] = &[
    ("alpha", 0x01),
    ("beta", 0x02),
    ("pre", 0x03),
    ("rc", 0x04),
    ("cvs", 0x06),
    ("svn", 0x07),
    ("git", 0x08),
    ("hg", 0x09),
    ("p", 0x0A),
];

pub fn write(mut rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if matches!(rest.first(), Some(b'v' | b'V')) {
        rest.skip();
    }
    loop {
        let digits = rest.digits();
        match digits.first()? {
            b'0' => {
                to.mark(AS_TEXT);
                let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
                let kept = digits.get(..digits.len().saturating_sub(zeros)).unwrap_or_default();
                to.word(kept.iter().copied());
            }
            _ => to.number(digits),
        }
        if !rest.takes(b'.') {
            break;
        }
    }
    to.mark(END);
    match rest.first() {
        Some(letter) if letter.is_ascii_alphabetic() => {
            rest.skip();
            to.mark(letter);
        }
        _ => to.mark(NO_LETTER),
    }
    while rest.takes(b'_') {
        let (_, mark) = SUFFIXES.iter().find(|(word, _)| rest.takes_word(word))?;
        to.mark(*mark);
        to.number(rest.digits());
    }
    to.mark(RELEASE);
    let revision = if rest.takes_word("-r") { Some(rest.digits()).filter(|it| !it.is_empty())? } else { &[] };
    to.number(revision);
    rest.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn suffixes_stand_around_the_release() {
        rises(
            Scheme::Gentoo,
            "1.0_alpha < 1.0_alpha2 < 1.0_beta1 < 1.0_pre2 < 1.0_rc3 < 1.0 = 1.0-r0 < 1.0-r1 < 1.0_git1 < 1.0_p2 < \
             1.0b < 1.0b-r3 < 1.0.0 < 1.01 < 1.1",
        );
        rises(Scheme::Gentoo, "0.1.0_alpha_pre2 < 0.1.0_alpha < 0.1.0 < 1.060 = 1.06 < 1.07 < 1.6 < 1.60");
        rises(Scheme::Gentoo, "7.83.0-r0 < 7.83.0-r10 < 7.83.1-r0 < 20050718-r1");
        refuses(Scheme::Gentoo, &["1.0-1", "1.0_foo", "1.", "1.0-r", "a"]);
    }
}
