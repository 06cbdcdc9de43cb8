//! Reports of Shadowserver: a table a day for each of their types, about other people's systems.
//!
//! What a type means to us stands in a table of ours (`rules/shadowserver.csv`), because types and columns
//! change every few weeks: columns come in any order, those that we have no place for are kept as they are,
//! and the rows of a type that nobody knows are kept and warn nobody. The type stands in the name of the
//! file and nowhere else: `2026-11-21-scan_http_vulnerable-somebody-nl.csv`.
//!
//! Their times are UTC. Nothing is copied on the way from the bytes to the one who takes the row.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use domain::observation::{Class, Columns, Method, Observed, ProductGuess, Rest, Seen, Severity, Vantage};

use super::place::{self, Clock, filled, trimmed};
use super::records::{self, Cells, Records, Step};
use super::{Done, Intake, Reject};
use crate::{Unreadable, Why};

/// Who looked.
pub const SOURCE: &str = "Shadowserver";

/// Columns of a table that nobody honest exceeds; the widest type has some three hundred.
const COLUMNS_MAX: usize = 2_000;

/// The table that ships with the program.
const SHIPPED: &str = include_str!("../../rules/shadowserver.csv");

static TYPES: LazyLock<Types> = LazyLock::new(|| Types::read(SHIPPED).unwrap_or_default());

/// What we know about types of reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Types(Vec<Meaning>);

/// What a row of a type means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    pub report: String,
    /// Holds for rows with this tag only; the line without one holds for the others.
    pub tag: Option<String>,
    pub seen: Seen,
    pub class: Class,
    /// Where a row says none of its own.
    pub severity: Option<Severity>,
    pub method: Method,
    pub finding: Told,
    pub vulnerability: Option<String>,
    /// What stands before `ip`, `port` and `asn` of the one whom it concerns.
    pub place: String,
    pub host: Option<String>,
    pub vendor: Option<String>,
    pub product: Told,
    pub version: Option<String>,
}

/// A word of the table, or of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Word(String),
    Column(String),
}

/// Why a table of types cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the types of reports: {why}")]
pub struct Unfit {
    pub line: usize,
    pub why: String,
}

impl Types {
    /// Those that ship with the program.
    pub fn shipped() -> &'static Self {
        &TYPES
    }

    /// Reads a table; what its columns mean stands at the head of the one that ships.
    ///
    /// # Errors
    /// When a line has other cells, or a word that is none of ours.
    pub fn read(text: &str) -> Result<Self, Unfit> {
        const HEADER: &str =
            "report,tag,seen,class,severity,method,finding,cve,place,host,vendor,product,version";
        let mut meanings = Vec::new();
        let mut has_header = false;
        for (place, line) in text.lines().enumerate() {
            let unfit =
                |why: &dyn fmt::Display| Unfit { line: place.saturating_add(1), why: why.to_string() };
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if !has_header {
                if line != HEADER {
                    return Err(unfit(&format_args!("the columns are {HEADER}")));
                }
                has_header = true;
                continue;
            }
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let [
                report,
                tag,
                seen,
                class,
                severity,
                method,
                finding,
                cve,
                at,
                host,
                vendor,
                product,
                version,
            ] = cells.as_slice()
            else {
                return Err(unfit(&"it has not thirteen cells"));
            };
            let word = |known: bool, cell: &str| match known {
                true => Ok(()),
                false => Err(unfit(&format_args!("{cell:?} is a word that we do not know here"))),
            };
            let (seen_as, classed, how) =
                (Seen::of_word(seen), Class::of_word(class), Method::of_word(method));
            word(seen_as.is_some(), seen)?;
            word(classed.is_some(), class)?;
            word(how.is_some(), method)?;
            let bad = Severity::of_word(severity);
            word(bad.is_some() || severity.is_empty(), severity)?;
            let own = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
            meanings.push(Meaning {
                report: (*report).to_owned(),
                tag: own(tag),
                seen: seen_as.unwrap_or(Seen::Undetermined),
                class: classed.unwrap_or(Class::Undetermined),
                severity: bad,
                method: how.unwrap_or(Method::Unstated),
                finding: Told::of(finding),
                vulnerability: own(cve),
                place: (*at).to_owned(),
                host: own(host),
                vendor: own(vendor),
                product: Told::of(product),
                version: own(version),
            });
        }
        Ok(Self(meanings))
    }

    /// How many types there are.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|it| it.tag.is_none()).count()
    }

    /// What a row of this type means: first where it has a certain tag, last where it has none of them.
    /// Nothing for a type that nobody knows.
    pub fn meanings(&self, report: &str) -> Vec<&Meaning> {
        // Until 2021 what is now event4 was called event.
        let renamed = report.strip_prefix("event_").map(|rest| format!("event4_{rest}"));
        let is_it = |it: &&Meaning| it.report == report || Some(&it.report) == renamed.as_ref();
        let mut found: Vec<&Meaning> = self.0.iter().filter(is_it).collect();
        found.sort_by_key(|it| it.tag.is_none());
        found
    }
}

