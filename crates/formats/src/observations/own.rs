//! Our own way to hand over what somebody saw: a table, or lines of JSON, with the same words.
//!
//! What stands under each word is written down in `docs/observations.md`. Columns may come in any order, and
//! those that are not ours are kept. `at`, `seen`, `finding` and one of `address` and `host` must be there;
//! nobody guesses what was seen.

use std::borrow::Cow;
use std::io::{BufReader, Read};
use std::net::IpAddr;
use std::ops::ControlFlow;

use domain::observation::{
    Class, Columns, Confidence, Method, Observed, ProductGuess, Rest, Seen, Severity, Vantage,
};
use domain::tlp::{Pap, Tlp};
use jiff::Timestamp;
use serde_json::Value;

use super::pieces::Pieces;
use super::place::{self, Clock, filled};
use super::records::{self, Cells, Records, Step};
use super::{Done, Intake, Reject};
use crate::cells;
use crate::json::Limits;
use crate::{Unreadable, Why};

macro_rules! keys {
    ($($name:ident = $word:literal,)*) => {
        /// A word of ours at the head of a column, or before a value.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Key {
            $($name,)*
        }

        /// The words, in the order in which we write them.
        const KEYS: &[&str] = &[$($word,)*];

        impl Key {
            fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

keys! {
    At = "at",
    Address = "address",
    Host = "host",
    Port = "port",
    Certificate = "certificate",
    Asn = "asn",
    Vendor = "vendor",
    Product = "product",
    Version = "version",
    Finding = "finding",
    Tags = "tags",
    Seen = "seen",
    Class = "class",
    Severity = "severity",
    Method = "method",
    Vantage = "vantage",
    Confidence = "confidence",
    Source = "source",
    Tlp = "tlp",
    Pap = "pap",
}

/// What a table of ours has at its head, for whoever has another.
pub(super) const KNOWN: &str = "at, seen, finding, address, host and others";

/// How long a line may be.
const LINE_BYTES_MAX: usize = 256 * 1024;
const COLUMNS_MAX: usize = 1_000;

/// Whether these are the columns of such a table, or the keys of such a line.
pub(super) fn is_one(names: &[&str]) -> bool {
    let has = |name: &str| names.contains(&name);
    has("seen") && (has("finding") || has("method") || has("at"))
}

/// A row, by what stands under each of [`KEYS`].
fn row<'r>(
    row: u64,
    get: impl Fn(Key) -> Cow<'r, str>,
    source: &'r str,
    clock: &mut Clock,
) -> Result<Observed<'r>, Reject> {
    let needed = |key: Key| match get(key) {
        text if text.trim().is_empty() => Err(Reject::Missing),
        text => Ok(trimmed(text)),
    };
    let text = |key: Key| Some(trimmed(get(key))).filter(|it| !it.is_empty());
    // A word that is there must be one of ours: it decides what happens.
    fn word<T>(text: Option<Cow<'_, str>>, known: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Reject> {
        text.map(|text| known(&text).ok_or(Reject::UnknownWord)).transpose()
    }
    let at = clock.read(&needed(Key::At)?)?;
    let seen = Seen::of_word(&needed(Key::Seen)?).ok_or(Reject::UnknownWord)?;
    let finding = needed(Key::Finding)?;
    let finding = match finding.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("cve-")) {
        true if finding.bytes().any(|it| it.is_ascii_lowercase()) => Cow::Owned(finding.to_ascii_uppercase()),
        _ => finding,
    };
    if finding.len() > 200 {
        return Err(Reject::TooLong);
    }
    let class = word(text(Key::Class), Class::of_word)?;
    let percent = |written: &str| Confidence::of_percent(written.trim_end_matches('%').trim().parse().ok()?);
    Ok(Observed {
        row,
        at,
        address: place::address(get(Key::Address).trim())?,
        port: text(Key::Port).and_then(|it| place::port(&it)),
        host: match get(Key::Host) {
            Cow::Borrowed(written) => place::host(written.trim()),
            Cow::Owned(written) => place::host(written.trim()).map(|it| Cow::Owned(it.into_owned())),
        },
        certificate: place::certificate_of(text(Key::Certificate)),
        asn: text(Key::Asn).and_then(|it| place::asn(&it)),
        product: ProductGuess {
            vendor: text(Key::Vendor),
            name: text(Key::Product),
            version: text(Key::Version),
        },
        finding,
        tags: text(Key::Tags).unwrap_or_default(),
        seen,
        class: class.unwrap_or(match seen {
            Seen::Vulnerable | Seen::NotVulnerable => Class::VulnerableSystem,
            Seen::Misconfigured => Class::Misconfiguration,
            _ => Class::Undetermined,
        }),
        severity: word(text(Key::Severity), Severity::of_word)?,
        method: word(text(Key::Method), Method::of_word)?.unwrap_or(Method::Unstated),
        vantage: word(text(Key::Vantage), Vantage::of_word)?,
        confidence: word(text(Key::Confidence), percent)?,
        source: text(Key::Source).unwrap_or(Cow::Borrowed(source)),
        // A label that we do not know lets it go nowhere.
        tlp: text(Key::Tlp).map(|it| Tlp::of_word(&it)),
        pap: text(Key::Pap).map(|it| pap(&it)),
        rest: Rest::Nothing,
    })
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A row that is handed on: what stands where, and not who saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: Timestamp,
    pub address: Option<IpAddr>,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub finding: String,
    pub seen: Seen,
    pub class: Class,
    pub severity: Option<Severity>,
    pub tlp: Tlp,
}

