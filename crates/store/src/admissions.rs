//! The calls by which participants came in.

use domain::admission::{Admission, Register};
use domain::ids::{OfficerId, ParticipantId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

#[derive(FromRow)]
struct Row {
    participant_id: Uuid,
    register: String,
    reference: String,
    telephone: String,
    spoke_to: String,
    called_at: Ts,
    admitted_by: Uuid,
}

impl TryFrom<Row> for Admission {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let register = Register::of_word(&row.register)
            .ok_or_else(|| StoreError::damaged("admission", row.participant_id, &row.register))?;
        Ok(Self {
            participant: ParticipantId(row.participant_id),
            register,
            reference: row.reference,
            telephone: row.telephone,
            spoke_to: row.spoke_to,
            called_at: row.called_at.get(),
            by: OfficerId(row.admitted_by),
        })
    }
}

/// Writes down how a participant came in.
pub async fn add(tx: &mut Tx, it: &Admission, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO admission (participant_id, register, reference, telephone, spoke_to, called_at, admitted_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(it.participant.0)
        .bind(it.register.word())
        .bind(&it.reference)
        .bind(&it.telephone)
        .bind(&it.spoke_to)
        .bind(Ts::from(it.called_at))
        .bind(it.by.0)
    )?;
    let register = it.register.word().to_owned();
    let waited = now.duration_since(it.called_at).as_mins().unsigned_abs();
    tx.note(Entry::Admitted {
        participant: it.participant,
        register,
        called_minutes_before: waited,
        by: it.by,
    });
    Ok(())
}

/// How a participant came in; `None` for one that was there before calls were written down.
pub async fn of_participant(db: &Db, id: ParticipantId) -> Result<Option<Admission>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT participant_id, register, reference, telephone, spoke_to, called_at, admitted_by
           FROM admission WHERE participant_id = $1",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Admission::try_from).transpose()
}