impl Told {
    fn of(cell: &str) -> Self {
        match cell.strip_prefix('=') {
            Some(column) => Self::Column(column.to_owned()),
            None => Self::Word(cell.to_owned()),
        }
    }
}

/// The type that a file has by its name: `scan_http` of `2026-11-21-scan_http-somebody.csv.zip`. `None` when
/// the name is not one that Shadowserver gives.
pub fn type_of(file_name: &str) -> Option<String> {
    let name = file_name.rsplit(['/', '\\']).next()?.to_ascii_lowercase();
    let name = [".zip", ".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let name = name.strip_suffix(".csv")?;
    let dated = after_date(name);
    let kind = dated.unwrap_or(name).split(['-', '.']).next()?;
    let is_word = !kind.is_empty() && kind.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    let is_known = !Types::shipped().meanings(kind).is_empty();
    (is_word && (dated.is_some() || is_known)).then(|| kind.to_owned())
}

/// What follows `2026-11-21-`.
fn after_date(name: &str) -> Option<&str> {
    let (date, rest) = (name.get(..11)?, name.get(11..)?);
    let is_date = date.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 | 10 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_date.then_some(rest)
}

/// Whether a table with these columns is one of theirs.
pub(super) fn is_one(names: &[&str], file_name: Option<&str>) -> bool {
    let has = |name: &str| names.contains(&name);
    if !has("timestamp") {
        return false;
    }
    let is_named =
        file_name.and_then(type_of).is_some_and(|kind| !Types::shipped().meanings(&kind).is_empty());
    let theirs =
        ["severity", "naics", "hostname_source", "sector", "tag", "geo", "asn", "src_asn", "src_geo"];
    let count = theirs.iter().filter(|name| has(name)).count();
    is_named || count >= 3 && ["ip", "src_ip", "dst_ip", "http_referer_ip"].iter().any(|name| has(name))
}

/// The columns of one report, by where they stand in it.
struct Plan<'t> {
    names: Vec<String>,
    /// Whether a column has a place of ours, so that it is not among the rest.
    is_used: Vec<bool>,
    at: Option<usize>,
    address: Option<usize>,
    port: Option<usize>,
    asn: Option<usize>,
    host: Option<usize>,
    certificate: Option<usize>,
    vendor: Option<usize>,
    version: Option<usize>,
    severity: Option<usize>,
    tag: Option<usize>,
    product: Cell<'t>,
    meanings: Vec<Planned<'t>>,
    vantage: Option<Vantage>,
}

struct Planned<'t> {
    tag: Option<&'t str>,
    seen: Seen,
    class: Class,
    severity: Option<Severity>,
    method: Method,
    finding: Cell<'t>,
    /// Where the row is silent.
    otherwise: &'t str,
    vulnerability: Option<&'t str>,
}

/// Where a word comes from.
#[derive(Clone, Copy)]
enum Cell<'t> {
    Word(&'t str),
    Column(usize),
    Nowhere,
}

