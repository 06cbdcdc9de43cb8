//! A CSAF document as an advisory in our words.
//!
//! Errors lean to one side only: towards warning. A range that is not understood makes every version
//! possible; a status that two vulnerabilities contradict is the worse one; a product of which only
//! fixed versions are named is possible in all others. What clears somebody is taken at its word, and
//! only where no other vulnerability of the same paper speaks against it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use domain::advisory::{AffectedProduct, Content, Exemption, Justification, Status};
use domain::product::Name;
use domain::text::{Language, Text};
use domain::tlp::Tlp;

use super::products::{Named, Products};
use super::remediations::{Remediations, Remedy};
use super::statuses::{Lines, Statuses};
use crate::json::{self, Complaints, Limits, Node};
use crate::{AdvisoryPaper, Complaint, Read, Revision, Score, Unreadable, Weight, What, Why, words};

/// A CSAF document: the advisory, and what our own words have no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub advisory: AdvisoryPaper,
    /// `2.0` or `2.1`.
    pub version: String,
    /// The profile, such as `csaf_security_advisory` or `csaf_vex`.
    pub category: String,
    /// The publisher's web name space, which together with the number is unique in the world.
    pub namespace: Option<String>,
    /// The publisher's own word for how bad it is.
    pub aggregate_severity: Option<String>,
    /// Chance and damage of a paper of NCSC-NL, in its own words (`high`, `medium`, `low`).
    pub chance: Option<String>,
    pub damage: Option<String>,
    /// Every product of the tree, in its order.
    pub products: Vec<Named>,
    /// What each measure is for. In the order of `content.measures`.
    pub remedies: Vec<Remedy>,
    /// Products for which the paper says in so many words that there is nothing to do yet.
    pub without_remedy: Vec<Name>,
    pub threats: Vec<Threat>,
    /// What is said about products, vulnerability by vulnerability, in the order of the paper. The lines
    /// of the advisory are these together.
    pub statements: Vec<(String, Vec<AffectedProduct>)>,
}

/// What the paper says about attackers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threat {
    pub vulnerability: String,
    /// `exploit_status`, `impact` or `target_set`.
    pub category: String,
    pub details: String,
}

/// Reads a CSAF document of version 2.0 or 2.1.
///
/// # Errors
/// When it is no JSON within the limits, no CSAF, or has neither number nor title.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<Paper>, Unreadable> {
    from_tree(json::parse(bytes, limits)?)
}

/// As [`read_within`], of a document that was parsed already.
pub(crate) fn from_tree(tree: Read<Value>) -> Result<Read<Paper>, Unreadable> {
    of_tree(&tree.it, tree.complaints)
}

/// As [`read_within`], of a tree, with what its parser complained about.
pub(super) fn of_tree(tree: &Value, complaints: Vec<Complaint>) -> Result<Read<Paper>, Unreadable> {
    let mut complaints = Complaints::starting_with(complaints);
    let it = paper(Node::root(tree), &mut complaints)?;
    Ok(Read { it, complaints: complaints.into_list() })
}

