//! `dijkwacht keys`: what others must know of the keys of this node.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use flow::deliver::gateway;
use flow::deliver::seals::Seals;
use flow::house::House;
use flow::signing::Key;

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
    /// Prints the public key with which the gateway of text messages checks what this node says. A key that is not there
    /// yet is made.
    Gateway {
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
    match command {
        Command::Dns { config } => {
            let config = Config::read(&config)?;
            for (name, record) in seals(&config)?.records(&config.mail.mailbox) {
                print(&format!("{name}. 3600 IN TXT {}", in_pieces(&record)));
            }
        }
        Command::Gateway { config } => {
            let place = Config::read(&config)?.signing_key();
            let key = Key::open(&place, House::chance).context("store.signing_key_file")?;
            print(&gateway::public_key(&key));
        }
        Command::Openpgp { config } => {
            if let Some(key) = seals(&Config::read(&config)?)?.openpgp() {
                print(&format!("# {}", key.fingerprint()));
                print(key.public().trim_end());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn seals(config: &Config) -> anyhow::Result<Seals> {
    Seals::open(&config.keys(), &config.mail.mailbox, House::moment(), House::chance).context("keys of mail")
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
