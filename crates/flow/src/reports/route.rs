//! Rows become parts: each row with its owner, in the order of owners, so that a page is opened once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use domain::attribution::Asked;
use domain::finding::{Gathered, Glimpse, Second, certificate_names};
use domain::observation::{Observed, Seen};
use domain::tlp::{Pap, Tlp};
use formats::observations::{Rejected as NotUsed, Row};
use store::findings::{self, Observer, Word};
use store::papers::Digest;
use store::reports::{Reading, Rejected, Report};
use store::{StoreError, vulnerabilities};

use super::taken_for::Products;
use crate::attribution::Owners;
use crate::house::House;
use crate::observe::{self, Look};

/// How many rows are one part at most: some 50 MB, and with a million networks still below 300.
pub const ROWS_MAX: usize = 1 << 20;
/// How many looks that bear on an advisory are kept for one part.
const LOOKS_MAX: usize = 10_000;
/// How large the pieces are in which a part is filed: a fraction of a second each, so that a person who
/// answers in between does not wait.
const PIECE_BYTES: usize = 128 * 1024;
/// How many rejected rows of a report are kept as they stand there. The paper has them all.
const REJECTED_MAX: usize = 1_000;
/// How much of a name somebody may give to what was seen, in bytes.
const WORD_BYTES_MAX: usize = 200;
/// How many bytes of names of hosts are one part at most.
const NAMES_BYTES_MAX: usize = 32 << 20;
/// Rows of how many different kinds are recognised by their words; a power of two.
const KINDS: usize = 256;

/// What was read of a report since the last part.
#[derive(Debug, Default)]
pub struct Part {
    /// Observations that bear on an advisory which is out.
    pub looks: Vec<Look>,
    pub reading: Reading,
}

/// Finds the place of rows.
pub struct Route {
    owners: Arc<Owners>,
    paper: Digest,
    number: u32,
    words: Words,
    observers: Observers,
    products: Products,
    seen: Gathered,
    /// What rows said that came lately, by what they call it: a day of scans has a few dozen of these.
    kinds: Box<[Option<Kind>; KINDS]>,
    /// How many rows came, those included that an earlier try had read.
    rows: u64,
    /// Up to which row somebody read before.
    from: u64,
    rejected: usize,
    rows_max: usize,
    part: Part,
}

/// What is seen, by the number that it has in the store.
struct Words {
    ids: HashMap<Box<str>, u32>,
    /// By number: whether it is known what it is, and whether an advisory that is out names it.
    known: Vec<(bool, bool)>,
    /// What advisories that are out are about.
    named: HashSet<String>,
    /// Where a name is written in capitals.
    room: String,
}

/// What all rows name that call it so.
struct Kind {
    finding: Box<str>,
    tags: Box<str>,
    named: Named,
}

/// What a row names, by number, each once; and whether an advisory that is out is about any of it.
#[derive(Default)]
struct Named {
    what: Vec<u32>,
    is_out: bool,
    /// Whether any other row with these words names the same.
    is_settled: bool,
}

struct Observers {
    ids: HashMap<Observer, u16>,
    /// The one of the last row, who is mostly the one of the next.
    last: Option<(u16, Observer)>,
}

impl Route {
    pub async fn new(house: &House, report: &Report) -> Result<Self, StoreError> {
        let words = findings::words(&house.db).await?;
        let observers = findings::observers(&house.db).await?;
        let named = vulnerabilities::named_by_published(&house.db).await?;
        let route = Self::of(house.owners().await?, words, observers, named, report, ROWS_MAX);
        Ok(Self { products: Products::of_published(house).await?, ..route })
    }

    /// As [`Route::new`], from what is known already, with parts of `rows_max` rows, and without looking at what
    /// rows were taken for.
    pub fn of(
        owners: Arc<Owners>,
        words: BTreeMap<u32, Word>,
        observers: BTreeMap<u16, Observer>,
        named: HashSet<String>,
        report: &Report,
        rows_max: usize,
    ) -> Self {
        let mut route = Self {
            owners,
            paper: report.paper,
            number: report.number,
            words: Words { ids: HashMap::new(), known: Vec::new(), named, room: String::new() },
            observers: Observers {
                ids: observers.into_iter().map(|(id, it)| (it, id)).collect(),
                last: None,
            },
            products: Products::default(),
            seen: Gathered::default(),
            kinds: Box::new([const { None }; KINDS]),
            rows: 0,
            from: report.rows.read,
            rejected: 0,
            rows_max,
            part: Part::default(),
        };
        for (id, word) in words {
            route.words.learn(id, word.word, word.seen != Seen::NotVulnerable);
        }
        route.part.reading.from = route.from;
        route
    }

