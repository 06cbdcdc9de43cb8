//! An advisory of ours as a CSAF document, 2.0 or 2.1.
//!
//! ```text
//! revisions ─► tracking: a number for each, and why it was made
//! products  ─► branches: vendor, product, one leaf for each range; what others read as versions is `vers:`
//! measures  ─► remediations for the leaves that they are for; one that was revoked is a note and no remedy
//! matrix    ─► notes, as NCSC-NL writes them, with the scores of others beside it, each with who gave it
//! ```
//!
//! The same advisory gives the same bytes. What is written was cut for its readers before (`disclosure`): here nobody
//! is asked who may read what. Words come from the caller, since this room knows no language.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use domain::advisory::{Advisory, AffectedProduct, Content, Exemption, Revision, Status};
use domain::measure::{Kind, Measure, Reliability};
use domain::product::{Mark, Name};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::{Bound, Range, Version};

use super::read::is_web;
use crate::{Score, vers};

/// Which version of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// CSAF 2.0 with Errata 01.
    V2_0,
    /// CSAF 2.1 as it stood in August 2026.
    V2_1,
}

impl Edition {
    pub const ALL: [Self; 2] = [Self::V2_0, Self::V2_1];

    /// As a document says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        }
    }

    /// What the standard calls `tlp`. `None` for what it has no word for: AMBER+STRICT in 2.0, where AMBER would be
    /// wider.
    pub fn label(self, tlp: Tlp) -> Option<&'static str> {
        match (self, tlp) {
            (Self::V2_0, Tlp::Clear) => Some("WHITE"),
            (Self::V2_0, Tlp::AmberStrict) => None,
            (_, tlp) => Some(tlp.word()),
        }
    }
}

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    pub name: String,
    /// A web address that nobody else uses; together with a number it is unique in the world.
    pub namespace: String,
    /// How to reach a person.
    pub contact: String,
}

/// Words of a language: the sentence called by a key, with its values.
pub type Say<'a> = &'a dyn Fn(&str, &[(&'static str, &str)]) -> String;

/// All that a document is made of.
#[derive(Clone, Copy)]
pub struct Issue<'a> {
    pub advisory: &'a Advisory,
    pub publisher: &'a Publisher,
    pub language: Language,
    /// Where the document will stand.
    pub address: &'a str,
    /// When it was taken back, if it was.
    pub withdrawn_at: Option<Timestamp>,
    /// Scores that others gave to its vulnerabilities.
    pub scores: &'a [Score],
    pub say: Say<'a>,
}

/// Why an advisory cannot be a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    #[error("nothing was released")]
    NothingReleased,
    #[error("it carries no label, and so it is for nobody in particular")]
    NoLabel,
    #[error("CSAF {edition} has no word for TLP:{tlp}", edition = .0.word(), tlp = .1.word())]
    NoWordForLabel(Edition, Tlp),
    #[error("it names no product")]
    NoProduct,
}

/// The number of an advisory in the world: its own, behind the name of the publisher where it does not say it.
pub fn tracking_id(publisher: &str, number: &str) -> String {
    let letters = |text: &str| -> String {
        text.chars().filter(|it| it.is_alphanumeric()).collect::<String>().to_uppercase()
    };
    let short = publisher.split(['(', ',']).next().unwrap_or(publisher).trim();
    let number = number.trim();
    match letters(number).starts_with(&letters(short)) {
        true => number.to_owned(),
        false => format!("{}-{number}", short.to_uppercase().replace(' ', "-")),
    }
}

/// Writes the document: JSON with sorted keys, indented by two, and a line break at its end.
///
/// # Errors
/// [`Unwritable`], when the standard has no way to say it.
pub fn write(issue: &Issue<'_>, edition: Edition) -> Result<Vec<u8>, Unwritable> {
    let current = issue.advisory.current().ok_or(Unwritable::NothingReleased)?;
    let content = &current.content;
    let tlp = content.tlp.ok_or(Unwritable::NoLabel)?;
    let label = edition.label(tlp).ok_or(Unwritable::NoWordForLabel(edition, tlp))?;
    let writer = Writer { issue, edition, current, content, leaves: leaves(content) };
    let withdrawn = issue.withdrawn_at.is_some() && edition == Edition::V2_1;
    if writer.leaves.is_empty() && !withdrawn {
        return Err(Unwritable::NoProduct);
    }
    let mut document = Map::new();
    if edition == Edition::V2_1 {
        let schema = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json";
        document.insert("$schema".into(), json!(schema));
    }
    document.insert("document".into(), writer.document(label, withdrawn));
    if !withdrawn {
        document.insert("product_tree".into(), writer.product_tree());
        document.insert("vulnerabilities".into(), writer.vulnerabilities().into());
    }
    let mut bytes = serde_json::to_vec_pretty(&sorted(Value::Object(document))).unwrap_or_default();
    bytes.push(b'\n');
    Ok(bytes)
}

/// The same with its keys in order, whatever else in the program wants of the JSON library.
pub(super) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// One range of one product: what a status is said of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Leaf {
    id: String,
    name: Name,
    range: Range,
    status: Status,
}

