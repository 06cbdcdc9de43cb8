//! A month of a country that climbs ladders, in memory: thousands of warnings, whatever their owners do,
//! a node that is away now and then, and somebody who looks over its shoulder.
//!
//! What is played is [`Ladder::due`] and [`Ladder::next_at`], with the warnings of the domain and the
//! visits that the node would order. Who looks over the shoulder ([`Watch`]) does not ask them: it reads
//! what happened, reckons the hours and the holidays of this month by itself, and complains of a rung that
//! came early, twice, together with another, not at all, or at night without a reason.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use domain::advisory::RevisionNumber;
use domain::escalation::{Ladder, Ladders, Rung};
use domain::ids::{AdvisoryId, AssetId, ContactId, MeasureId, ObservationId, ParticipantId, WarningId};
use domain::measure::Reliability;
use domain::office::Hours;
use domain::severity::Severity;
use domain::warning::{
    Acknowledgement, Answer, Cause, Channel, Claim, Closing, Delivery, Edition, Evidence, Fact, NotAffected,
    Offer, Reopening, Shows, Warning,
};
use jiff::civil::{Date, date, time};
use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use uuid::Uuid;

use crate::dice::Dice;

/// The first day of the month that is played: before Christmas, so that feasts and weekends lie in it.
pub const BEGIN: Date = date(2019, 12, 16);
const DAYS: i64 = 31;

/// What happened in one month, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub warnings: u64,
    /// Facts that came from elsewhere: receipts, words, looks, revisions.
    pub facts: u64,
    pub climbed: u64,
    /// Of those, calls between 23:00 and 07:00.
    pub called_at_night: u64,
    /// Rungs that were passed over because a higher one was due as well.
    pub left_out: u64,
    /// Hours in which the node was away.
    pub hours_away: u64,
    /// What is wrong: early, twice, together, lost, or at night without reason. Empty when all is well.
    pub complaints: Vec<String>,
}

impl Counts {
    /// Both together.
    pub fn and(mut self, other: Self) -> Self {
        self.warnings += other.warnings;
        self.facts += other.facts;
        self.climbed += other.climbed;
        self.called_at_night += other.called_at_night;
        self.left_out += other.left_out;
        self.hours_away += other.hours_away;
        self.complaints.extend(other.complaints);
        self
    }
}

/// Plays a month with so many participants, each with one warning.
pub fn play(ladders: &Ladders, participants: usize, seed: u64) -> Counts {
    let zone = zone();
    let began = local(BEGIN, 0, &zone);
    let end = began + (DAYS * 24).hours();
    let mut dice = Dice::named(seed, "a month");
    let away = away(&mut dice, began);
    let mut counts = Counts { hours_away: hours_away(&away), ..Counts::default() };
    for number in 0..participants {
        let mut life = Life::begin(ladders, &mut dice, number, began, end);
        life.live(&away, &zone, &mut counts, end);
    }
    counts
}

/// The zone of the country that is played.
pub fn zone() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").expect("the zones are part of the program")
}

fn local(day: Date, hour: i8, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(day.to_datetime(time(hour, 0, 0, 0))).expect("no day of this month lacks an hour")
}

/// When the node was away, from and to: a night without power, a weekend, and some minutes here and there.
fn away(dice: &mut Dice, began: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut times: Vec<(Timestamp, Timestamp)> = [30, 600, 3_000, 20, 90]
        .into_iter()
        .map(|longest| {
            let from = began + minutes(dice.below(31 * 1_440));
            (from, from + minutes(1 + dice.below(longest)))
        })
        .collect();
    times.sort();
    times
}

fn hours_away(away: &[(Timestamp, Timestamp)]) -> u64 {
    away.iter().map(|(from, to)| to.duration_since(*from).as_hours().unsigned_abs()).sum()
}

/// When a node that should look at `at` does so.
fn visited(at: Timestamp, away: &[(Timestamp, Timestamp)]) -> Timestamp {
    away.iter().fold(at, |at, (from, to)| if *from <= at && at < *to { *to } else { at })
}

