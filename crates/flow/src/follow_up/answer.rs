//! The participant answers something other than "done": not affected, help, planned, risk accepted.

use domain::ids::{OfficerId, ParticipantId, WarningId};
use domain::warning::{Answer, Reach, Warning};
use jiff::Timestamp;
use store::jobs::{self, Job};
use store::{StoreError, Tx, calls, warnings};

use super::NotTaken;
use crate::deliver;
use crate::house::{Actor, House};

/// Records the answer. A plan and an acceptance have an end, and somebody comes back at that moment.
pub async fn answer(house: &House, actor: Actor, id: WarningId, answer: Answer) -> Result<(), NotTaken> {
    take(house, actor.participant, id, answer).await
}

/// Records that the CSIRT helped: the only answer that it can give in the participant's place.
pub async fn help_given(
    house: &House,
    by: OfficerId,
    of: ParticipantId,
    id: WarningId,
) -> Result<(), NotTaken> {
    take(house, of, id, Answer::HelpGiven { by }).await
}

async fn take(house: &House, of: ParticipantId, id: WarningId, answer: Answer) -> Result<(), NotTaken> {
    let now = house.now();
    let end = match &answer {
        Answer::Planned { due_at, .. } => Some(*due_at),
        Answer::RiskAccepted { until, .. } => Some(*until),
        Answer::NotAffected { .. } | Answer::HelpAsked { .. } | Answer::HelpGiven { .. } => None,
    };
    house
        .write("answer", async |tx| {
            let warning = warnings::take(tx, id, of).await?;
            let mut warning = warning.ok_or(NotTaken::NoSuchWarning(id))?;
            let fact = warning.answer(answer.clone(), now)?;
            warnings::learn(tx, &mut warning, &[(now, fact)], now).await?;
            if let Some(end) = end {
                jobs::add(tx, &Job::RenewStage(id, of), end).await?;
            }
            Ok(after_a_word(house, tx, &warning, now).await?)
        })
        .await
}

/// What follows when a participant has spoken: nobody is called about a question that is answered,
/// and the ladder goes on where it is not.
pub(crate) async fn after_a_word(
    house: &House,
    tx: &mut Tx,
    warning: &Warning,
    now: Timestamp,
) -> Result<(), StoreError> {
    if warning.stage(now).reach() >= Reach::Decided {
        calls::drop_waiting(tx, warning.id, now).await?;
    }
    deliver::order_next_rung(house, tx, warning).await
}

/// Renews a stage that changed by the clock alone, and goes on pressing where it fell back.
pub async fn renew(house: &House, id: WarningId, of: ParticipantId) -> Result<(), StoreError> {
    let now = house.now();
    house
        .write("renew a stage", async |tx| {
            let Some(warning) = warnings::take(tx, id, of).await? else { return Ok(()) };
            warnings::renew(tx, &warning, now).await?;
            deliver::order_next_rung(house, tx, &warning).await
        })
        .await
}
