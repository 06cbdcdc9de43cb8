//! Ledger entries in, figures out.
//!
//! A figure is never counted on a screen and never stored: it is computed from the ledger, so that
//! it can be asked again as of any past moment and proved. Claimed and verified, bounced and
//! silent, blocked and forgotten are different figures and never added.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::exposure::Certainty;
use crate::ids::{AssetId, ParticipantId, WarningId};
use crate::ledger::Entry;
use crate::severity::Severity;
use crate::warning::{Answer, Channel, Delivery, Fact, Reach, Shows, Stage, Warning};

/// What the replay prints and the board shows. Counts are of warnings unless they say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Organisations that were served at any time.
    pub participants: u64,
    /// Systems under a warning, each counted once.
    pub exposed: u64,
    /// Participants that were warned.
    pub warned: u64,
    pub first_delivery_at: Option<Timestamp>,
    pub last_delivery_at: Option<Timestamp>,
    /// Warnings that a named person acknowledged, or answered with more than that.
    pub acknowledged: u64,
    /// Warnings of which the participant ever said "done".
    pub claimed: u64,
    /// Warnings that were ever seen to be safe.
    pub verified: u64,
    /// Claims that a look contradicted.
    pub refuted: u64,
    /// Reopenings by their cause; a contradiction reopens too and is counted as `refuted`.
    pub reopened: BTreeMap<String, u64>,
    /// Warnings whose owner must look for intruders now.
    pub in_compromise_check: u64,
    /// Warnings that passed their deadline without a measure in place.
    pub late: u64,
    /// Warnings that no channel could deliver.
    pub unreached: u64,
    pub ladder_steps: BTreeMap<String, u64>,
    /// Systems not yet safe at the end of each day, Dutch time.
    pub open_per_day: BTreeMap<Date, u64>,
    /// Where the warnings stand now.
    pub stages: BTreeMap<String, u64>,
}

impl Figures {
    /// The counts that are never added to each other, by their names.
    pub fn counts(&self) -> [(&'static str, u64); 11] {
        [
            ("participants", self.participants),
            ("warned", self.warned),
            ("exposed", self.exposed),
            ("acknowledged", self.acknowledged),
            ("claimed", self.claimed),
            ("verified", self.verified),
            ("refuted", self.refuted),
            ("reopened", self.reopened.values().sum()),
            ("compromise-check", self.in_compromise_check),
            ("late", self.late),
            ("unreached", self.unreached),
        ]
    }
}

/// How well the goals of pressing are met for warnings of the highest severity (`domain.md` 3.3: G2, G6 and G7).
///
/// Every clock runs from when the warning first spoke of that severity. Whoever had decided by then is not
/// counted; whoever is silent, and whoever nobody could reach, is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Goals {
    pub critical_warnings: u64,
    /// G2: delivered by any channel, and the minutes within which 99 of 100 of those were.
    pub g2_delivered: u64,
    pub g2_delivered_p99_minutes: Option<u64>,
    /// G2: delivered by two channels or more; a telephone that was answered is one.
    pub g2_on_two_channels: u64,
    /// G6: acknowledged, or answered with more than that, within four hours.
    pub g6_acknowledged_in_4_h: u64,
    /// G6: acknowledged or reached by telephone within a day.
    pub g6_acknowledged_or_phoned_in_24_h: u64,
    /// G7: a measure, a plan, an accepted risk or "not us" within three days.
    pub g7_decided_in_72_h: u64,
}

