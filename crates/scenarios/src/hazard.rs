//! How fast the hole was closed, and what pressing would have changed: a model, never history.
//!
//! The record counts open hosts seven times. Between two counts the model takes one hazard, the
//! share of open hosts that close per day: ln(open before / open after) / days. Before the first
//! count nobody counted; there the model takes a hazard that is an assumption: who acts on the
//! advisory of December without being asked again.
//!
//! Each host has a *patience*: the hazard that it bears in sum before it closes. Patience is the
//! same in every run of one seed, so that two runs differ by what was done and not by luck. It is
//! not thrown freely but taken at evenly spaced quantiles in an order that the dice choose;
//! therefore a history run goes through the seven counts, and only who closes when depends on the
//! seed.
//!
//! Pressing multiplies the hazard of who was not asked, and where the public alarm of January was
//! stronger than that, the alarm counts: the larger of the two, never both, because the counts of
//! January already hold what warnings did then. By how much pressing multiplies is an assumption
//! with a range; `history/assumptions.toml` says where each range comes from. Source: `domain.md`
//! 8.3 and 3.2.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::dice::Dice;
use crate::history::{Deed, History, Point, Text};
use crate::population::Population;

/// Closing hazard over time, from the advisory of December to after the last count.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Without a gap, oldest first. The last has no end.
    stretches: Vec<Stretch>,
    first_count_at: Timestamp,
    unasked_per_day: f64,
}

/// A time in which the hazard does not change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    pub from: Timestamp,
    /// Of all open hosts, the share that closes per day, in the sense of a rate: 0.5 per day leaves
    /// e^-0.5 of them after a day.
    pub per_day: f64,
}

/// Why a history gives no curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCurve {
    #[error("a curve needs an advisory and two counts after it")]
    TooFew,
    #[error("the counts must fall, and none may be zero")]
    NotFalling,
    #[error("a hazard is a number that is not negative")]
    NoHazard,
}

impl Curve {
    /// The curve through the counts of `history`, with `unasked_per_day` from its first advisory to
    /// the first count. After the last count its last hazard goes on.
    ///
    /// # Errors
    /// See [`NoCurve`].
    pub fn through(history: &History, unasked_per_day: f64) -> Result<Self, NoCurve> {
        if !(unasked_per_day.is_finite() && unasked_per_day >= 0.0) {
            return Err(NoCurve::NoHazard);
        }
        let is_advisory = |deed: &Deed| matches!(deed, Deed::Advisory { .. });
        let moments = history.moments();
        let advised = moments.iter().find(|moment| is_advisory(moment.deed)).ok_or(NoCurve::TooFew)?;
        let counts = history.open_hosts();
        let first = counts.first().filter(|count| advised.at < count.at).ok_or(NoCurve::TooFew)?;
        let mut stretches = vec![Stretch { from: advised.at, per_day: unasked_per_day }];
        for pair in counts.windows(2) {
            stretches.push(Stretch { from: pair[0].at, per_day: hazard_between(pair[0], pair[1])? });
        }
        if stretches.len() < 2 {
            return Err(NoCurve::TooFew);
        }
        Ok(Self { stretches, first_count_at: first.at, unasked_per_day })
    }

    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// When the open hosts were counted for the first time.
    pub fn first_count_at(&self) -> Timestamp {
        self.first_count_at
    }

    /// Share that closes per day at `at`, without any pressing by us. Nothing before the advisory.
    pub fn per_day_at(&self, at: Timestamp) -> f64 {
        self.stretches.iter().rev().find(|stretch| stretch.from <= at).map_or(0.0, |stretch| stretch.per_day)
    }

    /// The hazard that a host has borne in sum at `at`.
    pub fn borne_at(&self, at: Timestamp) -> f64 {
        let ends = self.stretches.iter().skip(1).map(|stretch| stretch.from).chain([Timestamp::MAX]);
        let borne = |(stretch, end): (&Stretch, Timestamp)| {
            stretch.per_day * days_between(stretch.from, end.min(at)).max(0.0)
        };
        self.stretches.iter().zip(ends).map(borne).sum()
    }

