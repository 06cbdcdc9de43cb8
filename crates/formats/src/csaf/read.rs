//! A CSAF document as an advisory in our words.
//!
//! Errors lean to one side only: towards warning. A range that is not understood makes every version
//! possible; a status that two vulnerabilities contradict is the worse one; a product of which only
//! fixed versions are named is possible in all others. What clears somebody is taken at its word, and
//! only where no other vulnerability of the same paper speaks against it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use domain::advisory::{AffectedProduct, Content, Status};
use domain::ids::MeasureId;
use domain::measure::Kind;
use domain::product::{Name, key};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::{Contains, Range, Version};

use crate::json::{self, Complaints, Limits, Node};
use crate::measure::{self, Wording};
use crate::{AdvisoryPaper, Read, Revision, Score, Unreadable, Weight, What, Why, vers, words};

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
}

/// A product of the tree, with whatever helps to find it in an inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its number inside this paper.
    pub id: String,
    pub name: Name,
    pub ranges: Vec<Range>,
    /// Its full name as the paper writes it.
    pub written: String,
    pub helpers: Vec<Helper>,
    /// The numbers of the products on or in which it stands.
    pub within: Vec<String>,
}

/// What identifies a product beside its name, as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Helper {
    Cpe(String),
    Purl(String),
    Model(String),
    Serial(String),
    StockKeeping(String),
}

/// Which vulnerabilities and products a measure is for, which [`Measure`] itself does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    pub measure: MeasureId,
    pub vulnerabilities: BTreeSet<String>,
    /// None named: all of the paper.
    pub products: BTreeSet<Name>,
    pub url: Option<String>,
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
    let mut complaints = Complaints::starting_with(tree.complaints);
    let it = paper(Node::root(&tree.it), &mut complaints)?;
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
    };
    reading.content.title = Text::only(language, title.unwrap_or_else(|| number.clone()));
    reading.content.tlp = tlp(&document, complaints);
    reading.references(&document, complaints);
    let (remedies, without_remedy) = reading.vulnerabilities(&root, complaints);
    let Reading { mut content, scores, threats, .. } = reading;
    let impact = threats.iter().find(|threat| threat.category == "impact").map(|it| it.details.clone());
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

/// The products of a document, by their number.
#[derive(Default)]
struct Products {
    list: Vec<Named>,
    places: BTreeMap<String, usize>,
    groups: BTreeMap<String, Vec<String>>,
    /// How a product stands to the ones in [`Named::within`], in the same order.
    relations: BTreeMap<String, Vec<Relation>>,
}

/// How a component stands to what it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// The whole is affected when the part is: who registers the whole must hear of it.
    PartOf,
    /// The whole may or may not have the part.
    PerhapsPartOf,
    /// The one runs on the other, which is no fault of the other.
    RunsOn,
}

impl Relation {
    fn of_word(word: &str) -> Self {
        match word {
            "default_component_of" => Self::PartOf,
            "installed_on" => Self::RunsOn,
            _ => Self::PerhapsPartOf,
        }
    }
}

/// What the branches above a product say.
#[derive(Clone, Default)]
struct Branches {
    vendor: Option<String>,
    family: Option<String>,
    product: Option<String>,
    version: Option<String>,
    /// Service packs and patch levels, which belong to the version.
    level: Option<String>,
}