fn paper(root: Node<'_, '_>, complaints: &mut Complaints) -> Result<Paper, Unreadable> {
    let missing = |place: &str, what| Unreadable { at: place.into(), why: Why::Missing(what) };
    let document = root.get("document").ok_or_else(|| missing("", "the part \"document\""))?;
    let version = document.line("csaf_version", complaints).unwrap_or_default();
    if !matches!(version.as_str(), "2.0" | "2.1") {
        let why = Why::OtherVersion(format!("CSAF {}", words::clipped(&version, 20)));
        return Err(Unreadable { at: "/document/csaf_version".into(), why });
    }
    let title = document.line("title", complaints);
    let tracking = document.get("tracking");
    let id = tracking.and_then(|tracking| tracking.line("id", complaints));
    if id.is_none() {
        complaints.add(Weight::Doubt, "/document/tracking/id".into(), What::Missing("the number".into()));
    }
    let number = id.or_else(|| title.clone());
    let number = number.ok_or_else(|| missing("/document/tracking/id", "the number of the advisory"))?;
    let (publisher, namespace) = match document.get("publisher") {
        Some(node) => (node.line("name", complaints), node.line("namespace", complaints)),
        None => (None, None),
    };
    if publisher.is_none() {
        let what = What::Missing("the name of the publisher".into());
        complaints.add(Weight::Doubt, "/document/publisher/name".into(), what);
    }
    let publisher = publisher.or_else(|| namespace.clone()).unwrap_or_default();
    let tag = document.line("lang", complaints);
    let language = language(&document, tag.as_deref(), complaints);
    let category = document.line("category", complaints).unwrap_or_default();
    let notes = Notes::of(&document, complaints);
    let products = Products::of(&root, complaints);
    let mut reading = Reading {
        publisher: &publisher,
        number: &number,
        language,
        is_vex: category == "csaf_vex",
        products: &products,
        content: Content::default(),
        referred: BTreeSet::new(),
        scores: BTreeSet::new(),
        threats: Vec::new(),
        impact: None,
        exempt: BTreeMap::new(),
        statements: Vec::new(),
    };
    reading.content.title = Text::only(language, title.unwrap_or_else(|| number.clone()));
    reading.content.tlp = tlp(&document, complaints);
    reading.references(&document, complaints);
    let (remedies, without_remedy) = reading.vulnerabilities(&root, complaints);
    let Reading { mut content, scores, threats, statements, impact, .. } = reading;
    content.summary = notes.summary.map(|text| Text::only(language, text)).unwrap_or_default();
    content.consequence =
        notes.consequence.or(impact).map(|text| Text::only(language, text)).unwrap_or_default();
    if !content.products.iter().any(|line| !line.name.says_nothing()) {
        complaints.add(Weight::Loss, "/product_tree".into(), What::NoProductData);
    }
    let aggregate = document.get("aggregate_severity");
    let aggregate_severity = aggregate.and_then(|node| node.line("text", complaints));
    let advisory = AdvisoryPaper {
        status: status(tracking, &category, complaints),
        revision: revision(tracking, complaints),
        language: tag,
        content,
        scores: scores.into_iter().collect(),
        publisher: publisher.clone(),
        number: number.clone(),
    };
    Ok(Paper {
        advisory,
        version,
        category,
        namespace,
        aggregate_severity,
        chance: notes.chance,
        damage: notes.damage,
        products: products.list,
        remedies,
        without_remedy,
        threats,
        statements,
    })
}

/// The language of the document's text; one that we do not speak is kept under English.
fn language(document: &Node<'_, '_>, tag: Option<&str>, complaints: &mut Complaints) -> Language {
    let Some(tag) = tag else { return Language::En };
    Language::of_tag(tag).unwrap_or_else(|| {
        complaints.add(Weight::Note, document.pointer_to("lang"), What::Language(tag.to_owned()));
        Language::En
    })
}

/// The label. None at all is not CLEAR; an unknown one is RED.
fn tlp(document: &Node<'_, '_>, complaints: &mut Complaints) -> Option<Tlp> {
    let at = "/document/distribution/tlp/label";
    let label = document.get("distribution").and_then(|it| it.get("tlp")?.line("label", complaints));
    let Some(label) = label else {
        complaints.add(Weight::Note, at.into(), What::NoTlp);
        return None;
    };
    let tlp = Tlp::of_word(&label);
    if tlp == Tlp::Red && !label.to_ascii_uppercase().ends_with("RED") {
        complaints.add(Weight::Doubt, at.into(), What::UnknownTlp(label));
    }
    Some(tlp)
}

fn status(tracking: Option<Node<'_, '_>>, category: &str, complaints: &mut Complaints) -> crate::Status {
    match category {
        "csaf_withdrawn" => return crate::Status::Withdrawn,
        "csaf_superseded" => return crate::Status::Superseded,
        _ => {}
    }
    let written = tracking.and_then(|node| node.line("status", complaints));
    match written.as_deref() {
        Some("final") => crate::Status::Final,
        Some("interim") => crate::Status::Interim,
        Some("draft") => crate::Status::Draft,
        other => {
            let what = match other {
                Some(word) => What::UnknownWord(words::clipped(word, 60)),
                None => What::Missing("the status".into()),
            };
            complaints.add(Weight::Doubt, "/document/tracking/status".into(), what);
            crate::Status::Interim
        }
    }
}