/// The leaves of the tree, in the order of the lines. A range that two lines judge is what the worse one says.
fn leaves(content: &Content) -> Vec<Leaf> {
    let mut leaves: Vec<Leaf> = Vec::new();
    for line in content.products.iter().filter(|line| !line.name.says_nothing()) {
        let none = [Range::Unknown];
        let ranges = if line.ranges.is_empty() { &none[..] } else { &line.ranges[..] };
        for range in ranges {
            match leaves.iter_mut().find(|leaf| leaf.name == line.name && leaf.range == *range) {
                Some(known) => known.status = known.status.min(line.status),
                None => {
                    let id = format!("CSAFPID-{:04}", leaves.len().saturating_add(1));
                    leaves.push(Leaf {
                        id,
                        name: line.name.clone(),
                        range: range.clone(),
                        status: line.status,
                    });
                }
            }
        }
    }
    leaves
}

/// How the branch of a range is called: its category and its name.
fn branch_of(range: &Range) -> (&'static str, String) {
    let specifier = |constraints: &str| ("product_version_range", format!("vers:generic/{constraints}"));
    match range {
        Range::Any => ("product_version_range", "vers:all/*".to_owned()),
        Range::Unknown => ("product_version_range", "vers:unknown/*".to_owned()),
        Range::Exactly(version) => {
            let is_plain = vers::ranges(version.as_str()).ranges == [range.clone()]
                && version.as_str().chars().all(|it| it.is_ascii_alphanumeric() || ".-_".contains(it));
            match is_plain {
                true => ("product_version", version.as_str().to_owned()),
                false => specifier(&encoded(version.as_str())),
            }
        }
        Range::Train(version) => match next(version) {
            Some(end) => specifier(&format!(">={}|<{}", encoded(version.as_str()), encoded(&end))),
            None => ("product_version_range", format!("{version}.x")),
        },
        Range::Between { from, to } => {
            let bound = |bound: &Option<Bound>, with: &str, without: &str| {
                let bound = bound.as_ref()?;
                Some(format!(
                    "{}{}",
                    if bound.inclusive { with } else { without },
                    encoded(bound.version.as_str())
                ))
            };
            let bounds: Vec<String> =
                [bound(from, ">=", ">"), bound(to, "<=", "<")].into_iter().flatten().collect();
            match bounds.is_empty() {
                true => ("product_version_range", "vers:all/*".to_owned()),
                false => specifier(&bounds.join("|")),
            }
        }
    }
}

/// Where a train ends: `12.2` for `12.1`, since every build of it is above the one and below the other.
fn next(train: &Version) -> Option<String> {
    let written = train.as_str();
    let end = written.trim_end_matches(|it: char| it.is_ascii_digit());
    let last: u64 = written.get(end.len()..)?.parse().ok()?;
    Some(format!("{end}{}", last.checked_add(1)?))
}

/// Percent-encoded, as a version inside `vers:` must be.
fn encoded(version: &str) -> String {
    let mut out = String::new();
    for byte in version.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'+' | b'~' => {
                out.push(char::from(byte))
            }
            other => out += &format!("%{other:02X}"),
        }
    }
    out
}

/// What finds a product in an inventory.
fn helper(line: &AffectedProduct, edition: Edition) -> Option<Value> {
    let mut helper = Map::new();
    let mut packages = Vec::new();
    let mut orders = Vec::new();
    for mark in &line.marks {
        match mark {
            Mark::Cpe(name) => {
                helper.entry("cpe").or_insert(json!(format!("cpe:2.3:{name}:*:*:*:*:*:*:*:*")));
            }
            Mark::Package(name) => packages.push(format!("pkg:{name}")),
            Mark::Order(number) => orders.push(number.clone()),
        }
    }
    match (edition, packages.first()) {
        (_, None) => {}
        (Edition::V2_0, Some(first)) => drop(helper.insert("purl".into(), json!(first))),
        (Edition::V2_1, Some(_)) => drop(helper.insert("purls".into(), json!(packages))),
    }
    if !orders.is_empty() {
        helper.insert("model_numbers".into(), json!(orders));
    }
    (!helper.is_empty()).then_some(Value::Object(helper))
}

/// One document on its way.
struct Writer<'a> {
    issue: &'a Issue<'a>,
    edition: Edition,
    current: &'a Revision,
    content: &'a Content,
    leaves: Vec<Leaf>,
}

