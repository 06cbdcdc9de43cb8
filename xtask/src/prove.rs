//! `cargo xtask prove`: what holds of the shipped rules for all requests.
//!
//! Twice, by two ways that share no code. A solver (cvc5) gets the rules as formulas and looks for a request that
//! breaks a claim; the program that asks it stands in `xtask/prove`, a workspace of its own, because what it stands on
//! is heavy and nothing of it may come near the product. And a test counts every case out
//! (`crates/disclosure/tests/proof.rs`), which also shows what no formula of Cedar can say: what the gate makes of it.
//!
//! The solver is a program that the environment names (`CVC5`), or the Python package of that name, fetched once.
//! Debian's own is too old for what is written to it.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::ensure;

use crate::cargo::{cargo, has, root, step};

/// The package that was tried.
const SOLVER: &str = "cvc5==1.4.2";
const POLICIES: &str = "crates/disclosure/policies";

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.is_empty(), "takes no arguments");
    ensure!(by_solver()?, "no solver: name one as CVC5, or let Python fetch {SOLVER}");
    step("proof by counting out", &mut counting_out())
}

/// The solver's half, before the tests count out the other. Without a solver that half stands alone, and it is said.
///
/// # Errors
/// When a claim is broken.
pub fn run_before_tests() -> anyhow::Result<()> {
    if !by_solver()? {
        eprintln!("proof by solver: left out, no solver is here; the tests count every case out");
    }
    Ok(())
}

/// False when there is no solver.
fn by_solver() -> anyhow::Result<bool> {
    let Some(solver) = solver() else { return Ok(false) };
    let mut prove = cargo(&["run", "--quiet", "--manifest-path", "xtask/prove/Cargo.toml", "--locked", "--"]);
    prove.env("CARGO_TARGET_DIR", target().join("prove")).arg(POLICIES).args(solver);
    step("proof by solver", &mut prove)?;
    Ok(true)
}

fn counting_out() -> Command {
    match has("nextest") {
        true => {
            let mut tests = cargo(&["nextest", "run", "--workspace", "--success-output", "final"]);
            tests.args(["-E", "package(disclosure) & binary(proof)"]);
            tests
        }
        false => cargo(&["test", "--workspace", "--test", "proof", "--", "--nocapture"]),
    }
}

/// How a solver is called that reads SMT-LIB on its standard input.
fn solver() -> Option<Vec<PathBuf>> {
    if let Some(program) = std::env::var_os("CVC5") {
        return Some(vec![program.into(), "--lang".into(), "smt".into(), "--tlimit-per=60000".into()]);
    }
    let own = target().join("solver");
    let python = own.join("bin/python");
    if !knows_the_package(&python) {
        std::fs::create_dir_all(target()).ok()?;
        let mut fresh = Command::new("python3");
        step("solver, a place for it", fresh.args(["-m", "venv"]).arg(&own)).ok()?;
        let mut fetch = Command::new(&python);
        fetch.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SOLVER]);
        step("solver, fetched", &mut fetch).ok()?;
    }
    Some(vec![python, root().join("xtask/prove/solver.py")])
}

fn knows_the_package(python: &PathBuf) -> bool {
    let mut asked = Command::new(python);
    asked.args(["-c", "import cvc5"]).stdout(Stdio::null()).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into)
}
