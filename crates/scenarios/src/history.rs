//! What the public record says about December 2019, as data that a program can play.
//!
//! `history/citrix-2019.toml` holds 34 events. The texts of an event tell what real bodies did; its
//! deeds are what a node can replay, and they name roles, products and invented participants only.
//! This file reads that data and refuses a history that does not hold together: an event out of
//! order, a measure that nobody introduced, an event without a source.
//!
//! History is fact and the reaction of organisations is a model ([`crate::hazard`]). The two never
//! mix, so that a screen can say which is which. Source: `domain.md` 8.1 and 8.2.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, de::Error as _};

/// The record of one crisis. Made by [`History::read`] only, so that every history holds together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    pub schema: String,
    /// Every real body that the texts name. Nothing but the texts names them.
    pub institutions: Vec<String>,
    /// The hole that it is all about, by its CVE name.
    pub vulnerability: String,
    /// By the key that deeds use, such as `adc`.
    #[serde(rename = "product")]
    pub products: BTreeMap<String, Product>,
    /// By the key that deeds use, `M1` to `M5`.
    #[serde(rename = "measure")]
    pub measures: BTreeMap<String, Measure>,
    /// In the order of the record.
    #[serde(rename = "event")]
    pub events: Vec<Event>,
}

/// The same sentence in Dutch and in English.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub nl: String,
    pub en: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub vendor: String,
    pub name: String,
    /// What its owners still call it.
    pub aliases: Vec<String>,
    /// Versions that have the hole.
    pub versions: Vec<Range>,
}

/// Some versions of a product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Range {
    /// All builds of a train, such as `12.1`.
    Train {
        train: String,
    },
    Exactly {
        exactly: String,
    },
    /// `from` belongs to it, `to` does not.
    Until {
        from: String,
        to: String,
    },
}

/// What can be done. The fields are those of `domain.md` 5.4.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    pub kind: MeasureKind,
    pub title: Text,
    /// In the order in which they are carried out.
    pub steps: Vec<Text>,
    /// How long it takes; unknown where it depends on the organisation.
    pub minutes: Option<u32>,
    pub side_effects: Text,
    pub care_impact: CareImpact,
    /// What a care institution should weigh first.
    pub care_note: Text,
    /// Methods of observation that can show that it is in place. None: it has to be attested.
    pub provable_by: BTreeSet<Method>,
    /// When it was introduced; later deeds change it.
    pub reliability: Reliability,
    /// Versions for which it is meant; none means all that are affected.
    #[serde(default)]
    pub applies_to: Vec<Range>,
    /// Who may leave it undone, and on what condition.
    #[serde(default)]
    pub unless: Vec<Unless>,
}

/// "Switch off, unless patient safety suffers."
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unless {
    pub group: Audience,
    pub nl: String,
    pub en: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    Workaround,
    Config,
    SwitchOff,
    Isolate,
    Patch,
    Replace,
    Monitor,
    RotateSecrets,
    Investigate,
}

/// What carrying it out does to the care of patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CareImpact {
    None,
    /// Care goes on with a detour.
    Hindered,
    /// A person must weigh it against patient safety first.
    Endangered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reliability {
    Proposed,
    Recommended,
    Doubtful,
    Revoked,
    Superseded,
}

/// How somebody looked, which decides what it can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Sees whether the workaround answers, and nothing else.
    MitigationAbsent,
    Version,
    Banner,
    SafeCheck,
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// From 1, without a gap.
    pub seq: u8,
    #[serde(deserialize_with = "dutch_winter_time")]
    pub at: Timestamp,
    pub precision: Precision,
    pub actor: Actor,
    pub layer: Layer,
    /// Which section of the public record says so, and what of it is our choice.
    pub source: String,
    pub text: Text,
    pub does: Vec<Step>,
}

/// How far to trust the time of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    Exact,
    Hour,
    /// The day is in the record, the hour is our choice.
    Day,
    /// Nothing but our choice.
    Assumed,
}

/// Whether it is fact or model. This file holds fact only; the word is there so that whoever shows
/// an event shows it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    History,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    pub role: Role,
    /// The real body, for the text on the screen. `None` where the record names nobody.
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Vendor,
    NationalCsirt,
    SectoralCsirt,
    PartnerCsirt,
    /// Volunteers with a case file, who scan and write to owners.
    Hotline,
    Finder,
    FinderCompany,
    Scanner,
    Lab,
    Press,
    Public,
    Minister,
    Participant,
}

