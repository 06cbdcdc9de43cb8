//! Replies by mail to letters of ours: what each letter offers to answer by a digit, and what became of each mail.

use domain::ids::{DeliveryId, OfficerId, ParticipantId, ReplyId, WarningId};
use domain::ledger::Entry;
use domain::reply::{Became, Offer, Reply};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

/// Keeps what a letter in the outbox offers.
pub async fn offer(tx: &mut Tx, delivery: DeliveryId, offer: &Offer) -> Result<(), StoreError> {
    change!(
        tx,
        query("INSERT INTO reply_offer (delivery_id, offer) VALUES ($1, $2) ON CONFLICT (delivery_id) DO NOTHING")
            .bind(delivery.0)
            .bind(Json(offer))
    )?;
    Ok(())
}

/// What a letter offers; `None` when it offers nothing.
pub async fn offer_of(db: &Db, delivery: DeliveryId) -> Result<Option<Offer>, StoreError> {
    let row: Option<(Json<Offer>,)> = on!(db, run => query_as(
        "SELECT offer FROM reply_offer WHERE delivery_id = $1",
    ).bind(delivery.0).fetch_optional(run))?;
    Ok(row.map(|(offer,)| offer.0))
}

/// Writes down what became of a mail. Gives `false`, and changes nothing, when this file was read before.
pub async fn add(tx: &mut Tx, reply: &Reply) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO reply (id, digest, seal, message_id, delivery_id, warning_id, participant_id, contact_id,
                                sender, became, digit, received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (digest) DO NOTHING",
        )
        .bind(reply.id.0)
        .bind(reply.digest.as_slice())
        .bind(reply.seal.as_ref().map(|it| it.as_slice()))
        .bind(&reply.message_id)
        .bind(reply.delivery.0)
        .bind(reply.warning.0)
        .bind(reply.participant.0)
        .bind(reply.contact.0)
        .bind(&reply.sender)
        .bind(word::of(&reply.became))
        .bind(reply.digit.map(i64::from))
        .bind(Ts::from(reply.received_at))
    )?;
    if added > 0 {
        let Reply { warning, contact, became, digit, .. } = *reply;
        tx.note(Entry::ReplyCame { warning, contact, became, digit });
    }
    Ok(added > 0)
}

/// Whether this file was read before.
pub async fn is_known(tx: &mut Tx, digest: &[u8; 32]) -> Result<bool, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM reply WHERE digest = $1",
    ).bind(digest.as_slice()).fetch_one(run))?;
    Ok(count > 0)
}

/// Whether the same mail counted before: under the same signature, or from the same contact under the same
/// Message-ID.
pub async fn counted_before(tx: &mut Tx, reply: &Reply) -> Result<bool, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM reply
          WHERE became IN ('answered', 'note', 'refused', 'late')
            AND (seal = $1 OR (contact_id = $2 AND message_id = $3))",
    )
    .bind(reply.seal.as_ref().map(|it| it.as_slice()))
    .bind(reply.contact.0)
    .bind(&reply.message_id)
    .fetch_one(run))?;
    Ok(count > 0)
}

/// A reply as the desk reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: ReplyId,
    pub warning: WarningId,
    pub participant: ParticipantId,
    pub sender: String,
    pub became: Became,
    pub received_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    warning_id: Uuid,
    participant_id: Uuid,
    sender: String,
    became: String,
    received_at: Ts,
}

/// Replies that changed nothing and that a person has not seen to yet, the oldest first, at most `limit`.
pub async fn open(db: &Db, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, warning_id, participant_id, sender, became, received_at FROM reply
          WHERE seen_at IS NULL AND became NOT IN ('answered', 'note', 'automatic', 'doubled')
          ORDER BY received_at, id LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    rows.into_iter()
        .map(|row| {
            Ok(Listed {
                id: ReplyId(row.id),
                warning: WarningId(row.warning_id),
                participant: ParticipantId(row.participant_id),
                sender: row.sender,
                became: word::read("reply", row.id, &row.became)?,
                received_at: row.received_at.get(),
            })
        })
        .collect()
}

/// How many replies came in since `since`, by what became of them, in the order of [`Became`].
pub async fn counts(db: &Db, since: Timestamp) -> Result<Vec<(Became, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = on!(db, run => query_as(
        "SELECT became, count(*) FROM reply WHERE received_at >= $1 GROUP BY became",
    ).bind(Ts::from(since)).fetch_all(run))?;
    let mut counts = rows
        .into_iter()
        .map(|(became, count)| Ok((word::read("reply", &became, &became)?, count.unsigned_abs())))
        .collect::<Result<Vec<_>, StoreError>>()?;
    counts.sort();
    Ok(counts)
}

/// A person saw to a reply. Gives `false` when there is none that waits.
pub async fn see_to(tx: &mut Tx, id: ReplyId, by: OfficerId, now: Timestamp) -> Result<bool, StoreError> {
    let row: Option<(Uuid, String)> = within!(tx, run => query_as(
        "UPDATE reply SET seen_by = $2, seen_at = $3
          WHERE id = $1 AND seen_at IS NULL AND became NOT IN ('answered', 'note', 'automatic', 'doubled')
      RETURNING warning_id, became",
    ).bind(id.0).bind(by.0).bind(Ts::from(now)).fetch_optional(run))?;
    let Some((warning, became)) = row else { return Ok(false) };
    let became = word::read("reply", id, &became)?;
    tx.note(Entry::ReplySeenTo { warning: WarningId(warning), became, by });
    Ok(true)
}
