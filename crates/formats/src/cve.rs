//! The CVE list: JSON 5 records, and the version 4 records of before.
//!
//! "n/a" is the absence of data and not a product: of 44,130 records of one archive 7,407 name
//! nothing else. Such a record is read, says aloud that it has no usable product data, and leaves
//! the finding to somebody who knows more. Containers of others (ADP) add their products, scores and
//! decisions beside those of the one who assigned the number; nobody's word is overwritten.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use domain::advisory::{AffectedProduct, Content, Status};
use domain::measure::Kind;
use domain::product::{Mark, Name};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::{Bound, Range, Version};

use crate::cpe::Cpe;
use crate::csaf::is_web;
use crate::json::{self, Complaints, Limits, Node};
use crate::measure::{self, Wording};
use crate::{AdvisoryPaper, Read, Revision, Score, Unreadable, Weight, What, Why, vers, words};

/// The name of the list, as publisher.
pub const PUBLISHER: &str = "CVE";

/// A record of the list, and what our own words have no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub advisory: AdvisoryPaper,
    /// Who gave out the number.
    pub assigner: Option<String>,
    /// `PUBLISHED`, `REJECTED`, `RESERVED`, as written.
    pub state: String,
    /// Every decision of a stakeholder, with the one who took it.
    pub decisions: Vec<Decision>,
    /// When it was put on the list of known exploited vulnerabilities, says this record. Not when it
    /// was exploited first.
    pub kev_listed_on: Option<Date>,
    /// Every CPE name, as written.
    pub cpes: BTreeSet<String>,
}

/// A decision by SSVC. Values in lower case; the source writes any case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Decision {
    pub asserted_by: String,
    /// `none`, `poc` or `active`.
    pub exploitation: Option<String>,
    /// `yes` or `no`.
    pub automatable: Option<String>,
    /// `partial` or `total`.
    pub technical_impact: Option<String>,
}

/// Reads a CVE record of version 5 or 4.
///
/// # Errors
/// When it is no JSON within the limits, no CVE record, or has no number.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<Record>, Unreadable> {
    from_tree(json::parse(bytes, limits)?)
}

pub(crate) fn from_tree(tree: Read<Value>) -> Result<Read<Record>, Unreadable> {
    let mut complaints = Complaints::starting_with(tree.complaints);
    let root = Node::root(&tree.it);
    let it = match root.get("cveMetadata") {
        Some(metadata) => five(&root, &metadata, &mut complaints)?,
        None => match root.get("CVE_data_meta") {
            Some(metadata) => four(&root, &metadata, &mut complaints)?,
            None => return Err(Unreadable::whole(Why::Missing("the number of the vulnerability"))),
        },
    };
    Ok(Read { it, complaints: complaints.into_list() })
}

/// `CVE-2019-19781` in upper case. `None` when a record has no such number.
pub(crate) fn number(
    node: &Node<'_, '_>,
    key: &str,
    complaints: &mut Complaints,
) -> Result<String, Unreadable> {
    let written = node.line(key, complaints).map(|it| it.to_ascii_uppercase());
    let is_number = |it: &String| it.starts_with("CVE-") && it.len() <= 30;
    written.filter(is_number).ok_or_else(|| Unreadable {
        at: node.pointer_to(key),
        why: Why::Missing("the number of the vulnerability"),
    })
}

/// An empty record, to be filled.
fn blank(number: String) -> Record {
    let content = Content {
        // The list is public by what it is.
        tlp: Some(Tlp::Clear),
        vulnerabilities: BTreeSet::from([number.clone()]),
        ..Content::default()
    };
    let revision =
        Revision { number: String::new(), first_released_at: None, released_at: None, summary: None };
    let advisory = AdvisoryPaper {
        publisher: PUBLISHER.into(),
        number,
        revision,
        status: crate::Status::Final,
        language: Some("en".into()),
        content,
        scores: vec![],
    };
    Record {
        advisory,
        assigner: None,
        state: String::new(),
        decisions: vec![],
        kev_listed_on: None,
        cpes: BTreeSet::new(),
    }
}

