//! Running cargo, and other programs, at the root of the tree.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, bail};

/// The root of the tree.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// True on the machine that checks every commit (`CI=true`). There, what is missing is a failure; on a
/// desk it is a test less, and said aloud.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// The cargo that runs us, with `arguments`, at the root.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Whether `cargo NAME` exists here.
pub fn has(name: &str) -> bool {
    let mut version = cargo(&[name, "--version"]);
    version.stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// Runs one step to its end, and says what it is and how long it took.
///
/// # Errors
/// When the program cannot be started, or ends with anything but success.
pub fn step(name: &str, command: &mut Command) -> anyhow::Result<()> {
    eprintln!("==> {name}");
    let began = Instant::now();
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{name}: {} ended with {status}", shown(command));
    }
    eprintln!("<== {name}: {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// The command as somebody would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
