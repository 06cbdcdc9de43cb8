//! What an operator or an analyst can ask of the program. One file per noun.
//!
//! Exit codes: 0 fine, 1 error, 2 usage, 3 found something, 4 not allowed, 5 try again later.

mod advisory;
mod audit;
mod backup;
mod config;
mod cvss;
mod demo;
mod disclose;
mod ingest;
mod keys;
mod lines;
mod matching;
mod observations;
mod officer;
mod replay;
mod serve;
mod vers;
mod website;

use std::process::ExitCode;

use clap::Subcommand;

/// Something was found: not an error, and not nothing.
pub const FOUND: u8 = 3;
/// Nothing is wrong, and it is not done.
pub const TRY_LATER: u8 = 5;

#[derive(Subcommand)]
pub enum Command {
    /// Shows December 2019 as it should have gone: a node, its participants, their mail, a moving clock.
    Demo(demo::Arguments),
    /// Runs a node: pages and work.
    Serve(serve::Arguments),
    /// Runs the work of a node without its pages, beside others on the same PostgreSQL.
    Work(serve::Arguments),
    /// Plays a scenario at full speed and prints its figures. The same seed prints the same.
    Replay(replay::Arguments),
    /// Takes papers in: advisories, vulnerability records, observations.
    Ingest(ingest::Arguments),
    /// The people of the CSIRT.
    #[command(subcommand)]
    Officer(officer::Command),
    /// What everybody may read: its keys and files, and what the standard asks of any provider.
    #[command(subcommand)]
    Website(website::Command),
    /// Looks at advisories without a database.
    #[command(subcommand)]
    Advisory(advisory::Command),
    /// Holds an inventory against papers, without a database. Exits with 3 when anything is concerned.
    Match(matching::Arguments),
    /// The scores of CVSS vectors: lines of {"vector"} in, a line out for each.
    Cvss(cvss::Arguments),
    /// Whether ranges contain versions: lines of {"range","version"} in, a line out for each.
    Vers(vers::Arguments),
    /// Reports of what somebody saw, and what became of each of their rows.
    #[command(subcommand)]
    Observations(observations::Command),
    /// Asks the gate, without a database: what may go to whom, on which ground, and why not more.
    Disclose(disclose::Arguments),
    /// The ledger: whether it was edited, and proofs that others can check.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Everything of one moment, put away and brought back.
    #[command(subcommand)]
    Backup(backup::Command),
    /// The keys of this node, and what the world must know of them.
    #[command(subcommand)]
    Keys(keys::Command),
    /// The configuration file.
    #[command(subcommand)]
    Config(config::Command),
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Demo(arguments) => demo::run(arguments).await,
            Self::Serve(arguments) => serve::run(arguments, true).await,
            Self::Work(arguments) => serve::run(arguments, false).await,
            Self::Replay(arguments) => replay::run(arguments).await,
            Self::Ingest(arguments) => ingest::run(arguments).await,
            Self::Officer(command) => officer::run(command).await,
            Self::Website(command) => website::run(command).await,
            Self::Advisory(command) => advisory::run(command),
            Self::Match(arguments) => matching::run(arguments),
            Self::Cvss(arguments) => cvss::run(arguments),
            Self::Vers(arguments) => vers::run(arguments),
            Self::Observations(command) => observations::run(command).await,
            Self::Disclose(arguments) => disclose::run(&arguments),
            Self::Audit(command) => audit::run(command).await,
            Self::Backup(command) => backup::run(command).await,
            Self::Keys(command) => keys::run(command),
            Self::Config(command) => config::run(command),
        }
    }
}

/// Prints one line of data. Everything else that the program says goes to standard error.
#[expect(clippy::print_stdout, reason = "this is what the command prints")]
pub fn print(line: &str) {
    println!("{line}");
}
