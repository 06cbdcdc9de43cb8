//! The ledger gets its tree: a root that partners can hold us to.

use jiff::ToSpan;
use store::StoreError;
use store::jobs::{self, Job};
use store::ledger;

use crate::house::House;

/// Writes down the root as it is now, and comes back in an hour.
pub async fn write(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    house
        .write("write a checkpoint", async |tx| {
            ledger::checkpoint(&house.db, tx, now).await?;
            jobs::add(tx, &Job::Checkpoint, now + 1.hour()).await
        })
        .await
}

/// Orders the first checkpoint of a node; there is never more than one waiting.
pub async fn begin(house: &House) -> Result<(), StoreError> {
    let waiting = jobs::waiting(&house.db).await?;
    if waiting.iter().any(|(job, _)| *job == Job::Checkpoint) {
        return Ok(());
    }
    let now = house.now();
    house.write("order a checkpoint", async |tx| jobs::add(tx, &Job::Checkpoint, now).await).await
}