impl Goals {
    fn of<'a>(warnings: impl Iterator<Item = &'a Warning>) -> Self {
        let mut goals = Self::default();
        let mut minutes: Vec<u64> = Vec::new();
        for warning in warnings {
            let critical = warning.editions().find(|it| it.it.severity == Severity::Critical);
            let Some(since) = critical.map(|edition| edition.at) else { continue };
            let decides = |fact: &Fact| match fact {
                Fact::Claim(_) => true,
                Fact::Answer(answer) => {
                    !matches!(answer, Answer::HelpAsked { .. } | Answer::HelpGiven { .. })
                }
                _ => false,
            };
            if warning.facts().any(|fact| fact.at < since && decides(&fact.it)) {
                continue;
            }
            goals.critical_warnings += 1;
            let after = || warning.facts().filter(|fact| fact.at >= since);
            let within = |at: Timestamp, hours: i64| at.duration_since(since).as_hours() < hours;
            let mut channels: BTreeMap<Channel, Timestamp> = BTreeMap::new();
            for fact in after() {
                if let Fact::Delivery(channel, Delivery::Delivered | Delivery::Read) = fact.it {
                    channels.entry(channel).or_insert(fact.at);
                }
            }
            if let Some(first) = channels.values().min() {
                goals.g2_delivered += 1;
                minutes.push(first.duration_since(since).as_mins().unsigned_abs());
            }
            goals.g2_on_two_channels += u64::from(channels.len() > 1);
            let says =
                |fact: &Fact| matches!(fact, Fact::Acknowledgement(_) | Fact::Answer(_) | Fact::Claim(_));
            let said = after().find(|fact| says(&fact.it)).map(|fact| fact.at);
            goals.g6_acknowledged_in_4_h += u64::from(said.is_some_and(|at| within(at, 4)));
            let phoned = channels.get(&Channel::Telephone).copied();
            let heard = [said, phoned].into_iter().flatten().min();
            goals.g6_acknowledged_or_phoned_in_24_h += u64::from(heard.is_some_and(|at| within(at, 24)));
            let decided = after().find(|fact| decides(&fact.it)).map(|fact| fact.at);
            goals.g7_decided_in_72_h += u64::from(decided.is_some_and(|at| within(at, 72)));
        }
        minutes.sort_unstable();
        // The nearest rank: of a hundred the ninety-ninth.
        let rank = (minutes.len() * 99).div_ceil(100);
        goals.g2_delivered_p99_minutes = rank.checked_sub(1).and_then(|place| minutes.get(place)).copied();
        goals
    }
}

/// Reads entries in their order and keeps what the figures need.
#[derive(Debug)]
pub struct Tally {
    zone: TimeZone,
    warnings: BTreeMap<WarningId, Warning>,
    participants: BTreeSet<ParticipantId>,
    once: BTreeMap<WarningId, Once>,
    figures: Figures,
    /// The day that is not over yet.
    day: Option<Date>,
}

/// What a warning was at any time, however it stands now.
#[derive(Debug, Default)]
struct Once {
    acknowledged: bool,
    claimed: bool,
    verified: bool,
}

