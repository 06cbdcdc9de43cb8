//! What others wrote down about the hash tree and about canonical JSON, held against ours.
//!
//! The cases lie outside the repository: at `../shared/data`, or where `DIJKWACHT_DATA` points. Without
//! them these tests say "skipped: no data"; where `CI` is `true` that is a failure. Every line of the
//! manifest is counted: it passed, or we have nothing that it is about.

#![expect(clippy::disallowed_methods, reason = "a test asks the environment where the public cases lie")]
#![expect(clippy::print_stdout, reason = "counts are what a reader of these tests wants to see")]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::ledger::canonical;
use domain::tree::{Hash, includes, is_consistent};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

fn data() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var("DIJKWACHT_DATA").map_or(workspace.join("../shared/data"), PathBuf::from);
    let set = data.join("crypto");
    if set.exists() {
        return Some(set);
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no data at {}", set.display());
    println!("skipped: no data");
    None
}

/// A line of the manifest.
#[derive(Deserialize)]
struct Line {
    suite: String,
    input: PathBuf,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    error: Option<bool>,
    bytes_equal: Option<PathBuf>,
}

/// The cases of the suites whose name begins like this.
fn cases(set: &Path, suites: &str) -> Vec<Line> {
    let manifest = fs::read_to_string(set.join("manifest.jsonl")).unwrap();
    let lines = manifest.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Line| line.suite.starts_with(suites)).collect()
}

/// How many lines came out how, by suite.
type Counts = BTreeMap<String, BTreeMap<&'static str, usize>>;

fn counted(counts: &Counts, cases: &[Line]) {
    for (suite, counts) in counts {
        println!("{suite}: {counts:?}");
    }
    assert_eq!(counts.values().flat_map(BTreeMap::values).sum::<usize>(), cases.len(), "a line was dropped");
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
    proof: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
}

/// `None` when there is nothing: that is no hash, and cannot be given to the verifier at all. Some cases
/// have words in its place ("don't care 2"); they are filled up with zeros, so that the verifier itself
/// must judge them: two that are equal stay so, and none is the right one.
fn hash(base64: &str) -> Option<Hash> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in base64.trim_end_matches('=').bytes() {
        let value = LETTERS.iter().position(|it| *it == letter).unwrap();
        held = (held << 6) | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).unwrap());
            held &= (1 << bits) - 1;
        }
    }
    assert!(bytes.len() <= 32, "{base64} is longer than a hash");
    if bytes.is_empty() {
        return None;
    }
    bytes.resize(32, 0);
    bytes.try_into().ok()
}

fn hashes(proof: &Option<Vec<String>>) -> Option<Vec<Hash>> {
    proof.iter().flatten().map(|it| hash(it)).collect()
}

impl Inclusion {
    fn accepted(&self) -> Option<bool> {
        let (root, leaf, proof) = (hash(&self.root)?, hash(&self.leaf_hash)?, hashes(&self.proof)?);
        Some(includes(&root, self.tree_size, self.leaf_idx, &leaf, &proof))
    }
}

impl Consistency {
    fn accepted(&self) -> Option<bool> {
        let (old, new, proof) = (hash(&self.root1)?, hash(&self.root2)?, hashes(&self.proof)?);
        Some(is_consistent(&old, self.size1, &new, self.size2, &proof))
    }
}

#[test]
fn the_public_proofs_are_accepted_and_the_forged_ones_refused() {
    let Some(set) = data() else { return };
    let cases = cases(&set, "merkle-");
    let mut counts = Counts::new();
    for Line { suite, input, expect } in &cases {
        let text = fs::read_to_string(set.join(input)).unwrap();
        let accepted = match suite.as_str() {
            "merkle-inclusion" => serde_json::from_str::<Inclusion>(&text).unwrap().accepted(),
            "merkle-consistency" => serde_json::from_str::<Consistency>(&text).unwrap().accepted(),
            // The proofs of our ledger are about the whole tree.
            "merkle-subtreeinclusion" | "merkle-subtreeconsistency" => {
                *counts.entry(suite.clone()).or_default().entry("not implemented").or_default() += 1;
                continue;
            }
            other => panic!("nobody knows the suite {other}"),
        };
        let forged = expect.error.unwrap();
        assert_eq!(accepted.unwrap_or(false), !forged, "{}", input.display());
        let outcome = if forged { "refused" } else { "accepted" };
        *counts.entry(suite.clone()).or_default().entry(outcome).or_default() += 1;
    }
    counted(&counts, &cases);
}

fn holds_a_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(holds_a_fraction),
        Value::Object(fields) => fields.values().any(holds_a_fraction),
        _ => false,
    }
}

#[test]
fn an_entry_has_the_form_of_rfc_8785_byte_for_byte() {
    let Some(set) = data() else { return };
    let cases = cases(&set, "jcs");
    let mut counts = Counts::new();
    for Line { suite, input, expect } in &cases {
        let entry: Value = serde_json::from_slice(&fs::read(set.join(input)).unwrap()).unwrap();
        let outcome = if holds_a_fraction(&entry) {
            "not implemented: entries hold no fractions"
        } else {
            let expected = fs::read_to_string(set.join(expect.bytes_equal.as_ref().unwrap())).unwrap();
            let whole = String::from_utf8(canonical(&entry, Timestamp::UNIX_EPOCH, &[0; 16])).unwrap();
            let inside = whole.strip_prefix(r#"{"at":0,"entry":"#).unwrap();
            let inside = inside.strip_suffix(r#","salt":"00000000000000000000000000000000"}"#).unwrap();
            assert_eq!(inside, expected, "{}", input.display());
            "equal"
        };
        *counts.entry(suite.clone()).or_default().entry(outcome).or_default() += 1;
    }
    counted(&counts, &cases);
}
