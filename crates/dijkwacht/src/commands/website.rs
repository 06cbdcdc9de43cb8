//! `dijkwacht website`: keys and files of what everybody may read, and what the standard asks of any provider.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use flow::house::House;
use flow::publication;
use flow::publication::keys::Keys;
use flow::sources::check::{Verdict, check};
use serde_json::json;

use super::{FOUND, print};
use crate::config::Config;
use crate::node;

#[derive(Subcommand)]
pub enum Command {
    /// Makes an OpenPGP key beside those that are there, and prints its fingerprint. From then on it signs.
    Key {
        #[arg(long)]
        config: PathBuf,
    },
    /// Writes all files again from the store. The node must not be running on SQLite.
    Write {
        #[arg(long)]
        config: PathBuf,
    },
    /// Asks a provider of CSAF what the standard asks: requirements 1 to 20. Exits with 3 when its role is not met.
    Check {
        /// A domain, or the address of a provider-metadata.json.
        address: String,
        /// Ways out as of this node: certificates, a proxy, exceptions.
        #[arg(long)]
        config: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Key { config } => {
            let config = Config::read(&config)?;
            let website = config.website.as_ref().context("the configuration has no [website]")?;
            let owner = format!("{} <{}>", config.team.name, config.mail.mailbox);
            let now = House::time_of_this_machine();
            print(&Keys::make(&website.keys(), &owner, House::chance(), now)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Write { config } => {
            let config = Config::read(&config)?;
            let website = config.website.as_ref().context("the configuration has no [website]")?;
            let house = node::open(&config).await?;
            publication::write(&house).await?;
            house.db.close().await;
            print(&website.folder.join("current").display().to_string());
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { address, config, json } => {
            let http = match config {
                Some(config) => Config::read(&config)?.way_out()?,
                None => flow::egress::Egress::new(flow::egress::Rules::default()),
            };
            let report = check(&http, &address, House::time_of_this_machine()).await;
            if json {
                let mut line = serde_json::to_value(&report)?;
                line["schema"] = json!("dijkwacht.provider_check/1");
                print(&line.to_string());
            } else {
                print(&format!(
                    "{}: {}, {} documents: {}",
                    report.address,
                    report.role.unwrap_or("no provider"),
                    report.documents,
                    if report.passes { "passes" } else { "does not pass" }
                ));
                for one in &report.requirements {
                    let verdict = match one.verdict {
                        Verdict::Met => "met",
                        Verdict::Failed => "FAILED",
                        Verdict::NotSeen => "not seen",
                    };
                    print(&format!("  {:2} {verdict}", one.number));
                    one.findings.iter().for_each(|finding| print(&format!("       {finding}")));
                }
            }
            Ok(if report.passes { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
        }
    }
}