    /// Of the hosts that were open at the first count, the share that is still open at `at`.
    pub fn open_share_at(&self, at: Timestamp) -> f64 {
        (self.borne_at(self.first_count_at) - self.borne_at(at)).exp().min(1.0)
    }

    /// How many hosts, beside the `counted`, had closed before the first count: on average, rounded.
    pub fn early_hosts(&self, counted: usize) -> usize {
        let counted = f64::from(u32::try_from(counted).unwrap_or(u32::MAX));
        let early = counted * self.borne_at(self.first_count_at).exp_m1();
        #[expect(clippy::cast_possible_truncation, reason = "a count, capped by what a usize holds")]
        let early = early.round() as usize;
        early
    }

    /// When a host of this patience closes if nobody presses it: the run `history`.
    pub fn closes_at(&self, patience: f64) -> Timestamp {
        self.closes_under(&[], &Response::silent(), patience)
    }

    /// When a host of this patience closes if it is pressed from these moments on. Of the moments
    /// that have passed the strongest counts; pressing does not wear off.
    pub fn closes_under(
        &self,
        pressed: &[(Timestamp, Pressure)],
        response: &Response,
        patience: f64,
    ) -> Timestamp {
        let mut turns: Vec<Timestamp> = self.stretches.iter().map(|stretch| stretch.from).collect();
        turns.extend(pressed.iter().map(|(from, _)| *from));
        turns.sort_unstable();
        let mut borne = 0.0;
        for (place, from) in turns.iter().enumerate() {
            let until = turns.get(place + 1).copied().unwrap_or(Timestamp::MAX);
            let factor =
                pressed.iter().filter(|(since, _)| since <= from).map(|(_, it)| response.factor(*it));
            let asked = self.unasked_per_day * factor.fold(0.0, f64::max);
            // Before the advisory there is nothing to act upon.
            let advised = self.stretches.first().is_some_and(|first| first.from <= *from);
            let per_day = if advised { self.per_day_at(*from).max(asked) } else { 0.0 };
            let more = per_day * days_between(*from, until);
            if borne + more >= patience && per_day > 0.0 {
                return after_days(*from, (patience - borne).max(0.0) / per_day);
            }
            borne += more;
        }
        Timestamp::MAX
    }
}

/// ln(open before / open after) / days.
fn hazard_between(before: Point, after: Point) -> Result<f64, NoCurve> {
    let days = days_between(before.at, after.at);
    if after.open_hosts == 0 || after.open_hosts > before.open_hosts || days <= 0.0 {
        return Err(NoCurve::NotFalling);
    }
    Ok((f64::from(before.open_hosts) / f64::from(after.open_hosts)).ln() / days)
}

const DAY: f64 = 86_400.0;

fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / DAY
}

/// Rounded up to the minute, so that the last bit of a logarithm changes nothing.
fn after_days(from: Timestamp, days: f64) -> Timestamp {
    let minutes = (days * DAY / 60.0 - 1e-6).ceil();
    let later = SignedDuration::try_from_secs_f64(minutes * 60.0).ok();
    later.and_then(|later| from.checked_add(later).ok()).unwrap_or(Timestamp::MAX)
}

/// What was done to make a participant act, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pressure {
    /// A mail about the product was read by a person. Sent is not read.
    GenericMailRead,
    /// A message about this host reached somebody.
    SpecificNotice,
    /// Somebody was spoken to.
    Phone,
    BoardLetter,
}

/// How strongly pressing works in one run: factors of the hazard of who was not asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    pub generic_mail_read: f64,
    pub specific_notice: f64,
    pub phone: f64,
    pub board_letter: f64,
}

impl Response {
    /// Nobody reacts to anything.
    fn silent() -> Self {
        Self { generic_mail_read: 0.0, specific_notice: 0.0, phone: 0.0, board_letter: 0.0 }
    }

    pub fn factor(&self, pressure: Pressure) -> f64 {
        match pressure {
            Pressure::GenericMailRead => self.generic_mail_read,
            Pressure::SpecificNotice => self.specific_notice,
            Pressure::Phone => self.phone,
            Pressure::BoardLetter => self.board_letter,
        }
    }
}

