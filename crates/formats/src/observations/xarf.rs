//! X-ARF: a report of abuse, one document each. Version 4, and version 3, which is deprecated and still sent.
//!
//! A report that breaks rules of its format is read as far as it goes, and each broken rule is said. What it
//! needs to be a row is what every row needs: when, and where.
//!
//! Sources: xarf.org, "XARF v4 Specification", and the schemas of version 3 (`alpha`, `1`, `2`, `3` and
//! `development`); `xarf/rules_3.rs` and `xarf/rules_4.rs` have their rules.

mod rules_3;
mod rules_4;
mod shape;

use std::borrow::Cow;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;

use domain::observation::{Class, Confidence, Method, Observed, ProductGuess, Seen, Severity, Vantage};
use serde_json::Value;

use super::own::{text, told};
use super::pieces::Pieces;
use super::place::{self, Clock};
use super::{Done, Intake, Reject};
use crate::json::{self, Limits};
use crate::{Complaint, Unreadable};

/// With up to fifty pieces of evidence of 5 MB, of which we keep none.
const REPORT_BYTES_MAX: usize = 64 << 20;

/// Whether an object with these keys is such a report.
pub(super) fn is_one(keys: &[&str]) -> bool {
    let has = |key: &str| keys.contains(&key);
    has("xarf_version") || has("ReporterInfo") && has("Report") || has("Disclosure") && has("Report")
}

/// Holds a report against the rules of the version that it says it has. No complaint means that it is valid.
///
/// # Errors
/// When it is no JSON, or too big.
pub fn check(bytes: &[u8], limits: Limits) -> Result<Vec<Complaint>, Unreadable> {
    let tree = json::parse(bytes, limits)?;
    Ok(broken_rules(&tree.it))
}

fn broken_rules(tree: &Value) -> Vec<Complaint> {
    match tree.get("xarf_version") {
        Some(_) => rules_4::check(tree),
        None => rules_3::check(tree),
    }
}