fn revision(tracking: Option<Node<'_, '_>>, complaints: &mut Complaints) -> Revision {
    let Some(tracking) = tracking else {
        return Revision { number: String::new(), first_released_at: None, released_at: None, summary: None };
    };
    let number = tracking.line("version", complaints);
    if number.is_none() {
        let what = What::Missing("the version".into());
        complaints.add(Weight::Doubt, tracking.pointer_to("version"), what);
    }
    let number = number.unwrap_or_default();
    let mut summary = None;
    for entry in tracking.list("revision_history", complaints) {
        if entry.line("number", complaints).is_some_and(|it| it == number) {
            summary = entry.lines("summary", complaints);
        }
    }
    Revision {
        first_released_at: tracking.time("initial_release_date", complaints),
        released_at: tracking.time("current_release_date", complaints),
        number,
        summary,
    }
}

/// What the notes of a document say that has a place with us.
#[derive(Default)]
struct Notes {
    summary: Option<String>,
    consequence: Option<String>,
    chance: Option<String>,
    damage: Option<String>,
}

impl Notes {
    /// NCSC-NL writes its matrix and its interpretation as notes with Dutch titles; CISA calls what
    /// can happen "Risk evaluation".
    fn of(document: &Node<'_, '_>, complaints: &mut Complaints) -> Self {
        let mut notes = Self::default();
        let (mut facts, mut description) = (None, None);
        for note in document.list("notes", complaints) {
            let Some(text) = note.lines("text", complaints) else { continue };
            let title = note.line("title", complaints).unwrap_or_default().to_lowercase();
            let category = note.text("category", complaints).unwrap_or_default();
            let place = match (title.as_str(), category) {
                ("kans", _) => &mut notes.chance,
                ("schade", _) => &mut notes.damage,
                ("interpretaties" | "gevolgen" | "risk evaluation" | "impact", _) => &mut notes.consequence,
                ("feiten", _) => &mut facts,
                (_, "summary") => &mut notes.summary,
                (_, "description" | "details") => &mut description,
                _ => continue,
            };
            place.get_or_insert(text);
        }
        notes.summary = notes.summary.or(facts).or(description);
        notes
    }
}

/// A document on its way to becoming content.
struct Reading<'a> {
    publisher: &'a str,
    number: &'a str,
    language: Language,
    is_vex: bool,
    products: &'a Products,
    content: Content,
    /// What stands in the references already.
    referred: BTreeSet<String>,
    scores: BTreeSet<Score>,
    threats: Vec<Threat>,
    /// What can happen to who is affected, as a threat says it.
    impact: Option<String>,
    /// Why products are not affected, by their places: the word, and what people read.
    exempt: BTreeMap<usize, (Option<Justification>, Option<String>)>,
    statements: Vec<(String, Vec<AffectedProduct>)>,
}

