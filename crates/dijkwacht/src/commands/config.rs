//! `dijkwacht config`: the configuration file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::print;
use crate::config::{Config, EXAMPLE};

#[derive(Subcommand)]
pub enum Command {
    /// Says whether a configuration can be used, and what is wrong when it cannot.
    Check { file: PathBuf },
    /// Prints a configuration with every key explained.
    Example,
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { file } => {
            Config::read(&file)?;
            print("the configuration can be used");
        }
        Command::Example => print(EXAMPLE.trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}
