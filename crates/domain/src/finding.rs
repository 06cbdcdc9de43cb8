//! What stands at a place: the same thing, seen again and again by whoever looks, as one.
//!
//! ```text
//! rows of papers ─► sorted by place ─► merged into the page of an owner ─► one finding each
//! ```
//!
//! A scan repeats itself every day. Of its rows nine in ten say what was said yesterday, so they change a
//! finding and make none. Findings lie on *pages*, each a run of bytes that belongs to one owner: what a paper
//! says about an owner is read and written once, however many rows it has, and the cost of a row does not grow
//! with what is known (`performance.md` 8).
//!
//! Merging is a join of two sorted lists, and every part of it is a smallest, a largest, a sum or a union: any
//! order of the same papers ends in the same findings.

mod gathered;
mod merged;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use gathered::{Gathered, Glimpse};
pub use merged::Merged;

/// Where it stands. Addresses come before names, and version 4 before version 6.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Address(IpAddr),
    /// In lower case, without a dot at the end: when nobody said an address.
    Host(Box<str>),
}

impl Place {
    fn spot(&self) -> Spot<'_> {
        match self {
            Self::Address(IpAddr::V4(address)) => Spot::V4(*address),
            Self::Address(IpAddr::V6(address)) => Spot::V6(*address),
            Self::Host(host) => Spot::Host(host),
        }
    }
}

/// What makes two rows be about the same thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub place: Place,
    pub port: Option<u16>,
    /// What was seen there, as the number of its word in the store.
    pub what: u32,
}

/// Seconds since 1970: what a scan says is never finer, and this lasts until 2106.
pub type Second = u32;

/// What one row of a paper says about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub key: Key,
    pub at: Second,
    /// Whether it was there. A look that finds nothing counts too.
    pub is_there: bool,
    /// By which method, as a bit.
    pub method: u8,
    /// Who looked, as the number of the name in the store.
    pub observer: u16,
    /// By what name, where the place is an address: whose it is may hang on it.
    pub host: Option<Box<str>>,
    /// Names of its certificate. A million of these are in memory at once, and few have any.
    pub certificate: Option<Box<Names>>,
    /// Whether the row is counted with this. A row that names several things is counted with the first.
    pub is_counted: bool,
}

/// Names as [`certificate_names`] writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(pub Box<str>);

/// One thing at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub key: Key,
    /// By what name, where the place is an address. Of several the first in the alphabet.
    pub host: Option<Box<str>>,
    /// Names of all certificates that were seen there, as [`certificate_names`] writes them: a hint whose it is.
    pub certificate: Option<Box<str>>,
    pub first_at: Second,
    /// When it was seen last, or when somebody looked first, if it was never there.
    pub last_at: Second,
    /// When somebody looked last and it was not there.
    pub absent_at: Option<Second>,
    /// Whether it was there at any time.
    pub was_there: bool,
    /// In how many papers it stood.
    pub papers: u32,
    /// Every method by which it was looked for, as bits.
    pub methods: u8,
    /// Everybody who looked, in order.
    pub observers: Vec<u16>,
    /// The paper that spoke of it last, by its number in the store. Says when it arrived and nothing about the
    /// world, so it does not count when findings are compared.
    pub paper: u32,
}

impl Finding {
    fn of(sighting: Sighting, paper: u32) -> Self {
        let Sighting { key, at, is_there, method, observer, host, certificate, is_counted: _ } = sighting;
        Self {
            key,
            host,
            certificate: certificate.map(|names| names.0),
            first_at: at,
            last_at: at,
            absent_at: (!is_there).then_some(at),
            was_there: is_there,
            papers: 1,
            methods: method,
            observers: vec![observer],
            paper,
        }
    }

    /// Its address and its name, as far as they are known.
    pub fn located(&self) -> (Option<IpAddr>, Option<&str>) {
        match &self.key.place {
            Place::Address(address) => (Some(*address), self.host.as_deref()),
            Place::Host(host) => (None, Some(host)),
        }
    }

