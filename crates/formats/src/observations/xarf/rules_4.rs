//! The rules of version 4: what every report has, and what each type has beside that.

use serde_json::Value;

use super::shape::{Checker, Shape};
use crate::Complaint;

/// Category and type, and what such a report needs.
const TYPES: &[(&str, &str, &[&str])] = &[
    ("connection", "ddos", &["protocol", "first_seen"]),
    ("connection", "infected_host", &["protocol", "bot_type", "first_seen"]),
    ("connection", "login_attack", &["protocol", "first_seen"]),
    ("connection", "port_scan", &["protocol", "first_seen"]),
    ("connection", "reconnaissance", &["protocol", "probed_resources", "first_seen"]),
    ("connection", "scraping", &["protocol", "first_seen", "total_requests"]),
    ("connection", "sql_injection", &["protocol", "first_seen"]),
    ("connection", "vulnerability_scan", &["scan_type", "protocol", "first_seen"]),
    ("content", "brand_infringement", &["url", "infringement_type", "legitimate_site"]),
    ("content", "csam", &["url", "classification", "detection_method"]),
    ("content", "csem", &["url", "exploitation_type", "detection_method"]),
    ("content", "exposed_data", &["url", "data_types", "exposure_method"]),
    ("content", "fraud", &["url", "fraud_type"]),
    ("content", "malware", &["url"]),
    ("content", "phishing", &["url"]),
    ("content", "remote_compromise", &["url", "compromise_type"]),
    ("content", "suspicious_registration", &["url", "registration_date", "suspicious_indicators"]),
    ("copyright", "copyright", &["infringing_url"]),
    ("copyright", "cyberlocker", &["infringing_url", "hosting_service"]),
    ("copyright", "link_site", &["infringing_url", "site_name"]),
    ("copyright", "p2p", &["p2p_protocol"]),
    ("copyright", "ugc_platform", &["infringing_url", "platform_name"]),
    ("copyright", "usenet", &["newsgroup"]),
    ("infrastructure", "botnet", &["compromise_evidence"]),
    ("infrastructure", "compromised_server", &["compromise_method"]),
    ("messaging", "bulk_messaging", &["protocol", "recipient_count"]),
    ("messaging", "spam", &["protocol"]),
    ("reputation", "blocklist", &["threat_type"]),
    ("reputation", "threat_intelligence", &["threat_type"]),
    ("vulnerability", "cve", &["service", "service_port", "cve_id"]),
    ("vulnerability", "misconfiguration", &["service"]),
    ("vulnerability", "open_service", &["service"]),
];

const NEEDED: &[&str] = &[
    "xarf_version",
    "report_id",
    "timestamp",
    "reporter",
    "sender",
    "source_identifier",
    "category",
    "type",
];
const CONTACT: &[(&str, Shape)] =
    &[("org", Shape::Shorter(200)), ("contact", Shape::Mail), ("domain", Shape::Host)];
const EVIDENCE: &[(&str, Shape)] = &[
    ("content_type", Shape::Text),
    ("description", Shape::Shorter(500)),
    ("payload", Shape::Text),
    ("hash", Shape::Text),
    ("size", Shape::Whole(0, 5_242_880)),
];

pub(super) fn check(tree: &Value) -> Vec<Complaint> {
    let mut checker = Checker::new();
    if !checker.object("", tree) {
        return checker.complaints;
    }
    checker.needs("", tree, NEEDED);
    checker.fields(
        "",
        tree,
        &[
            ("report_id", Shape::Uuid),
            ("timestamp", Shape::Moment),
            ("first_seen", Shape::Moment),
            ("last_seen", Shape::Moment),
            ("source_identifier", Shape::Text),
            ("source_port", Shape::Whole(1, 65_535)),
            ("evidence_source", Shape::Text),
            ("confidence", Shape::Share),
            ("description", Shape::Shorter(1_000)),
            ("legacy_version", Shape::OneOf(&["3"])),
        ],
    );
    if tree.get("xarf_version").is_some_and(|it| !it.as_str().is_some_and(is_version)) {
        checker.broken("/xarf_version", "this is a version 4 with three numbers");
    }
    for key in ["reporter", "sender"] {
        let Some(who) = tree.get(key) else { continue };
        let at = format!("/{key}");
        if checker.object(&at, who) {
            checker.needs(&at, who, &["org", "contact", "domain"]);
            checker.fields(&at, who, CONTACT);
            checker.only(&at, who, CONTACT);
        }
    }
    let word = |key: &str| tree.get(key).and_then(Value::as_str).unwrap_or_default();
    match TYPES.iter().find(|(category, kind, _)| *category == word("category") && *kind == word("type")) {
        Some((_, _, needed)) => checker.needs("", tree, needed),
        None => checker.broken("/type", "the format knows no report of this category and type"),
    }
    if let Some(tags) = tree.get("tags") {
        let list = tags.as_array().filter(|it| it.len() <= 20);
        if !list.is_some_and(|it| it.iter().all(|tag| tag.as_str().is_some_and(is_tag))) {
            checker.broken("/tags", "these are at most twenty tags, each with its name space");
        }
    }
    if let Some(evidence) = tree.get("evidence") {
        match evidence.as_array().filter(|it| it.len() <= 50) {
            Some(items) => {
                for (place, item) in items.iter().enumerate() {
                    let at = format!("/evidence/{place}");
                    if checker.object(&at, item) {
                        checker.needs(&at, item, &["content_type", "payload"]);
                        checker.fields(&at, item, EVIDENCE);
                        checker.only(&at, item, EVIDENCE);
                        if item.get("hash").and_then(Value::as_str).is_some_and(|it| !is_hash(it)) {
                            checker.broken(&at, "a hash stands behind the name of its algorithm");
                        }
                    }
                }
            }
            None => checker.broken("/evidence", "these are at most fifty pieces of evidence"),
        }
    }
    checker.complaints
}

fn is_version(text: &str) -> bool {
    let mut parts = text.split('.');
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    parts.next() == Some("4") && parts.clone().count() == 2 && parts.all(is_number)
}

fn is_tag(text: &str) -> bool {
    let is_part = |part: &str| {
        let mut bytes = part.bytes();
        let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
        bytes.next().is_some_and(is_plain) && bytes.all(|it| is_plain(it) || matches!(it, b'_' | b'+' | b'-'))
    };
    text.split_once(':').is_some_and(|(space, name)| is_part(space) && is_part(name))
}

fn is_hash(text: &str) -> bool {
    let Some((algorithm, digits)) = text.split_once(':') else { return false };
    ["md5", "sha1", "sha256", "sha512"].contains(&algorithm)
        && !digits.is_empty()
        && digits.bytes().all(|it| it.is_ascii_hexdigit())
}