fn minutes(count: usize) -> SignedDuration {
    SignedDuration::from_mins(i64::try_from(count).unwrap_or(0))
}

/// One warning, its ladder, and what will happen to it.
struct Life<'a> {
    ladder: &'a Ladder,
    exploited: bool,
    warning: Warning,
    /// What comes from elsewhere, the first on top.
    comes: BinaryHeap<Reverse<(Timestamp, Fact)>>,
}

impl<'a> Life<'a> {
    fn begin(ladders: &'a Ladders, dice: &mut Dice, number: usize, began: Timestamp, end: Timestamp) -> Self {
        let severity = *dice.pick(&[Severity::Low, Severity::High, Severity::Critical, Severity::Critical]);
        let exploited = dice.chance(0.4);
        let sector = *dice.pick(&["care", "water", "municipalities"]);
        let id = Uuid::from_u128(number as u128);
        let mut warning = Warning::new(WarningId(id), ParticipantId(id), AdvisoryId(Uuid::nil()));
        let released = began + minutes(dice.below(20 * 1_440));
        let asset = AssetId(id);
        let measure = MeasureId(Uuid::nil());
        let edition = |number| Edition {
            number: RevisionNumber(number),
            severity,
            exploited,
            offers: vec![Offer { measure, reliability: Reliability::Recommended, fails_on: BTreeSet::new() }],
            due_at: released + 48.hours(),
            presumption: None,
        };
        warning.learn(released, Fact::Revision(edition(100)));
        warning.learn(released, Fact::Exposed(asset, domain::exposure::Certainty::Likely));
        let mut comes = BinaryHeap::new();
        // Seven in ten letters arrive at once, some late, some never.
        if dice.chance(0.95) {
            let late = if dice.chance(0.7) { 0 } else { dice.below(3_000) };
            comes.push(Reverse((
                released + minutes(late),
                Fact::Delivery(Channel::Mail, Delivery::Delivered),
            )));
        }
        let by = ContactId(id);
        for _ in 0..dice.below(7) {
            let at = released + minutes(1 + dice.below(12 * 1_440));
            let look = |shows| Fact::Evidence(Evidence { asset: Some(asset), shows });
            let fact = match dice.below(12) {
                0 => Fact::Delivery(Channel::Mail, Delivery::Read),
                1 => Fact::Delivery(Channel::Mail, Delivery::Bounced),
                2 => Fact::Delivery(Channel::Telephone, Delivery::Delivered),
                3 => Fact::Acknowledgement(Acknowledgement { by, revision: RevisionNumber(100) }),
                4 | 5 => Fact::Claim(Claim { by, measure, executed_at: Some(at), assets: BTreeSet::new() }),
                6 => look(Shows::StillThere(ObservationId(id))),
                7 => look(Shows::Gone(ObservationId(id))),
                8 => Fact::Answer(Answer::Planned {
                    by,
                    measure,
                    due_at: at + minutes(60 + dice.below(6_000)),
                }),
                9 => Fact::Answer(Answer::NotAffected { by, reason: NotAffected::OtherVersion }),
                10 => Fact::Answer(Answer::RiskAccepted {
                    by,
                    manager: "J. Duin".to_owned(),
                    reason: "replaced".to_owned(),
                    until: at + minutes(60 + dice.below(9_000)),
                }),
                _ => Fact::Closing(Closing::Safe),
            };
            if let Fact::Answer(answer) = &fact
                && let Some(ends) = answer.ends_at()
            {
                // The node comes back when a word runs out; a second receipt stands in for that visit.
                comes.push(Reverse((ends, Fact::Delivery(Channel::Platform, Delivery::Sent))));
            }
            comes.push(Reverse((at, fact)));
        }
        if dice.chance(0.3) {
            let at = released + minutes(1 + dice.below(15 * 1_440));
            let reopening =
                Reopening { cause: Cause::LevelUp, revision: RevisionNumber(101), assets: BTreeSet::new() };
            comes.push(Reverse((at, Fact::Revision(edition(101)))));
            comes.push(Reverse((at, Fact::Reopening(reopening))));
            let landed = Fact::Delivery(Channel::Mail, Delivery::Delivered);
            comes.push(Reverse((at + minutes(dice.below(120)), landed)));
        }
        comes.retain(|Reverse((at, _))| *at < end);
        Self { ladder: ladders.choose(severity, exploited, sector), exploited, warning, comes }
    }

