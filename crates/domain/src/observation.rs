//! Somebody saw something at an address at a time, and what that can prove.
//!
//! ```text
//! New ─► Attributed ─► Used, by a warning ─► Confirmed closed, by a later look
//!  └► Unattributed             └► Expired after 14 days
//! ```
//!
//! A look that finds *nothing* counts too: only such a look verifies. What was seen ([`Seen`]) is our word,
//! and decides whether anybody is warned; its class ([`Class`]) is the word of whoever saw it, and decides
//! nothing. A severity is the source's own as well and is never computed here.
//!
//! Reports come by the million, so a row of one ([`Observed`]) borrows from the bytes in which it stands. It
//! becomes an [`Observation`] when it has an id and may be kept.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, ObservationId, ParticipantId};
use crate::tlp::{Pap, Tlp};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    pub id: ObservationId,
    /// When somebody looked.
    pub at: Timestamp,
    pub address: Option<IpAddr>,
    pub host: Option<String>,
    pub port: Option<u16>,
    /// The autonomous system of the address, as the source says.
    pub asn: Option<u32>,
    pub product: ProductGuess<'static>,
    /// What was looked for, by its first name: `CVE-2019-19781`, `open-redis`, the family of a malware.
    pub finding: String,
    pub seen: Seen,
    pub class: Class,
    pub severity: Option<Severity>,
    pub method: Method,
    pub vantage: Option<Vantage>,
    pub confidence: Option<Confidence>,
    /// Who looked, or through whom we know.
    pub source: String,
    pub tlp: Tlp,
    pub pap: Pap,
    /// The SHA-256 of the paper it came from.
    pub paper: Option<[u8; 32]>,
    /// Whose it is, and which system of theirs. Without an owner it is work for a person.
    pub about: Option<(ParticipantId, Option<AssetId>)>,
}

/// What was seen, as far as it decides what happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    Vulnerable,
    /// Reachable, readable or usable by the world without a hole being known in it: an open database, a
    /// resolver that answers everybody.
    Misconfigured,
    /// Somebody misuses it, or it misbehaves: an infection, a scan that comes from it, a phishing page.
    Abuse,
    /// Something is there, and nothing is wrong with that: knowledge of what stands where, and no warning.
    Present,
    /// Reported in a way that we do not understand. Kept, and nobody is warned.
    Undetermined,
    /// Looked, and it was not there.
    NotVulnerable,
}

impl Seen {
    /// As it is written in papers and columns.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vulnerable => "vulnerable",
            Self::Misconfigured => "misconfigured",
            Self::Abuse => "abuse",
            Self::Present => "present",
            Self::Undetermined => "undetermined",
            Self::NotVulnerable => "not_vulnerable",
        }
    }

    /// Reads what [`Seen::word`] writes, in any case.
    pub fn of_word(word: &str) -> Option<Self> {
        [
            Self::Vulnerable,
            Self::Misconfigured,
            Self::Abuse,
            Self::Present,
            Self::Undetermined,
            Self::NotVulnerable,
        ]
        .into_iter()
        .find(|it| it.word().eq_ignore_ascii_case(word))
    }

    /// Whether it may be a reason to warn somebody.
    pub fn warns(self) -> bool {
        matches!(self, Self::Vulnerable | Self::Misconfigured | Self::Abuse)
    }
}

macro_rules! classes {
    ($($name:ident = $word:literal,)*) => {
        /// The class that a source gives to what it saw. The words are those of the Reference Security
        /// Incident Taxonomy, and those that IntelMQ adds to them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Class {
            $($name,)*
        }

        impl Class {
            /// As it is written in reports.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// Reads what [`Class::word`] writes, in any case, with the older words for the same.
            pub fn of_word(word: &str) -> Option<Self> {
                $(if word.eq_ignore_ascii_case($word) {
                    return Some(Self::$name);
                })*
                match word {
                    "blacklist" => Some(Self::Blocklist),
                    "vulnerable service" => Some(Self::VulnerableSystem),
                    "c&c" | "c2server" => Some(Self::C2Server),
                    _ => None,
                }
            }
        }
    };
}

