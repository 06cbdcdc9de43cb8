//! Random countries: whatever happens, in whatever order, the rules of the house hold.
//!
//! A seed makes dozens of hospitals, and lets them be silent, claim, lie, leave, bounce and buy, while
//! the advisory changes, scanners look, the mail server falls over and the clock jumps. After each step
//! everything that the house promises about jobs, letters, ladders and stages is asked of the store and
//! of the ledger (`ARCHITECTURE.md`, invariants 5, 6, 8, 9, 13). Whoever finds a seed that breaks one
//! keeps it here.

use std::collections::{BTreeMap, BTreeSet};

use domain::advisory::{AffectedProduct, RevisionNumber, Status};
use domain::calling::Outcome;
use domain::ids::WarningId;
use domain::ledger::Entry;
use domain::measure::{Kind, Measure, Reliability};
use domain::observation::{Method, Seen};
use domain::product::Name;
use domain::text::Text;
use domain::version::{Range, Version};
use domain::warning::{Answer, Claim, CompromiseCheck, Delivery, Fact, NotAffected, Stage, Warning};
use flow::follow_up::NotTaken;
use flow::house::House;
use flow::ingest::Taken;
use jiff::{Timestamp, ToSpan};
use scenarios::country::{Country, Hospital, PATCH, SWITCH_OFF, WORKAROUND};
use scenarios::dice::Dice;
use store::jobs::Job;
use store::outbox::{self, State};
use store::testing::on_both;
use store::{Db, calls, jobs, ledger, warnings};

const STEPS: usize = 30;
const MEASURES: [domain::ids::MeasureId; 3] = [WORKAROUND, SWITCH_OFF, PATCH];

#[tokio::test]
async fn whatever_happens_the_rules_of_the_house_hold() {
    for seed in 0..10 {
        live_and_look(seed).await;
    }
}

#[tokio::test]
async fn whatever_happens_elsewhere_the_rules_of_the_house_hold() {
    for seed in 10..20 {
        live_and_look(seed).await;
    }
}

/// Prints the seed, so that it is seen when one of them fails.
async fn live_and_look(seed: u64) {
    eprintln!("seed {seed}");
    let stages = on_both(async |db| {
        let mut random = Random::begin(db, seed).await;
        for _ in 0..STEPS {
            random.step().await;
            random.look().await;
        }
        random.end().await
    })
    .await;
    eprintln!("  {stages:?}");
}

struct Random {
    country: Country,
    hospitals: Vec<Hospital>,
    dice: Dice,
    read: Read,
    /// What was done, for whoever must find out why it broke.
    log: Vec<String>,
    is_down: bool,
    is_withdrawn: bool,
    paper: Vec<u8>,
}

/// The ledger as far as it was read, and what it says about each warning.
#[derive(Default)]
struct Read {
    place: u64,
    warnings: BTreeMap<WarningId, Warning>,
}

impl Random {
    async fn begin(db: Db, seed: u64) -> Self {
        let mut country = Country::of_seed(db, "2019-12-18", seed).await;
        let mut dice = Dice::named(seed, "random country");
        let mut hospitals = Vec::new();
        for number in 0..24 + dice.below(4) {
            hospitals.push(joins(&country, &mut dice, number).await);
        }
        let answers: &[(&str, &str)] = if dice.chance(0.5) { &[("technical_details", "some")] } else { &[] };
        let advice = country.advice(answers);
        country.publishes(&advice).await;
        let paper = include_bytes!("../../../../fixtures/csaf/poldercert-2019-0007.json").to_vec();
        let mut random = Self {
            country,
            hospitals,
            dice,
            read: Read::default(),
            log: Vec::new(),
            is_down: false,
            is_withdrawn: false,
            paper,
        };
        random.look().await;
        random
    }

    async fn step(&mut self) {
        let which = self.dice.below(100);
        let number = self.dice.below(self.hospitals.len());
        self.log.push(format!("{which} with hospital {number} at {}", self.country.house.now()));
        match which {
            0..20 => self.country.hours(1 + i64::try_from(self.dice.below(30)).unwrap()).await,
            20..24 => self.country.sleeps(1 + i64::try_from(self.dice.below(200)).unwrap()).await,
            24..54 => self.somebody_says_something(number).await,
            54..70 => self.somebody_looks(number).await,
            70..76 => self.the_post_misbehaves(number),
            76..80 => self.somebody_calls().await,
            80..90 => self.an_inventory_changes(number).await,
            90..97 => self.the_advisory_changes().await,
            97 => self.country.leaves(&self.hospitals[number], self.dice.chance(0.5)).await,
            98 => {
                let known = self.country.receives("again.json", &self.paper).await;
                let before = ledger::size(&self.country.house.db).await.unwrap();
                let again = self.country.receives("and again.json", &self.paper).await;
                assert!(matches!(again, Taken::Known(_)), "{known:?}, then {again:?}");
                assert_eq!(ledger::size(&self.country.house.db).await.unwrap(), before);
            }
            _ => {
                let newcomer = joins(&self.country, &mut self.dice, self.hospitals.len()).await;
                self.hospitals.push(newcomer);
            }
        }
        self.country.works().await;
    }

