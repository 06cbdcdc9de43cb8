//! The calling list.

use std::collections::BTreeSet;

use domain::calling::{Call, Held, Outcome};
use domain::escalation::Way;
use domain::ids::{CallId, ContactId, OfficerId, ParticipantId, WarningId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    warning_id: Uuid,
    participant_id: Uuid,
    contact_id: Option<Uuid>,
    rung: i64,
    way: Json<Way>,
    ordered_at: Ts,
    call_at: Option<Ts>,
    held_by: Option<Uuid>,
    held_until: Option<Ts>,
    outcome: Option<String>,
    ended_by: Option<Uuid>,
    ended_at: Option<Ts>,
}

impl TryFrom<Row> for Call {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let outcome = match (row.outcome, row.ended_by, row.ended_at) {
            (Some(word), Some(by), Some(at)) => {
                let outcome: Outcome = word::read("call", row.id, &word)?;
                Some((outcome, OfficerId(by), at.get()))
            }
            _ => None,
        };
        Ok(Self {
            id: CallId(row.id),
            warning: WarningId(row.warning_id),
            participant: ParticipantId(row.participant_id),
            contact: row.contact_id.map(ContactId),
            rung: usize::try_from(row.rung).unwrap_or_default(),
            way: row.way.0,
            ordered_at: row.ordered_at.get(),
            call_at: row.call_at.unwrap_or(row.ordered_at).get(),
            held: row
                .held_by
                .zip(row.held_until)
                .map(|(by, until)| Held { by: OfficerId(by), until: until.get() }),
            outcome,
        })
    }
}

/// Puts a call on the list.
pub async fn order(tx: &mut Tx, call: &Call) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO call (id, warning_id, participant_id, contact_id, rung, way, ordered_at, call_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(call.id.0)
        .bind(call.warning.0)
        .bind(call.participant.0)
        .bind(call.contact.map(|contact| contact.0))
        .bind(i64::try_from(call.rung).unwrap_or(i64::MAX))
        .bind(Json(call.way))
        .bind(Ts::from(call.ordered_at))
        .bind(Ts::from(call.call_at))
    )?;
    tx.note(Entry::CallOrdered { call: call.id, warning: call.warning, rung: call.rung });
    Ok(())
}

/// Writes down what came of a call. `None` when it is not there or was ended before.
pub async fn end(
    tx: &mut Tx,
    id: CallId,
    outcome: Outcome,
    by: OfficerId,
    at: Timestamp,
) -> Result<Option<Call>, StoreError> {
    let row: Option<Row> = within!(tx, run => query_as(
        "UPDATE call SET outcome = $2, ended_by = $3, ended_at = $4 WHERE id = $1 AND ended_at IS NULL
      RETURNING id, warning_id, participant_id, contact_id, rung, way, ordered_at, call_at,
                held_by, held_until, outcome, ended_by, ended_at",
    ).bind(id.0).bind(word::of(&outcome)).bind(by.0).bind(Ts::from(at)).fetch_optional(run))?;
    let call = row.map(Call::try_from).transpose()?;
    if let Some(call) = &call {
        tx.note(Entry::CallEnded { call: id, warning: call.warning, outcome, by });
    }
    Ok(call)
}

/// Leaves a call to `by` until `until`. Gives `false` when it is ended, or another has it at `now`.
pub async fn hold(
    tx: &mut Tx,
    id: CallId,
    by: OfficerId,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query(
            "UPDATE call SET held_by = $2, held_until = $3
              WHERE id = $1 AND ended_at IS NULL
                AND (held_by IS NULL OR held_by = $2 OR held_until <= $4)",
        )
        .bind(id.0)
        .bind(by.0)
        .bind(Ts::from(until))
        .bind(Ts::from(now))
    )?;
    Ok(changed > 0)
}

/// The call of this id.
pub async fn of_id(db: &Db, id: CallId) -> Result<Option<Call>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, warning_id, participant_id, contact_id, rung, way, ordered_at, call_at,
                held_by, held_until, outcome, ended_by, ended_at
           FROM call WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Call::try_from).transpose()
}

