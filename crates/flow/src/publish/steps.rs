//! What else becomes of an advisory than being released: approved for a time, held after all, withdrawn,
//! closed, or put aside. Each has its entry in the ledger, with who did it and why.

use domain::advisory::{Refused, State, Step};
use domain::ids::{AdvisoryId, OfficerId};
use domain::ledger::Entry;
use jiff::Timestamp;
use store::advisories::{self, Approved, OnDesk};
use store::jobs::{self, Job};
use store::{Tx, officers, warnings};

use super::{PublishError, is_not_sent, release};
use crate::house::{House, Officer};
use crate::jobs::Failed;

async fn taken(tx: &mut Tx, id: AdvisoryId) -> Result<OnDesk, PublishError> {
    advisories::take(tx, id).await?.ok_or(PublishError::NoSuchAdvisory(id))
}

fn moved(id: AdvisoryId, to: State, by: &Officer, why: &str) -> Entry {
    let (by, why) = (by.name.clone(), why.trim().to_owned());
    Entry::AdvisoryMoved { advisory: id, to, by, why, release_at: None }
}

/// Approves what waits, to go out `at` a time. Whoever changes it before then takes the approval away.
///
/// # Errors
/// [`Refused::OwnWork`] when somebody approves what they wrote; [`PublishError::TimeIsOver`].
pub async fn approve(house: &House, by: &Officer, id: AdvisoryId, at: Timestamp) -> Result<(), PublishError> {
    if at <= house.now() {
        return Err(PublishError::TimeIsOver);
    }
    house
        .write("approve a revision for a time", async |tx| {
            let on_desk = taken(tx, id).await?;
            let content = on_desk.proposed.as_ref().ok_or(PublishError::NothingProposed)?;
            if on_desk.writers.contains(&by.id) {
                return Err(Refused::OwnWork.into());
            }
            if is_not_sent(house, content) {
                return Err(PublishError::LowestLevel);
            }
            let author = on_desk.proposed_by.unwrap_or(OfficerId(id.0));
            let state = match on_desk.advisory.state {
                State::Review => State::Review.after(Step::Approve { author, by: by.id })?,
                // What is out stays out, and what is approved again has a new time.
                state @ (State::Approved | State::Published | State::Closed) => state,
                state => return Err(Refused::NotNow(state).into()),
            };
            advisories::approve(tx, id, state, Some(Approved { by: by.id, release_at: at })).await?;
            let why = String::new();
            tx.note(Entry::AdvisoryMoved {
                advisory: id,
                to: State::Approved,
                by: by.name.clone(),
                why,
                release_at: Some(at),
            });
            Ok(jobs::add(tx, &Job::Release(id), at).await?)
        })
        .await
}

/// Takes an approval back: what waits goes on waiting.
///
/// # Errors
/// [`PublishError::NothingProposed`] when nothing is approved.
pub async fn hold(house: &House, by: &Officer, id: AdvisoryId) -> Result<(), PublishError> {
    house
        .write("hold a release", async |tx| {
            let on_desk = taken(tx, id).await?;
            if on_desk.approved.is_none() {
                return Err(PublishError::NothingProposed);
            }
            let state = match on_desk.advisory.state {
                State::Approved => State::Review,
                state => state,
            };
            advisories::approve(tx, id, state, None).await?;
            tx.note(moved(id, State::Review, by, ""));
            Ok(())
        })
        .await
}

/// Releases what was approved when its time has come; does nothing for what was changed or held since.
pub async fn release_at_its_time(house: &House, id: AdvisoryId) -> Result<(), Failed> {
    let Some(on_desk) = advisories::of_id(&house.db, id).await? else { return Ok(()) };
    let Some(approved) = on_desk.approved.filter(|it| it.release_at <= house.now()) else { return Ok(()) };
    let names = officers::names(&house.db).await?;
    let name = names.get(&approved.by).cloned().unwrap_or_default();
    match release(house, &Officer { id: approved.by, name }, id).await {
        Ok(_) => Ok(()),
        Err(PublishError::Store(cause)) => Err(cause.into()),
        // A person approved it and expects it to be out: somebody must see that it is not.
        Err(why) => Err(Failed::ForGood(why.to_string())),
    }
}

/// Takes an advisory back: everybody who was warned may stand down.
///
/// # Errors
/// [`Refused::NotNow`] unless it is published.
pub async fn withdraw(house: &House, by: &Officer, id: AdvisoryId, why: &str) -> Result<(), PublishError> {
    let now = house.now();
    house
        .write("withdraw an advisory", async |tx| {
            let state = taken(tx, id).await?.advisory.state.after(Step::Withdraw)?;
            advisories::set_state(tx, id, state, now).await?;
            advisories::say_why(tx, id, why).await?;
            tx.note(moved(id, state, by, why));
            jobs::add(tx, &Job::Expose(id), now).await?;
            house.website.order(tx, now).await?;
            Ok(jobs::add(tx, &Job::Warn(id), now).await?)
        })
        .await
}

/// Closes an advisory of which nothing is open any more. A new revision opens it again.
///
/// # Errors
/// [`Refused::StillOpen`] with the number of warnings that are.
pub async fn close(house: &House, by: &Officer, id: AdvisoryId, why: &str) -> Result<(), PublishError> {
    let now = house.now();
    house
        .write("close an advisory", async |tx| {
            let state = taken(tx, id).await?.advisory.state;
            let state = state.after(Step::Close { open_warnings: warnings::open_under(tx, id).await? })?;
            advisories::set_state(tx, id, state, now).await?;
            advisories::say_why(tx, id, why).await?;
            tx.note(moved(id, state, by, why));
            Ok(house.website.order(tx, now).await?)
        })
        .await
}

/// Puts aside what waits and is not sent on: for us it is nothing, or others tell it already. The next paper
/// brings it back to the desk.
///
/// # Errors
/// [`PublishError::NothingProposed`] when nothing waits.
pub async fn put_aside(house: &House, by: &Officer, id: AdvisoryId, why: &str) -> Result<(), PublishError> {
    let now = house.now();
    house
        .write("put a proposal aside", async |tx| {
            let on_desk = taken(tx, id).await?;
            if on_desk.proposed.is_none() {
                return Err(PublishError::NothingProposed);
            }
            let state = match on_desk.advisory.state {
                state @ (State::Published | State::Closed) => state,
                _ => State::Draft,
            };
            advisories::set_state(tx, id, state, now).await?;
            advisories::say_why(tx, id, why).await?;
            tx.note(moved(id, state, by, why));
            // Nobody stands under what is not on the desk.
            Ok(jobs::add(tx, &Job::Expose(id), now).await?)
        })
        .await
}
