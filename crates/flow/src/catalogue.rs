//! Participants register what they have.
//!
//! One by one, or as a list. A list takes the place of what was there, so its difference is shown
//! before it counts: what comes, what changes, what goes.

use std::collections::BTreeSet;

use domain::asset::{Asset, Reach};
use domain::ids::{AssetId, ParticipantId};
use domain::measure::CareImpact;
use domain::product::keys;
use formats::inventory_table::{self, Line};
use formats::{Read, What};
use store::jobs::{self, Job};
use store::{StoreError, assets};

use crate::house::{Actor, House};

/// How many assets a participant may have. Ten times the largest that we know.
pub const ASSETS_MAX: i64 = 20_000;

/// Why a list was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error("{0}")]
    Unreadable(String),
    /// Refused as a whole, so that nothing of it is kept anywhere.
    #[error("something in it looks like a citizen number")]
    CitizenNumber,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a list would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    pub added: Vec<Asset>,
    /// As it was, as it becomes.
    pub changed: Vec<(Asset, Asset)>,
    pub removed: Vec<Asset>,
    /// What stays as it was, and is confirmed by standing in the list.
    pub same: Vec<Asset>,
    /// Rows of the file, counted from 1, and what is wrong with them.
    pub unread: Vec<(usize, What)>,
}

/// Holds a list against what `of` has registered. Changes nothing.
///
/// A line is a known asset when host name or address say so, or else product and own name together.
/// Only columns that the list has speak: a list without suppliers takes no supplier away.
///
/// # Errors
/// [`NotRead::CitizenNumber`] when any cell looks like one.
pub async fn difference(house: &House, of: ParticipantId, bytes: &[u8]) -> Result<Difference, NotRead> {
    let Read { it: list, complaints } =
        inventory_table::read(bytes).map_err(|why| NotRead::Unreadable(why.to_string()))?;
    if complaints.iter().any(|complaint| complaint.what == What::CitizenNumber) {
        return Err(NotRead::CitizenNumber);
    }
    let known = assets::of_participant(&house.db, of, ASSETS_MAX).await?;
    let mut found = BTreeSet::new();
    let mut difference = Difference::default();
    for line in &list.lines {
        let before = known.iter().find(|asset| !found.contains(&asset.id) && is_same(asset, line));
        match before {
            None => difference.added.push(asset_of(house, of, line)),
            Some(before) => {
                found.insert(before.id);
                let after = changed_by(before, line, house);
                match (Asset { claimed_at: before.claimed_at, ..after.clone() }) == *before {
                    true => difference.same.push(after),
                    false => difference.changed.push((before.clone(), after)),
                }
            }
        }
    }
    difference.removed = known.into_iter().filter(|asset| !found.contains(&asset.id)).collect();
    difference.unread = complaints
        .iter()
        .filter(|complaint| complaint.weight > formats::Weight::Note)
        .map(|complaint| (row_of(&complaint.at), complaint.what.clone()))
        .collect();
    Ok(difference)
}

/// The number in `row 7, column version`; 1, the header, for what concerns the whole file.
fn row_of(at: &str) -> usize {
    let digits: String =
        at.chars().skip_while(|it| !it.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(1)
}

fn is_same(asset: &Asset, line: &Line) -> bool {
    let by_host = asset.host.as_ref().zip(line.host.as_ref()).map(|(own, theirs)| own == theirs);
    let by_address = asset.address.zip(line.address).map(|(own, theirs)| own == theirs);
    let by_name = || keys(&asset.name).last() == keys(&line.name).last() && asset.alias == line.alias;
    by_host.or(by_address).unwrap_or_else(by_name)
}

fn asset_of(house: &House, of: ParticipantId, line: &Line) -> Asset {
    Asset {
        id: house.id(),
        participant: of,
        name: line.name.clone(),
        version: line.version.clone(),
        cpe: line.cpe.clone(),
        purl: line.purl.clone(),
        order_number: line.order_number.clone(),
        host: line.host.clone(),
        address: line.address,
        supplier: line.supplier.clone(),
        reach: line.reach,
        care_process: line.care_process.clone(),
        care_impact: line.care_impact,
        alias: line.alias.clone(),
        claimed_at: Some(house.now()),
        observed_at: None,
        retired_at: None,
    }
}

fn changed_by(before: &Asset, line: &Line, house: &House) -> Asset {
    let or = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
    Asset {
        name: if line.name.says_nothing() { before.name.clone() } else { line.name.clone() },
        version: line.version.clone().or_else(|| before.version.clone()),
        cpe: or(&line.cpe, &before.cpe),
        purl: or(&line.purl, &before.purl),
        order_number: or(&line.order_number, &before.order_number),
        host: or(&line.host, &before.host),
        address: line.address.or(before.address),
        supplier: or(&line.supplier, &before.supplier),
        reach: if line.reach == Reach::Unknown { before.reach } else { line.reach },
        care_process: or(&line.care_process, &before.care_process),
        care_impact: if line.care_impact == CareImpact::None { before.care_impact } else { line.care_impact },
        alias: or(&line.alias, &before.alias),
        claimed_at: Some(house.now()),
        ..before.clone()
    }
}

/// Makes a difference come true, all of it in one transaction.
pub async fn apply(house: &House, actor: Actor, difference: &Difference) -> Result<(), StoreError> {
    let now = house.now();
    let retired = difference.removed.iter().map(|asset| Asset { retired_at: Some(now), ..asset.clone() });
    let changed = difference.changed.iter().map(|(_, after)| after.clone());
    let kept = difference.added.iter().chain(&difference.same).cloned();
    let all: Vec<Asset> = kept.chain(changed).chain(retired).collect();
    register(house, actor, &all).await
}

/// Says of everything that is registered that it is still right.
pub async fn confirm(house: &House, actor: Actor) -> Result<(), StoreError> {
    let now = house.now();
    let all = assets::of_participant(&house.db, actor.participant, ASSETS_MAX).await?;
    let all: Vec<Asset> = all.into_iter().map(|asset| Asset { claimed_at: Some(now), ..asset }).collect();
    register(house, actor, &all).await
}

/// Registers or renews assets of the actor's participant, and finds out what they stand under.
pub async fn register(house: &House, actor: Actor, some: &[Asset]) -> Result<(), StoreError> {
    let now = house.now();
    house
        .write("register assets", async |tx| {
            for asset in some.iter().filter(|asset| asset.participant == actor.participant) {
                assets::put(tx, asset).await?;
            }
            jobs::add(tx, &Job::ExposeParticipant(actor.participant), now).await
        })
        .await
}

/// Takes an asset out of the inventory. Gives `false` when there is none, or when it is not theirs.
pub async fn retire(house: &House, of: ParticipantId, id: AssetId) -> Result<bool, StoreError> {
    let now = house.now();
    let Some(mut asset) = assets::of_id(&house.db, id, of).await? else { return Ok(false) };
    asset.retired_at = Some(now);
    house
        .write("retire an asset", async |tx| {
            assets::put(tx, &asset).await?;
            jobs::add(tx, &Job::ExposeParticipant(of), now).await?;
            Ok(true)
        })
        .await
}