impl Tally {
    /// Days end at midnight in `zone`.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            warnings: BTreeMap::new(),
            participants: BTreeSet::new(),
            once: BTreeMap::new(),
            figures: Figures::default(),
            day: None,
        }
    }

    /// Takes in the next entry, which was recorded at `at`.
    pub fn read(&mut self, at: Timestamp, entry: &Entry) {
        self.close_days_before(at);
        match entry {
            Entry::ParticipantChanged { participant, .. } => drop(self.participants.insert(*participant)),
            Entry::WarningOpened { warning, participant, advisory } => {
                self.warnings.insert(*warning, Warning::new(*warning, *participant, *advisory));
            }
            Entry::Learned { warning: id, at: so, fact } => {
                let Some(warning) = self.warnings.get_mut(id) else { return };
                warning.learn(*so, fact.clone());
                let once = self.once.entry(*id).or_default();
                match fact {
                    Fact::Delivery(_, Delivery::Delivered) => {
                        self.figures.first_delivery_at.get_or_insert(*so);
                        self.figures.last_delivery_at = self.figures.last_delivery_at.max(Some(*so));
                    }
                    Fact::Acknowledgement(_) | Fact::Answer(_) => once.acknowledged = true,
                    Fact::Claim(_) => (once.acknowledged, once.claimed) = (true, true),
                    // A slip of the finger is no answer: asked again of what still counts.
                    Fact::TakenBack(_) => {
                        let any = |is: fn(&Fact) -> bool| warning.standing_facts().any(|fact| is(&fact.it));
                        once.claimed = any(|fact| matches!(fact, Fact::Claim(_)));
                        once.acknowledged = once.claimed
                            || any(|fact| matches!(fact, Fact::Answer(_) | Fact::Acknowledgement(_)));
                    }
                    Fact::Evidence(evidence) => match evidence.shows {
                        Shows::StillThere(_) => {
                            let said_done = warning.claim_on(evidence.asset);
                            let after = |done: Timestamp| done < *so;
                            if said_done.is_some_and(|it| after(it.it.executed_at.unwrap_or(it.at))) {
                                self.figures.refuted += 1;
                            }
                        }
                        Shows::Gone(_) | Shows::Attested(_) => {
                            let stage = warning.stage(at.max(*so));
                            let proved = matches!(
                                stage,
                                Stage::Verified | Stage::Attested | Stage::CompromiseCheck | Stage::Closed
                            );
                            once.verified |= proved;
                        }
                    },
                    Fact::Reopening(reopening) => {
                        let cause = reopening.cause.word().to_owned();
                        *self.figures.reopened.entry(cause).or_default() += 1;
                    }
                    Fact::Climbed(rung) => {
                        *self.figures.ladder_steps.entry(format!("rung_{}", rung + 1)).or_default() += 1;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The figures as of `now`. Entries that come later can still be read.
    pub fn figures(&mut self, now: Timestamp) -> Figures {
        self.close_days_before(now);
        let mut figures = self.figures.clone();
        if let Some(day) = self.day {
            figures.open_per_day.insert(day, self.open(now));
        }
        let warned: BTreeSet<_> = self.warnings.values().map(|warning| warning.participant).collect();
        let served: BTreeSet<_> = self.participants.union(&warned).collect();
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        figures.participants = count(served.len());
        figures.warned = count(warned.len());
        figures.exposed = count(self.exposed().len());
        for once in self.once.values() {
            figures.acknowledged += u64::from(once.acknowledged);
            figures.claimed += u64::from(once.claimed);
            figures.verified += u64::from(once.verified);
        }
        for warning in self.warnings.values() {
            let stage = warning.stage(now);
            *figures.stages.entry(stage.word().to_owned()).or_default() += 1;
            figures.in_compromise_check += u64::from(stage == Stage::CompromiseCheck);
            figures.unreached += u64::from(stage == Stage::Unreached);
            figures.late += u64::from(was_late(warning, now));
        }
        figures
    }

    /// How well the goals of pressing are met, as far as it was read.
    pub fn goals(&self) -> Goals {
        Goals::of(self.warnings.values())
    }

    /// Where one warning stands, as far as it was read.
    pub fn warning(&self, id: WarningId) -> Option<&Warning> {
        self.warnings.get(&id)
    }

    /// Every warning, as far as it was read.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.warnings.values()
    }

    fn exposed(&self) -> BTreeMap<AssetId, Certainty> {
        self.warnings.values().flat_map(Warning::assets).collect()
    }

    fn open(&self, now: Timestamp) -> u64 {
        let open = |warning: &Warning| {
            if warning.stage(now).reach() >= Reach::Safe {
                return 0;
            }
            let assets = warning.assets();
            let unsafe_ones =
                assets.keys().filter(|asset| warning.stage_of(Some(**asset), now).reach() < Reach::Safe);
            // A warning that names no asset still stands for one system that we do not know.
            u64::try_from(unsafe_ones.count()).unwrap_or(u64::MAX).max(u64::from(assets.is_empty()))
        };
        self.warnings.values().map(open).sum()
    }

    /// Writes down how many were open at the end of each day that is over by `at`.
    fn close_days_before(&mut self, at: Timestamp) {
        let today = at.to_zoned(self.zone.clone()).date();
        while let Some(day) = self.day.filter(|day| *day < today) {
            let next = day.tomorrow().unwrap_or(Date::MAX);
            let midnight = next.to_zoned(self.zone.clone()).map_or(at, |midnight| midnight.timestamp());
            let open = self.open(midnight);
            self.figures.open_per_day.insert(day, open);
            self.day = Some(next);
        }
        self.day = self.day.or(Some(today)).max(Some(today));
    }
}

/// Whether the deadline passed before a measure was in place.
fn was_late(warning: &Warning, now: Timestamp) -> bool {
    let Some(first) = warning.editions().next() else { return false };
    let due = first.it.due_at;
    let in_time = warning.standing_facts().any(|fact| match &fact.it {
        Fact::Claim(claim) => claim.executed_at.is_some_and(|at| at <= due),
        Fact::Answer(_) => fact.at <= due,
        _ => false,
    });
    due < now && !in_time
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;
    use crate::advisory::RevisionNumber;
    use crate::ids::{AdvisoryId, ContactId, MeasureId, ObservationId};
    use crate::measure::Reliability;
    use crate::warning::{Claim, Edition, Evidence, Offer};

    const OPENED: Timestamp = Timestamp::constant(1_576_674_000, 0); // 18 December 2019, 14:00 in Utrecht

    fn story() -> Vec<(Timestamp, Entry)> {
        let warning = WarningId(Uuid::from_u128(1));
        let participant = ParticipantId(Uuid::from_u128(2));
        let asset = AssetId(Uuid::from_u128(3));
        let measure = MeasureId(Uuid::from_u128(4));
        let offer = Offer { measure, reliability: Reliability::Recommended, fails_on: BTreeSet::new() };
        let edition = Edition {
            number: RevisionNumber::FIRST,
            severity: Severity::High,
            exploited: false,
            offers: vec![offer],
            due_at: OPENED + 24.hours(),
            presumption: None,
        };
        let claim = |at| Claim {
            by: ContactId(Uuid::nil()),
            measure,
            executed_at: Some(at),
            assets: BTreeSet::new(),
        };
        let saw = |shows| Fact::Evidence(Evidence { asset: Some(asset), shows });
        let looked = ObservationId(Uuid::nil());
        let facts = [
            (0, Fact::Revision(edition)),
            (0, Fact::Exposed(asset, Certainty::Likely)),
            (1, Fact::Delivery(Channel::Mail, Delivery::Delivered)),
            (3, Fact::Climbed(0)),
            (30, Fact::Claim(claim(OPENED + 30.hours()))),
            (31, saw(Shows::StillThere(looked))),
            (50, Fact::Claim(claim(OPENED + 50.hours()))),
            (51, saw(Shows::Gone(looked))),
        ];
        let opened = Entry::WarningOpened { warning, participant, advisory: AdvisoryId(Uuid::nil()) };
        let learned = |(hour, fact): (i64, Fact)| {
            let at = OPENED + hour.hours();
            (at, Entry::Learned { warning, at, fact })
        };
        std::iter::once((OPENED, opened)).chain(facts.into_iter().map(learned)).collect()
    }

    fn figures(until: Timestamp) -> Figures {
        let mut tally = Tally::new(TimeZone::get("Europe/Amsterdam").unwrap());
        for (at, entry) in story().iter().filter(|(at, _)| *at <= until) {
            tally.read(*at, entry);
        }
        tally.figures(until)
    }

    #[test]
    fn the_ledger_tells_the_figures_of_any_moment() {
        let early = figures(OPENED + 31.hours());
        assert_eq!((early.claimed, early.verified, early.refuted, early.late), (1, 0, 1, 1));
        let late = figures(OPENED + 60.hours());
        assert_eq!((late.warned, late.exposed, late.acknowledged), (1, 1, 1));
        assert_eq!((late.claimed, late.verified, late.refuted), (1, 1, 1));
        assert_eq!(late.ladder_steps, BTreeMap::from([("rung_1".to_owned(), 1)]));
        let days: Vec<_> = late.open_per_day.iter().map(|(day, open)| format!("{day} {open}")).collect();
        assert_eq!(days, ["2019-12-18 1", "2019-12-19 1", "2019-12-20 0", "2019-12-21 0"]);
    }

    /// A warning that was critical from the first hour, and what was said and heard, by the hour.
    fn critical(number: u128, facts: &[(i64, Fact)]) -> Warning {
        let id = Uuid::from_u128(number);
        let mut warning = Warning::new(WarningId(id), ParticipantId(id), AdvisoryId(Uuid::nil()));
        let edition = Edition {
            number: RevisionNumber::FIRST,
            severity: Severity::Critical,
            exploited: false,
            offers: vec![],
            due_at: OPENED + 48.hours(),
            presumption: None,
        };
        warning.learn(OPENED, Fact::Revision(edition));
        facts.iter().for_each(|(hour, fact)| warning.learn(OPENED + hour.hours(), fact.clone()));
        warning
    }

    #[test]
    fn the_goals_count_the_silent_and_the_unreached_and_leave_out_who_had_decided() {
        let landed = |channel| Fact::Delivery(channel, Delivery::Delivered);
        let help = Fact::Answer(Answer::HelpAsked { by: ContactId(Uuid::nil()), telephone: "1".into() });
        let done = Fact::Claim(Claim {
            by: ContactId(Uuid::nil()),
            measure: MeasureId(Uuid::nil()),
            executed_at: None,
            assets: BTreeSet::new(),
        });
        let warnings = [
            critical(1, &[(0, landed(Channel::Mail)), (3, help.clone()), (71, done.clone())]),
            critical(2, &[(1, landed(Channel::Mail)), (23, landed(Channel::Telephone)), (72, done.clone())]),
            critical(3, &[(2, landed(Channel::Mail))]),
            critical(4, &[(0, Fact::Delivery(Channel::Mail, Delivery::Bounced))]),
            critical(5, &[(-1, done)]),
        ];
        let goals = Goals::of(warnings.iter());
        let expected = Goals {
            critical_warnings: 4,
            g2_delivered: 3,
            g2_delivered_p99_minutes: Some(120),
            g2_on_two_channels: 1,
            g6_acknowledged_in_4_h: 1,
            g6_acknowledged_or_phoned_in_24_h: 2,
            g7_decided_in_72_h: 1,
        };
        assert_eq!(goals, expected);
    }
}
