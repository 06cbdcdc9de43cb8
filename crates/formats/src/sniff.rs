//! What is this? Decided by what a paper holds, never by its name alone: names are chosen by the
//! sender.

use jiff::Timestamp;
use serde_json::Value;

use crate::json::{self, Limits};
use crate::{Read, Unreadable, Why, cyclonedx, epss, feed, observations, spdx, workbook};

/// The kinds of paper that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Csaf20,
    Csaf21,
    Cve5,
    Cve4,
    /// An answer of the API, version 2.0, or a single record.
    Nvd,
    /// The whole catalogue or a single entry.
    Kev,
    /// One record of an open source vulnerability, as GitHub and distributions write them too.
    Osv,
    /// How likely each vulnerability of the world is exploited soon.
    Epss,
    /// Atom or RSS.
    Feed,
    /// What somebody saw, packed or not. Which way of writing it down that is is [`crate::observations`]' to
    /// find out.
    Observations,
    /// What somebody runs: a table, a workbook, a bill of materials or a list of names. Which of them
    /// is [`crate::inventory_file`]'s to find out.
    Inventory,
}

/// What the one who brings a paper knows about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hint<'a> {
    /// Taken at its word, when given.
    pub format: Option<Format>,
    /// Decides only where the bytes leave it open.
    pub file_name: Option<&'a str>,
    /// What time it is, for what cannot have been seen later. Without it nothing is too late.
    pub now: Option<Timestamp>,
}

/// The kinds that we read, for the person who sent something else.
const KNOWN: &str = "CSAF 2.0 and 2.1, CVE JSON, NVD, KEV, OSV, EPSS, Atom and RSS, observations of Shadowserver, IntelMQ, X-ARF, nmap, nuclei, MISP or our own, inventory as CSV, XLSX, CycloneDX or SPDX";

/// What a paper is, and its tree when that had to be built to know it.
pub(crate) struct Opened {
    pub format: Format,
    pub tree: Option<Read<Value>>,
}

/// What `bytes` are.
///
/// # Errors
/// When the limits are exceeded, the bytes are no text, or nothing that we read.
pub fn sniff(bytes: &[u8], hint: Hint<'_>, limits: Limits) -> Result<Format, Unreadable> {
    open(bytes, hint, limits).map(|opened| opened.format)
}

pub(crate) fn open(bytes: &[u8], hint: Hint<'_>, limits: Limits) -> Result<Opened, Unreadable> {
    let alone = |format| Ok(Opened { format, tree: None });
    if let Some(format) = hint.format {
        return alone(format);
    }
    if observations::is_one(bytes, hint.file_name) {
        return alone(Format::Observations);
    }
    if workbook::is_one(bytes) {
        return alone(Format::Inventory);
    }
    let text = json::text(bytes, limits)?.trim_start();
    let has_name = |end: &str| hint.file_name.is_some_and(|name| name.to_ascii_lowercase().ends_with(end));
    if epss::is_one(text) {
        return alone(Format::Epss);
    }
    if text.starts_with('<') && feed::is_one(text) {
        return alone(Format::Feed);
    }
    if !text.starts_with(['{', '[']) {
        let is_table = has_name(".csv") || has_name(".tsv") || has_name(".txt") || hint.file_name.is_none();
        return match is_table {
            true => alone(Format::Inventory),
            false => Err(Unreadable::whole(Why::UnknownKind(KNOWN))),
        };
    }
    let tree = json::parse(bytes, limits)?;
    match of_tree(&tree.it) {
        Some(Format::Inventory) => alone(Format::Inventory),
        Some(format) => Ok(Opened { format, tree: Some(tree) }),
        None => Err(Unreadable::whole(Why::UnknownKind(KNOWN))),
    }
}

