//! Addresses to which nothing is sent.

use domain::ids::{DeliveryId, OfficerId, SuppressionId};
use domain::ledger::Entry;
use domain::suppression::{Suppression, Turn};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

/// An address as it is kept and compared.
fn plain(address: &str) -> String {
    address.trim().to_lowercase()
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    address: String,
    reason: String,
    why: String,
    put_by: Option<Uuid>,
    since: Ts,
}

impl TryFrom<Row> for Suppression {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: SuppressionId(row.id),
            reason: word::read("suppression", row.id, &row.reason)?,
            address: row.address,
            why: row.why,
            by: row.put_by.map(OfficerId),
            since: row.since.get(),
        })
    }
}

/// Sends nothing to an address from now on. Gives `false`, and changes nothing, when that is so already.
pub async fn put_on(tx: &mut Tx, new: &Suppression) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO suppression (id, address, reason, why, put_by, since) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (address) WHERE taken_at IS NULL DO NOTHING",
        )
        .bind(new.id.0)
        .bind(plain(&new.address))
        .bind(word::of(&new.reason))
        .bind(&new.why)
        .bind(new.by.map(|by| by.0))
        .bind(Ts::from(new.since))
    )?;
    if added > 0 {
        tx.note(Entry::SuppressionTurned { suppression: new.id, turn: new.reason.into(), by: new.by });
    }
    Ok(added > 0)
}

/// Sends to it again. Gives `false` when nothing kept anybody from it.
pub async fn take_off(
    tx: &mut Tx,
    id: SuppressionId,
    by: OfficerId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let taken = change!(
        tx,
        query("UPDATE suppression SET taken_by = $2, taken_at = $3 WHERE id = $1 AND taken_at IS NULL")
            .bind(id.0)
            .bind(by.0)
            .bind(Ts::from(now))
    )?;
    if taken > 0 {
        tx.note(Entry::SuppressionTurned { suppression: id, turn: Turn::TakenOff, by: Some(by) });
    }
    Ok(taken > 0)
}

/// Why nothing goes to the recipient of a message that waits. `None` when nothing is in the way.
pub async fn of_delivery(db: &Db, id: DeliveryId) -> Result<Option<Suppression>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT s.id, s.address, s.reason, s.why, s.put_by, s.since
           FROM delivery d JOIN suppression s ON s.address = lower(d.recipient)
          WHERE d.id = $1 AND d.state IN ('waiting', 'sending') AND s.taken_at IS NULL",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Suppression::try_from).transpose()
}

/// The addresses to which nothing is sent, the latest first, at most `limit`.
pub async fn all(db: &Db, limit: i64) -> Result<Vec<Suppression>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, address, reason, why, put_by, since FROM suppression
          WHERE taken_at IS NULL ORDER BY since DESC, id LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Suppression::try_from).collect()
}

/// How often mail to this address came back since somebody last took it off the list.
pub async fn bounces(tx: &mut Tx, address: &str) -> Result<u64, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM delivery
          WHERE lower(recipient) = $1 AND state = 'bounced'
            AND settled_at > coalesce((SELECT max(taken_at) FROM suppression WHERE address = $1), $2)",
    ).bind(plain(address)).bind(i64::MIN).fetch_one(run))?;
    Ok(count.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use domain::suppression::Reason;

    use super::*;
    use crate::officers::{self, Officer, Role};
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn an_address_stands_on_the_list_once_and_goes_off_it() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH;
            let officer = OfficerId(Uuid::from_u128(9));
            let (name, mail) = ("officer".to_owned(), "o@z-cert.example".to_owned());
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &Officer { id: officer, name, mail, role: Role::DutyOfficer })
                .await
                .unwrap();
            commit(tx).await;
            let one = |n| Suppression {
                id: SuppressionId(Uuid::from_u128(n)),
                address: "Anna@noordzorg.example".into(),
                reason: Reason::Bounced,
                why: "550".into(),
                by: None,
                since: now,
            };
            let mut tx = db.begin("test").await.unwrap();
            assert!(put_on(&mut tx, &one(1)).await.unwrap());
            assert!(!put_on(&mut tx, &one(2)).await.unwrap());
            commit(tx).await;
            let listed = all(&db, 9).await.unwrap();
            assert_eq!(listed[0].address, "anna@noordzorg.example");
            let mut tx = db.begin("test").await.unwrap();
            assert!(take_off(&mut tx, SuppressionId(Uuid::from_u128(1)), officer, now).await.unwrap());
            assert!(!take_off(&mut tx, SuppressionId(Uuid::from_u128(1)), officer, now).await.unwrap());
            assert!(put_on(&mut tx, &one(3)).await.unwrap(), "and on it again");
            commit(tx).await;
            assert_eq!(all(&db, 9).await.unwrap().len(), 1);
        })
        .await;
    }
}