    pub fn owners(&self) -> Arc<Owners> {
        Arc::clone(&self.owners)
    }

    /// Whether it is time for [`Route::part`].
    pub fn is_full(&self) -> bool {
        self.seen.len() >= self.rows_max
            || self.seen.names_bytes() >= NAMES_BYTES_MAX
            || self.part.looks.len() >= LOOKS_MAX
    }

    /// Takes the next row of the report.
    pub fn take(&mut self, row: &Row<'_>) {
        self.rows += 1;
        if self.rows <= self.from {
            return;
        }
        match row {
            Row::Good(observed) => self.observed(observed),
            Row::Rejected(it) => self.reject(it),
        }
    }

    fn reject(&mut self, row: &NotUsed<'_>) {
        let reading = &mut self.part.reading;
        *reading.rejections.entry(row.why.key().to_owned()).or_default() += 1;
        if self.rejected < REJECTED_MAX {
            self.rejected += 1;
            reading.rejected.push(Rejected {
                place: self.rows,
                why: row.why.key().to_owned(),
                bytes: row.text.to_vec(),
            });
        }
    }

    fn observed(&mut self, row: &Observed<'_>) {
        let host = row.host.as_deref();
        let certificate = match row.certificate.is_empty() {
            true => None,
            false => certificate_names(row.certificate.split(' ')),
        };
        let glimpse = Glimpse {
            address: row.address.map(canonical),
            host,
            certificate: certificate.as_deref(),
            port: row.port,
            asn: row.asn,
            at: Second::try_from(row.at.as_second().max(0)).unwrap_or(Second::MAX),
            is_there: row.seen != Seen::NotVulnerable,
            method: row.method.bit(),
            observer: self.observers.of(row, &mut self.part.reading),
        };
        let kind = &mut self.kinds[slot(row)];
        let known = kind.as_ref().filter(|it| *it.tags == row.tags && *it.finding == row.finding);
        let met;
        let named = match known {
            Some(kind) => &kind.named,
            None => {
                met = self.words.named(row, &mut self.part.reading);
                match met.is_settled {
                    true => {
                        let (finding, tags) = (row.finding.as_ref().into(), row.tags.as_ref().into());
                        &kind.insert(Kind { finding, tags, named: met }).named
                    }
                    false => &met,
                }
            }
        };
        for (place, what) in named.what.iter().enumerate() {
            self.seen.add(&glimpse, *what, place == 0);
        }
        let is_named = named.is_out;
        // Whose it is costs a look-up more, and is asked only where somebody could be warned by it.
        if !is_named && !self.products.concern(row) {
            return;
        }
        let names: Vec<&str> = certificate.iter().flat_map(|names| names.split(' ')).collect();
        let asked = Asked { address: row.address, host, asn: row.asn, certificate_names: &names };
        let owner = self.owners.row_of(&asked);
        if !self.owners.is_a_participants(owner) {
            return;
        }
        if !is_named {
            let (holder, by_certificate) = (self.owners.holder(owner), self.owners.is_hinted(&asked));
            let name = row.names().into_iter().next().unwrap_or_default();
            let seen = observe::observation(row, name, self.paper);
            self.part.looks.push(Look { seen, holder, by_certificate, is_taken_for: true });
        } else {
            let (holder, by_certificate) = (self.owners.holder(owner), self.owners.is_hinted(&asked));
            let named = row.names().into_iter().filter(|name| self.words.named.contains(name));
            let look = |name| Look {
                seen: observe::observation(row, name, self.paper),
                holder,
                by_certificate,
                is_taken_for: false,
            };
            self.part.looks.extend(named.map(look));
        }
    }

    /// What came since the last part, in the order of owners and places.
    pub fn part(&mut self) -> Part {
        let (owners, parts) = (&self.owners, &mut self.part.reading.parts);
        let mut piece = Vec::new();
        self.seen.tell_each(self.number, owners.index(), Owners::row, |owner, said| {
            findings::put_said(&mut piece, owners.holder(owner), said);
            if piece.len() >= PIECE_BYTES {
                parts.push(std::mem::take(&mut piece));
            }
        });
        if !piece.is_empty() {
            parts.push(piece);
        }
        self.part.reading.to = self.rows.max(self.from);
        let next = Part { reading: Reading { from: self.rows, ..Reading::default() }, ..Part::default() };
        std::mem::replace(&mut self.part, next)
    }
}

