//! Events of IntelMQ, as its bots write them: lines of JSON, a list, or one; flat (`"source.ip"`) or with one
//! object in the other (`"source": {"ip": …}`).
//!
//! Source: IntelMQ 3.5, "Data format"; its keys are a contract between hundreds of bots. What an event is
//! about is its *source*: the one who is to be told. Keys that we have no place for are kept.

use std::borrow::Cow;
use std::io::Read;

use domain::observation::{Class, Confidence, Method, Observed, ProductGuess, Seen, Severity};
use domain::tlp::Tlp;
use serde_json::Value;

use super::place::{self, Clock, filled};
use super::{Done, Intake, Reject, own};

/// With the raw line of the source and all that experts added.
const EVENT_BYTES_MAX: usize = 1 << 20;

/// What we have a place for; the rest is kept under its own name.
const USED: &[&str] = &[
    "time.source",
    "time.observation",
    "source.ip",
    "source.port",
    "source.fqdn",
    "source.reverse_dns",
    "source.asn",
    "classification.type",
    "classification.identifier",
    "product.vendor",
    "product.name",
    "product.version",
    "product.vulnerabilities",
    "feed.accuracy",
    "feed.name",
    "feed.provider",
    "severity",
    "tlp",
];
/// Says the same as the row itself, or nothing.
const DROPPED: &[&str] = &["raw", "__type"];

/// Whether an object with these keys is an event.
pub(super) fn is_one(keys: &[&str]) -> bool {
    let is_flat = |key: &&str| {
        ["source.", "time.", "classification.", "feed."].iter().any(|start| key.starts_with(start))
    };
    let nested = ["source", "time", "classification", "feed"];
    keys.iter().filter(|key| is_flat(key)).count() >= 2
        || nested.iter().filter(|key| keys.contains(key)).count() >= 3
}

pub(super) fn events(from: impl Read, head: &[u8], intake: &mut Intake<'_>) -> Done {
    let mut clock = Clock::default();
    own::objects(from, head, EVENT_BYTES_MAX, intake, |number, tree, bytes, intake| {
        match event(number, &Event(tree), intake.source, &mut clock) {
            Ok(observed) => intake.offer(observed, bytes),
            Err(why) => intake.reject(number, why, bytes),
        }
    })
}

/// An event, however its keys are written.
struct Event<'v>(&'v Value);

impl<'v> Event<'v> {
    fn get(&self, key: &str) -> Option<&'v Value> {
        let found =
            self.0.get(key).or_else(|| key.split('.').try_fold(self.0, |value, part| value.get(part)));
        found.filter(|it| !it.is_null())
    }

    fn text(&self, key: &str) -> Option<Cow<'v, str>> {
        match self.get(key)? {
            Value::String(text) => filled(text).map(Cow::Borrowed),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }
}

