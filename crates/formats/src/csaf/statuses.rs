//! Which products are affected, vulnerability by vulnerability, as lines that can be matched.

use std::collections::{BTreeMap, BTreeSet};

use domain::advisory::{AffectedProduct, Status};
use domain::product::{Mark, Name, key};
use domain::version::{Bound, Contains, Range, Version};

use super::products::{Named, Products, Relation};
use crate::json::{Complaints, Node};
use crate::{Weight, What};

/// What one vulnerability says about one product's ranges.
pub(super) type Lines = BTreeMap<(Name, Status), BTreeSet<Range>>;

/// Reads the statuses of a document.
pub(super) struct Statuses<'a> {
    pub(super) products: &'a Products,
    /// A document that says of single products what is so, and nothing by leaving out.
    pub(super) is_vex: bool,
}

impl Statuses<'_> {
    /// What one vulnerability says about each product.
    pub(super) fn of(
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
            let bound = |version: &Version| Bound { version: version.clone(), inclusive: true };
            let between = Range::Between { from: from.map(bound), to: to.map(bound) };
            lines.entry((name.clone(), Status::Affected)).or_default().insert(between);
        }
        for (name, last) in lasts.iter().filter(|(name, _)| !firsts.contains_key(*name)) {
            let to = last.iter().max_by(|one, other| one.order(other)).cloned();
            let to = to.map(|version| Bound { version, inclusive: true });
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
        for (relation, whole) in self.products.wholes(product) {
            let status = match relation {
                Relation::PartOf => status,
                Relation::PerhapsPartOf => Status::UnderInvestigation,
                Relation::RunsOn => continue,
            };
            lines.entry((whole.name.clone(), status)).or_default().extend(whole.ranges.iter().cloned());
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
    pub(super) fn merged(&self, lines: &[Lines], complaints: &mut Complaints) -> Vec<AffectedProduct> {
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
        let marks = self.products.marks();
        let line = |((name, status), ranges): ((&Name, Status), BTreeSet<&Range>)| AffectedProduct {
            name: name.clone(),
            marks: marks.get(name).cloned().unwrap_or_default(),
            ranges: ranges.into_iter().cloned().collect(),
            status,
        };
        merged.into_iter().map(line).collect()
    }

    /// The lines of one vulnerability as a list.
    pub(super) fn listed(lines: &Lines, marks: &BTreeMap<&Name, BTreeSet<Mark>>) -> Vec<AffectedProduct> {
        let line = |((name, status), ranges): (&(Name, Status), &BTreeSet<Range>)| AffectedProduct {
            name: name.clone(),
            marks: marks.get(name).cloned().unwrap_or_default(),
            ranges: ranges.iter().cloned().collect(),
            status: *status,
        };
        lines.iter().map(line).collect()
    }

    /// Every product of the tree as one that may be affected.
    pub(super) fn all_possible(&self) -> Vec<AffectedProduct> {
        let mut ranges: BTreeMap<&Name, BTreeSet<&Range>> = BTreeMap::new();
        for product in &self.products.list {
            ranges.entry(&product.name).or_default().extend(&product.ranges);
        }
        let marks = self.products.marks();
        let line = |(name, ranges): (&Name, BTreeSet<&Range>)| AffectedProduct {
            name: name.clone(),
            marks: marks.get(name).cloned().unwrap_or_default(),
            ranges: ranges.into_iter().cloned().collect(),
            status: Status::UnderInvestigation,
        };
        ranges.into_iter().map(line).collect()
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
