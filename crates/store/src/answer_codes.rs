//! Codes in letters, with which one answers without signing in. Kept as a hash: who reads this table can use
//! none of them.

use domain::answer_code::TRIES;
use domain::ids::{AnswerCodeId, ContactId, MeasureId, ParticipantId, WarningId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

/// A code as it is kept, and what it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: AnswerCodeId,
    /// Of the advisory, as the letter shows it, in small letters.
    pub number: String,
    /// The first half of the code.
    pub selector: String,
    /// SHA-256 of the whole code with its id.
    pub hash: [u8; 32],
    pub warning: WarningId,
    pub participant: ParticipantId,
    pub contact: ContactId,
    /// The measures in the order in which the letter numbers them.
    pub measures: Vec<MeasureId>,
    pub ends_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    number: String,
    selector: String,
    hash: Vec<u8>,
    warning_id: Uuid,
    participant_id: Uuid,
    contact_id: Uuid,
    measures: Json<Vec<MeasureId>>,
    ends_at: Ts,
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let damaged = || StoreError::damaged("answer_code", row.id, "no hash");
        Ok(Self {
            id: AnswerCodeId(row.id),
            number: row.number,
            selector: row.selector,
            hash: row.hash.as_slice().try_into().map_err(|_| damaged())?,
            warning: WarningId(row.warning_id),
            participant: ParticipantId(row.participant_id),
            contact: ContactId(row.contact_id),
            measures: row.measures.0,
            ends_at: row.ends_at.get(),
        })
    }
}

/// Whether a letter under this number has this first half already, which another code must not have.
pub async fn is_taken(tx: &mut Tx, number: &str, selector: &str) -> Result<bool, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM answer_code WHERE number = $1 AND selector = $2",
    ).bind(number).bind(selector).fetch_one(run))?;
    Ok(count > 0)
}

/// Keeps a code that is in a letter.
pub async fn add(tx: &mut Tx, code: &Kept, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO answer_code (id, number, selector, hash, warning_id, participant_id, contact_id, measures,
                                      made_at, ends_at, wrong)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
        )
        .bind(code.id.0)
        .bind(&code.number)
        .bind(&code.selector)
        .bind(code.hash.as_slice())
        .bind(code.warning.0)
        .bind(code.participant.0)
        .bind(code.contact.0)
        .bind(Json(&code.measures))
        .bind(Ts::from(now))
        .bind(Ts::from(code.ends_at))
    )?;
    Ok(())
}

/// Takes the code with this first half in order to try it: until the end of `tx` nobody else tries it. `None`
/// when there is none, it is closed, or its time is over.
pub async fn take(
    tx: &mut Tx,
    number: &str,
    selector: &str,
    now: Timestamp,
) -> Result<Option<Kept>, StoreError> {
    let row: Option<Row> = within!(tx, run => query_as(
        "UPDATE answer_code SET wrong = wrong
          WHERE number = $1 AND selector = $2 AND closed_at IS NULL AND ends_at > $3
      RETURNING id, number, selector, hash, warning_id, participant_id, contact_id, measures, ends_at",
    ).bind(number).bind(selector).bind(Ts::from(now)).fetch_optional(run))?;
    row.map(Kept::try_from).transpose()
}

/// Notes a wrong try. Gives `true` when it was the last that is allowed: the code is closed from now on.
pub async fn fail(tx: &mut Tx, code: &Kept, now: Timestamp) -> Result<bool, StoreError> {
    let (wrong,): (i64,) = within!(tx, run => query_as(
        "UPDATE answer_code SET wrong = wrong + 1 WHERE id = $1 RETURNING wrong",
    ).bind(code.id.0).fetch_one(run))?;
    let wrong = u32::try_from(wrong).unwrap_or(u32::MAX);
    if wrong < TRIES {
        return Ok(false);
    }
    change!(
        tx,
        query("UPDATE answer_code SET closed_at = $2 WHERE id = $1").bind(code.id.0).bind(Ts::from(now))
    )?;
    tx.note(Entry::CodeClosed { warning: code.warning, contact: code.contact, wrong });
    Ok(true)
}

/// Warnings of which a code was closed after `since`, with when that was, the last first and at most `limit`.
pub async fn closed_since(
    db: &Db,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<(WarningId, Timestamp)>, StoreError> {
    let rows: Vec<(Uuid, Ts)> = on!(db, run => query_as(
        "SELECT warning_id, closed_at FROM answer_code
          WHERE closed_at IS NOT NULL AND closed_at > $1 ORDER BY closed_at DESC, id LIMIT $2",
    ).bind(Ts::from(since)).bind(limit).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id, at)| (WarningId(id), at.get())).collect())
}

#[cfg(test)]
mod tests {
    use domain::ids::AdvisoryId;
    use domain::warning::Warning;
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};
    use crate::{advisories, warnings};

    #[tokio::test]
    async fn five_wrong_tries_close_a_code_and_no_other() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let (id, advisory) = (WarningId(Uuid::from_u128(1)), AdvisoryId(Uuid::from_u128(9)));
            let now = Timestamp::UNIX_EPOCH + 1.hour();
            let code = |number: u128, selector: &str| Kept {
                id: AnswerCodeId(Uuid::from_u128(number)),
                number: "2020-0042".into(),
                selector: selector.into(),
                hash: [7; 32],
                warning: id,
                participant: participant.id,
                contact: contact.id,
                measures: vec![MeasureId(Uuid::from_u128(3))],
                ends_at: now + 2.hours(),
            };
            let mut tx = db.begin("test").await.unwrap();
            advisories::open(&mut tx, advisory, "ncsc", "2020-0042", now).await.unwrap();
            warnings::open(&mut tx, &Warning::new(id, participant.id, advisory), now).await.unwrap();
            for (number, selector) in [(1, "K7QF"), (2, "2M9D")] {
                assert!(!is_taken(&mut tx, "2020-0042", selector).await.unwrap());
                add(&mut tx, &code(number, selector), now).await.unwrap();
                assert!(is_taken(&mut tx, "2020-0042", selector).await.unwrap());
            }
            commit(tx).await;

            let mut tx = db.begin("test").await.unwrap();
            let take = async |tx: &mut Tx, selector, at| take(tx, "2020-0042", selector, at).await.unwrap();
            assert_eq!(take(&mut tx, "K7QF", now).await, Some(code(1, "K7QF")));
            assert_eq!(take(&mut tx, "K7QF", now + 2.hours()).await, None, "its time is over");
            for one in 1..=5 {
                assert_eq!(fail(&mut tx, &code(1, "K7QF"), now).await.unwrap(), one == 5, "try {one}");
            }
            assert_eq!(take(&mut tx, "K7QF", now).await, None, "closed");
            assert!(take(&mut tx, "2M9D", now).await.is_some());
            commit(tx).await;
            assert_eq!(closed_since(&db, now - 1.hour(), 9).await.unwrap(), [(id, now)]);
            assert_eq!(closed_since(&db, now, 9).await.unwrap(), []);
        })
        .await;
    }
}