    /// The names of its certificates, one by one.
    pub fn certificate_names(&self) -> Vec<&str> {
        self.certificate.as_deref().map_or_else(Vec::new, |names| names.split(' ').collect())
    }

    /// Whether it stands there, as far as anybody knows.
    pub fn is_open(&self) -> bool {
        self.times().is_open()
    }

    /// When somebody looked and it was gone, if it is.
    pub fn gone_at(&self) -> Option<Second> {
        self.absent_at.filter(|_| self.was_there && !self.is_open())
    }

    /// Takes in another sighting of the same, out of the same paper.
    fn see(&mut self, sighting: &Sighting) {
        let mut times = self.times();
        times.see(sighting.at, sighting.is_there);
        let Times { first_at, last_at, absent_at, was_there } = times;
        (self.first_at, self.last_at) = (first_at, last_at);
        (self.absent_at, self.was_there) = (absent_at, was_there);
        self.methods |= sighting.method;
        self.call(sighting.host.as_deref());
        self.certify(sighting.certificate.as_deref().map(|names| &*names.0));
        if let Err(place) = self.observers.binary_search(&sighting.observer) {
            self.observers.insert(place, sighting.observer);
        }
    }

    fn times(&self) -> Times {
        let Self { first_at, last_at, absent_at, was_there, .. } = *self;
        Times { first_at, last_at, absent_at, was_there }
    }

    fn call(&mut self, host: Option<&str>) {
        let Some(host) = host else { return };
        if self.host.as_deref().is_none_or(|known| host < known) {
            self.host = Some(host.into());
        }
    }

    fn certify(&mut self, names: Option<&str>) {
        let Some(names) = names.filter(|names| self.certificate.as_deref() != Some(names)) else { return };
        let known = self.certificate.as_deref().unwrap_or_default();
        self.certificate = certificate_names(known.split(' ').chain(names.split(' ')));
    }

    /// Takes in what a paper says of the same. Gives whether that paper had spoken of it before.
    fn hear(&mut self, said: &Self) -> bool {
        let (papers, is_known) = (self.papers, self.paper == said.paper);
        self.join(said);
        self.papers = if is_known { papers } else { papers.saturating_add(1) };
        self.paper = said.paper;
        is_known
    }
}

/// The findings of one owner, or a share of them, in the order of their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    findings: Vec<Finding>,
}

/// What a part of one paper says about one owner: the same thing once, and how many rows were about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    page: Page,
    /// For each finding of the page.
    rows: Vec<u32>,
}

/// What became of the rows of a paper. The two add up to those that were counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// The first of this paper about something.
    pub first: u64,
    /// More of this paper about the same.
    pub repeated: u64,
    /// Of the first ones, those about something that no paper had spoken of.
    pub new: u64,
}

