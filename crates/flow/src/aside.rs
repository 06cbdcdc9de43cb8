//! What public lists say about a system and nobody was warned of: mostly old holes in an old version.
//!
//! They do not come to the desk, so they are shown where somebody looks at the system. What was kept aside lies
//! in memory in the order in which one asset finds what is said about it. It is built when it is first asked
//! for, which takes seconds when all lists of the world were taken in, and it is at most a minute behind: then
//! what was kept since is read and lies beside it, in the place of what the same publisher said before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::advisory::{Content, State};
use domain::asset::Asset;
use domain::ids::VulnerabilityId;
use domain::matching::index::Statements;
use domain::matching::products::Matcher;
use domain::product::Catalogue;
use jiff::{SignedDuration, Timestamp};
use store::{StoreError, advisories, exposures, products, records};

use crate::house::House;

/// How many records are read and put in order at once.
const AT_ONCE: i64 = 4_000;
/// How old the knowledge may be.
const BEHIND: SignedDuration = SignedDuration::from_mins(1);
/// How long what is kept may take to be seen by others.
const COMMITS: SignedDuration = SignedDuration::from_mins(2);
/// So many parts are looked through in no time; beyond them all is read anew.
const PARTS_MAX: usize = 400;

/// A hole in something that somebody has, and of which nobody was warned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    pub number: String,
    pub title: String,
    /// Since when it is known: the first list that says so.
    pub said_at: Timestamp,
    pub is_exploited: bool,
}

/// What was kept aside, as of a moment.
pub(crate) struct Aside {
    /// The edition in which the catalogue was rebuilt last: from then on other products may be meant.
    rebuilt: u64,
    read_at: Timestamp,
    parts: Vec<Part>,
}

struct Part {
    /// Publisher and number, sorted.
    keys: Vec<(String, String)>,
    statements: Statements,
    /// Of which the same publisher said something else since.
    outdated: BTreeSet<u32>,
}

impl Aside {
    async fn renewed(house: &House, known: Option<Self>, catalogue: &Catalogue) -> Result<Self, StoreError> {
        let (rebuilt, now) = (products::edition(&house.db).await?.rebuilt, house.now());
        let known =
            known.filter(|it| it.rebuilt == rebuilt && it.parts.len() < PARTS_MAX && it.read_at <= now);
        let Some(mut known) = known else {
            let mut fresh = Self { rebuilt, read_at: now, parts: Vec::new() };
            fresh.read_since(house, catalogue, Timestamp::MIN).await?;
            return Ok(fresh);
        };
        if now.duration_since(known.read_at) >= BEHIND {
            let since = known.read_at - COMMITS;
            known.read_at = now;
            known.read_since(house, catalogue, since).await?;
        }
        Ok(known)
    }

    async fn read_since(
        &mut self,
        house: &House,
        catalogue: &Catalogue,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let mut last = None::<(String, String)>;
        loop {
            let behind = last.as_ref().map(|(number, publisher)| (number.as_str(), publisher.as_str()));
            let mut some = records::kept_since(&house.db, since, behind, AT_ONCE).await?;
            let Some(end) = some.last() else { return Ok(()) };
            last = Some((end.number.clone(), end.publisher.clone()));
            some.sort_by(|one, other| (&one.publisher, &one.number).cmp(&(&other.publisher, &other.number)));
            let alive = (0..).zip(&some).filter(|(_, record)| !record.is_withdrawn);
            let statements = Statements::of(alive.map(|(place, record)| (place, &record.content)), catalogue);
            let keys: Vec<_> = some.into_iter().map(|record| (record.publisher, record.number)).collect();
            for part in &mut self.parts {
                let again = keys.iter().filter_map(|key| part.keys.binary_search(key).ok());
                part.outdated.extend(again.filter_map(|place| u32::try_from(place).ok()));
            }
            self.parts.push(Part { keys, statements, outdated: BTreeSet::new() });
        }
    }