    async fn somebody_says_something(&mut self, number: usize) {
        let hospital = &self.hospitals[number];
        if self.country.warning_of(hospital).await.is_none() {
            return;
        }
        let now = self.country.house.now();
        let by = hospital.actor().contact;
        let measure = *self.dice.pick(&MEASURES);
        let later = now + (1 + i64::try_from(self.dice.below(400)).unwrap()).hours();
        let earlier = now - i64::try_from(self.dice.below(400)).unwrap().hours();
        let said = match self.dice.below(9) {
            0 => {
                let number = RevisionNumber(100 + u32::try_from(self.dice.below(4)).unwrap());
                self.country.acknowledges(hospital, number).await
            }
            1 | 2 => {
                let executed_at = *self.dice.pick(&[None, Some(now), Some(earlier), Some(later)]);
                let some = hospital.assets.iter().copied().filter(|_| self.dice.chance(0.5));
                let assets: BTreeSet<_> = some.collect();
                self.country.says_done(hospital, Claim { by, measure, executed_at, assets }).await
            }
            3 => self.country.answers(hospital, Answer::Planned { by, measure, due_at: later }).await,
            4 => {
                let (manager, reason) = ("J. Duin".into(), "vervanging".into());
                let accepted = Answer::RiskAccepted { by, manager, reason, until: later };
                self.country.answers(hospital, accepted).await
            }
            5 => {
                let no = Answer::NotAffected { by, reason: NotAffected::OtherVersion };
                self.country.answers(hospital, no).await
            }
            6 => {
                let help = Answer::HelpAsked { by, telephone: "+31850000001".into() };
                self.country.answers(hospital, help).await
            }
            7 => self.country.a_colleague_signs(hospital).await,
            _ => {
                let secrets_renewed = self.dice.chance(0.7);
                let check = match self.dice.chance(0.1) {
                    true => CompromiseCheck::Found { by },
                    false => CompromiseCheck::Clean { by, secrets_renewed },
                };
                self.country.looked_for_intruders(hospital, check).await
            }
        };
        match said {
            Ok(()) | Err(NotTaken::Refused(_)) => {}
            Err(why) => panic!("{why}"),
        }
    }

    async fn somebody_looks(&mut self, number: usize) {
        let seen = *self.dice.pick(&[Seen::Vulnerable, Seen::NotVulnerable, Seen::NotVulnerable]);
        let methods = [Method::MitigationAbsent, Method::Version, Method::Banner, Method::SafeCheck];
        let method = *self.dice.pick(&methods);
        for hospital in self.hospitals.iter().skip(number).take(1 + self.dice.below(4)) {
            self.country.a_look(hospital, seen, method).await;
        }
    }

    fn the_post_misbehaves(&mut self, number: usize) {
        let who = *self.dice.pick(&["anna", "piket", "ciso", "bestuur"]);
        let address = format!("{who}@{}.example", self.hospitals[number].name);
        match self.dice.below(3) {
            0 => self.country.mail.close_mailbox(&address),
            1 => self.country.mail.lose_acknowledgements(&address, 1 + u32::try_from(number % 3).unwrap()),
            _ => {
                self.is_down = !self.is_down;
                self.country.mail.set_down(self.is_down);
            }
        }
    }

    async fn somebody_calls(&mut self) {
        for call in calls::waiting(&self.country.house.db, 3).await.unwrap() {
            let hospital = self.hospitals.iter().find(|it| it.id == call.participant).unwrap();
            let outcome = *self.dice.pick(&Outcome::ALL);
            self.country.the_duty_officer_calls(hospital, outcome).await;
        }
    }

    async fn an_inventory_changes(&mut self, number: usize) {
        let hospital = &mut self.hospitals[number];
        let gone = hospital.assets.first().copied().filter(|_| self.dice.chance(0.4));
        match gone {
            Some(asset) => self.country.retires(hospital, asset).await,
            None => {
                let (vendor, product) = *self.dice.pick(&PRODUCTS);
                let version = *self.dice.pick(&VERSIONS);
                self.country.registers(hospital, vendor, product, version).await;
            }
        }
    }

