//! What somebody saw, whatever the report is written in: a stream of bytes goes in, rows come out one by one.
//!
//! Reports come by the million rows, so a report is never in memory as a whole. A reader hands each row to the
//! one who asked, borrowed from the bytes in which it stands, and forgets it. Whoever cannot keep up is simply
//! not asked for the next row; that is all the back-pressure there is.
//!
//! No row is lost in silence. Each is either good or rejected with a reason ([`Reject`]), the two add up to the
//! rows of the report ([`Account`]), and what comes after a bad row is read as if it had not been there.
//!
//! | file | what |
//! |---|---|
//! | `unpack` | gzip, zstd and ZIP, with limits on size, ratio and members |
//! | `records`, `pieces` | rows of a table and values of JSON, out of a stream in memory that does not grow |
//! | `shadowserver` | the report types of Shadowserver, by a table of ours |
//! | `own` | our own tables and lines of JSON; `docs/observations.md` says what stands in them |
//! | `intelmq`, `xarf`, `nmap`, `nuclei`, `misp` | what those write |

mod intelmq;
mod misp;
mod nmap;
mod nuclei;
pub mod own;
mod pieces;
mod place;
mod records;
pub mod shadowserver;
#[cfg(test)]
mod testing;
mod unpack;
pub mod xarf;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Cursor, Read as Reads, Seek};
use std::ops::ControlFlow;

use domain::observation::{Observed, Rest};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::json::{Complaints, Limits};
use crate::sniff::Hint;
use crate::{Complaint, Read, Unreadable, Weight, What, Why, citizen_number, words};

pub use unpack::{Bounds, is_archive};

/// How much of a report is looked at to know what it is.
const PEEK_BYTES: u64 = 64 * 1024;
/// How far a clock elsewhere may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What a report is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A table of our own.
    Table,
    /// Lines of JSON of our own.
    Lines,
    Shadowserver,
    /// Events of IntelMQ: lines, a list, or one.
    Intelmq,
    /// X-ARF, version 3 or 4.
    Xarf,
    /// What nmap writes with `-oX`.
    Nmap,
    /// What nuclei writes with `-jsonl`.
    Nuclei,
    /// Sightings of MISP, by themselves or below the attributes of an event.
    Misp,
}

impl Kind {
    /// As it is written in columns.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "observations-table",
            Self::Lines => "observations-lines",
            Self::Shadowserver => "shadowserver",
            Self::Intelmq => "intelmq",
            Self::Xarf => "xarf",
            Self::Nmap => "nmap",
            Self::Nuclei => "nuclei",
            Self::Misp => "misp",
        }
    }
}

/// What the one who brings a report knows about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About<'a> {
    pub file_name: Option<&'a str>,
    /// Taken at its word, when given.
    pub kind: Option<Kind>,
    /// Who brought it: counts where the report itself does not say who looked.
    pub source: &'a str,
    /// What was seen later than this, and a little, is rejected.
    pub now: Timestamp,
    pub bounds: Bounds,
}

impl<'a> About<'a> {
    /// Of a report about which nothing is known but who brought it.
    pub fn from(source: &'a str, now: Timestamp) -> Self {
        Self { file_name: None, kind: None, source, now, bounds: Bounds::default() }
    }
}

/// A row of a report.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "rows are handed over one by one; a box would be a copy of each"
)]
pub enum Row<'r> {
    Good(Observed<'r>),
    Rejected(Rejected<'r>),
}

/// A row that cannot be used, with the beginning of what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected<'r> {
    pub row: u64,
    pub why: Reject,
    pub text: Cow<'r, [u8]>,
}

macro_rules! rejects {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $text:literal;)*) => {
        /// Why a row cannot be used.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Reject {
            $($(#[$doc])* $name,)*
        }

        impl Reject {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name of this reason, as in `reject-no-address`.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }

        impl fmt::Display for Reject {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)*
                })
            }
        }
    };
}