pub(super) fn reports(from: impl Read, head: &[u8], intake: &mut Intake<'_>) -> Done {
    let limits = Limits { size_bytes_max: REPORT_BYTES_MAX, ..Limits::default() };
    let mut pieces = Pieces::new(BufReader::new(from), head, REPORT_BYTES_MAX);
    let mut clock = Clock::default();
    while let Some(piece) = pieces.advance()? {
        let row = intake.next_row();
        let bytes = pieces.bytes();
        let flow = match pieces.row(piece, limits) {
            Ok(tree) => {
                for Complaint { at, what, weight } in broken_rules(&tree) {
                    intake.complaints.add(weight, format!("row {row}{at}"), what);
                }
                let read = match tree.get("xarf_version") {
                    Some(_) => of_version_4(row, &tree, intake.source, &mut clock),
                    None => of_version_3(row, &tree, intake.source, &mut clock),
                };
                match read {
                    Ok(observed) => intake.offer(observed, bytes),
                    Err(why) => intake.reject(row, why, bytes),
                }
            }
            Err(why) => intake.reject(row, why, bytes),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What a type of report is to us: class, and what was seen.
fn meaning_4(category: &str, kind: &str) -> (Class, Seen) {
    let class = match (category, kind) {
        ("messaging", _) => Class::Spam,
        ("connection", "login_attack") => Class::BruteForce,
        ("connection", "ddos") => Class::Ddos,
        ("connection", "infected_host") | ("infrastructure", "botnet") => Class::InfectedSystem,
        ("connection", "sql_injection") => Class::Exploit,
        ("connection", _) => Class::Scanner,
        ("vulnerability", "cve") => Class::VulnerableSystem,
        ("vulnerability", "open_service") => Class::PotentiallyUnwantedAccessible,
        ("vulnerability", _) => Class::Misconfiguration,
        ("infrastructure", _) | ("content", "remote_compromise") => Class::SystemCompromise,
        ("content", "phishing") => Class::Phishing,
        ("content", "malware") => Class::MalwareDistribution,
        ("content", "csam" | "csem") => Class::Violence,
        ("content", "exposed_data") => Class::DataLeak,
        ("content", "brand_infringement" | "fraud") => Class::Masquerade,
        ("copyright", _) => Class::Copyright,
        ("reputation", "blocklist") => Class::Blocklist,
        ("reputation" | "content", _) => return (Class::Other, Seen::Abuse),
        _ => return (Class::Undetermined, Seen::Undetermined),
    };
    (class, class.seen())
}

fn of_version_4<'v>(
    row: u64,
    tree: &'v Value,
    source: &'v str,
    clock: &mut Clock,
) -> Result<Observed<'v>, Reject> {
    let of = |key: &str| text(tree, key);
    let (category, kind) = (of("category").ok_or(Reject::Missing)?, of("type").ok_or(Reject::Missing)?);
    let at = clock.read(of("last_seen").or(of("timestamp")).unwrap_or_default())?;
    let (class, seen) = meaning_4(category, kind);
    let (address, host) = whose(of("source_identifier").ok_or(Reject::NoPlace)?)?;
    let service = of("service");
    let finding = match (of("cve_id"), service) {
        (Some(number), _) => Cow::Owned(number.to_ascii_uppercase()),
        (None, Some(service)) if kind == "open_service" => Cow::Owned(format!("open-{service}")),
        _ => Cow::Borrowed(of("misconfiguration_type").or(of("malware_family")).unwrap_or(kind)),
    };
    let number = |key: &str| tree.get(key).and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
    let port = ["service_port", "port", "source_port"].into_iter().find_map(number).filter(|it| *it != 0);
    let sure = tree.get("confidence").and_then(Value::as_f64);
    let tags = tree.get("tags").and_then(Value::as_array);
    let tags: Vec<&str> = tags.into_iter().flatten().filter_map(Value::as_str).collect();
    let kept =
        ["report_id", "category", "type", "url", "description", "protocol", "destination_ip", "c2_server"];
    let rest = kept.iter().filter_map(|key| Some(((*key).to_owned(), told(tree.get(*key)?))));
    let is_scan = of("evidence_source").is_some_and(|it| it.contains("scan"));
    Ok(Observed {
        row,
        at,
        address,
        port,
        host,
        certificate: Cow::Borrowed(""),
        asn: tree
            .get("asn")
            .and_then(Value::as_u64)
            .and_then(|it| u32::try_from(it).ok())
            .filter(|it| *it != 0),
        product: ProductGuess {
            vendor: None,
            name: service.map(Cow::Borrowed),
            version: of("service_version").map(Cow::Borrowed),
        },
        finding,
        tags: Cow::Owned(tags.join(";")),
        seen,
        class,
        severity: of("severity").or(of("risk_level")).and_then(Severity::of_word),
        method: if category == "connection" || category == "messaging" {
            Method::Traffic
        } else {
            Method::Unstated
        },
        vantage: is_scan.then_some(Vantage::Outside),
        confidence: sure.and_then(percent),
        source: tree
            .pointer("/reporter/org")
            .and_then(Value::as_str)
            .map_or(Cow::Borrowed(source), Cow::Borrowed),
        tlp: None,
        pap: None,
        rest: super::pairs(rest.collect()),
    })
}

/// What a type of version 3 is to us.
fn meaning_3(class: &str, kind: &str) -> (Class, Seen) {
    let class = match kind.to_ascii_lowercase().as_str() {
        "spam" => Class::Spam,
        "dos" | "ddos" => Class::Ddos,
        "portscan" | "webcrawler" => Class::Scanner,
        "loginattack" => Class::BruteForce,
        "exploit" => Class::Exploit,
        "malware" if class.eq_ignore_ascii_case("content") => Class::MalwareDistribution,
        "malware" | "botnet" => Class::InfectedSystem,
        "phishing" => Class::Phishing,
        "copyright" | "trademark" => Class::Copyright,
        "childabuse" | "childsexualabusematerial" => Class::Violence,
        "harassment" | "harassed" => Class::HarmfulSpeech,
        "potentiallycompromisedaccount" => Class::UnprivilegedAccountCompromise,
        "openservice" => Class::PotentiallyUnwantedAccessible,
        _ => return (Class::Undetermined, Seen::Undetermined),
    };
    (class, class.seen())
}

fn of_version_3<'v>(
    row: u64,
    tree: &'v Value,
    source: &'v str,
    clock: &mut Clock,
) -> Result<Observed<'v>, Reject> {
    let report = tree.get("Report").filter(|it| it.is_object()).ok_or(Reject::Missing)?;
    let of = |key: &str| text(report, key);
    let (group, kind) = (of("ReportClass").ok_or(Reject::Missing)?, of("ReportType").ok_or(Reject::Missing)?);
    let at = clock.read(of("Date").unwrap_or_default())?;
    let (class, seen) = meaning_3(group, kind);
    let (address, host) = match (of("SourceIp"), of("SourceUrl")) {
        (Some(written), url) => {
            let (address, _) = (place::address(written)?, ());
            (address, url.and_then(place::host).map(|it| Cow::Owned(it.into_owned())))
        }
        (None, Some(url)) => whose(url)?,
        // Whose account it is, its provider knows: the domain of its mail.
        (None, None) => {
            let mail = report.pointer("/Account/AccountEmail").and_then(Value::as_str);
            (None, mail.and_then(place::host).map(|it| Cow::Owned(it.into_owned())))
        }
    };
    let finding = match (of("CVE"), of("ServiceName")) {
        (Some(number), _) => Cow::Owned(number.to_ascii_uppercase()),
        (None, Some(service)) if kind.eq_ignore_ascii_case("openservice") => {
            Cow::Owned(format!("open-{service}"))
        }
        _ => match of("MalwareName").or(of("BotnetName")) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(kind.to_ascii_lowercase()),
        },
    };
    let port = report.get("SourcePort").and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
    let asn = report.get("ASN").and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok());
    let organisation = tree.pointer("/ReporterInfo/ReporterOrg").and_then(Value::as_str);
    let kept = [
        "ReportClass",
        "ReportType",
        "ReportSubType",
        "ReporterCaseID",
        "SourceUrl",
        "DestinationIp",
        "DestinationPort",
    ];
    let rest = kept.iter().filter_map(|key| Some(((*key).to_owned(), told(report.get(*key)?))));
    Ok(Observed {
        row,
        at,
        address,
        port: port.filter(|it| *it != 0),
        host,
        certificate: Cow::Borrowed(""),
        asn: asn.filter(|it| *it != 0),
        product: ProductGuess {
            vendor: None,
            name: of("ServiceName").map(Cow::Borrowed),
            version: of("ServiceVersion").map(Cow::Borrowed),
        },
        finding,
        tags: Cow::Borrowed(""),
        seen,
        class,
        severity: of("ReporterSeverity").and_then(Severity::of_word),
        method: if group.eq_ignore_ascii_case("activity") { Method::Traffic } else { Method::Unstated },
        vantage: None,
        confidence: None,
        source: organisation.map_or(Cow::Borrowed(source), Cow::Borrowed),
        tlp: None,
        pap: None,
        rest: super::pairs(rest.collect()),
    })
}