    async fn the_advisory_changes(&mut self) {
        if self.is_withdrawn {
            return;
        }
        let which = self.dice.below(10);
        let reliability = *self.dice.pick(&[
            Reliability::Recommended,
            Reliability::Doubtful,
            Reliability::Revoked,
            Reliability::Superseded,
        ]);
        let details = *self.dice.pick(&["none", "some"]);
        let exploited = *self.dice.pick(&["no", "limited"]);
        let judged = self.country.judged(&[("technical_details", details), ("exploited", exploited)]);
        let presumption = self.country.house.now() - i64::try_from(self.dice.below(300)).unwrap().hours();
        let line = AffectedProduct {
            name: Name::new("Polderweb", "Poort"),
            marks: [].into(),
            ranges: vec![Range::Any],
            status: Status::Affected,
        };
        if which == 9 && self.dice.chance(0.2) {
            self.is_withdrawn = true;
            return self.country.withdraws_the_advisory().await;
        }
        let count = self.log.len();
        self.country
            .revises(|advice| {
                // So that there is always something new.
                advice.title = Text::both(format!("Lek, {count}e woord"), format!("Hole, word {count}"));
                match which {
                    0 | 1 => advice.measures[0].reliability = reliability,
                    2 => {
                        advice.measures[0].fails_for = vec![Range::Exactly(Version::new("12.1-50.28"))];
                    }
                    3 => advice.severity = Some(judged),
                    4 => advice.exploited = !advice.exploited,
                    5 => advice.presumption = Some(presumption),
                    6 if advice.products.len() < 2 => advice.products.push(line),
                    6 => drop(advice.products.pop()),
                    7 if advice.measure(PATCH).is_none() => {
                        let title = Text::both("Installeer de patch", "Install the patch");
                        let patch =
                            Measure { id: PATCH, kind: Kind::Patch, title, ..advice.measures[0].clone() };
                        advice.measures.push(patch);
                    }
                    _ => {}
                }
            })
            .await;
    }

    /// Asks the store and the ledger whether the rules hold.
    async fn look(&mut self) {
        let (db, now) = (&self.country.house.db, self.country.house.now());
        let log = &self.log;
        let (ladders, zone) = (self.country.house.ladders().await.unwrap(), House::zone());

        // A rung is climbed when it is due, never early, never twice, never with another.
        let mut climbed_now = BTreeMap::<(WarningId, Timestamp), u32>::new();
        loop {
            let entries = ledger::from(db, self.read.place, 1_000).await.unwrap();
            let Some(last) = entries.last() else { break };
            self.read.place = last.place + 1;
            for placed in entries {
                match placed.entry {
                    Entry::WarningOpened { warning, participant, advisory } => {
                        self.read.warnings.insert(warning, Warning::new(warning, participant, advisory));
                    }
                    Entry::Learned { warning, at, fact } => {
                        let known = self.read.warnings.get_mut(&warning).unwrap();
                        if let Fact::Climbed(rung) = fact {
                            let ladder = ladders.for_edition(known.edition().unwrap(), "care");
                            assert_eq!(ladder.due(known, at, &zone), Some(rung), "{known:#?}\n{log:#?}");
                            *climbed_now.entry((warning, at)).or_default() += 1;
                        }
                        known.learn(at, fact);
                    }
                    _ => {}
                }
            }
        }
        assert!(climbed_now.values().all(|count| *count == 1), "{climbed_now:?}\n{log:#?}");

        // Nobody sets a stage: what the lists say is what the ledger says.
        let lines = warnings::list(db, &warnings::Asked::default(), 0, i64::MAX).await.unwrap();
        assert_eq!(lines.len(), self.read.warnings.len());
        for line in &lines {
            let told = &self.read.warnings[&line.id];
            assert_eq!(line.stage, told.stage(now), "{told:#?}\n{log:#?}");
            assert_eq!(Some(line.severity), told.edition().map(|it| it.severity));
        }

        // Nothing disappears: what is due was done, what failed waits, and nothing lies on the shelf but
        // mail for which no server was there for five days.
        for shelved in jobs::on_the_shelf(db).await.unwrap() {
            assert!(matches!(shelved.job, Job::Send(_)) && shelved.attempts > 100, "{shelved:?}\n{log:#?}");
        }
        let waiting = jobs::waiting(db).await.unwrap();
        assert!(waiting.iter().all(|(_, at)| *at > now), "{waiting:?}\n{log:#?}");

        // Nobody is forgotten: each that is pressed has its next step ordered, each that has time until a
        // day is visited on that day, each that nobody can reach is on the calling list.
        let ordered = |job: Job, by: Timestamp| waiting.iter().any(|(it, at)| *it == job && *at <= by);
        let called: BTreeSet<_> =
            calls::waiting(db, i64::MAX).await.unwrap().into_iter().map(|call| call.warning).collect();
        for warning in self.read.warnings.values() {
            let (id, of, stage) = (warning.id, warning.participant, warning.stage(now));
            let edition = warning.edition().unwrap();
            if let Some(at) = ladders.for_edition(edition, "care").next_at(warning, now, &zone) {
                assert!(ordered(Job::ClimbLadder(id, of), at.max(now)), "{stage:?} {warning:#?}\n{log:#?}");
            }
            let ends = warning.facts().rev().find_map(|fact| match &fact.it {
                Fact::Answer(answer) => Some(answer.ends_at()),
                _ => None,
            });
            if let Some(end) = ends.flatten().filter(|end| *end > now) {
                assert!(ordered(Job::RenewStage(id, of), end), "{warning:#?}\n{log:#?}");
            }
            if stage == Stage::Unreached {
                assert!(called.contains(&id), "{warning:#?}\n{log:#?}");
            }
            if matches!(stage, Stage::Closed | Stage::Transferred | Stage::Orphaned) {
                assert!(!called.contains(&id), "{warning:#?}\n{log:#?}");
            }
        }

        // Different figures, which add up to all warnings.
        let figures = self.country.house.figures().await.unwrap();
        let sum: u64 = figures.stages.values().sum();
        assert_eq!(sum, u64::try_from(lines.len()).unwrap());
    }

