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
    let own = folder.join("python");
    output(Command::new("python3").args(["-m", "venv"]).arg(&own));
    let program = own.join("bin/python");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    output(Command::new(&program).args(pip).args(packages));
    program
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

/// An archive of the public data, unpacked.
#[expect(clippy::disallowed_methods, reason = "a bench asks the environment where the public sets lie")]
pub fn unpacked(folder: &Path, archive: &str) -> PathBuf {
    let data = std::env::var("DIJKWACHT_DATA").unwrap_or_else(|_| {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").to_string_lossy().into_owned()
    });
    output(Command::new("tar").arg("-xJf").arg(Path::new(&data).join(archive)).arg("-C").arg(folder));
    folder.to_owned()
}