classes! {
    ApplicationCompromise = "application-compromise",
    Blocklist = "blocklist",
    BruteForce = "brute-force",
    Burglary = "burglary",
    C2Server = "c2-server",
    Copyright = "copyright",
    DataLeak = "data-leak",
    DataLoss = "data-loss",
    Ddos = "ddos",
    DdosAmplifier = "ddos-amplifier",
    DgaDomain = "dga-domain",
    Dos = "dos",
    Exploit = "exploit",
    HarmfulSpeech = "harmful-speech",
    IdsAlert = "ids-alert",
    InfectedSystem = "infected-system",
    InformationDisclosure = "information-disclosure",
    Malware = "malware",
    MalwareConfiguration = "malware-configuration",
    MalwareDistribution = "malware-distribution",
    Masquerade = "masquerade",
    Misconfiguration = "misconfiguration",
    Other = "other",
    Outage = "outage",
    Phishing = "phishing",
    PotentiallyUnwantedAccessible = "potentially-unwanted-accessible",
    PrivilegedAccountCompromise = "privileged-account-compromise",
    Proxy = "proxy",
    Sabotage = "sabotage",
    Scanner = "scanner",
    Sniffing = "sniffing",
    SocialEngineering = "social-engineering",
    Spam = "spam",
    SystemCompromise = "system-compromise",
    Test = "test",
    Tor = "tor",
    UnauthorisedInformationAccess = "unauthorised-information-access",
    UnauthorisedInformationModification = "unauthorised-information-modification",
    UnauthorizedUseOfResources = "unauthorized-use-of-resources",
    Undetermined = "undetermined",
    UnprivilegedAccountCompromise = "unprivileged-account-compromise",
    Violence = "violence",
    VulnerableSystem = "vulnerable-system",
    WeakCrypto = "weak-crypto",
}

impl Class {
    /// What a report means that says nothing more than this class.
    pub fn seen(self) -> Seen {
        match self {
            Self::VulnerableSystem | Self::WeakCrypto => Seen::Vulnerable,
            Self::Misconfiguration
            | Self::DdosAmplifier
            | Self::PotentiallyUnwantedAccessible
            | Self::InformationDisclosure => Seen::Misconfigured,
            Self::Other | Self::Undetermined | Self::Test | Self::Outage | Self::DgaDomain => {
                Seen::Undetermined
            }
            Self::Tor | Self::Proxy => Seen::Present,
            _ => Seen::Abuse,
        }
    }
}

/// How bad the source says that it is, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// As it is written in papers and columns.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Reads what [`Severity::word`] writes, in any case, and the words that scanners use for the same.
    pub fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];
        all.into_iter().find(|it| it.word().eq_ignore_ascii_case(word)).or_else(|| {
            ["none", "informational"].iter().any(|it| it.eq_ignore_ascii_case(word)).then_some(Self::Info)
        })
    }
}

/// How somebody looked, which decides what it can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Sees whether the workaround answers, and nothing else: the scans of January 2020.
    MitigationAbsent,
    /// Reads a version that the system itself reports.
    Version,
    /// Reads how the system greets. Proves that it is there, not that it is safe.
    Banner,
    /// Tries the hole in a way that does no harm.
    SafeCheck,
    /// Met what it sends: at a sinkhole, in a honeypot, in a mailbox. Silence proves nothing.
    Traffic,
    /// Nobody said how. Proves nothing.
    Unstated,
}

impl Method {
    /// Whether it is blind to everything but one measure.
    pub fn sees_only_the_measure(self) -> bool {
        self == Self::MitigationAbsent
    }

    pub const ALL: [Self; 6] =
        [Self::MitigationAbsent, Self::Version, Self::Banner, Self::SafeCheck, Self::Traffic, Self::Unstated];

    /// A bit of its own, for a set of methods.
    pub fn bit(self) -> u8 {
        match self {
            Self::MitigationAbsent => 1,
            Self::Version => 2,
            Self::Banner => 4,
            Self::SafeCheck => 8,
            Self::Traffic => 16,
            Self::Unstated => 32,
        }
    }

    /// As it is written in papers and columns.
    pub fn word(self) -> &'static str {
        match self {
            Self::MitigationAbsent => "mitigation_absent",
            Self::Version => "version",
            Self::Banner => "banner",
            Self::SafeCheck => "safe_check",
            Self::Traffic => "traffic",
            Self::Unstated => "unstated",
        }
    }

    /// Reads what [`Method::word`] writes, in any case.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word().eq_ignore_ascii_case(word))
    }
}

/// From where somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vantage {
    /// From the internet, as an attacker begins.
    Outside,
    /// From within the network of the owner.
    Inside,
    /// On the system itself, with an account.
    OnTheSystem,
}

