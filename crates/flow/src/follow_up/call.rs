//! What came of a call.

use domain::calling::{Call, Outcome};
use domain::ids::{CallId, OfficerId, WarningId};
use domain::warning::{Channel, Delivery, Fact, Stage};
use store::{StoreError, calls, contacts, warnings};

use crate::deliver;
use crate::house::House;

/// Records the outcome. Whoever was reached has received the warning; a wrong number makes the
/// contact suspect. Who has received nothing by any way stays on the list, under another number if
/// there is one. Gives `false` when somebody recorded it before.
pub async fn end(house: &House, by: OfficerId, id: CallId, outcome: Outcome) -> Result<bool, StoreError> {
    let now = house.now();
    let Some(call) = calls::of_id(&house.db, id).await? else { return Ok(false) };
    let to = deliver::addressees(house, call.participant).await?;
    house
        .write("end a call", async |tx| {
            let Some(call) = calls::end(tx, id, outcome, by, now).await? else { return Ok(false) };
            if let (Outcome::WrongNumber, Some(contact)) = (outcome, call.contact) {
                contacts::fail(tx, contact, call.participant, now).await?;
            }
            let Some(mut warning) = warnings::take(tx, call.warning, call.participant).await? else {
                return Ok(true);
            };
            if outcome.was_received() && call.way.channel != Channel::Letter {
                let fact = Fact::Delivery(Channel::Telephone, Delivery::Delivered);
                warnings::learn(tx, &mut warning, &[(now, fact)], now).await?;
            }
            if let (Stage::Unreached, Some(to)) = (warning.stage(now), &to) {
                deliver::call_instead(house, tx, &warning, to).await?;
            }
            deliver::order_next_rung(house, tx, &warning).await?;
            Ok(true)
        })
        .await
}

/// Leaves a call to `by` for a while, so that nobody else makes it. Gives `false` when it is ended, or
/// somebody else has it.
pub async fn hold(house: &House, by: OfficerId, id: CallId) -> Result<bool, StoreError> {
    let now = house.now();
    house.write("take a call", async |tx| calls::hold(tx, id, by, now, now + Call::HOLD).await).await
}

/// Notes that `by` sees to a warning from now on, so that a hospital is not called by two. Gives
/// `false` when there is no such warning.
pub async fn see_to(house: &House, by: OfficerId, id: WarningId) -> Result<bool, StoreError> {
    house.write("see to a warning", async |tx| warnings::see_to(tx, id, by).await).await
}
