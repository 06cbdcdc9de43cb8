//! A place that publishes papers, and what its own history says about its health.
//!
//! ```text
//! New ─first try─► Well ⇄ Failing ─for hours─► Unreachable
//!                   └─ nothing new for longer than its own habit ─► Silent
//! ```
//!
//! Nobody sets a health: what happened is kept ([`Course`]) and the health follows from it and from the
//! time. A source that answers and has nothing new for far longer than it ever had is as worrying as one
//! that does not answer: the answer may come from somewhere else by now.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::tlp::Tlp;

/// What is published, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// CSAF 2.0, 7.2.2 and 7.2.3, also the trusted one.
    CsafProvider,
    /// A lister or an aggregator (7.2.4, 7.2.5): the providers that it names are read.
    CsafAggregator,
    CveList,
    Nvd,
    Kev,
    Epss,
    Osv,
    /// Advisories of GitHub, in the form of OSV.
    Github,
    /// Atom or RSS: signals for a person.
    Feed,
    /// The API of Shadowserver: reports of what they saw on our participants' networks.
    Shadowserver,
    /// A folder into which mail is delivered: a Maildir, or `.eml` files.
    Mailbox,
    /// A folder into which somebody puts papers.
    Folder,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::CsafProvider,
        Self::CsafAggregator,
        Self::CveList,
        Self::Nvd,
        Self::Kev,
        Self::Epss,
        Self::Osv,
        Self::Github,
        Self::Feed,
        Self::Shadowserver,
        Self::Mailbox,
        Self::Folder,
    ];

    /// As it stands in a configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::CsafProvider => "csaf_provider",
            Self::CsafAggregator => "csaf_aggregator",
            Self::CveList => "cve_list",
            Self::Nvd => "nvd",
            Self::Kev => "kev",
            Self::Epss => "epss",
            Self::Osv => "osv",
            Self::Github => "github",
            Self::Feed => "feed",
            Self::Shadowserver => "shadowserver",
            Self::Mailbox => "mailbox",
            Self::Folder => "folder",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Under which head it is told a key, of a kind that gives more to who has one.
    pub fn key_header(self) -> Option<&'static str> {
        matches!(self, Self::Nvd).then_some("apikey")
    }

    /// Whether an operator may give it a key.
    pub fn takes_key(self) -> bool {
        self.key_header().is_some() || self.needs_key()
    }

    /// Whether it answers nobody without one.
    pub fn needs_key(self) -> bool {
        matches!(self, Self::Shadowserver)
    }

    /// Whether only the configuration can name it: what lies on this machine, and what needs a key.
    pub fn is_in_file_only(self) -> bool {
        self.is_local() || self.needs_key()
    }

    /// Whether it lies on this machine, whatever its address.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Mailbox | Self::Folder)
    }
}

/// How a source is asked, as an operator decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub every_minutes: u32,
    /// What carries a narrower label is not taken in from here.
    pub tlp_max: Tlp,
    /// Fingerprints in upper-case hexadecimal. With any, no other key counts.
    pub keys: Vec<String>,
    /// After how many hours without anything new it is silent; `None` goes by its own habit.
    pub silent_hours: Option<u32>,
    /// After how many hours without an answer a person must look.
    pub unreachable_hours: u32,
    /// The largest paper that is taken.
    pub paper_bytes_max: u64,
    /// Who says what stands in a catalogue of what is exploited, when that is not CISA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asserter: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            every_minutes: 60,
            tlp_max: Tlp::Clear,
            keys: Vec::new(),
            silent_hours: None,
            unreachable_hours: 12,
            paper_bytes_max: 64 << 20,
            asserter: None,
        }
    }
}

impl Settings {
    pub fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(self.every_minutes.max(1).into())
    }
}

/// What happened to a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    pub tried_at: Option<Timestamp>,
    pub succeeded_at: Option<Timestamp>,
    /// In a row, until now.
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    /// Why the last try failed.
    pub why: Option<Trouble>,
    /// When new papers came, newest last; the last twenty of them.
    pub arrivals: Vec<Timestamp>,
    pub paused_at: Option<Timestamp>,
    /// Since when the configuration no longer names it.
    #[serde(default)]
    pub gone_at: Option<Timestamp>,
    /// The health that was last written in the ledger.
    pub noted: Option<Health>,
}

