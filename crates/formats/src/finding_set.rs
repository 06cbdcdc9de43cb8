//! What somebody saw, as lines of JSON: the plainest way to hand over a scan.
//!
//! One observation a line, with these keys:
//!
//! | key | what |
//! |---|---|
//! | `at` | when somebody looked, RFC 3339 |
//! | `address`, `host`, `port` | where; at least one of the first two |
//! | `vulnerability` | what was looked for, such as `CVE-2019-19781` |
//! | `seen` | `vulnerable` or `not_vulnerable` |
//! | `method` | `mitigation_absent`, `version`, `banner` or `safe_check` |
//! | `source` | who looked |
//! | `tlp`, `pap` | how far it may travel, and what may be done with it; both may be left out |
//!
//! A line that cannot be used is said and counted; the others go on. Rows are never lost in silence.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;

use domain::observation::{Method, Seen};
use domain::tlp::{Pap, Tlp};

use crate::inventory_table::{address_of, host_of};
use crate::json::{self, Complaints, Limits, Node};
use crate::{Read, Unreadable, Weight, What, Why, citizen_number, words};

/// A set of observations as they were handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingSet {
    pub observations: Vec<Observed>,
    /// Lines that are not blank. What is more than the observations was rejected.
    pub rows: usize,
}

impl FindingSet {
    /// Rows that could not be used; each has a complaint.
    pub fn rejected(&self) -> usize {
        self.rows.saturating_sub(self.observations.len())
    }
}

/// An observation without a number of ours, and not yet anybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The line of the file.
    pub row: usize,
    pub at: Timestamp,
    pub address: Option<IpAddr>,
    /// Lower case, without a dot at the end.
    pub host: Option<String>,
    pub port: Option<u16>,
    pub vulnerability: String,
    pub seen: Seen,
    pub method: Method,
    pub source: String,
    /// `None` when the sender gave no label; that is not CLEAR.
    pub tlp: Option<Tlp>,
    pub pap: Option<Pap>,
}

const KEYS: &[&str] =
    &["at", "address", "host", "port", "vulnerability", "seen", "method", "source", "tlp", "pap"];

/// Reads observations, a line each.
///
/// # Errors
/// When it is no text, too big, has too many rows, or not one line can be used.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<FindingSet>, Unreadable> {
    let text = json::text(bytes, limits)?;
    let mut complaints = Complaints::default();
    let mut set = FindingSet { observations: Vec::new(), rows: 0 };
    let mut first_refusal = None;
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row = place.saturating_add(1);
        set.rows = set.rows.saturating_add(1);
        if set.rows > limits.rows_max {
            return Err(Unreadable::whole(Why::TooManyRows { limit: limits.rows_max }));
        }
        let mut own = Complaints::default();
        let read = json::parse(line.as_bytes(), limits);
        let refusal = match read {
            Ok(tree) => {
                own = Complaints::starting_with(tree.complaints);
                set.observations.extend(observed(row, &tree.it, &mut own));
                None
            }
            Err(unreadable) => Some(unreadable),
        };
        for complaint in own.into_list() {
            complaints.add(complaint.weight, format!("line {row}{}", complaint.at), complaint.what);
        }
        if let Some(unreadable) = refusal {
            let what = What::NoJson(unreadable.why.to_string());
            complaints.add(Weight::Loss, format!("line {row}"), what);
            first_refusal.get_or_insert((row, unreadable.why));
        }
    }
    if set.observations.is_empty() {
        let (row, why) =
            first_refusal.unwrap_or((1, Why::Missing("a line with all that an observation needs")));
        return Err(Unreadable { at: format!("line {row}"), why });
    }
    Ok(Read { it: set, complaints: complaints.into_list() })
}

/// What a line says. `None`, with a complaint, when something is missing that nothing can stand in for.
fn observed(row: usize, value: &Value, complaints: &mut Complaints) -> Option<Observed> {
    let node = Node::root(value);
    let Some(object) = value.as_object() else {
        node.complain(Weight::Loss, What::Shape("an object"), complaints);
        return None;
    };
    for key in object.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let what = What::UnknownWord(words::clipped(&words::line(key), 60));
        complaints.add(Weight::Note, String::new(), what);
    }
    let (address, host) = place(&node, complaints);
    let at = needed(&node, "at", node.time("at", complaints), complaints);
    let seen = needed(&node, "seen", word(&node, "seen", complaints), complaints);
    let method = needed(&node, "method", word(&node, "method", complaints), complaints);
    let vulnerability = needed(&node, "vulnerability", node.line("vulnerability", complaints), complaints);
    let source = needed(&node, "source", node.line("source", complaints), complaints);
    if address.is_none() && host.is_none() {
        node.complain(Weight::Loss, What::Missing("address or host".into()), complaints);
        return None;
    }
    let source = source?;
    let vulnerability = words::clipped(&vulnerability?, 100);
    if citizen_number::looks_like(&source).is_some() || citizen_number::looks_like(&vulnerability).is_some() {
        node.complain(Weight::Loss, What::CitizenNumber, complaints);
        return None;
    }
    let is_cve = vulnerability.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("cve-"));
    Some(Observed {
        row,
        at: at?,
        address,
        host,
        port: port(&node, complaints),
        vulnerability: if is_cve { vulnerability.to_ascii_uppercase() } else { vulnerability },
        seen: seen?,
        method: method?,
        source: words::clipped(&source, 200),
        tlp: tlp(&node, complaints),
        pap: pap(&node, complaints),
    })
}

