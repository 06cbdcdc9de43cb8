//! Rows of a report on their way to the pages of their owners.
//!
//! ```text
//! rows, as they come ─► a few numbers each ─► whose? ─► in the order of owners and keys ─► what each is told
//! ```
//!
//! A report has millions of rows, so a row is no [`Sighting`](super::Sighting) with boxes of its own: it is a
//! record of fixed size in the list of its kind of place, and all names stand in one text beside. Whose it is
//! gets asked of many rows at once: each look goes to a corner of memory where nobody was lately, and of looks
//! that follow each other closely the processor waits for several at a time. What comes out is to the byte what
//! [`Said::of`](super::Said::of) and [`Said::write`](super::Said::write) make of the same rows; a test holds
//! them against each other.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Line, Second, Spot, Times, certificate_names, form, put};
use crate::attribution::{Asked, Index, Whose};

/// What one row of a report says, leaning on its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Glimpse<'r> {
    pub address: Option<IpAddr>,
    /// The place itself where there is no address, and otherwise the name by which it was seen.
    pub host: Option<&'r str>,
    /// Names of its certificate, as [`certificate_names`] writes them.
    pub certificate: Option<&'r str>,
    pub port: Option<u16>,
    /// The number of the network, as the source says.
    pub asn: Option<u32>,
    pub at: Second,
    pub is_there: bool,
    /// As a bit.
    pub method: u8,
    /// As the number of the name in the store.
    pub observer: u16,
}

/// Rows that wait for others of the same owner.
#[derive(Debug, Default)]
pub struct Gathered {
    v4: Vec<Row<u32>>,
    v6: Vec<Row<u128>>,
    hosts: Vec<Row<Name>>,
    names: String,
}

/// A row with its place, an address or a name.
#[derive(Debug, Clone, Copy)]
struct Row<P> {
    /// [`UNASKED`] until somebody asks whose it is.
    owner: u32,
    place: P,
    /// One more than the port, so that none comes first.
    port: u32,
    what: u32,
    at: Second,
    /// By what name, where the place is an address.
    host: Name,
    certificate: Name,
    /// 0 where nobody said one.
    asn: u32,
    observer: u16,
    method: u8,
    marks: u8,
}

const UNASKED: u32 = u32::MAX;

const IS_THERE: u8 = 1;
const IS_COUNTED: u8 = 2;
const HAS_HOST: u8 = 4;
const HAS_CERTIFICATE: u8 = 8;

/// Where a name stands among the names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Name {
    from: u32,
    bytes: u32,
}

/// None is before port 0, as in a [`Key`](super::Key).
fn port_number(port: Option<u16>) -> u32 {
    port.map_or(0, |port| u32::from(port) + 1)
}

fn port_of(number: u32) -> Option<u16> {
    number.checked_sub(1).and_then(|port| u16::try_from(port).ok())
}

impl Gathered {
    /// How many rows wait; a row that names several things waits once for each.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len() + self.hosts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much of memory their names take.
    pub fn names_bytes(&self) -> usize {
        self.names.len()
    }

    /// Takes a row in. `is_counted` is said of the first thing that it names. Without a place it is none.
    #[inline]
    pub fn add(&mut self, row: &Glimpse<'_>, what: u32, is_counted: bool) {
        let named = row.host.map(|host| self.name(host));
        let host = row.address.and(named);
        let certificate = row.certificate.map(|names| self.name(names));
        let mark = |is: bool, mark: u8| if is { mark } else { 0 };
        let seen = Row {
            owner: UNASKED,
            place: (),
            port: port_number(row.port),
            what,
            at: row.at,
            host: host.unwrap_or_default(),
            certificate: certificate.unwrap_or_default(),
            asn: row.asn.unwrap_or_default(),
            observer: row.observer,
            method: row.method,
            marks: mark(row.is_there, IS_THERE)
                | mark(is_counted, IS_COUNTED)
                | mark(host.is_some(), HAS_HOST)
                | mark(certificate.is_some(), HAS_CERTIFICATE),
        };
        match (row.address, named) {
            (Some(IpAddr::V4(address)), _) => self.v4.push(seen.at(address.to_bits())),
            (Some(IpAddr::V6(address)), _) => self.v6.push(seen.at(address.to_bits())),
            (None, Some(name)) => self.hosts.push(seen.at(name)),
            (None, None) => {}
        }
    }

