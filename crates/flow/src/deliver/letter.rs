//! What a letter says, before it has words.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use disclosure::{Circumstance, Class, Classified, Cut, Detail, Marks, Recipient, Redact};
use domain::advisory::{Content, RevisionNumber};
use domain::answer_code::AnswerCode;
use domain::asset::Asset;
use domain::ids::{AssetId, ParticipantId};
use domain::measure::Reliability;
use domain::participant::Participant;
use domain::reply::Offer;
use domain::severity::Severity;
use domain::text::Text;
use domain::tlp::Tlp;
use domain::warning::{Cause, Edition, Fact, Shows, Warning};
use jiff::Timestamp;
use store::{StoreError, advisories, assets};

use crate::house::{House, Team};

/// Why a letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Warning,
    Changed,
    /// A rung of the ladder, counted from 1.
    Reminder(usize),
    /// A measure on which the participant leans is doubtful or revoked.
    MeasureFell,
    /// We looked, and it is still there.
    StillThere,
    /// We looked, and it is gone.
    Verified,
    /// It is gone, and was not in time: somebody may be inside.
    CompromiseCheck,
    /// A plan was not kept, or an acceptance ended.
    RunOut,
    /// Somebody answered through the mailbox of a colleague: is that right?
    Answered,
    /// The desk wrote something that is read on the page.
    Note,
    StandDown,
}

impl Kind {
    /// Whether its reader is asked to answer.
    pub fn asks(self) -> bool {
        !matches!(self, Self::Verified | Self::StandDown | Self::Answered | Self::Note)
    }

    /// Whether a digit alone can answer it. Who may have an intruder inside has more to say.
    pub fn takes_a_digit(self) -> bool {
        self.asks() && self != Self::CompromiseCheck
    }

    /// As the record of a decision names it: the words that [`Kind::of_word`] reads.
    pub fn word(self) -> String {
        match self {
            Self::Warning => "warning".into(),
            Self::Changed => "changed".into(),
            Self::Reminder(rung) => format!("reminder-{rung}"),
            Self::MeasureFell => "measure-fell".into(),
            Self::StillThere => "still-there".into(),
            Self::Verified => "verified".into(),
            Self::CompromiseCheck => "compromise-check".into(),
            Self::RunOut => "run-out".into(),
            Self::Answered => "answered".into(),
            Self::Note => "note".into(),
            Self::StandDown => "stand-down".into(),
        }
    }

    /// The kind of a word; `None` for one that no kind has.
    pub fn of_word(word: &str) -> Option<Self> {
        if let Some(rung) = word.strip_prefix("reminder-") {
            return rung.parse().ok().map(Self::Reminder);
        }
        let plain = [
            Self::Warning,
            Self::Changed,
            Self::MeasureFell,
            Self::StillThere,
            Self::Verified,
            Self::CompromiseCheck,
            Self::RunOut,
            Self::Answered,
            Self::Note,
            Self::StandDown,
        ];
        plain.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a letter about a warning is about. The same for every reader at a participant.
#[derive(Debug, Clone)]
pub struct About {
    pub kind: Kind,
    pub number: String,
    pub revision: RevisionNumber,
    pub severity: Severity,
    pub tlp: Tlp,
    pub due_at: Timestamp,
    /// The products, as the participant registered them.
    pub products: Vec<String>,
    /// Those that were seen at a place of the participant, who registered none of them.
    pub seen_products: Vec<String>,
    /// The systems themselves: for whom nobody else reads along.
    pub systems: Vec<System>,
    pub exploited: bool,
    pub consequence: Text,
    /// The measures that may be trusted, the most effective first, with how long they take.
    pub measures: Vec<(Text, Option<u32>)>,
    /// What can be answered by a digit, with the steps as these measures are numbered.
    pub offer: Offer,
    /// The measure that fell, when that is why the letter is written.
    pub fallen: Vec<Text>,
    /// Whether it tells of something that was measured, and when that was.
    pub seen_at: Option<Timestamp>,
    /// Who was not safe by then must look for intruders.
    pub presumption: Option<Timestamp>,
    /// What is new since the letter before, the mildest first; empty when nothing is, or this is the first.
    pub news: BTreeSet<Cause>,
    /// The contact in whose name somebody answered, when that is why the letter is written.
    pub answered_by: Option<String>,
    /// Tells letters of the same kind about the same revision apart: the run, the rung, the look.
    pub round: String,
}

/// A system as its owner would name it to a colleague.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct System {
    pub alias: Option<String>,
    pub host: Option<String>,
    pub address: Option<IpAddr>,
}

impl System {
    fn of(asset: &Asset) -> Option<Self> {
        let system = Self { alias: asset.alias.clone(), host: asset.host.clone(), address: asset.address };
        (system != Self { alias: None, host: None, address: None }).then_some(system)
    }