impl Vantage {
    /// As it is written in papers and columns.
    pub fn word(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Inside => "inside",
            Self::OnTheSystem => "on_the_system",
        }
    }

    /// Reads what [`Vantage::word`] writes, in any case.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Outside, Self::Inside, Self::OnTheSystem]
            .into_iter()
            .find(|it| it.word().eq_ignore_ascii_case(word))
    }
}

/// How sure the source says that it is, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub struct Confidence(u8);

impl Confidence {
    /// `None` above a hundred.
    pub fn of_percent(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self(percent))
    }

    pub fn percent(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Confidence {
    type Error = &'static str;

    fn try_from(percent: u8) -> Result<Self, Self::Error> {
        Self::of_percent(percent).ok_or("a percentage ends at a hundred")
    }
}

/// What a scanner took a system for. A guess until a person or the owner says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProductGuess<'r> {
    pub vendor: Option<Cow<'r, str>>,
    pub name: Option<Cow<'r, str>>,
    pub version: Option<Cow<'r, str>>,
}

impl ProductGuess<'_> {
    /// Whether nothing was guessed.
    pub fn is_empty(&self) -> bool {
        self.vendor.is_none() && self.name.is_none() && self.version.is_none()
    }

    /// The same, leaning on nobody's bytes.
    pub fn into_owned(self) -> ProductGuess<'static> {
        ProductGuess { vendor: own(self.vendor), name: own(self.name), version: own(self.version) }
    }
}

/// One row of a report as its reader hands it over: without a number of ours, and not yet anybody's.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed<'r> {
    /// Which row of the report, counted from 1, as a person would find it there.
    pub row: u64,
    pub at: Timestamp,
    pub address: Option<IpAddr>,
    pub port: Option<u16>,
    /// Lower case, without a dot at the end.
    pub host: Option<Cow<'r, str>>,
    /// Names in its certificate, in lower case with blanks between them; nothing where none was seen.
    pub certificate: Cow<'r, str>,
    pub asn: Option<u32>,
    pub product: ProductGuess<'r>,
    /// What the report calls it, where it names no vulnerability.
    pub finding: Cow<'r, str>,
    /// Words that the source put to it, with `;`, `,` or blanks between them; vulnerabilities are among them.
    pub tags: Cow<'r, str>,
    pub seen: Seen,
    pub class: Class,
    pub severity: Option<Severity>,
    pub method: Method,
    pub vantage: Option<Vantage>,
    pub confidence: Option<Confidence>,
    pub source: Cow<'r, str>,
    /// `None` when the sender gave no label; that is not CLEAR.
    pub tlp: Option<Tlp>,
    pub pap: Option<Pap>,
    /// What the row says beyond all this.
    pub rest: Rest<'r>,
}

impl Observed<'_> {
    /// The vulnerabilities that it names, as they are written there; each as often as it stands there.
    pub fn vulnerabilities(&self) -> impl Iterator<Item = &str> {
        let of_finding = Some(&*self.finding).filter(|it| is_vulnerability(it));
        let tags = self.tags.split([';', ',', ' ', '\t', '|']);
        of_finding.into_iter().chain(tags.filter(|it| is_vulnerability(it)))
    }

    /// Under which names it is kept: the vulnerabilities in upper case, each once, or the finding where there
    /// are none. There is always one.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.vulnerabilities().map(str::to_ascii_uppercase) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            names.push(self.finding.clone().into_owned());
        }
        names
    }

    /// The same, leaning on nobody's bytes.
    pub fn into_owned(self) -> Observed<'static> {
        Observed {
            row: self.row,
            at: self.at,
            address: self.address,
            port: self.port,
            host: own(self.host),
            certificate: Cow::Owned(self.certificate.into_owned()),
            asn: self.asn,
            product: self.product.into_owned(),
            finding: Cow::Owned(self.finding.into_owned()),
            tags: Cow::Owned(self.tags.into_owned()),
            seen: self.seen,
            class: self.class,
            severity: self.severity,
            method: self.method,
            vantage: self.vantage,
            confidence: self.confidence,
            source: Cow::Owned(self.source.into_owned()),
            tlp: self.tlp,
            pap: self.pap,
            rest: Rest::Pairs(self.rest.pairs()),
        }
    }
}

fn own(text: Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.map(|it| Cow::Owned(it.into_owned()))
}

/// Whether a word is the number of a vulnerability, as far as its beginning says.
fn is_vulnerability(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() > 8 && bytes[..4].eq_ignore_ascii_case(b"cve-") && bytes[4].is_ascii_digit()
}

