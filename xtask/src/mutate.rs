//! `cargo xtask mutate [SECONDS]`: every reader against papers that were struck, a quarter of a minute each.
//!
//! The readers are tests of `formats` (`tests/mutation.rs`), so they are found by whoever looks for tests
//! and need no other compiler; here they only get more time.

use anyhow::{Context, ensure};

use crate::cargo::{cargo, has, step};

/// For each reader. A minute each is what a release asks (`cargo xtask mutate 60`, a quarter of an hour).
const SECONDS: u32 = 15;

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.len() <= 1, "takes the seconds for each reader, and nothing else");
    let seconds = match arguments.first() {
        Some(seconds) => seconds.parse().with_context(|| format!("{seconds:?} is no number of seconds"))?,
        None => SECONDS,
    };
    // The whole workspace, as in the other steps, so that nothing is built twice.
    let mut tests = match has("nextest") {
        true => cargo(&["nextest", "run", "--workspace", "--no-fail-fast", "--success-output", "final"]),
        false => cargo(&["test", "--workspace", "--test", "mutation", "--", "--nocapture"]),
    };
    if has("nextest") {
        tests.args(["-E", "binary(mutation)"]);
    }
    step("mutation", tests.env("DIJKWACHT_MUTATION_SECONDS", u32::to_string(&seconds)))
}
