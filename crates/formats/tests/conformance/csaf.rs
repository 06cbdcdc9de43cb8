//! CSAF 2.0 and 2.1: every document of the suites with the verdict of its test and of the document as a
//! whole, names of files, CPE patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use csaf_rs::csaf::raw::RawDocument;
use csaf_rs::schema::{csaf2_0::schema as csaf2_0, csaf2_1::schema as csaf2_1};
use csaf_rs::validation::{TestResultStatus, Validatable};
use formats::Limits;
use formats::cpe::wfn::Wfn;
use formats::csaf::{Finding, Outside, Severity, validate, validate_with};
use formats::provider::file_name;
use serde_json::{Value, json};

use crate::{Count, cases, set};

/// Addresses and words of the suite that are as they should be: the world of three tests that ask it.
const ANSWERING: &[&str] = &["https://example.net", "https://csaf.io"];
const MISSPELT: &[&str] = &["Secruity", "vulnerapility", "undisclused", "Vu1nerability", "combonent"];

#[test]
fn every_document_has_the_verdicts_of_the_suite() {
    let (Some(cases), Some(set)) = (cases("csaf"), set("csaf")) else { return };
    let answers = |address: &str| ANSWERING.contains(&address);
    let misspells =
        |_: &str, text: &str| MISSPELT.iter().find(|word| text.contains(**word)).map(ToString::to_string);
    let outside = Outside { answers: Some(&answers), misspells: Some(&misspells) };
    let mut count = Count::new("csaf", include_str!("csaf.differences"));
    // A document of one test may break another one, and be invalid for that.
    let mut documents = Count::new("csaf as a whole", include_str!("csaf_as_a_whole.differences"));
    let mut pointers = Pointers::default();
    for case in &cases {
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let group = format!("{} {}", text("csaf"), text("group"));
        let verdict = |is_flagged: bool| if is_flagged { "fail" } else { "pass" };
        let (input, found, expected) = match text("group") {
            "filename" => {
                let name = text("input").rsplit('/').next().unwrap();
                let is_other = file_name(text("tracking_id")) != name;
                ("input", json!(verdict(is_other)), case["expect_test"].clone())
            }
            "cpe" => {
                let is_none = Wfn::parse(text("input_string")).is_none();
                ("input_string", json!(verdict(is_none)), case["expect_test"].clone())
            }
            "extension" => ("input", json!("not read"), case["expect_test"].clone()),
            _ => {
                let bytes = std::fs::read(set.join(text("input"))).unwrap();
                let findings = validate_with(&bytes, Limits::default(), outside).unwrap();
                pointers.hold(case, &findings);
                let is_flagged = findings.iter().any(|finding| finding.test == text("test"));
                let is_valid = findings.iter().all(|finding| finding.severity != Severity::Error);
                documents.judge(&group, &case["input"], &json!(is_valid), &case["expect_document_valid"]);
                ("input", json!(verdict(is_flagged)), case["expect_test"].clone())
            }
        };
        count.judge(&group, &case[input], &found, &expected);
    }
    println!(
        "csaf: {} of {} documents are flagged at exactly the places named",
        pointers.right, pointers.all
    );
    assert!(pointers.right >= POINTERS_RIGHT_MIN, "{}", pointers.right);
    documents.finish(cases.iter().filter(|case| case["expect_document_valid"].is_boolean()).count());
    count.finish(cases.len());
}

/// Of the documents for which the suite names the places that a test finds, those where we name the same.
const POINTERS_RIGHT_MIN: usize = 50;

#[derive(Default)]
struct Pointers {
    right: usize,
    all: usize,
}

impl Pointers {
    fn hold(&mut self, case: &Value, findings: &[Finding]) {
        let Some(expected) = case["expect_paths"].as_array() else { return };
        let expected: BTreeSet<&str> = expected.iter().filter_map(Value::as_str).collect();
        let of_test = findings.iter().filter(|finding| case["test"] == finding.test);
        let found: BTreeSet<&str> = of_test.map(|finding| finding.path.as_str()).collect();
        self.all += 1;
        self.right += usize::from(found == expected);
    }
}