/// Something that an event does, and when, if not at the moment of the event.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Step {
    #[serde(default, deserialize_with = "maybe_dutch_winter_time")]
    pub at: Option<Timestamp>,
    #[serde(flatten)]
    pub deed: Deed,
}

/// What a node can play. Measures, products and revisions are named by their keys.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// A vendor's document comes in, for the first time or changed.
    PaperReceived {
        document: String,
        products: Vec<String>,
        measures: Vec<String>,
        cvss: String,
    },
    /// What is known about the hole changes.
    Facet {
        facet: Facet,
    },
    /// The answers that an honest analyst now gives to the matrix of `domain.md` 2.1; questions that
    /// are not named keep their answer.
    Assessment {
        answers: BTreeMap<String, String>,
    },
    /// The national team publishes a revision.
    Advisory {
        number: String,
        revision: String,
        /// Of which kinds the revision is; none for the first.
        changes: Vec<Change>,
        /// Chance and damage, `M/H`, as they were published or are assumed to have been.
        level: String,
        tlp: String,
        audience: Vec<Audience>,
        products: Vec<String>,
        /// The most effective first.
        measures: Vec<String>,
        title: Text,
        summary: Text,
    },
    /// The sectoral team passes an advisory on in the language of care.
    Enrichment {
        of: String,
        revision: String,
        measures: Vec<String>,
        channels: Vec<Channel>,
        audience: Vec<Audience>,
        care_note: Text,
    },
    MeasureAdded {
        measure: String,
    },
    /// It is now meant for these versions.
    MeasureChanged {
        measure: String,
        applies_to: Vec<Range>,
    },
    MeasureDoubtful {
        measure: String,
    },
    /// It does not work on `versions`; none means on no version.
    MeasureRevoked {
        measure: String,
        versions: Vec<Range>,
    },
    /// A better one has come for `versions`.
    MeasureSuperseded {
        measure: String,
        by: String,
        versions: Vec<Range>,
    },
    /// Who was not safe before this moment must look for intruders; for `always_for` no moment is
    /// early enough.
    Presumption {
        #[serde(deserialize_with = "dutch_winter_time")]
        done_before: Timestamp,
        always_for: Vec<Range>,
    },
    /// A count of Dutch hosts that were still open: a point of the series that the model must meet.
    Observations {
        method: Method,
        open_hosts: u32,
        /// Of how many counted before, where the record says so.
        of: Option<u32>,
        /// Whether the names in the certificates were kept too.
        #[serde(default)]
        certificate_names: bool,
    },
    /// A list of hosts is handed over.
    FindingSet {
        method: Method,
        handed_to: Role,
        /// Its length; `None` where the record does not say.
        hosts: Option<u32>,
    },
    /// Somebody is told. How many letters, where the record counts them.
    Notice {
        message: Message,
        channels: Vec<Channel>,
        to: Vec<Audience>,
        letters: Option<u32>,
    },
    Designation {
        state: DesignationState,
        target_groups: Vec<String>,
        gazette: String,
        signed_on: Date,
        /// Known only once it is in force.
        in_force_from: Option<Date>,
        parameter: Option<Parameter>,
    },
    Incident {
        participant: String,
        state: IncidentState,
        /// Channels that reach nobody there from now on, until the next incident deed.
        unreachable_by: Vec<Channel>,
        reported_to: Option<Role>,
    },
    /// A participant, or somebody who may speak about it, says that a measure was carried out.
    Statement {
        participant: String,
        measure: String,
        /// When it was done. `None`: they did not say, and then it does not count as done.
        #[serde(default, deserialize_with = "maybe_dutch_winter_time")]
        executed_at: Option<Timestamp>,
        in_time: Option<bool>,
        in_public: bool,
    },
    /// Questions of parliament, by the catalogue of `domain.md` 8.4.
    Questions {
        state: QuestionState,
        ids: Vec<String>,
    },
    /// Servers with a back door; of all that were found this share had been repaired.
    BackDoors {
        hosts: u32,
        repaired_percent: u8,
    },
    /// Context: nothing to play, perhaps a point of somebody else's series.
    Note {
        series: Option<Series>,
        open_hosts: Option<u32>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    Exploit(Exploit),
    Exploited(Exploited),
    Details(Details),
    Mitigation(Mitigation),
    Patch(Patch),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploit {
    None,
    ProofOfConcept,
    Public,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploited {
    No,
    Limited,
    Large,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    None,
    Some,
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mitigation {
    None,
    Available,
    Doubtful,
    Revoked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Patch {
    None,
    Announced,
    Available,
}

/// The kinds of a revision of `domain.md` 5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Editorial,
    Content,
    LevelUp,
    LevelDown,
    MeasureAdded,
    MeasureChanged,
    MeasureDoubtful,
    MeasureRevoked,
    ProductsAdded,
    ProductsRemoved,
    PresumptionSet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    CentralGovernment,
    Vital,
    LinkOrganisations,
    /// Everybody whom the sectoral team serves.
    Participants,
    Care,
    OwnersOfOpenHosts,
    NetworkOperators,
    DomainOwners,
    Public,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Platform,
    Mail,
    Webhook,
    Sms,
    Telephone,
    Letter,
    Website,
}

/// "Product X has a hole", or "your host is open". Never both at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    Generic,
    Specific,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DesignationState {
    Signed,
    InForce,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// It knows that it is attacked; the clocks of a report start here.
    Aware,
    AttemptFound,
    Compromised,
    Recovered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    Asked,
    Answered,
}

/// Whose count a note gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    World,
    Germany,
    ClinicsDeAtCh,
    /// Another count than that of the hotline, by another method.
    NetherlandsByPress,
}

/// A day that the record leaves open and a run may choose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub name: String,
    pub earliest: Date,
    pub latest: Date,
}

/// How many hosts were open at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub at: Timestamp,
    pub open_hosts: u32,
}