/// How many arrivals make a habit.
const HABIT: usize = 20;
/// How many failures in a row open the breaker: from then on there is one try each six hours at most.
pub const BREAKER: u32 = 5;
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Not tried yet.
    New,
    Well,
    /// The last try failed; that happens.
    Failing,
    /// Not reached for so long that a person must look.
    Unreachable,
    /// Answers, and has nothing new for longer than ever.
    Silent,
    Paused,
}

impl Health {
    /// Whether somebody on duty must look.
    pub fn is_alarm(self) -> bool {
        matches!(self, Self::Unreachable | Self::Silent)
    }
}

impl Course {
    /// A try that went well; `new` says whether a new paper came.
    pub fn succeed(&mut self, at: Timestamp, new: bool) {
        self.tried_at = Some(at);
        self.succeeded_at = Some(at);
        self.failures = 0;
        self.failing_since = None;
        self.why = None;
        if new && self.arrivals.last().is_none_or(|last| *last < at) {
            self.arrivals.push(at);
            let extra = self.arrivals.len().saturating_sub(HABIT);
            self.arrivals.drain(..extra);
        }
    }

    /// A try that failed.
    pub fn fail(&mut self, at: Timestamp, why: Trouble) {
        self.tried_at = Some(at);
        self.failures = self.failures.saturating_add(1);
        self.failing_since.get_or_insert(at);
        self.why = Some(why);
    }

    /// After how long without anything new it counts as silent: what an operator said, or three times the
    /// longest pause of late, a day at least. `None` for a source that has no habit yet.
    pub fn patience(&self, settings: &Settings) -> Option<SignedDuration> {
        if let Some(hours) = settings.silent_hours {
            return Some(SignedDuration::from_hours(hours.into()));
        }
        let pauses = self.arrivals.windows(2).map(|pair| pair[1].duration_since(pair[0]));
        let longest = pauses.max().filter(|_| self.arrivals.len() >= 4)?;
        Some((longest * 3).max(settings.every() * 3).max(SignedDuration::from_hours(24)))
    }

    pub fn health(&self, settings: &Settings, now: Timestamp) -> Health {
        if self.paused_at.is_some() {
            return Health::Paused;
        }
        if let Some(since) = self.failing_since {
            let long = SignedDuration::from_hours(settings.unreachable_hours.max(1).into());
            return if now.duration_since(since) >= long { Health::Unreachable } else { Health::Failing };
        }
        if self.succeeded_at.is_none() {
            return Health::New;
        }
        let quiet = self.arrivals.last().map(|last| now.duration_since(*last));
        match (quiet, self.patience(settings)) {
            (Some(quiet), Some(patience)) if quiet >= patience => Health::Silent,
            _ => Health::Well,
        }
    }

    /// When it is tried again. `chance` spreads those that began together over a tenth of the wait.
    pub fn next(&self, settings: &Settings, now: Timestamp, chance: u32) -> Timestamp {
        let every = settings.every();
        let longest = LONGEST_WAIT.max(every);
        let wait = match self.failures {
            0 => every,
            BREAKER.. => longest,
            failures => SignedDuration::from_mins(1 << failures).min(longest),
        };
        let spread = i64::from(chance % 1_000) * wait.as_secs() / 10_000;
        now + wait + SignedDuration::from_secs(spread)
    }

    /// Whether so much went wrong that it is left alone for hours.
    pub fn is_broken_off(&self) -> bool {
        self.failures >= BREAKER
    }
}

/// What happened to a source, for the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    Added,
    Changed,
    Paused,
    Resumed,
    /// The first failure after a success.
    Failing,
    /// Left alone for hours, after many failures in a row.
    BrokenOff,
    Unreachable,
    Silent,
    WellAgain,
}