rejects! {
    NoAddress = "no-address", "what stands for an address is none";
    /// Neither an address nor a name.
    NoPlace = "no-place", "it does not say where";
    NoTime = "no-time", "it does not say when, or names a moment that cannot be";
    Future = "future", "it was seen in the future: a clock is wrong";
    Cells = "cells", "it has not as many cells as the header";
    TooLong = "too-long", "it is longer than any honest row";
    OpenQuote = "open-quote", "a quotation mark is never closed";
    Nul = "nul", "a NUL stands in it";
    NotText = "not-text", "it is not text in UTF-8";
    NoJson = "no-json", "it is not JSON, or not an object";
    Missing = "missing", "something is missing that nothing can stand in for";
    UnknownWord = "unknown-word", "a word that decides about it is one that we do not know";
    CitizenNumber = "citizen-number", "it holds what looks like a citizen number";
    /// A port that did not answer, a test that was not made.
    SaysNothing = "says-nothing", "it says neither that something is there nor that it is not";
}

/// What became of the rows of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Of the first file that could be read.
    pub kind: Option<Kind>,
    pub rows: u64,
    pub good: u64,
    rejected: [u64; Reject::ALL.len()],
    /// Types of reports that nobody knows. Their rows are there, and warn nobody.
    pub unknown_types: Vec<String>,
    /// Files of an archive that were left out, by name, up to a number that can still be looked at.
    pub left_out: Vec<String>,
    /// Rules of its format that it breaks, up to a number that can still be looked at.
    pub complaints: Vec<Complaint>,
    /// Why the report ends before its end. What stands before that was handed over.
    pub broken: Option<Unreadable>,
    /// Whether the one who asked said that it was enough.
    pub is_stopped: bool,
}

impl Account {
    fn new() -> Self {
        Self {
            kind: None,
            rows: 0,
            good: 0,
            rejected: [0; Reject::ALL.len()],
            unknown_types: Vec::new(),
            left_out: Vec::new(),
            complaints: Vec::new(),
            broken: None,
            is_stopped: false,
        }
    }

    /// All that could not be used. With the good ones these are the rows, exactly.
    pub fn rejected(&self) -> u64 {
        self.rejected.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    pub fn rejected_for(&self, why: Reject) -> u64 {
        Reject::ALL.iter().zip(&self.rejected).find(|(it, _)| **it == why).map_or(0, |(_, count)| *count)
    }

    /// What a person may want to know of it, beside the rows that were rejected.
    pub fn doubts(&self) -> Vec<Complaint> {
        let mut complaints = Complaints::default();
        self.complain(&mut complaints);
        complaints.into_list()
    }

    fn complain(&self, complaints: &mut Complaints) {
        for Complaint { at, what, weight } in &self.complaints {
            complaints.add(*weight, at.clone(), what.clone());
        }
        for name in &self.unknown_types {
            let what = What::UnknownReport(words::clipped(&words::line(name), 60));
            complaints.add(Weight::Doubt, String::new(), what);
        }
        for name in &self.left_out {
            let what = What::LeftOut(words::clipped(&words::line(name), 80));
            complaints.add(Weight::Loss, String::new(), what);
        }
        if let Some(broken) = &self.broken {
            let (at, why) = (broken.at.clone(), broken.why.to_string());
            complaints.add(Weight::Loss, at, What::BreaksOff(why));
        }
    }

    /// The reasons that there were, with how often.
    pub fn reasons(&self) -> impl Iterator<Item = (Reject, u64)> {
        Reject::ALL.iter().copied().zip(self.rejected).filter(|(_, count)| *count > 0)
    }
}

/// Why a report could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The one who brought the bytes could not go on; nothing is wrong with the report.
    #[error("the report could not be fetched: {0}")]
    Io(#[from] io::Error),
}

/// Whom a row is handed to. Says whether to go on.
type Take<'t> = &'t mut dyn FnMut(Row<'_>) -> ControlFlow<()>;

/// Where readers put what they read, so that each row is counted once.
struct Intake<'t> {
    take: Take<'t>,
    account: Account,
    /// The moment after which nothing can have been seen.
    until: Timestamp,
    source: &'t str,
    /// Rules of a format that were broken by reports which could be used all the same.
    complaints: Complaints,
    harmless: Harmless,
}

/// Words that were looked through and hold no citizen number: of the millions that come, most came before.
struct Harmless([Word; Self::WORDS]);

/// A short word and its length.
type Word = (u8, [u8; Harmless::BYTES]);

impl Harmless {
    /// A power of two.
    const WORDS: usize = 64;
    const BYTES: usize = 47;