/// One deed with the moment at which it happens and the event that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment<'a> {
    pub at: Timestamp,
    pub event: &'a Event,
    pub deed: &'a Deed,
}

/// Why a history was not taken. Events are named by their number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("the history cannot be read: {0}")]
    Unreadable(String),
    #[error("event {0} is there twice or not where it belongs")]
    OutOfOrder(u8),
    #[error("event {0} has no source")]
    NoSource(u8),
    #[error("event {0} says nothing in one of the languages")]
    NoText(u8),
    #[error("event {0} does nothing, not even a note")]
    NoDeed(u8),
    #[error("event {seq} names {key}, which is no measure here")]
    UnknownMeasure { seq: u8, key: String },
    #[error("event {seq} names {key}, which is no product here")]
    UnknownProduct { seq: u8, key: String },
    #[error("event {seq} changes {key} before anybody introduced it")]
    NotYetIntroduced { seq: u8, key: String },
    #[error("event {0} publishes a revision that is not higher than the one before")]
    RevisionNotHigher(u8),
}

impl History {
    /// The history that is shipped with the house.
    ///
    /// # Errors
    /// As [`History::read`]; a test keeps the shipped one fit.
    pub fn shipped() -> Result<Self, Unfit> {
        Self::read(include_str!("../history/citrix-2019.toml"))
    }

    /// Reads a history and checks that it holds together.
    ///
    /// # Errors
    /// The first thing that is wrong, see [`Unfit`].
    pub fn read(text: &str) -> Result<Self, Unfit> {
        let history: Self = toml::from_str(text).map_err(|why| Unfit::Unreadable(why.to_string()))?;
        history.check_order()?;
        for event in &history.events {
            history.check_event(event)?;
        }
        history.check_what_comes_first()?;
        Ok(history)
    }

