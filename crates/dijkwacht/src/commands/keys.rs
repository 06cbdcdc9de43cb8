//! `dijkwacht keys`: what others must know of the keys of this node.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use flow::deliver::seals::Seals;
use flow::house::House;

use super::print;
use crate::config::Config;

#[derive(Subcommand)]
pub enum Command {
    /// Prints the TXT records with which the world checks our mail, as lines of a zone file. Keys that are not there
    /// yet are made.
    Dns {
        #[arg(long)]
        config: PathBuf,
    },
    /// Prints the public key with which readers check our mail, after a line with its fingerprint.
    Openpgp {
        #[arg(long)]
        config: PathBuf,
    },
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    let (Command::Dns { config } | Command::Openpgp { config }) = &command;
    let config = Config::read(config)?;
    let mailbox = &config.mail.mailbox;
    let seals =
        Seals::open(&config.keys(), mailbox, House::moment(), House::chance).context("keys of mail")?;
    match command {
        Command::Dns { .. } => {
            for (name, record) in seals.records(mailbox) {
                print(&format!("{name}. 3600 IN TXT {}", in_pieces(&record)));
            }
        }
        Command::Openpgp { .. } => {
            if let Some(key) = seals.openpgp() {
                print(&format!("# {}", key.fingerprint()));
                print(key.public().trim_end());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A text as a zone file has it: in pieces of at most 255 octets (RFC 1035, 3.3.14), which readers put together.
fn in_pieces(record: &str) -> String {
    let pieces: Vec<String> = record
        .as_bytes()
        .chunks(250)
        .map(|piece| format!("\"{}\"", String::from_utf8_lossy(piece)))
        .collect();
    pieces.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_record_is_written_in_pieces_that_fit() {
        assert_eq!(in_pieces("v=DKIM1; k=ed25519; p=abc"), "\"v=DKIM1; k=ed25519; p=abc\"");
        let long = in_pieces(&"x".repeat(400));
        assert_eq!(long, format!("\"{}\" \"{}\"", "x".repeat(250), "x".repeat(150)));
    }
}