/// Why bytes are no page: somebody else than us wrote them, or a disk lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no page of findings: {0}")]
pub struct NoPage(&'static str);

/// The first byte of a page: how the rest is written. A page on which no certificate is named is written as it was
/// before there were any, so that a program of then takes it.
const FORM: u8 = 1;
const FORM_WITH_CERTIFICATES: u8 = 2;

/// The form of a page, by whether a certificate is named on it.
fn form(is_certified: bool) -> u8 {
    if is_certified { FORM_WITH_CERTIFICATES } else { FORM }
}

/// How many names of certificates are kept of one thing. What shows more is shared by many, and hints at nobody.
pub const CERTIFICATE_NAMES_MAX: usize = 8;
/// Stands for too many of them.
const TOO_MANY: &str = "*";

/// Names of certificates in the alphabet, each once, with a blank between them; of too many `*`. The same for any
/// order in which they came.
pub fn certificate_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<Box<str>> {
    let all: BTreeSet<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    if all.len() > CERTIFICATE_NAMES_MAX || all.contains(TOO_MANY) {
        return Some(TOO_MANY.into());
    }
    let all: Vec<&str> = all.into_iter().collect();
    (!all.is_empty()).then(|| all.join(" ").into_boxed_str())
}

impl Page {
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub fn len(&self) -> usize {
        self.findings.len()
    }

    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many stand open.
    pub fn open(&self) -> usize {
        self.findings.iter().filter(|finding| finding.is_open()).count()
    }

    /// Takes in what a paper says.
    pub fn hear(&mut self, said: Said) -> Heard {
        let mut heard = Heard::default();
        let mut known = std::mem::take(&mut self.findings).into_iter().peekable();
        let mut out: Vec<Finding> = Vec::with_capacity(known.len() + said.page.len());
        for (finding, rows) in said.page.findings.into_iter().zip(said.rows) {
            while let Some(earlier) = known.next_if(|it| it.key < finding.key) {
                out.push(earlier);
            }
            let first = u64::from(rows.min(1));
            let repeated = u64::from(rows) - first;
            match known.next_if(|it| it.key == finding.key) {
                Some(mut earlier) => {
                    if earlier.hear(&finding) {
                        heard.repeated += first;
                    } else {
                        heard.first += first;
                    }
                    out.push(earlier);
                }
                None => {
                    heard.first += first;
                    heard.new += first;
                    out.push(finding);
                }
            }
            heard.repeated += repeated;
        }
        out.extend(known);
        self.findings = out;
        heard
    }

    /// Takes out what `is_meant` says, for the page of another owner.
    pub fn split_off(&mut self, mut is_meant: impl FnMut(&Finding) -> bool) -> Self {
        let (taken, kept) = std::mem::take(&mut self.findings).into_iter().partition(|it| is_meant(it));
        self.findings = kept;
        Self { findings: taken }
    }

    /// Puts in what was taken out of another page. What stands on both becomes one.
    pub fn put_in(&mut self, other: Self) {
        let mut all = std::mem::take(&mut self.findings);
        all.extend(other.findings);
        all.sort_by(|one, other| one.key.cmp(&other.key));
        for finding in all {
            match self.findings.last_mut().filter(|last| last.key == finding.key) {
                Some(last) => last.join(&finding),
                None => self.findings.push(finding),
            }
        }
    }

    /// As bytes: about twenty-five for each finding.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.findings.len() * 28);
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        let is_named = self.findings.iter().any(|finding| finding.certificate.is_some());
        bytes.push(form(is_named));
        put(bytes, self.findings.len() as u64);
        for finding in &self.findings {
            finding.write(bytes);
        }
    }

    /// Reads what [`Page::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NoPage`] for any other bytes.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, NoPage> {
        let mut rest = bytes;
        let page = Self::read(&mut rest)?;
        if rest.is_empty() { Ok(page) } else { Err(NoPage("something behind it")) }
    }

    fn read(rest: &mut &[u8]) -> Result<Self, NoPage> {
        let count = begin(rest)?;
        let mut findings: Vec<Finding> = Vec::with_capacity(count);
        for _ in 0..count {
            let finding = Finding::read(rest)?;
            if findings.last().is_some_and(|last| last.key >= finding.key) {
                return Err(NoPage("out of order"));
            }
            findings.push(finding);
        }
        Ok(Self { findings })
    }
}