/// The columns of what is handed on, in the order in which we write them.
const TOLD: [Key; 9] = [
    Key::At,
    Key::Address,
    Key::Host,
    Key::Port,
    Key::Finding,
    Key::Seen,
    Key::Class,
    Key::Severity,
    Key::Tlp,
];

/// A table that can be handed in here or at another node. Every cell is quoted, and none computes anything in a
/// spreadsheet.
pub fn write<'t>(rows: impl IntoIterator<Item = &'t Told>) -> String {
    let line = |cells: [String; 9]| cells::row(cells.each_ref().map(String::as_str));
    let mut text = line(TOLD.map(|key| key.word().to_owned()));
    for row in rows {
        text += &line([
            row.at.to_string(),
            row.address.map(|it| it.to_string()).unwrap_or_default(),
            row.host.clone().unwrap_or_default(),
            row.port.map(|it| it.to_string()).unwrap_or_default(),
            row.finding.clone(),
            row.seen.word().to_owned(),
            row.class.word().to_owned(),
            row.severity.map(|it| it.word().to_owned()).unwrap_or_default(),
            row.tlp.word().to_owned(),
        ]);
    }
    text
}

/// A label of PAP. A word that is none of them allows nothing.
pub(super) fn pap(written: &str) -> Pap {
    let word = written.trim().to_ascii_uppercase();
    match word.strip_prefix("PAP:").unwrap_or(&word) {
        // WHITE is the older name.
        "CLEAR" | "WHITE" => Pap::Clear,
        "GREEN" => Pap::Green,
        "AMBER" => Pap::Amber,
        _ => Pap::Red,
    }
}

/// The columns that are not ours, still in the table.
struct Others<'r> {
    names: &'r [String],
    cells: Cells<'r>,
}

impl Columns for Others<'_> {
    fn each(&self, see: &mut dyn FnMut(&str, &str)) {
        for (name, cell) in self.names.iter().zip(self.cells.iter()) {
            if !KEYS.contains(&name.as_str()) && !cell.is_empty() {
                see(name, cell);
            }
        }
    }
}

