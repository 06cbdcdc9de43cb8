//! The product tree: branches, full names, and what is part of what, as names and ranges.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use domain::product::{Mark, Name};
use domain::version::{Range, Version};

use crate::json::{Complaints, Node};
use crate::{Weight, What, vers, words};

/// A product of the tree, with whatever helps to find it in an inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its number inside this paper.
    pub id: String,
    pub name: Name,
    pub ranges: Vec<Range>,
    /// Its full name as the paper writes it.
    pub written: String,
    pub identifiers: Vec<Identifier>,
    /// The numbers of the products on or in which it stands.
    pub within: Vec<String>,
}

/// What identifies a product beside its name, as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    Cpe(String),
    Purl(String),
    Model(String),
    Serial(String),
    StockKeeping(String),
}

impl Identifier {
    /// The mark in it. A serial number identifies one device and no product.
    fn mark(&self) -> Option<Mark> {
        match self {
            Self::Cpe(written) => Mark::of_cpe(written),
            Self::Purl(written) => crate::purl::mark(written),
            // A placeholder stands for several models, which no inventory writes.
            Self::Model(written) | Self::StockKeeping(written) => {
                Mark::of_order_number(written).filter(|_| !written.contains(['*', '?']))
            }
            Self::Serial(_) => None,
        }
    }
}

/// The products of a document, by their number.
#[derive(Default)]
pub(super) struct Products {
    pub(super) list: Vec<Named>,
    places: BTreeMap<String, usize>,
    groups: BTreeMap<String, Vec<String>>,
    /// How a product stands to the ones in [`Named::within`], in the same order.
    relations: BTreeMap<String, Vec<Relation>>,
}

/// How a component stands to what it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
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
    pub(super) fn of(root: &Node<'_, '_>, complaints: &mut Complaints) -> Self {
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
        let identifiers = identifiers(node, complaints);
        let product = above.product.clone().or_else(|| above.family.clone());
        let (name, mut versions) = match product {
            Some(product) => (Name::new(above.vendor.as_deref().unwrap_or_default(), &product), None),
            None => guessed(node, above, &written, &identifiers, complaints),
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
            Named { id: id.to_owned(), name, ranges, written, identifiers, within: vec![] },
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
        let mut identifiers = identifiers(&full, complaints);
        identifiers.extend(known.identifiers.iter().cloned());
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
        self.add(node, Named { id: id.to_owned(), name, ranges, written, identifiers, within }, complaints);
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

    pub(super) fn get(&self, id: &str) -> Option<&Named> {
        self.places.get(id).and_then(|place| self.list.get(*place))
    }

    /// What identifies the products of each name beside it.
    pub(super) fn marks(&self) -> BTreeMap<&Name, BTreeSet<Mark>> {
        let mut marks: BTreeMap<&Name, BTreeSet<Mark>> = BTreeMap::new();
        for product in &self.list {
            let written = product.identifiers.iter().filter_map(Identifier::mark);
            let in_name = Mark::order_number_in(&product.name.product);
            marks.entry(&product.name).or_default().extend(written.chain(in_name));
        }
        marks
    }

    /// The wholes that a product is a part of, with how it stands to each.
    pub(super) fn wholes(&self, product: &Named) -> impl Iterator<Item = (Relation, &Named)> {
        let relations = self.relations.get(&product.id).map(Vec::as_slice).unwrap_or_default();
        let wholes = relations.iter().zip(product.within.clone());
        wholes.filter_map(|(relation, whole)| self.get(&whole).map(|whole| (*relation, whole)))
    }

    /// The products, by their place in the list, that a node names one by one or as groups.
    pub(super) fn named(&self, node: &Node<'_, '_>, complaints: &mut Complaints) -> Vec<usize> {
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
    pub(super) fn at(&self, node: &Node<'_, '_>, key: &str, complaints: &mut Complaints) -> Vec<usize> {
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

fn identifiers(node: &Node<'_, '_>, complaints: &mut Complaints) -> Vec<Identifier> {
    let Some(helper) = node.get("product_identification_helper") else { return vec![] };
    let mut found: Vec<Identifier> = Vec::new();
    found.extend(helper.line("cpe", complaints).map(Identifier::Cpe));
    found.extend(helper.line("purl", complaints).map(Identifier::Purl));
    found.extend(texts(&helper, "purls", complaints).into_iter().map(Identifier::Purl));
    found.extend(texts(&helper, "model_numbers", complaints).into_iter().map(Identifier::Model));
    found.extend(texts(&helper, "serial_numbers", complaints).into_iter().map(Identifier::Serial));
    found.extend(texts(&helper, "skus", complaints).into_iter().map(Identifier::StockKeeping));
    found
}

/// Name and versions of a product that stands in no branch, from its full name. A last word such as
/// `12.1` is taken for the version; a year is not, because "Server 2019" is a name.
fn guessed(
    node: &Node<'_, '_>,
    above: &Branches,
    written: &str,
    identifiers: &[Identifier],
    complaints: &mut Complaints,
) -> (Name, Option<Vec<Range>>) {
    let vendor = above.vendor.as_deref().unwrap_or_default();
    let cpe = identifiers.iter().find_map(|helper| match helper {
        Identifier::Cpe(cpe) => crate::cpe::Cpe::parse(cpe),
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
