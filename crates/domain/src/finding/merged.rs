//! What a paper says about an owner, put onto a page of which most stays as it is.
//!
//! A page may hold sixty findings for each about which a report says something. Those are not read into anything:
//! of each the key is looked at, whether it is open and when it was seen last, and its bytes are copied. What comes
//! out is to the byte what reading the page, [`Page::hear`](super::Page::hear) and writing it make of the same; a
//! test holds them against each other.

use std::cmp::Ordering;

use super::{Finding, Heard, NoPage, Said, Second, Spot, Times};
use super::{array, begin, byte, form, letters, number, put, short};

/// A page after a paper was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// As [`Page::to_bytes`](super::Page::to_bytes) writes it.
    pub bytes: Vec<u8>,
    /// How many findings it has.
    pub known: usize,
    /// How many of them stand open.
    pub open: usize,
    /// When any of them was seen last; the beginning of time where there is none.
    pub last_at: Second,
    /// What became of the rows.
    pub heard: Heard,
}

impl Merged {
    /// Puts what is said onto a page. No bytes at all are an empty page.
    ///
    /// # Errors
    /// [`NoPage`] for bytes that are none.
    pub fn of(page: &[u8], said: Said) -> Result<Self, NoPage> {
        let mut rest = page;
        let count = if page.is_empty() { 0 } else { begin(&mut rest)? };
        let mut out = Out::default();
        out.findings.reserve(page.len() + said.page.len() * 28);
        let mut known = Known { rest, left: count, last: None };
        let mut next = known.next()?;
        for (finding, rows) in said.page.findings.into_iter().zip(said.rows) {
            let key = (finding.key.place.spot(), finding.key.port, finding.key.what);
            while let Some(earlier) = next.filter(|it| it.key < key) {
                out.keep(&earlier);
                next = known.next()?;
            }
            let first = u64::from(rows.min(1));
            out.heard.repeated += u64::from(rows) - first;
            match next.filter(|it| it.key.cmp(&key) == Ordering::Equal) {
                Some(it) => {
                    let mut earlier = Finding::read(&mut { it.bytes })?;
                    match earlier.hear(&finding) {
                        true => out.heard.repeated += first,
                        false => out.heard.first += first,
                    }
                    out.put(&earlier);
                    next = known.next()?;
                }
                None => {
                    out.heard.first += first;
                    out.heard.new += first;
                    out.put(&finding);
                }
            }
        }
        while let Some(earlier) = next {
            out.keep(&earlier);
            next = known.next()?;
        }
        if !known.rest.is_empty() {
            return Err(NoPage("something behind it"));
        }
        let mut bytes = Vec::with_capacity(out.findings.len() + 8);
        bytes.push(form(out.is_certified));
        put(&mut bytes, out.known as u64);
        bytes.append(&mut out.findings);
        Ok(Self { bytes, known: out.known, open: out.open, last_at: out.last_at, heard: out.heard })
    }
}

/// What is written so far.
#[derive(Default)]
struct Out {
    findings: Vec<u8>,
    is_certified: bool,
    known: usize,
    open: usize,
    last_at: Second,
    heard: Heard,
}

impl Out {
    fn keep(&mut self, outline: &Outline<'_>) {
        self.findings.extend_from_slice(outline.bytes);
        self.is_certified |= outline.is_certified;
        self.count(outline.times);
    }

    fn put(&mut self, finding: &Finding) {
        finding.write(&mut self.findings);
        self.is_certified |= finding.certificate.is_some();
        self.count(finding.times());
    }

    fn count(&mut self, times: Times) {
        self.known += 1;
        self.open += usize::from(times.is_open());
        self.last_at = self.last_at.max(times.last_at);
    }
}

/// What is there already, in its order.
struct Known<'p> {
    rest: &'p [u8],
    left: usize,
    last: Option<Key<'p>>,
}

/// Place, port and what.
type Key<'p> = (Spot<'p>, Option<u16>, u32);

/// A finding that is looked at and not read.
#[derive(Clone, Copy)]
struct Outline<'p> {
    key: Key<'p>,
    times: Times,
    is_certified: bool,
    bytes: &'p [u8],
}

impl<'p> Known<'p> {
    fn next(&mut self) -> Result<Option<Outline<'p>>, NoPage> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let outline = Outline::read(&mut self.rest)?;
        if self.last.is_some_and(|last| last >= outline.key) {
            return Err(NoPage("out of order"));
        }
        self.last = Some(outline.key);
        Ok(Some(outline))
    }
}

impl<'p> Outline<'p> {
    /// As [`Finding::read`].
    fn read(rest: &mut &'p [u8]) -> Result<Self, NoPage> {
        let whole = *rest;
        let flags = byte(rest)?;
        let spot = match flags & 7 {
            0 => Spot::V4(array::<4>(rest)?.into()),
            1 => Spot::V6(array::<16>(rest)?.into()),
            2 => Spot::Host(letters(rest)?),
            _ => return Err(NoPage("a place of no kind")),
        };
        let port = if flags & 8 == 0 { None } else { Some(u16::from_be_bytes(array(rest)?)) };
        let is_certified = flags & 128 != 0;
        for _ in 0..u8::from(flags & 64 != 0) + u8::from(is_certified) {
            letters(rest)?;
        }
        let what = short(rest)?;
        let first_at = Second::from_be_bytes(array(rest)?);
        let last_at = first_at.checked_add(short(rest)?).ok_or(NoPage("after the end of time"))?;
        let absent_at = if flags & 16 == 0 { None } else { Some(Second::from_be_bytes(array(rest)?)) };
        short(rest)?;
        byte(rest)?;
        for _ in 0..number(rest)? {
            number(rest)?;
        }
        short(rest)?;
        let times = Times { first_at, last_at, absent_at, was_there: flags & 32 != 0 };
        let bytes = whole.get(..whole.len() - rest.len()).unwrap_or_default();
        Ok(Self { key: (spot, port, what), times, is_certified, bytes })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{all_of, said, sightings};
    use super::super::{FORM, Page};
    use super::*;

    proptest! {
        #[test]
        fn a_page_that_is_copied_is_the_page_that_is_read_and_written(
            papers in proptest::collection::vec(proptest::collection::vec(sightings(), 0..12), 1..5),
            rows in proptest::collection::vec(sightings(), 0..12),
            paper in 0..7_u32,
        ) {
            let (page, _) = all_of(&papers, &(0..papers.len()).collect::<Vec<_>>());
            let (bytes, said) = (page.to_bytes(), said(&rows, paper));
            let merged = Merged::of(&bytes, said.clone()).unwrap();
            let mut read = page;
            prop_assert_eq!(merged.heard, read.hear(said));
            prop_assert_eq!((merged.known, merged.open), (read.len(), read.open()));
            let last_at = read.findings().iter().map(|it| it.last_at).max();
            prop_assert_eq!(merged.last_at, last_at.unwrap_or_default());
            prop_assert_eq!(merged.bytes, read.to_bytes());
        }
    }

    #[test]
    fn bytes_of_somebody_else_are_no_page_and_no_bytes_are_an_empty_one() {
        let mut page = Page::default();
        page.hear(said(&[], 1));
        assert_eq!(Merged::of(&[], Said::default()).unwrap().bytes, page.to_bytes());
        assert!(Merged::of(&[9], Said::default()).is_err());
        assert!(Merged::of(&[FORM, 0, 0], Said::default()).is_err());
        assert!(Merged::of(&[FORM, 0xff, 0xff, 0x7f], Said::default()).is_err());
    }
}