fn five(
    root: &Node<'_, '_>,
    metadata: &Node<'_, '_>,
    complaints: &mut Complaints,
) -> Result<Record, Unreadable> {
    if let Some(version) = root.line("dataVersion", complaints)
        && !version.starts_with("5.")
    {
        let why = Why::OtherVersion(format!("CVE JSON {}", words::clipped(&version, 20)));
        return Err(Unreadable { at: "/dataVersion".into(), why });
    }
    let mut record = blank(number(metadata, "cveId", complaints)?);
    record.assigner = metadata.line("assignerShortName", complaints);
    record.state = metadata.line("state", complaints).unwrap_or_default();
    record.advisory.status = match record.state.as_str() {
        "REJECTED" => crate::Status::Withdrawn,
        "RESERVED" => crate::Status::Draft,
        _ => crate::Status::Final,
    };
    record.advisory.revision.first_released_at = metadata.time("datePublished", complaints);
    record.advisory.revision.released_at = metadata
        .time("dateUpdated", complaints)
        .or_else(|| metadata.time("dateRejected", complaints))
        .or(record.advisory.revision.first_released_at);
    record.advisory.revision.number = metadata.line("dateUpdated", complaints).unwrap_or_default();
    let mut lines = Lines::default();
    let mut referred = BTreeSet::new();
    match root.get("containers") {
        Some(containers) => {
            if let Some(cna) = containers.get("cna") {
                wording(&mut record, &cna, complaints);
                container(&mut record, &cna, &mut lines, &mut referred, complaints);
            }
            for adp in containers.list("adp", complaints) {
                container(&mut record, &adp, &mut lines, &mut referred, complaints);
            }
        }
        None => root.complain(Weight::Loss, What::Missing("containers".into()), complaints),
    }
    finish(&mut record, lines, complaints);
    Ok(record)
}

/// Title, description and measures, which only the assigner writes.
fn wording(record: &mut Record, cna: &Node<'_, '_>, complaints: &mut Complaints) {
    let description =
        texts(cna, "descriptions", complaints).or_else(|| texts(cna, "rejectedReasons", complaints));
    let summary = description.unwrap_or_default();
    let title = cna.line("title", complaints);
    let first = || words::clipped(&words::line(words::first_sentence(summary.for_reader(Language::En))), 160);
    let title = title.unwrap_or_else(first);
    let title = if title.is_empty() { record.advisory.number.clone() } else { title };
    record.advisory.content.title = Text::only(Language::En, title);
    record.advisory.content.summary = summary;
    for (key, kind) in [("workarounds", Kind::Workaround), ("solutions", Kind::Patch)] {
        let mut nth = 0_u32;
        for node in cna.list(key, complaints) {
            let language = node.line("lang", complaints).and_then(|tag| Language::of_tag(&tag));
            let (Some(language), Some(details)) = (language, node.lines("value", complaints)) else {
                continue;
            };
            let id = measure::number([PUBLISHER, &record.advisory.number, key], None, nth);
            nth = nth.saturating_add(1);
            let wording = Wording { language, details: &details, url: None };
            record.advisory.content.measures.push(wording.measure(id, kind));
        }
    }
}

/// Text in the languages that we speak; in another one only when there is nothing else.
pub(crate) fn texts(node: &Node<'_, '_>, key: &str, complaints: &mut Complaints) -> Option<Text> {
    let (mut nl, mut en, mut other) = (None, None, None);
    for entry in node.list(key, complaints) {
        let Some(value) = entry.lines("value", complaints) else { continue };
        let tag = entry.line("lang", complaints).unwrap_or_else(|| "en".into());
        let place = match Language::of_tag(&tag) {
            Some(Language::Nl) => &mut nl,
            Some(Language::En) => &mut en,
            // Version 4 writes the three letters of ISO 639-2.
            None if tag.eq_ignore_ascii_case("eng") => &mut en,
            None => &mut other,
        };
        place.get_or_insert(value);
    }
    match (nl, en, other) {
        (Some(nl), Some(en), _) => Some(Text::both(nl, en)),
        (Some(nl), None, _) => Some(Text::only(Language::Nl, nl)),
        (None, Some(en), _) => Some(Text::only(Language::En, en)),
        (None, None, other) => {
            let other = other?;
            complaints.add(Weight::Note, node.pointer_to(key), What::Language("?".into()));
            Some(Text::only(Language::En, other))
        }
    }
}

/// What containers say about products, as it comes together.
#[derive(Default)]
struct Lines {
    list: Vec<AffectedProduct>,
    /// Products that are named "n/a", as (place, name).
    nameless: Vec<(String, String)>,
}

