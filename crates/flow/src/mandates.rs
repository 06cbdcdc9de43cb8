//! Suppliers that run systems for several participants: they see and change those, by mandate, and
//! nothing else.

use domain::asset::Asset;
use domain::ids::{AssetId, MandateId, ParticipantId};
use domain::mandate::Mandate;
use jiff::{SignedDuration, Timestamp};
use store::jobs::{self, Job};
use store::{StoreError, assets, mandates, participants};

use crate::catalogue::ASSETS_MAX;
use crate::house::{Actor, House};

/// The longest that a mandate lasts before somebody has to think again.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366 * 2);

/// Why a mandate was not given.
#[derive(Debug, thiserror::Error)]
pub enum NotGiven {
    /// Also when there is such a participant that has left: who guesses codes learns nothing.
    #[error("nobody has this code")]
    NoSuchSupplier,
    #[error("a mandate ends after it begins, and within two years")]
    Days,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets `supplier` see and change what the actor's participant says that it runs, under the name `called`.
pub async fn give(
    house: &House,
    actor: Actor,
    supplier: ParticipantId,
    called: &str,
    starts_at: Timestamp,
    ends_at: Timestamp,
) -> Result<MandateId, NotGiven> {
    let now = house.now();
    let known = participants::of_id(&house.db, supplier).await?;
    if supplier == actor.participant || !known.is_some_and(|it| it.is_served_at(now)) {
        return Err(NotGiven::NoSuchSupplier);
    }
    if ends_at <= starts_at.max(now) || ends_at.duration_since(now) > LONGEST {
        return Err(NotGiven::Days);
    }
    let mandate = Mandate {
        id: house.id(),
        participant: actor.participant,
        supplier,
        called: called.to_owned(),
        starts_at,
        ends_at,
        given_by: actor.contact,
        ended_at: None,
    };
    house.write("give a mandate", async |tx| mandates::add(tx, &mandate).await).await?;
    Ok(mandate.id)
}

/// Takes a mandate back; either side may. Gives `false` when there is none of theirs that has not ended.
pub async fn end(house: &House, actor: Actor, id: MandateId) -> Result<bool, StoreError> {
    let now = house.now();
    let Some(mandate) = mandates::of_id(&house.db, id, actor.participant).await? else { return Ok(false) };
    house.write("end a mandate", async |tx| mandates::end(tx, &mandate, actor.participant, now).await).await
}

/// A mandate that the actor holds at this moment, as a supplier.
async fn held(house: &House, actor: Actor, id: MandateId) -> Result<Option<Mandate>, StoreError> {
    let mandate = mandates::of_id(&house.db, id, actor.participant).await?;
    Ok(mandate.filter(|it| it.supplier == actor.participant && it.holds(house.now())))
}

/// What the actor may see under a mandate. `None` when it holds no such mandate now.
pub async fn assets_under(
    house: &House,
    actor: Actor,
    id: MandateId,
) -> Result<Option<Vec<Asset>>, StoreError> {
    let now = house.now();
    let Some(mandate) = held(house, actor, id).await? else { return Ok(None) };
    let mut all = assets::of_participant(&house.db, mandate.participant, ASSETS_MAX).await?;
    all.retain(|asset| mandate.covers(asset, now));
    Ok(Some(all))
}

/// Changes an asset under a mandate. Gives `false` when there is no such mandate now, or no such asset
/// under it. Whose it is, who runs it, and what care it serves stay as the participant wrote them.
pub async fn change(
    house: &House,
    actor: Actor,
    id: MandateId,
    asset: AssetId,
    change: impl FnOnce(Asset) -> Asset,
) -> Result<bool, StoreError> {
    let now = house.now();
    let Some(mandate) = held(house, actor, id).await? else { return Ok(false) };
    let before = assets::of_id(&house.db, asset, mandate.participant).await?;
    let Some(before) = before.filter(|it| mandate.covers(it, now)) else { return Ok(false) };
    let after = Asset {
        id: before.id,
        participant: before.participant,
        supplier: before.supplier.clone(),
        care_process: before.care_process.clone(),
        care_impact: before.care_impact,
        alias: before.alias.clone(),
        observed_at: before.observed_at,
        retired_at: None,
        claimed_at: Some(now),
        ..change(before)
    };
    house
        .write("change an asset under a mandate", async |tx| {
            assets::put(tx, &after).await?;
            jobs::add(tx, &Job::ExposeParticipant(after.participant), now).await?;
            Ok(true)
        })
        .await
}