impl Said {
    /// What these rows of `paper` say, which are in the order of their keys.
    pub fn of<'s>(seen: impl Iterator<Item = &'s Sighting>, paper: u32) -> Self {
        let mut said = Self::default();
        for sighting in seen {
            let rows = u32::from(sighting.is_counted);
            match said.page.findings.last_mut().filter(|last| last.key == sighting.key) {
                Some(last) => {
                    last.see(sighting);
                    if let Some(count) = said.rows.last_mut() {
                        *count = count.saturating_add(rows);
                    }
                }
                None => {
                    debug_assert!(said.page.findings.last().is_none_or(|last| last.key < sighting.key));
                    said.page.findings.push(Finding::of(sighting.clone(), paper));
                    said.rows.push(rows);
                }
            }
        }
        said
    }

    /// How many rows are counted in it.
    pub fn rows(&self) -> u64 {
        self.rows.iter().map(|rows| u64::from(*rows)).sum()
    }

    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The parts of it that `share` puts together, by number.
    pub fn shared_out(self, share: impl Fn(&Place) -> u64) -> BTreeMap<u64, Self> {
        let mut parts = BTreeMap::<u64, Self>::new();
        for (finding, rows) in self.page.findings.into_iter().zip(self.rows) {
            let part = parts.entry(share(&finding.key.place)).or_default();
            part.page.findings.push(finding);
            part.rows.push(rows);
        }
        parts
    }

    /// Puts it behind other bytes.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        self.page.write(bytes);
        for rows in &self.rows {
            put(bytes, u64::from(*rows));
        }
    }

    /// Takes what [`Said::write`] wrote from the front of some bytes.
    ///
    /// # Errors
    /// [`NoPage`] for any other bytes.
    pub fn read(bytes: &mut &[u8]) -> Result<Self, NoPage> {
        let page = Page::read(bytes)?;
        let rows = (0..page.len()).map(|_| short(bytes)).collect::<Result<_, _>>()?;
        Ok(Self { page, rows })
    }
}

impl Finding {
    /// The same thing, as two pages knew it.
    fn join(&mut self, other: &Self) {
        let (is_later, first, last) = match (self.was_there, other.was_there) {
            (true, false) => (false, self.first_at, self.last_at),
            (false, true) => (true, other.first_at, other.last_at),
            _ => (
                other.last_at > self.last_at,
                self.first_at.min(other.first_at),
                self.last_at.max(other.last_at),
            ),
        };
        self.first_at = first;
        self.last_at = if self.was_there || other.was_there { last } else { first };
        self.absent_at = self.absent_at.max(other.absent_at);
        self.was_there |= other.was_there;
        self.papers = self.papers.saturating_add(other.papers);
        self.methods |= other.methods;
        self.call(other.host.as_deref());
        self.certify(other.certificate.as_deref());
        self.observers.extend(&other.observers);
        self.observers.sort_unstable();
        self.observers.dedup();
        self.paper = if is_later { other.paper } else { self.paper };
    }

    fn write(&self, out: &mut Vec<u8>) {
        let spot = self.key.place.spot();
        let line = Line {
            spot,
            port: self.key.port,
            what: self.key.what,
            host: self.host.as_deref(),
            certificate: self.certificate.as_deref(),
            times: self.times(),
            papers: self.papers,
            methods: self.methods,
            observers: &self.observers,
            paper: self.paper,
        };
        line.write(out);
    }

    fn read(rest: &mut &[u8]) -> Result<Self, NoPage> {
        let flags = byte(rest)?;
        let place = match flags & 7 {
            0 => Place::Address(IpAddr::V4(Ipv4Addr::from(array::<4>(rest)?))),
            1 => Place::Address(IpAddr::V6(Ipv6Addr::from(array::<16>(rest)?))),
            2 => Place::Host(name(rest)?),
            _ => return Err(NoPage("a place of no kind")),
        };
        let port = if flags & 8 == 0 { None } else { Some(u16::from_be_bytes(array(rest)?)) };
        let host = if flags & 64 == 0 { None } else { Some(name(rest)?) };
        let certificate = if flags & 128 == 0 { None } else { Some(name(rest)?) };
        let what = short(rest)?;
        let first_at = Second::from_be_bytes(array(rest)?);
        let last_at = first_at.checked_add(short(rest)?).ok_or(NoPage("after the end of time"))?;
        let absent_at = if flags & 16 == 0 { None } else { Some(Second::from_be_bytes(array(rest)?)) };
        let (papers, methods) = (short(rest)?, byte(rest)?);
        let count = usize::try_from(number(rest)?).map_err(|_| NoPage("too many observers"))?;
        if count > usize::from(u16::MAX) {
            return Err(NoPage("too many observers"));
        }
        let mut observers = Vec::with_capacity(count.min(rest.len()));
        for _ in 0..count {
            observers.push(u16::try_from(number(rest)?).map_err(|_| NoPage("an observer of no number"))?);
        }
        if !observers.is_sorted_by(|one, other| one < other) {
            return Err(NoPage("observers out of order"));
        }
        let paper = short(rest)?;
        let (key, was_there) = (Key { place, port, what }, flags & 32 != 0);
        Ok(Self {
            key,
            host,
            certificate,
            first_at,
            last_at,
            absent_at,
            was_there,
            papers,
            methods,
            observers,
            paper,
        })
    }

