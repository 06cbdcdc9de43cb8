//! CSAF 2.0 and 2.1: every document of the suites with the verdict of its test and of the document as a
//! whole, names of files, CPE patterns.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

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