impl Products {
    fn of(root: &Node<'_, '_>, complaints: &mut Complaints) -> Self {
        let mut products = Self::default();
        let Some(tree) = root.get("product_tree") else { return products };
        products.branches(&tree, &Branches::default(), complaints);
        for full in tree.list("full_product_names", complaints) {
            products.full_name(&full, &Branches::default(), complaints);
        }
        for relationship in tree.list("relationships", complaints) {
            let category = relationship.text("category", complaints).unwrap_or_default();
            let part = relationship.text("product_reference", complaints).unwrap_or_default();
            let whole = relationship.text("relates_to_product_reference", complaints).unwrap_or_default();
            let path = vec![(Relation::of_word(category), whole.to_owned())];
            products.joined(&relationship, part, path, complaints);
        }
        for path in tree.list("product_paths", complaints) {
            let part = path.text("beginning_product_reference", complaints).unwrap_or_default();
            let mut steps = Vec::new();
            for step in path.list("subpaths", complaints) {
                let category = step.text("category", complaints).unwrap_or_default();
                let whole = step.text("next_product_reference", complaints).unwrap_or_default();
                steps.push((Relation::of_word(category), whole.to_owned()));
            }
            products.joined(&path, part, steps, complaints);
        }
        for group in tree.list("product_groups", complaints) {
            let Some(id) = group.text("group_id", complaints) else { continue };
            let members = texts(&group, "product_ids", complaints);
            if products.groups.insert(id.to_owned(), members).is_some() {
                group.complain(Weight::Doubt, What::Twice(id.to_owned()), complaints);
            }
        }
        products
    }

    fn branches(&mut self, node: &Node<'_, '_>, above: &Branches, complaints: &mut Complaints) {
        for branch in node.list("branches", complaints) {
            let mut here = above.clone();
            let name = branch.line("name", complaints);
            match branch.text("category", complaints).unwrap_or_default() {
                "vendor" => here.vendor = name,
                "product_family" => here.family = name,
                "product_name" => here.product = name,
                "product_version" | "product_version_range" => here.version = name,
                "service_pack" | "patch_level" => here.level = name,
                "architecture" | "host_name" | "language" | "legacy" | "platform" | "specification" => {}
                other => {
                    let what = What::UnknownWord(words::clipped(other, 60));
                    complaints.add(Weight::Note, branch.pointer_to("category"), what);
                }
            }
            if let Some(product) = branch.get("product") {
                self.full_name(&product, &here, complaints);
            }
            self.branches(&branch, &here, complaints);
        }
    }

    /// Takes in a leaf: a full product name under `above`.
    fn full_name(&mut self, node: &Node<'_, '_>, above: &Branches, complaints: &mut Complaints) {
        let Some(id) = node.text("product_id", complaints) else {
            node.complain(Weight::Loss, What::Missing("the number of the product".into()), complaints);
            return;
        };
        let written = node.line("name", complaints).unwrap_or_default();
        let helpers = helpers(node, complaints);
        let product = above.product.clone().or_else(|| above.family.clone());
        let (name, mut versions) = match product {
            Some(product) => (Name::new(above.vendor.as_deref().unwrap_or_default(), &product), None),
            None => guessed(node, above, &written, &helpers, complaints),
        };
        let version = above.version.as_deref().map(|version| match above.level.as_deref() {
            Some(level) => format!("{version} {level}"),
            None => version.to_owned(),
        });
        if let Some(version) = version {
            let understood = vers::ranges(&version);
            if !understood.fully {
                let what = What::Versions(words::clipped(&version, 120));
                node.complain(Weight::Doubt, what, complaints);
            }
            versions = Some(understood.ranges);
        }
        // A name without a version means the product as a whole.
        let ranges = versions.unwrap_or_else(|| vec![Range::Any]);
        self.add(
            node,
            Named { id: id.to_owned(), name, ranges, written, helpers, within: vec![] },
            complaints,
        );
    }

