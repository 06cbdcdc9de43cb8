//! What nuclei found, a line of JSON each (`nuclei -jsonl`).
//!
//! A template looks for one thing and its matcher says whether that is there. With `-matcher-status` nuclei
//! also writes what was not there (`"matcher-status": false`): those lines are what can verify.
//! Source: nuclei 3, `pkg/output`, the JSON names of `ResultEvent`.

use std::borrow::Cow;
use std::io::Read;

use domain::observation::{Class, Method, Observed, ProductGuess, Seen, Severity};
use serde_json::Value;

use super::own::{self, text};
use super::place::{self, Clock};
use super::{Done, Intake, Reject};

/// With the request and the answer, which may be a page.
const LINE_BYTES_MAX: usize = 4 << 20;
const KEPT: &[&str] =
    &["matcher-name", "extractor-name", "type", "scheme", "matched-at", "extracted-results", "template-path"];

/// Whether an object with these keys is a finding of nuclei.
pub(super) fn is_one(keys: &[&str]) -> bool {
    let has = |key: &str| keys.contains(&key);
    (has("template-id") || has("templateID")) && (has("info") || has("matched-at") || has("host"))
}

pub(super) fn findings(from: impl Read, head: &[u8], intake: &mut Intake<'_>) -> Done {
    let mut clock = Clock::default();
    own::objects(from, head, LINE_BYTES_MAX, intake, |number, tree, bytes, intake| {
        match finding(number, tree, &mut clock) {
            Ok(observed) => intake.offer(observed, bytes),
            Err(why) => intake.reject(number, why, bytes),
        }
    })
}

fn finding<'v>(row: u64, tree: &'v Value, clock: &mut Clock) -> Result<Observed<'v>, Reject> {
    let info = tree.get("info").unwrap_or(&Value::Null);
    let template = text(tree, "template-id").or_else(|| text(tree, "templateID")).ok_or(Reject::Missing)?;
    let at = clock.read(text(tree, "timestamp").unwrap_or_default())?;
    let address = place::address(text(tree, "ip").unwrap_or_default())?;
    let wheres = ["host", "matched-at", "url"].into_iter().filter_map(|key| text(tree, key));
    let written: Vec<&str> = wheres.collect();
    let port = match tree.get("port") {
        Some(Value::String(port)) => place::port(port),
        Some(Value::Number(port)) => place::port(&port.to_string()),
        _ => None,
    };
    let port = port.or_else(|| written.iter().find_map(|it| port_of(it)));
    let first = written.first().copied().unwrap_or_default();
    let (_, authority) = first.split_once("://").unwrap_or(("", first));
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let named = crate::inventory_table::address_of(authority);
    let tags = words_of(info.get("tags"));
    let numbers = words_of(info.pointer("/classification/cve-id"));
    let has = |word: &str| tags.split(';').any(|tag| tag.eq_ignore_ascii_case(word));
    let severity = text(info, "severity").and_then(Severity::of_word);
    let is_number = template.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("cve-"));
    let seen = if tree.get("matcher-status").and_then(Value::as_bool) == Some(false) {
        Seen::NotVulnerable
    } else if is_number
        || !numbers.is_empty()
        || ["vuln", "sqli", "xss", "rce", "lfi", "ssrf", "xxe", "ssti"].iter().any(|it| has(it))
    {
        Seen::Vulnerable
    } else if severity.is_none_or(|it| it == Severity::Info) {
        Seen::Present
    } else {
        Seen::Misconfigured
    };
    let looks_only = has("tech") || has("detect") || has("panel") || has("favicon");
    let all_tags = [tags.as_str(), numbers.as_str()].into_iter().filter(|it| !it.is_empty());
    let all_tags = all_tags.collect::<Vec<_>>().join(";");
    let kept = KEPT.iter().filter_map(|key| {
        let value = tree.get(*key).filter(|it| !it.is_null())?;
        Some(((*key).to_owned(), own::told(value)))
    });
    let mut rest: Vec<(String, String)> = kept.collect();
    rest.extend(text(info, "name").map(|name| ("name".to_owned(), name.to_owned())));
    Ok(Observed {
        row,
        at,
        address: address.or(named),
        port,
        host: match named {
            Some(_) => None,
            None => place::host(authority).map(|it| Cow::Owned(it.into_owned())),
        },
        certificate: Cow::Owned(certificate(template, tree)),
        asn: None,
        product: ProductGuess {
            vendor: text(info.get("metadata").unwrap_or(&Value::Null), "vendor").map(Cow::Borrowed),
            name: text(info.get("metadata").unwrap_or(&Value::Null), "product").map(Cow::Borrowed),
            version: None,
        },
        finding: match is_number {
            true => Cow::Owned(template.to_ascii_uppercase()),
            false => Cow::Borrowed(template),
        },
        tags: Cow::Owned(all_tags),
        seen,
        class: match seen {
            Seen::Vulnerable | Seen::NotVulnerable => Class::VulnerableSystem,
            Seen::Misconfigured => Class::Misconfiguration,
            _ => Class::Other,
        },
        severity,
        method: if looks_only { Method::Banner } else { Method::SafeCheck },
        vantage: None,
        confidence: None,
        source: Cow::Borrowed("nuclei"),
        tlp: None,
        pap: None,
        rest: super::pairs(rest),
    })
}

