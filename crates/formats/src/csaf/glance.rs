//! Which of the tests of csaf-rs cannot find anything in a document, seen in one walk over its tree.
//!
//! Eight of them walk through every product and every mention of one, and write down the place of each
//! before they know whether anybody will ask: two thirds of what checking costs. Nearly all documents
//! give them nothing to find. So it is looked first whether they could find something, without writing
//! anything down. Where they could, csaf-rs is asked, and the words and places are its own.
//!
//! A glance errs to one side only: a test is left out when it is certain that it finds nothing. The
//! conformance tests hold that against csaf-rs on all documents of the suites, and on struck ones.

use std::collections::HashMap;

use serde_json::Value;

/// The tests that find nothing in this document of a version, when its shape is that of the standard.
pub(super) fn idle_tests(document: &Value, version: Version) -> Vec<&'static str> {
    let mut seen = Seen::new(version);
    seen.product_tree(document);
    for place in seen.places.in_document {
        let mentions = document.pointer(place).and_then(Value::as_array);
        mentions.into_iter().flatten().for_each(|it| seen.mentions(it));
    }
    for vulnerability in list(document, "vulnerabilities") {
        seen.vulnerability(vulnerability);
    }
    let all = |is_so: fn(&Product) -> bool| seen.products.values().all(is_so);
    let idle = [
        ("6.1.1", all(|product| product.defined > 0)),
        ("6.1.2", all(|product| product.defined < 2)),
        ("6.1.6", !seen.in_two_statuses),
        ("6.1.7", !seen.scored_twice),
        ("6.2.1", all(|product| product.is_mentioned)),
        ("6.2.2", !seen.without_remediation),
        ("6.2.13", is_sorted(document)),
        ("6.3.1", !seen.scored_by_version_2),
    ];
    idle.into_iter().filter(|(_, is_idle)| *is_idle).map(|(test, _)| test).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V2_0,
    V2_1,
}

/// Where a version of the standard mentions products. What it does not know is not looked at, because
/// csaf-rs does not look there either.
struct Places {
    in_document: &'static [&'static str],
    in_vulnerability: &'static [&'static str],
    /// What stands on, or in, what else.
    relations: &'static str,
    scores: &'static str,
    /// Of a score, where its numbers are.
    content: &'static str,
    /// Each with whether a remediation belongs to a product that has it.
    statuses: &'static [(&'static str, bool)],
}

const PLACES_OF_2_0: Places = Places {
    in_document: &[],
    in_vulnerability: &["flags", "remediations", "threats"],
    relations: "relationships",
    scores: "scores",
    content: "",
    statuses: STATUSES.split_at(8).0,
};

const PLACES_OF_2_1: Places = Places {
    in_document: &["/document/notes", "/document/involvement/actions"],
    in_vulnerability: &["first_known_exploitation_dates", "flags", "ids", "notes", "remediations", "threats"],
    relations: "product_paths",
    scores: "metrics",
    content: "/content",
    statuses: STATUSES,
};

/// The last one came with version 2.1.
const STATUSES: &[(&str, bool)] = &[
    ("first_affected", true),
    ("first_fixed", false),
    ("fixed", false),
    ("known_affected", true),
    ("known_not_affected", false),
    ("last_affected", true),
    (RECOMMENDED, false),
    ("under_investigation", true),
    ("unknown", false),
];

/// The status that contradicts no other.
const RECOMMENDED: &str = "recommended";

/// What was seen of a product.
#[derive(Default)]
struct Product {
    /// How many full names have this number.
    defined: u32,
    is_mentioned: bool,
    /// The last vulnerability, counted from one, in which it had a status, a score, a remediation.
    status_in: u32,
    score_in: u32,
    remediation_in: u32,
}

struct Seen<'d> {
    places: &'static Places,
    products: HashMap<&'d str, Product>,
    /// The vulnerability that is looked at, counted from one.
    vulnerability: u32,
    in_two_statuses: bool,
    scored_twice: bool,
    scored_by_version_2: bool,
    without_remediation: bool,
}

impl<'d> Seen<'d> {
    fn new(version: Version) -> Self {
        Self {
            places: match version {
                Version::V2_0 => &PLACES_OF_2_0,
                Version::V2_1 => &PLACES_OF_2_1,
            },
            products: HashMap::new(),
            vulnerability: 0,
            in_two_statuses: false,
            scored_twice: false,
            scored_by_version_2: false,
            without_remediation: false,
        }
    }

    fn mention(&mut self, number: &'d Value) -> Option<&mut Product> {
        let product = self.products.entry(number.as_str()?).or_default();
        product.is_mentioned = true;
        Some(product)
    }

    fn mentions(&mut self, of: &'d Value) {
        for number in list(of, "product_ids") {
            self.mention(number);
        }
    }

    fn define(&mut self, full_name: Option<&'d Value>) {
        if let Some(number) = full_name.and_then(|it| it.get("product_id")?.as_str()) {
            let product = self.products.entry(number).or_default();
            product.defined = product.defined.saturating_add(1);
        }
    }

    fn product_tree(&mut self, document: &'d Value) {
        let Some(tree) = document.get("product_tree") else { return };
        self.branches(tree);
        list(tree, "full_product_names").iter().for_each(|it| self.define(Some(it)));
        for relation in list(tree, self.places.relations) {
            self.define(relation.get("full_product_name"));
            let ends = ["product_reference", "relates_to_product_reference", "beginning_product_reference"];
            let steps = list(relation, "subpaths").iter().map(|it| it.get("next_product_reference"));
            for number in ends.into_iter().map(|end| relation.get(end)).chain(steps).flatten() {
                self.mention(number);
            }
        }
        list(tree, "product_groups").iter().for_each(|it| self.mentions(it));
    }

    fn branches(&mut self, below: &'d Value) {
        for branch in list(below, "branches") {
            self.define(branch.get("product"));
            self.branches(branch);
        }
    }

    fn vulnerability(&mut self, vulnerability: &'d Value) {
        self.vulnerability = self.vulnerability.saturating_add(1);
        let here = self.vulnerability;
        for place in self.places.in_vulnerability {
            list(vulnerability, place).iter().for_each(|it| self.mentions(it));
        }
        for remediation in list(vulnerability, "remediations") {
            for number in list(remediation, "product_ids") {
                if let Some(product) = self.mention(number) {
                    product.remediation_in = here;
                }
            }
        }
        let statuses = vulnerability.get("product_status");
        for (status, wants_remediation) in self.places.statuses {
            for number in statuses.map(|it| list(it, status)).unwrap_or_default() {
                let Some(product) = self.mention(number) else { continue };
                let without = *wants_remediation && product.remediation_in != here;
                let twice = *status != RECOMMENDED && std::mem::replace(&mut product.status_in, here) == here;
                self.without_remediation |= without;
                self.in_two_statuses |= twice;
            }
        }
        for score in list(vulnerability, self.places.scores) {
            let content = score.pointer(self.places.content);
            self.scored_by_version_2 |= content.is_some_and(|it| it.get("cvss_v2").is_some());
            for number in list(score, "products") {
                let Some(product) = self.mention(number) else { continue };
                let twice = std::mem::replace(&mut product.score_in, here) == here;
                self.scored_twice |= twice;
            }
        }
    }
}

fn list<'d>(of: &'d Value, key: &str) -> &'d [Value] {
    of.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether the keys of every object rise.
fn is_sorted(tree: &Value) -> bool {
    match tree {
        Value::Object(members) => members.keys().is_sorted() && members.values().all(is_sorted),
        Value::Array(items) => items.iter().all(is_sorted),
        _ => true,
    }
}