    fn name(&mut self, host: &str) -> Name {
        let count = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let from = count(self.names.len());
        self.names.push_str(host);
        Name { from, bytes: count(host.len()) }
    }

    /// Hands over what report `paper` says about each owner, in their order, as [`Said::read`] reads it; then
    /// nothing waits any more. Whose a row is, `index` says, and `number` gives it the number of an owner.
    ///
    /// [`Said::read`]: super::Said::read
    pub fn tell_each(
        &mut self,
        paper: u32,
        index: &Index,
        number: impl Fn(Whose) -> u32,
        mut tell: impl FnMut(u32, &[u8]),
    ) {
        let names = self.names.as_str();
        ask(&mut self.v4, names, index, &number, |address| v4(address).into());
        ask(&mut self.v6, names, index, &number, |address| v6(address).into());
        for row in &mut self.hosts {
            row.owner = number(row.whose(index, names, Some(row.place.of(names)), None));
        }
        self.v4.sort_unstable_by_key(|row| (u64::from(row.owner) << 32 | u64::from(row.place), row.rest()));
        self.v6.sort_unstable_by_key(|row| (row.owner, row.place, row.rest()));
        self.hosts.sort_unstable_by(|one, other| {
            let by = |row: &Row<Name>| (row.owner, row.place.of(names), row.rest());
            by(one).cmp(&by(other))
        });
        let mut rest = (&*self.v4, &*self.v6, &*self.hosts);
        let mut page = Telling { names, paper, ..Telling::default() };
        let mut told = Vec::new();
        loop {
            let next = [first_owner(rest.0), first_owner(rest.1), first_owner(rest.2)];
            let Some(owner) = next.into_iter().flatten().min() else { break };
            page.add_all(owner, &mut rest.0, |place| Spot::V4(v4(*place)));
            page.add_all(owner, &mut rest.1, |place| Spot::V6(v6(*place)));
            page.add_all(owner, &mut rest.2, |place| Spot::Host(place.of(names)));
            page.take(&mut told);
            tell(owner, &told);
        }
        self.v4.clear();
        self.v6.clear();
        self.hosts.clear();
        self.names.clear();
    }
}

/// Asks whose rows are that have an address: first of all addresses, in a loop so short that a look need not
/// wait for the one before it, and then of the names, which count for more.
fn ask<P: Copy>(
    rows: &mut [Row<P>],
    names: &str,
    index: &Index,
    number: impl Fn(Whose) -> u32,
    address: impl Fn(P) -> IpAddr,
) {
    for row in &mut *rows {
        row.owner = number(match index.whose_address(address(row.place)) {
            Whose::Unknown => index.whose_network(row.asn()),
            whose => whose,
        });
    }
    for row in rows.iter_mut().filter(|row| row.marks & (HAS_HOST | HAS_CERTIFICATE) != 0) {
        let host = row.host(names);
        row.owner = number(row.whose(index, names, host, Some(address(row.place))));
    }
}

fn v4(address: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(address)
}

fn v6(address: u128) -> Ipv6Addr {
    Ipv6Addr::from_bits(address)
}

fn first_owner<P>(rows: &[Row<P>]) -> Option<u32> {
    rows.first().map(|row| row.owner)
}

impl Name {
    fn of(self, names: &str) -> &str {
        let from = self.from as usize;
        names.get(from..from + self.bytes as usize).unwrap_or_default()
    }
}

impl Row<()> {
    fn at<P>(self, place: P) -> Row<P> {
        let Self { owner, place: (), port, what, at, host, certificate, asn, observer, method, marks } = self;
        Row { owner, place, port, what, at, host, certificate, asn, observer, method, marks }
    }
}