    /// `VPN-poort noord (vpn.noordzorg.example, 192.0.2.7)`.
    pub fn in_words(&self) -> String {
        let at: Vec<String> =
            self.host.iter().cloned().chain(self.address.iter().map(ToString::to_string)).collect();
        match (&self.alias, at.is_empty()) {
            (Some(alias), true) => alias.clone(),
            (Some(alias), false) => format!("{alias} ({})", at.join(", ")),
            (None, _) => at.join(", "),
        }
    }
}

/// More systems than this stand on the page.
const SYSTEMS_MAX: usize = 20;

impl About {
    pub fn of(
        house: &House,
        number: &str,
        content: &Content,
        edition: &Edition,
        warning: &Warning,
        assets: &BTreeMap<AssetId, Asset>,
        kind: Kind,
    ) -> Self {
        let named = |wanted: fn(Reliability) -> bool| {
            edition
                .offers
                .iter()
                .filter(move |offer| wanted(offer.reliability))
                .filter_map(|offer| content.measure(offer.measure))
        };
        let names = |is_registered: bool| -> BTreeSet<String> {
            let wanted = assets.values().filter(|asset| asset.claimed_at.is_some() == is_registered);
            wanted.map(|asset| asset.name.to_string()).collect()
        };
        let products = names(true);
        let seen_products = names(false).difference(&products).cloned().collect();
        let systems: BTreeSet<System> = assets.values().filter_map(System::of).collect();
        let systems = systems.into_iter().take(SYSTEMS_MAX).collect();
        let seen = warning.facts().rev().find_map(|fact| match &fact.it {
            Fact::Evidence(evidence) => match evidence.shows {
                Shows::Gone(_) | Shows::StillThere(_) => Some(fact.at),
                Shows::Attested(_) => None,
            },
            _ => None,
        });
        let specific = matches!(kind, Kind::StillThere | Kind::Verified | Kind::CompromiseCheck);
        let round = match kind {
            Kind::Reminder(rung) => format!("rung-{rung}-{}", house.now().as_second()),
            Kind::Answered | Kind::Note => house.now().as_microsecond().to_string(),
            Kind::StillThere | Kind::Verified | Kind::CompromiseCheck => {
                seen.unwrap_or_default().as_second().to_string()
            }
            Kind::RunOut => ended_at(warning).unwrap_or_default().as_second().to_string(),
            _ => warning.began_at().max(Timestamp::UNIX_EPOCH).as_second().to_string(),
        };
        Self {
            kind,
            number: number.to_owned(),
            revision: edition.number,
            severity: edition.severity,
            tlp: content.tlp.unwrap_or(Tlp::Amber),
            due_at: edition.due_at,
            products: products.into_iter().collect(),
            seen_products,
            systems,
            exploited: content.exploited,
            consequence: content.consequence.clone(),
            measures: named(Reliability::holds)
                .map(|measure| (measure.title.clone(), measure.minutes))
                .collect(),
            offer: Offer::of(edition.number, named(Reliability::holds).map(|it| (it.id, it.kind))),
            fallen: named(|it| !it.holds()).map(|measure| measure.title.clone()).collect(),
            seen_at: seen.filter(|_| specific),
            presumption: edition.presumption,
            news: BTreeSet::new(),
            answered_by: None,
            round,
        }
    }

