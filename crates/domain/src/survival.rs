//! How long it takes until somebody is safe, of those who are and of those who are not yet.
//!
//! The share that is still exposed over time, after Kaplan and Meier (1958): whoever has not come to an end counts as
//! exposed up to now, and says nothing of later. So silence never looks like success, and whoever was warned
//! yesterday does not make the median shorter. The range of a median is that of Brookmeyer and Crowley (1982), with
//! the variance after Greenwood and 1.96 of its roots to either side.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::warning::{Channel, Closing, Delivery, Fact, Reach, Shows, Stage, Warning};

/// One warning from the moment at which it arrived, or was opened for whoever it never reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    pub from: Timestamp,
    /// When it ended well, or how far one could look.
    pub until: Timestamp,
    /// Whether it ended well, by a look or by a word that nothing contradicts. What is merely claimed has not ended.
    pub is_safe: bool,
    /// By which way it came first. `None` for whoever it never reached.
    pub channel: Option<Channel>,
}

impl Course {
    /// The course of a warning as it stands at `now`; `None` for one that nobody was told of.
    pub fn of(warning: &Warning, now: Timestamp) -> Option<Self> {
        let began = warning.facts().next()?.at;
        let first = warning.facts().find_map(|fact| match fact.it {
            Fact::Delivery(channel, Delivery::Delivered | Delivery::Read) => Some((fact.at, channel)),
            _ => None,
        });
        let (from, channel) = first.map_or((began, None), |(at, channel)| (at, Some(channel)));
        let stage = warning.stage(now);
        // Who left is not exposed to our knowledge: one could look until then.
        let left = warning.facts().rev().find_map(|fact| match fact.it {
            Fact::Closing(Closing::Transferred | Closing::Orphaned) => Some(fact.at),
            _ => None,
        });
        let is_over = stage.reach() == Reach::Safe
            && !matches!(
                stage,
                Stage::CompromiseCheck | Stage::Compromised | Stage::Transferred | Stage::Orphaned
            );
        let ended = warning.standing_facts().rev().find_map(|fact| match &fact.it {
            Fact::Evidence(evidence) if !matches!(evidence.shows, Shows::StillThere(_)) => Some(fact.at),
            Fact::Answer(_) | Fact::CompromiseCheck(_) | Fact::Relieved(_) => Some(fact.at),
            Fact::Closing(Closing::StandDown) => Some(fact.at),
            _ => None,
        });
        let (until, is_safe) = match (is_over, ended, left) {
            (true, Some(at), _) => (at, true),
            (_, _, Some(at)) => (at, false),
            _ => (now, false),
        };
        Some(Self { from, until: until.max(from), is_safe, channel })
    }

    fn length(&self) -> SignedDuration {
        self.until.duration_since(self.from)
    }
}

/// A point where the share changes: after so long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    pub after: SignedDuration,
    /// How many were still looked at just before.
    pub at_risk: usize,
    pub ended: usize,
    /// The share that is exposed from then on, from 0 to 1.
    pub share: f64,
    /// The sum of Greenwood up to here, without the square of the share.
    greenwood: f64,
}

/// The curve of some courses.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Survival {
    pub count: usize,
    /// How many came to their end.
    pub ended: usize,
    /// In the order of time.
    pub steps: Vec<Step>,
}

/// After how long a share was reached, with the range in which it lies. An end that is `None` was not reached yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quantile {
    pub at: Option<SignedDuration>,
    pub earliest: Option<SignedDuration>,
    pub latest: Option<SignedDuration>,
}

impl Survival {
    pub fn of(courses: &[Course]) -> Self {
        Self::of_waits(courses.iter().map(|course| (course.length(), course.is_safe)))
    }