    /// Whether two findings say the same about the world, whichever paper came last.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let without = |it: &Self| Self { paper: 0, ..it.clone() };
        self.key.cmp(&other.key) == Ordering::Equal && without(self) == without(other)
    }
}

/// When something was there, and when it was not.
#[derive(Debug, Clone, Copy)]
struct Times {
    first_at: Second,
    last_at: Second,
    absent_at: Option<Second>,
    was_there: bool,
}

impl Times {
    fn of(at: Second, is_there: bool) -> Self {
        Self { first_at: at, last_at: at, absent_at: (!is_there).then_some(at), was_there: is_there }
    }

    fn is_open(self) -> bool {
        self.was_there && self.absent_at.is_none_or(|at| at < self.last_at)
    }

    fn see(&mut self, at: Second, is_there: bool) {
        if is_there {
            // A first look that found nothing begins nothing.
            self.first_at = if self.was_there { self.first_at.min(at) } else { at };
            self.last_at = if self.was_there { self.last_at.max(at) } else { at };
            self.was_there = true;
        } else {
            self.absent_at = self.absent_at.max(Some(at));
            if !self.was_there {
                self.first_at = self.first_at.min(at);
                self.last_at = self.first_at;
            }
        }
    }
}

/// A place, leaning on where it was read. In the order of [`Place`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot<'f> {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    Host(&'f str),
}

/// A finding as it is written, leaning on where it was read.
struct Line<'f> {
    spot: Spot<'f>,
    port: Option<u16>,
    what: u32,
    host: Option<&'f str>,
    /// As [`certificate_names`] writes them.
    certificate: Option<&'f str>,
    times: Times,
    papers: u32,
    methods: u8,
    observers: &'f [u16],
    paper: u32,
}

impl Line<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        let Times { first_at, last_at, absent_at, was_there } = self.times;
        let has_port = u8::from(self.port.is_some()) << 3;
        let has_absent = u8::from(absent_at.is_some()) << 4;
        let was_there = u8::from(was_there) << 5;
        let has_host = u8::from(self.host.is_some()) << 6;
        let has_certificate = u8::from(self.certificate.is_some()) << 7;
        let flags = has_port | has_absent | was_there | has_host | has_certificate;
        match self.spot {
            Spot::V4(address) => {
                out.push(flags);
                out.extend(address.octets());
            }
            Spot::V6(address) => {
                out.push(flags | 1);
                out.extend(address.octets());
            }
            Spot::Host(host) => {
                out.push(flags | 2);
                put(out, host.len() as u64);
                out.extend(host.as_bytes());
            }
        }
        if let Some(port) = self.port {
            out.extend(port.to_be_bytes());
        }
        for name in self.host.iter().chain(&self.certificate) {
            put(out, name.len() as u64);
            out.extend(name.as_bytes());
        }
        put(out, u64::from(self.what));
        out.extend(first_at.to_be_bytes());
        put(out, u64::from(last_at.saturating_sub(first_at)));
        if let Some(at) = absent_at {
            out.extend(at.to_be_bytes());
        }
        put(out, u64::from(self.papers));
        out.push(self.methods);
        put(out, self.observers.len() as u64);
        for observer in self.observers {
            put(out, u64::from(*observer));
        }
        put(out, u64::from(self.paper));
    }
}

