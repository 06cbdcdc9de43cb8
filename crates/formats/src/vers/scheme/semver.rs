//! Semantic Versioning 2.0.0, section 11, for all who follow it, and NuGet, who do so in small letters.
//!
//! Read generously, because the world is generous with it: a `v` in front, fewer or more numbers than
//! three (what is not written is nothing, NuGet's "Normalized version numbers"), letters that follow a
//! number without a hyphen (`2.0.0alpha1`). What follows a plus orders nothing (section 10).

use super::super::key::{NUMBER_END, Rest, Writer, is_zero};

const END: u8 = 0x01;
/// No more identifiers of a pre-release; below all that could follow.
const PRE_END: u8 = 0x02;
const WORD: u8 = 0x30;
/// No pre-release at all; above every one.
const RELEASE: u8 = 0x7F;
const _: () = assert!(NUMBER_END < WORD, "numbers come before words");

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Kept,
    Folded,
}

pub fn write(mut rest: Rest<'_>, case: Case, to: &mut Writer) -> Option<()> {
    if matches!(rest.first(), Some(b'v' | b'V')) {
        rest.skip();
    }
    numbers(&mut rest, to)?;
    pre_release(rest, case, to);
    Some(())
}

/// Numbers with dots, without the nothings at their end. `None` when there is none.
pub fn numbers(rest: &mut Rest<'_>, to: &mut Writer) -> Option<()> {
    if !rest.first()?.is_ascii_digit() {
        return None;
    }
    let mut zeros = 0_usize;
    loop {
        let digits = rest.digits();
        if is_zero(digits) {
            zeros = zeros.saturating_add(1);
        } else {
            to.marks(super::super::key::NUMBER, std::mem::take(&mut zeros));
            to.number(digits);
        }
        let [b'.', next, ..] = rest.0 else { break };
        if !next.is_ascii_digit() {
            break;
        }
        rest.skip();
    }
    to.mark(END);
    Some(())
}

/// What stands behind the numbers, up to a plus.
pub fn pre_release(mut rest: Rest<'_>, case: Case, to: &mut Writer) {
    if matches!(rest.first(), Some(b'-' | b'.' | b'_' | b' ')) {
        rest.skip();
    }
    if rest.is_empty() || rest.first() == Some(b'+') {
        return to.mark(RELEASE);
    }
    let written = rest.take_while(|byte| byte != b'+');
    for identifier in written.split(|byte| *byte == b'.') {
        if !identifier.is_empty() && identifier.iter().all(u8::is_ascii_digit) {
            to.number(identifier);
            continue;
        }
        to.mark(WORD);
        match case {
            Case::Kept => to.word(identifier.iter().copied()),
            Case::Folded => to.folded(identifier),
        }
    }
    to.mark(PRE_END);
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn the_example_of_section_11_rises() {
        rises(
            Scheme::Semver,
            "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < \
             1.0.0-rc.1 < 1.0.0 = 1.0.0+build.7 = v1.0 = 1 < 1.0.1 < 1.1 < 2 < 10.0.0",
        );
    }

    #[test]
    fn what_the_world_writes_is_read() {
        rises(Scheme::Semver, "2.0.0alpha1 = 2.0.0-alpha1 < 2.0.0 < 2.0.0.1 < 2.0.1");
        rises(
            Scheme::Semver,
            "v1.0.0-20190101120000-abcdef < v1.0.0-20200101120000-abcdef < v1.0.0 = v1.0.0+incompatible",
        );
        refuses(Scheme::Semver, &["latest", "-1", "v"]);
    }

    #[test]
    fn for_nuget_capitals_are_small_letters() {
        rises(
            Scheme::Nuget,
            "1.0.0-ALPHA = 1.0.0-alpha < 1.0.0-Beta.5 < 1.0.0-beta.77 < 1.0 = 1.0.0.0 = 1.0.00 < 1.0.0.1",
        );
    }
}
