//! `cargo xtask bench NAME`: measured in a release build, against something named.
//!
//! What is measured lies with the stories, because it needs the whole house; this verb only starts it.

use anyhow::ensure;

use crate::cargo::{cargo, root, step};

/// Where the measuring program may lie.
const PLACES: [&str; 2] = ["crates/scenarios/src/bin/bench.rs", "crates/scenarios/src/bin/bench/main.rs"];

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let there = PLACES.iter().any(|place| root().join(place).is_file());
    ensure!(there, "there is nothing to measure with yet: neither {} nor {} exists", PLACES[0], PLACES[1]);
    ensure!(!arguments.is_empty(), "name what to measure, for example: cargo xtask bench walk");
    let mut bench = cargo(&["run", "--release", "--package", "scenarios", "--bin", "bench", "--"]);
    step("bench", bench.args(arguments))
}
