//! The configuration file: one TOML file, every key explained, an unknown key refused with a hint.

use std::path::{Path, PathBuf};

use anyhow::Context;
use domain::publication::Rule;
use domain::source;
use domain::tlp::Tlp;
use flow::deliver::email::is_mailbox;
use flow::deliver::gateway;
use flow::deliver::post::{Security, Server};
use flow::egress;
use flow::publication;
use flow::room::{self, Room};
use flow::sources::Wanted;
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
    pub website: Option<Website>,
    pub gateway: Option<Gateway>,
    #[serde(default)]
    pub rules: Rules,
    #[serde(default)]
    pub egress: Egress,
    #[serde(default)]
    pub sources: Vec<Source>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub name: String,
    pub telephone: String,
    pub site: String,
    pub target_group: String,
    /// By whose rules it may tell: `national` or `sectoral`.
    #[serde(default = "sectoral")]
    pub sends_as: String,
    /// Whether what is low on every side is sent at all.
    #[serde(default)]
    pub sends_lowest: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// A file, or `postgres://…`.
    pub database: String,
    pub papers: PathBuf,
    pub signing_key_file: Option<PathBuf>,
    pub free_mib_min: Option<u32>,
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
    /// The Maildir into which the mail server delivers what is sent to `mailbox`.
    pub returns: Option<PathBuf>,
    pub user: Option<String>,
    /// A file that holds the password and nothing else, so that no secret stands in this file.
    pub password_file: Option<PathBuf>,
}

/// What everybody may read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Website {
    /// The folder of the files; `current` in it is what any server may serve.
    pub folder: PathBuf,
    /// How everybody reaches it, with its scheme.
    pub address: String,
    /// Where this node serves it itself. Without it another server does.
    pub listen: Option<std::net::SocketAddr>,
    /// The folder with the OpenPGP keys; `keys` beside that of the files when it is not said.
    pub signing_keys: Option<PathBuf>,
    /// Whether aggregators may name us, and keep copies.
    #[serde(default = "yes")]
    pub may_be_listed: bool,
    #[serde(default = "yes")]
    pub may_be_mirrored: bool,
    /// From which share of the participants, in percent, something is proposed for the website.
    pub share_percent_min: Option<u64>,
}

impl Website {
    /// The folder with the keys.
    pub fn keys(&self) -> PathBuf {
        self.signing_keys.clone().unwrap_or_else(|| self.folder.with_file_name("website-keys"))
    }

    /// As a house has it.
    pub fn open(&self) -> publication::Website {
        let usual = Rule::default();
        publication::Website::at(publication::Place {
            folder: self.folder.clone(),
            keys: self.keys(),
            address: self.address.trim_end_matches('/').to_owned(),
            rule: Rule {
                share_percent_min: self.share_percent_min.unwrap_or(usual.share_percent_min),
                ..usual
            },
            may_be_listed: self.may_be_listed,
            may_be_mirrored: self.may_be_mirrored,
            draw: web::public::draw,
        })
    }
}

fn yes() -> bool {
    true
}

/// Files of the operator's own; without them the shipped ones count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub ladders: Option<PathBuf>,
    /// A folder with a set of rules of the gate.
    pub disclosure: Option<PathBuf>,
    pub severity: Option<PathBuf>,
    pub plain_language: Option<PathBuf>,
}

/// What the node may ask, besides the world with TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Egress {
    /// Certificates in PEM that vouch for servers, besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// Through whom everything goes: `http://proxy.internal:3128`.
    pub proxy: Option<String>,
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// A name, an address or a network: `mirror.internal`, `10.1.0.0/16`.
    pub place: String,
    #[serde(default)]
    pub http: bool,
    /// Whether a webhook of a participant may be there as well.
    #[serde(default)]
    pub webhooks: bool,
}

/// Who sends text messages for this node, and perhaps reads aloud on the telephone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    pub address: String,
    #[serde(default = "yes")]
    pub text_messages: bool,
    #[serde(default)]
    pub voice: bool,
    /// Numbers of the team itself, in their international form.
    #[serde(default)]
    pub alarm_to: Vec<String>,
}

/// A place that publishes papers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub name: String,
    pub kind: source::Kind,
    pub address: String,
    pub every_minutes: Option<u32>,
    /// What carries a narrower label is not taken in: `CLEAR`, `GREEN`, `AMBER`, `AMBER+STRICT`, `RED`.
    pub tlp_max: Option<Tlp>,
    /// Fingerprints. With any, no other key counts.
    #[serde(default)]
    pub keys: Vec<String>,
    pub silent_hours: Option<u32>,
    pub unreachable_hours: Option<u32>,
    pub paper_mib_max: Option<u32>,
    /// A file that holds the key of an API and nothing else.
    pub key_file: Option<PathBuf>,
    /// Who says what stands in a catalogue of what is exploited.
    pub asserter: Option<String>,
}

fn sectoral() -> String {
    "sectoral".to_owned()
}

impl Exception {
    fn wanted(&self) -> anyhow::Result<egress::Exception> {
        let place = self.place.parse()?;
        Ok(egress::Exception { place, http: self.http, webhooks: self.webhooks })
    }
}

