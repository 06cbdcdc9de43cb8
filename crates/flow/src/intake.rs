//! What follows from an inventory that was sent in: one letter about all that it brought to light, and a
//! question next month whether it is still right.
//!
//! A first upload may stand under every advisory that is out. Whoever got a letter for each would read
//! none of them, and would not upload again (`ux.md` 6.4). So what is history comes in one letter, and the
//! ladder waits until the day is over in which the upload can be undone. What is released after the upload
//! is no history, and is warned of like anything else.

use domain::ids::{ParticipantId, UploadId};
use domain::upload::Upload;
use domain::warning::{Channel, Delivery, Fact, Stage, Warning};
use jiff::Timestamp;
use store::jobs::{self, Job};
use store::warnings::{self, Asked};
use store::{StoreError, assets, uploads};

use crate::catalogue::{ASKED_AFTER, ASSETS_MAX};
use crate::deliver::email::{inventory_mail, summary_mail};
use crate::deliver::{self, takes_mail};
use crate::house::House;
use crate::words::Words;

/// More than these nobody answers at once; the page shows the others.
const OPEN_MAX: i64 = 1_000;

/// Tells a participant in one letter what an upload brought to light; when its day is over, lets the ladder
/// of each begin. Doing it again says nothing twice.
pub async fn sum_up(house: &House, id: UploadId, of: ParticipantId) -> Result<(), StoreError> {
    let now = house.now();
    let Some(upload) = uploads::of_id(&house.db, id, of).await? else { return Ok(()) };
    if upload.undone_at.is_some() {
        return Ok(());
    }
    let over_at = upload.taken_at + Upload::REGRET;
    let untold = untold(house, of, &upload).await?;
    if now >= over_at {
        return begin_ladders(house, of, untold, now).await;
    }
    let told = upload.summed_up_at.unwrap_or(upload.taken_at);
    let is_news = |warning: &Warning| warning.facts().any(|fact| fact.at >= told);
    if untold.iter().any(|warning| upload.summed_up_at.is_none() || is_news(warning)) {
        let count = untold.len();
        to_everybody(house, of, "sum up an upload", |words, _| summary_mail(words, &house.team, count))
            .await?;
    }
    house
        .write("an upload is summed up", async |tx| {
            uploads::sum_up(tx, id, of, now).await?;
            jobs::add(tx, &Job::SumUp(id, of), over_at).await
        })
        .await
}

/// Open warnings about which nobody was told, opened since the upload.
async fn untold(house: &House, of: ParticipantId, upload: &Upload) -> Result<Vec<Warning>, StoreError> {
    let asked = Asked { participant: Some(of), open: true, ..Asked::default() };
    let mut untold = Vec::new();
    for line in warnings::list(&house.db, &asked, 0, OPEN_MAX).await? {
        let found = warnings::of_participant(&house.db, line.id, of, house.now()).await?;
        let open = found.filter(|it| it.stage(house.now()) != Stage::Closed && !it.was_told());
        untold.extend(open.filter(|_| line.opened_at >= upload.taken_at));
    }
    Ok(untold)
}

/// The page of the participant showed it for a day, and one letter said so: from now on it is told.
async fn begin_ladders(
    house: &House,
    of: ParticipantId,
    untold: Vec<Warning>,
    now: Timestamp,
) -> Result<(), StoreError> {
    house
        .write("let ladders begin after an upload", async |tx| {
            for warning in untold {
                let Some(mut warning) = warnings::take(tx, warning.id, of).await? else { continue };
                let shown = Fact::Delivery(Channel::Platform, Delivery::Delivered);
                warnings::learn(tx, &mut warning, &[(now, shown)], now).await?;
                deliver::order_next_rung(house, tx, &warning).await?;
            }
            Ok(())
        })
        .await
}

/// Asks whether the inventory is still right, unless somebody said so within the month, and orders the
/// next question. Who registered nothing sees that on the page; a letter about it would never end.
pub async fn ask(house: &House, of: ParticipantId) -> Result<(), StoreError> {
    let now = house.now();
    let registered = assets::of_participant(&house.db, of, ASSETS_MAX).await?;
    let Some(said_at) = registered.iter().filter_map(|asset| asset.claimed_at).max() else {
        return Ok(());
    };
    if now.duration_since(said_at) < ASKED_AFTER {
        return Ok(());
    }
    to_everybody(house, of, "ask for an inventory", |words, name| {
        inventory_mail(words, &house.team, name, registered.len(), said_at)
    })
    .await?;
    let next = Job::AskForInventory(of);
    house.write("ask again next month", async |tx| jobs::add(tx, &next, now + ASKED_AFTER).await).await
}

/// A letter to those who get the warnings, which says nothing of anybody but its reader.
async fn to_everybody(
    house: &House,
    of: ParticipantId,
    name: &'static str,
    write: impl Fn(&Words, &str) -> deliver::email::Mail,
) -> Result<(), StoreError> {
    let Some(to) = deliver::addressees(house, of).await? else { return Ok(()) };
    if !to.participant.is_served_at(house.now()) {
        return Ok(());
    }
    for contact in to.first(house.now()).into_iter().filter(|it| takes_mail(it, house.now())) {
        let Some(address) = &contact.mail else { continue };
        let mail = write(&Words::of(contact.language), &to.participant.name);
        deliver::alone(house, name, address, &mail).await?;
    }
    Ok(())
}