    /// Takes in a product that is a part of, or on, others.
    fn joined(
        &mut self,
        node: &Node<'_, '_>,
        part: &str,
        path: Vec<(Relation, String)>,
        complaints: &mut Complaints,
    ) {
        let Some(full) = node.get("full_product_name") else {
            node.complain(Weight::Loss, What::Missing("the full product name".into()), complaints);
            return;
        };
        let Some(id) = full.text("product_id", complaints) else {
            full.complain(Weight::Loss, What::Missing("the number of the product".into()), complaints);
            return;
        };
        let written = full.line("name", complaints).unwrap_or_default();
        let Some(known) = self.get(part) else {
            node.complain(Weight::Doubt, What::NoSuchNumber(words::clipped(part, 100)), complaints);
            // Its own full name is all that there is.
            self.full_name(&full, &Branches::default(), complaints);
            return;
        };
        let (name, ranges) = (known.name.clone(), known.ranges.clone());
        let mut helpers = helpers(&full, complaints);
        helpers.extend(known.helpers.iter().cloned());
        let mut within = known.within.clone();
        let mut relations = self.relations.get(part).cloned().unwrap_or_default();
        for (relation, whole) in path {
            if self.get(&whole).is_none() {
                node.complain(Weight::Doubt, What::NoSuchNumber(words::clipped(&whole, 100)), complaints);
            }
            relations.push(relation);
            within.push(whole);
        }
        self.relations.insert(id.to_owned(), relations);
        self.add(node, Named { id: id.to_owned(), name, ranges, written, helpers, within }, complaints);
    }

    fn add(&mut self, node: &Node<'_, '_>, named: Named, complaints: &mut Complaints) {
        if named.name.says_nothing() {
            node.complain(Weight::Loss, What::NoProduct(words::clipped(&named.written, 120)), complaints);
        }
        if self.places.contains_key(&named.id) {
            node.complain(Weight::Doubt, What::TwiceFirst(named.id), complaints);
            return;
        }
        self.places.insert(named.id.clone(), self.list.len());
        self.list.push(named);
    }

    fn get(&self, id: &str) -> Option<&Named> {
        self.places.get(id).and_then(|place| self.list.get(*place))
    }

    /// The products, by their place in the list, that a node names one by one or as groups.
    fn named(&self, node: &Node<'_, '_>, complaints: &mut Complaints) -> Vec<usize> {
        let mut found = self.at(node, "product_ids", complaints);
        for group in texts(node, "group_ids", complaints) {
            match self.groups.get(&group) {
                Some(members) => found.extend(members.iter().filter_map(|id| self.places.get(id))),
                None => {
                    let what = What::NoSuchNumber(words::clipped(&group, 100));
                    complaints.add(Weight::Doubt, node.pointer_to("group_ids"), what);
                }
            }
        }
        found
    }

    /// The places of the products whose numbers stand in the list under `key`.
    fn at(&self, node: &Node<'_, '_>, key: &str, complaints: &mut Complaints) -> Vec<usize> {
        let mut found = Vec::new();
        for id in node.list(key, complaints).collect::<Vec<_>>() {
            let Some(written) = id.as_text(complaints) else { continue };
            match self.places.get(written) {
                Some(place) => found.push(*place),
                None => {
                    id.complain(Weight::Loss, What::NoSuchNumber(words::clipped(written, 100)), complaints)
                }
            }
        }
        found
    }
}

/// The texts of a list.
fn texts(node: &Node<'_, '_>, key: &str, complaints: &mut Complaints) -> Vec<String> {
    let nodes: Vec<_> = node.list(key, complaints).collect();
    nodes.iter().filter_map(|it| it.as_text(complaints)).map(str::to_owned).collect()
}

fn helpers(node: &Node<'_, '_>, complaints: &mut Complaints) -> Vec<Helper> {
    let Some(helper) = node.get("product_identification_helper") else { return vec![] };
    let mut found: Vec<Helper> = Vec::new();
    found.extend(helper.line("cpe", complaints).map(Helper::Cpe));
    found.extend(helper.line("purl", complaints).map(Helper::Purl));
    found.extend(texts(&helper, "purls", complaints).into_iter().map(Helper::Purl));
    found.extend(texts(&helper, "model_numbers", complaints).into_iter().map(Helper::Model));
    found.extend(texts(&helper, "serial_numbers", complaints).into_iter().map(Helper::Serial));
    found.extend(texts(&helper, "skus", complaints).into_iter().map(Helper::StockKeeping));
    found
}

