//! `cargo xtask ci`: everything that must hold before a change lands, the cheapest first.

use anyhow::ensure;

use crate::{
    browser,
    cargo::{cargo, step},
    holes, mutate, prove, sbom, test,
};

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.is_empty(), "takes no arguments; `cargo xtask test` does");
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    sbom::run(&["--check".to_owned()])?;
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    step("documentation", documentation.env("RUSTDOCFLAGS", "-D warnings"))?;
    prove::run_before_tests()?;
    let mutation = mutate::Beside::begin()?;
    browser::run_before_tests()?;
    holes::run(&[])?;
    // The tests kill nodes and read clocks, so nobody else is to be at work then.
    mutation.end()?;
    // Last, so that a run ends with the line that counts the tests.
    test::run(&[])
}