impl Writer<'_> {
    fn say(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        (self.issue.say)(key, values)
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.for_reader(self.issue.language).trim()
    }

    fn document(&self, label: &str, withdrawn: bool) -> Value {
        let (issue, content) = (self.issue, self.content);
        let category = match (withdrawn, content.only_exempts()) {
            (true, _) => "csaf_withdrawn",
            (false, false) => "csaf_security_advisory",
            // What is so of single products, each that is not affected with its reason.
            (false, true) => "csaf_vex",
        };
        let mut document = json!({
            "category": category,
            "csaf_version": self.edition.word(),
            "distribution": { "tlp": { "label": label, "url": "https://www.first.org/tlp/" } },
            "lang": issue.language.tag(),
            "notes": self.notes(withdrawn),
            "publisher": {
                "category": "coordinator",
                "name": issue.publisher.name,
                "namespace": issue.publisher.namespace,
            },
            "references": self.references(),
            "title": self.title(),
            "tracking": self.tracking(),
        });
        let severity = format!("{:?}", content.severity());
        put(
            &mut document,
            "aggregate_severity",
            json!({
                "namespace": issue.publisher.namespace,
                "text": severity,
            }),
        );
        match self.edition {
            Edition::V2_0 => {
                if let Some(inner) = document.get_mut("publisher") {
                    put(inner, "contact_details", json!(issue.publisher.contact))
                }
            }
            // Drafts of 2.1 differ on the name of the contact, and none of them asks for it.
            Edition::V2_1 => put(&mut document, "license_expression", json!("CC0-1.0")),
        }
        document
    }

    fn title(&self) -> String {
        let title = self.text(&self.content.title);
        if title.is_empty() { self.issue.advisory.number.clone() } else { title.to_owned() }
    }

    fn notes(&self, withdrawn: bool) -> Vec<Value> {
        let mut notes = Vec::new();
        let mut add = |category: &str, title: String, text: &str| {
            if !text.trim().is_empty() {
                notes.push(json!({ "category": category, "title": title, "text": text.trim() }));
            }
        };
        let content = self.content;
        if withdrawn || self.issue.withdrawn_at.is_some() {
            let title = match (withdrawn, self.issue.language) {
                // CSAF 2.1, 4.7.1 names the title in English; in other languages a note carries it translated.
                (true, Language::En) => "Reasoning for Withdrawal".to_owned(),
                _ => self.say("csaf-withdrawn-title", &[]),
            };
            add("description", title, &self.say("csaf-withdrawn", &[]));
            if withdrawn {
                return notes;
            }
        }
        let summary = match self.text(&content.summary) {
            "" => self.text(&content.title),
            summary => summary,
        };
        add("summary", self.say("csaf-note-summary", &[]), summary);
        add("general", self.say("csaf-note-consequence", &[]), self.text(&content.consequence));
        for axis in content.severity.iter().flat_map(|judged| judged.computed.axes.iter().zip(&judged.levels))
        {
            let (axis, level) = axis;
            // As NCSC-NL calls them, in every language: programs look for these words.
            let title = match axis.axis.as_str() {
                "chance" | "probability" => "Kans".to_owned(),
                "damage" => "Schade".to_owned(),
                other => other.to_owned(),
            };
            add("general", title, &format!("{level:?}").to_lowercase());
        }
        if let Some(reason) = content.severity.as_ref().and_then(|judged| judged.reason.as_deref()) {
            add("general", self.say("csaf-note-deviation", &[]), reason);
        }
        for score in self.issue.scores {
            let base = score.base.as_deref().unwrap_or("?");
            let values = [
                ("by", score.asserted_by.as_str()),
                ("version", score.version.as_str()),
                ("base", base),
                ("vector", score.vector.as_str()),
                ("vulnerability", score.vulnerability.as_str()),
            ];
            add("other", format!("CVSS, {}", score.asserted_by), &self.say("csaf-note-score", &values));
        }
        for measure in content.measures.iter().filter(|it| it.reliability == Reliability::Revoked) {
            let revoked = self.say("csaf-measure-revoked", &[("measure", self.text(&measure.title))]);
            add("general", self.say("csaf-note-revoked", &[]), &revoked);
        }
        for paragraph in &content.restricted {
            add("details", format!("TLP:{}", paragraph.tlp.word()), self.text(&paragraph.text));
        }
        notes
    }

    fn references(&self) -> Vec<Value> {
        let own = json!({
            "category": "self",
            "summary": self.say("csaf-reference-self", &[]),
            "url": self.issue.address,
        });
        let others = self
            .content
            .references
            .iter()
            .filter(|url| is_web(url) && !url.contains(' '))
            .map(|url| json!({ "category": "external", "summary": url, "url": url }));
        std::iter::once(own).chain(others).collect()
    }

    fn tracking(&self) -> Value {
        let revisions = &self.issue.advisory.revisions;
        let mut history: Vec<Value> = revisions
            .iter()
            .enumerate()
            .map(|(place, revision)| {
                json!({
                    "date": instant(revision.released_at),
                    "legacy_version": revision.number.to_string(),
                    "number": place.saturating_add(1).to_string(),
                    "summary": self.why(revision),
                })
            })
            .collect();
        let mut changed_at = self.current.released_at;
        if let Some(at) = self.issue.withdrawn_at {
            changed_at = changed_at.max(at);
            history.push(json!({
                "date": instant(changed_at),
                "number": history.len().saturating_add(1).to_string(),
                "summary": self.say("csaf-withdrawn-title", &[]),
            }));
        }
        let first = revisions.first().unwrap_or(self.current);
        json!({
            "current_release_date": instant(changed_at),
            "generator": {
                "date": instant(changed_at),
                "engine": { "name": "Dijkwacht", "version": env!("CARGO_PKG_VERSION") },
            },
            "id": tracking_id(&self.issue.publisher.name, &self.issue.advisory.number),
            "initial_release_date": instant(first.released_at),
            "version": history.len().to_string(),
            "revision_history": history,
            "status": "final",
        })
    }

    /// Why a revision was made.
    fn why(&self, revision: &Revision) -> String {
        if let Some(reason) = revision.content.reason.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            return reason.to_owned();
        }
        if revision.kinds.is_empty() {
            return self.say("csaf-revision-first", &[]);
        }
        let word = |kind| {
            let word = serde_json::to_value(kind).unwrap_or_default();
            word.as_str().unwrap_or_default().replace('_', "-")
        };
        let kinds: Vec<String> = revision
            .kinds
            .iter()
            .map(|kind| self.say(&format!("csaf-revision-{}", word(kind)), &[]))
            .collect();
        kinds.join(" ")
    }

    fn product_tree(&self) -> Value {
        // Vendors and products in the order in which they come first.
        let mut vendors: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
        for leaf in &self.leaves {
            let vendor = leaf.name.vendor.as_deref();
            let place = vendors.iter().position(|(known, _)| *known == vendor).unwrap_or_else(|| {
                vendors.push((vendor, Vec::new()));
                vendors.len().saturating_sub(1)
            });
            if let Some((_, products)) = vendors.get_mut(place)
                && !products.contains(&leaf.name.product.as_str())
            {
                products.push(&leaf.name.product);
            }
        }
        let mut branches = Vec::new();
        for (vendor, products) in vendors {
            let products: Vec<Value> = products.iter().map(|product| self.product(vendor, product)).collect();
            match vendor {
                Some(vendor) => {
                    branches.push(json!({ "category": "vendor", "name": vendor, "branches": products }));
                }
                None => branches.extend(products),
            }
        }
        json!({ "branches": branches })
    }

    fn product(&self, vendor: Option<&str>, product: &str) -> Value {
        let of = |leaf: &&Leaf| leaf.name.vendor.as_deref() == vendor && leaf.name.product == product;
        let leaves: Vec<&Leaf> = self.leaves.iter().filter(of).collect();
        if let [only] = leaves[..]
            && only.range == Range::Any
        {
            return json!({ "category": "product_name", "name": product, "product": self.leaf(only) });
        }
        let versions: Vec<Value> = leaves
            .iter()
            .map(|leaf| {
                let (category, name) = branch_of(&leaf.range);
                json!({ "category": category, "name": name, "product": self.leaf(leaf) })
            })
            .collect();
        json!({ "category": "product_name", "name": product, "branches": versions })
    }

    fn leaf(&self, leaf: &Leaf) -> Value {
        let written = match &leaf.range {
            Range::Any => leaf.name.to_string(),
            Range::Unknown => format!("{} ({})", leaf.name, self.say("csaf-versions-unknown", &[])),
            range => format!("{} {range}", leaf.name),
        };
        let mut product = json!({ "name": written, "product_id": leaf.id });
        let line = self.content.products.iter().find(|line| line.name == leaf.name);
        if let Some(helper) = line.and_then(|line| helper(line, self.edition)) {
            put(&mut product, "product_identification_helper", helper);
        }
        product
    }

    fn ids(&self, wanted: impl Fn(&Leaf) -> bool) -> Vec<&str> {
        self.leaves.iter().filter(|leaf| wanted(leaf)).map(|leaf| leaf.id.as_str()).collect()
    }

    fn vulnerabilities(&self) -> Vec<Value> {
        let own = tracking_id(&self.issue.publisher.name, &self.issue.advisory.number);
        let names: BTreeSet<&str> = match self.content.vulnerabilities.is_empty() {
            true => BTreeSet::from([own.as_str()]),
            false => self.content.vulnerabilities.iter().map(String::as_str).collect(),
        };
        names.into_iter().map(|name| self.vulnerability(name)).collect()
    }

    fn vulnerability(&self, name: &str) -> Value {
        let mut status = Map::new();
        for (key, of) in [
            ("fixed", Status::Fixed),
            ("known_affected", Status::Affected),
            ("known_not_affected", Status::NotAffected),
            ("under_investigation", Status::UnderInvestigation),
        ] {
            let ids = self.ids(|leaf| leaf.status == of);
            if !ids.is_empty() {
                status.insert(key.into(), json!(ids));
            }
        }
        let consequence = self.text(&self.content.consequence);
        let about = if consequence.is_empty() { self.title() } else { consequence.to_owned() };
        let mut vulnerability = json!({
            "notes": [{ "category": "description", "title": self.say("csaf-note-description", &[]), "text": about }],
            "product_status": status,
        });
        if is_cve(name) {
            put(&mut vulnerability, "cve", json!(name));
        } else {
            let system = self.issue.publisher.namespace.as_str();
            put(&mut vulnerability, "ids", json!([{ "system_name": system, "text": name }]));
        }
        let remediations = self.remediations();
        if !remediations.is_empty() {
            put(&mut vulnerability, "remediations", json!(remediations));
        }
        let (threats, flags) = self.threats();
        if !threats.is_empty() {
            put(&mut vulnerability, "threats", json!(threats));
        }
        if !flags.is_empty() {
            put(&mut vulnerability, "flags", json!(flags));
        }
        self.scores(name, &mut vulnerability);
        vulnerability
    }

    /// What is said about attackers and, of products that are not affected, why not.
    fn threats(&self) -> (Vec<Value>, Vec<Value>) {
        let (mut threats, mut flags) = (Vec::new(), Vec::new());
        if self.content.exploited {
            let details = format!("Exploited: yes. {}", self.say("csaf-exploited", &[]));
            threats.push(json!({ "category": "exploit_status", "details": details }));
        }
        for Exemption { name, why, words } in &self.content.exemptions {
            let ids = self.ids(|leaf| leaf.status == Status::NotAffected && leaf.name == *name);
            if ids.is_empty() {
                continue;
            }
            flags.push(json!({ "label": why.word(), "product_ids": ids }));
            let words = self.text(words);
            if !words.is_empty() {
                threats.push(json!({ "category": "impact", "details": words, "product_ids": ids }));
            }
        }
        (threats, flags)
    }

    /// Scores of CVSS 3, and in 2.1 of 4.0, in the place where programs look for them.
    fn scores(&self, name: &str, vulnerability: &mut Value) {
        let ids = self.ids(|leaf| matches!(leaf.status, Status::Affected | Status::UnderInvestigation));
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for score in self.issue.scores.iter().filter(|score| score.vulnerability == name) {
            let key = match (score.version.as_str(), self.edition) {
                ("3.0" | "3.1", _) => "cvss_v3",
                ("4.0", Edition::V2_1) => "cvss_v4",
                _ => continue,
            };
            // A product has one score of each kind (6.1.7); the others stand in the notes.
            let Some(scored) = cvss(score).filter(|_| !ids.is_empty() && seen.insert(key)) else { continue };
            found.push(match self.edition {
                Edition::V2_0 => json!({ key: scored, "products": ids }),
                Edition::V2_1 => json!({ "content": { key: scored }, "products": ids }),
            });
        }
        if !found.is_empty() {
            let place = if self.edition == Edition::V2_0 { "scores" } else { "metrics" };
            vulnerability[place] = json!(found);
        }
    }

    fn remediations(&self) -> Vec<Value> {
        let concerned = |leaf: &Leaf| matches!(leaf.status, Status::Affected | Status::UnderInvestigation);
        let mut remediations = Vec::new();
        let mut helped: BTreeSet<&str> = BTreeSet::new();
        for measure in self.content.measures.iter().filter(|it| it.reliability != Reliability::Revoked) {
            let meant =
                |leaf: &Leaf| measure.applies_to.is_empty() || measure.applies_to.contains(&leaf.range);
            let fails = |leaf: &Leaf| measure.fails_for.contains(&leaf.range);
            let mut ids = self.ids(|leaf| concerned(leaf) && meant(leaf) && !fails(leaf));
            if ids.is_empty() {
                // Meant for versions that are no leaf of their own: the text says for which.
                ids = self.ids(|leaf| concerned(leaf) && !fails(leaf));
            }
            if ids.is_empty() {
                continue;
            }
            helped.extend(&ids);
            remediations.push(json!({
                "category": category(measure.kind),
                "details": self.details(measure),
                "product_ids": ids,
            }));
        }
        let without = self.ids(|leaf| concerned(leaf) && !helped.contains(leaf.id.as_str()));
        if !without.is_empty() {
            let details = self.say("csaf-measure-none", &[]);
            remediations
                .push(json!({ "category": "none_available", "details": details, "product_ids": without }));
        }
        remediations
    }

    /// What to do, in lines: the title, how far it can be trusted, its steps, and what it costs.
    fn details(&self, measure: &Measure) -> String {
        let title = self.text(&measure.title);
        let mut lines = vec![title.to_owned()];
        match measure.reliability {
            Reliability::Doubtful => lines.push(self.say("csaf-measure-doubtful", &[])),
            Reliability::Superseded => lines.push(self.say("csaf-measure-superseded", &[])),
            Reliability::Proposed | Reliability::Recommended | Reliability::Revoked => {}
        }
        let steps = measure.steps.iter().map(|step| self.text(step)).filter(|step| !step.is_empty());
        lines.extend(steps.enumerate().map(|(place, step)| format!("{}. {step}", place.saturating_add(1))));
        let listed = |ranges: &[Range]| ranges.iter().map(Range::to_string).collect::<Vec<_>>().join("; ");
        if !measure.applies_to.is_empty() {
            lines.push(self.say("csaf-measure-for", &[("versions", &listed(&measure.applies_to))]));
        }
        if !measure.fails_for.is_empty() {
            lines.push(self.say("csaf-measure-not-for", &[("versions", &listed(&measure.fails_for))]));
        }
        if let Some(minutes) = measure.minutes {
            lines.push(self.say("csaf-measure-minutes", &[("minutes", &minutes.to_string())]));
        }
        for (key, text) in
            [("csaf-measure-condition", &measure.condition), ("csaf-measure-effects", &measure.side_effects)]
        {
            let text = self.text(text);
            if !text.is_empty() {
                lines.push(self.say(key, &[("text", text)]));
            }
        }
        match measure.care_impact {
            domain::measure::CareImpact::None => {}
            domain::measure::CareImpact::Hindered => lines.push(self.say("csaf-measure-care-hindered", &[])),
            domain::measure::CareImpact::Endangered => {
                lines.push(self.say("csaf-measure-care-endangered", &[]))
            }
        }
        lines.retain(|line| !line.trim().is_empty());
        lines.join("\n")
    }
}

