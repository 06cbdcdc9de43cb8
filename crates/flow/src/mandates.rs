//! Suppliers that run systems for several participants: they see and change those, by mandate, and
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};

use domain::asset::Asset;
use domain::ids::{AdvisoryId, AssetId, MandateId, MeasureId, ParticipantId, WarningId};
use domain::mandate::Mandate;
use domain::warning::{Claim, Reach, Refused, Stage, WordWay};
use jiff::{SignedDuration, Timestamp};
use store::jobs::{self, Job};
use store::{StoreError, assets, exposures, mandates, participants, warnings};

use crate::catalogue::ASSETS_MAX;
use crate::follow_up::NotTaken;
use crate::follow_up::word::{self, Word};
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

/// A warning of a client, as far as it is about systems that the actor runs by a mandate that holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtClient {
    pub mandate: Mandate,
    pub warning: WarningId,
    pub advisory: AdvisoryId,
    /// Of the warning's systems, those under the mandate.
    pub assets: BTreeSet<AssetId>,
    /// Where the worst of these stands.
    pub stage: Stage,
}

/// The warnings of all clients of the actor's participant about systems that it runs there, and that still ask
/// something of somebody. In the order of advisories, then of clients.
pub async fn warnings_at_clients(house: &House, actor: Actor) -> Result<Vec<AtClient>, StoreError> {
    let now = house.now();
    let mut found = Vec::new();
    for mandate in mandates::given_to(&house.db, actor.participant).await? {
        let Some(under) = assets_under(house, actor, mandate.id).await? else { continue };
        let mut of_advisory: BTreeMap<AdvisoryId, BTreeSet<AssetId>> = BTreeMap::new();
        for asset in under {
            for advisory in exposures::advisories_of(&house.db, asset.id).await? {
                of_advisory.entry(advisory).or_default().insert(asset.id);
            }
        }
        for (advisory, assets) in of_advisory {
            let Some(id) = warnings::find(&house.db, advisory, mandate.participant).await? else { continue };
            let warning = warnings::of_participant(&house.db, id, mandate.participant, now).await?;
            let Some(warning) = warning.filter(|it| !it.is_held_by_the_gate()) else { continue };
            let concerned = warning.assets();
            let assets: BTreeSet<_> = assets.into_iter().filter(|it| concerned.contains_key(it)).collect();
            let stages = assets.iter().map(|asset| warning.stage_of(Some(*asset), now));
            let Some(stage) = stages.min_by_key(|stage| stage.reach()) else { continue };
            if stage.reach() < Reach::Safe {
                found.push(AtClient { mandate: mandate.clone(), warning: id, advisory, assets, stage });
            }
        }
    }
    found.sort_by_key(|it| (it.advisory, it.mandate.participant));
    Ok(found)
}

/// The supplier says once, for all its clients, that a measure was carried out on what it runs there. Gives for how
/// many it was taken; a client to whom the measure was not offered, or for whom it does not help, is left out.
///
/// # Errors
/// [`NotTaken::NoSuchWarning`] never: what is not theirs is not looked at.
pub async fn claim_for_clients(
    house: &House,
    actor: Actor,
    advisory: AdvisoryId,
    measure: MeasureId,
    executed_at: Option<Timestamp>,
) -> Result<usize, NotTaken> {
    let mut taken = 0;
    let all = warnings_at_clients(house, actor).await?;
    for one in all.into_iter().filter(|one| one.advisory == advisory) {
        let by = actor.contact;
        let word = Word::Claim(Claim { by, measure, executed_at, assets: one.assets });
        let way = WordWay::Supplier { supplier: actor.participant, mandate: one.mandate.id };
        let at = (one.warning, one.mandate.participant);
        let done = house
            .write("claim for a client", async |tx| {
                word::take(house, tx, at, &word, Some(&way)).await.map(drop)
            })
            .await;
        match done {
            Ok(()) => taken += 1,
            // Not offered there, or it fails on these systems.
            Err(NotTaken::Refused(Refused::NotYetDone { executed_at })) => {
                return Err(Refused::NotYetDone { executed_at }.into());
            }
            Err(NotTaken::Refused(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(taken)
}
