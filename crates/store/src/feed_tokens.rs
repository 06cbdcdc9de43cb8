//! With what the programs of a participant fetch its feeds. Of a token only its SHA-256 is kept: who reads this table
//! can fetch nothing.

use domain::ids::{ContactId, FeedTokenId, ParticipantId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::sign_in::Hash;
use crate::{Db, StoreError, Tx, ts::Ts};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedToken {
    pub id: FeedTokenId,
    pub participant: ParticipantId,
    /// For what it was made, as its maker calls it.
    pub name: String,
    pub made_by: ContactId,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
    /// To the minute.
    pub used_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    /// Whether its maker may still speak for the participant: a token has no right that its maker has not.
    pub maker_may: bool,
}

impl FeedToken {
    /// Whether something can be fetched with it at `now`.
    pub fn lives(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && self.maker_may && now < self.expires_at
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    name: String,
    made_by: Uuid,
    made_at: Ts,
    expires_at: Ts,
    used_at: Option<Ts>,
    withdrawn_at: Option<Ts>,
    maker_may: bool,
}

impl From<Row> for FeedToken {
    fn from(row: Row) -> Self {
        Self {
            id: FeedTokenId(row.id),
            participant: ParticipantId(row.participant_id),
            name: row.name,
            made_by: ContactId(row.made_by),
            made_at: row.made_at.get(),
            expires_at: row.expires_at.get(),
            used_at: row.used_at.map(Ts::get),
            withdrawn_at: row.withdrawn_at.map(Ts::get),
            maker_may: row.maker_may,
        }
    }
}

/// Adds a token of which `hash` is the SHA-256.
pub async fn add(tx: &mut Tx, token: &FeedToken, hash: &Hash) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO feed_token (id, participant_id, name, token_hash, made_by, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(token.id.0)
        .bind(token.participant.0)
        .bind(&token.name)
        .bind(hash.as_slice())
        .bind(token.made_by.0)
        .bind(Ts::from(token.made_at))
        .bind(Ts::from(token.expires_at))
    )?;
    let FeedToken { id, participant, made_by, expires_at, .. } = *token;
    tx.note(Entry::FeedTokenMade { token: id, participant, contact: made_by, expires_at });
    Ok(())
}

/// Withdraws a token of `of`. Gives `false` for somebody else's, and for one that was withdrawn.
pub async fn withdraw(
    tx: &mut Tx,
    id: FeedTokenId,
    of: ParticipantId,
    by: ContactId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let withdrawn = change!(
        tx,
        query(
            "UPDATE feed_token SET withdrawn_by = $3, withdrawn_at = $4
              WHERE id = $1 AND participant_id = $2 AND withdrawn_at IS NULL",
        )
        .bind(id.0)
        .bind(of.0)
        .bind(by.0)
        .bind(Ts::from(now))
    )?;
    if withdrawn > 0 {
        tx.note(Entry::FeedTokenWithdrawn { token: id, participant: of, contact: by });
    }
    Ok(withdrawn > 0)
}

/// Withdraws every token of everybody: after a restore, one that was withdrawn since would live again.
pub(crate) async fn end_all(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE feed_token SET withdrawn_at = $1 WHERE withdrawn_at IS NULL").bind(Ts::from(now))
    )?;
    Ok(())
}

/// Notes that a token was used.
pub async fn note_use(tx: &mut Tx, id: FeedTokenId, now: Timestamp) -> Result<(), StoreError> {
    change!(tx, query("UPDATE feed_token SET used_at = $2 WHERE id = $1").bind(id.0).bind(Ts::from(now)))?;
    Ok(())
}

/// Every token of a participant, the newest first.
pub async fn of_participant(db: &Db, of: ParticipantId) -> Result<Vec<FeedToken>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT t.id, t.participant_id, t.name, t.made_by, t.made_at, t.expires_at, t.used_at, t.withdrawn_at,
                c.removed_at IS NULL AND c.access = 'admin' AND c.verified_at IS NOT NULL AS maker_may
           FROM feed_token t
           JOIN contact c ON c.id = t.made_by
          WHERE t.participant_id = $1
          ORDER BY t.made_at DESC, t.id",
    ).bind(of.0).fetch_all(run))?;
    Ok(rows.into_iter().map(FeedToken::from).collect())
}

/// The token of this hash, of a participant that is still one. `None` when there is none.
pub async fn of_hash(db: &Db, hash: &Hash) -> Result<Option<FeedToken>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT t.id, t.participant_id, t.name, t.made_by, t.made_at, t.expires_at, t.used_at, t.withdrawn_at,
                c.removed_at IS NULL AND c.access = 'admin' AND c.verified_at IS NOT NULL AS maker_may
           FROM feed_token t
           JOIN contact c ON c.id = t.made_by
           JOIN participant p ON p.id = t.participant_id AND p.left_at IS NULL
          WHERE t.token_hash = $1",
    ).bind(hash.as_slice()).fetch_optional(run))?;
    Ok(row.map(FeedToken::from))
}
