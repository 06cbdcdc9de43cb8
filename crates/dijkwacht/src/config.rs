//! The configuration file: one TOML file, every key explained, an unknown key refused with a hint.

use std::path::{Path, PathBuf};

use anyhow::Context;
use flow::deliver::email::is_mailbox;
use flow::deliver::post::{Security, Server};
use serde::Deserialize;

/// The file that `dijkwacht config example` prints.
pub const EXAMPLE: &str = include_str!("../dijkwacht.example.toml");

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub team: Team,
    pub store: Store,
    pub web: Web,
    pub mail: Mail,
    #[serde(default)]
    pub rules: Rules,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub name: String,
    pub telephone: String,
    pub site: String,
    pub target_group: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// A file, or `postgres://…`.
    pub database: String,
    pub papers: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    pub listen: std::net::SocketAddr,
    /// How readers reach the platform, with its scheme.
    pub address: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub mailbox: String,
    pub user: Option<String>,
    /// A file that holds the password and nothing else, so that no secret stands in this file.
    pub password_file: Option<PathBuf>,
}

/// Files of the operator's own; without them the shipped ones count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub ladders: Option<PathBuf>,
    pub severity: Option<PathBuf>,
}

impl Config {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// With the place in the file and, for a key that nobody knows, the keys that are known.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// As [`Config::read`], of text.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text)?;
        anyhow::ensure!(
            config.web.address.starts_with("https://") || config.web.listen.ip().is_loopback(),
            "web.address must begin with https:// unless the node listens on this machine only"
        );
        let is_local = matches!(config.mail.host.as_str(), "127.0.0.1" | "::1" | "localhost");
        anyhow::ensure!(
            config.mail.security != Security::None || is_local,
            "mail.security may be \"none\" for a server on this machine only"
        );
        anyhow::ensure!(
            is_mailbox(&config.mail.mailbox),
            "mail.mailbox must be one address and nothing else: warnings@z-cert.example"
        );
        anyhow::ensure!(
            config.mail.user.is_some() == config.mail.password_file.is_some(),
            "mail.user and mail.password_file go together"
        );
        Ok(config)
    }

    /// The mail server, with the password from its file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn mail_server(&self) -> anyhow::Result<Server> {
        let login = match (&self.mail.user, &self.mail.password_file) {
            (Some(user), Some(file)) => {
                let password = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
                Some((user.clone(), password.trim_end().to_owned()))
            }
            _ => None,
        };
        Ok(Server {
            host: self.mail.host.clone(),
            port: self.mail.port,
            security: self.mail.security,
            login,
            sender: self.mail.mailbox.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_configuration() {
        let config = Config::parse(EXAMPLE).unwrap();
        assert_eq!(config.team.target_group, "care");
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_keys_that_are_known() {
        let misspelt = EXAMPLE.replace("telephone =", "telefone =");
        let why = format!("{:#}", Config::parse(&misspelt).unwrap_err());
        assert!(why.contains("telefone") && why.contains("telephone"), "{why}");
    }

    #[test]
    fn nothing_secret_travels_in_the_open() {
        let refused = |from: &str, to: &str| {
            let text = EXAMPLE.replace(from, to);
            assert_ne!(text, EXAMPLE, "{from} is in the example");
            Config::parse(&text).unwrap_err();
        };
        refused("security = \"starttls\"", "security = \"none\"");
        refused("mailbox = \"warnings@", "mailbox = \"Z-CERT, warnings@");
        refused(
            "listen = \"127.0.0.1:8080\"\naddress = \"https://",
            "listen = \"192.0.2.1:8080\"\naddress = \"http://",
        );
    }
}