    /// A quiet day with a mail server, after which every letter has come to its end.
    async fn end(mut self) -> BTreeMap<String, u64> {
        self.country.mail.set_down(false);
        let shelf = jobs::on_the_shelf(&self.country.house.db).await.unwrap();
        for shelved in shelf {
            let now = self.country.house.now();
            let again = async |tx: &mut store::Tx| jobs::try_again(tx, &shelved.key, now).await;
            assert!(self.country.house.write("try again", again).await.unwrap(), "a person looked");
        }
        self.country.hours(24).await;
        self.look().await;
        let db = &self.country.house.db;
        let counts = outbox::counts(db).await.unwrap();
        let open = counts.iter().filter(|(state, _)| matches!(state, State::Waiting | State::Sending));
        assert_eq!(open.count(), 0, "{counts:?}\n{:#?}", self.log);
        let arrived = self.country.mail.mails();
        for warning in self.read.warnings.values() {
            for letter in outbox::of_warning(db, warning.id, warning.participant).await.unwrap() {
                let copies = arrived.iter().filter(|mail| mail.bytes == letter.bytes).count();
                let tries = usize::try_from(letter.tries).unwrap();
                match letter.state {
                    State::Delivered => assert!((1..=tries).contains(&copies), "{letter:?}"),
                    State::Suppressed => assert!(copies <= tries, "{letter:?}"),
                    _ => assert!(copies < tries, "{letter:?}"),
                }
            }
            let received =
                warning.facts().filter(|it| matches!(it.it, Fact::Delivery(_, Delivery::Delivered)));
            let sent = warning.facts().filter(|it| matches!(it.it, Fact::Delivery(_, Delivery::Sent)));
            assert!(received.count() <= sent.count() + 9, "{warning:#?}");
        }
        let verified = ledger::verify(db, &[]).await.unwrap();
        assert_eq!(verified.flaws, []);
        self.country.house.figures().await.unwrap().stages
    }
}

const PRODUCTS: [(&str, &str); 5] = [
    ("Citrix", "ADC"),
    ("Citrix", "NetScaler"),
    ("", "NetScaler"),
    ("Polderweb", "Poort"),
    ("Wadweb", "Klok"),
];
const VERSIONS: [&str; 5] = ["12.1-55.18", "12.1-50.28", "13.0", "", "9.3"];

async fn joins(country: &Country, dice: &mut Dice, number: usize) -> Hospital {
    let mut hospital = country.hospital_that_registered_nothing(&format!("zorg{number}")).await;
    for _ in 0..dice.below(4) {
        let (vendor, product) = *dice.pick(&PRODUCTS);
        let version = *dice.pick(&VERSIONS);
        country.registers(&mut hospital, vendor, product, version).await;
    }
    hospital
}