fn event<'v>(
    row: u64,
    event: &Event<'v>,
    source: &'v str,
    clock: &mut Clock,
) -> Result<Observed<'v>, Reject> {
    let at = event.text("time.source").or_else(|| event.text("time.observation"));
    let at = clock.read(&at.ok_or(Reject::NoTime)?)?;
    let address = place::address(&event.text("source.ip").unwrap_or_default())?;
    let host = event.text("source.fqdn").or_else(|| event.text("source.reverse_dns"));
    let host = host.or_else(|| event.text("source.url"));
    let port = event.text("source.port").and_then(|it| place::port(&it));
    let kind = event.text("classification.type");
    let class = kind.as_deref().and_then(Class::of_word);
    let identifier = event.text("classification.identifier");
    let vulnerabilities = event.get("product.vulnerabilities").map(listed).unwrap_or_default();
    let finding = identifier.clone().or_else(|| event.text("malware.name")).or(kind);
    let finding = finding.or_else(|| filled(&vulnerabilities).map(|it| Cow::Owned(it.to_owned())));
    let finding = finding.ok_or(Reject::Missing)?;
    let tags = match event.get("extra.tag").and_then(Value::as_str) {
        Some(tag) if vulnerabilities.is_empty() => Cow::Borrowed(tag),
        _ => Cow::Owned(vulnerabilities),
    };
    let percent = event.get("feed.accuracy").and_then(Value::as_f64);
    let mut rest = Vec::new();
    flatten(event.0, "", &mut rest);
    rest.retain(|(key, _)| !USED.contains(&key.as_str()) && !DROPPED.contains(&key.as_str()));
    Ok(Observed {
        row,
        at,
        address,
        port,
        host: host.and_then(|it| place::host(&it).map(|host| Cow::Owned(host.into_owned()))),
        certificate: place::certificate_of(event.text("extra.subject_common_name")),
        asn: event.text("source.asn").and_then(|it| place::asn(&it)),
        product: ProductGuess {
            vendor: event.text("product.vendor"),
            name: event.text("product.name"),
            version: event.text("product.version"),
        },
        seen: seen(class, &finding, &tags),
        finding,
        tags,
        class: class.unwrap_or(Class::Undetermined),
        severity: event
            .text("severity")
            .or_else(|| event.text("extra.severity"))
            .and_then(|it| Severity::of_word(&it)),
        method: Method::Unstated,
        vantage: None,
        confidence: percent.and_then(whole_percent),
        source: event
            .text("feed.provider")
            .or_else(|| event.text("feed.name"))
            .unwrap_or(Cow::Borrowed(source)),
        tlp: event.text("tlp").map(|it| Tlp::of_word(&it)),
        pap: None,
        rest: super::pairs(rest),
    })
}

/// What an event means. That a service is open and that it has a hole are one class to them, and two things
/// to us.
fn seen(class: Option<Class>, finding: &str, tags: &str) -> Seen {
    let Some(class) = class else { return Seen::Undetermined };
    let is_open = ["open-", "accessible-", "dns-open"].iter().any(|start| finding.starts_with(start));
    let has_number = [finding, tags].iter().any(|it| it.to_ascii_lowercase().contains("cve-"));
    match class.seen() {
        Seen::Vulnerable if is_open && !has_number => Seen::Misconfigured,
        Seen::Undetermined if is_open => Seen::Present,
        seen => seen,
    }
}

/// A list as words with `;` between them.
fn listed(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
        other => own::told(other),
    }
}

fn whole_percent(percent: f64) -> Option<Confidence> {
    let whole = (0..=100_u8).rev().find(|it| f64::from(*it) <= percent)?;
    (percent <= 100.0).then(|| Confidence::of_percent(whole)).flatten()
}

/// Every value by the path to it. What is written as JSON within a text (`extra` is, by some bots) stays so.
fn flatten(value: &Value, path: &str, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(value, &path, into);
            }
        }
        Value::Null => {}
        other => into.push((path.to_owned(), own::told(other))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, testing};

    const LINES: &str = include_str!("../../../../fixtures/observations/intelmq.jsonl");

    fn page(text: &str) -> String {
        let (_, page) = testing::page(text, Kind::Intelmq, |it| {
            format!(
                "{} {:?} {:?} {:?} {} {:?} {:?} {:?} {} {:?} {:?}",
                it.row,
                it.address,
                it.host,
                it.port,
                it.finding,
                it.seen,
                it.class,
                it.severity,
                it.source,
                it.confidence,
                it.rest,
            )
        });
        page
    }

    #[test]
    fn an_event_is_read_however_its_keys_are_written() {
        let lines = page(LINES);
        insta::assert_snapshot!(lines, @r#"
        1 Some(192.0.2.7) Some("a.noordzorg.example") Some(6379) open-redis Misconfigured VulnerableSystem Some(High) Shadowserver Some(Confidence(100)) [("classification.taxonomy", "vulnerable"), ("extra.severity", "high"), ("extra.note", "no password")]
        2 None Some("vpn.zuidzorg.example") None avalanche Abuse InfectedSystem None a sinkhole None [("malware.name", "avalanche")]
        3 what stands for an address is none
        4 Some(2001:db8::7) None None vulnerable-http Vulnerable VulnerableSystem None a partner None []
        "#);
        let list = format!("[{}]", LINES.trim().replace('\n', ",\n"));
        assert_eq!(page(&list), lines);
    }
}