impl Source {
    fn wanted(&self) -> Wanted {
        let usual = source::Settings::default();
        let fingerprint = |key: &String| key.replace(' ', "").to_ascii_uppercase();
        Wanted {
            name: self.name.clone(),
            kind: self.kind,
            address: self.address.clone(),
            settings: source::Settings {
                every_minutes: self.every_minutes.unwrap_or(usual.every_minutes).max(1),
                tlp_max: self.tlp_max.unwrap_or(usual.tlp_max),
                keys: self.keys.iter().map(fingerprint).collect(),
                silent_hours: self.silent_hours,
                unreachable_hours: self.unreachable_hours.unwrap_or(usual.unreachable_hours),
                asserter: self.asserter.clone(),
                paper_bytes_max: self.paper_mib_max.map_or(usual.paper_bytes_max, |mib| u64::from(mib) << 20),
            },
        }
    }
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
        if let Some(website) = &config.website {
            let is_here = website.listen.is_some_and(|listen| listen.ip().is_loopback());
            anyhow::ensure!(
                website.address.starts_with("https://") || is_here,
                "website.address must begin with https:// unless the node serves it on this machine only"
            );
        }
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
        let mut names: Vec<&str> = config.sources.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        anyhow::ensure!(
            names.windows(2).all(|pair| pair[0] != pair[1]),
            "two of the sources have the same name"
        );
        for source in &config.sources {
            let name = &source.name;
            anyhow::ensure!(
                source.key_file.is_none() || source.kind.takes_key(),
                "the source {name:?} takes no key: key_file is for the kinds nvd and shadowserver"
            );
            anyhow::ensure!(
                source.key_file.is_some()
                    || !source.kind.needs_key()
                    || source.address.starts_with("file://"),
                "the source {name:?} answers nobody without a key: key_file names the file that holds it"
            );
            anyhow::ensure!(
                source.asserter.is_none() || source.kind == source::Kind::Kev,
                "the source {name:?} says itself who speaks: asserter is for the kind kev"
            );
            anyhow::ensure!(
                source.asserter.as_ref().is_none_or(|it| !it.trim().is_empty()),
                "the asserter of the source {name:?} has no name"
            );
        }
        if let Some(wanted) = &config.gateway {
            config.gateway(&egress::Egress::new(egress::Rules::default()))?;
            let is_number = |it: &String| {
                it.strip_prefix('+').is_some_and(|digits| {
                    (6..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit())
                })
            };
            anyhow::ensure!(
                wanted.alarm_to.iter().all(is_number),
                "gateway.alarm_to has numbers in their international form: +31850000123"
            );
            anyhow::ensure!(
                wanted.alarm_to.is_empty() || wanted.text_messages,
                "gateway.alarm_to needs text_messages"
            );
        }
        for exception in &config.egress.exceptions {
            exception.place.parse::<egress::Place>().context("egress.exceptions")?;
        }
        config
            .egress
            .proxy
            .as_ref()
            .map(|it| it.parse::<egress::Proxy>())
            .transpose()
            .context("egress.proxy")?;
        Ok(config)
    }

    /// The sources that stand here.
    pub fn wanted(&self) -> Vec<Wanted> {
        self.sources.iter().map(Source::wanted).collect()
    }

    /// The gateway, with `way` out to it, on which it may be inside; without TLS on this machine only.
    ///
    /// # Errors
    /// When its address is none.
    pub fn gateway(&self, way: &egress::Egress) -> anyhow::Result<gateway::Gateway> {
        let Some(wanted) = &self.gateway else { return Ok(gateway::Gateway::default()) };
        let (_, rest) = wanted.address.split_once("://").context("gateway.address begins with https://")?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = match host.strip_prefix('[') {
            Some(host) => host.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        let place = host.parse().context("gateway.address")?;
        let http = matches!(host, "127.0.0.1" | "::1" | "localhost");
        let way = way.and(egress::Exception { place, http, webhooks: false });
        let address = way.look(&wanted.address).context("gateway.address")?;
        Ok(gateway::Gateway::at(gateway::Place {
            address,
            text_messages: wanted.text_messages,
            voice: wanted.voice,
            alarm_to: wanted.alarm_to.clone(),
            way,
        }))
    }

    /// The one way out, with the operator's exceptions.
    ///
    /// # Errors
    /// When the file with certificates cannot be read, or holds none.
    pub fn way_out(&self) -> anyhow::Result<egress::Egress> {
        let mut rules = egress::Rules::default();
        if let Some(file) = &self.egress.ca_file {
            rules.authorities = std::fs::read(file).with_context(|| file.display().to_string())?;
        }
        for exception in &self.egress.exceptions {
            rules.exceptions.push(exception.wanted()?);
        }
        rules.proxy = self.egress.proxy.as_ref().map(|it| it.parse()).transpose()?;
        for source in &self.sources {
            if let Some(file) = &source.key_file {
                let key = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
                anyhow::ensure!(!key.trim().is_empty(), "{}: holds no key", file.display());
                rules.keys.insert(source.name.clone(), egress::Secret::new(&key));
            }
        }
        let way_out = egress::Egress::new(rules);
        way_out.check()?;
        Ok(way_out)
    }

    /// Where the key lies with which the node signs: beside the folder of papers, unless another place is named.
    pub fn signing_key(&self) -> PathBuf {
        let named = self.store.signing_key_file.clone();
        named.unwrap_or_else(|| self.keys().join("signing.pem"))
    }

    /// The folder of the keys of the node: beside the folder of papers.
    pub fn keys(&self) -> PathBuf {
        self.store.papers.with_file_name("keys")
    }

    /// The disks on which the node writes, and how much must stay free there.
    pub fn room(&self) -> Room {
        let is_file = !self.store.database.contains("://");
        let folder = Path::new(&self.store.database).parent().filter(|it| !it.as_os_str().is_empty());
        let database = is_file.then(|| folder.unwrap_or(Path::new(".")).to_owned());
        let places = database.into_iter().chain([self.store.papers.clone()]).collect();
        let free_bytes_min = self.store.free_mib_min.map_or(room::FREE_BYTES_MIN, |mib| u64::from(mib) << 20);
        Room::on_disks(places, free_bytes_min)
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
    fn a_source_stands_in_the_file_with_what_is_not_usual() {
        let listed = "[egress]
            exceptions = [{ place = \"10.1.0.0/16\" }, { place = \"mirror.internal\", http = true }]";
        let more = "
            [[sources]]
            name = \"Deltawerk\"
            kind = \"csaf_provider\"
            address = \"deltawerk.example\"
            tlp_max = \"AMBER+STRICT\"
            keys = [\"a891 4ca2\"]
        ";
        let with = |listed: &str| format!("{}\n{more}", EXAMPLE.replace("[egress]", listed));
        let config = Config::parse(&with(listed)).unwrap();
        let [wanted] = &config.wanted()[..] else { panic!("there is one") };
        assert_eq!(wanted.settings.tlp_max, Tlp::AmberStrict);
        assert_eq!((wanted.settings.every_minutes, wanted.settings.keys[0].as_str()), (60, "A8914CA2"));
        assert_eq!(config.way_out().unwrap().rules().exceptions.len(), 2);
        let twice = format!("{}{more}", with(listed));
        assert!(Config::parse(&twice).unwrap_err().to_string().contains("same name"));
        Config::parse(&with(&listed.replace("mirror.internal", "https://mirror.internal/"))).unwrap_err();
    }

    #[test]
    fn a_key_stands_in_a_file_of_its_own_and_a_catalogue_has_a_name() {
        let file = std::env::temp_dir().join(format!("dijkwacht_key_{}", std::process::id()));
        std::fs::write(&file, "4f1d-key\n").unwrap();
        let source = |kind: &str, more: &str| {
            let head = "name = \"a list\"\naddress = \"https://list.example/\"";
            format!("{EXAMPLE}\n[[sources]]\n{head}\nkind = \"{kind}\"\n{more}\n")
        };
        let key = format!("key_file = \"{}\"", file.display());
        let config = Config::parse(&source("nvd", &key)).unwrap();
        assert_eq!(config.way_out().unwrap().rules().keys["a list"].tell(), "4f1d-key");
        assert!(!format!("{:?}", config.wanted()).contains("4f1d"), "and nowhere else");
        std::fs::remove_file(&file).unwrap();
        assert!(config.way_out().is_err(), "a key that is not there is said at the start");
        Config::parse(&source("kev", &key)).unwrap_err();
        Config::parse(&source("shadowserver", &key)).unwrap();
        Config::parse(&source("shadowserver", "")).unwrap_err();
        let named = Config::parse(&source("kev", "asserter = \"Dijkwachters\"")).unwrap();
        assert_eq!(named.wanted()[0].settings.asserter.as_deref(), Some("Dijkwachters"));
        Config::parse(&source("nvd", "asserter = \"Dijkwachters\"")).unwrap_err();
        Config::parse(&source("kev", "asserter = \" \"")).unwrap_err();
    }

    #[test]
    fn how_much_stays_free_is_the_operators_to_say() {
        let with = |more: &str| Config::parse(&EXAMPLE.replace("# free_mib_min = 1024", more)).unwrap();
        let here = |config: Config| {
            let store = Store { database: "node.sqlite".into(), papers: "/".into(), ..config.store.clone() };
            Config { store, ..config }.room().short()
        };
        assert_eq!(here(with("free_mib_min = 0")), None);
        let short = here(with("free_mib_min = 4294967295")).unwrap();
        assert_eq!(short.free_bytes_min, 4_294_967_295 << 20);
    }

    #[test]
    fn a_proxy_is_an_address_without_a_password() {
        let with = |proxy: &str| EXAMPLE.replace("[egress]", &format!("[egress]\nproxy = \"{proxy}\""));
        let config = Config::parse(&with("http://proxy.internal:3128")).unwrap();
        assert!(config.way_out().unwrap().rules().proxy.is_some());
        Config::parse(&with("http://me:secret@proxy.internal:3128")).unwrap_err();
        Config::parse(&with("proxy.internal")).unwrap_err();
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
