//! Ladders that officers wrote: proposed by one, put in force by another.

use domain::ids::OfficerId;
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

/// One edition of the ladders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// From 1, without gaps.
    pub number: u64,
    /// The file, as `formats::rules` reads it.
    pub text: String,
    pub proposed_by: OfficerId,
    pub proposed_at: Timestamp,
    /// Who put it in force, and when.
    pub in_force: Option<(OfficerId, Timestamp)>,
}

#[derive(FromRow)]
struct Row {
    number: i64,
    text: String,
    proposed_by: Uuid,
    proposed_at: Ts,
    put_in_force_by: Option<Uuid>,
    in_force_at: Option<Ts>,
}

impl From<Row> for Edition {
    fn from(row: Row) -> Self {
        Self {
            number: row.number.unsigned_abs(),
            text: row.text,
            proposed_by: OfficerId(row.proposed_by),
            proposed_at: row.proposed_at.get(),
            in_force: row.put_in_force_by.zip(row.in_force_at).map(|(by, at)| (OfficerId(by), at.get())),
        }
    }
}

/// Keeps what `by` proposes. Gives its number.
pub async fn propose(tx: &mut Tx, text: &str, by: OfficerId, at: Timestamp) -> Result<u64, StoreError> {
    let (last,): (i64,) =
        within!(tx, run => query_as("SELECT coalesce(max(number), 0) FROM ladder_set").fetch_one(run))?;
    let number = last + 1;
    change!(
        tx,
        query("INSERT INTO ladder_set (number, text, proposed_by, proposed_at) VALUES ($1, $2, $3, $4)")
            .bind(number)
            .bind(text)
            .bind(by.0)
            .bind(Ts::from(at))
    )?;
    tx.note(Entry::LaddersChanged { number: number.unsigned_abs(), change: "proposed".into(), by });
    Ok(number.unsigned_abs())
}

/// Puts edition `number` in force, unless it is not there, is older than one in force, was put in force
/// before, or is the work of `by`. Gives whether it is in force now.
pub async fn put_in_force(
    tx: &mut Tx,
    number: u64,
    by: OfficerId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query(
            "UPDATE ladder_set SET put_in_force_by = $2, in_force_at = $3
              WHERE number = $1 AND in_force_at IS NULL AND proposed_by <> $2
                AND NOT EXISTS (SELECT 1 FROM ladder_set newer WHERE newer.number > $1 AND newer.in_force_at IS NOT NULL)",
        )
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .bind(by.0)
        .bind(Ts::from(at))
    )?;
    if changed > 0 {
        tx.note(Entry::LaddersChanged { number, change: "in_force".into(), by });
    }
    Ok(changed > 0)
}

/// The number of the edition that counts; 0 when nobody put one in force.
pub async fn number_in_force(db: &Db) -> Result<u64, StoreError> {
    let (number,): (i64,) = on!(db, run => query_as(
        "SELECT coalesce(max(number), 0) FROM ladder_set WHERE in_force_at IS NOT NULL",
    ).fetch_one(run))?;
    Ok(number.unsigned_abs())
}

/// The edition of this number.
pub async fn of_number(db: &Db, number: u64) -> Result<Option<Edition>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT number, text, proposed_by, proposed_at, put_in_force_by, in_force_at
           FROM ladder_set WHERE number = $1",
    ).bind(i64::try_from(number).unwrap_or(i64::MAX)).fetch_optional(run))?;
    Ok(row.map(Edition::from))
}

/// The newest edition, in force or not.
pub async fn newest(db: &Db) -> Result<Option<Edition>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT number, text, proposed_by, proposed_at, put_in_force_by, in_force_at
           FROM ladder_set ORDER BY number DESC LIMIT 1",
    ).fetch_optional(run))?;
    Ok(row.map(Edition::from))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::officers::{self, Officer, Role};
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn what_one_writes_another_puts_in_force_and_what_is_older_stays_out() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH + 1.hour();
            let [one, other] = [1, 2].map(|number| OfficerId(Uuid::from_u128(number)));
            let mut tx = db.begin("test").await.unwrap();
            for id in [one, other] {
                let (name, mail) = (format!("officer {}", id.0), format!("{}@z-cert.example", id.0));
                officers::add(&mut tx, &Officer { id, name, mail, role: Role::DutyOfficer }).await.unwrap();
            }
            assert_eq!(propose(&mut tx, "one", one, now).await.unwrap(), 1);
            assert_eq!(propose(&mut tx, "two", other, now).await.unwrap(), 2);
            assert!(!put_in_force(&mut tx, 1, one, now).await.unwrap(), "nobody checks their own work");
            assert!(!put_in_force(&mut tx, 7, one, now).await.unwrap());
            assert!(put_in_force(&mut tx, 2, one, now).await.unwrap());
            assert!(!put_in_force(&mut tx, 2, one, now).await.unwrap(), "twice");
            assert!(!put_in_force(&mut tx, 1, other, now).await.unwrap(), "a newer one counts already");
            commit(tx).await;
            assert_eq!(number_in_force(&db).await.unwrap(), 2);
            assert_eq!(newest(&db).await.unwrap().unwrap().in_force, Some((one, now)));
            assert_eq!(of_number(&db, 1).await.unwrap().unwrap().text, "one");
        })
        .await;
    }
}