/// LEB128, as in WebAssembly and DWARF: seven bits a byte, the low ones first.
fn put(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

/// How many findings follow.
fn begin(rest: &mut &[u8]) -> Result<usize, NoPage> {
    if ![FORM, FORM_WITH_CERTIFICATES].contains(&byte(rest)?) {
        return Err(NoPage("written in another form"));
    }
    let count = usize::try_from(number(rest)?).map_err(|_| NoPage("too many findings"))?;
    // Each takes more than ten bytes, so that a lie about their number costs nothing.
    match count > rest.len() / 10 + 1 {
        true => Err(NoPage("more findings than fit")),
        false => Ok(count),
    }
}

fn byte(rest: &mut &[u8]) -> Result<u8, NoPage> {
    let (first, after) = rest.split_first().ok_or(NoPage("cut off"))?;
    *rest = after;
    Ok(*first)
}

fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], NoPage> {
    let (first, after) = rest.split_first_chunk().ok_or(NoPage("cut off"))?;
    *rest = after;
    Ok(*first)
}

fn name(rest: &mut &[u8]) -> Result<Box<str>, NoPage> {
    letters(rest).map(Box::from)
}

fn letters<'b>(rest: &mut &'b [u8]) -> Result<&'b str, NoPage> {
    let length = usize::try_from(number(rest)?).map_err(|_| NoPage("too long a name"))?;
    let (name, after) = rest.split_at_checked(length).ok_or(NoPage("cut off"))?;
    *rest = after;
    std::str::from_utf8(name).map_err(|_| NoPage("a name that is no text"))
}

fn number(rest: &mut &[u8]) -> Result<u64, NoPage> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let next = byte(rest)?;
        value |= u64::from(next & 0x7f) << shift;
        if next & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(NoPage("a number without an end"))
}