    /// Whether a word holds what looks like a citizen number.
    fn is_suspect(&mut self, word: &str) -> bool {
        let bytes = word.as_bytes();
        let Some(length) = u8::try_from(bytes.len()).ok().filter(|_| bytes.len() <= Self::BYTES) else {
            return is_suspect(word);
        };
        let tail = match bytes.last_chunk() {
            Some(letters) => u64::from_le_bytes(*letters),
            None => bytes.iter().fold(0, |sum, letter| sum << 8 | u64::from(*letter)),
        };
        let [spread, ..] = (tail ^ u64::from(length)).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
        let Some((known, room)) = self.0.get_mut(usize::from(spread) % Self::WORDS) else {
            return is_suspect(word);
        };
        if *known == length && room.get(..bytes.len()) == Some(bytes) {
            return false;
        }
        let suspect = is_suspect(word);
        if let (false, Some(room)) = (suspect, room.get_mut(..bytes.len())) {
            room.copy_from_slice(bytes);
            *known = length;
        }
        suspect
    }
}

/// How much of a rejected row is shown.
const SHOWN_BYTES: usize = 500;

impl<'t> Intake<'t> {
    fn new(take: Take<'t>, about: About<'t>) -> Self {
        let until = about.now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
        let complaints = Complaints::default();
        // Nothing is known of the empty word, and nothing is wrong with it.
        let harmless = Harmless([(0, [0; Harmless::BYTES]); Harmless::WORDS]);
        Self { take, account: Account::new(), until, source: about.source, complaints, harmless }
    }

    fn finish(self) -> Account {
        Account { complaints: self.complaints.into_list(), ..self.account }
    }

    fn next_row(&mut self) -> u64 {
        self.account.rows = self.account.rows.saturating_add(1);
        self.account.rows
    }

    /// A row of which everything was understood. `text` is what stands there.
    #[inline]
    fn offer(&mut self, observed: Observed<'_>, text: &[u8]) -> ControlFlow<()> {
        let row = observed.row;
        let refused = if observed.address.is_none() && observed.host.is_none() {
            Some(Reject::NoPlace)
        } else if observed.at > self.until {
            Some(Reject::Future)
        } else if [&observed.finding, &observed.tags, &observed.source]
            .iter()
            .any(|it| self.harmless.is_suspect(it))
        {
            Some(Reject::CitizenNumber)
        } else {
            None
        };
        match refused {
            Some(why) => self.reject(row, why, text),
            None => {
                self.account.good = self.account.good.saturating_add(1);
                (self.take)(Row::Good(observed))
            }
        }
    }

