//! NVD 2.0: the answer of its API, and single records as feeds carry them.
//!
//! A configuration says "this firmware AND that hardware". Nobody registers both, so what is marked as
//! vulnerable is the product, and what it runs on is kept beside it: an AND must not hide a hospital
//! that registered only the software. Since February 2024 many records have no configuration at all;
//! they are read, and say so.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use domain::advisory::{AffectedProduct, Content, Status};
use domain::product::{Mark, Name};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::{Bound, Range, Version};

use crate::cpe::{Cpe, Word};
use crate::csaf::is_web;
use crate::cve::{number, score, texts};
use crate::json::{self, Complaints, Limits, Node};
use crate::{AdvisoryPaper, Read, Revision, Unreadable, Weight, What, Why, words};

/// The name of the database, as publisher.
pub const PUBLISHER: &str = "NVD";

/// A record of the database, and what our own words have no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub advisory: AdvisoryPaper,
    /// `Analyzed`, `Awaiting Analysis` and so on, as written.
    pub state: String,
    /// What the vulnerable products run on, where a configuration says so.
    pub runs_on: BTreeSet<Name>,
    /// Every CPE name that is marked as vulnerable, as written.
    pub cpes: BTreeSet<String>,
    /// When it was put on the list of known exploited vulnerabilities, says this record. Not when it
    /// was exploited first.
    pub kev_listed_on: Option<Date>,
}

/// Reads an answer of the API, or one record.
///
/// # Errors
/// When it is no JSON within the limits, or holds no record that can be told from others.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<Vec<Record>>, Unreadable> {
    from_tree(json::parse(bytes, limits)?)
}

pub(crate) fn from_tree(tree: Read<Value>) -> Result<Read<Vec<Record>>, Unreadable> {
    let mut complaints = Complaints::starting_with(tree.complaints);
    let root = Node::root(&tree.it);
    if root.get("id").is_some() {
        let it = vec![record(&root, &mut complaints)?];
        return Ok(Read { it, complaints: complaints.into_list() });
    }
    if root.get("vulnerabilities").is_none() {
        return Err(Unreadable::whole(Why::Missing("the list of vulnerabilities")));
    }
    let mut records = Vec::new();
    let entries: Vec<_> = root.list("vulnerabilities", &mut complaints).collect();
    for entry in &entries {
        let read = match entry.get("cve") {
            Some(cve) => record(&cve, &mut complaints),
            None => record(entry, &mut complaints),
        };
        match read {
            Ok(record) => records.push(record),
            Err(unreadable) => {
                let what = What::Missing("the number of the vulnerability".into());
                complaints.add(Weight::Loss, unreadable.at, what);
            }
        }
    }
    // An answer without a hit is an answer.
    match entries.first() {
        Some(first) if records.is_empty() => {
            Err(Unreadable { at: first.pointer(), why: Why::Missing("the number of the vulnerability") })
        }
        _ => Ok(Read { it: records, complaints: complaints.into_list() }),
    }
}

fn record(node: &Node<'_, '_>, complaints: &mut Complaints) -> Result<Record, Unreadable> {
    let number = number(node, "id", complaints)?;
    let state = node.line("vulnStatus", complaints).unwrap_or_default();
    let status = match state.as_str() {
        "Rejected" => crate::Status::Withdrawn,
        "Analyzed" | "Modified" => crate::Status::Final,
        _ => crate::Status::Interim,
    };
    let summary = texts(node, "descriptions", complaints).unwrap_or_default();
    let title = node.line("cisaVulnerabilityName", complaints).unwrap_or_else(|| {
        words::clipped(&words::line(words::first_sentence(summary.for_reader(Language::En))), 160)
    });
    let title = if title.is_empty() { number.clone() } else { title };
    let mut references: Vec<String> = Vec::new();
    let mut referred = BTreeSet::new();
    for reference in node.list("references", complaints) {
        let url = reference.line("url", complaints).filter(|url| is_web(url));
        references.extend(url.filter(|url| referred.insert(url.clone())));
    }
    let mut scores = Vec::new();
    if let Some(metrics) = node.get("metrics") {
        for key in ["cvssMetricV2", "cvssMetricV30", "cvssMetricV31", "cvssMetricV40"] {
            for metric in metrics.list(key, complaints) {
                let by = metric.line("source", complaints).unwrap_or_default();
                let Some(cvss) = metric.get("cvssData") else { continue };
                scores.extend(score(&number, &cvss, &by, complaints));
            }
        }
    }
    let kev_listed_on =
        node.time("cisaExploitAdd", complaints).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let mut found = Configurations::default();
    for configuration in node.list("configurations", complaints) {
        found.take(&configuration, complaints);
    }
    for line in &mut found.products {
        // The same name stands in many configurations.
        line.ranges.sort();
        line.ranges.dedup();
    }
    if found.products.is_empty() && status != crate::Status::Withdrawn {
        complaints.add(Weight::Loss, node.pointer_to("configurations"), What::NoProductData);
    }
    let content = Content {
        title: Text::only(Language::En, title),
        summary,
        // The database is public by what it is.
        tlp: Some(Tlp::Clear),
        vulnerabilities: BTreeSet::from([number.clone()]),
        products: found.products,
        exploited: kev_listed_on.is_some(),
        references,
        ..Content::default()
    };
    let revision = Revision {
        number: node.line("lastModified", complaints).unwrap_or_default(),
        first_released_at: node.time("published", complaints),
        released_at: node.time("lastModified", complaints),
        summary: None,
    };
    let (publisher, language) = (PUBLISHER.to_owned(), Some("en".to_owned()));
    let advisory = AdvisoryPaper { publisher, number, revision, status, language, content, scores };
    Ok(Record { advisory, state, runs_on: found.runs_on, cpes: found.cpes, kev_listed_on })
}

