//! What nobody can see from outside is signed for by a second person.

use domain::ids::{AssetId, WarningId};
use store::warnings;

use super::{NotTaken, close};
use crate::house::{Actor, House};

/// Records that a second person signs for what a colleague claimed.
pub async fn attest(
    house: &House,
    actor: Actor,
    id: WarningId,
    asset: Option<AssetId>,
) -> Result<(), NotTaken> {
    let now = house.now();
    house
        .write("attest a claim", async |tx| {
            let warning = warnings::take(tx, id, actor.participant).await?;
            let mut warning = warning.ok_or(NotTaken::NoSuchWarning(id))?;
            let fact = warning.attest(actor.contact, asset)?;
            warnings::learn(tx, &mut warning, &[(now, fact)], now).await?;
            Ok(close::if_safe(tx, &mut warning, now).await?)
        })
        .await
}