/// Reads a table.
pub(super) fn table(from: impl Read, intake: &mut Intake<'_>) -> Done {
    let mut records = Records::of_any(from)?;
    let names = match records.advance()? {
        Some(Step::Row) => records::names(records.cells()),
        Some(Step::Bad(_)) => Vec::new(),
        None => return Err(Unreadable::whole(Why::Empty).into()),
    };
    if names.len() > COLUMNS_MAX {
        return Err(Unreadable::whole(Why::TooWide { limit: COLUMNS_MAX }).into());
    }
    let places: Vec<Option<usize>> =
        KEYS.iter().map(|key| names.iter().position(|name| name == key)).collect();
    let column = |key: Key| places.get(key as usize).copied().flatten();
    if [Key::At, Key::Seen, Key::Finding].into_iter().any(|key| column(key).is_none()) {
        return Err(Unreadable::whole(Why::NoColumns(KNOWN)).into());
    }
    let source = intake.source;
    let mut clock = Clock::default();
    while let Some(step) = records.advance()? {
        let number = intake.next_row();
        let cells = records.cells();
        let get = |key: Key| Cow::Borrowed(column(key).map_or("", |place| cells.get(place)));
        let read = match step {
            Step::Bad(why) => Err(why),
            Step::Row if cells.len() != names.len() => Err(Reject::Cells),
            Step::Row => row(number, get, source, &mut clock),
        };
        let flow = match read {
            Err(why) => intake.reject(number, why, records.bytes()),
            Ok(mut observed) => {
                let others = Others { names: &names, cells };
                observed.rest = Rest::Columns(&others);
                intake.offer(observed, records.bytes())
            }
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Reads lines of JSON, or a list of the same objects.
pub(super) fn lines(from: impl Read, head: &[u8], intake: &mut Intake<'_>) -> Done {
    let source = intake.source;
    let mut clock = Clock::default();
    objects(from, head, LINE_BYTES_MAX, intake, |number, tree, _, intake| {
        let get = |key: Key| match tree.get(key.word()) {
            Some(Value::String(text)) => Cow::Borrowed(text.as_str()),
            Some(Value::Number(number)) => Cow::Owned(number.to_string()),
            Some(Value::Array(list)) => {
                Cow::Owned(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"))
            }
            _ => Cow::Borrowed(""),
        };
        let text = tree.to_string();
        match row(number, get, source, &mut clock) {
            Err(why) => intake.reject(number, why, text.as_bytes()),
            Ok(mut observed) => {
                let others = tree.as_object().into_iter().flatten();
                let others = others.filter(|(key, _)| !KEYS.contains(&key.as_str()));
                observed.rest = super::pairs(others.map(|(key, value)| (key.clone(), told(value))).collect());
                intake.offer(observed, text.as_bytes())
            }
        }
    })
}

/// A value as text: a text as it is, anything else as JSON.
pub(super) fn told(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The objects of a report of JSON, each of which is `see`n with its row. What is no object is rejected here.
pub(super) fn objects<'t>(
    from: impl Read,
    head: &[u8],
    bytes_max: usize,
    intake: &mut Intake<'t>,
    mut see: impl FnMut(u64, &Value, &[u8], &mut Intake<'t>) -> ControlFlow<()>,
) -> Done {
    let limits = Limits { size_bytes_max: bytes_max, values_max: 200_000, ..Limits::default() };
    let mut pieces = Pieces::new(BufReader::with_capacity(256 * 1024, from), head, bytes_max);
    while let Some(piece) = pieces.advance()? {
        let number = intake.next_row();
        let bytes = pieces.bytes();
        let flow = match pieces.row(piece, limits) {
            Ok(tree) if tree.is_object() => see(number, &tree, bytes, intake),
            Ok(_) => intake.reject(number, Reject::NoJson, bytes),
            Err(why) => intake.reject(number, why, bytes),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What stands under `key`, as text that is not blank.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str).and_then(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::{About, Kind, Row, read};
    use super::*;

    fn page(text: &str, kind: Kind) -> String {
        let mut page = String::new();
        let account = read(Cursor::new(text), About::from("us", Timestamp::MAX), |row| {
            page += &match row {
                Row::Good(it) => {
                    let place = it.host.as_deref().map(str::to_owned);
                    let place = place.or(it.address.map(|it| it.to_string())).unwrap_or_default();
                    let Observed { row, at, finding, seen, class, method, tlp, pap, rest, .. } = it;
                    format!("{row} {at} {place} {finding} {seen:?} {class:?} {method:?} {tlp:?} {pap:?} {rest:?}\n")
                }
                Row::Rejected(it) => format!("{} {}\n", it.row, it.why),
            };
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(
            (account.kind, account.rows),
            (Some(kind), account.good.saturating_add(account.rejected()))
        );
        page
    }

    #[test]
    fn what_a_spreadsheet_saves_with_semicolons_or_tabs_is_the_same_table() {
        let table = "at,address,port,finding,seen,tags\n\
            2026-11-21T06:15:58Z,192.0.2.10,443,CVE-2019-19781,vulnerable,a\n\
            2026-11-21T06:15:59Z,192.0.2.11,443,CVE-2019-19781,not_vulnerable,\n";
        let written = page(table, Kind::Table);
        assert_eq!(written.lines().count(), 2, "{written}");
        for separator in [";", "\t"] {
            assert_eq!(page(&table.replace(',', separator), Kind::Table), written);
        }
    }

    #[test]
    fn lines_are_used_or_said() {
        let lines = page(include_str!("../../../../fixtures/observations/scan.jsonl"), Kind::Lines);
        insta::assert_snapshot!(lines, @r#"
        1 2020-01-09T23:40:00Z 192.0.2.10 CVE-2019-19781 Vulnerable VulnerableSystem MitigationAbsent Some(Amber) Some(Amber) []
        2 2020-01-09T22:41:00Z vpn.zuidzorg.example CVE-2019-19781 NotVulnerable VulnerableSystem SafeCheck Some(Red) None [("colour", "red")]
        3 2020-01-09T23:42:00Z 2001:db8::10 CVE-2019-19781 Vulnerable VulnerableSystem Banner None None []
        4 it does not say where
        5 it is not JSON, or not an object
        "#);
    }

    #[test]
    fn a_table_says_the_same_in_any_order_of_its_columns() {
        let table = page(include_str!("../../../../fixtures/observations/scan.csv"), Kind::Table);
        insta::assert_snapshot!(table, @r#"
        1 2026-11-21T05:15:58Z vpn.noordzorg.example CVE-2019-19781 Vulnerable VulnerableSystem SafeCheck Some(Amber) Some(Green) [("colour", "red"), ("ticket", "7")]
        2 2026-11-21T06:16:00Z 2001:db8::10 open-redis Misconfigured Misconfiguration Banner None None []
        3 2026-11-21T06:16:01Z vpn.zuidzorg.example CVE-2019-19781 NotVulnerable VulnerableSystem SafeCheck Some(Red) Some(Clear) []
        4 a word that decides about it is one that we do not know
        5 a word that decides about it is one that we do not know
        6 it does not say where
        7 it has not as many cells as the header
        8 it holds what looks like a citizen number
        9 a word that decides about it is one that we do not know
        "#);
    }

    #[test]
    fn what_is_handed_on_is_read_as_it_was_written() {
        let told = |finding: &str, tlp| Told {
            at: "2026-11-21T06:15:58Z".parse().unwrap(),
            address: Some([192, 0, 2, 10].into()),
            host: Some("vpn.noordzorg.example".into()),
            port: Some(443),
            finding: finding.into(),
            seen: Seen::Vulnerable,
            class: Class::VulnerableSystem,
            severity: Some(Severity::High),
            tlp,
        };
        let rows = [told("CVE-2019-19781", Tlp::Amber), told("=cmd|' /C calc'!A0, \"so\"", Tlp::Green)];
        let written = write(&rows);
        assert!(written.contains("\"'=cmd"), "a spreadsheet computes none of it: {written}");
        insta::assert_snapshot!(page(&written, Kind::Table), @r#"
        1 2026-11-21T06:15:58Z vpn.noordzorg.example CVE-2019-19781 Vulnerable VulnerableSystem Unstated Some(Amber) None []
        2 2026-11-21T06:15:58Z vpn.noordzorg.example '=cmd|' /C calc'!A0, "so" Vulnerable VulnerableSystem Unstated Some(Green) None []
        "#);
    }

    #[test]
    fn a_label_that_nobody_knows_lets_nothing_be_done() {
        assert_eq!(
            [pap("pap:green"), pap("WHITE"), pap("amber"), pap("mauve")],
            [Pap::Green, Pap::Clear, Pap::Amber, Pap::Red]
        );
    }
}