impl Lines {
    fn add(&mut self, name: &Name, marks: &BTreeSet<Mark>, status: Status, ranges: Vec<Range>) {
        match self.list.iter_mut().rev().take(8).find(|line| line.name == *name && line.status == status) {
            Some(line) => {
                line.ranges.extend(ranges);
                line.marks.extend(marks.iter().cloned());
            }
            None => {
                self.list.push(AffectedProduct { name: name.clone(), marks: marks.clone(), ranges, status })
            }
        }
    }
}

/// Products, references, scores and decisions of one container.
fn container(
    record: &mut Record,
    node: &Node<'_, '_>,
    lines: &mut Lines,
    referred: &mut BTreeSet<String>,
    complaints: &mut Complaints,
) {
    let by = node.get("providerMetadata").and_then(|it| it.line("shortName", complaints));
    let by = by.or_else(|| node.line("title", complaints)).unwrap_or_default();
    for affected in node.list("affected", complaints) {
        product(record, &affected, lines, complaints);
    }
    for reference in node.list("references", complaints) {
        let Some(url) = reference.line("url", complaints) else { continue };
        if !is_web(&url) {
            complaints.add(Weight::Note, reference.pointer_to("url"), What::Shape("a web address"));
        } else if referred.insert(url.clone()) {
            record.advisory.content.references.push(url);
        }
    }
    for metric in node.list("metrics", complaints) {
        for key in ["cvssV2_0", "cvssV3_0", "cvssV3_1", "cvssV4_0"] {
            let Some(cvss) = metric.get(key) else { continue };
            record.advisory.scores.extend(score(&record.advisory.number, &cvss, &by, complaints));
        }
        let Some(other) = metric.get("other") else { continue };
        let kind = other.line("type", complaints).unwrap_or_default().to_ascii_lowercase();
        let Some(content) = other.get("content") else { continue };
        match kind.as_str() {
            "ssvc" => {
                let decision = decision(&content, &by, complaints);
                let is_active = decision.exploitation.as_deref() == Some("active");
                record.advisory.content.exploited |= is_active;
                record.decisions.push(decision);
            }
            "kev" => {
                let listed = content.time("dateAdded", complaints);
                record.kev_listed_on = listed.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
                record.advisory.content.exploited = true;
            }
            _ => {}
        }
    }
}

/// The vector of a CVSS object, with the one who gave it.
pub(crate) fn score(
    vulnerability: &str,
    cvss: &Node<'_, '_>,
    by: &str,
    complaints: &mut Complaints,
) -> Option<Score> {
    let vector = cvss.line("vectorString", complaints)?;
    Some(Score {
        vulnerability: vulnerability.to_owned(),
        vector,
        version: cvss.line("version", complaints).unwrap_or_default(),
        base: cvss.get("baseScore").map(|it| it.value.to_string()),
        asserted_by: by.to_owned(),
    })
}

fn decision(content: &Node<'_, '_>, by: &str, complaints: &mut Complaints) -> Decision {
    let mut decision = Decision {
        asserted_by: by.to_owned(),
        exploitation: None,
        automatable: None,
        technical_impact: None,
    };
    for option in content.list("options", complaints) {
        for (key, place) in [
            ("Exploitation", &mut decision.exploitation),
            ("Automatable", &mut decision.automatable),
            ("Technical Impact", &mut decision.technical_impact),
        ] {
            let value = option.line(key, complaints);
            *place = value.map(|it| it.to_ascii_lowercase()).or(place.take());
        }
    }
    decision
}