/// Known to break validators that list each version which is missing (oasis-tcs/csaf, issue 1601).
#[test]
fn a_history_that_leaps_by_a_million_is_judged_soon() {
    const ENTRIES: usize = 20_000;
    for (version, label) in [("2.0", "WHITE"), ("2.1", "CLEAR")] {
        let entry = |number: usize| {
            let date =
                format!("2026-01-{:02}T{:02}:{:02}:00Z", 1 + number / 1440, number / 60 % 24, number % 60);
            json!({"date": date, "number": (number * 1_000_000).to_string(), "summary": "Leap."})
        };
        let history: Vec<Value> = (1..=ENTRIES).map(entry).collect();
        let last = history.last().unwrap().clone();
        let mut document = json!({"document": {
            "category": "csaf_base", "csaf_version": version, "title": "Leaps",
            "distribution": {"tlp": {"label": label}},
            "publisher": {"category": "vendor", "name": "Polder", "namespace": "https://polder.example"},
            "tracking": {
                "current_release_date": last["date"], "id": "POLDER-1",
                "initial_release_date": history[0]["date"], "revision_history": history,
                "status": "final", "version": last["number"],
            },
        }});
        if version == "2.1" {
            document["$schema"] = json!("https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json");
        }
        let bytes = document.to_string().into_bytes();
        let began = Instant::now();
        let findings = validate(&bytes).unwrap();
        let (took, mebibytes) = (began.elapsed(), bytes.len() as f64 / 1_048_576.0);
        println!(
            "csaf {version}: {ENTRIES} leaps in {mebibytes:.1} MiB, {} findings, {took:?}",
            findings.len()
        );
        assert!(findings.iter().any(|finding| finding.test == "6.1.21"));
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
}

/// The tests of csaf-rs that are left out where a glance shows that they find nothing.
const AT_A_GLANCE: &[&str] = &["6.1.1", "6.1.2", "6.1.6", "6.1.7", "6.2.1", "6.2.2", "6.2.13", "6.3.1"];

#[test]
fn what_is_left_out_at_a_glance_would_have_found_nothing() {
    let (Some(cases), Some(set)) = (cases("csaf"), set("csaf")) else { return };
    let mut chance = 0x00D1_4B7A_C871_u64;
    let (mut held, mut found) = (0, BTreeMap::<String, usize>::new());
    for case in &cases {
        let input = case["input"].as_str().unwrap_or_default();
        let Ok(document) = std::fs::read(set.join(input))
            .map_err(drop)
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).map_err(drop))
        else {
            continue;
        };
        if !matches!(document.pointer("/document/csaf_version").and_then(Value::as_str), Some("2.0" | "2.1"))
        {
            continue;
        }
        for round in 0..6 {
            let mut document = document.clone();
            for _ in 0..round {
                let numbers = numbers_of_products(&document);
                shuffle(&mut document, &numbers, &mut chance);
            }
            let ours: BTreeSet<(String, String)> = validate(&serde_json::to_vec(&document).unwrap())
                .unwrap()
                .into_iter()
                .filter(|finding| AT_A_GLANCE.contains(&finding.test.as_str()))
                .map(|finding| (finding.test, finding.path))
                .collect();
            let theirs = by_csaf_rs(document.clone());
            assert_eq!(ours, theirs, "{input}: {document}");
            held += 1;
            let tests: BTreeSet<String> = theirs.into_iter().map(|(test, _)| test).collect();
            tests.into_iter().for_each(|test| *found.entry(test).or_default() += 1);
        }
    }
    println!("csaf: {held} documents at a glance, of which csaf-rs finds something in {found:?}");
    for test in AT_A_GLANCE {
        let count = found.get(*test).copied().unwrap_or_default();
        assert!(count >= 10 && count + 500 < held, "{test}: {count} of {held}");
    }
}

/// What csaf-rs finds by itself: numbers of tests, and places.
fn by_csaf_rs(document: Value) -> BTreeSet<(String, String)> {
    fn of(document: &impl Validatable) -> BTreeSet<(String, String)> {
        let found = AT_A_GLANCE.iter().flat_map(|test| match document.run_test(test).status {
            TestResultStatus::Failure { errors, warnings, infos } => {
                let all = errors.into_iter().chain(warnings).chain(infos);
                all.map(|it| (test.to_string(), it.instance_path)).collect()
            }
            _ => vec![],
        });
        found.collect()
    }
    match document.pointer("/document/csaf_version").and_then(Value::as_str) {
        Some("2.0") => of(&RawDocument::<csaf2_0::CommonSecurityAdvisoryFramework>::new(document)),
        _ => of(&RawDocument::<csaf2_1::CommonSecurityAdvisoryFramework>::new(document)),
    }
}

/// Every text that stands where the number of a product may stand.
fn numbers_of_products(tree: &Value) -> Vec<Value> {
    match tree {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(_) if key == "product_id" => vec![value.clone()],
                Value::Array(items) if key == "product_ids" => items.clone(),
                other => numbers_of_products(other),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(numbers_of_products).collect(),
        _ => vec![],
    }
}

/// Changes one thing about products somewhere in the tree: a number, a list of them, the order of keys.
fn shuffle(tree: &mut Value, numbers: &[Value], chance: &mut u64) {
    let mut below = |bound: usize| {
        *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*chance >> 33).unwrap() % bound.max(1)
    };
    match tree {
        Value::Object(members) => {
            let at = below(members.len());
            if below(40) == 0 {
                *members = std::mem::take(members).into_iter().rev().collect();
            } else if let Some(member) = members.values_mut().nth(at) {
                shuffle(member, numbers, chance);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = below(items.len());
            match below(8) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => shuffle(&mut items[at], numbers, chance),
            }
        }
        Value::String(_) if numbers.contains(tree) => *tree = numbers[below(numbers.len())].clone(),
        _ => {}
    }
}
