//! Public conformance sets, to the last line. They lie outside the repository: at `../shared/data`, or
//! where `DIJKWACHT_DATA` points. Without them these tests say "skipped: no data"; where `CI` is `true`
//! that is a failure.
//!
//! Every line of a manifest is judged and counted. Where we differ on purpose, the case stands in the list
//! of differences beside the test, with its reason; a case of that list that is judged as expected makes
//! the test fail, so that the list never outlives its reasons.

#![expect(clippy::disallowed_methods, reason = "a test asks the environment where the public sets lie")]
#![expect(clippy::print_stdout, reason = "counts are what a reader of these tests wants to see")]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod cpe;
mod csaf;
mod cvss;
mod observations;
mod psl;
mod purl;
mod sbom;
mod vers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of a set, when it is there.
fn set(set: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var("DIJKWACHT_DATA").map_or(workspace.join("../shared/data"), PathBuf::from);
    let folder = data.join(set);
    if folder.exists() {
        return Some(folder);
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no data at {}", folder.display());
    println!("skipped: no data");
    None
}

/// A document that a manifest names.
fn file(of: &str, name: &str) -> Vec<u8> {
    std::fs::read(set(of).unwrap().join(name)).unwrap()
}

/// The cases of a set, when it is there.
fn cases(of: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(set(of)?.join("manifest.jsonl")).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// What was counted in a set, by group.
struct Count {
    set: &'static str,
    groups: BTreeMap<String, Group>,
    /// Differences that are known: the input of the case, and the reason.
    known: Vec<(Value, String)>,
    met: Vec<bool>,
    wrong: Vec<String>,
}

#[derive(Default)]
struct Group {
    right: usize,
    different: usize,
    wrong: usize,
}

impl Count {
    /// `differences` holds a case a line, the JSON of its input and then the reason. Lines that begin with
    /// `#`, and blank ones, are for readers.
    fn new(set: &'static str, differences: &str) -> Self {
        let mut known = Vec::new();
        for line in differences.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let mut from = serde_json::Deserializer::from_str(line).into_iter::<Value>();
            let input = from.next().unwrap().unwrap_or_else(|error| panic!("{line}: {error}"));
            let reason = line[from.byte_offset()..].trim().to_owned();
            assert!(!reason.is_empty(), "a difference without a reason: {line}");
            known.push((input, reason));
        }
        let met = vec![false; known.len()];
        Self { set, groups: BTreeMap::new(), known, met, wrong: Vec::new() }
    }

    /// Counts a case under `group`: `found` is what we say where the set says `expected`.
    fn judge(&mut self, group: &str, input: &Value, found: &Value, expected: &Value) {
        let counted = self.groups.entry(group.to_owned()).or_default();
        let known = self.known.iter().position(|(case, _)| case == input);
        match (found == expected, known) {
            (true, None) => counted.right += 1,
            (false, Some(place)) => {
                counted.different += 1;
                self.met[place] = true;
            }
            (false, None) => {
                counted.wrong += 1;
                self.wrong.push(format!("{group}: {input} gives {found}, and should give {expected}"));
            }
            (true, Some(_)) => {
                counted.right += 1;
            }
        }
    }

    /// Prints the counts. Fails when a case is wrong, when a known difference is none any more, or when
    /// not every one of `lines` lines was judged.
    fn finish(self, lines: usize) {
        let mut all = 0;
        for (name, Group { right, different, wrong }) in &self.groups {
            let cases = right + different + wrong;
            println!(
                "{} {name}: {cases} cases, {right} right, {different} different on purpose, {wrong} wrong",
                self.set
            );
            all += cases;
        }
        println!("{}: {all} cases of {lines} lines", self.set);
        assert_eq!(all, lines, "{}: nothing is dropped in silence", self.set);
        let shown = self.wrong.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(self.wrong.is_empty(), "{} wrong in {}:\n{shown}", self.wrong.len(), self.set);
        for ((input, reason), met) in self.known.iter().zip(&self.met) {
            assert!(met, "the difference {input} ({reason}) is needless now: take it out");
        }
    }
}