/// What a row says beyond what we have a place for: columns that nobody knew, fields of a type of report.
#[derive(Clone, Default)]
pub enum Rest<'r> {
    #[default]
    Nothing,
    /// Still in the report; nothing is copied until somebody asks.
    Columns(&'r dyn Columns),
    Pairs(Vec<(String, String)>),
}

/// Columns of a row that stay where they are.
pub trait Columns: Sync {
    /// Shows each that is not empty: its name, and what stands in it.
    fn each(&self, see: &mut dyn FnMut(&str, &str));
}

impl Rest<'_> {
    /// Name and value of each, in the order of the report.
    pub fn pairs(&self) -> Vec<(String, String)> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Pairs(pairs) => pairs.clone(),
            Self::Columns(columns) => {
                let mut pairs = Vec::new();
                columns.each(&mut |name, value| pairs.push((name.to_owned(), value.to_owned())));
                pairs
            }
        }
    }
}

impl fmt::Debug for Rest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs()).finish()
    }
}

impl PartialEq for Rest<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.pairs() == other.pairs()
    }
}

impl Observation {
    /// How long an observation says something about the present. Source: `domain.md` 5.2.
    pub const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

    /// Whether it still says something at `now`.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < Self::LIFE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_back_as_it_was_written() {
        for class in
            [Class::VulnerableSystem, Class::C2Server, Class::Ddos, Class::IdsAlert, Class::WeakCrypto]
        {
            assert_eq!(Class::of_word(class.word()), Some(class));
            assert_eq!(serde_json::to_value(class).unwrap(), class.word());
        }
        for seen in [Seen::Vulnerable, Seen::Abuse, Seen::NotVulnerable] {
            assert_eq!(Seen::of_word(&seen.word().to_uppercase()), Some(seen));
            assert_eq!(serde_json::to_value(seen).unwrap(), seen.word());
        }
        for method in [Method::MitigationAbsent, Method::SafeCheck, Method::Unstated] {
            assert_eq!(Method::of_word(method.word()), Some(method));
            assert_eq!(serde_json::to_value(method).unwrap(), method.word());
        }
        assert_eq!(Severity::of_word("Informational"), Some(Severity::Info));
        assert_eq!(Class::of_word("blacklist"), Some(Class::Blocklist));
        assert_eq!(Vantage::of_word("on_the_system"), Some(Vantage::OnTheSystem));
    }

    #[test]
    fn nobody_is_warned_about_what_is_merely_there_or_not_understood() {
        let silent = [Seen::Present, Seen::Undetermined, Seen::NotVulnerable];
        assert!(silent.iter().all(|it| !it.warns()) && Seen::Misconfigured.warns());
        assert_eq!(Class::Undetermined.seen(), Seen::Undetermined);
        assert_eq!(Class::InfectedSystem.seen(), Seen::Abuse);
    }

    #[test]
    fn nobody_is_surer_than_sure() {
        assert_eq!(Confidence::of_percent(101), None);
        assert!(serde_json::from_str::<Confidence>("255").is_err());
        assert_eq!(serde_json::to_string(&Confidence::of_percent(80)).unwrap(), "80");
    }

    #[test]
    fn a_row_is_kept_under_the_vulnerabilities_that_it_names() {
        let mut row = Observed {
            row: 1,
            at: Timestamp::UNIX_EPOCH,
            address: None,
            port: None,
            host: Some(Cow::Borrowed("vpn.noordzorg.example")),
            certificate: Cow::Borrowed("*.noordzorg.example"),
            asn: None,
            product: ProductGuess::default(),
            finding: Cow::Borrowed("vulnerable-http"),
            tags: Cow::Borrowed("citrix;cve-2019-19781,CVE-2019-19781 cve-2023-3519;cve;cve-x1234"),
            seen: Seen::Vulnerable,
            class: Class::VulnerableSystem,
            severity: None,
            method: Method::Version,
            vantage: None,
            confidence: None,
            source: Cow::Borrowed("Dijkleger"),
            tlp: None,
            pap: None,
            rest: Rest::Nothing,
        };
        assert_eq!(row.names(), ["CVE-2019-19781", "CVE-2023-3519"]);
        row.tags = Cow::Borrowed("citrix");
        assert_eq!(row.names(), ["vulnerable-http"]);
        assert_eq!(row.clone().into_owned(), row);
    }
}