    /// Of anything that is waited for: how long, and whether it came or one could only wait until then.
    pub fn of_waits(waits: impl ExactSizeIterator<Item = (SignedDuration, bool)>) -> Self {
        let count = waits.len();
        // At one moment ends come before those who could only be looked at until then.
        let mut at: BTreeMap<SignedDuration, (usize, usize)> = BTreeMap::new();
        for (after, has_come) in waits {
            let (ended, lost) = at.entry(after).or_default();
            if has_come { *ended += 1 } else { *lost += 1 }
        }
        let (mut at_risk, mut share, mut greenwood) = (count, 1.0, 0.0);
        let mut steps = Vec::new();
        for (after, (ended, lost)) in at {
            if ended > 0 {
                let [all, gone] = [at_risk, ended].map(number);
                share *= 1.0 - gone / all;
                // When nobody is left there is nothing more to be unsure about.
                if all > gone {
                    greenwood += gone / (all * (all - gone));
                }
                steps.push(Step { after, at_risk, ended, share, greenwood });
            }
            at_risk -= ended + lost;
        }
        let ended = steps.iter().map(|step| step.ended).sum();
        Self { count, ended, steps }
    }

    /// The share that is exposed after so long.
    pub fn share_after(&self, after: SignedDuration) -> f64 {
        self.steps.iter().take_while(|step| step.after <= after).last().map_or(1.0, |step| step.share)
    }

    /// After how long only `share` was exposed any more: 0.5 for the median.
    pub fn quantile(&self, share: f64) -> Quantile {
        let first =
            |fits: &dyn Fn(&Step) -> bool| self.steps.iter().find(|step| fits(step)).map(|step| step.after);
        let spread = |step: &Step| 1.96 * step.share * step.greenwood.sqrt();
        Quantile {
            at: first(&|step| step.share <= share),
            earliest: first(&|step| step.share - spread(step) <= share),
            // The last step has no variance when everybody came to an end.
            latest: first(&|step| {
                step.share <= share && (step.share == 0.0 || step.share + spread(step) <= share)
            }),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a country has fewer warnings than a fraction has places")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> SignedDuration {
        SignedDuration::from_hours(hours)
    }

    fn course(length: i64, is_safe: bool) -> Course {
        let from = Timestamp::UNIX_EPOCH;
        Course { from, until: from + hours(length), is_safe, channel: Some(Channel::Mail) }
    }

    /// The six-mercaptopurine arm of Freireich and others (1963), with which textbooks show the method: weeks in
    /// remission of 21 patients, of whom 9 relapsed. Its published shares are 0.857, 0.807, 0.753, 0.690, 0.627,
    /// 0.538 and 0.448, and its median is 23.
    #[test]
    fn the_share_is_that_of_the_textbook() {
        let relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let lost = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let courses: Vec<Course> =
            relapsed.map(|it| course(it, true)).into_iter().chain(lost.map(|it| course(it, false))).collect();
        let curve = Survival::of(&courses);
        let shares: Vec<String> = curve.steps.iter().map(|step| format!("{:.3}", step.share)).collect();
        assert_eq!(shares, ["0.857", "0.807", "0.753", "0.690", "0.627", "0.538", "0.448"]);
        let median = curve.quantile(0.5);
        assert_eq!((median.at, median.earliest, median.latest), (Some(hours(23)), Some(hours(13)), None));
        assert_eq!((curve.count, curve.ended), (21, 9));
    }

    #[test]
    fn silence_never_looks_like_success() {
        let answered: Vec<Course> = (1..=10).map(|it| course(it, true)).collect();
        let silent: Vec<Course> = (0..90).map(|_| course(100, false)).collect();
        let all = [answered.clone(), silent].concat();
        assert_eq!(Survival::of(&answered).quantile(0.5).at, Some(hours(5)));
        let curve = Survival::of(&all);
        assert_eq!(curve.quantile(0.5).at, None, "nine of ten have said nothing");
        assert!((curve.share_after(hours(100)) - 0.9).abs() < 1e-9);
        assert_eq!(Survival::of(&[]).quantile(0.5), Quantile::default());
    }
}
