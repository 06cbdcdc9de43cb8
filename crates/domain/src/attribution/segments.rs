//! Addresses cut into stretches, within each of which the answer is the same.
//!
//! Networks lie inside each other and never across, so their ends cut the line of addresses into pieces,
//! of which each belongs to the narrowest network around it. A table over the first bits of an address has
//! the answer where a whole row of it lies in one piece, and else says at which piece to begin. It has as
//! many rows as the pieces are worth: some thousands of bytes for fifty networks, some tens of millions for
//! the million of a nation.

use std::ops::{Shl, Shr, Sub};

/// A number of something that was claimed, by which its maker finds it again.
pub(super) type Entry = u32;
/// No entry.
pub(super) const NONE: Entry = Entry::MAX;

/// An address as a number: 32 bits or 128.
pub(super) trait Number:
    Copy + Default + Ord + Sub<Output = Self> + Shr<u32, Output = Self> + Shl<u32, Output = Self>
{
    /// How many rows the table has for each piece, as a power of two. Of version 4 so many that nearly every
    /// row lies in one piece: for a million networks a row is a /24, in which nearly none ends. Networks of
    /// version 6 lie so far apart that hardly a row would, and a table that stays in the cache is worth more.
    const ROWS_EACH_LOG2: u32;

    /// The number behind this one. `None` behind the last.
    fn next(self) -> Option<Self>;
    /// How many bits it takes to write it.
    fn bits(self) -> u32;
    /// How far behind `first` it is, as a place in a table; some place beyond every table when it is before.
    fn place_from(self, first: Self) -> usize;
}

impl Number for u32 {
    const ROWS_EACH_LOG2: u32 = 4;

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn bits(self) -> u32 {
        Self::BITS - self.leading_zeros()
    }

    #[inline]
    fn place_from(self, first: Self) -> usize {
        self.wrapping_sub(first) as usize
    }
}

impl Number for u128 {
    const ROWS_EACH_LOG2: u32 = 0;

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn bits(self) -> u32 {
        Self::BITS - self.leading_zeros()
    }

    #[inline]
    fn place_from(self, first: Self) -> usize {
        usize::try_from(self.wrapping_sub(first)).unwrap_or(usize::MAX)
    }
}

/// The answer about a piece, packed by whoever asks for it: a number below [`SEVERAL`].
pub(super) type Verdict = u32;
/// Of what belongs to no entry.
pub(super) const UNKNOWN: Verdict = SEVERAL - 1;
/// In the table: there is no one answer, and the piece to begin at is this many below.
pub(super) const SEVERAL: u32 = 1 << 31;

/// A network on its way in: its first address, its last, its entry.
pub(super) type Stretch<N> = (N, N, Entry);

#[derive(Debug)]
pub(super) struct Segments<N> {
    /// Rising.
    pieces: Box<[Piece<N>]>,
    /// For each value of the first bits, from where the first piece begins: the verdict about all such
    /// addresses, or from [`SEVERAL`] on the piece in which the first of them lies.
    rows: Box<[u32]>,
    /// How many of the last bits have no say in which row it is.
    shift: u32,
    /// What the first row stands for.
    first_row: N,
}

/// From its beginning up to the beginning of the next one, everything is the same.
#[derive(Debug, Clone, Copy)]
struct Piece<N> {
    start: N,
    /// [`NONE`] between two networks.
    entry: Entry,
    verdict: Verdict,
}

impl<N: Number> Default for Segments<N> {
    fn default() -> Self {
        Self { pieces: Box::default(), rows: Box::default(), shift: 0, first_row: N::default() }
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
        let mut pieces = Pieces(Vec::with_capacity(stretches.size_hint().0.saturating_mul(2)));
        let mut around: Vec<(N, Entry)> = Vec::new();
        for (first, last, entry) in stretches {
            pieces.close(&mut around, Some(first));
            above(entry, around.last().map_or(NONE, |(_, entry)| *entry));
            pieces.begin(first, entry);
            around.push((last, entry));
        }
        pieces.close(&mut around, None);
        Self { pieces: pieces.0.into_boxed_slice(), ..Self::default() }
    }