impl Reading<'_> {
    fn vulnerabilities(
        &mut self,
        root: &Node<'_, '_>,
        complaints: &mut Complaints,
    ) -> (Vec<Remedy>, Vec<Name>) {
        let mut lines: Vec<Lines> = Vec::new();
        let mut names = Vec::new();
        let mut concerned: BTreeSet<usize> = BTreeSet::new();
        let mut found = Remediations::default();
        let statuses = Statuses { products: self.products, is_vex: self.is_vex };
        for (index, vulnerability) in root.list("vulnerabilities", complaints).enumerate() {
            let name = name_of(&vulnerability, index, complaints);
            lines.push(statuses.of(&vulnerability, &mut concerned, complaints));
            for remediation in vulnerability.list("remediations", complaints) {
                let ids = self.products.named(&remediation, complaints);
                let category = remediation.text("category", complaints).unwrap_or_default();
                match category {
                    "mitigation" | "workaround" | "vendor_fix" => {}
                    "none_available" | "no_fix_planned" | "fix_planned" => {
                        found.give_up(ids);
                        continue;
                    }
                    // A patch for who is not affected is no way out for who is.
                    "optional_patch" => continue,
                    other => {
                        let what = match other {
                            "" => What::Missing("the category".into()),
                            other => What::UnknownWord(words::clipped(other, 60)),
                        };
                        complaints.add(Weight::Loss, remediation.pointer_to("category"), what);
                        continue;
                    }
                }
                found.take(&remediation, category, ids, &name, complaints);
            }
            self.vulnerability(&vulnerability, &name, complaints);
            self.content.vulnerabilities.insert(name.clone());
            names.push(name);
        }
        self.content.products = statuses.merged(&lines, complaints);
        if !lines.is_empty() && lines.iter().all(Lines::is_empty) && !self.products.list.is_empty() {
            complaints.add(Weight::Doubt, "/vulnerabilities".into(), What::NoStatus);
            self.content.products = statuses.all_possible();
            self.statements = names.into_iter().map(|name| (name, self.content.products.clone())).collect();
        } else {
            let marks = self.products.marks();
            let listed = lines.iter().map(|lines| Statuses::listed(lines, &marks));
            self.statements = names.into_iter().zip(listed).collect();
        }
        let (says_hopeless, without) = (found.says_hopeless, found.without(self.products));
        let paper = [self.publisher, self.number];
        let measures = found.measures(paper, self.language, self.products, &concerned);
        self.content.no_measure_known = says_hopeless && measures.is_empty();
        let mut remedies = Vec::new();
        for (measure, remedy) in measures {
            if let Some(url) = remedy.url.as_ref().filter(|url| self.referred.insert((*url).clone())) {
                self.content.references.push(url.clone());
            }
            self.content.measures.push(measure);
            remedies.push(remedy);
        }
        self.content.exemptions = self.exemptions();
        (remedies, without)
    }

    /// Why products that stay clear of the hole do so. Words alone are no reason that a program could use.
    fn exemptions(&mut self) -> Vec<Exemption> {
        let mut found: Vec<Exemption> = Vec::new();
        for (place, (why, words)) in std::mem::take(&mut self.exempt) {
            let (Some(why), Some(product)) = (why, self.products.list.get(place)) else { continue };
            let is_clear = |it: &AffectedProduct| it.name == product.name && it.status == Status::NotAffected;
            if self.content.products.iter().any(is_clear) && !found.iter().any(|it| it.name == product.name) {
                let words = words.map(|text| Text::only(self.language, text)).unwrap_or_default();
                found.push(Exemption { name: product.name.clone(), why, words });
            }
        }
        found
    }

    /// Scores, threats and references of one vulnerability.
    fn vulnerability(&mut self, node: &Node<'_, '_>, name: &str, complaints: &mut Complaints) {
        self.references(node, complaints);
        // A number that is nowhere is said where it decides who is warned.
        let mut unheard = Complaints::starting_with(Vec::new());
        let status = node.get("product_status");
        let clear =
            status.map(|it| self.products.at(&it, "known_not_affected", &mut unheard)).unwrap_or_default();
        for flag in node.list("flags", complaints) {
            let why = flag.line("label", complaints).and_then(|word| Justification::of_word(&word));
            for place in self.products.named(&flag, &mut unheard) {
                let of = self.exempt.entry(place).or_default();
                of.0 = of.0.or(why);
            }
        }
        for threat in node.list("threats", complaints) {
            let category = threat.line("category", complaints).unwrap_or_default();
            let Some(details) = threat.lines("details", complaints) else { continue };
            if category == "impact" {
                let places = self.products.named(&threat, &mut unheard);
                // Why somebody is safe is not what happens to the others.
                if places.is_empty() || !places.iter().all(|place| clear.contains(place)) {
                    self.impact.get_or_insert_with(|| details.clone());
                }
                for place in places {
                    self.exempt.entry(place).or_default().1.get_or_insert_with(|| details.clone());
                }
            }
            if category == "exploit_status" {
                match says_exploited(&details) {
                    Some(exploited) => self.content.exploited |= exploited,
                    None => {
                        let what = What::Exploited(words::clipped(&words::line(&details), 120));
                        threat.complain(Weight::Doubt, what, complaints);
                    }
                }
            }
            self.threats.push(Threat { vulnerability: name.to_owned(), category, details });
        }
        let exploited_at = node.list("first_known_exploitation_dates", complaints).next().is_some();
        self.content.exploited |= exploited_at;
        for score in node.list("scores", complaints) {
            self.score(&score, name, complaints);
        }
        for metric in node.list("metrics", complaints) {
            let Some(content) = metric.get("content") else { continue };
            self.score(&content, name, complaints);
            self.content.exploited |= content.get("ssvc_v2").is_some_and(|it| ssvc_says_active(it.value));
        }
    }

    fn score(&mut self, node: &Node<'_, '_>, name: &str, complaints: &mut Complaints) {
        for key in ["cvss_v2", "cvss_v3", "cvss_v4"] {
            let Some(cvss) = node.get(key) else { continue };
            let Some(vector) = cvss.line("vectorString", complaints) else { continue };
            let version = cvss.line("version", complaints).unwrap_or_default();
            let base = cvss.get("baseScore").map(|it| it.value.to_string());
            let (vulnerability, asserted_by) = (name.to_owned(), self.publisher.to_owned());
            self.scores.insert(Score { vulnerability, vector, version, base, asserted_by });
        }
    }

    fn references(&mut self, node: &Node<'_, '_>, complaints: &mut Complaints) {
        for reference in node.list("references", complaints) {
            let Some(url) = reference.line("url", complaints) else { continue };
            if !is_web(&url) {
                complaints.add(Weight::Note, reference.pointer_to("url"), What::Shape("a web address"));
            } else if self.referred.insert(url.clone()) {
                self.content.references.push(url);
            }
        }
    }
}

