//! Ladders climbed in memory: what a day of a hundred thousand warnings costs, and two hundred months of
//! three thousand participants with somebody who looks over the shoulder (`scenarios/month.rs`).

use domain::escalation::Ladders;
use domain::ids::{AdvisoryId, ParticipantId, WarningId};
use domain::severity::Severity;
use domain::warning::{Channel, Delivery, Fact, Warning};
use jiff::{Timestamp, ToSpan};
use scenarios::dice::Dice;
use scenarios::month::{Counts, play, zone};
use uuid::Uuid;

use crate::{cpu_seconds, print};

/// What a day of so many ladders may cost. Source: issue "Until it is fixed", speed.
const AT_MOST: f64 = 2.0;

pub fn ladder(warnings: usize, seeds: usize) {
    let ladders = formats::rules::ladders(formats::rules::LADDERS).unwrap();
    a_day(&ladders, warnings);
    months(&ladders, seeds);
}

/// Every warning is silent, and arrived at some moment of the week before: the day costs most when nobody
/// answers. Each is visited when its next rung is due, as the node does.
fn a_day(ladders: &Ladders, count: usize) {
    let zone = zone();
    let began: Timestamp = "2019-12-18T00:00:00+01:00".parse().unwrap();
    let mut dice = Dice::named(1, "a day of ladders");
    let mut warnings: Vec<(Warning, Severity, bool)> = (0..count)
        .map(|number| {
            let id = Uuid::from_u128(number as u128);
            let mut warning = Warning::new(WarningId(id), ParticipantId(id), AdvisoryId(Uuid::nil()));
            let received = began - i64::try_from(dice.below(7 * 1_440)).unwrap().minutes();
            warning.learn(received, Fact::Delivery(Channel::Mail, Delivery::Delivered));
            let severity = *dice.pick(&[Severity::Medium, Severity::High, Severity::Critical]);
            let exploited = dice.chance(0.5);
            let ladder = ladders.choose(severity, exploited, "care");
            // What it climbed in the days before.
            if let Some(rung) = ladder.due(&warning, began, &zone) {
                warning.learn(began - 1.minute(), Fact::Climbed(rung));
            }
            (warning, severity, exploited)
        })
        .collect();
    let end = began + 24.hours();
    let before = cpu_seconds();
    let mut climbed = 0_u32;
    for (warning, severity, exploited) in &mut warnings {
        let ladder = ladders.choose(*severity, *exploited, "care");
        let mut now = began;
        while let Some(at) = ladder.next_at(warning, now, &zone).filter(|at| *at < end) {
            now = at.max(now);
            let Some(rung) = ladder.due(warning, now, &zone) else { break };
            warning.learn(now, Fact::Climbed(rung));
            climbed += 1;
        }
    }
    let spent = cpu_seconds() - before;
    print("ladder", "cpu_seconds_of_a_day", spent, "s", "promise", AT_MOST);
    print("ladder", "rungs_of_that_day", f64::from(climbed), "1", "warnings", count as f64);
}

fn months(ladders: &Ladders, seeds: usize) {
    let before = cpu_seconds();
    let seeds = u64::try_from(seeds).unwrap();
    let all = (0..seeds).map(|seed| play(ladders, 3_000, seed)).fold(Counts::default(), Counts::and);
    for complaint in all.complaints.iter().take(20) {
        eprintln!("{complaint}");
    }
    let figures = [
        ("warnings_of_all_months", all.warnings),
        ("facts", all.facts),
        ("rungs_climbed", all.climbed),
        ("rungs_left_out", all.left_out),
        ("calls_at_night_with_reason", all.called_at_night),
        ("hours_away", all.hours_away),
        ("early_twice_lost_or_at_night", all.complaints.len() as u64),
    ];
    for (name, count) in figures {
        print("ladder", name, count as f64, "1", "seeds", seeds as f64);
    }
    print("ladder", "cpu_seconds_of_all_months", cpu_seconds() - before, "s", "", 0.0);
}