    /// Lives until `end`: facts come, the node visits, and the watch looks at everything.
    fn live(
        &mut self,
        away: &[(Timestamp, Timestamp)],
        zone: &TimeZone,
        counts: &mut Counts,
        end: Timestamp,
    ) {
        counts.warnings += 1;
        let mut watch = Watch::new(self.ladder, self.exploited);
        let mut visit: Option<Timestamp> = None;
        loop {
            let fact_at = self.comes.peek().map(|Reverse((at, _))| *at);
            let Some(now) = [fact_at, visit].into_iter().flatten().min().filter(|at| *at < end) else {
                break;
            };
            // Of one moment, what comes from elsewhere is first.
            if fact_at != Some(now) {
                if let Some(number) = self.ladder.due(&self.warning, now, zone) {
                    watch.climbed(&self.warning, number, now, zone, counts);
                    self.warning.learn(now, Fact::Climbed(number));
                }
            } else if let Some(Reverse((at, fact))) = self.comes.pop() {
                watch.nothing_is_lost(&self.warning, at, away, counts);
                self.warning.learn(at, fact);
                counts.facts += 1;
            }
            let next = self.ladder.next_at(&self.warning, now, zone);
            visit = next.map(|at| visited(at.max(now), away));
            // A visit that climbs nothing and orders itself again for the same moment would never end.
            if visit == Some(now) && self.ladder.due(&self.warning, now, zone).is_none() {
                counts.complaints.push(format!("{}: visited at {now} for nothing", self.warning.id));
                visit = None;
            }
        }
        watch.nothing_is_lost(&self.warning, end, away, counts);
    }
}

/// Who looks over the shoulder of the node. It reads facts and the rungs as they are written, and works out
/// by itself when each may be climbed.
pub struct Watch<'a> {
    ladder: &'a Ladder,
    exploited: bool,
    /// What was climbed, by the moment at which the run began.
    climbed: BTreeMap<Timestamp, Vec<(usize, Timestamp)>>,
}

impl<'a> Watch<'a> {
    pub fn new(ladder: &'a Ladder, exploited: bool) -> Self {
        Self { ladder, exploited, climbed: BTreeMap::new() }
    }

    /// The node climbs `number` at `now`, before which `warning` stood as it does.
    pub fn climbed(
        &mut self,
        warning: &Warning,
        number: usize,
        now: Timestamp,
        zone: &TimeZone,
        counts: &mut Counts,
    ) {
        let mut complain = |what: &str| {
            counts.complaints.push(format!(
                "rung {} at {now} {what}, in {}",
                number + 1,
                warning.id.0.simple()
            ));
        };
        let Some(rung) = self.ladder.rung(number) else { return complain("is not there") };
        let Some((began, since, head_start)) = self.began(warning, now) else {
            return complain("before anything was received");
        };
        if now < reckon(rung, since, rung.after - head_start) {
            complain("is early");
        }
        if warning.stage(now).reach() >= rung.until {
            complain("though they had come far enough");
        }
        let here = zone.to_datetime(now);
        let night = here.time() < time(7, 0, 0, 0) || here.time() >= time(23, 0, 0, 0);
        let is_call = rung.way.channel == Channel::Telephone;
        if is_call && night && !self.exploited {
            complain("rings at night, and nobody is known to use the hole");
        }
        // The node may come late, but not to an office that is closed.
        if reckon(rung, now, SignedDuration::ZERO) > now {
            complain("does not wait for its hours");
        }
        let run = self.climbed.entry(began).or_default();
        match run.last() {
            Some((last, _)) if *last >= number => complain("is climbed twice, or downwards"),
            Some((_, at)) if *at == now => complain("is climbed together with another"),
            _ => {}
        }
        let from = run.last().map_or(0, |(last, _)| last + 1);
        counts.left_out += u64::try_from(number.saturating_sub(from)).unwrap_or(0);
        run.push((number, now));
        counts.climbed += 1;
        counts.called_at_night += u64::from(is_call && night);
    }