/// Name and versions of a product that stands in no branch, from its full name. A last word such as
/// `12.1` is taken for the version; a year is not, because "Server 2019" is a name.
fn guessed(
    node: &Node<'_, '_>,
    above: &Branches,
    written: &str,
    helpers: &[Helper],
    complaints: &mut Complaints,
) -> (Name, Option<Vec<Range>>) {
    let vendor = above.vendor.as_deref().unwrap_or_default();
    let cpe = helpers.iter().find_map(|helper| match helper {
        Helper::Cpe(cpe) => crate::cpe::Cpe::parse(cpe),
        _ => None,
    });
    if let Some(cpe) = cpe
        && let Some(name) = cpe.name()
    {
        return (name, Some(vec![cpe.range()]));
    }
    let (head, last) = written.rsplit_once(' ').unwrap_or((written, ""));
    let number = last.trim_start_matches(['v', 'V']);
    let is_version = number.starts_with(|it: char| it.is_ascii_digit()) && number.contains('.');
    if is_version && above.version.is_none() {
        node.complain(Weight::Note, What::Guessed(words::clipped(written, 120)), complaints);
        return (Name::new(vendor, head), Some(vec![Range::Exactly(Version::new(last))]));
    }
    (Name::new(vendor, written), None)
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
}

/// What one vulnerability says about one product's ranges.
type Lines = BTreeMap<(Name, Status), BTreeSet<Range>>;

/// A measure of the paper as it comes together from the vulnerabilities that name it.
struct Found {
    category: String,
    details: String,
    url: Option<String>,
    side_effects: Option<String>,
    vulnerabilities: BTreeSet<String>,
    /// Places in the list of products.
    products: BTreeSet<usize>,
    /// One of the places that name it names no product at all.
    for_all: bool,
}

/// Measures in the order in which they are named first.
#[derive(Default)]
struct Remediations {
    list: Vec<Found>,
    places: BTreeMap<(String, String, Option<String>), usize>,
}

impl Remediations {
    /// Takes one in. The same measure under two vulnerabilities is one measure.
    fn take(
        &mut self,
        node: &Node<'_, '_>,
        category: &str,
        products: Vec<usize>,
        vulnerability: &str,
        complaints: &mut Complaints,
    ) {
        let details = node.lines("details", complaints).unwrap_or_default();
        let url = node.line("url", complaints).filter(|url| is_web(url));
        if details.is_empty() && url.is_none() {
            node.complain(Weight::Loss, What::Missing("what to do".into()), complaints);
            return;
        }
        let restart = node.get("restart_required");
        let side_effects = restart.and_then(|restart| restart.lines("details", complaints));
        let same = (category.to_owned(), details.clone(), url.clone());
        let place = *self.places.entry(same).or_insert(self.list.len());
        if place == self.list.len() {
            self.list.push(Found {
                category: category.to_owned(),
                details,
                url,
                side_effects,
                vulnerabilities: BTreeSet::new(),
                products: BTreeSet::new(),
                for_all: false,
            });
        }
        if let Some(found) = self.list.get_mut(place) {
            found.vulnerabilities.insert(vulnerability.to_owned());
            found.for_all |= products.is_empty();
            found.products.extend(products);
        }
    }
}

