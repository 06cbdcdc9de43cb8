//! Webhooks of participants, and the key with which each is spoken to.

use domain::ids::{ContactId, ParticipantId, WebhookId};
use domain::ledger::Entry;
use domain::webhook::{End, Webhook};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

/// A webhook with what signs what is said there.
#[derive(Clone)]
pub struct Kept {
    pub webhook: Webhook,
    /// The seed of an Ed25519 key of this webhook alone.
    pub secret: [u8; 32],
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    name: String,
    address: String,
    secret: Vec<u8>,
    made_at: Ts,
    taken_at: Option<Ts>,
    failed_at: Option<Ts>,
    failed_because: Option<String>,
    ended_at: Option<Ts>,
    ended_because: Option<String>,
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let ended = match (row.ended_at, &row.ended_because) {
            (Some(at), Some(because)) => Some((at.get(), word::read("webhook", row.id, because)?)),
            _ => None,
        };
        let secret = <[u8; 32]>::try_from(row.secret)
            .map_err(|_| StoreError::damaged("webhook", row.id, "its key has another length"))?;
        let webhook = Webhook {
            id: WebhookId(row.id),
            participant: ParticipantId(row.participant_id),
            name: row.name,
            address: row.address,
            made_at: row.made_at.get(),
            taken_at: row.taken_at.map(Ts::get),
            failed: row.failed_at.map(Ts::get).zip(row.failed_because),
            ended,
        };
        Ok(Self { webhook, secret })
    }
}

/// Keeps a new webhook. Gives `false` when its participant is told at that address already.
pub async fn make(tx: &mut Tx, kept: &Kept, by: ContactId) -> Result<bool, StoreError> {
    let Kept { webhook, secret } = kept;
    let made = change!(
        tx,
        query(
            "INSERT INTO webhook (id, participant_id, name, address, secret, made_at, made_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (participant_id, address) WHERE ended_at IS NULL DO NOTHING",
        )
        .bind(webhook.id.0)
        .bind(webhook.participant.0)
        .bind(&webhook.name)
        .bind(&webhook.address)
        .bind(secret.to_vec())
        .bind(Ts::from(webhook.made_at))
        .bind(by.0)
    )?;
    if made > 0 {
        let change = format!("webhook {} made", webhook.id);
        tx.note(Entry::ParticipantChanged { participant: webhook.participant, change });
    }
    Ok(made > 0)
}

/// The webhooks of a participant that were not ended, oldest first.
pub async fn of_participant(tx: &mut Tx, of: ParticipantId) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = within!(tx, run => query_as(
        "SELECT id, participant_id, name, address, secret, made_at, taken_at, failed_at, failed_because, ended_at,
                ended_because
           FROM webhook WHERE participant_id = $1 AND ended_at IS NULL ORDER BY made_at, id",
    ).bind(of.0).fetch_all(run))?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// As [`of_participant`], also those that were ended.
pub async fn all_of_participant(db: &Db, of: ParticipantId) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, name, address, secret, made_at, taken_at, failed_at, failed_because, ended_at,
                ended_because
           FROM webhook WHERE participant_id = $1 ORDER BY made_at, id",
    ).bind(of.0).fetch_all(run))?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// The webhook of this id.
pub async fn of_id(db: &Db, id: WebhookId) -> Result<Option<Kept>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, name, address, secret, made_at, taken_at, failed_at, failed_because, ended_at,
                ended_because
           FROM webhook WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Kept::try_from).transpose()
}

/// Writes down that something was taken there.
pub async fn took(tx: &mut Tx, id: WebhookId, at: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE webhook SET taken_at = $2, failed_at = NULL, failed_because = NULL WHERE id = $1")
            .bind(id.0)
            .bind(Ts::from(at))
    )?;
    Ok(())
}

/// Writes down that something was not taken there, and what was said.
pub async fn failed(tx: &mut Tx, id: WebhookId, why: &str, at: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE webhook SET failed_at = $2, failed_because = $3 WHERE id = $1")
            .bind(id.0)
            .bind(Ts::from(at))
            .bind(why)
    )?;
    Ok(())
}

/// Ends a webhook of `of`. Gives `false` for somebody else's, and for one that was ended.
pub async fn end(
    tx: &mut Tx,
    id: WebhookId,
    of: ParticipantId,
    because: End,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let ended = change!(
        tx,
        query(
            "UPDATE webhook SET ended_at = $3, ended_because = $4
              WHERE id = $1 AND participant_id = $2 AND ended_at IS NULL",
        )
        .bind(id.0)
        .bind(of.0)
        .bind(Ts::from(at))
        .bind(word::of(&because))
    )?;
    if ended > 0 {
        let change = format!("webhook {id} {}", word::of(&because));
        tx.note(Entry::ParticipantChanged { participant: of, change });
    }
    Ok(ended > 0)
}

#[cfg(test)]
mod tests {
    use domain::webhook::State;
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn a_webhook_is_made_once_for_an_address_heard_and_ended_by_its_own_participant() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH;
            let (participant, person) = example::participant_with_contact(&db).await;
            let kept = |id: u128| Kept {
                webhook: Webhook {
                    id: WebhookId(Uuid::from_u128(id)),
                    participant: participant.id,
                    name: "tickets".into(),
                    address: "https://tickets.noordzorg.example/in".into(),
                    made_at: now,
                    taken_at: None,
                    failed: None,
                    ended: None,
                },
                secret: [7; 32],
            };
            let mut tx = db.begin("test").await.unwrap();
            assert!(make(&mut tx, &kept(1), person.id).await.unwrap());
            assert!(!make(&mut tx, &kept(2), person.id).await.unwrap(), "they are told there already");
            failed(&mut tx, WebhookId(Uuid::from_u128(1)), "503", now).await.unwrap();
            commit(tx).await;
            let found = of_id(&db, WebhookId(Uuid::from_u128(1))).await.unwrap().unwrap();
            assert_eq!((found.webhook.state(), found.secret), (State::Untried, [7; 32]));
            let mut tx = db.begin("test").await.unwrap();
            took(&mut tx, found.webhook.id, now + 1.hour()).await.unwrap();
            commit(tx).await;
            let heard = of_id(&db, found.webhook.id).await.unwrap().unwrap().webhook;
            assert_eq!((heard.state(), heard.failed), (State::Heard, None));

            let mut tx = db.begin("test").await.unwrap();
            let stranger = ParticipantId(Uuid::from_u128(99));
            assert!(!end(&mut tx, found.webhook.id, stranger, End::Withdrawn, now).await.unwrap());
            assert!(end(&mut tx, found.webhook.id, participant.id, End::Withdrawn, now).await.unwrap());
            assert!(!end(&mut tx, found.webhook.id, participant.id, End::Gone, now).await.unwrap());
            assert!(of_participant(&mut tx, participant.id).await.unwrap().is_empty());
            assert!(make(&mut tx, &kept(3), person.id).await.unwrap(), "the address is free again");
            commit(tx).await;
            assert_eq!(all_of_participant(&db, participant.id).await.unwrap().len(), 2);
        })
        .await;
    }
}
