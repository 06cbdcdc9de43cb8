//! What can be done, gathered from all vulnerabilities that name it.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::MeasureId;
use domain::measure::{Kind, Measure};
use domain::product::Name;
use domain::text::{Language, Text};
use domain::version::Range;

use super::products::Products;
use super::read::is_web;
use crate::json::{Complaints, Node};
use crate::measure::{self, Wording};
use crate::{Weight, What};

/// Which vulnerabilities and products a measure is for, which [`Measure`] itself does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    pub measure: MeasureId,
    pub vulnerabilities: BTreeSet<String>,
    /// None named: all of the paper.
    pub products: BTreeSet<Name>,
    pub url: Option<String>,
}

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
pub(super) struct Remediations {
    list: Vec<Found>,
    /// The paper says in so many words that nothing can be done yet.
    pub(super) says_hopeless: bool,
    /// For these products, by their place in the list of products.
    hopeless: BTreeSet<usize>,
    places: BTreeMap<(String, String, Option<String>), usize>,
}

impl Remediations {
    /// Takes one in. The same measure under two vulnerabilities is one measure.
    pub(super) fn take(
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

    /// The measures of the paper, and what each is for.
    pub(super) fn measures(
        self,
        paper: [&str; 2],
        language: Language,
        products: &Products,
        concerned: &BTreeSet<usize>,
    ) -> Vec<(Measure, Remedy)> {
        let [publisher, number] = paper;
        let mut measures = Vec::new();
        let mut seen: BTreeMap<(String, Option<String>), u32> = BTreeMap::new();
        for found in self.list {
            let nth = seen.entry((found.category.clone(), found.url.clone())).or_default();
            let url = found.url.as_deref();
            let id = measure::number([publisher, number, &found.category], url, *nth);
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
            let named = || meant.iter().filter_map(|place| products.list.get(**place));
            let applies_to: BTreeSet<Range> = named().flat_map(|it| it.ranges.iter().cloned()).collect();
            let mut measure = Wording { language, details: &found.details, url }.measure(id, kind);
            measure.applies_to = applies_to.into_iter().collect();
            measure.side_effects =
                found.side_effects.map(|text| Text::only(language, text)).unwrap_or_default();
            let products = named().map(|it| it.name.clone()).collect();
            let Found { vulnerabilities, url, .. } = found;
            measures.push((measure, Remedy { measure: id, vulnerabilities, products, url }));
        }
        measures
    }

    /// Says of products that there is nothing to do for them yet.
    pub(super) fn give_up(&mut self, products: Vec<usize>) {
        self.says_hopeless = true;
        self.hopeless.extend(products);
    }

    /// The names of the products for which there is nothing to do yet.
    pub(super) fn without(&self, products: &Products) -> Vec<Name> {
        let named = self.hopeless.iter().filter_map(|place| products.list.get(*place));
        let names: BTreeSet<&Name> = named.map(|it| &it.name).collect();
        names.into_iter().cloned().collect()
    }
}
