//! Whether our letters are still read: how many each person gets, how they are taken, and under which advisories
//! most answers are "that is not us".

use std::collections::BTreeMap;

use domain::fatigue::{Reception, Taken};
use domain::ids::AdvisoryId;
use domain::text::Text;
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use store::outbox::Burden;
use store::{StoreError, advisories, outbox};

use crate::house::House;

/// How many weeks are told, this one included.
const WEEKS: i64 = 8;
/// How far back an advisory is looked at.
const RULE_DAYS: i64 = 90;
/// How many advisories are told at the most: who has to look at more looks at none.
const RULES_MAX: usize = 20;

#[derive(Debug, Clone)]
pub struct Fatigue {
    /// The newest first.
    pub weeks: Vec<Week>,
    /// Advisories under which somebody said that it is not theirs, those that need a look first.
    pub rules: Vec<Rule>,
}

/// From Monday to Sunday, where this house counts its days.
#[derive(Debug, Clone)]
pub struct Week {
    pub monday: Date,
    pub burden: Burden,
    /// Of the warnings that arrived in it, whenever they were answered.
    pub reception: Reception,
}

/// What an advisory matched.
#[derive(Debug, Clone)]
pub struct Rule {
    pub advisory: AdvisoryId,
    pub number: String,
    pub title: Text,
    pub reception: Reception,
}

/// As of now, from the ledger and the outbox.
///
/// # Errors
/// Those of the store.
pub async fn of(house: &House) -> Result<Fatigue, StoreError> {
    let now = house.now();
    let taken: Vec<(AdvisoryId, Taken)> = {
        let tally = house.tally().await?;
        tally.1.warnings().filter_map(|it| Some((it.advisory, Taken::of(it)?))).collect()
    };
    let mut weeks = Vec::new();
    let monday = house.today().tomorrow().ok().and_then(|day| day.nth_weekday(-1, Weekday::Monday).ok());
    for back in 0..WEEKS {
        let Some(monday) = monday.and_then(|monday| monday.checked_sub((back * 7).days()).ok()) else {
            break;
        };
        let (since, until) = (midnight(monday, now), midnight(monday.saturating_add(7.days()), now));
        let of_week = taken.iter().filter(|(_, it)| (since..until).contains(&it.arrived_at));
        let of_week: Vec<Taken> = of_week.map(|(_, it)| *it).collect();
        let burden = outbox::burden(&house.db, since, until).await?;
        weeks.push(Week { monday, burden, reception: Reception::of(&of_week, now) });
    }

    let mut of_advisory: BTreeMap<AdvisoryId, Vec<Taken>> = BTreeMap::new();
    let long_ago = now - (RULE_DAYS * 24).hours();
    for (advisory, it) in taken.into_iter().filter(|(_, it)| it.arrived_at >= long_ago) {
        of_advisory.entry(advisory).or_default().push(it);
    }
    let mut most: Vec<(AdvisoryId, Reception)> =
        of_advisory.into_iter().map(|(id, some)| (id, Reception::of(&some, now))).collect();
    most.retain(|(_, it)| it.not_theirs > 0);
    most.sort_by_key(|(_, it)| {
        std::cmp::Reverse((it.trains_to_ignore(), it.not_theirs * 1_000 / it.heard.max(1), it.not_theirs))
    });
    most.truncate(RULES_MAX);
    let mut rules = Vec::new();
    for (id, reception) in most {
        let Some(on_desk) = advisories::of_id(&house.db, id).await? else { continue };
        let title = on_desk.advisory.current().map(|it| it.content.title.clone()).unwrap_or_default();
        rules.push(Rule { advisory: id, number: on_desk.advisory.number, title, reception });
    }
    Ok(Fatigue { weeks, rules })
}

fn midnight(day: Date, otherwise: Timestamp) -> Timestamp {
    day.to_zoned(House::zone()).map_or(otherwise, |at| at.timestamp())
}