impl<'t> Plan<'t> {
    fn new(names: Vec<String>, report: &'t str, meanings: &[&'t Meaning]) -> Self {
        let find = |name: &str| names.iter().position(|it| it == name);
        let first = meanings.first().copied();
        let place = first.map_or_else(
            || {
                ["", "src_", "http_referer_", "dst_"]
                    .into_iter()
                    .find(|it| find(&format!("{it}ip")).is_some())
            },
            |it| Some(it.place.as_str()),
        );
        let place = place.unwrap_or_default();
        let of_place = |name: &str| find(&format!("{place}{name}"));
        let told = |told: &'t Told| match told {
            Told::Word(word) if word.is_empty() => Cell::Nowhere,
            Told::Word(word) => Cell::Word(word),
            Told::Column(column) => find(column).map_or(Cell::Nowhere, Cell::Column),
        };
        let named = |column: Option<&String>| column.and_then(|it| find(it));
        let planned = meanings.iter().map(|it| Planned {
            tag: it.tag.as_deref(),
            seen: it.seen,
            class: it.class,
            severity: it.severity,
            method: it.method,
            finding: told(&it.finding),
            otherwise: &it.report,
            vulnerability: it.vulnerability.as_deref(),
        });
        let unknown = Planned {
            tag: None,
            seen: Seen::Undetermined,
            class: Class::Undetermined,
            severity: None,
            method: Method::Unstated,
            finding: Cell::Nowhere,
            otherwise: report,
            vulnerability: None,
        };
        let planned: Vec<Planned<'t>> = planned.chain(meanings.is_empty().then_some(unknown)).collect();
        let looks = ["scan", "population", "special", "compromised_iot", "compromised_website", "device_id"];
        let meets = report.starts_with("event");
        let vantage = (meets || looks.iter().any(|it| report.starts_with(it))).then_some(Vantage::Outside);
        let mut plan = Self {
            at: find("timestamp"),
            address: of_place("ip"),
            port: of_place("port"),
            asn: of_place("asn"),
            host: first.map_or_else(|| of_place("hostname"), |it| named(it.host.as_ref())),
            // Of whoever answered at the address; what was met in traffic showed no certificate of its own.
            certificate: find("subject_common_name").filter(|_| place.is_empty()),
            vendor: named(first.and_then(|it| it.vendor.as_ref())),
            version: named(first.and_then(|it| it.version.as_ref())),
            severity: find("severity"),
            tag: find("tag"),
            product: first.map_or(Cell::Nowhere, |it| told(&it.product)),
            meanings: planned,
            vantage,
            is_used: Vec::new(),
            names: Vec::new(),
        };
        let column = |cell: Cell<'_>| match cell {
            Cell::Column(place) => Some(place),
            _ => None,
        };
        let of_findings: Vec<usize> = plan.meanings.iter().filter_map(|it| column(it.finding)).collect();
        let used = [
            plan.at,
            plan.address,
            plan.port,
            plan.asn,
            plan.host,
            plan.certificate,
            plan.vendor,
            plan.version,
            plan.severity,
            plan.tag,
            column(plan.product),
        ];
        let used: Vec<usize> = used.into_iter().flatten().chain(of_findings).collect();
        plan.is_used = (0..names.len()).map(|place| used.contains(&place)).collect();
        plan.names = names;
        plan
    }

    fn row<'r>(&'r self, row: u64, cells: Cells<'r>, clock: &mut Clock) -> Result<Observed<'r>, Reject> {
        if cells.len() != self.names.len() {
            return Err(Reject::Cells);
        }
        let cell = |place: Option<usize>| place.map_or("", |place| cells.get(place));
        let address = place::address(cell(self.address))?;
        let at = clock.read(cell(self.at))?;
        let tag = trimmed(cell(self.tag));
        let meaning = self.meanings.iter().find(|it| it.tag.is_none_or(|of| has_tag(tag, of)));
        let Some(meaning) = meaning else { return Err(Reject::UnknownWord) };
        let told = |told: Cell<'r>| match told {
            Cell::Word(word) => Some(word),
            Cell::Column(place) => filled(cells.get(place)),
            Cell::Nowhere => None,
        };
        let borrowed = |text: Option<&'r str>| text.map(Cow::Borrowed);
        let tags = match meaning.vulnerability {
            Some(vulnerability) if !has_tag(tag, vulnerability) => match tag {
                "" => Cow::Borrowed(vulnerability),
                _ => Cow::Owned(format!("{tag};{vulnerability}")),
            },
            _ => Cow::Borrowed(tag),
        };
        Ok(Observed {
            row,
            at,
            address,
            port: place::port(cell(self.port)),
            host: place::host(cell(self.host)),
            certificate: place::certificate(cell(self.certificate)),
            asn: place::asn(cell(self.asn)),
            product: ProductGuess {
                vendor: borrowed(filled(cell(self.vendor))),
                name: borrowed(told(self.product)),
                version: borrowed(filled(cell(self.version))),
            },
            finding: Cow::Borrowed(told(meaning.finding).unwrap_or(meaning.otherwise)),
            tags,
            seen: meaning.seen,
            class: meaning.class,
            severity: Severity::of_word(trimmed(cell(self.severity))).or(meaning.severity),
            method: meaning.method,
            vantage: self.vantage,
            confidence: None,
            source: Cow::Borrowed(SOURCE),
            tlp: None,
            pap: None,
            rest: Rest::Nothing,
        })
    }
}

/// Whether `wanted` is among words with `;` or something like it between them, in any case.
fn has_tag(tags: &str, wanted: &str) -> bool {
    tags.split([';', ',', ' ', '|']).any(|it| it.trim().eq_ignore_ascii_case(wanted))
}

/// The columns that have no place of ours, still in the report.
struct Others<'r> {
    names: &'r [String],
    is_used: &'r [bool],
    cells: Cells<'r>,
}

impl Columns for Others<'_> {
    fn each(&self, see: &mut dyn FnMut(&str, &str)) {
        for ((name, is_used), cell) in self.names.iter().zip(self.is_used).zip(self.cells.iter()) {
            if !is_used && !cell.is_empty() {
                see(name, cell);
            }
        }
    }
}

