//! The ladders that count now, and an officer who changes them while the node runs.
//!
//! What one officer writes, another puts in force, as with an advisory. From then on every warning climbs
//! the new ladder from where it stands: its clock and the rungs that it climbed stay, so that no warning
//! climbs more than one rung because of the change, and none begins again.

use std::collections::BTreeMap;

use domain::contact::Contact;
use domain::escalation::Ladders;
use domain::ids::{AdvisoryId, ParticipantId};
use domain::rehearsal::{Rehearsal, rehearse};
use domain::severity::Severity;
use formats::rules::{self, Refused};
use store::jobs::{self, Job};
use store::ladders::{self, Edition};
use store::warnings::{self, Asked};
use store::{StoreError, contacts, participants};

use crate::house::{House, Officer};

/// Why ladders do not count.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The file does not fit; with its place.
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("nobody puts their own ladders in force, nor older ones than those in force")]
    NotYours,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps what `by` wrote until a second person puts it in force. Gives its number.
///
/// # Errors
/// [`NotTaken::Refused`] when it could leave somebody without a ladder, or a rung repeats the one below.
pub async fn propose(house: &House, by: &Officer, text: &str) -> Result<u64, NotTaken> {
    rules::ladders(text)?;
    let now = house.now();
    Ok(house.write("propose ladders", async |tx| ladders::propose(tx, text, by.id, now).await).await?)
}

/// Puts edition `number` in force, and has every open warning visited: what is due on the new ladder is
/// climbed, one rung of each at the most.
///
/// # Errors
/// [`NotTaken::NotYours`] for the author, and for what is not newer than what counts.
pub async fn put_in_force(house: &House, by: &Officer, number: u64) -> Result<(), NotTaken> {
    let edition = ladders::of_number(&house.db, number).await?.ok_or(NotTaken::NotYours)?;
    rules::ladders(&edition.text)?;
    let now = house.now();
    let open = Asked { open: true, ..Asked::default() };
    let open = warnings::list(&house.db, &open, 0, i64::MAX).await?;
    house
        .write("put ladders in force", async |tx| {
            if !ladders::put_in_force(tx, number, by.id, now).await? {
                return Err(NotTaken::NotYours);
            }
            for line in &open {
                jobs::add(tx, &Job::ClimbLadder(line.id, line.participant), now).await?;
            }
            Ok(())
        })
        .await
}

/// The edition that counts, if an officer wrote it.
pub async fn in_force(house: &House) -> Result<Option<Edition>, StoreError> {
    match ladders::number_in_force(&house.db).await? {
        0 => Ok(None),
        number => ladders::of_number(&house.db, number).await,
    }
}

/// What `by` would ask of real participants, if a hole of `severity` came now: those whom `advisory`
/// concerns, or everybody without one. Nothing is written, and nobody is told.
pub async fn play(
    house: &House,
    by: &Ladders,
    advisory: Option<AdvisoryId>,
    how_bad: (Severity, bool),
) -> Result<Rehearsal, StoreError> {
    let concerned: Vec<ParticipantId> = match advisory {
        Some(_) => {
            let asked = Asked { advisory, ..Asked::default() };
            let lines = warnings::list(&house.db, &asked, 0, i64::MAX).await?;
            lines.into_iter().map(|line| line.participant).collect()
        }
        None => participants::all(&house.db).await?.into_iter().map(|who| who.id).collect(),
    };
    let mut who = participants::of_ids(&house.db, &concerned).await?;
    who.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let mut people: BTreeMap<ParticipantId, Vec<Contact>> = BTreeMap::new();
    for contact in contacts::of_participants(&house.db, &concerned).await? {
        people.entry(contact.participant).or_default().push(contact);
    }
    let at = |id: ParticipantId| people.get(&id).map(Vec::as_slice).unwrap_or_default();
    let everybody = who.iter().map(|participant| (participant, at(participant.id)));
    Ok(rehearse(by, everybody, how_bad, house.now(), &House::zone()))
}