/// The category of a measure, as CSAF 2.0, 3.2.3.12.1 has them: a fix of the vendor, a way around, or what lessens it.
fn category(kind: Kind) -> &'static str {
    match kind {
        Kind::Patch => "vendor_fix",
        Kind::Workaround => "workaround",
        Kind::Config
        | Kind::SwitchOff
        | Kind::Isolate
        | Kind::Replace
        | Kind::Monitor
        | Kind::RotateSecrets
        | Kind::Investigate => "mitigation",
    }
}

/// A score in the form of the CVSS schemas. `None` when its vector cannot be read.
fn cvss(score: &Score) -> Option<Value> {
    let computed = crate::cvss::scores(&score.vector).ok().filter(|it| it.version == score.version)?;
    let computed = serde_json::to_value(computed).ok()?;
    let severity = computed.get("severity")?.as_str()?.to_uppercase();
    Some(json!({
        "baseScore": computed.get("base")?,
        "baseSeverity": severity,
        "vectorString": score.vector,
        "version": score.version,
    }))
}

fn is_cve(name: &str) -> bool {
    let digits =
        |text: &str, at_least: usize| text.len() >= at_least && text.bytes().all(|it| it.is_ascii_digit());
    name.strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(year, number)| year.len() == 4 && digits(year, 4) && digits(number, 4))
}

