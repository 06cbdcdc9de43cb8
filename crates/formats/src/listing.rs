//! Lists of what changed, as the large public collections publish them.
//!
//! The CVE list has a log of deltas (`deltaLog.json`), OSV a table of names with times
//! (`modified_id.csv`), NVD pages of an answer. What is in them decides what is fetched next, so each name
//! is looked at before it becomes a part of an address.

use jiff::Timestamp;
use serde_json::Value;

use crate::json::{self, Limits};
use crate::observations::shadowserver::type_of;
use crate::{Unreadable, Why};

const ENTRIES_MAX: usize = 500_000;

/// A record that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    pub at: Timestamp,
    /// `CVE-2019-19781`, or the name under which OSV keeps it.
    pub name: String,
    /// Where the list itself says that it stands.
    pub address: Option<String>,
}

/// Reads `delta.json` or `deltaLog.json` of the CVE list. Oldest first; a record that changed twice stands
/// here once, with its latest change.
///
/// # Errors
/// When it is no JSON within limits, or neither of the two.
pub fn cve_changes(bytes: &[u8]) -> Result<Vec<Changed>, Unreadable> {
    let tree = json::parse(bytes, Limits::default())?.it;
    let steps = match &tree {
        Value::Array(steps) => steps.as_slice(),
        one @ Value::Object(_) if one.get("fetchTime").is_some() => std::slice::from_ref(one),
        _ => return Err(Unreadable { at: String::new(), why: Why::Missing("/fetchTime") }),
    };
    let mut latest = std::collections::BTreeMap::new();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    for step in steps {
        let fetched = text(step, "fetchTime").and_then(|it| json::moment(&it));
        let lists = ["new", "updated"].into_iter().filter_map(|key| step.get(key).and_then(Value::as_array));
        for record in lists.flatten().take(ENTRIES_MAX) {
            let Some(name) = text(record, "cveId").filter(|name| is_cve(name)) else { continue };
            let own = text(record, "dateUpdated").and_then(|it| json::moment(&it));
            // When the list took it in: a record may be older than the step that brings it.
            let Some(at) = fetched.max(own) else { continue };
            let changed = Changed { at, address: text(record, "githubLink"), name: name.clone() };
            let known = latest.entry(name).or_insert_with(|| changed.clone());
            if changed.at > known.at {
                *known = changed;
            }
        }
    }
    let mut all: Vec<Changed> = latest.into_values().collect();
    all.sort();
    Ok(all)
}

/// `CVE-` with a year and a number, and nothing that could lead elsewhere.
fn is_cve(name: &str) -> bool {
    let mut parts = name.split('-');
    let is_number = |part: Option<&str>, longest: usize| {
        part.is_some_and(|it| {
            (4..=longest).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    parts.next() == Some("CVE")
        && is_number(parts.next(), 4)
        && is_number(parts.next(), 19)
        && parts.next().is_none()
}

/// Where a record lies in the CVE list: `cves/2019/19xxx/CVE-2019-19781.json`. `None` for what is no name.
pub fn cve_path(name: &str) -> Option<String> {
    let (year, number) = name.strip_prefix("CVE-").filter(|_| is_cve(name))?.split_once('-')?;
    let thousands = number.get(..number.len().checked_sub(3)?)?;
    Some(format!("cves/{year}/{thousands}xxx/{name}.json"))
}

/// Reads `modified_id.csv` of OSV: a time and a name in each row. Oldest first.
///
/// # Errors
/// When it is no text within limits.
pub fn osv_changes(bytes: &[u8]) -> Result<Vec<Changed>, Unreadable> {
    let text = json::text(bytes, Limits::default())?;
    let rows = text.lines().filter_map(|line| line.split_once(','));
    let mut all: Vec<Changed> = rows
        .filter_map(|(at, name)| {
            let (at, name) = (json::moment(at.trim())?, name.trim().to_owned());
            is_plain_path(&name).then_some(Changed { at, name, address: None })
        })
        .take(ENTRIES_MAX)
        .collect();
    all.sort();
    all.dedup_by(|one, other| one.name == other.name && one.at == other.at);
    Ok(all)
}

/// Parts with letters, digits and `-_.:+`, none of which leads upwards.
pub fn is_plain_path(path: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.len() <= 200
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:+".contains(&byte))
    };
    path.len() <= 1_000 && path.split('/').all(is_plain)
}

/// Which part of all results a page of NVD holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NvdPage {
    pub first: u64,
    pub count: u64,
    pub total: u64,
}

/// Reads the paging of an answer of NVD's API, version 2.0.
///
/// # Errors
/// When it is no JSON within limits, or has none.
pub fn nvd_page(bytes: &[u8]) -> Result<NvdPage, Unreadable> {
    let tree = json::parse(bytes, Limits::default())?.it;
    let number = |key: &'static str| {
        tree.get(key).and_then(Value::as_u64).ok_or(Unreadable { at: String::new(), why: Why::Missing(key) })
    };
    let count = tree.get("vulnerabilities").and_then(Value::as_array).map_or(0, Vec::len);
    Ok(NvdPage {
        first: number("startIndex")?,
        count: u64::try_from(count).unwrap_or(u64::MAX),
        total: number("totalResults")?,
    })
}

/// A report that the API of Shadowserver has for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedReport {
    /// By which it is asked for.
    pub id: String,
    /// How it is called, with its type in its name, so that whoever reads it knows what its rows mean.
    pub file_name: String,
}