/// One product of a container, with its versions.
fn product(record: &mut Record, node: &Node<'_, '_>, lines: &mut Lines, complaints: &mut Complaints) {
    let vendor = node.line("vendor", complaints).filter(|word| !Name::new("", word).says_nothing());
    let mut cpe_name = None;
    let mut marks = BTreeSet::new();
    let cpes: Vec<_> = node.list("cpes", complaints).collect();
    for written in cpes.iter().filter_map(|cpe| cpe.as_text(complaints)) {
        cpe_name = cpe_name.or_else(|| Cpe::parse(written).and_then(|cpe| cpe.name()));
        marks.extend(Mark::of_cpe(written));
        record.cpes.insert(words::line(written));
    }
    let product = ["product", "packageName"]
        .iter()
        .filter_map(|key| node.line(key, complaints))
        .find(|word| !Name::new("", word).says_nothing());
    let name = match product {
        Some(product) => Name::new(&spelt_out(vendor.as_deref().unwrap_or_default()), &spelt_out(&product)),
        None => match cpe_name {
            Some(name) => name,
            None => {
                let written = node.line("product", complaints).unwrap_or_default();
                lines.nameless.push((node.pointer(), written));
                return;
            }
        },
    };
    marks.extend(package(node, complaints));
    let default = node.line("defaultStatus", complaints).unwrap_or_default();
    let mut said: Vec<(Status, Range)> = Vec::new();
    for version in node.list("versions", complaints) {
        ranges(&version, &mut said, complaints);
    }
    let of = |said: &[(Status, Range)], wanted: Status| -> Vec<Range> {
        said.iter().filter(|(status, _)| *status == wanted).map(|(_, range)| range.clone()).collect()
    };
    let mut affected = of(&said, Status::Affected);
    let unaffected = of(&said, Status::NotAffected);
    let unknown = of(&said, Status::UnderInvestigation);
    match default.as_str() {
        // Named both as a default and in a list: what is not in the list is not sure.
        "affected" if unaffected.is_empty() && !affected.is_empty() => affected.push(Range::Unknown),
        // All but the ones that are named as free.
        "affected" => affected.extend(complement(&unaffected)),
        "unaffected" if said.is_empty() => {
            lines.add(&name, &marks, Status::NotAffected, vec![Range::Any]);
            return;
        }
        // A record of a product without a version means that product.
        _ if said.is_empty() => affected.push(Range::Unknown),
        _ => {}
    }
    end_where_freed(&mut affected, &unaffected);
    let mut fully = true;
    vers::without_letters(&mut affected, &mut fully);
    if !fully {
        affected.push(Range::Unknown);
    }
    for (status, ranges) in [
        (Status::Affected, affected),
        (Status::UnderInvestigation, unknown),
        (Status::NotAffected, unaffected),
    ] {
        if !ranges.is_empty() {
            lines.add(&name, &marks, status, ranges);
        }
    }
}

/// "From 8.0 on affected, from 8.5.2 on free": what begins and has no end, ends where the next line of the
/// same entry begins to free.
fn end_where_freed(affected: &mut [Range], free: &[Range]) {
    let begins = |range: &Range| match range {
        Range::Between { from: Some(from), to: None } => Some(from.clone()),
        _ => None,
    };
    let freed: Vec<Bound> = free.iter().filter_map(begins).collect();
    for range in affected {
        let Some(begin) = begins(range) else { continue };
        let later = freed.iter().filter(|from| begin.version.order(&from.version).is_lt());
        if let Some(end) = later.min_by(|one, other| one.version.order(&other.version)) {
            let to = Some(Bound { version: end.version.clone(), inclusive: !end.inclusive });
            *range = Range::Between { from: Some(begin), to };
        }
    }
}

/// The package that a product is, where the record names it or the collection in which it lies.
fn package(node: &Node<'_, '_>, complaints: &mut Complaints) -> Option<Mark> {
    if let Some(url) = node.line("packageURL", complaints) {
        return crate::purl::mark(&url);
    }
    let collection = node.line("collectionURL", complaints)?.to_ascii_lowercase();
    let name = node.line("packageName", complaints)?;
    let host = collection.split("://").nth(1)?.split('/').next()?;
    let (kind, name) = match host {
        host if host.contains("maven") => ("maven", name.replace(':', "/")),
        host if host.contains("npm") => ("npm", name),
        host if host.contains("pypi") => ("pypi", name),
        host if host.contains("rubygems") => ("gem", name),
        host if host.contains("nuget") => ("nuget", name),
        host if host.contains("packagist") => ("composer", name),
        host if host.starts_with("crates.") => ("cargo", name),
        _ => return None,
    };
    crate::purl::mark(&format!("pkg:{kind}/{name}"))
}

fn status_of(written: &str) -> Status {
    match written {
        "affected" => Status::Affected,
        "unaffected" => Status::NotAffected,
        _ => Status::UnderInvestigation,
    }
}

/// `connect_secure`, as names of CPE are written, in words.
fn spelt_out(written: &str) -> String {
    let is_cpe =
        written.contains('_') && !written.contains([' ', '/']) && !written.contains(char::is_uppercase);
    if is_cpe { written.replace('_', " ") } else { written.to_owned() }
}