/// In whole seconds of UTC: what programs of every kind read.
pub(super) fn instant(at: Timestamp) -> String {
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    whole.to_string()
}

/// Sets one field of an object; what is no object has none.
pub(super) fn put(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::advisory::{Justification, Paragraph, RevisionKind, RevisionNumber, State};
    use domain::ids::{AdvisoryId, MeasureId};
    use domain::measure::CareImpact;
    use domain::severity::{Answers, Assessment, Judged, Judgement, Level, Severity};
    use uuid::Uuid;

    use super::*;
    use crate::Limits;
    use crate::csaf::{Severity as Weight, read_within, validate};

    fn measure(number: u128, kind: Kind, title: &str, reliability: Reliability) -> Measure {
        Measure {
            id: MeasureId(Uuid::from_u128(number)),
            kind,
            title: title.into(),
            steps: vec!["Log in.".into(), "Switch it on.".into()],
            applies_to: vec![],
            fails_for: vec![],
            minutes: Some(15),
            side_effects: "Users log in again.".into(),
            care_impact: CareImpact::Hindered,
            condition: Text::default(),
            provable_by: BTreeSet::new(),
            check: Text::default(),
            reliability,
        }
    }

    fn judged(level: Level) -> Judgement {
        let axis = |name: &str| Judged { axis: name.into(), points: 28, level, next: None };
        let axes = vec![axis("chance"), axis("damage")];
        let computed = Assessment { scheme: "test".into(), severity: Severity::Critical, axes };
        Judgement {
            answers: Answers::new(),
            computed,
            levels: vec![level, level],
            severity: Severity::Critical,
            reason: None,
        }
    }

    fn content() -> Content {
        let line = |product: &str, ranges: Vec<Range>, status| {
            AffectedProduct::new(Name::new("Polderweb", product), ranges, status)
        };
        let exactly = |version: &str| Range::Exactly(Version::new(version));
        let mut gateway = line(
            "Gateway",
            vec![Range::Train(Version::new("12.1")), exactly("12.1-50.28"), exactly("13.0 Build 47.24")],
            Status::Affected,
        );
        gateway.marks.extend(Mark::of_cpe("cpe:2.3:a:polderweb:gateway:*:*:*:*:*:*:*:*"));
        Content {
            title: Text::both("Lek in Gateway", "Hole in Gateway"),
            summary: Text::both("Er is een lek.", "There is a hole."),
            consequence: Text::both("Iemand kan binnenkomen.", "Somebody can come in."),
            tlp: Some(Tlp::Clear),
            vulnerabilities: ["CVE-2019-19781".to_owned(), "VU-619785".to_owned()].into(),
            products: vec![
                gateway,
                line("Gateway", vec![Range::until("10.5", "11.1")], Status::UnderInvestigation),
                line("Portal", vec![Range::Any], Status::Affected),
                line("Library", vec![Range::until("2.0", "2.4.1")], Status::Affected),
                line("Library", vec![exactly("2.4.1")], Status::Fixed),
                line("Cabinet", vec![Range::Unknown, Range::Any], Status::NotAffected),
            ],
            measures: vec![
                Measure {
                    fails_for: vec![exactly("12.1-50.28")],
                    ..measure(1, Kind::Workaround, "Switch on the rule.", Reliability::Doubtful)
                },
                measure(2, Kind::Config, "Close the port.", Reliability::Revoked),
                measure(3, Kind::Patch, "Update to 13.0-58.30.", Reliability::Recommended),
            ],
            severity: Some(judged(Level::High)),
            exploited: true,
            references: vec!["https://support.polderweb.example/267027".into()],
            ..Content::default()
        }
    }

    fn advisory(content: Content) -> Advisory {
        let at = |day: &str| day.parse().unwrap();
        let first = Content { exploited: false, ..content.clone() };
        Advisory {
            id: AdvisoryId(Uuid::nil()),
            publisher: "poldercert".into(),
            number: "2019-0979".into(),
            state: State::Published,
            revisions: vec![
                Revision {
                    number: RevisionNumber::FIRST,
                    kinds: BTreeSet::new(),
                    released_at: at("2019-12-18T12:00:00.123456Z"),
                    content: first,
                },
                Revision {
                    number: RevisionNumber(101),
                    kinds: [RevisionKind::LevelUp, RevisionKind::MeasureDoubtful].into(),
                    released_at: at("2020-01-16T18:00:00Z"),
                    content,
                },
            ],
        }
    }

    fn publisher() -> Publisher {
        Publisher {
            name: "poldercert".into(),
            namespace: "https://poldercert.example".into(),
            contact: "warnings@poldercert.example".into(),
        }
    }

    /// A sentence as its key, with its values.
    fn key(key: &str, values: &[(&'static str, &str)]) -> String {
        let values: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
        format!("{key} {}", values.join(", ")).trim().to_owned()
    }

    fn written(
        advisory: &Advisory,
        edition: Edition,
        change: impl Fn(&mut Issue<'_>),
    ) -> Result<String, Unwritable> {
        let publisher = publisher();
        let mut issue = Issue {
            advisory,
            publisher: &publisher,
            language: Language::En,
            address: "https://poldercert.example/csaf/clear/2019/poldercert-2019-0979.json",
            withdrawn_at: None,
            scores: &[],
            say: &key,
        };
        change(&mut issue);
        write(&issue, edition).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// What the numbered tests say: all of them, but for those that a label of a test cannot help.
    fn findings(text: &str, severity: Weight) -> Vec<String> {
        let findings = validate(text.as_bytes()).unwrap();
        findings
            .iter()
            .filter(|it| it.severity == severity)
            .map(|it| format!("{} {} {}", it.test, it.path, it.message))
            .collect()
    }

    #[test]
    fn what_is_written_is_valid_in_both_editions() {
        let cvss = |version: &str, vector: &str| Score {
            vulnerability: "CVE-2019-19781".into(),
            vector: vector.into(),
            version: version.into(),
            base: Some("9.8".into()),
            asserted_by: "Dijkwachters".into(),
        };
        let scores = [
            cvss("3.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            cvss("2.0", "AV:N/AC:L/Au:N/C:P/I:P/A:P"),
            cvss("3.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:L"),
        ];
        for edition in Edition::ALL {
            let of = advisory(content());
            let text = written(&of, edition, |_| {}).unwrap();
            assert_eq!(findings(&text, Weight::Error), [""; 0], "{edition:?}");
            assert_eq!(written(&of, edition, |_| {}).unwrap(), text, "the same bytes");
            let publisher = publisher();
            let issue = Issue {
                advisory: &of,
                publisher: &publisher,
                language: Language::Nl,
                address: "https://poldercert.example/csaf/clear/2019/poldercert-2019-0979.json",
                withdrawn_at: None,
                scores: &scores,
                say: &key,
            };
            let scored = String::from_utf8(write(&issue, edition).unwrap()).unwrap();
            assert_eq!(findings(&scored, Weight::Error), [""; 0], "{edition:?}");
            let kept = scored.matches("\"baseScore\": 9.8").count();
            assert_eq!(kept, 1, "one score of each kind in its place, the others in notes");
            assert_eq!(scored.matches("CVSS, Dijkwachters").count(), 3);
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        for edition in Edition::ALL {
            let text = written(&advisory(content()), edition, |_| {}).unwrap();
            let read = read_within(text.as_bytes(), Limits::default()).unwrap();
            assert_eq!(read.complaints, [], "{edition:?}");
            let paper = read.it;
            assert_eq!(paper.advisory.number, "POLDERCERT-2019-0979");
            assert_eq!(paper.advisory.revision.number, "2");
            assert_eq!((paper.chance.as_deref(), paper.damage.as_deref()), (Some("high"), Some("high")));
            let (back, own) = (paper.advisory.content, content());
            assert_eq!(back.title.for_reader(Language::En), own.title.for_reader(Language::En));
            assert_eq!(back.summary.for_reader(Language::En), own.summary.for_reader(Language::En));
            assert_eq!((back.tlp, back.exploited), (own.tlp, own.exploited));
            assert_eq!(back.vulnerabilities, own.vulnerabilities);
            assert!(own.references.iter().all(|url| back.references.contains(url)));
            // A train is written as what lies between its beginning and the next one.
            let lines = |content: &Content| -> BTreeSet<String> {
                let each = content.products.iter().flat_map(|line| {
                    let ranges = line.ranges.iter().map(|range| match range {
                        Range::Train(train) => Range::until(train.as_str(), &next(train).unwrap()),
                        range => range.clone(),
                    });
                    ranges.map(|range| format!("{:?} {} {range}", line.status, line.name)).collect::<Vec<_>>()
                });
                each.collect()
            };
            assert_eq!(lines(&back), lines(&own), "{edition:?}");
            let marks = back.products.iter().find(|line| line.name.product == "Gateway").unwrap();
            assert_eq!(marks.marks, own.products[0].marks);
            let titles: Vec<&str> =
                back.measures.iter().map(|it| it.title.for_reader(Language::En)).collect();
            assert_eq!(titles, ["Switch on the rule.", "Update to 13.0-58.30."]);
        }
    }

    #[test]
    fn a_revoked_measure_is_a_note_and_no_remedy() {
        let mut content = content();
        content.measures.truncate(2);
        content.measures[0].reliability = Reliability::Revoked;
        let text = written(&advisory(content), Edition::V2_0, |_| {}).unwrap();
        assert_eq!(findings(&text, Weight::Error), [""; 0]);
        let document: Value = serde_json::from_str(&text).unwrap();
        let remedies = document["vulnerabilities"][0]["remediations"].as_array().unwrap();
        assert_eq!(remedies.len(), 1);
        assert_eq!(remedies[0]["category"], "none_available");
        assert!(text.contains("csaf-measure-revoked Switch on the rule."));
    }

    #[test]
    fn one_build_for_which_a_measure_fails_is_not_told_to_use_it() {
        let text = written(&advisory(content()), Edition::V2_0, |_| {}).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let remedies = document["vulnerabilities"][0]["remediations"].as_array().unwrap();
        let of = |category: &str| {
            let found = remedies.iter().find(|it| it["category"] == category).unwrap();
            found["product_ids"].as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>()
        };
        assert!(!of("workaround").contains(&"CSAFPID-0002"));
        assert!(of("vendor_fix").contains(&"CSAFPID-0002"));
    }

    #[test]
    fn a_label_is_never_widened() {
        let strict = advisory(Content { tlp: Some(Tlp::AmberStrict), ..content() });
        let refused = written(&strict, Edition::V2_0, |_| {});
        assert_eq!(refused, Err(Unwritable::NoWordForLabel(Edition::V2_0, Tlp::AmberStrict)));
        assert!(written(&strict, Edition::V2_1, |_| {}).unwrap().contains("\"AMBER+STRICT\""));
        let unlabelled = advisory(Content { tlp: None, ..content() });
        assert_eq!(written(&unlabelled, Edition::V2_1, |_| {}), Err(Unwritable::NoLabel));
    }

    #[test]
    fn what_was_taken_back_says_so() {
        let of = advisory(Content {
            restricted: vec![Paragraph { tlp: Tlp::Green, text: "Only for you.".into() }],
            ..content()
        });
        for edition in Edition::ALL {
            let at = "2020-02-01T10:00:00Z".parse().unwrap();
            let text = written(&of, edition, |issue| issue.withdrawn_at = Some(at)).unwrap();
            assert_eq!(findings(&text, Weight::Error), [""; 0], "{edition:?}");
            assert!(text.contains("csaf-withdrawn"));
            assert!(text.contains("\"version\": \"3\""));
        }
    }

    #[test]
    fn a_product_that_is_not_affected_says_why() {
        let name = Name::new("Polderweb", "Cabinet");
        let reason = Text::both("De bibliotheek zit er niet in.", "The library is not in it.");
        let exemption =
            Exemption { name: name.clone(), why: Justification::ComponentNotPresent, words: reason };
        let line = AffectedProduct::new(name, vec![Range::Exactly(Version::new("1.4"))], Status::NotAffected);
        let of = advisory(Content {
            products: vec![line],
            measures: vec![],
            exploited: false,
            exemptions: vec![exemption],
            ..content()
        });
        let publisher = publisher();
        for edition in Edition::ALL {
            let issue = Issue {
                advisory: &of,
                publisher: &publisher,
                language: Language::En,
                address: "https://poldercert.example/csaf/clear/2019/poldercert-2019-0979.json",
                withdrawn_at: None,
                scores: &[],
                say: &key,
            };
            let text = String::from_utf8(write(&issue, edition).unwrap()).unwrap();
            assert_eq!(findings(&text, Weight::Error), [""; 0], "{edition:?}");
            assert!(text.contains("component_not_present") && text.contains("The library is not in it."));
            assert!(text.contains("\"category\": \"csaf_vex\""), "nothing in it is affected");
            let read = read_within(text.as_bytes(), Limits::default()).unwrap();
            let [read] = &read.it.advisory.content.exemptions[..] else { panic!("one is read again") };
            assert_eq!(
                (read.why, read.words.for_reader(Language::En)),
                (Justification::ComponentNotPresent, "The library is not in it.")
            );
        }
    }

    #[test]
    fn a_number_names_its_publisher_once() {
        let numbers = [
            ("ncsc", "2019-0979"),
            ("ncsc", "NCSC-2019-0979"),
            ("Z-CERT (example)", "2020-0042"),
            ("Z-CERT (example)", "ZCERT-2020-0042"),
        ];
        let written = numbers.map(|(publisher, number)| tracking_id(publisher, number));
        assert_eq!(written, ["NCSC-2019-0979", "NCSC-2019-0979", "Z-CERT-2020-0042", "ZCERT-2020-0042"]);
    }
}