/// Reads a report whose type stands in the name of its file.
pub(super) fn table(from: impl Read, file_name: Option<&str>, intake: &mut Intake<'_>) -> Done {
    let mut records = Records::new(from);
    let names = match records.advance()? {
        Some(Step::Row) => records::names(records.cells()),
        Some(Step::Bad(_)) => return Err(no_columns()),
        None => return Err(Unreadable::whole(Why::Empty).into()),
    };
    if names.len() > COLUMNS_MAX {
        return Err(Unreadable::whole(Why::TooWide { limit: COLUMNS_MAX }).into());
    }
    let report = file_name.and_then(type_of).unwrap_or_default();
    let meanings = Types::shipped().meanings(&report);
    let plan = Plan::new(names, if report.is_empty() { "unknown" } else { &report }, &meanings);
    if plan.at.is_none() {
        return Err(no_columns());
    }
    if meanings.is_empty() && !intake.account.unknown_types.contains(&report) {
        intake.account.unknown_types.push(report.clone());
    }
    let mut clock = Clock::default();
    while let Some(step) = records.advance()? {
        let row = intake.next_row();
        let flow = match step {
            Step::Bad(why) => intake.reject(row, why, records.bytes()),
            Step::Row => {
                let cells = records.cells();
                match plan.row(row, cells, &mut clock) {
                    Err(why) => intake.reject(row, why, records.bytes()),
                    Ok(mut observed) => {
                        let others = Others { names: &plan.names, is_used: &plan.is_used, cells };
                        observed.rest = Rest::Columns(&others);
                        intake.offer(observed, records.bytes())
                    }
                }
            }
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn no_columns() -> super::Failed {
    Unreadable::whole(Why::NoColumns("timestamp, ip, port, tag, severity, asn, hostname")).into()
}

#[cfg(test)]
mod tests {
    use super::super::{About, Row, read_stream};
    use super::*;

    #[test]
    fn the_table_that_ships_can_be_read_and_knows_every_type_once() {
        let types = Types::read(SHIPPED).unwrap();
        assert_eq!(types.count(), 170);
        let mut names: Vec<_> = types.0.iter().map(|it| (&it.report, &it.tag)).collect();
        names.dedup();
        assert_eq!(names.len(), types.0.len());
        assert_eq!(types.meanings("event_sinkhole"), types.meanings("event4_sinkhole"));
    }

    #[test]
    fn a_table_that_cannot_be_meant_is_refused_with_its_line() {
        let header = SHIPPED.lines().find(|line| line.starts_with("report,")).unwrap();
        let said = |line: &str| Types::read(&format!("{header}\n{line}\n")).unwrap_err().to_string();
        assert!(said("scan_x,,awful,other,info,banner,x,,,,,,").starts_with("line 2 of the types"));
        assert!(said("scan_x,,abuse,awful,info,banner,x,,,,,,").contains("\"awful\" is a word"));
        assert!(said("scan_x,,abuse").contains("thirteen"));
        assert!(Types::read("report,seen\n").is_err());
    }

    #[test]
    fn whoever_answers_shows_a_certificate_and_whoever_is_met_in_traffic_shows_none() {
        let said = |name: &str, table: &str| {
            let about =
                About { file_name: Some(name), ..About::from("", "2026-11-22T00:00:00Z".parse().unwrap()) };
            let mut said = Vec::new();
            read_stream(table.as_bytes(), about, |row| {
                if let Row::Good(it) = row {
                    said.push(it.certificate.into_owned());
                }
                ControlFlow::Continue(())
            })
            .unwrap();
            said
        };
        let scan = "timestamp,severity,ip,port,asn,geo,subject_common_name\n\
            2026-11-21 01:00:00,low,192.0.2.1,443,64496,NL,*.Noordzorg.example\n\
            2026-11-21 01:00:00,low,192.0.2.2,443,64496,NL,FGT60F\n";
        assert_eq!(said("2026-11-21-scan_ssl-x.csv", scan), ["*.noordzorg.example", ""]);
        let met = "timestamp,severity,src_ip,src_port,src_asn,subject_common_name\n\
            2026-11-21 01:00:00,low,192.0.2.1,443,64496,www.noordzorg.example\n";
        assert_eq!(said("2026-11-21-event4_sinkhole-x.csv", met), [""]);
    }

    #[test]
    fn the_type_stands_in_the_name_of_the_file() {
        let found = |name: &str| type_of(name);
        assert_eq!(found("2026-11-21-scan_http-somebody-nl.csv").as_deref(), Some("scan_http"));
        assert_eq!(found("in/2026-11-21-Scan_HTTP.csv.zip").as_deref(), Some("scan_http"));
        assert_eq!(found("2026-11-21-scan_never_seen-x.csv.gz").as_deref(), Some("scan_never_seen"));
        assert_eq!(found("scan_http.csv").as_deref(), Some("scan_http"));
        assert_eq!(
            [found("inventory.csv"), found("2026-11-21-.csv"), found("scan_http.txt")],
            [None, None, None]
        );
    }
}
