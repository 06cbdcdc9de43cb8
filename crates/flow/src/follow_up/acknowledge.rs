//! A named person says: read.

use domain::advisory::RevisionNumber;
use domain::ids::WarningId;
use domain::warning::{Channel, Delivery, Fact};
use store::{StoreError, warnings};

use super::NotTaken;
use super::word::{self, Word};
use crate::house::{Actor, House};

/// Records who has read which revision. An older one does not count for a run that began later.
pub async fn acknowledge(
    house: &House,
    actor: Actor,
    id: WarningId,
    revision: RevisionNumber,
) -> Result<(), NotTaken> {
    let word = Word::Acknowledgement(actor.contact, revision);
    house
        .write("acknowledge", async |tx| {
            word::take(house, tx, (id, actor.participant), &word, None).await.map(drop)
        })
        .await
}

/// Records that somebody opened the warning on the platform, once in a run: weak proof, but the
/// letter has arrived.
pub async fn open(house: &House, actor: Actor, id: WarningId) -> Result<(), StoreError> {
    let now = house.now();
    let read = Fact::Delivery(Channel::Platform, Delivery::Read);
    house
        .write("open a warning", async |tx| {
            let Some(mut warning) = warnings::take(tx, id, actor.participant).await? else { return Ok(()) };
            let began = warning.began_at();
            if warning.facts().any(|fact| fact.at >= began && fact.it == read) {
                return Ok(());
            }
            warnings::learn(tx, &mut warning, &[(now, read.clone())], now).await?;
            crate::deliver::order_next_rung(house, tx, &warning).await
        })
        .await
}