    fn reject(&mut self, row: u64, why: Reject, text: &[u8]) -> ControlFlow<()> {
        let counts = Reject::ALL.iter().zip(&mut self.account.rejected);
        for (_, count) in counts.filter(|(it, _)| **it == why) {
            *count = count.saturating_add(1);
        }
        let shown = text.get(..SHOWN_BYTES).unwrap_or(text);
        (self.take)(Row::Rejected(Rejected { row, why, text: Cow::Borrowed(shown) }))
    }
}

/// Whether a word holds what looks like a citizen number. This is asked of every row, so it is looked at
/// closely only where enough digits stand together and nothing says that they are part of something else, as
/// in `cve-2021-44228`.
fn is_suspect(word: &str) -> bool {
    if word.bytes().filter(u8::is_ascii_digit).count() < 8 {
        return false;
    }
    let (mut digits, mut gap, mut alone, mut most) = (0_usize, 0_usize, 0_usize, 0_usize);
    let (mut is_joined, mut last, mut before) = (false, b' ', b' ');
    for byte in word.bytes() {
        match byte {
            b'0'..=b'9' => {
                if digits == 0 {
                    is_joined = matches!(last, b'-' | b'.' | b',') && before.is_ascii_alphanumeric();
                }
                digits = digits.saturating_add(1);
                gap = 0;
            }
            // One of them, of which the blank that does not break has two bytes.
            b' ' | b'.' | b'-' | 0xc2 | 0xa0 if gap < 2 => gap = gap.saturating_add(1),
            _ => digits = 0,
        }
        most = most.max(digits);
        if !is_joined {
            alone = alone.max(digits);
        }
        (before, last) = (last, byte);
    }
    // Behind the word for it, it is one whatever stands around it, and with a digit less.
    let is_announced = || {
        let begins = |it: &[u8], word: &[u8]| it.eq_ignore_ascii_case(word);
        let mut starts =
            word.as_bytes().windows(3).filter(|it| matches!(it.first(), Some(b'b' | b'B' | b's' | b'S')));
        starts.any(|it| begins(it, b"bsn") || begins(it, b"bur") || begins(it, b"sof"))
    };
    (alone >= 9 || most >= 8 && is_announced()) && citizen_number::looks_like(word).is_some()
}

/// Reads a report, packed or not, and hands over its rows in their order.
///
/// # Errors
/// When it is nothing that we read, or its bytes cannot be fetched. A report that breaks off is not an error:
/// the account says so.
pub fn read(
    mut from: impl Reads + Seek,
    about: About<'_>,
    mut take: impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<Account, Failed> {
    let mut intake = Intake::new(&mut take, about);
    let left_out = unpack::each(&mut from, about.file_name, about.bounds, &mut |member, bytes| {
        one(bytes, member, about.kind, &mut intake)
    })?;
    Ok(Account { left_out, ..intake.finish() })
}

/// Reads a report from bytes that come only once, so that it must not be an archive of several files
/// ([`is_archive`]).
///
/// # Errors
/// As [`read`].
pub fn read_stream(
    mut from: impl Reads,
    about: About<'_>,
    mut take: impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<Account, Failed> {
    let mut intake = Intake::new(&mut take, about);
    unpack::alone(&mut from, about.file_name, about.bounds, &mut |member, bytes| {
        one(bytes, member, about.kind, &mut intake)
    })?;
    Ok(intake.finish())
}

/// Reads one file. What goes wrong in its middle is written into the account.
fn one(
    from: &mut dyn Reads,
    name: Option<&str>,
    kind: Option<Kind>,
    intake: &mut Intake<'_>,
) -> Result<(), Failed> {
    let mut head = Vec::new();
    (&mut *from).take(PEEK_BYTES).read_to_end(&mut head)?;
    let head = head.strip_prefix(b"\xEF\xBB\xBF".as_slice()).unwrap_or(&head);
    let Some(kind) = kind.or_else(|| kind_of(head, name)) else {
        let empty = head.iter().all(u8::is_ascii_whitespace);
        return Err(Unreadable::whole(if empty { Why::Empty } else { Why::UnknownKind(KNOWN) }).into());
    };
    intake.account.kind.get_or_insert(kind);
    let before = intake.account.rows;
    let whole = Cursor::new(head).chain(from);
    let done = match kind {
        Kind::Table => own::table(whole, intake),
        Kind::Lines => own::lines(whole, head, intake),
        Kind::Shadowserver => shadowserver::table(whole, name, intake),
        Kind::Intelmq => intelmq::events(whole, head, intake),
        Kind::Xarf => xarf::reports(whole, head, intake),
        Kind::Nmap => nmap::scan(whole, intake),
        Kind::Nuclei => nuclei::findings(whole, head, intake),
        Kind::Misp => misp::sightings(whole, head, intake),
    };
    match done.map_err(unpack::told) {
        Ok(ControlFlow::Continue(())) => Ok(()),
        Ok(ControlFlow::Break(())) => {
            intake.account.is_stopped = true;
            Ok(())
        }
        Err(Failed::Unreadable(why)) if intake.account.rows > before => {
            intake.account.broken.get_or_insert(why);
            Ok(())
        }
        Err(why) => Err(why),
    }
}

/// What a reader of one file gives: whether to go on with the next.
type Done = Result<ControlFlow<()>, Failed>;

const KNOWN: &str =
    "reports of Shadowserver, IntelMQ, X-ARF, nmap, nuclei and MISP, and our own tables and lines";

/// What a file is, by its first bytes; its name decides only where they leave it open.
fn kind_of(head: &[u8], name: Option<&str>) -> Option<Kind> {
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let head = head.get(start..)?;
    match head.first()? {
        b'<' => nmap::is_one(head).then_some(Kind::Nmap),
        b'{' | b'[' => {
            let keys = pieces::first_keys(head);
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            if xarf::is_one(&keys) {
                Some(Kind::Xarf)
            } else if nuclei::is_one(&keys) {
                Some(Kind::Nuclei)
            } else if misp::is_one(&keys, head) {
                Some(Kind::Misp)
            } else if own::is_one(&keys) {
                Some(Kind::Lines)
            } else if intelmq::is_one(&keys) {
                Some(Kind::Intelmq)
            } else {
                None
            }
        }
        _ => {
            let header = records::header_of(head);
            let names: Vec<&str> = header.iter().map(String::as_str).collect();
            if shadowserver::is_one(&names, name) {
                Some(Kind::Shadowserver)
            } else {
                own::is_one(&names).then_some(Kind::Table)
            }
        }
    }
}

/// What stands at the head of a report of our own, for whoever handed in a table with other columns.
pub const OWN_COLUMNS: &str = own::KNOWN;

/// Whether these bytes are a report, packed or not.
pub fn is_one(bytes: &[u8], name: Option<&str>) -> bool {
    // Every paper comes by here, and most are neither a report nor packed.
    let peek = usize::try_from(PEEK_BYTES).unwrap_or(usize::MAX);
    if !unpack::is_packed(bytes) {
        let head = bytes.get(..peek).unwrap_or(bytes);
        let head = head.strip_prefix(b"\xEF\xBB\xBF".as_slice()).unwrap_or(head);
        return kind_of(head, name).is_some();
    }
    let mut known = false;
    // One that holds too many files is a report all the same, and is told so when it is read.
    let bounds = Bounds { members_max: usize::MAX, ..Bounds::default() };
    let looked = unpack::each(&mut Cursor::new(bytes), name, bounds, &mut |member, from| {
        let mut head = Vec::new();
        from.take(PEEK_BYTES).read_to_end(&mut head)?;
        let head = head.strip_prefix(b"\xEF\xBB\xBF".as_slice()).unwrap_or(&head);
        known = kind_of(head, member).is_some();
        // One file says enough about an archive.
        Err(Failed::Unreadable(Unreadable::whole(Why::Empty)))
    });
    known && looked.is_err()
}

/// A report as a whole, for who has few rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub observations: Vec<Observed<'static>>,
    pub account: Account,
}

/// Reads a report as a whole, at most as many rows as the limits allow.
///
/// # Errors
/// When it is nothing that we read, is too big, or has rows of which not one can be used.
pub(crate) fn read_within(bytes: &[u8], hint: Hint<'_>, limits: Limits) -> Result<Read<Report>, Unreadable> {
    if bytes.len() > limits.size_bytes_max {
        let why = Why::TooBig { found: bytes.len(), limit: limits.size_bytes_max };
        return Err(Unreadable::whole(why));
    }
    let bounds =
        Bounds { bytes_max: u64::try_from(limits.size_bytes_max).unwrap_or(u64::MAX), ..Bounds::default() };
    let about =
        About { file_name: hint.file_name, bounds, ..About::from("", hint.now.unwrap_or(Timestamp::MAX)) };
    let mut observations = Vec::new();
    let mut complaints = Complaints::default();
    let mut first = None;
    let mut rows = 0_usize;
    let read = read(Cursor::new(bytes), about, |row| {
        rows = rows.saturating_add(1);
        if rows > limits.rows_max {
            return ControlFlow::Break(());
        }
        match row {
            Row::Good(observed) => observations.push(observed.into_owned()),
            Row::Rejected(Rejected { row, why, .. }) => {
                first.get_or_insert((row, why));
                complaints.add(Weight::Loss, format!("row {row}"), What::Rejected(why));
            }
        }
        ControlFlow::Continue(())
    });
    let account = match read {
        Ok(account) if account.is_stopped => {
            return Err(Unreadable::whole(Why::TooManyRows { limit: limits.rows_max }));
        }
        Ok(account) => account,
        Err(Failed::Unreadable(why)) => return Err(why),
        Err(Failed::Io(why)) => return Err(Unreadable::whole(Why::Broken(why.to_string()))),
    };
    if let (true, Some((row, why))) = (observations.is_empty(), first) {
        return Err(Unreadable { at: format!("row {row}"), why: Why::NoRow(why) });
    }
    account.complain(&mut complaints);
    Ok(Read { it: Report { observations, account }, complaints: complaints.into_list() })
}

/// Pairs of a row that has no columns.
fn pairs(pairs: Vec<(String, String)>) -> Rest<'static> {
    if pairs.is_empty() { Rest::Nothing } else { Rest::Pairs(pairs) }
}

/// A complaint about a whole report, for who checks one without taking it in.
#[must_use]
fn rule(at: String, rule: impl Into<String>) -> Complaint {
    Complaint { at, what: What::Rule(rule.into()), weight: Weight::Doubt }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    const TABLE: &str =
        include_str!("../../../../fixtures/observations/2026-11-21-scan_http_vulnerable-us.csv");
    const NAME: &str = "2026-11-21-scan_http_vulnerable-us.csv";

    fn about(file_name: &str) -> About<'_> {
        About { file_name: Some(file_name), ..About::from("us", "2026-11-22T00:00:00Z".parse().unwrap()) }
    }

