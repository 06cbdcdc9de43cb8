//! Addresses cut into stretches, within each of which the answer is the same.
//!
//! Networks lie inside each other and never across, so their ends cut the line of addresses into pieces,
//! of which each belongs to the narrowest network around it. The pieces lie sorted; a table over the first
//! bits says where to begin, and a handful of comparisons says where to end. A table with a row for each
//! 256 addresses is no faster and takes a hundred million bytes, also for whoever has fifty networks.

use std::ops::{Shr, Sub};

/// A number of something that was claimed, by which its maker finds it again.
pub(super) type Entry = u32;
/// No entry.
pub(super) const NONE: Entry = Entry::MAX;

/// An address as a number: 32 bits or 128.
pub(super) trait Number: Copy + Ord + Sub<Output = Self> + Shr<u32, Output = Self> {
    /// The number behind this one. `None` behind the last.
    fn next(self) -> Option<Self>;
    /// How many bits it takes to write it.
    fn bits(self) -> u32;
    /// As a place in a table, or the largest one.
    fn place(self) -> usize;
}

impl Number for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn bits(self) -> u32 {
        Self::BITS - self.leading_zeros()
    }

    #[inline]
    fn place(self) -> usize {
        self as usize
    }
}

impl Number for u128 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn bits(self) -> u32 {
        Self::BITS - self.leading_zeros()
    }

    #[inline]
    fn place(self) -> usize {
        usize::try_from(self).unwrap_or(usize::MAX)
    }
}

/// A network on its way in: its first address, its last, its entry.
pub(super) type Stretch<N> = (N, N, Entry);

#[derive(Debug)]
pub(super) struct Segments<N> {
    /// Where each piece begins, rising.
    starts: Box<[N]>,
    /// To which entry it belongs; [`NONE`] between two networks.
    entries: Box<[Entry]>,
    /// For each value of the first bits behind `starts[0]`, the first piece that begins there or later.
    /// One more at the end.
    firsts: Box<[u32]>,
    /// How many of the last bits `firsts` leaves out.
    shift: u32,
}

impl<N: Number> Default for Segments<N> {
    fn default() -> Self {
        Self::of(std::iter::empty(), |_, _| {})
    }
}

impl<N: Number> Segments<N> {
    /// Cuts the line. The stretches come sorted by their beginning, the wider before the narrower, none
    /// across the end of another, none with the beginning and end of another. `above` hears of each entry
    /// which one is around it.
    pub(super) fn of(
        stretches: impl Iterator<Item = Stretch<N>>,
        mut above: impl FnMut(Entry, Entry),
    ) -> Self {
        let room = stretches.size_hint().0.saturating_mul(2);
        let mut pieces = Pieces { starts: Vec::with_capacity(room), entries: Vec::with_capacity(room) };
        let mut around: Vec<(N, Entry)> = Vec::new();
        for (first, last, entry) in stretches {
            pieces.close(&mut around, Some(first));
            above(entry, around.last().map_or(NONE, |(_, entry)| *entry));
            pieces.begin(first, entry);
            around.push((last, entry));
        }
        pieces.close(&mut around, None);
        let Pieces { starts, entries } = pieces;
        let (firsts, shift) = firsts(&starts);
        Self { starts: starts.into(), entries: entries.into(), firsts, shift }
    }

    /// The entry of the narrowest network around an address; [`NONE`] when there is none.
    #[inline]
    pub(super) fn entry(&self, address: N) -> Entry {
        let Some(start) = self.starts.first().filter(|start| **start <= address) else { return NONE };
        let bucket = ((address - *start) >> self.shift).place().min(self.firsts.len() - 2);
        let (from, to) = (self.firsts[bucket] as usize, self.firsts[bucket + 1] as usize);
        let before = self.starts[from..to].partition_point(|start| *start <= address);
        // The first piece begins at `start`, so there is one at or before the address.
        self.entries[from + before - 1]
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.starts) + size_of_val(&*self.entries) + size_of_val(&*self.firsts)
    }
}

struct Pieces<N> {
    starts: Vec<N>,
    entries: Vec<Entry>,
}

impl<N: Number> Pieces<N> {
    /// From here on everything belongs to `entry`.
    fn begin(&mut self, at: N, entry: Entry) {
        if self.starts.last() == Some(&at) {
            self.starts.pop();
            self.entries.pop();
        }
        if self.entries.last().copied().unwrap_or(NONE) != entry {
            self.starts.push(at);
            self.entries.push(entry);
        }
    }

    /// Ends the networks that are over before `until`, the narrowest first.
    fn close(&mut self, around: &mut Vec<(N, Entry)>, until: Option<N>) {
        while let Some((last, _)) = around.last().copied()
            && until.is_none_or(|until| last < until)
        {
            around.pop();
            if let Some(next) = last.next() {
                self.begin(next, around.last().map_or(NONE, |(_, entry)| *entry));
            }
        }
    }
}

/// The table over the first bits, with a row for about four pieces.
fn firsts<N: Number>(starts: &[N]) -> (Box<[u32]>, u32) {
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return (Box::default(), 0) };
    let span = *last - *first;
    // Never none: to shift by all bits of a number is no shift.
    let bits = starts.len().ilog2().saturating_sub(2).max(1);
    let shift = span.bits().saturating_sub(bits);
    let rows = (span >> shift).place() + 1;
    let mut firsts = vec![0_u32; rows + 1];
    for start in starts {
        firsts[((*start - *first) >> shift).place() + 1] += 1;
    }
    for row in 1..firsts.len() {
        firsts[row] += firsts[row - 1];
    }
    (firsts.into(), shift)
}