/// The kind of a JSON document, by the keys that only it has.
fn of_tree(tree: &Value) -> Option<Format> {
    let at = |pointer: &str| tree.pointer(pointer);
    let text_at = |pointer: &str| at(pointer).and_then(Value::as_str);
    if let Some(version) = at("/document/csaf_version") {
        return Some(if version == "2.1" { Format::Csaf21 } else { Format::Csaf20 });
    }
    if at("/cveMetadata").is_some() {
        return Some(Format::Cve5);
    }
    if at("/CVE_data_meta").is_some() {
        return Some(Format::Cve4);
    }
    if at("/cveID").is_some() || at("/catalogVersion").is_some() || at("/vulnerabilities/0/cveID").is_some() {
        return Some(Format::Kev);
    }
    if cyclonedx::is_one(tree) || spdx::is_one(tree) {
        return Some(Format::Inventory);
    }
    let is_nvd = text_at("/format") == Some("NVD_CVE")
        || at("/vulnerabilities/0/cve/id").is_some()
        || at("/vulnStatus").is_some()
        || at("/sourceIdentifier").is_some() && at("/id").is_some();
    let is_osv = text_at("/id").is_some()
        && at("/modified").is_some()
        && (at("/affected").is_some_and(Value::is_array)
            || at("/schema_version").is_some()
            || at("/withdrawn").is_some());
    match (is_nvd, is_osv) {
        (true, _) => Some(Format::Nvd),
        (_, true) => Some(Format::Osv),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, file_name: Option<&str>, expected: Option<Format>) {
        let found = sniff(text.as_bytes(), Hint { file_name, ..Hint::default() }, Limits::default());
        assert_eq!(found.ok(), expected, "{text}");
    }

    #[test]
    fn a_paper_is_known_by_what_it_holds() {
        check(r#"{"document": {"csaf_version": "2.0"}}"#, Some("x.csv"), Some(Format::Csaf20));
        check(r#"{"document": {"csaf_version": "2.1"}}"#, None, Some(Format::Csaf21));
        check(r#"{"dataType": "CVE_RECORD", "cveMetadata": {}}"#, None, Some(Format::Cve5));
        check(r#"{"CVE_data_meta": {}}"#, None, Some(Format::Cve4));
        check(r#"{"format": "NVD_CVE", "vulnerabilities": []}"#, None, Some(Format::Nvd));
        check(r#"{"id": "CVE-2019-19781", "vulnStatus": "Modified"}"#, None, Some(Format::Nvd));
        check(
            r#"{"id": "GHSA-1", "modified": "2026-01-01T00:00:00Z", "affected": []}"#,
            None,
            Some(Format::Osv),
        );
        check(r#"{"catalogVersion": "1", "vulnerabilities": []}"#, None, Some(Format::Kev));
        check(r#"{"cveID": "CVE-2019-19781"}"#, None, Some(Format::Kev));
        check("{\"seen\": \"vulnerable\", \"method\": \"banner\"}\nbroken", None, Some(Format::Observations));
        check("timestamp,ip,asn,geo,tag\n", None, Some(Format::Observations));
        check("timestamp,ip\n", Some("2026-11-21-scan_http-us.csv"), Some(Format::Observations));
        check("<?xml version='1.0'?><!DOCTYPE nmaprun><nmaprun/>", None, Some(Format::Observations));
        check("product,version\n", Some("inventory.CSV"), Some(Format::Inventory));
        check("product,version\n", None, Some(Format::Inventory));
        check("#model_version:v1,score_date:x\ncve,epss,percentile\n", Some("x.csv"), Some(Format::Epss));
        check("<?xml version='1.0'?><!-- x --><rss version='2.0'/>", Some("x.txt"), Some(Format::Feed));
    }

    #[test]
    fn what_nobody_knows_is_said_and_not_guessed() {
        check(r#"{"hello": "world"}"#, None, None);
        check("[]", None, None);
        check("%PDF-1.4", Some("advisory.pdf"), None);
        let refused = sniff(b"{\"a\":1}", Hint::default(), Limits::default()).unwrap_err();
        assert!(refused.to_string().starts_with("we do not know what kind of paper this is; known are CSAF"));
    }
}