/// Everything that a run takes for granted without anybody having measured it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumptions {
    pub unasked_per_day: Assumption,
    pub generic_mail_read: Assumption,
    pub specific_notice: Assumption,
    pub phone: Assumption,
    pub board_letter: Assumption,
}

/// A figure with its range, and a sentence that says that it is assumed and where the range comes
/// from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Assumption {
    pub low: f64,
    pub default: f64,
    pub high: f64,
    #[serde(flatten)]
    pub because: Text,
}

/// Which end of every range a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    Low,
    Default,
    High,
}

impl Assumption {
    pub fn at(&self, bound: Bound) -> f64 {
        match bound {
            Bound::Low => self.low,
            Bound::Default => self.default,
            Bound::High => self.high,
        }
    }
}

impl Assumptions {
    /// The assumptions that are shipped with the house.
    ///
    /// # Panics
    /// Never; a test reads them.
    pub fn shipped() -> Self {
        let shipped = include_str!("../history/assumptions.toml");
        toml::from_str(shipped).expect("shipped assumptions are tested")
    }

    /// Every assumption with its key, in the order of the file.
    pub fn each(&self) -> [(&'static str, &Assumption); 5] {
        [
            ("unasked_per_day", &self.unasked_per_day),
            ("generic_mail_read", &self.generic_mail_read),
            ("specific_notice", &self.specific_notice),
            ("phone", &self.phone),
            ("board_letter", &self.board_letter),
        ]
    }

    pub fn response(&self, bound: Bound) -> Response {
        Response {
            generic_mail_read: self.generic_mail_read.at(bound),
            specific_notice: self.specific_notice.at(bound),
            phone: self.phone.at(bound),
            board_letter: self.board_letter.at(bound),
        }
    }
}

/// The patience of every host of `population`, in the order of [`Population::hosts`].
///
/// Hosts that were counted bear at least what was borne at the first count; those of early
/// participants bear less. Where the story fixes when a host was closed, its patience is what was
/// borne by then, and it takes the place of the nearest quantile.
pub fn patience(population: &Population, curve: &Curve) -> Vec<f64> {
    let mut dice = Dice::named(population.seed, "patience");
    let before = curve.borne_at(curve.first_count_at);
    let fixed = |closed_at: Option<Timestamp>| closed_at.map(|at| curve.borne_at(at));
    let (mut counted, mut early): (Vec<(usize, Option<f64>)>, Vec<usize>) = (vec![], vec![]);
    for (place, (owner, host)) in population.hosts().enumerate() {
        if owner.early { early.push(place) } else { counted.push((place, fixed(host.closed_at))) }
    }

    let mut all = vec![0.0; counted.len() + early.len()];
    let mut free = quantiles(counted.len(), 1.0).map(|it| before + it).collect::<Vec<_>>();
    for (place, patience) in counted.iter().filter_map(|(place, fixed)| Some((*place, (*fixed)?))) {
        all[place] = patience;
        let near = |one: &&f64, other: &&f64| (*one - patience).abs().total_cmp(&(*other - patience).abs());
        if let Some(nearest) = free.iter().min_by(near).copied() {
            free.retain(|it| it.total_cmp(&nearest).is_ne());
        }
    }
    dice.shuffle(&mut free);
    let open = counted.iter().filter(|(_, fixed)| fixed.is_none()).map(|(place, _)| *place);
    for (place, patience) in open.zip(free) {
        all[place] = patience;
    }

    let mut soon = quantiles(early.len(), -(-before).exp_m1()).collect::<Vec<_>>();
    dice.shuffle(&mut soon);
    for (place, patience) in early.into_iter().zip(soon) {
        all[place] = patience;
    }
    all
}

/// The exponential distribution at `many` evenly spaced quantiles of its lower `share`.
fn quantiles(many: usize, share: f64) -> impl Iterator<Item = f64> {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    (0..many).map(move |place| -(-share * (count(place) + 0.5) / count(many)).ln_1p())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Series;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn curve() -> Curve {
        Curve::through(&History::shipped().unwrap(), Assumptions::shipped().unasked_per_day.default).unwrap()
    }

    fn count(many: usize) -> f64 {
        f64::from(u32::try_from(many).unwrap())
    }

    #[test]
    fn the_hazards_are_those_that_the_domain_computes() {
        let per_day: Vec<String> =
            curve().stretches().iter().map(|stretch| format!("{:.3}", stretch.per_day)).collect();
        assert_eq!(per_day, ["0.013", "0.083", "0.303", "0.513", "0.452", "0.253", "0.014"]);
    }

    #[test]
    fn the_world_fell_by_13_in_a_thousand_a_day_before_the_exploit_and_by_955_on_the_15th() {
        let world = History::shipped().unwrap().open_hosts_of(Series::World);
        let before = hazard_between(world[0], world[1]).unwrap();
        let best_day = hazard_between(world[2], world[3]).unwrap();
        assert_eq!((format!("{before:.3}"), format!("{best_day:.3}")), ("0.013".into(), "0.955".into()));
        assert_eq!(format!("{before:.3}"), Assumptions::shipped().unasked_per_day.default.to_string());
    }

    #[test]
    fn the_expected_curve_goes_through_the_seven_counts() {
        let curve = curve();
        for point in History::shipped().unwrap().open_hosts() {
            let open = 713.0 * curve.open_share_at(point.at);
            assert!((open - f64::from(point.open_hosts)).abs() < 1e-6, "{open} of {point:?}");
        }
    }

    #[test]
    fn every_draw_of_the_history_goes_through_the_seven_counts() {
        let (history, curve) = (History::shipped().unwrap(), curve());
        for seed in 1..=20 {
            for early in [0, curve.early_hosts(713)] {
                let population = Population::citrix_2019_with_early(seed, early);
                let closes: Vec<Timestamp> =
                    patience(&population, &curve).into_iter().map(|it| curve.closes_at(it)).collect();
                for point in history.open_hosts() {
                    let open = count(closes.iter().filter(|closed| **closed > point.at).count());
                    let counted = f64::from(point.open_hosts);
                    assert!((open / counted - 1.0).abs() <= 0.03, "seed {seed}: {open} instead of {counted}");
                }
            }
        }
    }

    #[test]
    fn who_acts_in_december_is_the_early_part_and_nobody_else() {
        let curve = curve();
        let population = Population::citrix_2019_with_early(4, curve.early_hosts(713));
        let (from, to) = (at("2019-12-18T10:00+01:00"), curve.first_count_at());
        for ((owner, _), patience) in population.hosts().zip(patience(&population, &curve)) {
            let closes = curve.closes_at(patience);
            assert_eq!((from..=to).contains(&closes), owner.early, "{} at {closes}", owner.slug);
        }
        assert_eq!(curve.early_hosts(713), 246);
        let nobody = Curve::through(&History::shipped().unwrap(), 0.0).unwrap();
        assert_eq!(nobody.early_hosts(713), 0);
    }

    #[test]
    fn the_hospital_of_the_story_closes_after_the_exploit_and_before_the_attack_was_seen() {
        let curve = curve();
        for seed in 1..=20 {
            let population = Population::citrix_2019(seed);
            let closes = population.hosts().zip(patience(&population, &curve));
            for ((owner, host), patience) in closes.filter(|((_, host), _)| host.closed_at.is_some()) {
                assert_eq!(Some(curve.closes_at(patience)), host.closed_at, "{}", owner.slug);
            }
            let noordzorg = population.find("noordzorg").unwrap().hosts[0].closed_at;
            assert_eq!(noordzorg, Some(at("2020-01-13T17:00+01:00")));
        }
    }

    #[test]
    fn another_seed_lets_others_close_first() {
        let (curve, one, other) = (curve(), Population::citrix_2019(1), Population::citrix_2019(2));
        assert_eq!(patience(&one, &curve), patience(&one.clone(), &curve));
        assert_ne!(patience(&one, &curve), patience(&other, &curve));
    }

    /// Of the 713, how many are open when the search began, if all are pressed from 18 December.
    fn open_on_9_january(pressure: Pressure, bound: Bound) -> usize {
        let (population, curve) = (Population::citrix_2019(1), curve());
        let response = Assumptions::shipped().response(bound);
        let pressed = [(at("2019-12-18T14:00+01:00"), pressure)];
        let closes = |patience| curve.closes_under(&pressed, &response, patience);
        let began = at("2020-01-09T16:00+01:00");
        patience(&population, &curve).into_iter().filter(|it| closes(*it) > began).count()
    }

    #[test]
    fn pressing_in_december_is_shown_with_its_range() {
        use Pressure::*;
        let mut table = String::new();
        for pressure in [GenericMailRead, SpecificNotice, Phone, BoardLetter] {
            let [low, default, high] =
                [Bound::Low, Bound::Default, Bound::High].map(|bound| open_on_9_january(pressure, bound));
            table += &format!("{:<16} {low:>4} {default:>4} {high:>4}\n", format!("{pressure:?}"));
        }
        insta::assert_snapshot!(table, @r"
        GenericMailRead   713  659  588
        SpecificNotice    605  331   81
        Phone             605  234   13
        BoardLetter       279   96   13
        ");
    }

    #[test]
    fn more_pressure_never_closes_later_and_none_before_the_advisory() {
        let (curve, response) = (curve(), Assumptions::shipped().response(Bound::Default));
        for patience in [0.01, 0.3, 0.5, 1.0, 2.0, 7.0] {
            let mut before = curve.closes_at(patience);
            for pressure in
                [Pressure::GenericMailRead, Pressure::SpecificNotice, Pressure::Phone, Pressure::BoardLetter]
            {
                let pressed = [(at("2019-12-01T00:00Z"), pressure)];
                let closes = curve.closes_under(&pressed, &response, patience);
                assert!(closes <= before, "{pressure:?} at {patience}");
                assert!(closes > at("2019-12-18T10:00+01:00"));
                before = closes;
            }
        }
    }

    #[test]
    fn a_call_after_the_fact_changes_nothing_that_was_before() {
        let (curve, response) = (curve(), Assumptions::shipped().response(Bound::High));
        let late = [(at("2020-02-10T12:00+01:00"), Pressure::BoardLetter)];
        assert_eq!(curve.closes_under(&late, &response, 1.0), curve.closes_at(1.0));
        assert!(curve.closes_under(&late, &response, 7.0) < curve.closes_at(7.0));
    }

    #[test]
    fn had_the_alarm_of_january_come_in_december_about_91_would_have_been_open() {
        // A sanity figure of `domain.md` 8.3, not a result: the share closed from 13 January to
        // 3 February, moved to 18 December.
        let curve = curve();
        let kept = curve.open_share_at(at("2020-02-03T12:00+01:00"))
            / curve.open_share_at(at("2020-01-13T11:00+01:00"));
        assert_eq!((713.0 * kept).round(), 91.0);
    }

    #[test]
    fn every_assumption_says_that_it_is_one() {
        let assumptions = Assumptions::shipped();
        for (key, it) in assumptions.each() {
            assert!(it.low <= it.default && it.default <= it.high, "{key}");
            assert!(
                it.because.nl.starts_with("Aanname: ") && it.because.en.starts_with("Assumption: "),
                "{key}"
            );
        }
    }

    #[test]
    fn counts_that_do_not_fall_give_no_curve() {
        let history = History::shipped().unwrap();
        let shipped = include_str!("../history/citrix-2019.toml");
        let rising = History::read(&shipped.replace("open_hosts = 176", "open_hosts = 976")).unwrap();
        assert_eq!(Curve::through(&rising, 0.013), Err(NoCurve::NotFalling));
        let gone = History::read(&shipped.replace("open_hosts = 70\n", "open_hosts = 0\n")).unwrap();
        assert_eq!(Curve::through(&gone, 0.013), Err(NoCurve::NotFalling));
        assert_eq!(Curve::through(&history, f64::NAN), Err(NoCurve::NoHazard));
        let empty = History { events: vec![], ..history };
        assert_eq!(Curve::through(&empty, 0.013), Err(NoCurve::TooFew));
    }
}
