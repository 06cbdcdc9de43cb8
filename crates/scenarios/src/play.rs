//! Plays the public record into a node and lets its participants live.
//!
//! What bodies did is history ([`crate::history`]); how organisations react is a model
//! ([`crate::hazard`]), and every share below is an assumption of ours. The player moves the clock of
//! the house from one moment to the next at which something is due, does what the record says, lets
//! the node work, reads in the ledger what it did, and has the participants react to that. The node
//! cannot tell the difference: it is asked through the same functions as by a browser.
//!
//! Five runs are there: `history` is the crisis as it was, with advisories at the days of the record
//! and nobody pressed; `ladder` is the same country, the same law and the same hosts with a node that
//! judges again when a facet changes, presses the silent, and checks what is claimed. In `designated` the
//! designation of the teams is in force from the day of the advisory, so that the list of December reaches
//! them ([`crate::lists`]); `both` is that with the ladder, and `today` the ladder under the law of now.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use domain::advisory::{AffectedProduct, Content, RevisionNumber, Status};
use domain::asset::{Asset, Reach};
use domain::calling::Outcome;
use domain::contact::{self, Contact};
use domain::designation::Designation;
use domain::escalation::{For, Frame, Ladder, Ladders, Rung, Sender, Way};
use domain::figures::Figures;
use domain::ids::{
    AdvisoryId, AssetId, CallId, ContactId, MeasureId, OfficerId, ParticipantId, ProductId, VulnerabilityId,
    WarningId,
};
use domain::ledger::Entry;
use domain::measure::{CareImpact, Measure, Reliability};
use domain::observation::{Class, Method, Observation, ProductGuess, Seen, Vantage};
use domain::office::Hours;
use domain::product::{Name, Product, State};
use domain::publication::Decision;
use domain::severity::{Judgement, Severity};
use domain::text::Text;
use domain::time::Said;
use domain::tlp::{Pap, Tlp};
use domain::version::{Range, Version};
use domain::warning::{Channel, Claim, CompromiseCheck, Delivery, Fact, Reach as How, Stage};
use flow::disclose::ask_again;
use flow::follow_up;
use flow::house::{Actor, House, Officer};
use flow::law::Law;
use flow::publication::{self, NotPublic};
use flow::{catalogue, jobs, observe, publish};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::de::DeserializeOwned;
use store::contacts::Access;
use store::{
    StoreError, assets, contacts, ledger, officers, participants, products, vulnerabilities, warnings,
};

use crate::dice::Dice;
use crate::hazard::{Assumptions, Bound, Curve, Pressure, Response, patience};
use crate::history::{self, Deed, History};
use crate::lists::{self, Lists};
use crate::population::{self, Population};
use crate::settle;

/// Which country is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// As it was.
    History,
    /// As it was, with the teams designated in force from the day of the advisory.
    Designated,
    /// With the ladder of this house, under the law of the time.
    Ladder,
    /// With the ladder, and the teams designated.
    Both,
    /// With the ladder, under the law of now.
    Today,
}

/// A day of the law of now: the Cyberbeveiligingswet counts since 15 August 2026.
const LAW_OF_NOW: Date = jiff::civil::date(2026, 9, 1);
/// From when the teams are designated in the runs that change that: the day of the advisory.
const DESIGNATED_FROM: Date = jiff::civil::date(2019, 12, 18);

impl Run {
    pub fn word(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Designated => "designated",
            Self::Ladder => "ladder",
            Self::Both => "both",
            Self::Today => "today",
        }
    }

    /// Whether the silent are pressed by this house.
    fn has_ladder(self) -> bool {
        matches!(self, Self::Ladder | Self::Both | Self::Today)
    }

    fn lists(self) -> Lists {
        match self {
            Self::History | Self::Ladder => Lists::new(None, None),
            Self::Designated | Self::Both => Lists::new(Some(DESIGNATED_FROM), None),
            Self::Today => Lists::new(None, Some(LAW_OF_NOW)),
        }
    }
}

/// The number of the advisory, as the record has it.
pub const NUMBER: &str = "2019-0979";
/// When the last case of the record was closed; nothing of the story comes later but an epilogue.
pub const END: Timestamp = Timestamp::constant(1_583_784_720, 0); // 9 March 2020, 21:12 in Utrecht

/// How one participant was pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pressed {
    /// When it first stood on the board as something to do or as late, while nothing had been decided.
    pub red_at: Option<Timestamp>,
    /// When its board had a letter in hand.
    pub board_letter_at: Option<Timestamp>,
}

