//! Python: PEP 440, "Summary of permitted suffixes and relative ordering" and its appendix B, which says
//! how else the parts may be written.

use super::super::key::{NUMBER, Rest, Writer, is_zero};

const END: u8 = 0x01;
/// Marks of the pre-release part, rising. A version that is only a `.dev` comes before all of them.
const ONLY_DEV: u8 = 0x01;
const ALPHA: u8 = 0x02;
const BETA: u8 = 0x03;
const CANDIDATE: u8 = 0x04;
const FINAL: u8 = 0x05;
const NO_POST: u8 = 0x01;
const POST: u8 = 0x02;
const DEV: u8 = 0x01;
const NO_DEV: u8 = 0x02;
/// A word in a local version; numbers come behind it.
const WORD: u8 = 0x10;

pub fn write(mut rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if matches!(rest.first(), Some(b'v' | b'V')) {
        rest.skip();
    }
    let mut digits = some_digits(&mut rest)?;
    if rest.takes(b'!') {
        to.number(digits);
        digits = some_digits(&mut rest)?;
    } else {
        to.value(0);
    }
    let mut zeros = 0_usize;
    loop {
        if is_zero(digits) {
            zeros = zeros.saturating_add(1);
        } else {
            to.marks(NUMBER, std::mem::take(&mut zeros));
            to.number(digits);
        }
        let [b'.', next, ..] = rest.0 else { break };
        if !next.is_ascii_digit() {
            break;
        }
        rest.skip();
        digits = rest.digits();
    }
    to.mark(END);
    if rest.is_empty() {
        to.plain(&[FINAL, NO_POST, NO_DEV, END]);
        return Some(());
    }
    let pre = named(
        &mut rest,
        &[
            ("alpha", ALPHA),
            ("a", ALPHA),
            ("beta", BETA),
            ("b", BETA),
            ("preview", CANDIDATE),
            ("pre", CANDIDATE),
            ("rc", CANDIDATE),
            ("c", CANDIDATE),
        ],
    );
    let post = match rest.0 {
        // "1.0-1" is "1.0.post1".
        [b'-', next, ..] if next.is_ascii_digit() => {
            rest.skip();
            Some((POST, rest.digits()))
        }
        _ => named(&mut rest, &[("post", POST), ("rev", POST), ("r", POST)]),
    };
    let dev = named(&mut rest, &[("dev", DEV)]);
    match (pre, post, dev) {
        (Some((kind, digits)), ..) => {
            to.mark(kind);
            to.number(digits);
        }
        (None, None, Some(_)) => to.mark(ONLY_DEV),
        (None, ..) => to.mark(FINAL),
    }
    match post {
        Some((_, digits)) => {
            to.mark(POST);
            to.number(digits);
        }
        None => to.mark(NO_POST),
    }
    match dev {
        Some((_, digits)) => {
            to.mark(DEV);
            to.number(digits);
        }
        None => to.mark(NO_DEV),
    }
    local(rest, to)
}

fn some_digits<'t>(rest: &mut Rest<'t>) -> Option<&'t [u8]> {
    Some(rest.digits()).filter(|digits| !digits.is_empty())
}

/// One of these words with its number, and what may stand before and between. Leaves `rest` as it is when
/// there is none.
fn named<'t>(rest: &mut Rest<'t>, words: &[(&str, u8)]) -> Option<(u8, &'t [u8])> {
    let is_separator = |byte: Option<u8>| matches!(byte, Some(b'.' | b'-' | b'_'));
    let mut ahead = *rest;
    if is_separator(ahead.first()) {
        ahead.skip();
    }
    let (_, kind) = words.iter().find(|(word, _)| ahead.takes_word(word))?;
    if is_separator(ahead.first()) {
        ahead.skip();
    }
    let digits = ahead.digits();
    *rest = ahead;
    Some((*kind, digits))
}

/// `+ubuntu.1`, and nothing behind it.
fn local(mut rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if rest.takes(b'+') {
        loop {
            let segment = rest.take_while(|byte| byte.is_ascii_alphanumeric());
            if segment.is_empty() {
                return None;
            }
            if segment.iter().all(u8::is_ascii_digit) {
                to.number(segment);
            } else {
                to.mark(WORD);
                to.folded(segment);
            }
            if !matches!(rest.first(), Some(b'.' | b'-' | b'_')) {
                break;
            }
            rest.skip();
        }
    }
    to.mark(END);
    rest.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn the_summary_of_the_standard_rises() {
        rises(
            Scheme::Pypi,
            "1.dev0 < 1.0.dev456 < 1.0a1 < 1.0a2.dev456 < 1.0a12.dev456 < 1.0a12 < 1.0b1.dev456 < 1.0b2 < \
             1.0b2.post345.dev456 < 1.0b2.post345 < 1.0rc1.dev456 < 1.0rc1 < 1.0 = 1 = 1.0.0 < 1.0+abc.5 < \
             1.0+abc.7 < 1.0+5 < 1.0.post456.dev34 < 1.0.post456 < 1.0.15 < 1.1.dev1 < 1!0.1",
        );
    }

    #[test]
    fn a_part_may_be_written_in_many_ways() {
        rises(
            Scheme::Pypi,
            "1.1rc1 = v1.1.RC1 = 1.1-c.1 = 1.1_preview_1 < 1.1 < 1.1.post2 = 1.1-2 = 1.1.rev2 = 1.1-r-2",
        );
        rises(
            Scheme::Pypi,
            "1.0a = 1.0a0 = 1.0-alpha. < 1.0alpha1 < 1.0+ubuntu-1 = 1.0+ubuntu.1 = 1.0+Ubuntu_1",
        );
        refuses(Scheme::Pypi, &["1.0-foo", "1.0+", "dev", "1.0.x", "1..0", "1!", "2004d"]);
    }
}
