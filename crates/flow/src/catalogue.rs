//! Participants register what they have.

use domain::asset::Asset;
use domain::ids::{AssetId, ParticipantId};
use store::jobs::{self, Job};
use store::{StoreError, assets};

use crate::house::{Actor, House};

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
