//! `dijkwacht officer`: the people of the CSIRT. There is no default account: the first person is
//! added here, by somebody who may read the database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use flow::deliver::email::is_mailbox;
use flow::sign_in;
use jiff::SignedDuration;
use store::officers::{self, Role};
use store::sign_in::Person;

use super::print;
use crate::config::Config;
use crate::node;

#[derive(Subcommand)]
pub enum Command {
    /// Adds a person and prints a link with which they sign in once, within an hour.
    Add {
        #[arg(long)]
        config: PathBuf,
        #[arg(long)]
        name: String,
        #[arg(long)]
        mail: String,
        #[arg(long)]
        role: Which,
    },
    /// Prints a new link for somebody who cannot get mail. The node must not be running on SQLite.
    Link {
        #[arg(long)]
        config: PathBuf,
        #[arg(long)]
        mail: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Which {
    Analyst,
    DutyOfficer,
    Administrator,
    Supervisor,
}

pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add { config, name, mail, role } => {
            let house = node::open(&Config::read(&config)?).await?;
            let role = match role {
                Which::Analyst => Role::Analyst,
                Which::DutyOfficer => Role::DutyOfficer,
                Which::Administrator => Role::Administrator,
                Which::Supervisor => Role::Supervisor,
            };
            let mail = mail.trim().to_lowercase();
            anyhow::ensure!(is_mailbox(&mail), "{mail:?} is no mailbox, and mail is how somebody signs in");
            let officer = officers::Officer { id: house.id(), name, mail, role };
            house.write("add an officer", async |tx| officers::add(tx, &officer).await).await?;
            link(&house, Person::Officer(officer.id)).await
        }
        Command::Link { config, mail } => {
            let house = node::open(&Config::read(&config)?).await?;
            let mail = mail.trim().to_lowercase();
            if let Some(officer) = officers::of_mail(&house.db, &mail).await? {
                return link(&house, Person::Officer(officer.id)).await;
            }
            let contact = store::contacts::with_access(&house.db, &mail).await?.into_iter().next();
            let (contact, _) = contact.ok_or_else(|| anyhow::anyhow!("nobody signs in with {mail}"))?;
            link(&house, Person::Contact(contact.id)).await
        }
    }
}

async fn link(house: &flow::house::House, person: Person) -> anyhow::Result<ExitCode> {
    let code = sign_in::link(house, person, SignedDuration::from_hours(1)).await?;
    print(&format!("{}/sign-in/{code}", house.team.address));
    Ok(ExitCode::SUCCESS)
}
