//! Records of public lists are kept, and those that are somebody's come to the desk.
//!
//! ```text
//! paper ─► record, kept ─► Job::Triage ─► on the desk, as any paper ─► a person releases
//!                 ▲ inventory, catalogue, a word that it is used
//! ```
//!
//! Whatever may change the answer orders the same job, which asks anew for every record that may still come to
//! the desk; those are few. What has come stays: a record whose publisher changes it is the next revision there.

use domain::advisory::{Content, Refused};
use domain::ids::AdvisoryId;
use domain::record::Record;
use formats::{AdvisoryPaper, Paper, Status};
use jiff::Timestamp;
use store::jobs::{self, Job};
use store::papers::Digest;
use store::records::{self, Provenance};
use store::{StoreError, Tx, advisories};

use crate::house::House;
use crate::products::propose_all;
use crate::publish::{PublishError, must_be_findable, put_on_the_desk};

/// What a paper says, when it is a record of a list or several; `None` for an advisory of its own, which is
/// always read by a person.
pub(crate) fn said_in(paper: &Paper) -> Option<Vec<&AdvisoryPaper>> {
    match paper {
        Paper::Cve(record) => Some(vec![&record.advisory]),
        Paper::Nvd(records) => Some(records.iter().map(|record| &record.advisory).collect()),
        Paper::Osv(record) => Some(vec![&record.advisory]),
        _ => None,
    }
}

fn record(said: &AdvisoryPaper, now: Timestamp) -> Record {
    let said_at = said.revision.first_released_at.or(said.revision.released_at);
    Record {
        publisher: said.publisher.clone(),
        number: said.number.clone(),
        said_at: said_at.map_or(now, |at| at.min(now)),
        is_exploited: said.content.exploited,
        is_withdrawn: said.status == Status::Withdrawn,
        content: said.content.clone(),
    }
}

/// Keeps what papers say, in a transaction of the caller, and orders the triage.
///
/// # Errors
/// [`PublishError::NameTooLong`] when something could not be found again by its name.
pub(crate) async fn keep(
    house: &House,
    tx: &mut Tx,
    said: &[(&AdvisoryPaper, Provenance)],
) -> Result<(), PublishError> {
    let now = house.now();
    let mut kept = Vec::with_capacity(said.len());
    for (said, provenance) in said {
        must_be_findable(&said.publisher, &said.number, &said.content)?;
        kept.push((record(said, now), provenance.clone()));
    }
    let numbers: Vec<&str> = kept.iter().map(|(record, _)| record.number.as_str()).collect();
    let on_desk = advisories::of_numbers(tx, &numbers).await?;
    let is_on_desk =
        |record: &Record| on_desk.contains_key(&(record.publisher.clone(), record.number.clone()));
    if !on_desk.is_empty() {
        let before = records::of_numbers(tx, &numbers).await?;
        for (record, provenance) in kept.iter().filter(|(record, _)| is_on_desk(record)) {
            let before = before.get(&(record.publisher.clone(), record.number.clone()));
            if before.is_none_or(|before| before.content != record.content) {
                let is_exploited = record.is_exploited || before.is_some_and(|before| before.is_exploited);
                bring(house, tx, &Record { is_exploited, ..record.clone() }, provenance.paper).await?;
            }
        }
    }
    propose_all(house, tx, kept.iter().map(|(record, _)| &record.content)).await?;
    records::keep(tx, &kept, now).await?;
    Ok(jobs::add(tx, &Job::Triage, now).await?)
}

/// Puts a record on the desk. One that somebody here withdrew stays withdrawn: the record is kept beside it.
async fn bring(house: &House, tx: &mut Tx, record: &Record, paper: Digest) -> Result<(), PublishError> {
    let exploited = record.content.exploited || record.is_exploited;
    let content = Content { exploited, ..record.content.clone() };
    let brought =
        put_on_the_desk(house, tx, &record.publisher, &record.number, &content, None, Some(paper)).await;
    match brought {
        Err(PublishError::Refused(why @ Refused::NotNow(_))) => {
            tracing::info!(record.number, "a record changed of which nothing comes to the desk: {why}");
            Ok(())
        }
        other => other.map(drop),
    }
}

/// Orders the triage, when there is anything that it could bring to the desk.
pub(crate) async fn order(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    if !records::any_alive(&house.db, now).await? {
        return Ok(());
    }
    house.write("order the triage", async |tx| jobs::add(tx, &Job::Triage, now).await).await
}

/// Brings every record to the desk for which there is a reason now.
pub async fn everything(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    let alive = records::alive(&house.db, now).await?;
    if alive.is_empty() {
        return Ok(());
    }
    let contents: Vec<&Content> = alive.iter().map(|(record, _)| &record.content).collect();
    let concern = house.concern_somebody(&contents).await?;
    for ((record, provenance), concerns) in alive.iter().zip(concern) {
        if record.reason(concerns, now).is_none() {
            continue;
        }
        let brought = house
            .write("bring a record to the desk", async |tx| bring(house, tx, record, provenance.paper).await)
            .await;
        match brought {
            Ok(()) => {}
            Err(PublishError::Store(cause)) => return Err(cause),
            Err(why) => tracing::error!(record.number, "a record cannot come to the desk: {why}"),
        }
    }
    Ok(())
}

/// Puts a record on the desk because somebody wants to work on it. `None` when there is no such record.
///
/// # Errors
/// As any advisory that is put there.
pub async fn bring_one(
    house: &House,
    publisher: &str,
    number: &str,
) -> Result<Option<AdvisoryId>, PublishError> {
    let of_number = records::of_number(&house.db, number).await?;
    let Some((record, provenance)) = of_number.into_iter().find(|(record, _)| record.publisher == publisher)
    else {
        return Ok(None);
    };
    house
        .write("bring a record to the desk", async |tx| {
            bring(house, tx, &record, provenance.paper).await?;
            Ok(advisories::of_number(tx, publisher, number).await?)
        })
        .await
}
