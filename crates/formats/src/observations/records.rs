//! Rows of a table with commas (or what a spreadsheet writes instead), out of a stream, in memory that never grows.
//!
//! The rules are those of RFC 4180 and of what spreadsheets do beyond it: a quotation mark counts at the
//! beginning of a cell only, two of them inside are one, lines end in `\n` or `\r\n`, an empty line is none.
//! The `csv` crate reads the same in the same way; a test holds them against each other. It is not used here
//! because a quotation mark that nobody closes makes it swallow the rest of the report, in memory, as one
//! cell. Here such a row is rejected and the line after it is read as if it had not been there.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "places within a buffer of a quarter of a MiB; each is looked up with `get`"
)]

use std::io::{self, Read};

use memchr::{memchr, memchr2};

use super::Reject;

/// A row that does not fit in here is longer than any honest one; the longest in use carry a chain of
/// certificates.
const BUFFER_BYTES: usize = 256 * 1024;
/// Where a cell that had to be rewritten stands: in the scratch, not in the row.
const IN_SCRATCH: u32 = 1 << 31;

/// From where to where a cell goes.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: u32,
    to: u32,
}

pub(super) struct Records<R> {
    from: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    is_at_end: bool,
    /// In the middle of a line that was given up.
    skips: bool,
    separator: u8,
    /// Of the row that was read last.
    row: (usize, usize),
    spans: Vec<Span>,
    scratch: Vec<u8>,
}

/// What stands next in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Row,
    Bad(Reject),
}

enum Scan {
    /// The row ends before this place.
    Row(usize),
    More,
    OpenQuote,
}

impl<R: Read> Records<R> {
    pub(super) fn new(from: R) -> Self {
        Self::with_buffer(from, BUFFER_BYTES)
    }

    /// A table whose cells stand apart by what stands most often in its first line: a comma, or the semicolon that
    /// spreadsheets write where the comma is the decimal sign, or a tab.
    pub(super) fn of_any(from: R) -> io::Result<Self> {
        let mut records = Self::new(from);
        while memchr(b'\n', records.buffer.get(..records.end).unwrap_or_default()).is_none()
            && records.fill()?
        {}
        let seen = records.buffer.get(..records.end).unwrap_or_default();
        let line = seen.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |separator: &u8| line.iter().filter(|byte| *byte == separator).count();
        // Of those that stand equally often the last one is taken.
        records.separator = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
        Ok(records)
    }

