//! Lists that were sent in and confirmed, and what they touched.

use std::collections::BTreeMap;

use domain::ids::{ContactId, ParticipantId, UploadId};
use domain::ledger::Entry;
use domain::upload::{Before, Counts, Intake, Upload};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    contact_id: Uuid,
    source: String,
    taken_at: Ts,
    undone_at: Option<Ts>,
    summed_up_at: Option<Ts>,
    counts: Json<Counts>,
    before: Json<Vec<Before>>,
}

impl TryFrom<Row> for Upload {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: UploadId(row.id),
            participant: ParticipantId(row.participant_id),
            by: ContactId(row.contact_id),
            source: word::read("upload", row.id, &row.source)?,
            taken_at: row.taken_at.get(),
            undone_at: row.undone_at.map(Ts::get),
            summed_up_at: row.summed_up_at.map(Ts::get),
            counts: row.counts.0,
            before: row.before.0,
        })
    }
}

/// Notes that a list was taken. What earlier lists of the same participant had touched is forgotten, so
/// that only the last one can be undone, and a large inventory is not kept over and over.
pub async fn add(tx: &mut Tx, upload: &Upload) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE upload SET before = $2 WHERE participant_id = $1")
            .bind(upload.participant.0)
            .bind(Json(Vec::<Before>::new()))
    )?;
    change!(
        tx,
        query(
            "INSERT INTO upload (id, participant_id, contact_id, source, taken_at, counts, before)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(upload.id.0)
        .bind(upload.participant.0)
        .bind(upload.by.0)
        .bind(word::of(&upload.source))
        .bind(Ts::from(upload.taken_at))
        .bind(Json(upload.counts))
        .bind(Json(&upload.before))
    )?;
    let Counts { added, removed, changed } = upload.counts;
    tx.note(Entry::InventoryTaken {
        participant: upload.participant,
        upload: upload.id,
        added,
        removed,
        changed,
        by: upload.by,
    });
    Ok(())
}

/// Notes that a list was undone. Gives `false` when it was already, or is somebody else's.
pub async fn undo(
    tx: &mut Tx,
    id: UploadId,
    of: ParticipantId,
    by: ContactId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let done = change!(
        tx,
        query("UPDATE upload SET undone_at = $3 WHERE id = $1 AND participant_id = $2 AND undone_at IS NULL")
            .bind(id.0)
            .bind(of.0)
            .bind(Ts::from(at))
    )?;
    if done > 0 {
        tx.note(Entry::InventoryUndone { participant: of, upload: id, by });
    }
    Ok(done > 0)
}

/// Notes that one letter told all that it brought to light.
pub async fn sum_up(tx: &mut Tx, id: UploadId, of: ParticipantId, at: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE upload SET summed_up_at = $3 WHERE id = $1 AND participant_id = $2")
            .bind(id.0)
            .bind(of.0)
            .bind(Ts::from(at))
    )?;
    Ok(())
}

/// The list that `of` sent in last, undone or not.
pub async fn latest(db: &Db, of: ParticipantId) -> Result<Option<Upload>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, contact_id, source, taken_at, undone_at, summed_up_at, counts, before
           FROM upload WHERE participant_id = $1 ORDER BY taken_at DESC, id DESC LIMIT 1",
    ).bind(of.0).fetch_optional(run))?;
    row.map(Upload::try_from).transpose()
}

/// One list together with its participant; `None` for somebody else's.
pub async fn of_id(db: &Db, id: UploadId, of: ParticipantId) -> Result<Option<Upload>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, contact_id, source, taken_at, undone_at, summed_up_at, counts, before
           FROM upload WHERE id = $1 AND participant_id = $2",
    ).bind(id.0).bind(of.0).fetch_optional(run))?;
    row.map(Upload::try_from).transpose()
}

/// The last list of each participant that was taken after `since` and not undone.
pub async fn lately(db: &Db, since: Timestamp) -> Result<BTreeMap<ParticipantId, Intake>, StoreError> {
    let rows: Vec<(Uuid, Uuid, Ts)> = on!(db, run => query_as(
        "SELECT participant_id, id, taken_at FROM upload
          WHERE taken_at > $1 AND undone_at IS NULL ORDER BY taken_at, id",
    ).bind(Ts::from(since)).fetch_all(run))?;
    let of = |(of, id, at): (Uuid, Uuid, Ts)| {
        (ParticipantId(of), Intake { upload: UploadId(id), taken_at: at.get() })
    };
    // The later one of a participant takes the place of the earlier.
    Ok(rows.into_iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use domain::upload::Source;
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn only_the_last_list_can_be_undone_and_only_by_its_owner() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let asset = example::asset(participant.id, 5);
            let now = Timestamp::UNIX_EPOCH + 100.hours();
            let upload = |number, at| Upload {
                id: UploadId(Uuid::from_u128(number)),
                participant: participant.id,
                by: contact.id,
                source: Source::Table,
                taken_at: at,
                undone_at: None,
                summed_up_at: None,
                counts: Counts { added: 1, removed: 0, changed: 0 },
                before: vec![Before { asset: asset.id, was: Some(asset.clone()) }],
            };
            let (first, second) = (upload(1, now), upload(2, now + 1.hour()));
            let mut tx = db.begin("test").await.unwrap();
            crate::participants::add(&mut tx, &example::other()).await.unwrap();
            add(&mut tx, &first).await.unwrap();
            add(&mut tx, &second).await.unwrap();
            commit(tx).await;
            assert_eq!(latest(&db, participant.id).await.unwrap(), Some(second.clone()));
            let kept = of_id(&db, first.id, participant.id).await.unwrap().unwrap();
            assert_eq!(kept.before, [], "the first can no longer be undone");
            assert_eq!(of_id(&db, first.id, example::other().id).await.unwrap(), None);
            let intake = Intake { upload: second.id, taken_at: second.taken_at };
            assert_eq!(lately(&db, now - 1.hour()).await.unwrap(), [(participant.id, intake)].into());
            let mut tx = db.begin("test").await.unwrap();
            assert!(!undo(&mut tx, second.id, example::other().id, contact.id, now).await.unwrap());
            assert!(undo(&mut tx, second.id, participant.id, contact.id, now).await.unwrap());
            assert!(!undo(&mut tx, second.id, participant.id, contact.id, now).await.unwrap());
            commit(tx).await;
            assert!(lately(&db, second.taken_at).await.unwrap().is_empty());
        })
        .await;
    }
}