    /// The numbers of what is said about an asset, and of that which only its words can tell.
    fn about(&self, asset: &Asset, catalogue: &Catalogue) -> [BTreeSet<&str>; 2] {
        let (mut sure, mut asked) = (BTreeSet::new(), BTreeSet::new());
        let marks = asset.marks();
        for part in &self.parts {
            let number = |place: u32| {
                let key = part.keys.get(place as usize).filter(|_| !part.outdated.contains(&place));
                key.map(|(_, number)| number.as_str())
            };
            let take = |place, _| sure.extend(number(place));
            let ask = |place| asked.extend(number(place));
            part.statements.about(catalogue, &asset.name, &marks, asset.version.as_ref(), take, ask);
        }
        [sure, asked]
    }
}

/// Known holes in an asset of which its participant was not warned: those that are used first, then the newest.
pub async fn holes(house: &House, asset: &Asset) -> Result<Vec<Hole>, StoreError> {
    let catalogue: Arc<Catalogue> = house.catalogue().await?;
    let mut aside = house.aside.lock().await;
    let known = Aside::renewed(house, aside.take(), &catalogue).await?;
    let known = aside.insert(known);
    let [sure, asked] = known.about(asset, &catalogue).map(|it| it.into_iter().map(str::to_owned).collect());
    drop(aside);
    let (mut numbers, asked): (BTreeSet<String>, BTreeSet<String>) = (sure, asked);
    for number in asked.difference(&numbers.clone()) {
        let said = records::of_number(&house.db, number).await?;
        let concerns = |content: &Content| Matcher::new(content, &catalogue).hit(asset, &catalogue).is_some();
        if said.iter().any(|(record, _)| !record.is_withdrawn && concerns(&record.content)) {
            numbers.insert(number.clone());
        }
    }
    let warned = warned_of(house, asset).await?;
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    // Under whichever numbers: one hole is said once, by its own number where it has one.
    let mut holes: BTreeMap<Result<VulnerabilityId, String>, (Hole, bool)> = BTreeMap::new();
    for (line, of) in records::lines_of(&house.db, &numbers).await? {
        if line.is_withdrawn {
            continue;
        }
        let is_warned = warned.contains(&line.number);
        let hole = Hole {
            number: line.number,
            title: line.title,
            said_at: line.said_at,
            is_exploited: line.is_exploited,
        };
        let key = of.ok_or_else(|| hole.number.clone());
        let (kept, told) = holes.entry(key).or_insert_with(|| (hole.clone(), false));
        let is_own = |number: &str| number.starts_with("CVE-");
        if is_own(&hole.number) && !is_own(&kept.number) {
            (kept.number, kept.title) = (hole.number, hole.title);
        }
        kept.said_at = kept.said_at.min(hole.said_at);
        kept.is_exploited |= hole.is_exploited;
        *told |= is_warned;
    }
    let mut holes: Vec<Hole> =
        holes.into_values().filter(|(_, is_warned)| !is_warned).map(|(hole, _)| hole).collect();
    let order = |hole: &Hole| (!hole.is_exploited, std::cmp::Reverse(hole.said_at), hole.number.clone());
    holes.sort_by_cached_key(order);
    Ok(holes)
}

/// Under which numbers the participant hears of holes in this asset from us.
async fn warned_of(house: &House, asset: &Asset) -> Result<BTreeSet<String>, StoreError> {
    let mut names = BTreeSet::new();
    for id in exposures::advisories_of(&house.db, asset.id).await? {
        let Some(on_desk) = advisories::of_id(&house.db, id).await? else { continue };
        if on_desk.advisory.state != State::Published {
            continue;
        }
        if let Some(revision) = on_desk.advisory.current() {
            names.extend(revision.content.vulnerabilities.iter().cloned());
            names.insert(on_desk.advisory.number.clone());
        }
    }
    Ok(names)
}