    /// The letter for `participant`, for the gate.
    pub fn to(self, participant: &Participant, team: &Team) -> Letter {
        Letter {
            about: self,
            of: participant.id,
            participant: participant.name.clone(),
            target_group: participant.sector.clone(),
            team: team.clone(),
            code: None,
            offer: None,
        }
    }
}

/// The end that the participant gave last.
fn ended_at(warning: &Warning) -> Option<Timestamp> {
    warning.standing_facts().rev().find_map(|fact| match &fact.it {
        Fact::Answer(answer) => answer.ends_at(),
        _ => None,
    })
}

/// What there is to say about a warning now.
pub async fn about_now(house: &House, warning: &Warning, kind: Kind) -> Result<Option<About>, StoreError> {
    let Some(on_desk) = advisories::of_id(&house.db, warning.advisory).await? else { return Ok(None) };
    let (Some(revision), Some(edition)) = (on_desk.advisory.current(), warning.edition()) else {
        return Ok(None);
    };
    let mut own = BTreeMap::new();
    for asset in warning.assets().into_keys() {
        own.extend(assets::of_id(&house.db, asset, warning.participant).await?.map(|it| (asset, it)));
    }
    let number = &on_desk.advisory.number;
    Ok(Some(About::of(house, number, &revision.content, edition, warning, &own, kind)))
}

/// A letter that asks to be let out.
#[derive(Debug, Clone)]
pub struct Letter {
    pub about: About,
    pub of: ParticipantId,
    pub participant: String,
    pub target_group: String,
    pub team: Team,
    /// With which its reader answers without signing in. It names nothing, so no cut takes it away.
    pub code: Option<AnswerCode>,
    /// What it offers to answer by a digit alone, where replies are read.
    pub offer: Option<Offer>,
}

impl Redact for Letter {
    /// Level 0 of a letter is number, severity and deadline, which name nothing; level 1 has the product and what to
    /// do, level 2 how the participant itself calls its systems, level 3 where they stand (`ux.md` 6.3).
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() || cut.detail < Detail::Product {
            self.about.products.clear();
            self.about.seen_products.clear();
            self.about.measures.clear();
            self.about.fallen.clear();
            self.about.consequence = Text::default();
            self.about.seen_at = None;
            self.about.presumption = None;
            self.about.answered_by = None;
            self.about.news.clear();
            self.participant.clear();
        }
        if !cut.is_full() || cut.detail < Detail::Alias {
            self.about.systems.clear();
        } else if cut.detail < Detail::Full {
            for system in &mut self.about.systems {
                (system.host, system.address) = (None, None);
            }
            self.about.systems.retain(|system| system.alias.is_some());
        }
        self
    }
}

impl Classified for Letter {
    /// What was measured, and which of its systems are meant, is about the recipient itself; the rest is the advisory.
    /// Systems that cannot stay in a letter by this way do not count.
    fn marks_for(&self, to: &Recipient) -> Marks {
        let detail = Detail::of(self.about.tlp, to.through, to.strength);
        let names_systems = detail >= Detail::Alias && !self.about.systems.is_empty();
        let is_own_matter = self.about.seen_at.is_some() || names_systems;
        marks(self.of, self.about.tlp, &self.target_group, is_own_matter, to)
    }
}

/// What is said to `to` of a warning of `of`: the advisory, or also what is known of the recipient itself.
pub(crate) fn marks(
    of: ParticipantId,
    tlp: Tlp,
    target_group: &str,
    is_own_matter: bool,
    to: &Recipient,
) -> Marks {
    let is_own = of.to_string() == to.id;
    let class = match (is_own, is_own_matter, tlp) {
        (true, true, _) => Class::D4,
        (true, false, Tlp::Clear) => Class::D0,
        (true, false, _) => Class::D1,
        (false, ..) => Class::D5,
    };
    Marks::new(class, tlp)
        .about(&of.to_string(), if is_own { to.kind.code() } else { "" }, target_group)
        .where_so(Circumstance::Matched, is_own)
}
