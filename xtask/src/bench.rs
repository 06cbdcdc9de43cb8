//! `cargo xtask bench NAME`: measured in a release build, against something named.
//!
//! What is measured lies with the stories, because it needs the whole house; this verb only starts it.

use anyhow::ensure;

use crate::cargo::{cargo, step};

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(!arguments.is_empty(), "name what to measure, for example: cargo xtask bench walk");
    let mut bench = cargo(&["run", "--release", "--package", "scenarios", "--bin", "bench", "--"]);
    step("bench", bench.args(arguments))
}
