//! A warning ends when it is safe and nothing is left to look at, or when its participant leaves.

use domain::ids::ParticipantId;
use domain::participant::Leaving;
use domain::warning::{Closing, Fact, Stage, Warning};
use jiff::Timestamp;
use store::warnings::Asked;
use store::{StoreError, Tx, calls, participants, warnings};

use crate::house::House;

/// Closes a warning that was taken if all of it is proved. It opens again by itself when that no
/// longer holds.
pub(crate) async fn if_safe(tx: &mut Tx, warning: &mut Warning, now: Timestamp) -> Result<(), StoreError> {
    if matches!(warning.stage(now), Stage::Verified | Stage::Attested) {
        calls::drop_waiting(tx, warning.id, now).await?;
        warnings::learn(tx, warning, &[(now, Fact::Closing(Closing::Safe))], now).await?;
    }
    Ok(())
}

/// Records that a participant left, and what becomes of its warnings. What was closed stays closed.
pub async fn participant_left(
    house: &House,
    participant: ParticipantId,
    taken_over: bool,
) -> Result<(), StoreError> {
    let now = house.now();
    let asked = Asked { participant: Some(participant), ..Asked::default() };
    let lines = warnings::list(&house.db, &asked, 0, i64::MAX).await?;
    let closing = if taken_over { Closing::Transferred } else { Closing::Orphaned };
    house
        .write("leave", async |tx| {
            participants::leave(tx, participant, Leaving { at: now, taken_over }).await?;
            for line in &lines {
                let Some(mut warning) = warnings::take(tx, line.id, participant).await? else { continue };
                if warning.stage(now) == Stage::Closed {
                    continue;
                }
                calls::drop_waiting(tx, line.id, now).await?;
                warnings::learn(tx, &mut warning, &[(now, Fact::Closing(closing))], now).await?;
            }
            Ok(())
        })
        .await
}