    fn with_buffer(from: R, bytes: usize) -> Self {
        Self {
            from,
            buffer: vec![0; bytes].into_boxed_slice(),
            start: 0,
            end: 0,
            is_at_end: false,
            skips: false,
            separator: b',',
            row: (0, 0),
            spans: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Goes to the next row; `None` at the end.
    pub(super) fn advance(&mut self) -> io::Result<Option<Step>> {
        loop {
            if self.skips && !self.skip()? {
                continue;
            }
            if self.start == self.end {
                if self.is_at_end {
                    return Ok(None);
                }
                self.fill()?;
                continue;
            }
            match self.scan() {
                Scan::Row(next) => {
                    self.row = (self.start, next);
                    self.start = next;
                    let is_blank = matches!(self.spans.as_slice(), [only] if only.from == only.to && next - self.row.0 <= 2 && !self.bytes().starts_with(b"\""));
                    if is_blank {
                        continue;
                    }
                    return Ok(Some(self.judged()));
                }
                Scan::More if self.fill()? => {}
                // No room is left for it, or the file ends within quotation marks.
                Scan::More | Scan::OpenQuote => return Ok(Some(self.give_up())),
            }
        }
    }

    /// Makes text of a row, and looks for what may not be in it.
    fn judged(&mut self) -> Step {
        let (from, to) = self.row;
        let Some(row) = self.buffer.get_mut(from..to) else { return Step::Bad(Reject::NotText) };
        if memchr(0, row).is_some() {
            return Step::Bad(Reject::Nul);
        }
        if !row.is_ascii() {
            as_text(row);
            as_text(&mut self.scratch);
        }
        Step::Row
    }

    /// Leaves a row where it is: up to the end of its line where that is in sight, and otherwise as long as
    /// it takes.
    fn give_up(&mut self) -> Step {
        let window = self.buffer.get(self.start..self.end).unwrap_or_default();
        self.spans.clear();
        match memchr(b'\n', window) {
            Some(offset) => {
                self.row = (self.start, self.start + offset);
                self.start += offset + 1;
                Step::Bad(Reject::OpenQuote)
            }
            None => {
                self.row = (self.start, self.end);
                self.skips = !self.is_at_end;
                let is_open = self.is_at_end;
                self.start = self.end;
                Step::Bad(if is_open { Reject::OpenQuote } else { Reject::TooLong })
            }
        }
    }

    /// Goes on to the end of the line. Says whether it is there.
    fn skip(&mut self) -> io::Result<bool> {
        let window = self.buffer.get(self.start..self.end).unwrap_or_default();
        match memchr(b'\n', window) {
            Some(offset) => {
                self.start += offset + 1;
                self.skips = false;
            }
            None => {
                self.start = self.end;
                self.fill()?;
                self.skips = !self.is_at_end;
            }
        }
        Ok(!self.skips)
    }

    /// Reads on. Says whether that can have changed anything.
    fn fill(&mut self) -> io::Result<bool> {
        if self.is_at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let Some(room) = self.buffer.get_mut(self.end..).filter(|room| !room.is_empty()) else {
            return Ok(false);
        };
        let count = loop {
            match self.from.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += count;
        self.is_at_end = count == 0;
        Ok(true)
    }

    /// Finds the cells of the row that begins at `start`.
    fn scan(&mut self) -> Scan {
        self.spans.clear();
        self.scratch.clear();
        let Some(window) = self.buffer.get(self.start..self.end) else { return Scan::More };
        let separator = self.separator;
        let mut stops = Stops::new(window, separator);
        let mut at = 0;
        loop {
            let stop = if window.get(at) == Some(&b'"') {
                match quoted(window, at, separator, self.is_at_end, &mut self.scratch) {
                    Ok((span, stop)) => {
                        self.spans.push(span);
                        stops.go_on(stop + 1);
                        stop
                    }
                    Err(scan) => return scan,
                }
            } else {
                let stop = match stops.next() {
                    Some(stop) => stop,
                    None if self.is_at_end => window.len(),
                    None => return Scan::More,
                };
                self.spans.push(span(at, without_return(window, at, stop, separator)));
                stop
            };
            match window.get(stop) {
                Some(byte) if *byte == separator => at = stop + 1,
                Some(_) => return Scan::Row(self.start + stop + 1),
                None => return Scan::Row(self.start + stop),
            }
        }
    }

    /// The row as it stands in the report.
    pub(super) fn bytes(&self) -> &[u8] {
        let row = self.buffer.get(self.row.0..self.row.1).unwrap_or_default();
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        row.strip_suffix(b"\r").unwrap_or(row)
    }

    /// The cells of the row that was read last. None when it was a bad one.
    pub(super) fn cells(&self) -> Cells<'_> {
        let row = self.buffer.get(self.row.0..self.row.1).unwrap_or_default();
        Cells {
            text: str::from_utf8(row).unwrap_or_default(),
            scratch: str::from_utf8(&self.scratch).unwrap_or_default(),
            spans: &self.spans,
        }
    }
}

/// Finds where cells end, eight bytes at a time: a cell is shorter than it takes to call somebody else for it.
struct Stops<'w> {
    window: &'w [u8],
    separators: u64,
    /// Where the eight bytes lie that were looked at last.
    base: usize,
    /// Behind them.
    next: usize,
    /// The highest bit of each byte of them that is a stop and was not given yet.
    found: u64,
}

impl<'w> Stops<'w> {
    fn new(window: &'w [u8], separator: u8) -> Self {
        Self { window, separators: u64::from_le_bytes([separator; 8]), base: 0, next: 0, found: 0 }
    }