    /// Until `now` nothing new was learned: whatever was due before has been climbed, or a higher one. A rung
    /// may wait for its hours and for a node that is away, and no longer.
    fn nothing_is_lost(
        &self,
        warning: &Warning,
        now: Timestamp,
        away: &[(Timestamp, Timestamp)],
        counts: &mut Counts,
    ) {
        let Some((began, since, head_start)) = self.began(warning, now) else { return };
        let reach = warning.stage(now).reach();
        // What was last learned may have put the rung in force a moment ago.
        let last = warning.facts().next_back().map_or(since, |fact| fact.at).min(now);
        let changed = changes_by_the_clock(warning, now).unwrap_or(last);
        let highest = self.climbed.get(&began).and_then(|run| run.last()).map(|(last, _)| *last);
        for (number, rung) in self.ladder.rungs().iter().enumerate() {
            let due = reckon(rung, since, rung.after - head_start);
            // Whoever comes late waits for the hours again; and the node may be away once more by then.
            let mut waits = due.max(last).max(changed);
            for _ in 0..4 {
                waits = visited(reckon(rung, waits, SignedDuration::ZERO), away);
            }
            let lost = waits < now && reach < rung.until;
            if lost && highest.is_none_or(|highest| highest < number) {
                let rung = number + 1;
                let what = format!("rung {rung} of {due} was lost by {now}, in {}", warning.id.0.simple());
                counts.complaints.push(what);
            }
        }
    }

    /// When the ladder was last put up, from when its clock runs, and with how much behind it.
    fn began(&self, warning: &Warning, now: Timestamp) -> Option<(Timestamp, Timestamp, SignedDuration)> {
        let reopened = warning.facts().filter(|fact| matches!(fact.it, Fact::Reopening(_)) && fact.at <= now);
        let run = reopened.map(|fact| fact.at).max().unwrap_or(Timestamp::MIN);
        let relapsed = warning.relapsed_at(now).unwrap_or(Timestamp::MIN);
        let began = run.max(relapsed);
        let landed = |it: &Fact| matches!(it, Fact::Delivery(_, Delivery::Delivered | Delivery::Read));
        let received = warning.facts().find(|fact| fact.at >= run && landed(&fact.it))?.at;
        let before = self.climbed.range(..began).flat_map(|(_, run)| run).map(|(number, _)| *number).max();
        let head_start = before
            .and_then(|number| self.ladder.rung(number.saturating_sub(1)))
            .map_or(SignedDuration::ZERO, |rung| rung.after);
        Some((began, received.max(relapsed), head_start))
    }
}

/// When a word of the participant last ran out.
fn changes_by_the_clock(warning: &Warning, now: Timestamp) -> Option<Timestamp> {
    let ends = warning.facts().filter_map(|fact| match &fact.it {
        Fact::Answer(answer) => answer.ends_at(),
        _ => None,
    });
    ends.filter(|end| *end <= now).max()
}