/// A day's list of Shadowserver's API. What names no report that could be asked for is left out.
///
/// # Errors
/// When it is no list: what the API says when it refuses is an object with `error`.
pub fn shadowserver_reports(bytes: &[u8]) -> Result<Vec<ListedReport>, Unreadable> {
    const WORD_BYTES_MAX: usize = 300;
    let tree = json::parse(bytes, Limits::default())?.it;
    let list = tree.as_array().ok_or(Unreadable { at: String::new(), why: Why::Missing("a list") })?;
    let is_word = |text: &str, marks: &str| {
        let is_of_it = |it: u8| it.is_ascii_alphanumeric() || marks.as_bytes().contains(&it);
        !text.is_empty() && text.len() <= WORD_BYTES_MAX && text.bytes().all(is_of_it)
    };
    let reports = list.iter().filter_map(|entry| {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let id = text("id").filter(|id| is_word(id, "_-.~="))?;
        let file = text("file").filter(|file| is_word(file, "_-. ")).filter(|file| !file.starts_with('.'))?;
        let told = text("type").filter(|kind| is_word(kind, "_"));
        // The name says the type, and what reads it goes by that; where the two differ the list knows better.
        let is_named = told.is_none() || type_of(file).as_deref() == told;
        let file_name = match told.filter(|_| !is_named) {
            None => file.to_owned(),
            Some(kind) => {
                let day = text("timestamp").and_then(|at| at.get(..10)).unwrap_or("0000-00-00");
                format!("{day}-{kind}-{file}")
            }
        };
        Some(ListedReport { id: id.to_owned(), file_name })
    });
    Ok(reports.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_deltas_gives_each_record_once_with_its_latest_change() {
        let read = cve_changes(
            br#"[{"fetchTime": "2024-01-02T00:00:00Z", "new": [], "updated": [
                   {"cveId": "CVE-2019-19781", "githubLink": "https://x.example/a", "dateUpdated": "2024-01-01T00:00:00Z"},
                   {"cveId": "../../etc/passwd"}, {"cveId": "CVE-2019-19781/../x"}, 7], "error": []},
                 {"fetchTime": "2024-01-01T00:00:00Z", "new": [{"cveId": "CVE-2019-19781"}, {"cveId": "CVE-2024-0001"}]},
                 {"fetchTime": "never", "new": [{"cveId": "CVE-2024-0002"}]}]"#,
        )
        .unwrap();
        let found: Vec<_> = read.iter().map(|it| (it.name.as_str(), it.at.to_string())).collect();
        assert_eq!(
            found,
            [
                ("CVE-2024-0001", "2024-01-01T00:00:00Z".to_owned()),
                ("CVE-2019-19781", "2024-01-02T00:00:00Z".to_owned())
            ]
        );
        assert_eq!(read.last().unwrap().address.as_deref(), Some("https://x.example/a"));
        assert!(cve_changes(b"{}").is_err() && cve_changes(b"7").is_err());
    }

    #[test]
    fn a_record_of_the_list_has_one_place() {
        assert_eq!(cve_path("CVE-2019-19781").as_deref(), Some("cves/2019/19xxx/CVE-2019-19781.json"));
        assert_eq!(cve_path("CVE-2024-0001").as_deref(), Some("cves/2024/0xxx/CVE-2024-0001.json"));
        for wrong in ["CVE-2024-1", "cve-2024-0001", "CVE-2024-00x1", "CVE-2024-0001-2", "CVE-2024-"] {
            assert_eq!(cve_path(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_table_of_names_with_times_leads_nowhere_else() {
        let read = osv_changes(
            b"2024-08-15T00:05:00Z,npm/GHSA-aaaa\n2024-08-14T00:05:00.5Z,PyPI/PYSEC-2024-1\nrubbish\n\
              2024-08-15T00:05:00Z,../../secret\n2024-08-15T00:05:00Z,https://evil.example/x\n",
        )
        .unwrap();
        let names: Vec<_> = read.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["PyPI/PYSEC-2024-1", "npm/GHSA-aaaa"]);
    }

    #[test]
    fn a_page_of_nvd_says_which_part_it_is() {
        let page = nvd_page(br#"{"startIndex": 2000, "totalResults": 2003, "vulnerabilities": [1, 2, 3]}"#);
        assert_eq!(page, Ok(NvdPage { first: 2000, count: 3, total: 2003 }));
        assert!(nvd_page(b"{\"startIndex\": -1}").is_err());
    }

    #[test]
    fn a_report_is_called_so_that_its_type_can_be_read_and_never_leads_out_of_a_folder() {
        let read = shadowserver_reports(
            br#"[{"id": "Gi3M-a_1", "type": "scan_http", "file": "2026-11-21-scan_http-somebody-nl.csv", "timestamp": "2026-11-21 00:00:00"},
                 {"id": "b", "type": "scan_ssl", "file": "somebody.csv", "timestamp": "2026-11-21 00:00:00"},
                 {"id": "c", "file": "2026-11-21-scan_telnet-x.csv.zip"},
                 {"id": "../d", "file": "2026-11-21-scan_http-x.csv"}, {"id": "e", "file": "../../etc/passwd"},
                 {"id": "f", "file": ".ssh"}, {"file": "x.csv"}, 7]"#,
        );
        let found: Vec<_> = read.unwrap().into_iter().map(|it| (it.id, it.file_name)).collect();
        let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(
            found,
            [
                pair("Gi3M-a_1", "2026-11-21-scan_http-somebody-nl.csv"),
                pair("b", "2026-11-21-scan_ssl-somebody.csv"),
                pair("c", "2026-11-21-scan_telnet-x.csv.zip"),
            ]
        );
        assert!(shadowserver_reports(br#"{"error": "invalid key"}"#).is_err());
    }
}
