//! The participant answers something other than "done": not affected, help, planned, risk accepted.

use domain::ids::{OfficerId, ParticipantId, WarningId};
use domain::warning::{Answer, At, Fact, Reach, Warning};
use jiff::Timestamp;
use store::{StoreError, warnings};

use super::NotTaken;
use super::word::{self, Word};
use crate::deliver;
use crate::deliver::letter::{Kind, about_now};
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
    let word = Word::Answer(answer);
    house.write("answer", async |tx| word::take(house, tx, (id, of), &word, None).await.map(drop)).await
}

/// Renews a stage that changed by the clock alone, says so to the participant whose word has run out,
/// and goes on pressing.
pub async fn renew(house: &House, id: WarningId, of: ParticipantId) -> Result<(), StoreError> {
    let now = house.now();
    let Some(before) = warnings::of_participant(&house.db, id, of, now).await? else { return Ok(()) };
    let about = about_now(house, &before, Kind::RunOut).await?;
    let to = deliver::addressees(house, of).await?;
    house
        .write("renew a stage", async |tx| {
            let Some(mut warning) = warnings::take(tx, id, of).await? else { return Ok(()) };
            warnings::renew(tx, &warning, now).await?;
            if let (Some(about), Some(to), true) = (about, &to, has_run_out(&warning, now)) {
                deliver::to_security_contacts(house, tx, &mut warning, to, about).await?;
            }
            deliver::order_next_rung(house, tx, &warning).await
        })
        .await
}

/// Whether the last word about some system was a plan or an acceptance that is over.
fn has_run_out(warning: &Warning, now: Timestamp) -> bool {
    let mut assets: Vec<_> = warning.assets().into_keys().map(Some).collect();
    if assets.is_empty() {
        assets.push(None);
    }
    let over = |word: At<Fact>| match word.it {
        Fact::Answer(answer) => answer.ends_at().is_some_and(|end| end <= now),
        _ => false,
    };
    warning.stage(now).reach() < Reach::Decided
        && assets.into_iter().filter_map(|asset| warning.last_word(asset)).any(over)
}