/// The ranges of one entry of `versions`.
fn ranges(node: &Node<'_, '_>, said: &mut Vec<(Status, Range)>, complaints: &mut Complaints) {
    let status = node.line("status", complaints).unwrap_or_else(|| "affected".into());
    let status = status_of(&status);
    let version = node.line("version", complaints).unwrap_or_default();
    let kind = node.line("versionType", complaints).unwrap_or_default();
    if kind.eq_ignore_ascii_case("git") {
        // Commits have an order in their tree only, and nobody registers one.
        if status == Status::Affected {
            said.push((Status::Affected, Range::Unknown));
        }
        return;
    }
    let to = match (node.line("lessThan", complaints), node.line("lessThanOrEqual", complaints)) {
        (Some(limit), _) => Some(end(&in_train(&version, limit, &kind), false)),
        (None, Some(limit)) => Some(end(&in_train(&version, limit, &kind), true)),
        (None, None) => None,
    };
    let Some(to) = to else {
        let understood = vers::ranges(&version);
        if !understood.fully {
            node.complain(Weight::Doubt, What::Versions(words::clipped(&version, 120)), complaints);
        }
        let ranges = understood.ranges.into_iter();
        // What is not clear frees nobody.
        said.extend(
            ranges.filter(|it| status != Status::NotAffected || *it != Range::Unknown).map(|it| (status, it)),
        );
        return;
    };
    let Ok(to) = to else {
        node.complain(Weight::Doubt, What::Versions(words::clipped(&version, 120)), complaints);
        if status != Status::NotAffected {
            said.push((status, Range::Unknown));
        }
        return;
    };
    let from = start(&version);
    let mut at = (status, from);
    let changes: Vec<_> = node.list("changes", complaints).collect();
    for change in &changes {
        let (Some(place), Some(next)) = (change.line("at", complaints), change.line("status", complaints))
        else {
            continue;
        };
        let place = Version::new(&place);
        if !place.is_known() {
            continue;
        }
        let before = Bound { version: place.clone(), inclusive: false };
        said.push((at.0, between(at.1.take(), Some(before))));
        at = (status_of(&next), Some(Bound { version: place, inclusive: true }));
    }
    said.push((at.0, between(at.1, to)));
}

fn between(from: Option<Bound>, to: Option<Bound>) -> Range {
    match (from, to) {
        (None, None) => Range::Any,
        (from, to) => Range::Between { from, to },
    }
}

/// The end of a range of builds. Citrix writes train and build apart: from 13.1 to below 49.13 means
/// 13.1-49.13.
fn in_train(train: &str, limit: String, kind: &str) -> String {
    let begins_alike = train.split(['.', '-']).next() == limit.split(['.', '-']).next();
    let is_build = kind.eq_ignore_ascii_case("patch") && limit.starts_with(|it: char| it.is_ascii_digit());
    match is_build && !begins_alike && train.contains('.') {
        true => format!("{train}-{limit}"),
        false => limit,
    }
}

/// Where a range begins. `0`, `*` and words begin at the beginning.
fn start(written: &str) -> Option<Bound> {
    let version = Version::new(written);
    (written != "0" && version.is_known() && !written.contains('*'))
        .then_some(Bound { version, inclusive: true })
}

/// Where a range ends: `*` never does, `6.1.*` with everything that begins with 6.1.
fn end(written: &str, inclusive: bool) -> Result<Option<Bound>, ()> {
    let written = written.trim();
    if written == "*" {
        return Ok(None);
    }
    if let Some(train) = written.strip_suffix(".*") {
        let next = if inclusive { after_train(train).ok_or(())? } else { train.to_owned() };
        return Ok(Some(Bound { version: Version::new(&next), inclusive: false }));
    }
    let version = Version::new(written);
    if version.is_known() { Ok(Some(Bound { version, inclusive })) } else { Err(()) }
}

/// `6.2` for `6.1`: the first version that no longer begins with it.
fn after_train(train: &str) -> Option<String> {
    let start = train.rfind(|it: char| !it.is_ascii_digit()).map_or(0, |at| at.saturating_add(1));
    let (head, last) = train.split_at_checked(start)?;
    let next = last.parse::<u64>().ok()?.checked_add(1)?;
    Some(format!("{head}{next}"))
}