type Whose<'v> = (Option<std::net::IpAddr>, Option<Cow<'v, str>>);

/// An address, a name, or an address of the web with one of them in it.
fn whose(written: &str) -> Result<Whose<'_>, Reject> {
    let bare = written.split_once("://").map_or(written, |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
    match crate::inventory_table::address_of(bare) {
        Some(address) => Ok((Some(address), None)),
        None => match place::host(written) {
            Some(host) => Ok((None, Some(host))),
            None => Err(Reject::NoAddress),
        },
    }
}

/// A share of one as a percentage, rounded down.
fn percent(share: f64) -> Option<Confidence> {
    let whole = (0..=100_u8).rev().find(|it| f64::from(*it) <= share * 100.0)?;
    (share <= 1.0).then(|| Confidence::of_percent(whole)).flatten()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use jiff::Timestamp;
    use serde_json::json;

    use super::super::{About, Row, read};
    use super::*;

    const REPORT: &str = include_str!("../../../../fixtures/observations/xarf.json");

    /// The report with something else in one place.
    fn changed(pointer: &str, value: Value) -> String {
        let mut tree: Value = serde_json::from_str(REPORT).unwrap();
        *tree.pointer_mut(pointer).unwrap() = value;
        tree.to_string()
    }

    fn broken(text: &str) -> Vec<String> {
        let found = check(text.as_bytes(), Limits::default()).unwrap();
        found.into_iter().map(|it| format!("{} {}", it.at, it.what)).collect()
    }

    #[test]
    fn a_report_of_a_hole_is_an_observation_of_it() {
        let mut seen = Vec::new();
        let account = read(Cursor::new(REPORT), About::from("us", Timestamp::MAX), |row| {
            if let Row::Good(it) = row {
                seen.push(it.into_owned());
            }
            ControlFlow::Continue(())
        });
        assert_eq!(account.unwrap().complaints, []);
        let one = &seen[0];
        assert_eq!(
            (one.names(), one.seen, one.class),
            (vec!["CVE-2019-19781".to_owned()], Seen::Vulnerable, Class::VulnerableSystem)
        );
        assert_eq!(
            (one.port, one.severity, one.confidence),
            (Some(443), Some(Severity::Critical), Confidence::of_percent(95))
        );
        assert_eq!((&*one.source, one.product.version.as_deref()), ("Dijkleger", Some("12.1-55.18")));
    }

    #[test]
    fn each_rule_that_is_broken_is_said_and_the_report_is_read_all_the_same() {
        assert_eq!(broken(REPORT), Vec::<String>::new());
        for (pointer, value) in [
            ("/xarf_version", json!("4.2")),
            ("/report_id", json!("7")),
            ("/timestamp", json!("2026-11-21 06:15")),
            ("/reporter/contact", json!("nobody")),
            ("/sender", json!({"org": "Dijkleger"})),
            ("/type", json!("phishing")),
            ("/confidence", json!(1.5)),
            ("/tags", json!(["citrix"])),
            ("/source_identifier", json!(7)),
        ] {
            assert!(!broken(&changed(pointer, value.clone())).is_empty(), "{pointer} {value}");
        }
        let account =
            read(Cursor::new(changed("/tags", json!(["citrix"]))), About::from("us", Timestamp::MAX), |_| {
                ControlFlow::Continue(())
            });
        let account = account.unwrap();
        assert_eq!((account.good, account.complaints.len()), (1, 1));
    }
}
