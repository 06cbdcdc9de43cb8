//! Consents: who may look at a system of a participant, how far, and until when.

use domain::ids::{AssetId, ConsentId, ContactId, ParticipantId};
use domain::ledger::Entry;
use domain::rescan::Consent;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    asset_id: Uuid,
    touch: String,
    given_by: Uuid,
    given_at: Ts,
    ends_at: Ts,
    withdrawn_at: Option<Ts>,
}

impl TryFrom<Row> for Consent {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ConsentId(row.id),
            participant: ParticipantId(row.participant_id),
            asset: AssetId(row.asset_id),
            touch: word::read("consent", row.id, &row.touch)?,
            given_by: ContactId(row.given_by),
            given_at: row.given_at.get(),
            ends_at: row.ends_at.get(),
            withdrawn_at: row.withdrawn_at.map(Ts::get),
        })
    }
}

/// Writes down a consent.
pub async fn add(tx: &mut Tx, consent: &Consent) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO consent (id, participant_id, asset_id, touch, given_by, given_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(consent.id.0)
        .bind(consent.participant.0)
        .bind(consent.asset.0)
        .bind(word::of(&consent.touch))
        .bind(consent.given_by.0)
        .bind(Ts::from(consent.given_at))
        .bind(Ts::from(consent.ends_at))
    )?;
    note(tx, consent, format!("given: {}", consent.touch.word()), consent.given_by);
    Ok(())
}

/// Holds a consent until the end of `tx`, so that nobody takes it back meanwhile. Gives `false` when it does
/// not count at `at`.
pub async fn hold(tx: &mut Tx, id: ConsentId, at: Timestamp) -> Result<bool, StoreError> {
    let held = change!(
        tx,
        query("UPDATE consent SET ends_at = ends_at WHERE id = $1 AND withdrawn_at IS NULL AND ends_at > $2")
            .bind(id.0)
            .bind(Ts::from(at))
    )?;
    Ok(held > 0)
}

/// Takes back every consent about `asset` that still runs. Gives those that it took back.
pub async fn withdraw(
    tx: &mut Tx,
    asset: AssetId,
    of: ParticipantId,
    by: ContactId,
    at: Timestamp,
) -> Result<Vec<ConsentId>, StoreError> {
    let rows: Vec<Row> = within!(tx, run => query_as(
        "UPDATE consent SET withdrawn_at = $3
          WHERE asset_id = $1 AND participant_id = $2 AND withdrawn_at IS NULL AND ends_at > $3
      RETURNING id, participant_id, asset_id, touch, given_by, given_at, ends_at, withdrawn_at",
    ).bind(asset.0).bind(of.0).bind(Ts::from(at)).fetch_all(run))?;
    let mut ended = Vec::new();
    for row in rows {
        let consent = Consent::try_from(row)?;
        note(tx, &consent, "withdrawn".to_owned(), by);
        ended.push(consent.id);
    }
    ended.sort();
    Ok(ended)
}

fn note(tx: &mut Tx, consent: &Consent, change: String, by: ContactId) {
    tx.note(Entry::ConsentChanged {
        consent: consent.id,
        participant: consent.participant,
        asset: consent.asset,
        change,
        by,
    });
}

/// What a participant ever agreed to about `asset`, the newest first.
pub async fn of_asset(db: &Db, asset: AssetId, of: ParticipantId) -> Result<Vec<Consent>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, asset_id, touch, given_by, given_at, ends_at, withdrawn_at
           FROM consent WHERE asset_id = $1 AND participant_id = $2 ORDER BY given_at DESC, id LIMIT 200",
    ).bind(asset.0).bind(of.0).fetch_all(run))?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// What a participant ever agreed to about any of its systems, the newest first.
pub async fn of_participant(db: &Db, of: ParticipantId) -> Result<Vec<Consent>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, asset_id, touch, given_by, given_at, ends_at, withdrawn_at
           FROM consent WHERE participant_id = $1 ORDER BY given_at DESC, id LIMIT 2000",
    ).bind(of.0).fetch_all(run))?;
    rows.into_iter().map(Consent::try_from).collect()
}

#[cfg(test)]
mod tests {
    use domain::rescan::Touch;
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn a_consent_is_taken_back_once_and_by_nobody_else() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let asset = example::asset(participant.id, 1);
            let now = Timestamp::UNIX_EPOCH + 100.hours();
            let consent = Consent {
                id: ConsentId(Uuid::from_u128(70)),
                participant: participant.id,
                asset: asset.id,
                touch: Touch::TheSystem,
                given_by: contact.id,
                given_at: now,
                ends_at: now + 48.hours(),
                withdrawn_at: None,
            };
            let mut tx = db.begin("test").await.unwrap();
            crate::assets::put(&mut tx, &asset).await.unwrap();
            add(&mut tx, &consent).await.unwrap();
            commit(tx).await;
            assert_eq!(
                of_asset(&db, asset.id, participant.id).await.unwrap(),
                std::slice::from_ref(&consent)
            );
            assert_eq!(of_participant(&db, participant.id).await.unwrap(), std::slice::from_ref(&consent));
            let stranger = ParticipantId(Uuid::from_u128(99));
            assert_eq!(of_participant(&db, stranger).await.unwrap(), []);
            assert_eq!(of_asset(&db, asset.id, stranger).await.unwrap(), []);
            let mut tx = db.begin("test").await.unwrap();
            assert!(hold(&mut tx, consent.id, now).await.unwrap());
            assert!(!hold(&mut tx, consent.id, now + 48.hours()).await.unwrap());
            assert_eq!(withdraw(&mut tx, asset.id, stranger, contact.id, now).await.unwrap(), []);
            let later = now + 1.hour();
            assert_eq!(
                withdraw(&mut tx, asset.id, participant.id, contact.id, later).await.unwrap(),
                [consent.id]
            );
            assert_eq!(withdraw(&mut tx, asset.id, participant.id, contact.id, later).await.unwrap(), []);
            assert!(!hold(&mut tx, consent.id, later).await.unwrap());
            commit(tx).await;
            let ended = of_asset(&db, asset.id, participant.id).await.unwrap();
            assert!(ended[0].holds(now) && !ended[0].holds(later));
        })
        .await;
    }
}