/// What is left of all versions without `free`. Doubt about what is free leaves everything possible.
fn complement(free: &[Range]) -> Vec<Range> {
    let mut taken: Vec<(Option<Bound>, Option<Bound>)> = Vec::new();
    for range in free {
        match range {
            Range::Between { from, to } => taken.push((from.clone(), to.clone())),
            Range::Exactly(version) => {
                let bound = Bound { version: version.clone(), inclusive: true };
                taken.push((Some(bound.clone()), Some(bound)));
            }
            Range::Train(train) => {
                let Some(next) = after_train(train.as_str()) else { return vec![Range::Unknown] };
                let from = Bound { version: train.clone(), inclusive: true };
                let to = Bound { version: Version::new(&next), inclusive: false };
                taken.push((Some(from), Some(to)));
            }
            Range::Any => return vec![],
            Range::Unknown => return vec![Range::Unknown],
        }
    }
    let start = |from: &Option<Bound>| from.as_ref().map(|bound| bound.version.clone());
    taken.sort_by(|(one, _), (other, _)| match (start(one), start(other)) {
        (None, None) => std::cmp::Ordering::Equal,
        (None, Some(_)) => std::cmp::Ordering::Less,
        (Some(_), None) => std::cmp::Ordering::Greater,
        (Some(one), Some(other)) => one.order(&other),
    });
    let mut left = Vec::new();
    // What is not taken begins here; the outer `None` means that nothing is left.
    let mut open: Option<Option<Bound>> = Some(None);
    for (from, to) in taken {
        let Some(begin) = open.take() else { return left };
        if let Some(from) = from {
            let is_gap = begin.as_ref().is_none_or(|begin| begin.version.order(&from.version).is_lt());
            if is_gap {
                let until = Bound { version: from.version, inclusive: !from.inclusive };
                left.push(Range::Between { from: begin.clone(), to: Some(until) });
            }
        }
        let next = to.map(|to| Bound { version: to.version, inclusive: !to.inclusive });
        open = match (begin, next) {
            (_, None) => None,
            (Some(begin), Some(next)) if begin.version.order(&next.version).is_gt() => Some(Some(begin)),
            (_, Some(next)) => Some(Some(next)),
        };
    }
    match open {
        Some(None) => left.push(Range::Any),
        Some(from) => left.push(Range::Between { from, to: None }),
        None => {}
    }
    left
}

/// Says aloud what could not be used.
fn finish(record: &mut Record, lines: Lines, complaints: &mut Complaints) {
    for (at, written) in lines.nameless {
        complaints.add(Weight::Doubt, at, What::NoProduct(words::clipped(&written, 80)));
    }
    record.advisory.content.products = lines.list;
    for line in &mut record.advisory.content.products {
        let mut met = BTreeSet::new();
        line.ranges.retain(|range| met.insert(range.clone()));
    }
    if record.advisory.content.products.is_empty() && record.advisory.status != crate::Status::Withdrawn {
        complaints.add(Weight::Loss, String::new(), What::NoProductData);
    }
}

/// A record of version 4, as the list was kept until 2022.
fn four(
    root: &Node<'_, '_>,
    metadata: &Node<'_, '_>,
    complaints: &mut Complaints,
) -> Result<Record, Unreadable> {
    let mut record = blank(number(metadata, "ID", complaints)?);
    record.assigner = metadata.line("ASSIGNER", complaints);
    record.state = metadata.line("STATE", complaints).unwrap_or_default();
    record.advisory.status = match record.state.as_str() {
        "REJECT" | "REJECTED" => crate::Status::Withdrawn,
        "RESERVED" => crate::Status::Draft,
        _ => crate::Status::Final,
    };
    record.advisory.revision.first_released_at = metadata.time("DATE_PUBLIC", complaints);
    let summary = root.get("description").and_then(|it| texts(&it, "description_data", complaints));
    let summary = summary.unwrap_or_default();
    let title = metadata.line("TITLE", complaints).unwrap_or_else(|| {
        words::clipped(&words::line(words::first_sentence(summary.for_reader(Language::En))), 160)
    });
    let title = if title.is_empty() { record.advisory.number.clone() } else { title };
    record.advisory.content.title = Text::only(Language::En, title);
    record.advisory.content.summary = summary;
    if let Some(references) = root.get("references") {
        for reference in references.list("reference_data", complaints) {
            let url = reference.line("url", complaints).filter(|url| is_web(url));
            record.advisory.content.references.extend(url);
        }
    }
    let mut lines = Lines::default();
    if let Some(vendors) = root.get("affects").as_ref().and_then(|it| it.get("vendor")) {
        for vendor in vendors.list("vendor_data", complaints) {
            let by =
                vendor.line("vendor_name", complaints).filter(|word| !Name::new("", word).says_nothing());
            let Some(products) = vendor.get("product") else { continue };
            for product in products.list("product_data", complaints) {
                product_of_four(&product, by.as_deref().unwrap_or_default(), &mut lines, complaints);
            }
        }
    }
    finish(&mut record, lines, complaints);
    Ok(record)
}