impl Reading<'_> {
    fn vulnerabilities(
        &mut self,
        root: &Node<'_, '_>,
        complaints: &mut Complaints,
    ) -> (Vec<Remedy>, Vec<Name>) {
        let mut lines: Vec<Lines> = Vec::new();
        let mut concerned: BTreeSet<usize> = BTreeSet::new();
        let mut found = Remediations::default();
        let mut hopeless: BTreeSet<usize> = BTreeSet::new();
        let mut says_hopeless = false;
        for (index, vulnerability) in root.list("vulnerabilities", complaints).enumerate() {
            let name = name_of(&vulnerability, index, complaints);
            lines.push(self.statuses(&vulnerability, &mut concerned, complaints));
            for remediation in vulnerability.list("remediations", complaints) {
                let ids = self.products.named(&remediation, complaints);
                let category = remediation.text("category", complaints).unwrap_or_default();
                match category {
                    "mitigation" | "workaround" | "vendor_fix" => {}
                    "none_available" | "no_fix_planned" | "fix_planned" => {
                        says_hopeless = true;
                        hopeless.extend(ids);
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
            self.content.vulnerabilities.insert(name);
        }
        self.content.products = self.merged(&lines, complaints);
        if !lines.is_empty() && lines.iter().all(Lines::is_empty) && !self.products.list.is_empty() {
            complaints.add(Weight::Doubt, "/vulnerabilities".into(), What::NoStatus);
            self.content.products = self.all_possible();
        }
        let remedies = self.measures(found.list, &concerned);
        self.content.no_measure_known = says_hopeless && self.content.measures.is_empty();
        let without: BTreeSet<Name> = hopeless
            .iter()
            .filter_map(|place| self.products.list.get(*place))
            .map(|it| it.name.clone())
            .collect();
        (remedies, without.into_iter().collect())
    }

    /// Scores, threats and references of one vulnerability.
    fn vulnerability(&mut self, node: &Node<'_, '_>, name: &str, complaints: &mut Complaints) {
        self.references(node, complaints);
        for threat in node.list("threats", complaints) {
            let category = threat.line("category", complaints).unwrap_or_default();
            let Some(details) = threat.lines("details", complaints) else { continue };
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

    /// What one vulnerability says about each product.
    fn statuses(
        &self,
        vulnerability: &Node<'_, '_>,
        concerned: &mut BTreeSet<usize>,
        complaints: &mut Complaints,
    ) -> Lines {
        let mut lines = Lines::new();
        let Some(node) = vulnerability.get("product_status") else { return lines };
        let mut firsts: BTreeMap<Name, Vec<Version>> = BTreeMap::new();
        let mut lasts: BTreeMap<Name, Vec<Version>> = BTreeMap::new();
        let groups = [
            ("known_affected", Status::Affected),
            ("first_affected", Status::Affected),
            ("last_affected", Status::Affected),
            ("under_investigation", Status::UnderInvestigation),
            ("unknown", Status::UnderInvestigation),
            ("known_not_affected", Status::NotAffected),
            ("fixed", Status::Fixed),
            ("first_fixed", Status::Fixed),
            ("recommended", Status::Fixed),
        ];
        for (key, status) in groups {
            for place in self.products.at(&node, key, complaints) {
                let Some(product) = self.products.list.get(place) else { continue };
                if is_concerning(status) {
                    concerned.insert(place);
                }
                let exact = product.ranges.iter().filter_map(|range| match range {
                    Range::Exactly(version) => Some(version.clone()),
                    _ => None,
                });
                match key {
                    "first_affected" => firsts.entry(product.name.clone()).or_default().extend(exact),
                    "last_affected" => lasts.entry(product.name.clone()).or_default().extend(exact),
                    _ => {}
                }
                let line = lines.entry((product.name.clone(), status)).or_default();
                line.extend(product.ranges.iter().cloned());
                self.wholes(product, status, &mut lines);
            }
        }
        for (name, first) in &firsts {
            let from = first.iter().min_by(|one, other| one.order(other));
            let to = lasts.get(name).and_then(|last| last.iter().max_by(|one, other| one.order(other)));
            let bound =
                |version: &Version| domain::version::Bound { version: version.clone(), inclusive: true };
            let between = Range::Between { from: from.map(bound), to: to.map(bound) };
            lines.entry((name.clone(), Status::Affected)).or_default().insert(between);
        }
        for (name, last) in lasts.iter().filter(|(name, _)| !firsts.contains_key(*name)) {
            let to = last.iter().max_by(|one, other| one.order(other)).cloned();
            let to = to.map(|version| domain::version::Bound { version, inclusive: true });
            let line = lines.entry((name.clone(), Status::Affected)).or_default();
            line.insert(Range::Between { from: None, to });
        }
        self.only_fixed(&mut lines, &node, complaints);
        lines
    }

    /// Who registers the whole must hear of the part; what clears the part does not clear the whole.
    fn wholes(&self, product: &Named, status: Status, lines: &mut Lines) {
        if !is_concerning(status) {
            return;
        }
        let relations = self.products.relations.get(&product.id).map(Vec::as_slice).unwrap_or_default();
        for (relation, whole) in relations.iter().zip(&product.within) {
            let status = match relation {
                Relation::PartOf => status,
                Relation::PerhapsPartOf => Status::UnderInvestigation,
                Relation::RunsOn => continue,
            };
            if let Some(whole) = self.products.get(whole) {
                lines.entry((whole.name.clone(), status)).or_default().extend(whole.ranges.iter().cloned());
            }
        }
    }

    /// An advisory that names nothing but fixed versions of a product means that others are not.
    fn only_fixed(&self, lines: &mut Lines, node: &Node<'_, '_>, complaints: &mut Complaints) {
        if self.is_vex {
            return;
        }
        let names: BTreeSet<Name> = lines
            .iter()
            .filter(|((_, status), ranges)| *status == Status::Fixed && !ranges.contains(&Range::Any))
            .map(|((name, _), _)| name.clone())
            .collect();
        for name in names {
            let said = |status| lines.contains_key(&(name.clone(), status));
            if !said(Status::Affected) && !said(Status::UnderInvestigation) && !said(Status::NotAffected) {
                node.complain(Weight::Doubt, What::OnlyFixed(name.to_string()), complaints);
                lines.insert((name, Status::UnderInvestigation), BTreeSet::from([Range::Unknown]));
            }
        }
    }

    /// The lines of all vulnerabilities as one list. What one of them clears stays out where another
    /// one may concern it.
    fn merged(&self, lines: &[Lines], complaints: &mut Complaints) -> Vec<AffectedProduct> {
        let mut said: BTreeMap<_, BTreeMap<usize, Said<'_>>> = BTreeMap::new();
        for (vulnerability, lines) in lines.iter().enumerate() {
            for ((name, status), ranges) in lines {
                let said = said.entry(name_key(name)).or_default().entry(vulnerability).or_default();
                let list = if is_concerning(*status) { &mut said.concerns } else { &mut said.clears };
                list.extend(ranges);
            }
        }
        // Comparing is a product of two lists that a stranger wrote, so it has an end.
        let mut budget = 2_000_000_usize;
        let mut merged: BTreeMap<(&Name, Status), BTreeSet<&Range>> = BTreeMap::new();
        let mut contradicted: BTreeSet<&Name> = BTreeSet::new();
        for ((name, status), ranges) in lines.iter().flatten() {
            let others = said.get(&name_key(name));
            for range in ranges {
                let is_against = |said: &Said<'_>| said.is_against(range, &mut budget);
                if is_concerning(*status) || !others.is_some_and(|all| all.values().any(is_against)) {
                    merged.entry((name, *status)).or_default().insert(range);
                } else {
                    contradicted.insert(name);
                }
            }
        }
        for name in contradicted {
            complaints.add(Weight::Doubt, "/vulnerabilities".into(), What::Contradiction(name.to_string()));
        }
        let line = |((name, status), ranges): ((&Name, Status), BTreeSet<&Range>)| AffectedProduct {
            name: name.clone(),
            ranges: ranges.into_iter().cloned().collect(),
            status,
        };
        merged.into_iter().map(line).collect()
    }

    /// Every product of the tree as one that may be affected.
    fn all_possible(&self) -> Vec<AffectedProduct> {
        let mut ranges: BTreeMap<&Name, BTreeSet<&Range>> = BTreeMap::new();
        for product in &self.products.list {
            ranges.entry(&product.name).or_default().extend(&product.ranges);
        }
        let line = |(name, ranges): (&Name, BTreeSet<&Range>)| AffectedProduct {
            name: name.clone(),
            ranges: ranges.into_iter().cloned().collect(),
            status: Status::UnderInvestigation,
        };
        ranges.into_iter().map(line).collect()
    }

    /// The measures of the paper, and what each is for.
    fn measures(&mut self, found: Vec<Found>, concerned: &BTreeSet<usize>) -> Vec<Remedy> {
        let mut remedies = Vec::new();
        let mut seen: BTreeMap<(String, Option<String>), u32> = BTreeMap::new();
        for found in found {
            let nth = seen.entry((found.category.clone(), found.url.clone())).or_default();
            let url = found.url.as_deref();
            let id = measure::number([self.publisher, self.number, &found.category], url, *nth);
            *nth = nth.saturating_add(1);
            let kind = match found.category.as_str() {
                "vendor_fix" => Kind::Patch,
                "workaround" => Kind::Workaround,
                _ => Kind::Config,
            };
            // Fixed products in the list say to which version one updates, not who is meant.
            let meant: BTreeSet<&usize> = found.products.intersection(concerned).collect();
            let all = found.for_all || meant.is_empty() || meant.len() == concerned.len();
            let meant = if all { BTreeSet::new() } else { meant };
            let named = || meant.iter().filter_map(|place| self.products.list.get(**place));
            let applies_to: BTreeSet<Range> = named().flat_map(|it| it.ranges.iter().cloned()).collect();
            let products = named().map(|it| it.name.clone()).collect();
            let mut measure =
                Wording { language: self.language, details: &found.details, url: found.url.as_deref() }
                    .measure(id, kind);
            measure.applies_to = applies_to.into_iter().collect();
            measure.side_effects =
                found.side_effects.map(|text| Text::only(self.language, text)).unwrap_or_default();
            self.content.measures.push(measure);
            let Found { vulnerabilities, url, .. } = found;
            if let Some(url) = url.as_ref().filter(|url| self.referred.insert((*url).clone())) {
                self.content.references.push(url.clone());
            }
            remedies.push(Remedy { measure: id, vulnerabilities, products, url });
        }
        remedies
    }
}

fn is_concerning(status: Status) -> bool {
    matches!(status, Status::Affected | Status::UnderInvestigation)
}

/// What one vulnerability says about one product.
#[derive(Default)]
struct Said<'a> {
    concerns: Vec<&'a Range>,
    clears: Vec<&'a Range>,
}

impl Said<'_> {
    /// Whether this vulnerability speaks against clearing `range`. Without a budget it does: doubt
    /// clears nobody.
    fn is_against(&self, range: &Range, budget: &mut usize) -> bool {
        if self.concerns.is_empty() {
            return false;
        }
        let cost = self.concerns.len().saturating_add(self.clears.len());
        let Some(rest) = budget.checked_sub(cost) else { return true };
        *budget = rest;
        let clears_itself = || self.clears.contains(&range);
        let Range::Exactly(version) = range else { return !clears_itself() };
        let worst = self.concerns.iter().map(|other| other.contains(Some(version))).max();
        match worst {
            None | Some(Contains::No) => false,
            Some(Contains::Yes) => true,
            Some(Contains::Unsure) => !clears_itself(),
        }
    }
}

/// Names that are the same however they are spelt.
fn name_key(name: &Name) -> (Option<String>, String) {
    (name.vendor.as_deref().map(key), key(&name.product))
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
        for AffectedProduct { name, ranges, status } in &content.products {
            page += &format!("{status:?}: {name} {}\n", list(ranges));
        }
        for measure in &content.measures {
            let (title, steps) = (measure.title.for_reader(Language::Nl), measure.steps.len());
            page +=
                &format!("{:?}: {title} [{steps} steps] for {}\n", measure.kind, list(&measure.applies_to));
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
        Workaround: Zet de responder-regel aan die verzoeken met ../ weigert. [2 steps] for 
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