/// Why a story cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Stuck {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    History(#[from] history::Unfit),
    #[error("the record gives no curve: {0}")]
    Curve(String),
    #[error("the analyst's work was refused: {0}")]
    Publish(#[from] publish::PublishError),
    #[error("what the record makes public was refused: {0}")]
    Public(#[from] NotPublic),
    #[error("the answers of the record do not fit the matrix: {0}")]
    Answers(#[from] domain::severity::Unanswered),
}

/// How long after a release the duty officer decides whether everybody may read it.
const DECIDES_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// One thing that the story did, to be shown as it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: Timestamp,
    pub seq: u8,
    pub text: Text,
}

pub struct Player {
    pub house: House,
    pub run: Run,
    history: History,
    curve: Curve,
    response: Response,
    lives: Vec<Life>,
    owners: BTreeMap<ParticipantId, usize>,
    /// What is due when, in the order in which it was planned.
    plan: BTreeMap<(Timestamp, u64), Due>,
    planned: u64,
    /// The place in the ledger up to which the participants know what happened.
    heard: u64,
    warnings: BTreeMap<WarningId, usize>,
    content: Content,
    answers: BTreeMap<String, String>,
    measures: BTreeMap<String, MeasureId>,
    advisory: Option<AdvisoryId>,
    analyst: Officer,
    duty_officer: Officer,
    calls: VecDeque<CallId>,
    lists: Lists,
    told: Vec<Told>,
    /// Hosts of the whole country that each count of the record saw open.
    counted: BTreeMap<Timestamp, u64>,
    dice: Dice,
}

/// One organisation as it lives, beside what the node knows of it.
struct Life {
    who: population::Participant,
    id: ParticipantId,
    contacts: Vec<Contact>,
    hosts: Vec<Machine>,
    pressed: Vec<(Timestamp, Pressure)>,
    registered: bool,
}

/// A host as it is, whatever anybody says.
struct Machine {
    asset: Option<AssetId>,
    host: population::Host,
    patience: f64,
    /// When the workaround is in place.
    mitigated_at: Timestamp,
    /// When it is repaired or off.
    repaired_at: Option<Timestamp>,
}

impl Machine {
    /// What a look by `method` sees at `at`. The workaround does nothing on one build, which a scan
    /// that sees only the workaround cannot know.
    fn seen(&self, method: Method, at: Timestamp) -> Seen {
        let repaired = self.repaired_at.is_some_and(|done| done <= at);
        let mitigated = self.mitigated_at <= at;
        let in_vain = self.host.build.version() == "12.1-50.28" && !method.sees_only_the_measure();
        match repaired || mitigated && !in_vain {
            true => Seen::NotVulnerable,
            false => Seen::Vulnerable,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Due {
    /// The deeds of an event, by its place in the list of moments.
    Moment(usize),
    /// Somebody reads the mail.
    Read(usize),
    /// Says "done" about whatever is done by then.
    Claim(usize),
    /// Says "done" and has not looked.
    ClaimTooSoon(usize),
    /// Repairs or switches off what leaned on the workaround.
    Repair(usize),
    /// Looks for intruders.
    LookForIntruders(usize),
    /// A partner looks at what is open or claimed.
    Look,
    /// The duty officer makes the next calls.
    Calls,
    /// What the law held back is asked again.
    AskAgain,
    /// A team tells one of its members that it stands on the list.
    Tell(usize),
    /// The duty officer decides whether everybody may read it.
    MakePublic,
}

/// A shipped word of one enum as the same word of another: the record and the house use the same.
pub(crate) fn same<T: DeserializeOwned>(word: &impl std::fmt::Debug) -> Option<T> {
    let camel = format!("{word:?}");
    let mut snake = String::new();
    for (place, it) in camel.chars().enumerate() {
        if it.is_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.extend(it.to_lowercase());
    }
    serde_json::from_value(serde_json::Value::from(snake)).ok()
}

fn text(it: &history::Text) -> Text {
    Text::both(it.nl.clone(), it.en.clone())
}

fn range(it: &history::Range) -> Range {
    match it {
        history::Range::Train { train } => Range::Train(Version::new(train)),
        history::Range::Exactly { exactly } => Range::Exactly(Version::new(exactly)),
        history::Range::Until { from, to } => Range::until(from, to),
    }
}

impl Player {
    /// Fills `house`, whose clock stands at the beginning, with the population and plans the story.
    ///
    /// `group` keeps one sector only, which is what a sectoral node serves. `progress` is told how
    /// many of how many participants have joined.
    ///
    /// # Errors
    /// [`Stuck`] when the record is unfit or the house does not take the participants.
    pub async fn begin(
        mut house: House,
        run: Run,
        seed: u64,
        group: Option<population::Group>,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<Self, Stuck> {
        if !run.has_ladder() {
            house.press_by(nobody_presses());
        }
        if run == Run::Today {
            house.law = Arc::new(Law::as_of(LAW_OF_NOW));
        }
        let history = History::shipped()?;
        let assumptions = Assumptions::shipped();
        let unasked = assumptions.unasked_per_day.at(Bound::Default);
        let curve = Curve::through(&history, unasked).map_err(|why| Stuck::Curve(why.to_string()))?;
        let population = Population::citrix_2019(seed);
        let patiences = patience(&population, &curve);
        let mut patiences = patiences.into_iter();
        let mut player = Self {
            run,
            response: assumptions.response(Bound::Default),
            lives: Vec::new(),
            owners: BTreeMap::new(),
            plan: BTreeMap::new(),
            planned: 0,
            heard: 0,
            warnings: BTreeMap::new(),
            content: Content::default(),
            answers: BTreeMap::new(),
            measures: BTreeMap::new(),
            advisory: None,
            analyst: Officer { id: house.id(), name: "B. Sluis".into() },
            duty_officer: Officer { id: house.id(), name: "C. Dam".into() },
            calls: VecDeque::new(),
            lists: run.lists(),
            told: Vec::new(),
            counted: BTreeMap::new(),
            dice: Dice::named(seed, "life"),
            house,
            history,
            curve,
        };
        let served: Vec<_> = population
            .participants
            .into_iter()
            .map(|who| {
                let patient: Vec<f64> =
                    who.hosts.iter().map(|_| patiences.next().unwrap_or(f64::MAX)).collect();
                (who, patient)
            })
            .filter(|(who, _)| group.is_none_or(|group| who.group == group))
            .collect();
        player.settle_officers().await?;
        let count = served.len();
        for (number, (who, patient)) in served.into_iter().enumerate() {
            player.settle(who, &patient).await?;
            progress(number + 1, count);
        }
        let moments: Vec<Timestamp> = player.history.moments().iter().map(|moment| moment.at).collect();
        for (place, at) in moments.into_iter().enumerate() {
            player.plan(at, Due::Moment(place));
        }
        if run.has_ladder() {
            let first = player.house.now() + 36.hours();
            player.plan(first, Due::Look);
        }
        jobs::work_off(&player.house).await?;
        player.heard = ledger::size(&player.house.db).await?;
        Ok(player)
    }

    async fn settle_officers(&mut self) -> Result<(), StoreError> {
        let officer = |who: &Officer, mail: &str, role| officers::Officer {
            id: who.id,
            name: who.name.clone(),
            mail: format!("{mail}@z-cert.example"),
            role,
        };
        let mut everybody = vec![
            officer(&self.analyst, "b.sluis", officers::Role::Analyst),
            officer(&self.duty_officer, "c.dam", officers::Role::DutyOfficer),
        ];
        for (name, mail, role) in [
            ("D. Kade", "d.kade", officers::Role::Administrator),
            ("E. Polder", "e.polder", officers::Role::Supervisor),
        ] {
            let id: OfficerId = self.house.id();
            everybody.push(officers::Officer {
                id,
                name: name.into(),
                mail: format!("{mail}@z-cert.example"),
                role,
            });
        }
        let names = self.history.products.values().map(|product| Product {
            id: self.house.id::<ProductId>(),
            name: Name::new(&product.vendor, &product.name),
            aliases: product.aliases.iter().map(|alias| Name::new(&product.vendor, alias)).collect(),
            marks: [].into(),
            state: State::Confirmed,
        });
        let known: Vec<Product> = names.collect();
        self.house
            .write("settle the team", async |tx| {
                for officer in &everybody {
                    officers::add(tx, officer).await?;
                }
                for product in &known {
                    products::add(tx, product).await?;
                }
                Ok(())
            })
            .await
    }

    async fn settle(&mut self, who: population::Participant, patient: &[f64]) -> Result<(), StoreError> {
        let id: ParticipantId = self.house.id();
        let participant = settle::participant(&self.house, id, &who);
        let people: Vec<Contact> =
            who.contacts.iter().map(|person| settle::contact(&self.house, id, person)).collect();
        let registered: Vec<Asset> =
            who.assets.iter().map(|line| settle::asset(&self.house, id, line)).collect();
        self.house
            .write("a participant joins", async |tx| {
                participants::add(tx, &participant).await?;
                for (place, contact) in people.iter().enumerate() {
                    let access = if place == 0 { Access::Admin } else { Access::Reader };
                    contacts::add(tx, contact, access).await?;
                }
                for asset in &registered {
                    assets::put(tx, asset).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        let hosts = who.hosts.iter().zip(patient).map(|(host, patience)| Machine {
            asset: registered
                .iter()
                .find(|asset| asset.host.as_ref() == Some(&host.name))
                .map(|asset| asset.id),
            mitigated_at: host.closed_at.unwrap_or_else(|| self.curve.closes_at(*patience)),
            host: host.clone(),
            patience: *patience,
            repaired_at: None,
        });
        let hosts = hosts.collect();
        self.owners.insert(id, self.lives.len());
        let is_registered = !registered.is_empty();
        let contacts = people;
        self.lives.push(Life { who, id, contacts, hosts, pressed: Vec::new(), registered: is_registered });
        Ok(())
    }

    fn plan(&mut self, at: Timestamp, due: Due) {
        self.planned += 1;
        self.plan.insert((at.max(self.house.now()), self.planned), due);
    }

    /// When something is due next, in the story or in the node. `None` when all is still.
    ///
    /// # Errors
    /// When the node cannot say what waits.
    pub async fn next_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let story = self.plan.first_key_value().map(|((at, _), _)| *at);
        let node = store::jobs::next_at(&self.house.db).await?;
        Ok([story, node].into_iter().flatten().min())
    }

    /// Plays until `until`, and moves the clock there.
    ///
    /// # Errors
    /// [`Stuck`] when the node does not take what the record says.
    pub async fn play_until(&mut self, until: Timestamp) -> Result<(), Stuck> {
        while let Some(at) = self.next_at().await?.filter(|at| *at <= until) {
            self.house.move_clock(at.max(self.house.now()));
            while let Some(entry) = self.plan.first_entry().filter(|entry| entry.key().0 <= self.house.now())
            {
                let due = entry.remove();
                self.act(due).await?;
            }
            jobs::work_off(&self.house).await?;
            self.react().await?;
        }
        self.house.move_clock(until.max(self.house.now()));
        Ok(())
    }

    /// What the record told so far, oldest first.
    pub fn told(&self) -> &[Told] {
        &self.told
    }

    /// Hosts of the country that each count of the record saw open, as they were scanned.
    pub fn counted(&self) -> &BTreeMap<Timestamp, u64> {
        &self.counted
    }

    /// The figures of the node, from its ledger.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        self.house.figures().await
    }

    /// The participant called `slug` in the story, with its security contact.
    pub fn find(&self, slug: &str) -> Option<(ParticipantId, Option<ContactId>)> {
        let life = self.lives.iter().find(|life| life.who.slug == slug)?;
        Some((life.id, life.contacts.first().map(|contact| contact.id)))
    }

    pub fn advisory(&self) -> Option<AdvisoryId> {
        self.advisory
    }

    async fn act(&mut self, due: Due) -> Result<(), Stuck> {
        match due {
            Due::Moment(place) => self.deed(place).await,
            Due::Read(life) => Ok(self.reads(life).await?),
            Due::Claim(life) => Ok(self.claims(life, false).await?),
            Due::ClaimTooSoon(life) => Ok(self.claims(life, true).await?),
            Due::Repair(life) => Ok(self.repairs(life).await?),
            Due::LookForIntruders(life) => Ok(self.looks_for_intruders(life).await?),
            Due::Look => Ok(self.looks().await?),
            Due::Calls => Ok(self.makes_calls().await?),
            Due::AskAgain => {
                self.asks_again();
                Ok(())
            }
            Due::Tell(life) => {
                self.press_by_the_list(life);
                Ok(())
            }
            Due::MakePublic => self.makes_public().await,
        }
    }
}

/// What the record says.
impl Player {
    async fn deed(&mut self, place: usize) -> Result<(), Stuck> {
        let moments = self.history.moments();
        let Some(moment) = moments.get(place) else { return Ok(()) };
        let (at, seq) = (moment.at, moment.event.seq);
        let (deed, said) = (moment.deed.clone(), text(&moment.event.text));
        let last_of_moment = moments.get(place + 1).is_none_or(|next| next.at > at);
        if self.told.last().is_none_or(|told| told.seq != seq) {
            self.told.push(Told { at, seq, text: said });
        }
        let before = self.content.clone();
        let mut released = false;
        match &deed {
            Deed::PaperReceived { products, measures, .. } => self.learn_paper(products, measures),
            Deed::Facet { facet } => self.learn_facet(facet, at, seq).await?,
            Deed::Assessment { answers } => {
                self.answers.extend(answers.clone());
                let judged = Judgement::computed(&self.house.schemes[0], self.answers.clone())?;
                self.content.severity = Some(judged);
            }
            Deed::Advisory { products, measures, title, summary, tlp, .. } => {
                self.learn_paper(products, measures);
                self.content.title = text(title);
                self.content.summary = text(summary);
                self.content.consequence = text(summary);
                self.content.tlp = Some(Tlp::of_word(tlp));
                released = self.advisory.is_some();
            }
            Deed::Enrichment { measures, .. } => {
                self.learn_paper(&[], measures);
                released = true;
            }
            Deed::MeasureAdded { measure } => self.learn_paper(&[], std::slice::from_ref(measure)),
            Deed::MeasureChanged { measure, applies_to } => {
                let ranges = applies_to.iter().map(range).collect();
                self.change(measure, |it| it.applies_to = ranges);
            }
            Deed::MeasureDoubtful { measure } => {
                self.change(measure, |it| it.reliability = Reliability::Doubtful)
            }
            Deed::MeasureRevoked { measure, versions } => {
                let ranges: Vec<Range> = versions.iter().map(range).collect();
                self.change(measure, |it| match ranges.is_empty() {
                    true => it.reliability = Reliability::Revoked,
                    false => it.fails_for = ranges,
                });
            }
            // That a patch is better takes nothing away from who has the workaround, and a doubtful
            // measure does not become better by being overtaken.
            Deed::MeasureSuperseded { .. } => {}
            Deed::Presumption { done_before, .. } => self.content.presumption = Some(*done_before),
            Deed::Observations { method, .. } => {
                let method = same::<Method>(method).unwrap_or(Method::MitigationAbsent);
                self.counts(method).await?;
            }
            Deed::Designation { gazette, target_groups, signed_on, in_force_from, .. } => {
                for group in target_groups {
                    let said = Designation {
                        organisation: "team".into(),
                        group: group.clone(),
                        document: gazette.clone(),
                        articles: "Wbni art. 3(2)(c), 16(3)(b), 20(2)(b)".into(),
                        signed_on: *signed_on,
                        published_on: None,
                        in_force_from: *in_force_from,
                        in_force_to: None,
                        known_from: None,
                    };
                    ask_again::designate(&self.house, &said).await?;
                }
            }
            Deed::Statement { participant, executed_at, .. } => {
                let slug = participant.clone();
                self.states(&slug, *executed_at).await?;
            }
            Deed::FindingSet { .. } => self.hands_in_a_list(at),
            Deed::Notice { .. }
            | Deed::Incident { .. }
            | Deed::Questions { .. }
            | Deed::BackDoors { .. }
            | Deed::Note { .. } => {}
        }
        let changed = self.advisory.is_some() && self.content != before;
        let renewed = self.run.has_ladder() && self.differs().await?;
        if released || changed && last_of_moment && renewed {
            self.releases().await?;
        }
        Ok(())
    }

    /// Whether what we know now differs from what was released, in a way that people must hear.
    async fn differs(&self) -> Result<bool, StoreError> {
        let Some(id) = self.advisory else { return Ok(false) };
        let Some(on_desk) = store::advisories::of_id(&self.house.db, id).await? else { return Ok(false) };
        let current = on_desk.advisory.current().map(|revision| &revision.content);
        Ok(current.is_some_and(|current| !self.content.kinds_since(current).is_empty()))
    }

    fn learn_paper(&mut self, products: &[String], measures: &[String]) {
        for key in products {
            let Some(product) = self.history.products.get(key) else { continue };
            let line = AffectedProduct {
                name: Name::new(&product.vendor, &product.name),
                marks: [].into(),
                ranges: product.versions.iter().map(range).collect(),
                status: Status::Affected,
            };
            if !self.content.products.contains(&line) {
                self.content.products.push(line);
            }
        }
        self.content.vulnerabilities.insert(self.history.vulnerability.clone());
        for key in measures {
            let Some(shipped) = self.history.measures.get(key).cloned() else { continue };
            if self.measures.contains_key(key) {
                continue;
            }
            let id: MeasureId = self.house.id();
            self.measures.insert(key.clone(), id);
            let conditions = shipped.unless.iter().find(|it| it.group == history::Audience::Care);
            self.content.measures.push(Measure {
                id,
                kind: same(&shipped.kind).unwrap_or(domain::measure::Kind::Workaround),
                title: text(&shipped.title),
                steps: shipped.steps.iter().map(text).collect(),
                applies_to: shipped.applies_to.iter().map(range).collect(),
                fails_for: Vec::new(),
                minutes: shipped.minutes,
                side_effects: text(&shipped.side_effects),
                care_impact: same(&shipped.care_impact).unwrap_or_default(),
                condition: conditions
                    .map_or_else(Text::default, |it| Text::both(it.nl.clone(), it.en.clone())),
                provable_by: shipped.provable_by.iter().filter_map(same::<Method>).collect(),
                check: Text::default(),
                reliability: same(&shipped.reliability).unwrap_or(Reliability::Recommended),
            });
        }
    }

    fn change(&mut self, key: &str, change: impl FnOnce(&mut Measure)) {
        let id = self.measures.get(key).copied();
        if let Some(measure) = self.content.measures.iter_mut().find(|it| Some(it.id) == id) {
            change(measure);
        }
    }

    async fn learn_facet(
        &mut self,
        facet: &history::Facet,
        at: Timestamp,
        seq: u8,
    ) -> Result<(), StoreError> {
        use domain::vulnerability::Facet;
        let it = match facet {
            history::Facet::Exploit(it) => same(it).map(Facet::Exploit),
            history::Facet::Exploited(it) => {
                self.content.exploited = *it != history::Exploited::No;
                same(it).map(Facet::Exploited)
            }
            history::Facet::Details(it) => same(it).map(Facet::Details),
            history::Facet::Mitigation(it) => same(it).map(Facet::Mitigation),
            history::Facet::Patch(it) => same(it).map(Facet::Patch),
        };
        let Some(it) = it else { return Ok(()) };
        let name = self.history.vulnerability.clone();
        let said = Said { at, known_at: self.house.now(), it, by: format!("event {seq} of the record") };
        let fresh: VulnerabilityId = self.house.id();
        self.house
            .write("learn a facet", async |tx| {
                let id = vulnerabilities::know(tx, &name, "", fresh).await?;
                vulnerabilities::learn(tx, id, &name, &said).await.map(drop)
            })
            .await
    }

    /// The analyst proposes what we know now, and the duty officer releases it.
    async fn releases(&mut self) -> Result<(), Stuck> {
        if self.advisory.is_some() && !self.differs().await? {
            return Ok(());
        }
        let id = publish::propose(&self.house, &self.analyst, NUMBER, &self.content).await?;
        publish::release(&self.house, &self.duty_officer, id).await?;
        self.advisory = Some(id);
        // In the history it was kept off.
        if self.run.has_ladder() && self.house.website.place().is_some() {
            self.plan(self.house.now() + DECIDES_AFTER, Due::MakePublic);
        }
        Ok(())
    }

    /// What is for everybody and concerns so many that the node proposes it goes on the website, unless a visitor
    /// decided otherwise.
    async fn makes_public(&mut self) -> Result<(), Stuck> {
        let Some(id) = self.advisory.filter(|_| self.content.tlp == Some(Tlp::Clear)) else { return Ok(()) };
        let known = publication::of_advisory(&self.house, id).await?;
        if known.is_some_and(|it| it.decision == Decision::Proposed) {
            publication::decide(&self.house, &self.duty_officer, id, true, "").await?;
        }
        Ok(())
    }

    /// A count of the record: somebody looks at every host of the country at once.
    async fn counts(&mut self, method: Method) -> Result<(), StoreError> {
        let now = self.house.now();
        let everything: Vec<(usize, usize)> = self.every_host().collect();
        let open = everything.iter().filter(|(life, host)| {
            self.lives[*life].hosts[*host].seen(Method::MitigationAbsent, now) == Seen::Vulnerable
        });
        let open = u64::try_from(open.count()).unwrap_or(u64::MAX);
        self.counted.insert(now, open);
        self.look_at(&everything, method).await
    }

    fn every_host(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.lives.iter().enumerate().flat_map(|(life, it)| (0..it.hosts.len()).map(move |host| (life, host)))
    }

    /// Whoever speaks for a participant says that it is done, perhaps without saying when.
    async fn states(&mut self, slug: &str, executed_at: Option<Timestamp>) -> Result<(), StoreError> {
        let Some(life) = self.lives.iter().position(|life| life.who.slug == slug) else { return Ok(()) };
        let measure = self.measures.get("M1").copied();
        self.say_done(life, measure, executed_at, BTreeSet::new()).await
    }
}

/// The list of who is vulnerable, and who may have it.
impl Player {
    /// What became of the lists so far.
    pub fn lists(&self) -> &lists::Tally {
        self.lists.tally()
    }

    /// Somebody hands the national team a list of everything that is open now.
    fn hands_in_a_list(&mut self, now: Timestamp) {
        let mut groups: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (life, host) in self.every_host().collect::<Vec<_>>() {
            let one = &self.lives[life];
            if one.hosts[host].seen(Method::MitigationAbsent, now) == Seen::Vulnerable {
                groups.entry(one.who.group.sector().to_owned()).or_default().insert(life);
            }
        }
        let told = self.lists.hand_in(now, self.today(), groups);
        self.tells(told, now);
        self.plan_to_ask_again();
    }

    fn asks_again(&mut self) {
        let now = self.house.now();
        let told = self.lists.ask_again(now, self.today());
        self.tells(told, now);
        if now < END {
            self.plan_to_ask_again();
        }
    }

    /// Law begins at midnight.
    fn plan_to_ask_again(&mut self) {
        let midnight = self.today().tomorrow().ok().and_then(|day| day.to_zoned(House::zone()).ok());
        let known = self.plan.values().any(|due| *due == Due::AskAgain);
        if let Some(at) = midnight.filter(|_| !known) {
            self.plan(at.timestamp(), Due::AskAgain);
        }
    }

    /// A person releases it in the morning, and the team needs some hours to tell everybody.
    fn tells(&mut self, lives: BTreeSet<usize>, now: Timestamp) {
        for life in lives {
            let later = hours(9.0 + self.dice.exponential(6.0));
            self.plan(now + later, Due::Tell(life));
        }
    }

    fn today(&self) -> Date {
        self.house.now().to_zoned(House::zone()).date()
    }
}

/// How the participants live.
impl Player {
    /// Reads in the ledger what the node did, and plans what follows from it in the country.
    async fn react(&mut self) -> Result<(), StoreError> {
        let now = self.house.now();
        loop {
            let entries = ledger::from(&self.house.db, self.heard, 500).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            self.heard = last.place + 1;
            for placed in entries {
                match placed.entry {
                    Entry::WarningOpened { warning, participant, .. } => {
                        if let Some(life) = self.owners.get(&participant).copied() {
                            self.warnings.insert(warning, life);
                        }
                    }
                    Entry::Learned { warning, fact, .. } => {
                        let Some(life) = self.warnings.get(&warning).copied() else { continue };
                        self.hears(life, &fact, now);
                    }
                    Entry::CallOrdered { call, .. } if self.run.has_ladder() => {
                        if self.calls.is_empty() {
                            self.plan(now + 20.minutes(), Due::Calls);
                        }
                        self.calls.push_back(call);
                    }
                    _ => {}
                }
            }
        }
    }

    fn hears(&mut self, life: usize, fact: &Fact, now: Timestamp) {
        match fact {
            Fact::Delivery(Channel::Mail, Delivery::Delivered) => {
                let there = self.lives[life].who.contacts.iter().any(|contact| {
                    let today = now.to_zoned(House::zone()).date();
                    let away = contact.leave.is_some_and(|leave| leave.from <= today && today <= leave.to);
                    contact.still_there && !away
                });
                // Of those who are there, seven in ten read it at all, most of them within a day.
                if there && self.dice.chance(0.7) {
                    let later = hours(self.dice.exponential(14.0));
                    self.plan(now + later, Due::Read(life));
                }
            }
            Fact::Delivery(Channel::Telephone, Delivery::Delivered) => self.press(life, Pressure::Phone, now),
            Fact::Reopening(_) => {
                let later = hours(30.0 + self.dice.exponential(60.0));
                self.plan(now + later, Due::Repair(life));
            }
            Fact::Revision(edition) if edition.presumption.is_some() => {
                let later = hours(48.0 + self.dice.exponential(96.0));
                self.plan(now + later, Due::LookForIntruders(life));
            }
            Fact::Evidence(_) => {
                let later = hours(24.0 + self.dice.exponential(72.0));
                self.plan(now + later, Due::LookForIntruders(life));
            }
            _ => {}
        }
    }

    /// Somebody presses: what is still open closes earlier than it would have.
    fn press(&mut self, life: usize, pressure: Pressure, now: Timestamp) {
        // What the record measured is in the curve already, and is not counted twice.
        if !self.run.has_ladder() {
            return;
        }
        self.closes_earlier(life, pressure, now);
    }

    /// A team has the list, and tells whoever stands on it. In the record it came when the count had ended.
    fn press_by_the_list(&mut self, life: usize) {
        if self.run != Run::History {
            self.closes_earlier(life, Pressure::SpecificNotice, self.house.now());
        }
    }

    fn closes_earlier(&mut self, life: usize, pressure: Pressure, now: Timestamp) {
        let one = &mut self.lives[life];
        one.pressed.push((now, pressure));
        for machine in one.hosts.iter_mut().filter(|machine| machine.mitigated_at > now) {
            let closes = self.curve.closes_under(&one.pressed, &self.response, machine.patience);
            machine.mitigated_at = closes.max(now + 1.hour()).min(machine.mitigated_at);
        }
        let next = one.hosts.iter().map(|machine| machine.mitigated_at).filter(|at| *at > now).max();
        if let Some(at) = next {
            let later = hours(1.0 + self.dice.exponential(6.0));
            self.plan(at + later, Due::Claim(life));
        }
    }

    async fn reads(&mut self, life: usize) -> Result<(), StoreError> {
        let now = self.house.now();
        let Some((id, actor)) = self.warning_of(life) else { return Ok(()) };
        follow_up::acknowledge::open(&self.house, actor, id).await?;
        if let Some(warning) = warnings::of_participant(&self.house.db, id, actor.participant, now).await?
            && let Some(edition) = warning.edition()
        {
            let revision: RevisionNumber = edition.number;
            if self.dice.chance(0.8) {
                // Refused only when the warning is over, and then there is nothing to acknowledge.
                let _ = follow_up::acknowledge::acknowledge(&self.house, actor, id, revision).await;
            }
            let specific = warning.is_specific();
            self.press(
                life,
                if specific { Pressure::SpecificNotice } else { Pressure::GenericMailRead },
                now,
            );
        }
        if !self.lives[life].registered && self.dice.chance(0.8) {
            self.registers(life).await?;
        }
        // In the history nobody is pressed; who had done it said so, now and then.
        let closes = self.lives[life].hosts.iter().map(|machine| machine.mitigated_at).max();
        if let Some(at) = closes {
            let later = hours(2.0 + self.dice.exponential(24.0));
            self.plan(at.max(now) + later, Due::Claim(life));
        }
        // Some say "done" after reading the first line.
        if self.dice.chance(0.06) {
            self.plan(now + 2.hours(), Due::ClaimTooSoon(life));
        }
        Ok(())
    }

    /// A participant with an empty inventory writes down what it has.
    async fn registers(&mut self, life: usize) -> Result<(), StoreError> {
        let now = self.house.now();
        let one = &self.lives[life];
        let Some(contact) = one.contacts.first() else { return Ok(()) };
        let actor = Actor { contact: contact.id, participant: one.id };
        let found: Vec<Asset> = one
            .hosts
            .iter()
            .map(|machine| Asset {
                version: Some(Version::new(&machine.host.build.version())),
                host: Some(machine.host.name.clone()),
                address: Some(machine.host.address),
                supplier: machine.host.supplier.map(str::to_owned),
                reach: Reach::Internet,
                care_process: machine.host.care.map(|care| care.process.to_owned()),
                care_impact: CareImpact::Hindered,
                claimed_at: Some(now),
                ..Asset::new(self.house.id(), one.id, Name::new("Citrix", machine.host.product))
            })
            .collect();
        catalogue::register(&self.house, actor, &found).await?;
        let one = &mut self.lives[life];
        one.registered = true;
        for (machine, asset) in one.hosts.iter_mut().zip(&found) {
            machine.asset = Some(asset.id);
        }
        Ok(())
    }

    async fn claims(&mut self, life: usize, too_soon: bool) -> Result<(), StoreError> {
        let now = self.house.now();
        let Some((id, actor)) = self.warning_of(life) else { return Ok(()) };
        let Some(warning) = warnings::of_participant(&self.house.db, id, actor.participant, now).await?
        else {
            return Ok(());
        };
        let stage = warning.stage(now);
        if matches!(stage, Stage::Claimed | Stage::Verified | Stage::Attested | Stage::Closed) {
            return Ok(());
        }
        let machines = &self.lives[life].hosts;
        let repaired = machines.iter().all(|machine| machine.repaired_at.is_some_and(|at| at <= now));
        let mitigated = machines.iter().all(|machine| machine.mitigated_at <= now);
        let done = machines.iter().filter_map(|machine| match repaired {
            true => machine.repaired_at,
            false => Some(machine.mitigated_at),
        });
        let done = done.max();
        if !too_soon && !repaired && !mitigated {
            return Ok(());
        }
        let key = if repaired { "M3" } else { "M1" };
        let measure = self.measures.get(key).or_else(|| self.measures.get("M2")).copied();
        // One in ten cannot say when it was done.
        let executed_at = match too_soon {
            true => Some(now),
            false => done.filter(|_| self.lives[life].who.slug == "noordzorg" || !self.dice.chance(0.1)),
        };
        self.say_done(life, measure, executed_at, BTreeSet::new()).await
    }

    async fn say_done(
        &mut self,
        life: usize,
        measure: Option<MeasureId>,
        executed_at: Option<Timestamp>,
        assets: BTreeSet<AssetId>,
    ) -> Result<(), StoreError> {
        let (Some((id, actor)), Some(measure)) = (self.warning_of(life), measure) else { return Ok(()) };
        let claim = Claim { by: actor.contact, measure, executed_at, assets };
        match follow_up::claim::claim(&self.house, actor, id, claim).await {
            Err(follow_up::NotTaken::Store(cause)) => Err(cause),
            // A measure that was revoked in the meantime is refused, and the participant hears why.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The workaround no longer counts: install what there is, or switch off until there is.
    async fn repairs(&mut self, life: usize) -> Result<(), StoreError> {
        let now = self.house.now();
        let Some(repair) = self.measures.get("M3").copied() else {
            let Some(off) = self.measures.get("M2").copied() else {
                let later = hours(12.0 + self.dice.exponential(12.0));
                self.plan(now + later, Due::Repair(life));
                return Ok(());
            };
            // A third of care switches off until the patch comes; the others wait for it. In the history
            // the counts say when a host closed, so only who had closed it can do more.
            let history = self.run == Run::History;
            let mitigated = self.lives[life].hosts.iter().all(|machine| machine.mitigated_at <= now);
            if self.dice.chance(0.35) && (mitigated || !history) {
                for machine in &mut self.lives[life].hosts {
                    machine.repaired_at = machine.repaired_at.or(Some(now));
                }
                return self.say_done(life, Some(off), Some(now), BTreeSet::new()).await;
            }
            let later = hours(24.0 + self.dice.exponential(24.0));
            self.plan(now + later, Due::Repair(life));
            return Ok(());
        };
        let (mut all, mut any) = (true, false);
        for machine in &mut self.lives[life].hosts {
            let waits = self.run == Run::History && machine.mitigated_at > now;
            if waits {
                all = false;
            } else if machine.repaired_at.is_none() {
                let early = matches!(machine.host.build.train, "11.1" | "12.0");
                let out = if early { PATCHED_FIRST } else { PATCHED_LAST };
                match out <= now {
                    true => (machine.repaired_at, any) = (Some(now), true),
                    false => all = false,
                }
            }
        }
        if !all {
            let later = hours(24.0 + self.dice.exponential(24.0));
            self.plan(now + later, Due::Repair(life));
            return Ok(());
        }
        if any {
            self.say_done(life, Some(repair), Some(now), BTreeSet::new()).await?;
        } else {
            self.claims(life, false).await?;
        }
        Ok(())
    }

    async fn looks_for_intruders(&mut self, life: usize) -> Result<(), StoreError> {
        let now = self.house.now();
        let Some((id, actor)) = self.warning_of(life) else { return Ok(()) };
        let Some(warning) = warnings::of_participant(&self.house.db, id, actor.participant, now).await?
        else {
            return Ok(());
        };
        if warning.stage(now) != Stage::CompromiseCheck {
            return Ok(());
        }
        // Two in a hundred find somebody: 39 back doors were found in the summer among some thousand hosts.
        let by = actor.contact;
        let check = match self.dice.chance(0.02) {
            true => CompromiseCheck::Found { by },
            false => CompromiseCheck::Clean { by, secrets_renewed: true },
        };
        match follow_up::compromise::check(&self.house, actor, id, check).await {
            Err(follow_up::NotTaken::Store(cause)) => Err(cause),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// A partner looks once a day at whatever is not known to be safe.
    async fn looks(&mut self) -> Result<(), StoreError> {
        let now = self.house.now();
        let mut some = Vec::new();
        for (id, life) in self.warnings.clone() {
            let of = self.lives[life].id;
            let Some(warning) = warnings::of_participant(&self.house.db, id, of, now).await? else {
                continue;
            };
            let safe = matches!(warning.stage(now), Stage::Verified | Stage::Attested | Stage::Closed);
            if !safe {
                some.extend((0..self.lives[life].hosts.len()).map(|host| (life, host)));
            }
        }
        // Until the workaround fell, everybody's scan could see nothing else.
        let method = if now < DOUBT { Method::MitigationAbsent } else { Method::SafeCheck };
        self.look_at(&some, method).await?;
        if now < END {
            self.plan(now + 24.hours(), Due::Look);
        }
        Ok(())
    }

    async fn look_at(&mut self, some: &[(usize, usize)], method: Method) -> Result<(), StoreError> {
        let now = self.house.now();
        let hole = self.history.vulnerability.clone();
        let seen = some.iter().map(|(life, host)| {
            let machine = &self.lives[*life].hosts[*host];
            Observation {
                id: self.house.id(),
                at: now,
                address: Some(machine.host.address),
                host: Some(machine.host.name.clone()),
                port: Some(443),
                asn: None,
                product: ProductGuess::default(),
                finding: hole.clone(),
                seen: machine.seen(method, now),
                class: Class::VulnerableSystem,
                severity: None,
                method,
                vantage: Some(Vantage::Outside),
                confidence: None,
                source: "volunteers".into(),
                tlp: Tlp::Amber,
                pap: Pap::Green,
                paper: None,
                about: None,
            }
        });
        let seen: Vec<Observation> = seen.collect();
        for part in seen.chunks(200) {
            observe::take_in(&self.house, part.to_vec()).await?;
        }
        Ok(())
    }

    /// Twelve calls an hour, in the order of the list.
    async fn makes_calls(&mut self) -> Result<(), StoreError> {
        let now = self.house.now();
        let waiting = store::calls::due(&self.house.db, now, 4).await?;
        for call in &waiting {
            let life = self.owners.get(&call.participant).copied();
            let person = life.and_then(|life| {
                let known = self.lives[life].contacts.iter().position(|it| Some(it.id) == call.contact)?;
                self.lives[life].who.contacts.get(known)
            });
            let outcome = match person {
                None => Outcome::WrongNumber,
                Some(person) if !person.still_there => Outcome::WrongNumber,
                Some(_) if self.dice.chance(0.75) => Outcome::Reached,
                Some(_) => Outcome::Voicemail,
            };
            follow_up::call::end(&self.house, self.duty_officer.id, call.id, outcome).await?;
            if let (Some(life), true) = (life, outcome == Outcome::Reached) {
                let pressure = match call.way.channel {
                    Channel::Letter => Pressure::BoardLetter,
                    _ => Pressure::Phone,
                };
                self.press(life, pressure, now);
                if !self.lives[life].registered {
                    self.registers(life).await?;
                }
            }
        }
        self.calls.drain(..waiting.len().min(self.calls.len()));
        if store::calls::count_waiting(&self.house.db).await? > 0 {
            self.plan(now + 20.minutes(), Due::Calls);
        } else {
            self.calls.clear();
        }
        Ok(())
    }

    fn warning_of(&self, life: usize) -> Option<(WarningId, Actor)> {
        let (id, _) = self.warnings.iter().find(|(_, one)| **one == life)?;
        let one = &self.lives[life];
        let contact = one.contacts.first()?;
        Some((*id, Actor { contact: contact.id, participant: one.id }))
    }

    /// How the participant of this name was pressed, from the ledger and the calling list. Nothing for one
    /// that is not there or was never warned.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn pressed(&self, slug: &str) -> Result<Pressed, StoreError> {
        let Some(life) = self.lives.iter().position(|life| life.who.slug == slug) else {
            return Ok(Pressed::default());
        };
        let Some((id, _)) = self.warning_of(life) else { return Ok(Pressed::default()) };
        let mut pressed = Pressed::default();
        let now = self.house.now();
        if let Some(warning) = warnings::of_id(&self.house.db, id, now).await? {
            // The deadline turns red by itself, unless something was decided before.
            let due = warning.editions().map(|edition| edition.it.due_at).min().filter(|due| *due < now);
            let before = |due: Timestamp| warnings::of_id(&self.house.db, id, due);
            if let Some(due) = due
                && let Some(then) = before(due).await?
                && then.stage(due).reach() < How::Decided
            {
                pressed.red_at = Some(due);
            }
        }
        for placed in ledger::of_warning(&self.house.db, id).await? {
            match placed.entry {
                Entry::CallOrdered { .. } => {
                    pressed.red_at = Some(pressed.red_at.map_or(placed.at, |at| at.min(placed.at)));
                }
                Entry::CallEnded { call, outcome: Outcome::Reached, .. } => {
                    let call = store::calls::of_id(&self.house.db, call).await?;
                    if call.is_some_and(|call| call.way.channel == Channel::Letter) {
                        pressed.board_letter_at.get_or_insert(placed.at);
                    }
                }
                _ => {}
            }
        }
        Ok(pressed)
    }

    /// Help that was asked for is given within the hour; used by the demo.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub async fn gives_help(&mut self, participant: ParticipantId) -> Result<(), StoreError> {
        let Some(life) = self.owners.get(&participant).copied() else { return Ok(()) };
        let Some((id, _)) = self.warning_of(life) else { return Ok(()) };
        let by = self.duty_officer.id;
        match follow_up::answer::help_given(&self.house, by, participant, id).await {
            Err(follow_up::NotTaken::Store(cause)) => Err(cause),
            _ => Ok(()),
        }
    }
}

/// In the crisis as it was nobody had a ladder: one rung that is never due.
fn nobody_presses() -> Ladders {
    let way = Way {
        channel: Channel::Telephone,
        person: contact::Role::SecurityContact,
        sender: Sender::Csirt,
        frame: Frame::Action,
    };
    let never = Rung {
        after: SignedDuration::from_hours(24 * 3_650),
        until: How::Acknowledged,
        hours: Hours::Always,
        way,
    };
    let ladder = Ladder::new(vec![never]).expect("one rung repeats nothing");
    Ladders::new(vec![(For::everybody(Severity::Low), ladder)]).expect("there is one")
}

fn hours(hours: f64) -> SignedDuration {
    #[expect(clippy::cast_possible_truncation, reason = "a few thousand minutes at the most")]
    let minutes = (hours * 60.0).clamp(1.0, 1e6) as i64;
    SignedDuration::from_mins(minutes)
}

/// The evening on which the workaround was no longer trusted. Source: event 21.
const DOUBT: Timestamp = Timestamp::constant(1_579_197_600, 0);
/// When the first and the last repaired versions came out. Source: events 24 and 28.
const PATCHED_FIRST: Timestamp = Timestamp::constant(1_579_467_600, 0);
const PATCHED_LAST: Timestamp = Timestamp::constant(1_579_863_600, 0);