fn short(rest: &mut &[u8]) -> Result<u32, NoPage> {
    u32::try_from(number(rest)?).map_err(|_| NoPage("too large a number"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(address: [u8; 4]) -> Key {
        Key { place: Place::Address(IpAddr::from(address)), port: Some(443), what: 7 }
    }

    fn sighting(at: Second, is_there: bool) -> Sighting {
        Sighting {
            key: key([192, 0, 2, 1]),
            at,
            is_there,
            method: 1,
            observer: 3,
            host: None,
            certificate: None,
            is_counted: true,
        }
    }

    /// The one finding that these looks, each a paper of its own, end in.
    fn after(looks: &[(Second, bool)]) -> Finding {
        let mut page = Page::default();
        for (paper, (at, is_there)) in (1..).zip(looks) {
            page.hear(said(&[sighting(*at, *is_there)], paper));
        }
        let [only] = page.findings() else { panic!("{page:?}") };
        only.clone()
    }

    #[test]
    fn a_million_rows_of_a_report_that_are_in_memory_at_once_take_no_more_than_70_mib() {
        assert!(size_of::<Sighting>() <= 72, "{}", size_of::<Sighting>());
    }

    #[test]
    fn names_of_certificates_are_the_same_in_any_order_and_too_many_are_none() {
        let names = |text: &str| certificate_names(text.split(' ')).unwrap();
        assert_eq!(names("b.example a.example  b.example"), names("a.example b.example"));
        let many: String = (0..=CERTIFICATE_NAMES_MAX).map(|nth| format!("h{nth}.example ")).collect();
        assert_eq!((&*names(&many), &*names("* a.example")), ("*", "*"));
        assert_eq!(certificate_names([""]), None);
    }

    #[test]
    fn what_is_seen_again_is_the_same_finding() {
        let found = after(&[(100, true), (200, true), (150, true)]);
        assert_eq!((found.first_at, found.last_at, found.papers), (100, 200, 3));
        assert!(found.is_open());
    }

    #[test]
    fn what_a_later_look_does_not_find_is_gone_and_may_come_back() {
        assert_eq!(after(&[(100, true), (200, false)]).gone_at(), Some(200));
        assert_eq!(after(&[(200, false), (100, true)]).gone_at(), Some(200), "whichever arrives first");
        assert!(after(&[(100, true), (200, false), (300, true)]).is_open());
        assert_eq!(after(&[(100, true), (200, false), (150, true)]).gone_at(), Some(200));
    }

    #[test]
    fn a_look_that_never_found_anything_is_kept_and_opens_nothing() {
        let found = after(&[(200, false), (100, false)]);
        assert!(!found.is_open());
        assert_eq!((found.gone_at(), found.absent_at, found.first_at), (None, Some(200), 100));
    }

    #[test]
    fn a_row_that_a_paper_repeats_is_counted_as_repeated_also_in_its_next_part() {
        let mut page = Page::default();
        let twice = page.hear(said(&[sighting(100, true), sighting(100, true)], 1));
        assert_eq!(twice, Heard { first: 1, repeated: 1, new: 1 });
        let next_part = page.hear(said(&[sighting(101, true)], 1));
        assert_eq!(next_part, Heard { first: 0, repeated: 1, new: 0 });
        let next_day = page.hear(said(&[sighting(200, true)], 2));
        assert_eq!(next_day, Heard { first: 1, repeated: 0, new: 0 });
        assert_eq!(page.findings()[0].papers, 2);
    }

    #[test]
    fn the_second_thing_that_a_row_names_is_known_and_counts_no_row() {
        let mut page = Page::default();
        let heard = page.hear(said(&[Sighting { is_counted: false, ..sighting(100, true) }], 1));
        assert_eq!((heard, page.open()), (Heard::default(), 1));
    }

    #[test]
    fn bytes_of_somebody_else_are_no_page() {
        let mut page = Page::default();
        page.hear(said(
            &[sighting(100, true), Sighting { key: key([192, 0, 2, 9]), ..sighting(1, false) }],
            1,
        ));
        let bytes = page.to_bytes();
        assert_eq!(Page::of_bytes(&bytes), Ok(page));
        for end in 0..bytes.len() {
            assert!(Page::of_bytes(&bytes[..end]).is_err(), "{end}");
        }
        assert!(Page::of_bytes(&[1, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_err());
        assert!(Page::of_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
    }

    pub(super) fn sightings() -> impl Strategy<Value = Sighting> {
        let place = prop_oneof![
            (0..4_u8).prop_map(|last| Place::Address(IpAddr::from([192, 0, 2, last]))),
            (0..3_u16).prop_map(|last| Place::Address(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, last]))),
            (0..3_u8).prop_map(|nth| Place::Host(format!("h{nth}.noordzorg.example").into())),
        ];
        let port = prop_oneof![Just(None), Just(Some(443)), Just(Some(80))];
        (place, port, 0..3_u32, 0..40_u32, any::<bool>(), 0..3_u8, 0..3_u16).prop_map(
            |(place, port, what, at, is_there, method, observer)| Sighting {
                key: Key { place, port, what },
                at,
                is_there,
                method: 1 << method,
                observer,
                host: (at % 3 == 0).then(|| format!("h{observer}.noordzorg.example").into()),
                certificate: (at % 5 == 0)
                    .then(|| Box::new(Names(format!("h{at}.noordzorg.example").into()))),
                is_counted: at % 4 != 0,
            },
        )
    }

    /// What rows say that lie in any order.
    pub(super) fn said(rows: &[Sighting], paper: u32) -> Said {
        let mut rows: Vec<&Sighting> = rows.iter().collect();
        rows.sort_by(|one, other| one.key.cmp(&other.key));
        Said::of(rows.into_iter(), paper)
    }

    /// The page after these papers, each in two parts, and how many rows were about something new.
    pub(super) fn all_of(papers: &[Vec<Sighting>], order: &[usize]) -> (Page, u64) {
        let (mut page, mut new) = (Page::default(), 0);
        for number in order {
            let paper = u32::try_from(*number).unwrap() + 1;
            let rows = &papers[*number];
            for part in rows.chunks(rows.len() / 2 + 1) {
                let heard = page.hear(said(part, paper));
                let counted = part.iter().filter(|row| row.is_counted).count();
                assert_eq!(heard.first + heard.repeated, u64::try_from(counted).unwrap());
                new += heard.new;
            }
        }
        (page, new)
    }

    proptest! {
        #[test]
        fn any_order_of_the_same_papers_ends_in_the_same_findings(
            papers in proptest::collection::vec(proptest::collection::vec(sightings(), 0..12), 1..6),
            seed in any::<prop::sample::Index>(),
        ) {
            let order: Vec<usize> = (0..papers.len()).collect();
            let mut other = order.clone();
            other.rotate_left(seed.index(papers.len()));
            other.reverse();
            let ((one, new), (two, _)) = (all_of(&papers, &order), all_of(&papers, &other));
            prop_assert_eq!(one.len(), two.len());
            prop_assert!(new <= u64::try_from(one.len()).unwrap());
            for (one, two) in one.findings().iter().zip(two.findings()) {
                prop_assert!(one.says_the_same(two), "{one:?} {two:?}");
            }
        }

        #[test]
        fn a_page_is_what_was_written(
            papers in proptest::collection::vec(proptest::collection::vec(sightings(), 0..12), 1..4),
        ) {
            let (page, _) = all_of(&papers, &(0..papers.len()).collect::<Vec<_>>());
            prop_assert_eq!(Page::of_bytes(&page.to_bytes()), Ok(page));
        }

        /// Against a slow one that keeps every row: open is what was there after the last look that found nothing.
        #[test]
        fn open_is_what_was_seen_after_the_last_look_that_found_nothing(
            rows in proptest::collection::vec(sightings(), 0..40),
        ) {
            let mut slow: BTreeMap<Key, Vec<(Second, bool)>> = BTreeMap::new();
            for row in &rows {
                slow.entry(row.key.clone()).or_default().push((row.at, row.is_there));
            }
            let (page, _) = all_of(&[rows], &[0]);
            for finding in page.findings() {
                let looks = &slow[&finding.key];
                let last = |wanted| looks.iter().filter(|(_, is)| *is == wanted).map(|(at, _)| *at).max();
                let (there, absent) = (last(true), last(false));
                prop_assert_eq!(finding.is_open(), there.is_some() && there > absent);
                let first = looks.iter().filter(|(_, is)| *is).map(|(at, _)| *at).min();
                prop_assert_eq!(there, finding.was_there.then_some(finding.last_at));
                prop_assert_eq!(first, finding.was_there.then_some(finding.first_at));
            }
        }

        #[test]
        fn what_a_part_says_is_read_as_it_was_written_whatever_follows(
            rows in proptest::collection::vec(sightings(), 0..40), more in any::<Vec<u8>>(),
        ) {
            let said = said(&rows, 7);
            let mut bytes = Vec::new();
            said.write(&mut bytes);
            bytes.extend(&more);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(Said::read(&mut rest), Ok(said));
            prop_assert_eq!(rest, more.as_slice());
        }

        #[test]
        fn taken_apart_and_put_together_a_page_is_the_same(
            papers in proptest::collection::vec(proptest::collection::vec(sightings(), 0..12), 1..4),
        ) {
            let (page, _) = all_of(&papers, &(0..papers.len()).collect::<Vec<_>>());
            let mut apart = page.clone();
            let taken = apart.split_off(|finding| finding.key.what == 1);
            apart.put_in(taken);
            prop_assert_eq!(apart, page);
        }
    }
}
