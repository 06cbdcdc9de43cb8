//! PHP: what Composer makes of a version (`VersionParser::normalize`) and how PHP compares that
//! (`version_compare`: "any string not found in this list < dev < alpha < beta < RC < # < pl").

use super::super::key::{Rest, Writer};
use super::semver::numbers;

const END: u8 = 0x01;
/// Not ready yet, behind a stage: `1.0-beta1-dev`.
const DEV_OF: u8 = 0x00;
/// Stages, rising.
const OTHER: u8 = 0x01;
const DEV: u8 = 0x02;
const ALPHA: u8 = 0x03;
const BETA: u8 = 0x04;
const CANDIDATE: u8 = 0x05;
const STABLE: u8 = 0x06;
const PATCH: u8 = 0x07;

const STAGES: &[(&str, u8)] = &[
    ("stable", STABLE),
    ("alpha", ALPHA),
    ("beta", BETA),
    ("patch", PATCH),
    ("dev", DEV),
    ("rc", CANDIDATE),
    ("pl", PATCH),
    ("a", ALPHA),
    ("b", BETA),
    ("p", PATCH),
];

pub fn write(mut rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if matches!(rest.first(), Some(b'v' | b'V')) {
        rest.skip();
    }
    numbers(&mut rest, to)?;
    let mut rest = Rest(rest.take_while(|byte| byte != b'+'));
    let separator = |rest: &mut Rest<'_>| {
        if matches!(rest.first(), Some(b'-' | b'.' | b'_')) {
            rest.skip();
        }
    };
    separator(&mut rest);
    if rest.is_empty() {
        to.plain(&[STABLE, END]);
        return Some(());
    }
    let Some((_, stage)) = STAGES.iter().find(|(word, _)| rest.takes_word(word)) else {
        to.mark(OTHER);
        to.folded(rest.0);
        return Some(());
    };
    to.mark(*stage);
    loop {
        separator(&mut rest);
        if rest.takes_word("dev") {
            to.mark(DEV_OF);
            return Some(());
        }
        let digits = rest.digits();
        if digits.is_empty() {
            break;
        }
        to.number(digits);
    }
    to.mark(END);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn stages_rise_to_the_release_and_its_patches() {
        rises(
            Scheme::Composer,
            "1.0-foo < 1.0-dev < 1.0.0-alpha1 = 1.0a1 < 1.0-beta < 1.0-beta1-dev < 1.0-beta1 = 1.0.0.0-b.1 < 1.0-beta2 < 1.0-RC1 < \
             1.0 = v1.0.0 = 1.0-stable < 1.0-p1 = 1.0-patch1 < 1.0.1",
        );
        refuses(Scheme::Composer, &["dev-master", "x"]);
    }
}