/// `CVE-…`, else the first number of another system, else the title, else its place in the paper.
fn name_of(node: &Node<'_, '_>, index: usize, complaints: &mut Complaints) -> String {
    if let Some(cve) = node.line("cve", complaints) {
        return cve.to_ascii_uppercase();
    }
    let ids: Vec<_> = node.list("ids", complaints).collect();
    ids.iter()
        .find_map(|id| id.line("text", complaints))
        .or_else(|| node.line("title", complaints))
        .unwrap_or_else(|| format!("#{}", index.saturating_add(1)))
}

pub(crate) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whether a text about exploits says that somebody uses them. `None` when it is not clear.
fn says_exploited(details: &str) -> Option<bool> {
    let text = details.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["exploited:yes", "exploited: yes", "exploitation detected"]) {
        return Some(true);
    }
    let denies = has(&[
        "exploited:no",
        "exploited: no",
        "not ",
        "no ",
        "none",
        "geen ",
        "niet ",
        "unaware",
        "unlikely",
    ]);
    let claims = has(&[
        "actively exploited",
        "active exploitation",
        "being exploited",
        "has been exploited",
        "have been exploited",
        "in the wild",
        "in-the-wild",
        "known exploited",
        "wordt misbruikt",
        "actief misbruik",
        "misbruik waargenomen",
    ]);
    match (claims, denies) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Whether an SSVC selection list says that the hole is exploited. Values come in any case.
fn ssvc_says_active(value: &Value) -> bool {
    let selections = value.get("selections").and_then(|it| it.as_array());
    let is_active = |it: &Value| {
        let named = |it: &Value, key: &str, word: &str| {
            it.get(key).and_then(|it| it.as_str()).is_some_and(|it| it.eq_ignore_ascii_case(word))
        };
        let values = it.get("values").and_then(|it| it.as_array());
        named(it, "name", "exploitation")
            && values.is_some_and(|values| values.iter().any(|it| named(it, "name", "active")))
    };
    selections.is_some_and(|list| list.iter().any(is_active))
}

#[cfg(test)]
mod tests {
    use domain::advisory::{AffectedProduct, Status};
    use domain::version::{Range, Version};

    use super::*;

    const VALID: &str = include_str!("../../../../fixtures/csaf/poldercert-2019-0007.json");
    const CROOKED: &str = include_str!("../../../../fixtures/csaf/poldercert-2019-0007-crooked.json");
    const NEWER: &str = include_str!("../../../../fixtures/csaf/poldercert-2026-0001-2.1.json");

    fn read(text: &str) -> Read<Paper> {
        read_within(text.as_bytes(), Limits::default()).unwrap()
    }

