//! `cargo xtask mutate [SECONDS]`: every reader against papers that were struck, a minute each.
//!
//! The readers are tests of `formats` (`tests/mutation.rs`), so they are found by whoever looks for tests
//! and need no other compiler; here they only get more time. A minute is one of the processor, counted by
//! the readers themselves.
//!
//! Forty minutes on two cores are twenty. Before a change lands they begin beside the browser, as whoever gives
//! way to everybody else: they take what that leaves over while it waits for a page. They end before the other
//! tests begin, some of which kill nodes and would take a busy machine for a node that dies over its work.

use std::{
    fs::{self, File},
    process::Command,
    time::Instant,
};

use anyhow::{Context, bail, ensure};

use crate::cargo::{cargo, has, root, shown, step};
use crate::group::Group;

/// For each reader.
const SECONDS: u32 = 60;
/// What they said, when they ran beside others.
const SAID: &str = "target/artefacts/mutation.txt";

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.len() <= 1, "takes the seconds for each reader, and nothing else");
    let seconds = match arguments.first() {
        Some(seconds) => seconds.parse().with_context(|| format!("{seconds:?} is no number of seconds"))?,
        None => SECONDS,
    };
    step("mutation", &mut readers(cargo(&[]), seconds))
}

/// The readers as arguments of a cargo. The whole workspace, as in the other steps, so that nothing is built
/// twice.
fn readers(mut cargo: Command, seconds: u32) -> Command {
    match has("nextest") {
        true => cargo.args(["nextest", "run", "--workspace", "--no-fail-fast"]).args([
            "--success-output",
            "final",
            "-E",
            "binary(mutation)",
        ]),
        false => cargo.args(["test", "--workspace", "--test", "mutation", "--", "--nocapture"]),
    };
    cargo.env("DIJKWACHT_MUTATION_SECONDS", u32::to_string(&seconds));
    cargo
}

/// The readers, while something else goes on. When something else goes wrong, nobody waits for them.
pub struct Beside {
    readers: Group,
    began: Instant,
    what: String,
}

impl Beside {
    /// Builds what all tests need, and begins.
    pub fn begin() -> anyhow::Result<Self> {
        step("tests, built", &mut cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--no-run"]))?;
        let said = root().join(SAID);
        fs::create_dir_all(said.parent().context("a file lies in a folder")?)?;
        let said = File::create(&said).with_context(|| said.display().to_string())?;
        let mut gently = Group::gently(cargo(&[]).get_program());
        gently.current_dir(root());
        let mut readers = readers(gently, SECONDS);
        readers.stdout(said.try_clone()?).stderr(said);
        let what = shown(&readers);
        eprintln!("==> mutation, beside what follows; what it says stands in {SAID}");
        let began = Instant::now();
        let readers = Group::spawn(&mut readers).with_context(|| format!("cannot start {what}"))?;
        Ok(Self { readers, began, what })
    }

    /// Waits for them, and says how much each tried.
    ///
    /// # Errors
    /// When one of them was hurt.
    pub fn end(mut self) -> anyhow::Result<()> {
        let status = self.readers.wait()?;
        let said = fs::read_to_string(root().join(SAID))?;
        // What is long is said when something is wrong.
        let counts = |line: &&str| !status.success() || line.contains(" mutations in ");
        for line in said.lines().filter(counts) {
            eprintln!("{line}");
        }
        if !status.success() {
            bail!("mutation: {} ended with {status}", self.what);
        }
        eprintln!("<== mutation: {:.0} s", self.began.elapsed().as_secs_f64());
        Ok(())
    }
}