impl<P> Row<P> {
    /// By what rows of the same place are put in order.
    fn rest(&self) -> u64 {
        u64::from(self.port) << u32::BITS | u64::from(self.what)
    }

    fn asn(&self) -> Option<u32> {
        (self.asn != 0).then_some(self.asn)
    }

    /// Whose it is, by everything that it says.
    fn whose(&self, index: &Index, names: &str, host: Option<&str>, address: Option<IpAddr>) -> Whose {
        match (index.whose(host, address), self.certificate(names)) {
            (Whose::Unknown, None) => index.whose_network(self.asn()),
            (Whose::Unknown, Some(certificate)) => {
                let certificate_names: Vec<&str> = certificate.split(' ').collect();
                let asn = self.asn();
                let asked = Asked { address, host, certificate_names: &certificate_names, asn };
                index.attribute(&asked).whose()
            }
            (whose, _) => whose,
        }
    }

    fn is_there(&self) -> bool {
        self.marks & IS_THERE != 0
    }

    fn rows(&self) -> u32 {
        u32::from(self.marks & IS_COUNTED != 0)
    }

    fn host<'n>(&self, names: &'n str) -> Option<&'n str> {
        (self.marks & HAS_HOST != 0).then(|| self.host.of(names))
    }

    fn certificate<'n>(&self, names: &'n str) -> Option<&'n str> {
        (self.marks & HAS_CERTIFICATE != 0).then(|| self.certificate.of(names))
    }
}

/// A page that is written while rows come.
#[derive(Default)]
struct Telling<'n> {
    names: &'n str,
    paper: u32,
    is_certified: bool,
    count: u64,
    findings: Vec<u8>,
    rows: Vec<u8>,
    observers: Vec<u16>,
}

impl<'n> Telling<'n> {
    /// Takes the rows of an owner from the front of `rows`, and adds what they say.
    fn add_all<P: Copy>(&mut self, owner: u32, rows: &mut &[Row<P>], spot: impl Fn(&P) -> Spot<'n>) {
        let count = rows.iter().take_while(|row| row.owner == owner).count();
        let (own, rest) = rows.split_at(count);
        *rows = rest;
        let is_same = |one: &Row<P>, other: &Row<P>| {
            one.rest() == other.rest() && spot(&one.place) == spot(&other.place)
        };
        for same in own.chunk_by(is_same) {
            self.add(same, &spot);
        }
    }

    /// Adds what rows about the same thing say.
    fn add<P>(&mut self, same: &[Row<P>], spot: impl Fn(&P) -> Spot<'n>) {
        let Some((first, more)) = same.split_first() else { return };
        let mut times = Times::of(first.at, first.is_there());
        let (mut host, mut methods) = (first.host(self.names), first.method);
        let mut certificate = first.certificate(self.names).map(Cow::Borrowed);
        let mut rows = first.rows();
        self.observers.clear();
        self.observers.push(first.observer);
        for row in more {
            times.see(row.at, row.is_there());
            methods |= row.method;
            host = match (host, row.host(self.names)) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            if let Some(more) = row.certificate(self.names)
                && certificate.as_deref() != Some(more)
            {
                let known = certificate.as_deref().unwrap_or_default();
                let all = certificate_names(known.split(' ').chain(more.split(' ')));
                certificate = all.map(|names| Cow::Owned(names.into_string()));
            }
            if let Err(place) = self.observers.binary_search(&row.observer) {
                self.observers.insert(place, row.observer);
            }
            rows = rows.saturating_add(row.rows());
        }
        let line = Line {
            spot: spot(&first.place),
            port: port_of(first.port),
            what: first.what,
            host,
            certificate: certificate.as_deref(),
            times,
            papers: 1,
            methods,
            observers: &self.observers,
            paper: self.paper,
        };
        line.write(&mut self.findings);
        self.is_certified |= certificate.is_some();
        put(&mut self.rows, u64::from(rows));
        self.count += 1;
    }

