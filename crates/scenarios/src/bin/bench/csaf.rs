//! Reading and validating a real national feed: workload W3, the 2,383 documents of CISA's CSAF folder in
//! the order of their names, from bytes to complaints and findings.
//!
//! Held against csaf-validator-lib, on which other national nodes stand: the strict schema and the
//! mandatory tests, parsing included. We run every test that we have, optional and informative ones too,
//! and read the document as well, from one tree.
//!
//! Then the history that leaps (oasis-tcs/csaf, issue 1601): a small document that some validators answer
//! with a list of millions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use formats::{Limits, csaf};
use serde_json::{Value, json};

use crate::{Scratch, cpu_seconds, peers, print};

/// In Node: all documents once in a fresh process, and three times more when it is warm.
const PEER: &str = r#"
import { readFileSync } from 'node:fs'
import validate from '@secvisogram/csaf-validator-lib/validate.js'
import * as basic from '@secvisogram/csaf-validator-lib/basic.js'

const names = JSON.parse(readFileSync('names.json', 'utf8'))
const texts = names.map((name) => readFileSync(name, 'utf8'))
const tests = Object.values(basic)
for (let round = 1; round <= 4; round++) {
  const began = process.cpuUsage()
  let valid = 0
  for (const text of texts) {
    const result = await validate(tests, JSON.parse(text))
    if (result.isValid) valid++
  }
  const { user, system } = process.cpuUsage(began)
  console.log(JSON.stringify({ round, seconds: (user + system) / 1e6, valid }))
}
"#;

pub fn csaf() {
    let scratch = Scratch::new();
    let folder = peers::unpacked(&scratch.path(""), "cisa-csaf/cisa-csaf-20241024.tar.xz");
    let names = documents(&folder);
    let bytes: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(name).unwrap()).collect();
    std::fs::write(scratch.path("names.json"), serde_json::to_string(&names).unwrap()).unwrap();
    let peer = peers::run_node(&scratch.path(""), &["@secvisogram/csaf-validator-lib"], PEER);
    let rounds: Vec<Value> = peer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = count(names.len());
    let theirs = |round: usize| count / rounds[round]["seconds"].as_f64().unwrap();

    let limits = Limits::default;
    let reading = spent(&bytes, |bytes| csaf::read_within(bytes, limits()).unwrap().complaints.len());
    let validating = spent(&bytes, |bytes| csaf::validate(bytes).unwrap().len());
    let both = spent(&bytes, |bytes| {
        let document = csaf::Document::parse(bytes, limits()).unwrap();
        let complaints = document.read().unwrap().complaints.len();
        complaints + document.validate(csaf::Outside::default()).unwrap().len()
    });
    print(
        "csaf",
        "documents read and validated",
        count / both,
        "1/cpu-s",
        "csaf-validator-lib, cold",
        theirs(0),
    );
    print(
        "csaf",
        "documents read and validated",
        count / both,
        "1/cpu-s",
        "csaf-validator-lib, warm",
        theirs(3),
    );
    print(
        "csaf",
        "documents validated",
        count / validating,
        "1/cpu-s",
        "csaf-validator-lib, warm",
        theirs(3),
    );
    let parsing =
        spent(&bytes, |bytes| serde_json::from_slice::<Value>(bytes).unwrap().as_object().unwrap().len());
    print("csaf", "documents read", count / reading, "1/cpu-s", "serde_json, parse only", count / parsing);

    leaps();
    let mut invalid = BTreeMap::<String, usize>::new();
    let mut valid = 0;
    for bytes in &bytes {
        let findings = csaf::validate(bytes).unwrap();
        let errors = findings.iter().filter(|finding| finding.severity == csaf::Severity::Error);
        let tests: std::collections::BTreeSet<&str> = errors.map(|finding| finding.test.as_str()).collect();
        valid += usize::from(tests.is_empty());
        tests.into_iter().for_each(|test| *invalid.entry(test.to_owned()).or_default() += 1);
    }
    eprintln!("{} documents; csaf-validator-lib: {}", names.len(), rounds[0]["valid"]);
    eprintln!("valid for us: {valid}, and not for {invalid:?}");
}

/// What a mebibyte of leaping history costs.
fn leaps() {
    const AIM_MS: f64 = 200.0;
    for version in ["2.0", "2.1"] {
        let document = leaping_history(version);
        let mebibytes = count(document.len()) / 1_048_576.0;
        let took = spent(&[document], |bytes| csaf::validate(bytes).unwrap().len());
        let figure = format!("a history of {version} that leaps");
        print("csaf", &figure, 1_000.0 * took / mebibytes, "cpu-ms/MiB", "the aim, at most", AIM_MS);
    }
}

/// A document of which each revision has a number a million above the one before.
fn leaping_history(version: &str) -> Vec<u8> {
    const REVISIONS: usize = 20_000;
    let revision = |nth: usize| {
        let date = format!("2026-01-{:02}T{:02}:{:02}:00Z", 1 + nth / 1440, nth / 60 % 24, nth % 60);
        json!({"date": date, "number": (nth * 1_000_000).to_string(), "summary": "Leap."})
    };
    let history: Vec<Value> = (1..=REVISIONS).map(revision).collect();
    let last = &history[REVISIONS - 1];
    let tracking = json!({
        "current_release_date": last["date"], "id": "POLDER-1", "initial_release_date": history[0]["date"],
        "revision_history": history, "status": "final", "version": last["number"],
    });
    let label = if version == "2.0" { "WHITE" } else { "CLEAR" };
    let mut document = json!({"document": {
        "category": "csaf_base", "csaf_version": version, "title": "Leaps",
        "distribution": {"tlp": {"label": label}},
        "publisher": {"category": "vendor", "name": "Polder", "namespace": "https://polder.example"},
        "tracking": tracking,
    }});
    if version == "2.1" {
        document["$schema"] = json!("https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json");
    }
    document.to_string().into_bytes()
}

/// Every advisory below the folder, in the order of the names.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json")
                && path.to_string_lossy().contains("/white/20")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn spent(documents: &[Vec<u8>], mut see: impl FnMut(&[u8]) -> usize) -> f64 {
    const ROUNDS: u32 = 2;
    let began = cpu_seconds();
    for _ in 0..ROUNDS {
        std::hint::black_box(documents.iter().map(|document| see(document)).sum::<usize>());
    }
    (cpu_seconds() - began) / f64::from(ROUNDS)
}

#[expect(clippy::cast_precision_loss, reason = "a count of a bench")]
fn count(of: usize) -> f64 {
    of as f64
}
