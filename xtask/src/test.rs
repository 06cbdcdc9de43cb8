//! `cargo xtask test`: what the tests need, the tests, and how many there were.
//!
//! The last line counts tests, whichever runner there is. Documentation tests come first, because the
//! runner with the better summary (`cargo nextest`) does not know them. Somebody who gives arguments
//! asks for certain tests: the arguments go to the runner, and documentation tests are left out.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};

use crate::{
    cargo::{cargo, has, in_ci, shown, step},
    debian,
    postgres::Cluster,
};

/// Names the server on which the store's tests make their databases. When it is set already, that
/// server is used and none is started.
const SERVER: &str = "DIJKWACHT_TEST_PG";

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    debian::provide()?;
    let cluster = match std::env::var_os(SERVER) {
        Some(_) => None,
        None => match Cluster::start() {
            Ok(cluster) => Some(cluster),
            Err(error) if in_ci() => return Err(error),
            Err(error) => {
                eprintln!("on SQLite only: {error:#}");
                None
            }
        },
    };
    let server = cluster.as_ref().map(Cluster::url);
    let with_server = |mut command: Command| {
        if let Some(server) = &server {
            command.env(SERVER, server);
        }
        command
    };

    if arguments.is_empty() {
        step("documentation tests", &mut with_server(cargo(&["test", "--doc", "--workspace"])))?;
    }
    let everywhere =
        match arguments.iter().any(|word| word.starts_with("-p") || word.starts_with("--package")) {
            true => None,
            false => Some("--workspace"),
        };
    if has("nextest") {
        let mut tests = cargo(&["nextest", "run"]);
        tests.args(everywhere).args(in_ci().then_some("--no-fail-fast")).args(arguments);
        // No `step`: the summary of the runner is to be the last line.
        eprintln!("==> tests");
        let searched = Searched::begin()?;
        let mut tests = with_server(tests);
        let mut child = tests
            .env(SEARCHED, &searched.file)
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the tests")?;
        let mut summary = String::new();
        if let Some(said) = child.stderr.take() {
            for line in BufReader::new(said).lines() {
                let line = line?;
                eprintln!("{line}");
                if line.trim_start().starts_with("Summary [") {
                    summary = line;
                }
            }
        }
        let status = child.wait()?;
        searched.end()?;
        eprintln!("{summary}");
        return if status.success() { Ok(()) } else { bail!("{} ended with {status}", shown(&tests)) };
    }
    let mut tests = cargo(&["test", "--lib", "--bins", "--tests", "--no-fail-fast"]);
    tests.args(everywhere).args(arguments);
    counted(&mut with_server(tests))
}

/// Names the file in which tests count what they searched for words of others (`disclosure::canaries::COUNTED_IN`).
const SEARCHED: &str = "DIJKWACHT_CANARIES";

/// How much the tests held against words that were not for whoever got it.
struct Searched {
    file: std::path::PathBuf,
}

impl Searched {
    fn begin() -> anyhow::Result<Self> {
        let file = std::env::temp_dir().join(format!("dijkwacht_canaries_{}", std::process::id()));
        std::fs::write(&file, "").with_context(|| format!("cannot write {}", file.display()))?;
        Ok(Self { file })
    }

    /// Says how much it was. A foreign word would have failed its test.
    fn end(self) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(&self.file)?;
        let sizes: Vec<u64> = text.lines().filter_map(|line| line.parse().ok()).collect();
        let (outputs, bytes) = (sizes.len(), sizes.iter().sum::<u64>());
        eprintln!(
            "canaries: {outputs} searches of {bytes} bytes for words of others; each find fails its test"
        );
        std::fs::remove_file(&self.file)?;
        Ok(())
    }
}

/// Runs `cargo test`, passes on what it says, and adds up the counts of its programs.
fn counted(tests: &mut Command) -> anyhow::Result<()> {
    eprintln!("==> tests");
    let searched = Searched::begin()?;
    tests.env(SEARCHED, &searched.file);
    let mut child = tests.stdout(Stdio::piped()).spawn().context("cannot start the tests")?;
    let mut total = Count::default();
    if let Some(said) = child.stdout.take() {
        for line in BufReader::new(said).lines() {
            let line = line?;
            eprintln!("{line}");
            total.add(&line);
        }
    }
    let status = child.wait()?;
    searched.end()?;
    eprintln!("tests: {} passed, {} failed, {} ignored", total.passed, total.failed, total.ignored);
    if status.success() { Ok(()) } else { bail!("{} ended with {status}", shown(tests)) }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u32,
    failed: u32,
    ignored: u32,
}

impl Count {
    /// Adds `test result: ok. 12 passed; 0 failed; 1 ignored; …`; other lines count nothing.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let words: Vec<&str> = result.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u32>() else { continue };
            match pair[1] {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_all_programs_are_added() {
        let mut total = Count::default();
        for line in [
            "running 3 tests",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s",
            "test result: FAILED. 10 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.10s",
        ] {
            total.add(line);
        }
        assert_eq!(total, Count { passed: 12, failed: 3, ignored: 1 });
    }
}