fn product_of_four(node: &Node<'_, '_>, vendor: &str, lines: &mut Lines, complaints: &mut Complaints) {
    let product = node.line("product_name", complaints).unwrap_or_default();
    let name = Name::new(vendor, &product);
    if name.says_nothing() {
        lines.nameless.push((node.pointer(), product));
        return;
    }
    let mut ranges = Vec::new();
    if let Some(versions) = node.get("version") {
        for version in versions.list("version_data", complaints) {
            let value = version.line("version_value", complaints).unwrap_or_default();
            let sign = version.line("version_affected", complaints).unwrap_or_default();
            let sign = sign.trim_start_matches('?');
            // "!<" frees versions; the others are named by what is affected.
            if sign.starts_with('!') {
                continue;
            }
            let understood = vers::ranges(&format!("{} {value}", sign.trim_start_matches('=')));
            if !understood.fully {
                version.complain(Weight::Doubt, What::Versions(words::clipped(&value, 120)), complaints);
            }
            ranges.extend(understood.ranges);
        }
    }
    let marks = BTreeSet::new();
    lines.add(&name, &marks, Status::Affected, if ranges.is_empty() { vec![Range::Unknown] } else { ranges });
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = include_str!("../../../fixtures/cve/CVE-2026-1000003.json");
    const NAMELESS: &str = include_str!("../../../fixtures/cve/CVE-2026-1000004.json");
    /// What a record says whose only product has these versions.
    fn said(default: &str, versions: &str) -> String {
        let text = format!(
            r#"{{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {{"cveId": "CVE-2026-1", "state": "PUBLISHED"}},
                "containers": {{"cna": {{"affected": [{{"vendor": "Polderweb", "product": "Poort",
                "defaultStatus": "{default}", "versions": [{versions}]}}]}}}}}}"#
        );
        let record = read_within(text.as_bytes(), Limits::default()).unwrap().it;
        let line = |line: &AffectedProduct| {
            let ranges: Vec<String> = line.ranges.iter().map(ToString::to_string).collect();
            format!("{:?} {}", line.status, ranges.join(" or "))
        };
        record.advisory.content.products.iter().map(line).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_build_that_is_written_without_its_train_belongs_to_it() {
        let builds = r#"{"version": "13.1", "lessThan": "49.13", "status": "affected", "versionType": "patch"},
            {"version": "13.1-FIPS", "lessThan": "37.159", "status": "affected", "versionType": "patch"},
            {"version": "14.1", "lessThan": "14.1-8.50", "status": "affected", "versionType": "patch"}"#;
        insta::assert_snapshot!(said("unaffected", builds), @"Affected ≥ 13.1, < 13.1-49.13 or ≥ 13.1-FIPS, < 13.1-FIPS-37.159 or ≥ 14.1, < 14.1-8.50");
    }

    #[test]
    fn what_begins_to_be_affected_ends_where_the_next_line_frees() {
        let trains = r#"{"version": ">= 8.0.0", "status": "affected"}, {"version": ">= 8.4.0", "status": "affected"},
            {"version": ">= 8.3.3", "status": "unaffected"}, {"version": ">= 8.4.3", "status": "unaffected"}"#;
        insta::assert_snapshot!(said("unaffected", trains), @"Affected ≥ 8.0.0, < 8.3.3 or ≥ 8.4.0, < 8.4.3; NotAffected ≥ 8.3.3 or ≥ 8.4.3");
    }

    #[test]
    fn versions_beside_a_list_of_affected_ones_are_not_sure() {
        let listed = r#"{"version": "9.0.40", "lessThanOrEqual": "9.0.68", "status": "affected"}"#;
        insta::assert_snapshot!(said("affected", listed), @"Affected ≥ 9.0.40, ≤ 9.0.68 or ?");
    }

    const FOUR: &str = include_str!("../../../fixtures/cve/CVE-2026-1000005-v4.json");

    fn read(text: &str) -> Read<Record> {
        read_within(text.as_bytes(), Limits::default()).unwrap()
    }

    /// Products and complaints, a line each.
    fn told(read: &Read<Record>) -> String {
        let list = |ranges: &[Range]| ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        let content = &read.it.advisory.content;
        let products = content.products.iter();
        let products = products.map(|it| format!("{:?}: {} {}\n", it.status, it.name, list(&it.ranges)));
        let complaints = read.complaints.iter();
        let complaints = complaints.map(|it| format!("{:?} {} {}\n", it.weight, it.at, it.what));
        products.chain(complaints).collect()
    }

    #[test]
    fn a_record_is_read_with_the_words_of_all_its_containers() {
        let read = read(RECORD);
        let Record { advisory, assigner, decisions, kev_listed_on, .. } = &read.it;
        let AdvisoryPaper { content, scores, revision, .. } = advisory;
        assert_eq!(assigner.as_deref(), Some("polderweb"));
        assert_eq!(content.title.for_reader(Language::Nl), "Sign-in of Portaal can be passed by");
        assert!(content.summary.for_reader(Language::Nl).starts_with("Een vervalste cookie"));
        assert_eq!(
            content.references,
            ["https://polderweb.example/advisories/3", "https://waterlab.example/1"]
        );
        assert_eq!(revision.released_at.map(|at| at.to_string()).as_deref(), Some("2026-03-04T08:15:00Z"));
        assert_eq!((scores[0].asserted_by.as_str(), scores[0].base.as_deref()), ("waterlab", Some("9.1")));
        assert_eq!(decisions[0].exploitation.as_deref(), Some("active"), "whatever its case");
        assert_eq!(kev_listed_on.map(|day| day.to_string()).as_deref(), Some("2026-03-03"));
        assert!(content.exploited);
        let kinds: Vec<Kind> = content.measures.iter().map(|measure| measure.kind).collect();
        assert_eq!(kinds, [Kind::Workaround, Kind::Patch]);
        insta::assert_snapshot!(told(&read), @r#"
        Affected: Polderweb Portaal ≥ 7.0, < 7.4.2 or ≥ 8.0, < 8.1.3 or < 6.6
        UnderInvestigation: Polderweb Portaal 9.9
        NotAffected: Polderweb Portaal ≥ 8.1.3, < 9.0
        Affected: Polderweb Agenda < 3.2 or ≥ 3.3
        NotAffected: Polderweb Agenda ≥ 3.2, < 3.3
        NotAffected: Polderweb Archief *
        Affected: polderweb portaal light 2.0
        Note /containers/cna/references/1/url this should be a web address
        Doubt /containers/cna/affected/3 "n/a" names no product
        "#);
    }

    #[test]
    fn a_record_without_product_data_says_so_aloud() {
        insta::assert_snapshot!(told(&read(NAMELESS)), @r#"
        Doubt /containers/cna/affected/0 "N/A" names no product
        Loss  the paper names no product that an inventory could be compared with
        "#);
    }

    #[test]
    fn a_record_of_the_old_form_is_read() {
        insta::assert_snapshot!(told(&read(FOUR)), @r"
        Affected: Polderweb Portaal < 7.4.2 or 6.*
        ");
    }

    #[test]
    fn what_is_left_when_some_versions_are_free() {
        let check = |free: &[Range], expected: &str| {
            let left = complement(free);
            let said = left.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            assert_eq!(said, expected, "{free:?}");
        };
        let bound = |version: &str, inclusive| Some(Bound { version: Version::new(version), inclusive });
        let from = |version: &str| Range::Between { from: bound(version, true), to: None };
        let below = |version: &str| Range::Between { from: None, to: bound(version, false) };
        check(&[], "*");
        check(&[Range::Any], "");
        check(&[Range::Unknown], "?");
        check(
            &[from("6.9"), below("4.15"), Range::until("6.1.82", "6.2")],
            "≥ 4.15, < 6.1.82 or ≥ 6.2, < 6.9",
        );
        check(&[Range::until("1", "5"), Range::until("2", "3")], "< 1 or ≥ 5");
        check(&[Range::Exactly(Version::new("2.0"))], "< 2.0 or > 2.0");
        check(&[Range::Train(Version::new("3.2"))], "< 3.2 or ≥ 3.3");
        check(&[below("2"), from("2")], "");
    }

    #[test]
    fn a_record_without_a_number_or_of_another_version_is_refused() {
        let refused = |text: &str| read_within(text.as_bytes(), Limits::default()).unwrap_err().to_string();
        assert!(refused("{}").contains("the number of the vulnerability is missing"));
        assert!(refused(r#"{"cveMetadata": {"cveId": "GHSA-1"}}"#).contains("/cveMetadata/cveId"));
        assert!(
            refused(r#"{"dataVersion": "6.0", "cveMetadata": {"cveId": "CVE-2026-1"}}"#)
                .contains("CVE JSON 6.0")
        );
    }
}
