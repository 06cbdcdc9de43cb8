//! Was somebody inside before it was done?

use domain::ids::WarningId;
use domain::warning::CompromiseCheck;
use store::warnings;

use super::{NotTaken, close};
use crate::house::{Actor, House};

/// Records what the participant found when it looked for intruders.
pub async fn check(
    house: &House,
    actor: Actor,
    id: WarningId,
    check: CompromiseCheck,
) -> Result<(), NotTaken> {
    let now = house.now();
    house
        .write("check for compromise", async |tx| {
            let warning = warnings::take(tx, id, actor.participant).await?;
            let mut warning = warning.ok_or(NotTaken::NoSuchWarning(id))?;
            let fact = warning.check_compromise(check)?;
            warnings::learn(tx, &mut warning, &[(now, fact)], now).await?;
            Ok(close::if_safe(tx, &mut warning, now).await?)
        })
        .await
}