    /// Products, measures and complaints as a person would write them on one page.
    fn told(read: &Read<Paper>) -> String {
        let content = &read.it.advisory.content;
        let list = |ranges: &[Range]| ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        let mut page = String::new();
        for AffectedProduct { name, ranges, status, .. } in &content.products {
            page += &format!("{status:?}: {name} {}\n", list(ranges));
        }
        for measure in &content.measures {
            let (title, steps) = (measure.title.for_reader(Language::Nl), measure.steps.len());
            let meant = list(&measure.applies_to);
            let meant = if meant.is_empty() { "all" } else { &meant };
            page += &format!("{:?}: {title} [{steps} steps] for {meant}\n", measure.kind);
        }
        for complaint in &read.complaints {
            page += &format!("{:?} {} {}\n", complaint.weight, complaint.at, complaint.what);
        }
        page
    }

    #[test]
    fn an_advisory_is_read_without_a_complaint() {
        let read = read(VALID);
        let AdvisoryPaper { publisher, number, revision, status, content, scores, .. } = &read.it.advisory;
        assert_eq!((publisher.as_str(), number.as_str()), ("Poldercert", "POLDERCERT-2019-0007"));
        assert_eq!((revision.number.as_str(), *status), ("2", crate::Status::Final));
        assert_eq!(revision.summary.as_deref(), Some("Gateway toegevoegd"));
        assert_eq!(revision.released_at.map(|at| at.to_string()).as_deref(), Some("2019-12-19T08:30:00Z"));
        assert_eq!(content.title, Text::only(Language::Nl, "Lek in Citrix ADC en Citrix Gateway"));
        assert!(content.consequence.for_reader(Language::Nl).starts_with("Een aanvaller zonder account"));
        assert_eq!(content.tlp, Some(Tlp::Green));
        assert_eq!(scores[0].base.as_deref(), Some("9.8"));
        assert_eq!((read.it.chance.as_deref(), read.it.damage.as_deref()), (Some("medium"), Some("high")));
        assert_eq!(read.it.without_remedy, [Name::new("Citrix", "Citrix ADC")]);
        assert!(!content.exploited && !content.no_measure_known);
        insta::assert_snapshot!(told(&read), @r"
        Affected: Citrix ADC ≥ 12.1, < 12.1-55.18 or ≥ 13.0, < 13.0.47.24
        Fixed: Citrix ADC 12.1-55.18
        UnderInvestigation: Citrix Gateway ?
        NotAffected: Citrix Hypervisor *
        Workaround: Zet de responder-regel aan die verzoeken met ../ weigert. [2 steps] for all
        Patch: Werk bij naar 12.1-55.18 of hoger. [0 steps] for ≥ 12.1, < 12.1-55.18
        ");
    }

    #[test]
    fn a_crooked_paper_is_read_as_far_as_it_goes() {
        insta::assert_snapshot!(told(&read(CROOKED)), @r#"
        Affected: Citrix SD-WAN WANOP 10.2.6
        Affected: Citrix ADC ? or 12.1-55.18 or ≥ 12.1, < 12.1-55.18
        UnderInvestigation: Citrix Gateway ?
        NotAffected: Citrix Hypervisor *
        Fixed: Citrix Hypervisor *
        Workaround: Zet de responder-regel aan die verzoeken met ../ weigert. [2 steps] for ? or ≥ 12.1, < 12.1-55.18
        Patch: Werk bij naar 12.1-55.18 of hoger. [0 steps] for ≥ 12.1, < 12.1-55.18
        Note /document/lang the language "fy" is not spoken here; its text is kept as if it were English
        Doubt /product_tree/branches/0/branches/0/branches/1/product which versions "All versions with a web interface" means is not wholly clear; where in doubt, a version counts as possible
        Loss /product_tree/branches/0/branches/3/product "n/a" names no product
        Doubt /product_tree/full_product_names/0 "ADC-12.1" is there twice; the first one counts
        Note /product_tree/full_product_names/1 vendor and version were guessed from "Citrix SD-WAN WANOP 10.2.6"
        Loss /product_tree/full_product_names/2 the number of the product is missing
        Note /document/distribution/tlp/label the paper has no TLP label
        Note /document/references/1/url this should be a web address
        Loss /vulnerabilities/0/product_status/known_affected/2 nothing in this paper has the number "ADC-11.1"
        Loss /vulnerabilities/0/product_status/known_affected/4 this should be text
        Loss /vulnerabilities/0/product_status/fixed this should be a list
        Loss /vulnerabilities/0/remediations/3/category "prayer" is a word that we do not know here
        Loss /vulnerabilities/0/remediations/4 what to do is missing
        Loss /vulnerabilities/0/remediations/5/category the category is missing
        Doubt /vulnerabilities/0/threats/0 whether it is exploited was not clear from "Scanners were seen."
        Loss /vulnerabilities/0/scores this should be a list
        Doubt /document/tracking/status "almost" is a word that we do not know here
        Doubt /document/tracking/current_release_date "2019-12-19T25:61:00Z" is no date and time
        "#);
    }

    #[test]
    fn a_paper_of_the_next_version_reaches_who_registered_the_whole() {
        let read = read(NEWER);
        let content = &read.it.advisory.content;
        assert_eq!(content.tlp, Some(Tlp::AmberStrict));
        assert!(content.exploited && content.no_measure_known);
        insta::assert_snapshot!(told(&read), @r"
        Affected: Polderweb Portaal 7.1
        Affected: Polderweb Rekenbibliotheek ≥ 2.0.0, < 2.4.1
        ");
    }

    #[test]
    fn a_measure_keeps_its_number_when_its_words_change() {
        let numbers = |text: &str| {
            let measures = read(text).it.advisory.content.measures;
            measures.into_iter().map(|measure| measure.id).collect::<Vec<_>>()
        };
        let reworded =
            VALID.replace("Werk bij naar 12.1-55.18 of hoger.", "Neem 12.1-55.18 of een latere versie.");
        assert_eq!(numbers(VALID), numbers(&reworded));
        let other = VALID.replace("POLDERCERT-2019-0007", "POLDERCERT-2019-0008");
        assert!(numbers(&other).iter().all(|number| !numbers(VALID).contains(number)));
    }

    #[test]
    fn what_is_no_csaf_says_what_it_is_instead() {
        let refused = |text: &str| read_within(text.as_bytes(), Limits::default()).unwrap_err().to_string();
        assert!(refused("{}").contains("the part \"document\" is missing"));
        assert!(refused(r#"{"document":{"csaf_version":"3.0"}}"#).contains("CSAF 3.0"));
        assert!(refused(r#"{"document":{"csaf_version":"2.0"}}"#).contains("the number of the advisory"));
        assert!(refused(&format!("{VALID}x")).contains("after the end of the JSON there is more"));
    }

    #[test]
    fn a_version_that_one_vulnerability_clears_is_not_cleared_of_another() {
        let paper = |second: &str| {
            VALID.replace(
                "\"vulnerabilities\": [",
                &format!("\"vulnerabilities\": [{{\"cve\": \"CVE-2019-1\", \"product_status\": {second}}},"),
            )
        };
        let clears = |second: &str| {
            let content = read(&paper(second)).it.advisory.content;
            let mut lines = content.products.iter().filter(|line| line.name.product == "Citrix ADC");
            lines.any(|line| line.clears(Some(&Version::new("12.1-55.18"))))
        };
        assert!(clears("{\"known_affected\": [\"ADC-12.1\"]}"), "it lies outside the range");
        assert!(!clears("{\"known_affected\": [\"ADC-12.1-FIXED\"]}"));
    }

    #[test]
    fn a_paper_that_does_not_say_which_products_are_affected_makes_all_of_them_possible() {
        let read = read(&VALID.replace("\"product_status\"", "\"product_state\""));
        let lines = &read.it.advisory.content.products;
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.status == Status::UnderInvestigation));
        assert_eq!(read.complaints.iter().map(|it| &it.what).collect::<Vec<_>>(), [&What::NoStatus]);
    }

    #[test]
    fn whether_it_is_exploited_is_read_with_care() {
        let cases = [
            ("Exploited:Yes;Latest Software Release:Exploitation Detected", Some(true)),
            ("Publicly Disclosed:No;Exploited:No", Some(false)),
            ("This hole is actively exploited.", Some(true)),
            ("We are not aware of exploitation in the wild.", None),
            ("No known public exploitation", Some(false)),
            ("Wordt misbruikt sinds maandag.", Some(true)),
            ("Er is nog geen misbruik gezien.", Some(false)),
            ("Reliable exploits integrated in a framework.", None),
        ];
        for (details, expected) in cases {
            assert_eq!(says_exploited(details), expected, "{details}");
        }
    }
}