    /// Writes down the answer about each piece.
    pub(super) fn answer(&mut self, verdict: impl Fn(Entry) -> Verdict) {
        for piece in &mut self.pieces {
            piece.verdict = verdict(piece.entry);
        }
        self.lay_out();
    }

    /// The entry of the narrowest network around an address; [`NONE`] when there is none. Searches
    /// through all pieces.
    pub(super) fn entry(&self, address: N) -> Entry {
        let before = self.pieces.partition_point(|piece| piece.start <= address);
        before.checked_sub(1).map_or(NONE, |place| self.pieces[place].entry)
    }

    /// The answer about an address, when [`Segments::answer`] was told them.
    #[inline]
    pub(super) fn verdict(&self, address: N) -> Verdict {
        // Before the first row is a row that there is not either.
        match self.rows.get((address >> self.shift).place_from(self.first_row)) {
            Some(verdict) if *verdict < SEVERAL => *verdict,
            Some(several) => self.search(*several - SEVERAL, address),
            None => self.outside(address),
        }
    }

    #[cold]
    fn outside(&self, address: N) -> Verdict {
        let last = self.pieces.last().filter(|last| last.start <= address);
        last.map_or(UNKNOWN, |last| last.verdict)
    }

    /// From a piece that begins at or before the address, if any does: a few one by one, and then in
    /// strides that double.
    fn search(&self, from: u32, address: N) -> Verdict {
        const FEW: usize = 12;
        let ahead = &self.pieces[from as usize..];
        let is_before = |piece: &Piece<N>| piece.start <= address;
        let few = ahead.iter().take(FEW).take_while(|piece| is_before(piece)).count();
        if few < FEW {
            return few.checked_sub(1).map_or(UNKNOWN, |at| ahead[at].verdict);
        }
        let mut stride = FEW;
        while ahead.get(stride).is_some_and(is_before) {
            stride *= 2;
        }
        let (low, high) = (stride / 2, stride.min(ahead.len()));
        ahead[low + ahead[low..high].partition_point(is_before) - 1].verdict
    }

    /// Makes the table.
    fn lay_out(&mut self) {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else { return };
        // Never without a bit: to shift by all bits of a number is no shift.
        let bits = (self.pieces.len().ilog2() + N::ROWS_EACH_LOG2).max(1);
        let shift = (last.start - first.start).bits().saturating_sub(bits);
        let first_row = first.start >> shift;
        let row_of = |piece: &Piece<N>| (piece.start >> shift).place_from(first_row);
        let mut rows = vec![SEVERAL; row_of(last) + 1];
        for (place, piece) in self.pieces.iter().enumerate() {
            let begins_with_row = (piece.start >> shift) << shift == piece.start;
            let from = row_of(piece) + usize::from(!begins_with_row);
            // Whole rows up to the one in which the next piece begins; the last one has no end.
            let next = self.pieces.get(place + 1).map_or(rows.len(), row_of);
            if let Some(whole) = rows.get_mut(from..next) {
                whole.fill(piece.verdict);
            }
            // That one begins here, unless the next piece begins with it and overwrites this.
            if next < rows.len() && next >= from {
                rows[next] = SEVERAL + u32::try_from(place).unwrap_or_default();
            }
        }
        (self.rows, self.shift, self.first_row) = (rows.into(), shift, first_row);
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.pieces) + size_of_val(&*self.rows)
    }
}

struct Pieces<N>(Vec<Piece<N>>);

impl<N: Number> Pieces<N> {
    /// From here on everything belongs to `entry`.
    fn begin(&mut self, start: N, entry: Entry) {
        self.0.pop_if(|last| last.start == start);
        if self.0.last().map_or(NONE, |last| last.entry) != entry {
            self.0.push(Piece { start, entry, verdict: UNKNOWN });
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