/// Why a source, or one thing of it, could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The key of a reason of the way out, what it is about, and the sentence for the log.
    #[error("{said}")]
    Way { key: String, about: String, said: String },
    #[error(
        "{0} holds no metadata of a CSAF provider, neither by its well-known address, nor by security.txt, nor by DNS"
    )]
    NoMetadata(String),
    #[error("{0} cannot be understood")]
    Unreadable(String),
    #[error("{0} lists nothing that could be fetched")]
    NothingListed(String),
    #[error("{0} leads back to itself")]
    Circle(String),
    #[error("{0} lists more than we are willing to take in")]
    TooMany(String),
    #[error("no digest of it is published")]
    HashMissing,
    #[error("its digest is published and cannot be fetched")]
    HashUnreachable,
    #[error("its digest is another one than the published: it was changed, or not all of it came")]
    HashWrong,
    #[error("no signature of it is published")]
    SignatureMissing,
    #[error("its signature is published and cannot be fetched")]
    SignatureUnreachable,
    #[error("its signature does not fit: it was changed, or somebody else signed it")]
    SignatureWrong,
    #[error("no key with the fingerprint that belongs to {0} could be had")]
    NoKey(String),
    #[error("the file should be called {0}, after the number that stands in it")]
    OtherName(String),
    #[error("its label is TLP:{0}, which is narrower than what may come from here")]
    TooNarrow(String),
    #[error("it leads out of {0}")]
    LeadsAway(String),
    #[error("it lies on the shelf: {0}")]
    Shelved(String),
    #[error("{0} is not there, or may not be read")]
    NoFolder(String),
    #[error("the provider does not want to be listed")]
    NotToBeListed,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
    }

    fn trouble() -> Trouble {
        Trouble::NoMetadata("deltawerk.example".into())
    }

    #[test]
    fn a_source_is_silent_when_it_pauses_for_longer_than_ever() {
        let (settings, mut course) = (Settings::default(), Course::default());
        assert_eq!(course.health(&settings, day(0)), Health::New);
        for at in [0, 1, 3, 4] {
            course.succeed(day(at), true);
            assert_eq!(course.health(&settings, day(at + 5)), Health::Well, "it has no habit yet");
        }
        course.succeed(day(9), false);
        assert_eq!(course.health(&settings, day(9)), Health::Well);
        assert_eq!(
            course.health(&settings, day(10)),
            Health::Silent,
            "three times two days after the fourth"
        );
        course.succeed(day(10), true);
        assert_eq!(course.health(&settings, day(11)), Health::Well);
        let told = Settings { silent_hours: Some(1), ..settings };
        assert_eq!(course.health(&told, day(11)), Health::Silent);
    }

    #[test]
    fn a_source_that_fails_is_asked_less_and_less_and_not_given_up() {
        let (settings, mut course) = (Settings::default(), Course::default());
        let mut waits = Vec::new();
        for _ in 0..7 {
            course.fail(day(1), trouble());
            waits.push(course.next(&settings, day(1), 0).duration_since(day(1)).as_mins());
        }
        assert_eq!(waits, [2, 4, 8, 16, 360, 360, 360]);
        assert!(course.is_broken_off());
        assert_eq!(course.health(&settings, day(1)), Health::Failing);
        assert_eq!(course.health(&settings, day(2)), Health::Unreachable);
        course.succeed(day(2), false);
        assert_eq!(course.health(&settings, day(2)), Health::Well);
        assert_eq!(course.next(&settings, day(2), 0).duration_since(day(2)).as_mins(), 60);
    }

    #[test]
    fn those_that_began_together_do_not_come_together() {
        let (settings, course) = (Settings::default(), Course::default());
        let at = |chance| course.next(&settings, day(1), chance).duration_since(day(1)).as_secs();
        assert_eq!((at(0), at(500), at(999), at(1_000)), (3_600, 3_780, 3_959, 3_600));
    }

    #[test]
    fn a_pause_is_an_answer() {
        let mut course = Course::default();
        course.fail(day(1), trouble());
        course.paused_at = Some(day(2));
        assert_eq!(course.health(&Settings::default(), day(9)), Health::Paused);
    }

    #[test]
    fn every_kind_is_read_back_as_it_was_written() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_word(kind.word()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("{:?}", kind.word()));
        }
    }
}