    /// Where the next separator or end of a line is. None up to the end of the window.
    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            let rest = self.window.get(self.next..)?;
            let bytes = match rest.first_chunk() {
                Some(bytes) => *bytes,
                None if rest.is_empty() => return None,
                None => {
                    let mut bytes = [0; 8];
                    bytes.iter_mut().zip(rest).for_each(|(room, byte)| *room = *byte);
                    bytes
                }
            };
            let word = u64::from_le_bytes(bytes);
            self.found = equal(word, self.separators) | equal(word, ENDS_OF_LINES);
            self.base = self.next;
            self.next += 8;
        }
        let place = self.base + usize::try_from(self.found.trailing_zeros() / 8).unwrap_or(0);
        self.found &= self.found - 1;
        Some(place)
    }

    /// Goes on from here, and nowhere before it.
    fn go_on(&mut self, from: usize) {
        self.next = from;
        self.found = 0;
    }
}

const ENDS_OF_LINES: u64 = u64::from_le_bytes([b'\n'; 8]);

/// The highest bit of each byte that is equal in both.
#[inline]
fn equal(one: u64, other: u64) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let differs = one ^ other;
    // Seven bits and seven bits stay within their byte.
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// A cell in quotation marks that begins at `at`: where it is, and where what follows it begins.
fn quoted(
    window: &[u8],
    at: usize,
    separator: u8,
    is_at_end: bool,
    scratch: &mut Vec<u8>,
) -> Result<(Span, usize), Scan> {
    let mut from = at + 1;
    let mut has_doubled = false;
    let close = loop {
        let rest = window.get(from..).unwrap_or_default();
        let Some(offset) = memchr(b'"', rest) else {
            return Err(if is_at_end { Scan::OpenQuote } else { Scan::More });
        };
        let mark = from + offset;
        match window.get(mark + 1) {
            Some(b'"') => {
                has_doubled = true;
                from = mark + 2;
            }
            None if !is_at_end => return Err(Scan::More),
            _ => break mark,
        }
    };
    let behind = window.get(close + 1..).unwrap_or_default();
    let stop = match memchr2(separator, b'\n', behind) {
        Some(offset) => close + 1 + offset,
        None if is_at_end => window.len(),
        None => return Err(Scan::More),
    };
    let end = without_return(window, close + 1, stop, separator);
    let tail = window.get(close + 1..end).unwrap_or_default();
    if !has_doubled && tail.is_empty() {
        return Ok((span(at + 1, close), stop));
    }
    let begin = scratch.len();
    let mut inside = window.get(at + 1..close).unwrap_or_default();
    while let Some(offset) = memchr(b'"', inside) {
        scratch.extend_from_slice(inside.get(..=offset).unwrap_or_default());
        inside = inside.get(offset + 2..).unwrap_or_default();
    }
    scratch.extend_from_slice(inside);
    scratch.extend_from_slice(tail);
    let rewritten = span(begin, scratch.len());
    // Two halves of a letter in two cells are no letter.
    scratch.push(separator);
    Ok((Span { from: rewritten.from | IN_SCRATCH, ..rewritten }, stop))
}

/// The end of a cell: before the `\r` of a line that ends in both.
fn without_return(window: &[u8], from: usize, stop: usize, separator: u8) -> usize {
    let ends_line = window.get(stop) != Some(&separator);
    if ends_line && stop > from && window.get(stop - 1) == Some(&b'\r') { stop - 1 } else { stop }
}

fn span(from: usize, to: usize) -> Span {
    // A buffer is far smaller than this can count.
    let count = |place: usize| u32::try_from(place).unwrap_or(0);
    Span { from: count(from), to: count(to) }
}

/// Puts a question mark where bytes are no UTF-8, so that places stay where they are.
fn as_text(bytes: &mut [u8]) {
    let mut from = 0;
    while let Some(rest) = bytes.get_mut(from..) {
        let Err(error) = str::from_utf8(rest) else { return };
        let bad = error.valid_up_to();
        let count = error.error_len().unwrap_or(rest.len() - bad);
        if let Some(bad) = rest.get_mut(bad..bad + count) {
            bad.fill(b'?');
        }
        from += bad + count;
    }
}

/// The cells of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'b> {
    text: &'b str,
    scratch: &'b str,
    spans: &'b [Span],
}

impl<'b> Cells<'b> {
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A cell; empty when there is none.
    pub(super) fn get(&self, place: usize) -> &'b str {
        let Some(span) = self.spans.get(place) else { return "" };
        let of = if span.from & IN_SCRATCH == 0 { self.text } else { self.scratch };
        let place = |it: u32| usize::try_from(it & !IN_SCRATCH).unwrap_or(0);
        of.get(place(span.from)..place(span.to)).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'b str> {
        (0..self.len()).map(|place| self.get(place))
    }
}