/// When a rung may be climbed, reckoned in minutes of this month, which lies in winter as a whole, and by
/// the list of its feasts.
fn reckon(rung: &Rung, since: Timestamp, span: SignedDuration) -> Timestamp {
    const DAY: i64 = 1_440;
    /// Midnight of [`BEGIN`] in Utrecht, where it is an hour later than in the zone that the clock counts in.
    const ZERO: Timestamp = Timestamp::constant(1_576_450_800, 0);
    // From Monday the sixteenth of December on: Christmas and the day after, and New Year.
    let works = |minute: i64| {
        let day = minute.div_euclid(DAY);
        day.rem_euclid(7) < 5 && ![9, 10, 16].contains(&day)
    };
    let (mut at, mut left) = (since.duration_since(ZERO).as_mins(), span.as_mins().max(0));
    let (opens, closes) = match rung.hours {
        Hours::Always => return ZERO + SignedDuration::from_mins(at + left),
        Hours::Waking => (420, 1_380),
        Hours::Office => (510, 1_050),
    };
    let counts = |minute: i64| rung.hours == Hours::Waking || works(minute);
    while left > 0 {
        let rest = DAY - at.rem_euclid(DAY);
        let step = if counts(at) { rest.min(left) } else { rest };
        left -= if counts(at) { step } else { 0 };
        at += step;
    }
    while !counts(at) || !(opens..closes).contains(&at.rem_euclid(DAY)) {
        let of_day = at.rem_euclid(DAY);
        at += if counts(at) && of_day < opens { opens - of_day } else { DAY - of_day };
    }
    ZERO + SignedDuration::from_mins(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladders() -> Ladders {
        formats::rules::ladders(formats::rules::LADDERS).unwrap()
    }

    /// A warning that arrived on Friday evening, and whoever watches it.
    fn friday() -> (Warning, Timestamp) {
        let received = local(date(2019, 12, 20), 20, &zone());
        let mut warning =
            Warning::new(WarningId(Uuid::nil()), ParticipantId(Uuid::nil()), AdvisoryId(Uuid::nil()));
        warning.learn(received, Fact::Delivery(Channel::Mail, Delivery::Delivered));
        (warning, received)
    }

    #[test]
    fn whoever_watches_sees_what_goes_wrong() {
        let ladders = ladders();
        let ladder = ladders.choose(Severity::Critical, false, "care");
        let mut seen = Vec::new();
        let mut look = |climbs: &[(usize, i64)], until: i64| {
            let (mut warning, received) = friday();
            let (mut watch, mut counts) = (Watch::new(ladder, false), Counts::default());
            for (number, hours) in climbs {
                let now = received + hours.hours();
                watch.climbed(&warning, *number, now, &zone(), &mut counts);
                warning.learn(now, Fact::Climbed(*number));
            }
            watch.nothing_is_lost(&warning, received + until.hours(), &[], &mut counts);
            seen.push(counts.complaints.join("; "));
        };
        look(&[(0, 2), (1, 11), (2, 12), (3, 24), (4, 72), (5, 73)], 80);
        look(&[(0, 1)], 2);
        look(&[(0, 2), (1, 5)], 6);
        look(&[(0, 2), (0, 3)], 4);
        look(&[(0, 2), (1, 11), (2, 11)], 12);
        look(&[(0, 2), (1, 11)], 30);
        // In order: nothing; early; early and at night; twice; together and early; lost.
        let said: Vec<usize> =
            seen.iter().map(|it| it.split("; ").filter(|it| !it.is_empty()).count()).collect();
        assert_eq!(said, [0, 1, 3, 1, 2, 2], "{seen:#?}");
        let words = [
            (1, "rung 1 at 2019-12-20T20:00:00Z is early"),
            (2, "rings at night, and nobody is known to use the hole"),
            (2, "does not wait for its hours"),
            (3, "is climbed twice, or downwards"),
            (4, "is climbed together with another"),
            (5, "rung 4 of 2019-12-21T19:00:00Z was lost by 2019-12-22T01:00:00Z"),
        ];
        for (place, words) in words {
            assert!(seen[place].contains(words), "{seen:#?}");
        }
    }

    #[test]
    fn a_month_leaves_nothing_to_complain_of_and_is_the_same_twice() {
        let counts = play(&ladders(), 300, 7);
        assert_eq!(counts.complaints, Vec::<String>::new());
        assert!(counts.climbed > 300 && counts.called_at_night > 0 && counts.left_out > 0, "{counts:?}");
        assert_eq!(counts, play(&ladders(), 300, 7));
    }
}
