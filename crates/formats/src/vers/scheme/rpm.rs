//! RPM: `rpmvercmp` ("RPM version comparison", rpm-version(7)), and what Arch Linux made of it (`vercmp(8)`).
//!
//! RPM looks at runs of digits and of letters and at nothing else but the tilde, which comes before the end,
//! and the caret, which comes right behind it. Arch knows neither; there, letters that follow a number
//! without a sign come before the end (1.0rc before 1.0), and more signs come behind fewer.

use std::cmp::Ordering;

use super::super::key::{NUMBER_END, Rest, Writer};

const TILDE: u8 = 0x01;
const END: u8 = 0x02;
const CARET: u8 = 0x03;
const WORD: u8 = 0x04;

pub fn write(rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    let (version, release) = parted(rest, to)?;
    part(version, to);
    part(Rest(release.unwrap_or_default()), to);
    Some(())
}

/// Writes the epoch; gives back version and release.
fn parted<'t>(rest: Rest<'t>, to: &mut Writer) -> Option<(Rest<'t>, Option<&'t [u8]>)> {
    if !rest.0.iter().any(u8::is_ascii_alphanumeric) {
        return None;
    }
    let mut epoch = rest;
    let digits = epoch.digits();
    let rest = if epoch.takes(b':') {
        to.number(digits);
        epoch
    } else {
        to.value(0);
        rest
    };
    let at = rest.0.iter().rposition(|byte| *byte == b'-');
    let (version, release) = match at.and_then(|at| rest.0.split_at_checked(at)) {
        Some((version, release)) => (version, release.get(1..)),
        None => (rest.0, None),
    };
    Some((Rest(version), release))
}

fn part(mut rest: Rest<'_>, to: &mut Writer) {
    loop {
        rest.take_while(|byte| !byte.is_ascii_alphanumeric() && byte != b'~' && byte != b'^');
        match rest.first() {
            None => return to.mark(END),
            Some(b'~') => {
                rest.skip();
                to.mark(TILDE);
            }
            Some(b'^') => {
                rest.skip();
                to.mark(CARET);
            }
            Some(digit) if digit.is_ascii_digit() => to.number(rest.digits()),
            Some(_) => {
                to.mark(WORD);
                to.word(rest.letters().iter().copied());
            }
        }
    }
}

/// For Arch: letters right behind digits.
const ATTACHED_WORD: u8 = 0x01;
/// For Arch: digits right behind letters, or at the beginning.
const ATTACHED_NUMBER: u8 = 0x03;
/// For Arch: signs, with how many there are behind it.
const SIGNS: u8 = 0x2F;
const _: () = assert!(NUMBER_END <= SIGNS, "a run of signs comes behind digits that follow without one");

pub fn write_alpm(rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    let (version, release) = parted(rest, to)?;
    alpm_part(version, to);
    if let Some(release) = release {
        alpm_part(Rest(release), to);
    }
    Some(())
}

fn alpm_part(mut rest: Rest<'_>, to: &mut Writer) {
    loop {
        let signs = rest.take_while(|byte| !byte.is_ascii_alphanumeric());
        if !signs.is_empty() {
            to.mark(SIGNS);
            to.value(u64::try_from(signs.len()).unwrap_or(u64::MAX));
        }
        if rest.is_empty() {
            return to.mark(END);
        }
        let digits = rest.digits();
        if digits.is_empty() {
            to.mark(ATTACHED_WORD);
            to.word(rest.letters().iter().copied());
        } else {
            to.mark(ATTACHED_NUMBER);
            to.number(digits);
        }
    }
}

/// A version without a release is one with any: its key is the beginning of theirs.
pub fn compare_alpm(one: &[u8], other: &[u8]) -> Ordering {
    if one.starts_with(other) || other.starts_with(one) { Ordering::Equal } else { one.cmp(other) }
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};
    use super::*;

    #[test]
    fn tilde_and_caret_stand_around_the_end() {
        rises(
            Scheme::Rpm,
            "1.0~rc1 < 1.0~rc2 < 1.0 = 1_0 = 0:1.0 < 1.0^git1 < 1.0.a < 1.0.1 < 1.0.10 < 1.1 < 1:0.1",
        );
        rises(Scheme::Rpm, "7.50.3-1.fc25 < 7.50.3-1.fc26 < 7.50.3-2.el8 < 7.50.3-10.el8 < 7.51-1");
        rises(Scheme::Rpm, "1.0.aa < 1.0.b < 1.0.5a < 1.0.5.1");
        refuses(Scheme::Rpm, &["-", "..."]);
    }

    #[test]
    fn for_arch_letters_at_a_number_come_before_the_release() {
        rises(
            Scheme::Alpm,
            "1.0a < 1.0alpha < 1.0b < 1.0beta < 1.0p < 1.0pre < 1.0rc < 1.0 < 1.0.a < 1.0. < 1.0.1 < 1.0..1 < 1:0.1",
        );
        rises(Scheme::Alpm, "1.5 < 1.5-1 < 1.5-2 < 1.5.b < 1.5.1-1");
        let key = |version| Scheme::Alpm.key(version).unwrap();
        assert_eq!(Scheme::Alpm.compare(&key("1.5"), &key("1.5-2")), Ordering::Equal);
        assert_eq!(Scheme::Alpm.compare(&key("1.5-1"), &key("1.5-2")), Ordering::Less);
    }
}