fn needed<T>(node: &Node<'_, '_>, key: &str, found: Option<T>, complaints: &mut Complaints) -> Option<T> {
    if found.is_none() && node.get(key).is_none() {
        node.complain(Weight::Loss, What::Missing(key.into()), complaints);
    }
    found
}

fn place(node: &Node<'_, '_>, complaints: &mut Complaints) -> (Option<IpAddr>, Option<String>) {
    let address = node.line("address", complaints).and_then(|written| {
        let address = address_of(&written);
        if address.is_none() {
            let what = What::NoAddress(words::clipped(&written, 80));
            complaints.add(Weight::Loss, node.pointer_to("address"), what);
        }
        address
    });
    let host = node.line("host", complaints).and_then(|written| {
        let host = host_of(&written);
        if host.is_none() {
            let what = What::NoHost(words::clipped(&written, 80));
            complaints.add(Weight::Loss, node.pointer_to("host"), what);
        }
        host
    });
    (address, host)
}

fn port(node: &Node<'_, '_>, complaints: &mut Complaints) -> Option<u16> {
    let written = node.get("port")?;
    let port = written.value.as_u64().and_then(|port| u16::try_from(port).ok());
    if port.is_none() {
        written.complain(Weight::Doubt, What::Shape("a port"), complaints);
    }
    port
}

/// One of the words that the domain itself knows under `key`.
fn word<T: serde::de::DeserializeOwned>(
    node: &Node<'_, '_>,
    key: &str,
    complaints: &mut Complaints,
) -> Option<T> {
    let written = node.line(key, complaints)?;
    let known = T::deserialize(Value::String(written.to_ascii_lowercase())).ok();
    if known.is_none() {
        let what = What::UnknownWord(words::clipped(&written, 60));
        complaints.add(Weight::Loss, node.pointer_to(key), what);
    }
    known
}

fn tlp(node: &Node<'_, '_>, complaints: &mut Complaints) -> Option<Tlp> {
    let Some(written) = node.line("tlp", complaints) else {
        node.complain(Weight::Note, What::NoTlp, complaints);
        return None;
    };
    let tlp = Tlp::of_word(&written);
    if tlp == Tlp::Red && !written.to_ascii_uppercase().ends_with("RED") {
        complaints.add(Weight::Doubt, node.pointer_to("tlp"), What::UnknownTlp(words::clipped(&written, 60)));
    }
    Some(tlp)
}

/// A label of PAP. A word that is none of them allows nothing.
fn pap(node: &Node<'_, '_>, complaints: &mut Complaints) -> Option<Pap> {
    let written = node.line("pap", complaints)?;
    let word = written.to_ascii_uppercase();
    let word = word.strip_prefix("PAP:").unwrap_or(&word);
    // WHITE is the older name of CLEAR.
    let word = if word == "WHITE" { "CLEAR" } else { word };
    let known = serde_json::from_value(Value::String(word.to_owned())).ok();
    if known.is_none() {
        let what = What::UnknownWord(words::clipped(&written, 60));
        complaints.add(Weight::Doubt, node.pointer_to("pap"), what);
    }
    Some(known.unwrap_or(Pap::Red))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCAN: &str = include_str!("../../../fixtures/observations/scan.jsonl");

    #[test]
    fn rows_are_used_or_said() {
        let read = read_within(SCAN.as_bytes(), Limits::default()).unwrap();
        assert_eq!((read.it.rows, read.it.rejected()), (5, 2));
        let mut page = String::new();
        for it in &read.it.observations {
            let place = it.host.clone().or(it.address.map(|address| address.to_string())).unwrap_or_default();
            let Observed { row, at, vulnerability, seen, method, tlp, pap, .. } = it;
            page += &format!("{row} {at} {place} {vulnerability} {seen:?} {method:?} {tlp:?} {pap:?}\n");
        }
        page.extend(read.complaints.iter().map(|it| format!("{:?} {}: {}\n", it.weight, it.at, it.what)));
        insta::assert_snapshot!(page, @r#"
        1 2020-01-09T23:40:00Z 192.0.2.10 CVE-2019-19781 Vulnerable MitigationAbsent Some(Amber) Some(Amber)
        2 2020-01-09T22:41:00Z vpn.zuidzorg.example CVE-2019-19781 NotVulnerable SafeCheck Some(Red) None
        4 2020-01-09T23:42:00Z 2001:db8::10 CVE-2019-19781 Vulnerable Banner None None
        Note line 2: "colour" is a word that we do not know here
        Doubt line 2/tlp: "purple" is a TLP label that we do not know; it counts as RED
        Note line 4: the paper has no TLP label
        Loss line 5: address or host is missing
        Loss line 6: the line cannot be read: the paper is not JSON: EOF while parsing a string; it may have been cut off on the way
        "#);
    }

    #[test]
    fn a_file_of_which_no_line_can_be_used_is_refused() {
        let refused = |text: &str| read_within(text.as_bytes(), Limits::default()).unwrap_err().to_string();
        assert!(refused("{}\n{}").starts_with("at line 1: a line with all that"));
        assert!(refused("\nhello\n").starts_with("at line 2: the paper is not JSON"));
    }

    #[test]
    fn a_citizen_number_is_not_taken() {
        let line = SCAN.lines().next().unwrap().replace("Dijkleger", "patient 111222333");
        let read = read_within(format!("{line}\n{SCAN}").as_bytes(), Limits::default()).unwrap();
        assert_eq!(read.complaints[0].what, What::CitizenNumber);
        assert_eq!(read.it.rejected(), 3);
    }
}