    /// All rows, in their order.
    fn rows(bytes: &[u8], file_name: &str) -> (Account, Vec<Row<'static>>) {
        let mut rows = Vec::new();
        let account = read(Cursor::new(bytes), about(file_name), |row| {
            rows.push(owned(row));
            ControlFlow::Continue(())
        });
        (account.unwrap(), rows)
    }

    fn owned(row: Row<'_>) -> Row<'static> {
        match row {
            Row::Good(observed) => Row::Good(observed.into_owned()),
            Row::Rejected(it) => Row::Rejected(Rejected { text: Cow::Owned(it.text.into_owned()), ..it }),
        }
    }

    #[test]
    fn a_report_of_shadowserver_comes_out_as_what_it_says() {
        let (account, rows) = rows(TABLE.as_bytes(), NAME);
        let mut page = String::new();
        for row in &rows {
            page += &match row {
                Row::Good(it) => format!("{it:#?}\n"),
                Row::Rejected(it) => {
                    format!("{} {}: {}\n", it.row, it.why, String::from_utf8_lossy(&it.text))
                }
            };
        }
        page += &format!("{} {} {:?}\n", account.rows, account.good, account.reasons().collect::<Vec<_>>());
        insta::assert_snapshot!(page, @r#"
        Observed {
            row: 1,
            at: 2026-11-21T06:15:58Z,
            address: Some(
                192.0.2.10,
            ),
            port: Some(
                443,
            ),
            host: Some(
                "vpn.noordzorg.example",
            ),
            certificate: "",
            asn: Some(
                64496,
            ),
            product: ProductGuess {
                vendor: None,
                name: None,
                version: Some(
                    "12.1-55.18",
                ),
            },
            finding: "vulnerable-http",
            tags: "citrix;cve-2019-19781",
            seen: Vulnerable,
            class: VulnerableSystem,
            severity: Some(
                Critical,
            ),
            method: Version,
            vantage: Some(
                Outside,
            ),
            confidence: None,
            source: "Shadowserver",
            tlp: None,
            pap: None,
            rest: [
                (
                    "protocol",
                    "tcp",
                ),
                (
                    "geo",
                    "NL",
                ),
                (
                    "sector",
                    "Care, and cure",
                ),
                (
                    "what_is_new",
                    "42",
                ),
            ],
        }
        Observed {
            row: 2,
            at: 2026-11-21T06:16:00Z,
            address: Some(
                2001:db8::10,
            ),
            port: Some(
                8443,
            ),
            host: None,
            certificate: "",
            asn: None,
            product: ProductGuess {
                vendor: None,
                name: None,
                version: None,
            },
            finding: "vulnerable-http",
            tags: "http",
            seen: Vulnerable,
            class: VulnerableSystem,
            severity: Some(
                High,
            ),
            method: Version,
            vantage: Some(
                Outside,
            ),
            confidence: None,
            source: "Shadowserver",
            tlp: None,
            pap: None,
            rest: [
                (
                    "protocol",
                    "tcp",
                ),
                (
                    "geo",
                    "NL",
                ),
            ],
        }
        3 it does not say when, or names a moment that cannot be: "2026-02-30 06:16:00","low","192.0.2.11","tcp","80",,"http","64496","NL",,,
        4 what stands for an address is none: "2026-11-21 06:16:01","low","192.0.2.256","tcp","80",,"http","64496","NL",,,
        5 it has not as many cells as the header: "2026-11-21 06:16:02","low","192.0.2.12","tcp","80"
        6 it was seen in the future: a clock is wrong: "2036-11-21 06:16:03","low","192.0.2.12","tcp","80",,"http","64496","NL",,,
        6 2 [(NoAddress, 1), (NoTime, 1), (Future, 1), (Cells, 1)]
        "#);
    }

    #[test]
    fn what_is_packed_says_the_same() {
        let plain = rows(TABLE.as_bytes(), NAME).1;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(TABLE.as_bytes()).unwrap();
        assert_eq!(rows(&gzip.finish().unwrap(), &format!("{NAME}.gz")).1, plain);
        let zstd = zstd::encode_all(TABLE.as_bytes(), 3).unwrap();
        assert_eq!(rows(&zstd, &format!("{NAME}.zst")).1, plain);
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in [NAME, "readme.txt", "empty.csv"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            let text = if name == NAME {
                TABLE
            } else if name == "empty.csv" {
                ""
            } else {
                "Dear team"
            };
            zip.write_all(text.as_bytes()).unwrap();
        }
        let (account, from_zip) = rows(&zip.finish().unwrap().into_inner(), "all-of-today.zip");
        assert_eq!(from_zip, plain);
        assert_eq!(account.left_out, ["readme.txt", "empty.csv"]);
    }

    #[test]
    fn what_breaks_off_is_read_up_to_there_and_the_end_is_said() {
        // Random words, so that it packs badly and a good part comes out before the end.
        let [header, good, ..] = TABLE.lines().collect::<Vec<_>>()[..] else { panic!() };
        let mut text = format!("{header}\n");
        let mut number = 1_u64;
        for _ in 0..5_000 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text += &good.replace("42", &format!("{number:x}"));
            text += "\n";
        }
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        let packed = gzip.finish().unwrap();
        let (account, rows) = rows(&packed[..packed.len() / 2], &format!("{NAME}.gz"));
        assert!((100..5_000).contains(&account.good), "{}", account.good);
        assert_eq!(account.rows, u64::try_from(rows.len()).unwrap());
        assert!(account.broken.unwrap().to_string().contains("damaged or breaks off"));
    }

    #[test]
    fn who_has_enough_is_given_no_more() {
        let mut seen = 0;
        let account = read(Cursor::new(TABLE), about(NAME), |_| {
            seen += 1;
            ControlFlow::Break(())
        });
        let account = account.unwrap();
        assert_eq!((seen, account.rows, account.is_stopped), (1, 1, true));
    }

    #[test]
    fn a_field_of_a_megabyte_costs_its_row_and_no_other() {
        let [header, good, ..] = TABLE.lines().collect::<Vec<_>>()[..] else { panic!() };
        let long = good.replace("citrix;", &"x".repeat(1_000_000));
        let open = good.replace("\"tcp\"", "\"tcp");
        let nul = good.replace("tcp", "t\0p");
        let text = [header, good, &long, good, &open, good, &nul, good, ""].join("\n");
        let (account, rows) = rows(text.as_bytes(), NAME);
        let good: Vec<u64> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Good(it) => Some(it.row),
                Row::Rejected(_) => None,
            })
            .collect();
        // A quotation mark too few shifts all that follows on its line, which then has other cells.
        assert_eq!(good, [1, 3, 5, 7]);
        assert_eq!(
            (account.rows, account.rejected_for(Reject::TooLong), account.rejected_for(Reject::Nul)),
            (7, 1, 1)
        );
        assert!(rows.iter().all(|row| !matches!(row, Row::Rejected(it) if it.text.len() > SHOWN_BYTES)));
    }

    #[test]
    fn a_citizen_number_is_found_by_the_quick_look_too() {
        let words =
            ["111222333", "patient 1112.22.333", "111\u{a0}222\u{a0}333", "BSN 11122233", "bsn: 012345672"];
        for word in words.iter().chain(&[
            "cve-2019-19781",
            "12.1-55.18",
            "111222334",
            "11122233",
            "tel 0612345678",
            "cve-111-222333",
            "bsn-111222333",
            "a;111222333;b",
            "x.111222333",
            "a b111222333",
            "1-111222333",
            "(111222333)",
        ]) {
            assert_eq!(is_suspect(word), citizen_number::looks_like(word).is_some(), "{word}");
        }
        assert!(is_suspect(words[0]) && is_suspect(words[1]) && is_suspect(words[2]));
    }

    #[test]
    fn every_reason_has_a_name_of_its_own() {
        let keys: std::collections::BTreeSet<_> = Reject::ALL.iter().map(|it| it.key()).collect();
        assert_eq!(keys.len(), Reject::ALL.len());
        for why in Reject::ALL {
            assert_eq!(serde_json::to_value(why).unwrap(), why.key());
        }
    }

    /// Gives so many bytes at once and no more.
    struct Slow<'b>(&'b [u8], usize);

    impl Reads for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn columns_in_any_order_say_the_same(order in Just((0..12).collect::<Vec<usize>>()).prop_shuffle()) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(TABLE.as_bytes());
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for record in reader.records() {
                let record = record.unwrap();
                // A row that is too short stays so.
                let cells = order.iter().filter(|place| **place < record.len()).map(|place| &record[*place]);
                writer.write_record(cells).unwrap();
            }
            let shuffled = writer.into_inner().unwrap();
            // What was rejected is shown as it stands there, and the rest comes in the order of the columns.
            let plain = |bytes: &[u8]| -> Vec<Row<'static>> {
                rows(bytes, NAME).1.into_iter().map(|row| match row {
                    Row::Good(mut it) => {
                        let mut rest = it.rest.pairs();
                        rest.sort();
                        it.rest = Rest::Pairs(rest);
                        Row::Good(it)
                    }
                    Row::Rejected(it) => Row::Rejected(Rejected { text: Cow::Borrowed(b""), ..it }),
                }).collect()
            };
            prop_assert_eq!(plain(&shuffled), plain(TABLE.as_bytes()));
        }

        #[test]
        fn a_stream_in_any_pieces_says_the_same(at_once in 1_usize..300, which in 0_usize..6) {
            let (name, bytes): (&str, &[u8]) = [
                (NAME, TABLE.as_bytes()),
                ("scan.csv", include_bytes!("../../../../fixtures/observations/scan.csv").as_slice()),
                ("scan.jsonl", include_bytes!("../../../../fixtures/observations/scan.jsonl").as_slice()),
                ("nmap.xml", include_bytes!("../../../../fixtures/observations/nmap.xml").as_slice()),
                ("misp.json", include_bytes!("../../../../fixtures/observations/misp.json").as_slice()),
                ("xarf.json", include_bytes!("../../../../fixtures/observations/xarf.json").as_slice()),
            ][which];
            let mut found = Vec::new();
            let account = read_stream(Slow(bytes, at_once), about(name), |row| {
                found.push(owned(row));
                ControlFlow::Continue(())
            }).unwrap();
            let (expected, whole) = rows(bytes, name);
            prop_assert_eq!(account, expected);
            prop_assert_eq!(found, whole);
        }
    }
}
