//! Mandates: who runs systems for whom, and until when.

use domain::ids::{ContactId, MandateId, ParticipantId};
use domain::ledger::Entry;
use domain::mandate::Mandate;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    supplier_id: Uuid,
    called: String,
    starts_at: Ts,
    ends_at: Ts,
    given_by: Uuid,
    ended_at: Option<Ts>,
}

impl From<Row> for Mandate {
    fn from(row: Row) -> Self {
        Self {
            id: MandateId(row.id),
            participant: ParticipantId(row.participant_id),
            supplier: ParticipantId(row.supplier_id),
            called: row.called,
            starts_at: row.starts_at.get(),
            ends_at: row.ends_at.get(),
            given_by: ContactId(row.given_by),
            ended_at: row.ended_at.map(Ts::get),
        }
    }
}

/// Gives a mandate.
pub async fn add(tx: &mut Tx, mandate: &Mandate) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO mandate (id, participant_id, supplier_id, called, starts_at, ends_at, given_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(mandate.id.0)
        .bind(mandate.participant.0)
        .bind(mandate.supplier.0)
        .bind(&mandate.called)
        .bind(Ts::from(mandate.starts_at))
        .bind(Ts::from(mandate.ends_at))
        .bind(mandate.given_by.0)
    )?;
    note(tx, mandate, "given");
    Ok(())
}

/// Takes a mandate back; either side may. Gives `false` when there is none of theirs that has not ended.
pub async fn end(
    tx: &mut Tx,
    mandate: &Mandate,
    by: ParticipantId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let done = change!(
        tx,
        query(
            "UPDATE mandate SET ended_at = $3
              WHERE id = $1 AND (participant_id = $2 OR supplier_id = $2) AND ended_at IS NULL AND ends_at > $3",
        )
        .bind(mandate.id.0)
        .bind(by.0)
        .bind(Ts::from(at))
    )?;
    if done > 0 {
        note(tx, mandate, "ended");
    }
    Ok(done > 0)
}

fn note(tx: &mut Tx, mandate: &Mandate, change: &str) {
    tx.note(Entry::MandateChanged {
        mandate: mandate.id,
        participant: mandate.participant,
        supplier: mandate.supplier,
        change: change.to_owned(),
    });
}

/// What `of` gave, the newest first.
pub async fn given_by(db: &Db, of: ParticipantId) -> Result<Vec<Mandate>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, supplier_id, called, starts_at, ends_at, given_by, ended_at
           FROM mandate WHERE participant_id = $1 ORDER BY id DESC LIMIT 200",
    ).bind(of.0).fetch_all(run))?;
    Ok(rows.into_iter().map(Mandate::from).collect())
}

/// What `of` may do for others, the newest first.
pub async fn given_to(db: &Db, of: ParticipantId) -> Result<Vec<Mandate>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, supplier_id, called, starts_at, ends_at, given_by, ended_at
           FROM mandate WHERE supplier_id = $1 ORDER BY id DESC LIMIT 200",
    ).bind(of.0).fetch_all(run))?;
    Ok(rows.into_iter().map(Mandate::from).collect())
}

/// One mandate, for either of its sides; `None` for anybody else.
pub async fn of_id(db: &Db, id: MandateId, of: ParticipantId) -> Result<Option<Mandate>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, supplier_id, called, starts_at, ends_at, given_by, ended_at
           FROM mandate WHERE id = $1 AND (participant_id = $2 OR supplier_id = $2)",
    ).bind(id.0).bind(of.0).fetch_optional(run))?;
    Ok(row.map(Mandate::from))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn a_mandate_is_seen_by_its_two_sides_and_ended_by_either() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let supplier = example::other();
            let now = Timestamp::UNIX_EPOCH + 100.hours();
            let mandate = Mandate {
                id: MandateId(Uuid::from_u128(7)),
                participant: participant.id,
                supplier: supplier.id,
                called: "Terp Beheer".into(),
                starts_at: now,
                ends_at: now + 48.hours(),
                given_by: contact.id,
                ended_at: None,
            };
            let mut tx = db.begin("test").await.unwrap();
            crate::participants::add(&mut tx, &supplier).await.unwrap();
            add(&mut tx, &mandate).await.unwrap();
            commit(tx).await;
            assert_eq!(given_by(&db, participant.id).await.unwrap(), std::slice::from_ref(&mandate));
            assert_eq!(given_to(&db, supplier.id).await.unwrap(), std::slice::from_ref(&mandate));
            assert_eq!(given_to(&db, participant.id).await.unwrap(), []);
            let stranger = ParticipantId(Uuid::from_u128(99));
            assert_eq!(of_id(&db, mandate.id, stranger).await.unwrap(), None);
            let mut tx = db.begin("test").await.unwrap();
            assert!(!end(&mut tx, &mandate, stranger, now).await.unwrap());
            assert!(end(&mut tx, &mandate, supplier.id, now + 1.hour()).await.unwrap());
            assert!(!end(&mut tx, &mandate, participant.id, now + 2.hours()).await.unwrap());
            commit(tx).await;
            let ended = of_id(&db, mandate.id, participant.id).await.unwrap().unwrap();
            assert_eq!(ended.ended_at, Some(now + 1.hour()));
        })
        .await;
    }
}