/// An address of version 4 that is written as one of version 6 is one of version 4.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Where a row of this kind is remembered. Two kinds may share the place; then the last one has it.
fn slot(row: &Observed<'_>) -> usize {
    let tail = |word: &str| match word.as_bytes().last_chunk() {
        Some(letters) => u64::from_le_bytes(*letters),
        None => word.bytes().fold(0, |sum, letter| sum << 8 | u64::from(letter)),
    };
    let words = tail(&row.tags) ^ tail(&row.finding).rotate_left(29) ^ row.tags.len() as u64;
    let [spread, ..] = words.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
    usize::from(spread) % KINDS
}

impl Words {
    /// What a row names, by number.
    fn named(&mut self, row: &Observed<'_>, reading: &mut Reading) -> Named {
        let mut named = Named { is_settled: true, ..Named::default() };
        let mut names = row.vulnerabilities();
        let mut next = names.next();
        loop {
            let (what, is_out) = match next {
                Some(name) => self.of_vulnerability(name, row, reading),
                None => self.of_finding(row, reading),
            };
            named.is_out |= is_out;
            named.is_settled &= self.known[what as usize].0;
            // A row that names the same twice says it once.
            if !named.what.contains(&what) {
                named.what.push(what);
            }
            next = names.next();
            if next.is_none() {
                return named;
            }
        }
    }

    fn learn(&mut self, id: u32, word: String, is_known: bool) {
        let place = id as usize;
        if self.known.len() <= place {
            self.known.resize(place + 1, (true, false));
        }
        self.known[place] = (is_known, self.named.contains(&word));
        self.ids.insert(word.into_boxed_str(), id);
    }

    /// The number of a vulnerability, and whether an advisory that is out names it.
    fn of_vulnerability(&mut self, name: &str, row: &Observed<'_>, reading: &mut Reading) -> (u32, bool) {
        let mut room = std::mem::take(&mut self.room);
        room.clear();
        room.push_str(name);
        room.make_ascii_uppercase();
        let found = self.of(&room, row, reading);
        self.room = room;
        found
    }

    /// The number of what a row calls it that names no vulnerability. One kind of report may be about many
    /// things, which its tags tell apart.
    fn of_finding(&mut self, row: &Observed<'_>, reading: &mut Reading) -> (u32, bool) {
        if row.tags.is_empty() {
            return self.of(&row.finding, row, reading);
        }
        let mut room = std::mem::take(&mut self.room);
        room.clear();
        room.push_str(&row.finding);
        room.push_str(": ");
        room.push_str(&row.tags);
        let found = self.of(&room, row, reading);
        self.room = room;
        found
    }

    fn of(&mut self, word: &str, row: &Observed<'_>, reading: &mut Reading) -> (u32, bool) {
        let word = clipped(word);
        if let Some(id) = self.ids.get(word) {
            let (is_known, is_out) = self.known[*id as usize];
            // A look that found nothing does not say what it would have found.
            if is_known || row.seen == Seen::NotVulnerable {
                return (*id, is_out);
            }
        }
        let before = self.ids.get(word).copied();
        let id = before.unwrap_or(u32::try_from(self.known.len()).unwrap_or(u32::MAX));
        self.learn(id, word.to_owned(), row.seen != Seen::NotVulnerable);
        let said = Word { word: word.to_owned(), seen: row.seen, class: row.class, severity: row.severity };
        let earlier = before.and_then(|_| reading.words.iter_mut().find(|(known, _)| *known == id));
        match earlier {
            Some((_, known)) => *known = said,
            None => reading.words.push((id, said)),
        }
        (id, self.known[id as usize].1)
    }
}

/// No more of a word than is kept.
fn clipped(word: &str) -> &str {
    let end = (0..=WORD_BYTES_MAX.min(word.len())).rev().find(|end| word.is_char_boundary(*end));
    end.and_then(|end| word.get(..end)).unwrap_or_default()
}

impl Observers {
    fn of(&mut self, row: &Observed<'_>, reading: &mut Reading) -> u16 {
        // What carries no label is treated as the sender's neighbours would want it.
        let (tlp, pap) = (row.tlp.unwrap_or(Tlp::Amber), row.pap.unwrap_or(Pap::Amber));
        let is_last = |it: &&(u16, Observer)| it.1.name == row.source && it.1.tlp == tlp && it.1.pap == pap;
        if let Some((id, _)) = self.last.as_ref().filter(is_last) {
            return *id;
        }
        let observer = Observer { name: clipped(&row.source).to_owned(), tlp, pap };
        let next = u16::try_from(self.ids.len()).unwrap_or(u16::MAX);
        let id = *self.ids.entry(observer.clone()).or_insert_with(|| {
            reading.observers.push((next, observer.clone()));
            next
        });
        self.last = Some((id, observer));
        id
    }
}