/// Whether a call about `warning` waits already.
pub async fn is_waiting(tx: &mut Tx, warning: WarningId) -> Result<bool, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM call WHERE warning_id = $1 AND ended_at IS NULL",
    ).bind(warning.0).fetch_one(run))?;
    Ok(count > 0)
}

/// Whether somebody was, or is, to be called about `warning` because of what happened at `since` or later.
pub async fn was_ordered_since(
    tx: &mut Tx,
    warning: WarningId,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM call WHERE warning_id = $1 AND ordered_at >= $2",
    ).bind(warning.0).bind(Ts::from(since)).fetch_one(run))?;
    Ok(count > 0)
}

/// Who turned out to have another number when called about `warning`.
pub async fn wrong_numbers(tx: &mut Tx, warning: WarningId) -> Result<BTreeSet<ContactId>, StoreError> {
    let rows: Vec<(Uuid,)> = within!(tx, run => query_as(
        "SELECT contact_id FROM call WHERE warning_id = $1 AND outcome = $2 AND contact_id IS NOT NULL",
    ).bind(warning.0).bind(word::of(&Outcome::WrongNumber)).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id,)| ContactId(id)).collect())
}

/// Takes what is left of the list of a warning off it: the participant has answered.
pub async fn drop_waiting(tx: &mut Tx, warning: WarningId, at: Timestamp) -> Result<u64, StoreError> {
    Ok(change!(
        tx,
        query("UPDATE call SET ended_at = $2 WHERE warning_id = $1 AND ended_at IS NULL")
            .bind(warning.0)
            .bind(Ts::from(at))
    )?)
}

/// Puts on the list again what an answer took off it `at` that moment: the answer was taken back.
pub async fn wait_again(tx: &mut Tx, warning: WarningId, at: Timestamp) -> Result<u64, StoreError> {
    Ok(change!(
        tx,
        query("UPDATE call SET ended_at = NULL WHERE warning_id = $1 AND ended_at = $2 AND outcome IS NULL")
            .bind(warning.0)
            .bind(Ts::from(at))
    )?)
}

/// Calls that wait, the oldest first, at most `limit`.
pub async fn waiting(db: &Db, limit: i64) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, warning_id, participant_id, contact_id, rung, way, ordered_at, call_at,
                held_by, held_until, outcome, ended_by, ended_at
           FROM call WHERE ended_at IS NULL ORDER BY ordered_at, id LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Call::try_from).collect()
}

/// Of the calls that wait, those that may be made at `now`, the oldest first, at most `limit`.
pub async fn due(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, warning_id, participant_id, contact_id, rung, way, ordered_at, call_at,
                held_by, held_until, outcome, ended_by, ended_at
           FROM call WHERE ended_at IS NULL AND (call_at IS NULL OR call_at <= $1)
          ORDER BY ordered_at, id LIMIT $2",
    ).bind(Ts::from(now)).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Call::try_from).collect()
}

/// Calls that ended with an outcome since `since`, the newest first, at most `limit`.
pub async fn ended_since(db: &Db, since: Timestamp, limit: i64) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, warning_id, participant_id, contact_id, rung, way, ordered_at, call_at,
                held_by, held_until, outcome, ended_by, ended_at
           FROM call WHERE ended_at >= $1 AND outcome IS NOT NULL ORDER BY ended_at DESC, id LIMIT $2",
    ).bind(Ts::from(since)).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Call::try_from).collect()
}

/// The call that waits longest for a warning.
pub async fn waiting_for(db: &Db, warning: WarningId) -> Result<Option<Call>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, warning_id, participant_id, contact_id, rung, way, ordered_at, call_at,
                held_by, held_until, outcome, ended_by, ended_at
           FROM call WHERE warning_id = $1 AND ended_at IS NULL ORDER BY ordered_at, id LIMIT 1",
    ).bind(warning.0).fetch_optional(run))?;
    row.map(Call::try_from).transpose()
}

/// How many calls wait.
pub async fn count_waiting(db: &Db) -> Result<u64, StoreError> {
    let (count,): (i64,) =
        on!(db, run => query_as("SELECT count(*) FROM call WHERE ended_at IS NULL").fetch_one(run))?;
    Ok(count.unsigned_abs())
}
