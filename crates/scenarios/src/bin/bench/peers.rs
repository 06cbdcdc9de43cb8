//! What others wrote for the same work, installed by their own package manager into the scratch folder of
//! a run, so that both are measured on one machine within a minute.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command that must succeed. What it prints on standard output comes back.
fn output(command: &mut Command) -> String {
    let shown = format!("{command:?}");
    let output = command.stderr(Stdio::inherit()).output().unwrap_or_else(|why| panic!("{shown}: {why}"));
    assert!(output.status.success(), "{shown}");
    String::from_utf8(output.stdout).unwrap()
}

/// A Python with these packages.
pub fn python(folder: &Path, packages: &[&str]) -> PathBuf {
    tried_python(folder, packages).unwrap_or_else(|why| panic!("{why}"))
}

/// As [`python`], and why it cannot be had where it cannot.
pub fn tried_python(folder: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    let own = folder.join("python");
    let program = own.join("bin/python");
    if !program.exists() {
        tried(Command::new("python3").args(["-m", "venv"]).arg(&own))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    tried(Command::new(&program).args(pip).args(packages))?;
    Ok(program)
}

fn tried(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    match command.stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{shown}: {}", output.status)),
        Err(why) => Err(format!("{shown}: {why}")),
    }
}

/// Runs a script of Python.
pub fn run_python(program: &Path, folder: &Path, script: &str) -> String {
    let file = folder.join("peer.py");
    std::fs::write(&file, script).unwrap();
    output(Command::new(program).arg(file).current_dir(folder))
}

/// Runs a module of Node beside these packages.
pub fn run_node(folder: &Path, packages: &[&str], script: &str) -> String {
    std::fs::write(folder.join("package.json"), r#"{"private": true, "type": "module"}"#).unwrap();
    let install = ["install", "--silent", "--no-audit", "--no-fund"];
    output(Command::new("npm").args(install).args(packages).current_dir(folder));
    let file = folder.join("peer.js");
    std::fs::write(&file, script).unwrap();
    output(Command::new("node").arg(file).current_dir(folder))
}

/// Where the public sets lie.
#[expect(clippy::disallowed_methods, reason = "a bench asks the environment where the public sets lie")]
pub fn data() -> PathBuf {
    let said = std::env::var("DIJKWACHT_DATA").map(PathBuf::from);
    said.unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"))
}

/// An archive of the public data, unpacked.
pub fn unpacked(folder: &Path, archive: &str) -> PathBuf {
    output(Command::new("tar").arg("-xJf").arg(data().join(archive)).arg("-C").arg(folder));
    folder.to_owned()
}
