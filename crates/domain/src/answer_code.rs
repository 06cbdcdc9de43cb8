//! A code in a letter, with which its reader answers without signing in.
//!
//! ```text
//! K7QF-2M9D
//! └─ which letter it is   └─ the rest proves that one has it
//! ```
//!
//! Forty bits of chance. The first half finds the letter, so that wrong tries count against that letter and
//! against no other: five of them close it, and nobody can close the codes of everybody by guessing at one
//! number. Whoever has both halves reads the mailbox, and no more than that is known of them
//! ([`WordWay::Mailbox`](crate::warning::WordWay)). Source: `ux.md` 4.2; ASVS 5.0 V14.2.1 (no token in an
//! address).

use std::fmt;

use jiff::SignedDuration;

/// Letters and digits that are not taken for each other: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// After so many wrong tries a code is closed.
pub const TRIES: u32 = 5;

/// How long a code can be used after the deadline of its letter.
pub const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Eight letters or digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AnswerCode([u8; 8]);

impl AnswerCode {
    /// The code of forty bits of chance.
    pub fn of_chance(chance: [u8; 5]) -> Self {
        let bits = chance.iter().fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
        let letter = |place: usize| ALPHABET[usize::try_from((bits >> (35 - 5 * place)) & 31).unwrap_or(0)];
        Self(std::array::from_fn(letter))
    }

    /// A code as somebody types it: in small letters, with or without its dash, and with an O for a nought.
    /// `None` for what can be no code.
    pub fn read(typed: &str) -> Option<Self> {
        let is_kept = |letter: &char| !letter.is_whitespace() && *letter != '-';
        let mut letters = typed.chars().filter(is_kept).map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
        let mut code = [0; 8];
        for place in &mut code {
            let letter = u8::try_from(letters.next()?).ok()?;
            *place = ALPHABET.contains(&letter).then_some(letter)?;
        }
        letters.next().is_none().then_some(Self(code))
    }

    /// The first half, by which the letter is found. It proves nothing.
    pub fn selector(&self) -> &str {
        self.half(0)
    }

    fn half(&self, from: usize) -> &str {
        str::from_utf8(&self.0[from..from + 4]).expect("the alphabet is ASCII")
    }
}

impl fmt::Display for AnswerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.half(0), self.half(4))
    }
}

/// A secret stays out of logs.
impl fmt::Debug for AnswerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-????", self.half(0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = AnswerCode::of_chance([0x9a, 0x6d, 0x71, 0x2a, 0x4d]);
        let shown = code.to_string();
        let small = shown.to_lowercase();
        for typed in [&shown, &small, &format!(" {} ", shown.replace('-', " ")), &shown.replace('-', "")] {
            assert_eq!(AnswerCode::read(typed), Some(code), "{typed}");
        }
        assert_eq!(AnswerCode::read("oOiL-1100").unwrap().to_string(), "0011-1100");
        for other in ["", "K7QF-2M9", "K7QF-2M9DD", "K7QF-2M9U", "K7QF–2M9D", "K7QF-2Mé9"] {
            assert_eq!(AnswerCode::read(other), None, "{other}");
        }
        assert!(!format!("{code:?}").contains(&shown[5..]), "a log does not keep it");
    }

    proptest! {
        #[test]
        fn no_two_chances_make_one_code(one: [u8; 5], other: [u8; 5]) {
            let [one_code, other_code] = [one, other].map(AnswerCode::of_chance);
            prop_assert_eq!(one == other, one_code == other_code);
            prop_assert_eq!(AnswerCode::read(&one_code.to_string()), Some(one_code));
        }
    }
}