    /// All deeds in the order in which they happened, those of one moment in the order of the record.
    pub fn moments(&self) -> Vec<Moment<'_>> {
        let mut moments: Vec<Moment<'_>> = self
            .events
            .iter()
            .flat_map(|event| {
                event.does.iter().map(move |step| Moment {
                    at: step.at.unwrap_or(event.at),
                    event,
                    deed: &step.deed,
                })
            })
            .collect();
        moments.sort_by_key(|moment| moment.at);
        moments
    }

    /// The answers to the matrix that counted at `at`, from all assessments up to then.
    pub fn answers_at(&self, at: Timestamp) -> BTreeMap<String, String> {
        let mut answers = BTreeMap::new();
        for moment in self.moments().into_iter().filter(|moment| moment.at <= at) {
            if let Deed::Assessment { answers: given } = moment.deed {
                answers.extend(given.clone());
            }
        }
        answers
    }

    /// The counts of open Dutch hosts, oldest first.
    pub fn open_hosts(&self) -> Vec<Point> {
        let count = |moment: Moment<'_>| match moment.deed {
            Deed::Observations { open_hosts, .. } => Some(Point { at: moment.at, open_hosts: *open_hosts }),
            _ => None,
        };
        self.moments().into_iter().filter_map(count).collect()
    }

    /// The counts of somebody else's series, oldest first.
    pub fn open_hosts_of(&self, series: Series) -> Vec<Point> {
        let count = |moment: Moment<'_>| match moment.deed {
            Deed::Note { series: Some(of), open_hosts: Some(open_hosts) } if *of == series => {
                Some(Point { at: moment.at, open_hosts: *open_hosts })
            }
            _ => None,
        };
        self.moments().into_iter().filter_map(count).collect()
    }

    /// Numbers run from 1 without a gap and days never go back. Within a day only hours that the
    /// record knows must rise; the others are our choice.
    fn check_order(&self) -> Result<(), Unfit> {
        let day = |event: &Event| event.at.to_zoned(TimeZone::fixed(WINTER)).date();
        let sure = |event: &Event| matches!(event.precision, Precision::Exact | Precision::Hour);
        for (place, event) in self.events.iter().enumerate() {
            if usize::from(event.seq) != place + 1 {
                return Err(Unfit::OutOfOrder(event.seq));
            }
        }
        for pair in self.events.windows(2) {
            let back = day(&pair[1]) < day(&pair[0]);
            if back || (sure(&pair[0]) && sure(&pair[1]) && pair[1].at < pair[0].at) {
                return Err(Unfit::OutOfOrder(pair[1].seq));
            }
        }
        Ok(())
    }

    fn check_event(&self, event: &Event) -> Result<(), Unfit> {
        let seq = event.seq;
        if event.source.trim().is_empty() {
            return Err(Unfit::NoSource(seq));
        }
        if event.text.nl.trim().is_empty() || event.text.en.trim().is_empty() {
            return Err(Unfit::NoText(seq));
        }
        if event.does.is_empty() {
            return Err(Unfit::NoDeed(seq));
        }
        for step in &event.does {
            if let Some(key) = step.deed.measures().into_iter().find(|key| !self.measures.contains_key(*key))
            {
                return Err(Unfit::UnknownMeasure { seq, key: key.to_owned() });
            }
            if let Some(key) = step.deed.products().iter().find(|key| !self.products.contains_key(*key)) {
                return Err(Unfit::UnknownProduct { seq, key: key.clone() });
            }
        }
        Ok(())
    }

    /// A measure is introduced before it is changed, and revisions rise.
    fn check_what_comes_first(&self) -> Result<(), Unfit> {
        let mut introduced = BTreeSet::new();
        let mut highest = BTreeMap::new();
        for Moment { event, deed, .. } in self.moments() {
            if !deed.introduces() {
                let early = deed.measures().into_iter().find(|key| !introduced.contains(*key));
                if let Some(key) = early {
                    return Err(Unfit::NotYetIntroduced { seq: event.seq, key: key.to_owned() });
                }
            }
            introduced.extend(deed.measures());
            if let Deed::Advisory { number, revision, .. } = deed
                && highest.insert(number, revision).is_some_and(|before| before >= revision)
            {
                return Err(Unfit::RevisionNotHigher(event.seq));
            }
        }
        Ok(())
    }
}

impl Deed {
    /// The measures that it names.
    pub fn measures(&self) -> Vec<&str> {
        match self {
            Self::PaperReceived { measures, .. }
            | Self::Advisory { measures, .. }
            | Self::Enrichment { measures, .. } => measures.iter().map(String::as_str).collect(),
            Self::MeasureSuperseded { measure, by, .. } => vec![measure, by],
            Self::MeasureAdded { measure }
            | Self::MeasureChanged { measure, .. }
            | Self::MeasureDoubtful { measure }
            | Self::MeasureRevoked { measure, .. }
            | Self::Statement { measure, .. } => vec![measure],
            _ => vec![],
        }
    }