    /// Puts the page into `told`, and begins another.
    fn take(&mut self, told: &mut Vec<u8>) {
        told.clear();
        told.push(form(std::mem::take(&mut self.is_certified)));
        put(told, self.count);
        told.append(&mut self.findings);
        told.append(&mut self.rows);
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::sightings;
    use super::super::{self as finding, Said, Sighting};
    use super::*;
    use crate::attribution::{Intake, Owner, Place, Strength};

    fn glimpse(sighting: &Sighting) -> Glimpse<'_> {
        let (address, place) = match &sighting.key.place {
            finding::Place::Address(address) => (Some(*address), None),
            finding::Place::Host(host) => (None, Some(&**host)),
        };
        Glimpse {
            address,
            host: place.or(sighting.host.as_deref()),
            certificate: sighting.certificate.as_ref().map(|names| &*names.0),
            port: sighting.key.port,
            asn: sighting.at.is_multiple_of(5).then_some(64_496),
            at: sighting.at,
            is_there: sighting.is_there,
            method: sighting.method,
            observer: sighting.observer,
        }
    }

    /// Who has some of the places, so that each way to an owner is gone.
    fn index() -> Index {
        let mut intake = Intake::default();
        let places = [
            Place::Address([192, 0, 2, 1].into()),
            Place::Address([192, 0, 2, 2].into()),
            Place::Address([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into()),
            Place::Host("h1.noordzorg.example"),
            Place::Domain("h2.noordzorg.example"),
            Place::Asn(64_496),
            Place::Domain("h5.noordzorg.example"),
            Place::Domain("h10.noordzorg.example"),
        ];
        for (row, place) in (0..).zip(places) {
            let strength = if row < 6 { Strength::Said } else { Strength::Proven };
            intake.add(Owner::of_row(row / 2).unwrap(), strength, place).unwrap();
        }
        intake.into_index()
    }

    fn number(whose: Whose) -> u32 {
        match whose {
            Whose::Of(owner) => owner.row().unwrap(),
            Whose::Disputed(_) => 7,
            Whose::Nobodys | Whose::Unknown => 9,
        }
    }

    proptest! {
        #[test]
        fn what_is_gathered_is_what_the_same_rows_say_one_by_one(
            rows in proptest::collection::vec(sightings(), 0..60),
        ) {
            let (mut gathered, index) = (Gathered::default(), index());
            // Twice, because who gathered once has room that is used again.
            for paper in [7, 8] {
                for row in &rows {
                    gathered.add(&glimpse(row), row.key.what, row.is_counted);
                }
                prop_assert_eq!(gathered.len(), rows.len());
                let mut found = Vec::new();
                gathered.tell_each(paper, &index, number, |owner, told| found.push((owner, told.to_vec())));
                prop_assert!(gathered.is_empty() && gathered.names_bytes() == 0);

                let owner = |row: &Sighting| {
                    let Glimpse { address, host, asn, certificate, .. } = glimpse(row);
                    let names: Vec<&str> = certificate.iter().flat_map(|names| names.split(' ')).collect();
                    number(index.attribute(&Asked { address, host, asn, certificate_names: &names }).whose())
                };
                let mut sorted: Vec<(u32, Sighting)> =
                    rows.iter().map(|row| (owner(row), row.clone())).collect();
                for (_, row) in &mut sorted {
                    row.host = row.host.take().filter(|_| matches!(row.key.place, finding::Place::Address(_)));
                }
                sorted.sort_by(|(one, this), (other, that)| one.cmp(other).then_with(|| this.key.cmp(&that.key)));
                let expected: Vec<_> = sorted.chunk_by(|(one, _), (other, _)| one == other).map(|of_one| {
                    let mut bytes = Vec::new();
                    Said::of(of_one.iter().map(|(_, row)| row), paper).write(&mut bytes);
                    (of_one[0].0, bytes)
                }).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