/// The names that a template found which reads certificates, such as `ssl-dns-names`.
fn certificate(template: &str, tree: &Value) -> String {
    let reads = template.starts_with("ssl-") || text(tree, "type") == Some("ssl");
    let found = tree.get("extracted-results").and_then(Value::as_array).filter(|_| reads);
    let names = found.into_iter().flatten().filter_map(Value::as_str).map(place::certificate);
    names.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Words with `;` between them, of a list or of a text with commas.
fn words_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
        Some(Value::String(text)) => text.split(',').map(str::trim).collect::<Vec<_>>().join(";"),
        _ => String::new(),
    }
}

/// The port that an address of the web names or means.
fn port_of(url: &str) -> Option<u16> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next()?;
    let behind = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map(|(_, port)| port);
    let of_scheme = match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    };
    behind.and_then(place::port).or(of_scheme)
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::super::testing::page;

    #[test]
    fn what_a_template_reads_from_a_certificate_are_names() {
        let text = r#"{"template-id":"ssl-dns-names","info":{"name":"SSL DNS Names","severity":"info"},"type":"ssl","host":"192.0.2.10","matched-at":"192.0.2.10:443","extracted-results":["*.noordzorg.example","noordzorg.example","a b"],"ip":"192.0.2.10","timestamp":"2026-11-21T06:15:58Z"}
{"template-id":"tech-detect","info":{"severity":"info"},"type":"http","host":"192.0.2.10","extracted-results":["www.zuidzorg.example"],"timestamp":"2026-11-21T06:15:58Z"}"#;
        let (_, page) = page(text, Kind::Nuclei, |it| format!("{} {:?}", it.finding, it.certificate));
        insta::assert_snapshot!(page, @r#"
        ssl-dns-names "*.noordzorg.example noordzorg.example"
        tech-detect ""
        "#);
    }

    #[test]
    fn a_match_is_a_finding_and_a_miss_is_a_look_that_found_nothing() {
        let text = include_str!("../../../../fixtures/observations/nuclei.jsonl");
        let (_, page) = page(text, Kind::Nuclei, |it| {
            format!(
                "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                it.row,
                it.address,
                it.host,
                it.port,
                it.names(),
                it.seen,
                it.severity,
                it.method,
            )
        });
        insta::assert_snapshot!(page, @r#"
        1 Some(192.0.2.10) Some("vpn.noordzorg.example") Some(443) ["CVE-2019-19781"] Vulnerable Some(Critical) SafeCheck
        2 Some(192.0.2.11) Some("vpn.zuidzorg.example") Some(8443) ["CVE-2019-19781"] NotVulnerable Some(Critical) SafeCheck
        3 Some(192.0.2.12) None Some(6379) ["exposed-redis"] Misconfigured Some(High) SafeCheck
        4 Some(2001:db8::10) Some("www.noordzorg.example") Some(443) ["tech-detect"] Present Some(Info) Banner
        5 what stands for an address is none
        6 it does not say when, or names a moment that cannot be
        "#);
    }
}