/// The names of the columns of a table, in small letters, by its first bytes. None when it is no table.
pub(super) fn header_of(head: &[u8]) -> Vec<String> {
    let Ok(mut records) = Records::of_any(head) else { return Vec::new() };
    match records.advance() {
        Ok(Some(Step::Row)) => names(records.cells()),
        _ => Vec::new(),
    }
}

/// The cells of a header.
pub(super) fn names(cells: Cells<'_>) -> Vec<String> {
    cells.iter().map(|name| name.trim().to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Slow;
    use super::*;

    fn rows(text: &[u8], at_once: usize, buffer: usize) -> Vec<Result<Vec<String>, Reject>> {
        let mut records = Records::with_buffer(Slow(text, at_once), buffer);
        let mut rows = Vec::new();
        while let Some(step) = records.advance().unwrap() {
            rows.push(match step {
                Step::Row => Ok(records.cells().iter().map(str::to_owned).collect()),
                Step::Bad(why) => Err(why),
            });
        }
        rows
    }

    fn row(cells: &[&str]) -> Result<Vec<String>, Reject> {
        Ok(cells.iter().map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn cells_are_what_the_rules_say() {
        let text = b"a,b\r\n\r\n\"c,\"\"d\"\"\",\"e\nf\"\r\n5\" disk,\"g\"h\n\"\",\n,x";
        let expected = [
            row(&["a", "b"]),
            row(&["c,\"d\"", "e\nf"]),
            row(&["5\" disk", "gh"]),
            row(&["", ""]),
            row(&["", "x"]),
        ];
        for at_once in [1, 2, 3, 7, 1_000] {
            assert_eq!(rows(text, at_once, 64), expected, "{at_once} at once");
        }
    }

    #[test]
    fn what_is_bad_is_said_and_the_next_row_is_read() {
        let long = "x".repeat(100);
        let text = format!("a,b\n{long},c\n\"open,d\ne,f\n{long}\0\ng,\0h\ni,j\n");
        let found = rows(text.as_bytes(), 10, 64);
        assert_eq!(
            found,
            [
                row(&["a", "b"]),
                Err(Reject::TooLong),
                Err(Reject::OpenQuote),
                row(&["e", "f"]),
                Err(Reject::TooLong),
                Err(Reject::Nul),
                row(&["i", "j"]),
            ]
        );
        assert_eq!(rows(b"a\n\"b\nc\n", 100, 64), [row(&["a"]), Err(Reject::OpenQuote), row(&["c"])]);
    }

    #[test]
    fn what_is_no_text_becomes_a_question_mark_and_nothing_moves() {
        assert_eq!(rows(b"\"\"\xc3,\"\"\xa9 \n", 100, 64), [row(&["?", "? "])]);
        assert_eq!(rows(b"caf\xe9,\"\xff\"\"\",\xc3\xa9\n", 100, 64), [row(&["caf?", "?\"", "é"])]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config {
            cases: 2_000, failure_persistence: None, max_global_rejects: 20_000, ..Default::default()
        })]

        #[test]
        fn another_reader_of_tables_finds_the_same(
            text in proptest::collection::vec(proptest::sample::select(b"ab,,\"\"\n\n \xc3\xa9".to_vec()), 0..120),
            at_once in 1_usize..40,
        ) {
            let found = rows(&text, at_once, 4_096);
            // A mark that is never closed is where they differ on purpose.
            proptest::prop_assume!(found.iter().all(Result::is_ok));
            let mut theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
            let theirs: Vec<_> = theirs.byte_records().map(|record| {
                let record = record.unwrap();
                Ok(record.iter().map(|cell| {
                    let mut cell = cell.to_vec();
                    as_text(&mut cell);
                    String::from_utf8(cell).unwrap()
                }).collect::<Vec<_>>())
            }).collect();
            // Bytes outside of ASCII are picked one by one, so a letter may be torn by a quotation mark.
            let plain = |rows: &[Result<Vec<String>, Reject>]| format!("{rows:?}").replace('é', "??");
            proptest::prop_assert_eq!(plain(&found), plain(&theirs));
        }
    }
}
