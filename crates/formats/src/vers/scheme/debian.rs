//! Debian and Ubuntu: Debian Policy 5.6.12, "Version", and what `dpkg --compare-versions` does.
//!
//! A tilde comes before everything, even the end; letters before all other signs; parts that are not
//! written are nothing.

use super::super::key::{Rest, Writer};

const TILDE: u8 = 0x01;
const END: u8 = 0x02;
/// Signs come behind letters, which are below this.
const SIGN: u8 = 0x80;

pub fn write(rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if rest.is_empty() || !rest.0.iter().any(u8::is_ascii_alphanumeric) {
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
    let (upstream, revision) = match rest.0.iter().rposition(|byte| *byte == b'-') {
        Some(at) => {
            (rest.0.get(..at).unwrap_or_default(), rest.0.get(at.saturating_add(1)..).unwrap_or_default())
        }
        None => (rest.0, &[][..]),
    };
    part(Rest(upstream), to);
    part(Rest(revision), to);
    Some(())
}

/// Signs and a number, in turn, from the left. Nothing is 0.
fn part(mut rest: Rest<'_>, to: &mut Writer) {
    loop {
        for byte in rest.take_while(|byte| !byte.is_ascii_digit()) {
            to.mark(match byte {
                b'~' => TILDE,
                letter if letter.is_ascii_alphabetic() => *letter,
                sign => sign.saturating_add(SIGN),
            });
        }
        to.mark(END);
        to.number(rest.digits());
        if rest.is_empty() {
            // What could follow is a sign, and this is where it would stand.
            return to.mark(END);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn the_example_of_the_policy_rises() {
        rises(Scheme::Debian, "1~~ < 1~~a < 1~ < 1 = 1-0 = 0:1 < 1a < 1+ < 1.0 < 1.1");
        rises(
            Scheme::Debian,
            "7.50.3-1 < 7.50.3-1+b1.1 < 7.50.3-1+deb9u1 < 7.50.3-2 < 7.50.3.1-1 < 7.51~rc1-1 < 7.51-1 < 1:1.0-1",
        );
        rises(Scheme::Debian, "0~rc1 < 0 = 0-0 < 0.1 < 1.2-3 < 1.2-3ubuntu0.1 < 1.2-3ubuntu0.10 < 1.2-3.1");
        refuses(Scheme::Debian, &["-", "~"]);
    }
}