    /// The products that it names.
    fn products(&self) -> &[String] {
        match self {
            Self::PaperReceived { products, .. } | Self::Advisory { products, .. } => products,
            _ => &[],
        }
    }

    /// Whether a measure may be named here for the first time.
    fn introduces(&self) -> bool {
        matches!(self, Self::PaperReceived { .. } | Self::MeasureAdded { .. })
    }
}

const WINTER: jiff::tz::Offset = jiff::tz::offset(1);

/// Reads a moment that is written with the offset of Dutch winter time, and nothing else: two ways
/// to write an hour in one file are one too many.
fn dutch_winter_time<'de, D: Deserializer<'de>>(source: D) -> Result<Timestamp, D::Error> {
    let written = String::deserialize(source)?;
    if !written.ends_with("+01:00") {
        return Err(D::Error::custom(format!("{written} does not end in +01:00")));
    }
    written.parse().map_err(D::Error::custom)
}

fn maybe_dutch_winter_time<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Timestamp>, D::Error> {
    dutch_winter_time(source).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../history/citrix-2019.toml");

    /// Points of the matrix of June 2019. Source: `domain.md` 2.1.
    const POINTS: &[(&str, &[(&str, u32)])] = &[
        ("default_configuration", &[("no", 1), ("yes", 3)]),
        ("exploit_code", &[("none", 1), ("proof_of_concept", 4), ("exploit", 6)]),
        ("technical_details", &[("none", 1), ("some", 2), ("full", 3)]),
        ("access", &[("physical", 1), ("lan", 4), ("internet", 6)]),
        ("credentials", &[("admin", 1), ("user", 2), ("none", 4)]),
        ("complexity", &[("complex", 1), ("average", 2), ("easy", 3)]),
        ("user_interaction", &[("complex", 1), ("easy", 3), ("none", 4)]),
        ("exploited", &[("no", 1), ("limited", 2), ("large", 3)]),
        ("exploit_expected", &[("no", 1), ("yes", 3)]),
        ("solution", &[("more_than_two_months", 1), ("within_two_months", 2), ("none", 3)]),
    ];

    fn chance_at(at: &str) -> u32 {
        let answers = History::shipped().unwrap().answers_at(at.parse().unwrap());
        POINTS
            .iter()
            .map(|(question, choices)| {
                let answer = &answers[*question];
                choices.iter().find(|(choice, _)| choice == answer).unwrap().1
            })
            .sum()
    }

    #[test]
    fn the_record_has_34_events_with_a_source_each() {
        let history = History::shipped().unwrap();
        assert_eq!(history.events.len(), 34);
        assert!(history.events.iter().all(|event| event.source.len() > 20));
        assert_eq!(history.measures.keys().collect::<Vec<_>>(), ["M1", "M2", "M3", "M4", "M5"]);
    }

    #[test]
    fn the_chance_rises_from_27_to_37_as_the_signals_come_in() {
        assert_eq!(chance_at("2019-12-18T12:00+01:00"), 27, "one point below high");
        assert_eq!(chance_at("2019-12-23T12:00+01:00"), 28, "details became known");
        assert_eq!(chance_at("2020-01-09T17:00+01:00"), 29, "the search has begun");
        assert_eq!(chance_at("2020-01-11T12:00+01:00"), 36, "the exploit is public");
        assert_eq!(chance_at("2020-01-13T12:00+01:00"), 37, "attacks on a large scale");
    }

    #[test]
    fn the_damage_is_high_at_all_times() {
        let answers = History::shipped().unwrap().answers_at(Timestamp::MAX);
        assert_eq!(answers["remote_rights"], "root_shell");
        assert_eq!(answers.len(), 15);
    }

    #[test]
    fn the_hotline_counted_seven_times() {
        let points = History::shipped().unwrap().open_hosts();
        let log: Vec<String> = points
            .iter()
            .map(|point| {
                let at = point.at.to_zoned(TimeZone::fixed(WINTER));
                format!("{} {}", at.strftime("%m-%d %H:%M"), point.open_hosts)
            })
            .collect();
        assert_eq!(
            log,
            [
                "01-10 06:00 713",
                "01-13 11:00 546",
                "01-15 12:00 294",
                "01-16 12:00 176",
                "01-17 12:00 112",
                "01-18 12:00 87",
                "02-03 12:00 70",
            ]
        );
    }

    #[test]
    fn a_deed_of_another_day_is_played_on_that_day() {
        let history = History::shipped().unwrap();
        let moments = history.moments();
        assert!(moments.is_sorted_by_key(|moment| moment.at));
        let check_tool = moments.iter().find(|it| *it.deed == Deed::MeasureAdded { measure: "M5".into() });
        let check_tool = check_tool.unwrap();
        assert_eq!(check_tool.event.seq, 28);
        assert!(check_tool.at < check_tool.event.at);
    }

    #[test]
    fn real_bodies_are_named_in_the_texts_and_nowhere_else() {
        let file: toml::Value = toml::from_str(SHIPPED).unwrap();
        let history = History::shipped().unwrap();
        let (mut told, mut played) = (String::new(), String::new());
        collect("", &file, &mut told, &mut played);
        for name in &history.institutions {
            assert!(told.contains(name), "{name} is in the list and in no text");
            assert!(!played.contains(name), "{name} is in a field that a program plays");
        }
        for name in history.events.iter().filter_map(|event| event.actor.name.as_deref()) {
            let listed = history.institutions.iter().any(|it| name.contains(it.as_str()));
            assert!(listed || history.products.values().any(|it| it.vendor == name), "{name} is not listed");
        }
    }

    /// Sorts every string of the file: texts of the history layer here, what a program plays there.
    fn collect(path: &str, value: &toml::Value, told: &mut String, played: &mut String) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    collect(&format!("{path}.{key}"), value, told, played);
                }
            }
            toml::Value::Array(list) => list.iter().for_each(|it| collect(path, it, told, played)),
            toml::Value::String(words) => {
                let texts = [".event.text.nl", ".event.text.en", ".event.source", ".event.actor.name"];
                let pile = if texts.contains(&path) { told } else { played };
                if path != ".institutions" {
                    *pile += &format!("{words}\n");
                }
            }
            _ => {}
        }
    }

    /// The shipped history with one thing changed.
    fn spoilt(here: &str, instead: &str) -> Unfit {
        assert!(SHIPPED.contains(here), "{here} is not in the file");
        History::read(&SHIPPED.replacen(here, instead, 1)).unwrap_err()
    }

    #[test]
    fn a_history_that_does_not_hold_together_is_refused() {
        assert_eq!(spoilt("seq = 7", "seq = 6"), Unfit::OutOfOrder(6));
        assert_eq!(spoilt("2020-01-01T12:00", "2020-01-08T12:00"), Unfit::OutOfOrder(7));
        assert_eq!(spoilt("1.1 (S09): count of V. Gevers", " "), Unfit::NoSource(6));
        assert_eq!(
            spoilt("measure = \"M2\"", "measure = \"M9\""),
            Unfit::UnknownMeasure { seq: 22, key: "M9".into() }
        );
        assert_eq!(
            spoilt(
                "kind = \"measure_doubtful\"\nmeasure = \"M1\"",
                "kind = \"measure_doubtful\"\nmeasure = \"M3\""
            ),
            Unfit::NotYetIntroduced { seq: 21, key: "M3".into() }
        );
        assert_eq!(
            spoilt("products = [\"adc\", \"gateway\"]", "products = [\"abc\"]"),
            Unfit::UnknownProduct { seq: 1, key: "abc".into() }
        );
        assert_eq!(spoilt("revision = \"1.03\"", "revision = \"1.01\""), Unfit::RevisionNotHigher(21));
    }

    #[test]
    fn a_field_that_is_misspelt_or_an_hour_of_another_zone_is_refused() {
        for (here, instead, why) in [
            ("open_hosts = 713", "open_host = 713", "open_host"),
            ("letters = 1_350", "leters = 1_350", "leters"),
            ("precision = \"assumed\"\n", "", "precision"),
            ("provable_by = []", "proveable_by = []", "proveable_by"),
            ("2019-12-18T10:00+01:00", "2019-12-18T10:00Z", "does not end in +01:00"),
            ("{ exploit = \"public\" }", "{ exploit = \"everywhere\" }", "everywhere"),
        ] {
            let Unfit::Unreadable(said) = spoilt(here, instead) else { panic!("{instead} was read") };
            assert!(said.contains(why), "{said}");
        }
    }
}
