//! Conan 2: its `Version` ("conan.tools.scm Version"): parts by dots, a pre-release behind the last hyphen, a
//! build behind the last plus, each of them such a version again.
//!
//! Conan compares a number with a word by their text, which is no order (9, 10 and 5a run in a circle). Here
//! a word that begins with digits is compared by them first.

use super::super::key::{NUMBER, Rest, Writer, is_zero};

const END: u8 = 0x01;
const PRE_RELEASE: u8 = 0x01;
const RELEASE: u8 = 0x02;
const NO_BUILD: u8 = 0x01;
const BUILD: u8 = 0x02;
/// A part that is empty comes before all others.
const NOTHING: u8 = 0x10;
const WORD: u8 = 0x30;

pub fn write(rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if rest.is_empty() {
        return None;
    }
    let (rest, build) = split_last(rest.0, b'+');
    let (main, pre) = split_last(rest, b'-');
    parts(main, to);
    match pre {
        Some(pre) => {
            to.mark(PRE_RELEASE);
            parts(pre, to);
        }
        None => to.mark(RELEASE),
    }
    match build {
        Some(build) => {
            to.mark(BUILD);
            parts(build, to);
        }
        None => to.mark(NO_BUILD),
    }
    Some(())
}

fn split_last(bytes: &[u8], sign: u8) -> (&[u8], Option<&[u8]>) {
    match bytes.iter().rposition(|byte| *byte == sign).and_then(|at| bytes.split_at_checked(at)) {
        Some((before, behind)) => (before, behind.get(1..)),
        None => (bytes, None),
    }
}

fn parts(bytes: &[u8], to: &mut Writer) {
    let mut zeros = 0_usize;
    for part in bytes.split(|byte| *byte == b'.') {
        let mut rest = Rest(part);
        let digits = rest.digits();
        if !digits.is_empty() && rest.is_empty() && is_zero(digits) {
            zeros = zeros.saturating_add(1);
            continue;
        }
        for _ in 0..std::mem::take(&mut zeros) {
            to.plain(&[NUMBER, 0]);
        }
        match digits {
            [] if rest.is_empty() => to.mark(NOTHING),
            [] => to.mark(WORD),
            digits => to.number(digits),
        }
        to.word(rest.0.iter().copied());
    }
    to.mark(END);
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn words_follow_numbers_and_a_pre_release_comes_first() {
        rises(
            Scheme::Conan,
            "1.0-pre1 = 1-pre1.0 < 1.0-pre2 < 1 = 1.0.0 < 1.0+b1 = 1+b1.0 < 1.0+b2 < 1.1 < 1.1.3 < 1.1.22 < 1.1.a < 1.1a < 1.2",
        );
        rises(Scheme::Conan, "1.0.0- < 1.0.0-alpha1 < 1.0.0 < 2 < 9c < 9d < a.b.c < b.c < cci.20200203");
        rises(Scheme::Conan, "1.0.2 < 1.0.2s < 1.0.2v < 1.0.2y < 1.0.2za < 1.1.1 < 1.1.1d");
        refuses(Scheme::Conan, &[""]);
    }
}