/// What the configurations of a record name.
#[derive(Default)]
struct Configurations {
    products: Vec<AffectedProduct>,
    places: std::collections::BTreeMap<Name, usize>,
    runs_on: BTreeSet<Name>,
    cpes: BTreeSet<String>,
}

impl Configurations {
    /// Takes in a configuration, or a node of one. OR and AND are read alike: whoever has one of the
    /// vulnerable parts is told.
    fn take(&mut self, node: &Node<'_, '_>, complaints: &mut Complaints) {
        if node.get("negate").is_some_and(|it| it.value.as_bool() == Some(true)) {
            let what = What::UnknownWord("negate".into());
            complaints.add(Weight::Doubt, node.pointer_to("negate"), what);
            return;
        }
        for child in node.list("nodes", complaints) {
            self.take(&child, complaints);
        }
        for child in node.list("children", complaints) {
            self.take(&child, complaints);
        }
        for criterion in node.list("cpeMatch", complaints) {
            self.criterion(&criterion, complaints);
        }
    }

    fn criterion(&mut self, node: &Node<'_, '_>, complaints: &mut Complaints) {
        let Some(written) = node.line("criteria", complaints) else {
            node.complain(Weight::Loss, What::Missing("criteria".into()), complaints);
            return;
        };
        let cpe = Cpe::parse(&written);
        let Some((cpe, name)) = cpe.and_then(|cpe| cpe.name().map(|name| (cpe, name))) else {
            node.complain(Weight::Loss, What::NoProduct(words::clipped(&written, 120)), complaints);
            return;
        };
        if node.get("vulnerable").is_some_and(|it| it.value.as_bool() == Some(false)) {
            self.runs_on.insert(name);
            return;
        }
        let mark = Mark::of_cpe(&written);
        self.cpes.insert(written);
        let range = range(node, &cpe, complaints);
        let place = *self.places.entry(name.clone()).or_insert(self.products.len());
        if place == self.products.len() {
            self.products.push(AffectedProduct::new(name, vec![], Status::Affected));
        }
        let (mut ranges, mut fully) = (vec![range], true);
        crate::vers::without_letters(&mut ranges, &mut fully);
        if !fully {
            ranges.push(Range::Unknown);
        }
        if let Some(line) = self.products.get_mut(place) {
            line.ranges.extend(ranges);
            line.marks.extend(mark);
        }
    }
}

/// The versions of a criterion: its bounds, else the version in the name.
fn range(node: &Node<'_, '_>, cpe: &Cpe, complaints: &mut Complaints) -> Range {
    let mut bound = |key: &str, inclusive| {
        let version = node.line(key, complaints).map(|written| Version::new(&written))?;
        Some(Bound { version, inclusive })
    };
    let from = bound("versionStartIncluding", true).or_else(|| bound("versionStartExcluding", false));
    let to = bound("versionEndIncluding", true).or_else(|| bound("versionEndExcluding", false));
    match (from, to, &cpe.version) {
        (None, None, Word::None) => Range::Unknown,
        (None, None, _) => cpe.range(),
        (from, to, _) => Range::Between { from, to },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_and_with_hardware_does_not_hide_who_registered_the_software() {
        let answer = include_str!("../../../fixtures/nvd/answer.json");
        let read = read_within(answer.as_bytes(), Limits::default()).unwrap();
        let mut page = String::new();
        for Record { advisory, state, runs_on, .. } in &read.it {
            page += &format!("{} {state} {:?}\n", advisory.number, advisory.status);
            for line in &advisory.content.products {
                let ranges: Vec<String> = line.ranges.iter().map(ToString::to_string).collect();
                page += &format!("  {:?}: {} {}\n", line.status, line.name, ranges.join(" or "));
            }
            page.extend(runs_on.iter().map(|name| format!("  runs on {name}\n")));
            page.extend(
                advisory.scores.iter().map(|score| format!("  {} {}\n", score.version, score.vector)),
            );
        }
        let complaints = read.complaints.iter();
        page.extend(complaints.map(|it| format!("{:?} {} {}\n", it.weight, it.at, it.what)));
        insta::assert_snapshot!(page, @r#"
        CVE-2026-1000006 Analyzed Final
          Affected: polderweb sluis 12.1 or ≥ 13.0, < 13.0.47.24
          runs on polderweb sluis
          2.0 AV:N/AC:L/Au:N/C:P/I:P/A:P
          3.1 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
        CVE-2026-1000007 Awaiting Analysis Interim
        Doubt /vulnerabilities/0/cve/configurations/1/nodes/0/negate "negate" is a word that we do not know here
        Loss /vulnerabilities/0/cve/configurations/1/nodes/1/cpeMatch/0 "no name at all" names no product
        Loss /vulnerabilities/1/cve/configurations the paper names no product that an inventory could be compared with
        Loss /vulnerabilities/2/cve/id the number of the vulnerability is missing
        "#);
    }

    #[test]
    fn an_answer_without_a_hit_is_an_answer_and_one_without_a_list_is_none() {
        let read = |text: &str| read_within(text.as_bytes(), Limits::default());
        assert_eq!(read(r#"{"format": "NVD_CVE", "vulnerabilities": []}"#).unwrap().it, []);
        assert!(read(r#"{"format": "NVD_CVE"}"#).is_err());
        assert!(read(r#"{"vulnerabilities": [{"cve": {}}]}"#).is_err());
    }
}
