//! A version as bytes that sort as the versions of its scheme do.
//!
//! A version is read once; after that, to compare is to compare bytes, and what is kept sorted needs no
//! rules. Whoever makes a key writes marks, numbers and words in the order in which the scheme looks at
//! them, so that the first byte that differs decides:
//!
//! - a **mark** is one byte below [`NUMBER`] or above [`NUMBER_END`]: an end, a kind of release;
//! - a **number** is one byte that says how long it is, from [`NUMBER`] on, and its digits behind that;
//! - a **word** is its bytes, each one more than it is, and a zero.
//!
//! Each of them ends by itself, so that no key is hidden in the beginning of another by accident.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Bytes that fit into a key without asking for memory: all but a few versions in a thousand.
const SHORT: usize = 30;

/// The mark of the number nothing; longer numbers have the marks behind it.
pub(super) const NUMBER: u8 = 0x20;
/// Digits that always fit into 64 bits.
const DIGITS: usize = 19;
/// The mark of a number with more digits than [`DIGITS`].
const LONG_NUMBER: u8 = 0x29;
/// Above the marks of all numbers.
pub(super) const NUMBER_END: u8 = 0x2A;

/// A version of one scheme. Keys of different schemes say nothing about each other.
#[derive(Debug, Clone)]
pub struct Key(Bytes);

#[derive(Debug, Clone)]
enum Bytes {
    Short { len: u8, bytes: [u8; SHORT] },
    Long(Box<[u8]>),
}

impl Key {
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or(bytes),
            Bytes::Long(bytes) => bytes,
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

/// A key that is being written.
pub(super) struct Writer {
    short: [u8; SHORT],
    len: usize,
    /// Everything, once it is more than fits into `short`.
    long: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { short: [0; SHORT], len: 0, long: Vec::new() }
    }

    #[inline]
    pub(super) fn mark(&mut self, mark: u8) {
        match self.short.get_mut(self.len) {
            Some(place) => {
                *place = mark;
                self.len = self.len.saturating_add(1);
            }
            None => self.more(mark),
        }
    }

    #[cold]
    fn more(&mut self, mark: u8) {
        if self.long.is_empty() {
            self.long.extend_from_slice(&self.short);
        }
        self.long.push(mark);
    }

    pub(super) fn marks(&mut self, mark: u8, count: usize) {
        for _ in 0..count {
            self.mark(mark);
        }
    }

    /// A number, from its digits in ASCII. None at all are nothing.
    #[inline]
    pub(super) fn number(&mut self, digits: &[u8]) {
        // Most numbers in versions have one or two digits.
        let digit = |byte: u8| byte.wrapping_sub(b'0');
        let small = match digits {
            [one] => digit(*one),
            [ten, one] => digit(*ten).wrapping_mul(10).wrapping_add(digit(*one)),
            _ => return self.larger_number(digits),
        };
        if small > 0 {
            self.mark(NUMBER.saturating_add(1));
            self.mark(small);
        } else {
            self.mark(NUMBER);
        }
    }

    fn larger_number(&mut self, digits: &[u8]) {
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = digits.get(zeros..).unwrap_or_default();
        if digits.len() > DIGITS {
            return self.long_number(digits);
        }
        let value = digits.iter().fold(0_u64, |value, digit| {
            value.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')))
        });
        self.value(value);
    }

    #[inline]
    pub(super) fn value(&mut self, value: u64) {
        let bytes = value.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let rest = bytes.get(zeros..).unwrap_or_default();
        self.mark(NUMBER.saturating_add(u8::try_from(rest.len()).unwrap_or(u8::MAX)));
        for byte in rest {
            self.mark(*byte);
        }
    }

    #[cold]
    fn long_number(&mut self, digits: &[u8]) {
        self.mark(LONG_NUMBER);
        for byte in u64::try_from(digits.len()).unwrap_or(u64::MAX).to_be_bytes() {
            self.mark(byte);
        }
        for digit in digits {
            self.mark(*digit);
        }
    }

    #[inline]
    pub(super) fn word(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            // No byte of UTF-8 is 0xFF.
            self.mark(byte.saturating_add(1));
        }
        self.mark(0);
    }

    /// A word in which capitals are small letters.
    #[inline]
    pub(super) fn folded(&mut self, bytes: &[u8]) {
        self.word(bytes.iter().map(u8::to_ascii_lowercase));
    }

    /// Bytes as they are, at the end of a key.
    pub(super) fn plain(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.mark(*byte);
        }
    }

    #[inline]
    pub(super) fn into_key(self) -> Key {
        if self.long.is_empty() {
            let len = u8::try_from(self.len).unwrap_or(u8::MAX);
            Key(Bytes::Short { len, bytes: self.short })
        } else {
            Key(Bytes::Long(self.long.into_boxed_slice()))
        }
    }
}

/// What is left of a version, from the left.
#[derive(Clone, Copy)]
pub(super) struct Rest<'t>(pub(super) &'t [u8]);

impl<'t> Rest<'t> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn first(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Takes the next byte when it is this one.
    pub(super) fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.first() == Some(byte);
        if is_next {
            self.skip();
        }
        is_next
    }

    /// Takes these letters, in any case, when they are next.
    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        match self.0.split_at_checked(word.len()) {
            Some((head, rest)) if head.eq_ignore_ascii_case(word.as_bytes()) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    pub(super) fn skip(&mut self) {
        self.0 = self.0.get(1..).unwrap_or_default();
    }

    #[inline]
    pub(super) fn take_while(&mut self, is_taken: impl Fn(u8) -> bool) -> &'t [u8] {
        let end = self.0.iter().position(|byte| !is_taken(*byte)).unwrap_or(self.0.len());
        let (head, rest) = self.0.split_at_checked(end).unwrap_or((self.0, &[]));
        self.0 = rest;
        head
    }

    #[inline]
    pub(super) fn digits(&mut self) -> &'t [u8] {
        self.take_while(|byte| byte.is_ascii_digit())
    }

    #[inline]
    pub(super) fn letters(&mut self) -> &'t [u8] {
        self.take_while(|byte| byte.is_ascii_alphabetic())
    }
}

/// Whether a number is nothing.
#[inline]
pub(super) fn is_zero(digits: &[u8]) -> bool {
    digits.iter().all(|digit| *digit == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> Key {
        let mut to = Writer::new();
        to.number(digits.as_bytes());
        to.into_key()
    }

    #[test]
    fn numbers_sort_as_numbers_however_long() {
        let rising =
            ["", "1", "9", "10", "255", "256", "65536", "9999999999999999999", "10000000000000000000"];
        for pair in rising.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
        assert_eq!(number("0"), number("000"));
        assert_eq!(number("007"), number("7"));
        let huge = "9".repeat(1_000_000);
        assert!(number(&huge) > number(&huge[1..]));
        assert_eq!(number(&format!("00{huge}")), number(&huge));
    }

    #[test]
    fn a_key_takes_thirty_two_bytes() {
        assert_eq!(size_of::<Key>(), 32);
    }
}
