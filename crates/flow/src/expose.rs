//! Who is exposed: what came in is held against what is registered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::advisory::{Content, State};
use domain::asset::Asset;
use domain::exposure::{Certainty, Exposure};
use domain::ids::{AdvisoryId, AssetId, ParticipantId};
use domain::matching::products::Matcher;
use domain::product::Catalogue;
use domain::warning::Stage;
use store::jobs::{self, Job};
use store::{StoreError, advisories, assets, exposures, findings, warnings};

use crate::house::House;
use crate::{reports, triage};

/// Finds every asset that `id` concerns, by the revision that counts or by the proposal that waits.
/// Closes exposures that no longer hold, unless somebody measured them.
///
/// Ordering it again changes nothing. When the advisory is released, warnings follow.
pub async fn advisory(house: &House, id: AdvisoryId) -> Result<(), StoreError> {
    let Some(on_desk) = advisories::of_id(&house.db, id).await? else { return Ok(()) };
    let withdrawn = on_desk.advisory.state == State::Withdrawn;
    let released = on_desk.advisory.current().map(|revision| &revision.content);
    let Some(content) = released.or(on_desk.proposed.as_ref()) else { return Ok(()) };
    let before = exposures::open_under(&house.db, id).await?;
    let (mut found, catalogue) = concerned(house, content, &before).await?;
    if withdrawn {
        found.clear();
    }
    let change = change(house, id, content, &catalogue, &found, &before);
    write(house, id, &change, released.is_some()).await
}

/// The exposures under `id` as they would be if `content` were what counts. Writes nothing.
pub(crate) async fn would_be(
    house: &House,
    id: AdvisoryId,
    content: &Content,
) -> Result<Vec<Exposure>, StoreError> {
    let mut exposures = exposures::open_under(&house.db, id).await?;
    let (found, catalogue) = concerned(house, content, &exposures).await?;
    let Change { fresh, gone } = change(house, id, content, &catalogue, &found, &exposures);
    let changed: BTreeSet<_> = fresh.iter().chain(&gone).map(|exposure| exposure.asset).collect();
    exposures.retain(|exposure| !changed.contains(&exposure.asset));
    exposures.extend(fresh);
    Ok(exposures)
}

/// The assets that `content` may concern, and those of `before`: what was measured stays, as long as it is
/// registered.
async fn concerned(
    house: &House,
    content: &Content,
    before: &[Exposure],
) -> Result<(BTreeMap<AssetId, Asset>, Arc<Catalogue>), StoreError> {
    let (mut found, catalogue) = house.concerned(content).await?;
    let others = before.iter().map(|exposure| exposure.asset).filter(|asset| !found.contains_key(asset));
    let others = assets::of_ids(&house.db, &others.collect::<Vec<_>>()).await?;
    found.extend(others.into_iter().map(|asset| (asset.id, asset)));
    Ok((found, catalogue))
}

/// Holds the assets of one participant against every advisory that is out: an inventory has changed. What
/// waits aside because it concerned nobody may concern somebody now.
pub async fn participant(house: &House, of: ParticipantId) -> Result<(), StoreError> {
    let catalogue = house.catalogue().await?;
    let own = assets::of_participant(&house.db, of, i64::MAX).await?;
    for line in advisories::newest(&house.db, i64::MAX).await? {
        if line.state != State::Published {
            continue;
        }
        let before = exposures::of_participant(&house.db, line.id, of).await?;
        let found = own.iter().map(|asset| (asset.id, asset.clone())).collect();
        let change = change(house, line.id, &line.content, &catalogue, &found, &before);
        write(house, line.id, &change, true).await?;
        if before.is_empty() && was_warned_blindly(house, line.id, of).await? {
            let now = house.now();
            house
                .write("look at a blind warning", async |tx| jobs::add(tx, &Job::Warn(line.id), now).await)
                .await?;
        }
    }
    // What was seen at a place that they registered just now may be theirs.
    if findings::count(&house.db).await?.known > 0 {
        let now = house.now();
        house
            .write("look whose findings are", async |tx| reports::order_reattribution(tx, now).await)
            .await?;
    }
    triage::order(house).await
}

/// Whether a warning went to a participant that had registered nothing: an inventory answers it, also
/// one in which nothing is concerned.
async fn was_warned_blindly(house: &House, id: AdvisoryId, of: ParticipantId) -> Result<bool, StoreError> {
    let Some(warning) = warnings::find(&house.db, id, of).await? else { return Ok(false) };
    let warning = warnings::of_participant(&house.db, warning, of, house.now()).await?;
    Ok(warning.is_some_and(|it| it.assets().is_empty() && it.stage(house.now()) != Stage::Closed))
}

/// What is to be written so that the exposures are those of today.
struct Change {
    fresh: Vec<Exposure>,
    gone: Vec<Exposure>,
}

fn change(
    house: &House,
    id: AdvisoryId,
    content: &Content,
    catalogue: &Catalogue,
    found: &BTreeMap<AssetId, Asset>,
    before: &[Exposure],
) -> Change {
    let matcher = Matcher::new(content, catalogue);
    let known: BTreeMap<AssetId, &Exposure> =
        before.iter().map(|exposure| (exposure.asset, exposure)).collect();
    let mut fresh = Vec::new();
    let mut hit = BTreeSet::new();
    for asset in found.values() {
        let Some(certain) = matcher.hit(asset, catalogue) else { continue };
        hit.insert(asset.id);
        let earlier = known.get(&asset.id);
        // What was measured stays measured, whatever the words say.
        let certainty = earlier.map_or(certain.certainty, |known| match known.certainty {
            Certainty::Observed => Certainty::Observed,
            _ => certain.certainty,
        });
        let why = match earlier {
            Some(known) if known.why.measured.is_some() => known.why.clone(),
            _ => certain.why,
        };
        if earlier.is_some_and(|known| known.certainty == certainty && known.why == why) {
            continue;
        }
        fresh.push(Exposure {
            id: earlier.map_or_else(|| house.id(), |known| known.id),
            participant: asset.participant,
            asset: asset.id,
            advisory: id,
            certainty,
            why,
        });
    }
    let gone = before
        .iter()
        .filter(|exposure| !hit.contains(&exposure.asset))
        .filter(|exposure| exposure.certainty != Certainty::Observed || !found.contains_key(&exposure.asset))
        .cloned()
        .collect();
    Change { fresh, gone }
}

async fn write(house: &House, id: AdvisoryId, change: &Change, released: bool) -> Result<(), StoreError> {
    let Change { fresh, gone } = change;
    if fresh.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let now = house.now();
    house
        .write("expose", async |tx| {
            for exposure in fresh {
                exposures::put(tx, exposure, now).await?;
            }
            for exposure in gone {
                exposures::close(tx, exposure.id, now).await?;
            }
            if released {
                jobs::add(tx, &Job::Warn(id), now).await?;
            }
            Ok(())
        })
        .await
}
