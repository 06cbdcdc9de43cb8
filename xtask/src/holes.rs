//! `cargo xtask holes`: whether the tests find what is broken on purpose.
//!
//! `crates/disclosure/seeded_holes.toml` lists holes in the gate and in the exits before it, each with the tests that
//! must fail while it is open. One after the other is opened in the environment of those tests. A hole that no test
//! minds is a failure, and so is a test that fails with none open.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, ensure};

use crate::cargo::{cargo, root, step};

const LIST: &str = "crates/disclosure/seeded_holes.toml";
/// As `disclosure::holes::OPEN`.
const OPEN: &str = "DIJKWACHT_SEEDED_HOLE";

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let all = holes(&fs::read_to_string(root().join(LIST)).context(LIST)?)?;
    let wanted: Vec<&Hole> =
        all.iter().filter(|hole| arguments.is_empty() || arguments.contains(&hole.name)).collect();
    ensure!(!wanted.is_empty(), "no hole of that name in {LIST}");
    // What fails from here on are tests.
    step(
        "seeded holes: building",
        &mut cargo(&["test", "--workspace", "--lib", "--tests", "--no-run", "--quiet"]),
    )?;
    let suites: BTreeSet<&str> =
        wanted.iter().flat_map(|hole| hole.found_by.iter().map(String::as_str)).collect();
    for suite in suites {
        ensure!(passes("none", suite)?, "`cargo test {suite}` must pass when no hole is open");
    }
    let mut missed = Vec::new();
    for hole in &wanted {
        let mut found = None;
        for suite in &hole.found_by {
            if !passes(&hole.name, suite)? {
                found = Some(suite);
                break;
            }
        }
        match found {
            Some(suite) => eprintln!("{}: found by `cargo test {suite}`", hole.name),
            None => missed.push(hole.name.as_str()),
        }
    }
    ensure!(missed.is_empty(), "no test minds {}", missed.join(", "));
    eprintln!("seeded holes: {} of {} found", wanted.len(), wanted.len());
    Ok(())
}

/// Runs these tests with this hole open, on SQLite only: a server that is not here must not look like a find.
fn passes(hole: &str, suite: &str) -> anyhow::Result<bool> {
    let mut tests = cargo(&["test", "--workspace", "--quiet"]);
    tests.args(suite.split(' ')).env(OPEN, hole).env_remove("CI").env_remove("DIJKWACHT_TEST_PG");
    let ended = tests.output().context("cannot start the tests")?;
    Ok(ended.status.success())
}

#[derive(Debug, PartialEq, Eq)]
struct Hole {
    name: String,
    /// Arguments of `cargo test`.
    found_by: Vec<String>,
}

/// Reads the two keys that are wanted here; that the file is whole, a test of `disclosure` sees to.
fn holes(text: &str) -> anyhow::Result<Vec<Hole>> {
    let mut found = Vec::new();
    for part in text.split("[[hole]]").skip(1) {
        let words = |key: &str| {
            let line = part.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            let line = line.with_context(|| format!("{LIST}: no {key}"))?;
            anyhow::Ok(line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        };
        let name = words("name")?.pop().with_context(|| format!("{LIST}: no name"))?;
        found.push(Hole { name, found_by: words("found_by")? });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_has_a_name_and_those_who_find_it() {
        let text = "# x\n\n[[hole]]\nname = \"a\"\nwhat = \"b\"\nfound_by = [\"--test c\", \"--lib d\"]\n";
        let found_by = vec!["--test c".to_owned(), "--lib d".to_owned()];
        assert_eq!(holes(text).unwrap(), [Hole { name: "a".into(), found_by }]);
        assert!(holes("[[hole]]\nname = \"a\"\n").is_err());
    }
}
