//! Signals: what feeds announce. A title and a place to look, no paper and no fact.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::OfficerId;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Made of what it announces, so that the same one is known again.
    pub id: Uuid,
    pub source: String,
    pub title: String,
    pub link: Option<String>,
    /// When it was published, says the feed; else when it came.
    pub at: Timestamp,
    pub received_at: Timestamp,
    /// Vulnerabilities that are named in it.
    pub names: BTreeSet<String>,
    pub seen_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    source: String,
    title: String,
    link: Option<String>,
    at: Ts,
    received_at: Ts,
    names: Json<BTreeSet<String>>,
    seen_at: Option<Ts>,
}

impl From<Row> for Signal {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            source: row.source,
            title: row.title,
            link: row.link,
            at: row.at.get(),
            received_at: row.received_at.get(),
            names: row.names.0,
            seen_at: row.seen_at.map(Ts::get),
        }
    }
}

/// Adds a signal. Gives `false` when it came before.
pub async fn add(tx: &mut Tx, signal: &Signal) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO signal (id, source, title, link, at, received_at, names)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(signal.id)
        .bind(&signal.source)
        .bind(&signal.title)
        .bind(&signal.link)
        .bind(Ts::from(signal.at))
        .bind(Ts::from(signal.received_at))
        .bind(Json(&signal.names))
    )?;
    Ok(added > 0)
}

/// Signals, those that nobody has seen first and then the newest first; `limit` after `skip`.
pub async fn newest(db: &Db, skip: i64, limit: i64) -> Result<Vec<Signal>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, source, title, link, at, received_at, names, seen_at FROM signal
          ORDER BY CASE WHEN seen_at IS NULL THEN 0 ELSE 1 END, at DESC, id
          LIMIT $1 OFFSET $2",
    ).bind(limit).bind(skip).fetch_all(run))?;
    Ok(rows.into_iter().map(Signal::from).collect())
}

/// One signal; `None` when there is none.
pub async fn of_id(db: &Db, id: Uuid) -> Result<Option<Signal>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, source, title, link, at, received_at, names, seen_at FROM signal WHERE id = $1",
    ).bind(id).fetch_optional(run))?;
    Ok(row.map(Signal::from))
}

/// Somebody has seen this one.
pub async fn see_one(tx: &mut Tx, id: Uuid, by: OfficerId, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE signal SET seen_at = $1, seen_by = $2 WHERE seen_at IS NULL AND id = $3")
            .bind(Ts::from(now))
            .bind(by.0)
            .bind(id)
    )?;
    Ok(())
}

/// Which sources announced each vulnerability that the last `limit` signals name.
pub async fn announced_by(db: &Db, limit: i64) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
    let rows: Vec<(String, Json<BTreeSet<String>>)> = on!(db, run => query_as(
        "SELECT source, names FROM signal ORDER BY received_at DESC, id LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    let mut by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (source, names) in rows {
        for name in names.0 {
            by.entry(name).or_default().insert(source.clone());
        }
    }
    Ok(by)
}

/// How many there are, and how many of them nobody has seen.
pub async fn counts(db: &Db) -> Result<(u64, u64), StoreError> {
    let (all, seen): (i64, i64) = on!(db, run => query_as(
        "SELECT count(*), count(seen_at) FROM signal",
    ).fetch_one(run))?;
    Ok((all.unsigned_abs(), (all - seen).unsigned_abs()))
}

/// Somebody has seen whatever had come by `until`.
pub async fn see(tx: &mut Tx, until: Timestamp, by: OfficerId, now: Timestamp) -> Result<u64, StoreError> {
    Ok(change!(
        tx,
        query("UPDATE signal SET seen_at = $1, seen_by = $2 WHERE seen_at IS NULL AND received_at <= $3")
            .bind(Ts::from(now))
            .bind(by.0)
            .bind(Ts::from(until))
    )?)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::officers::{self, Officer, Role};
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_signal_is_new_until_somebody_has_seen_it() {
        on_both(async |db| {
            let at = |hours: i64| Timestamp::UNIX_EPOCH + hours.hours();
            let signal = |number: i64| Signal {
                id: Uuid::from_u128(u128::from(number.unsigned_abs())),
                source: "a feed".into(),
                title: "A hole".into(),
                link: Some("https://vendor.example/1".into()),
                at: at(number),
                received_at: at(number),
                names: ["CVE-2019-19781".to_owned()].into(),
                seen_at: None,
            };
            let officer = Officer {
                id: OfficerId(Uuid::from_u128(9)),
                mail: "b.sluis@z.example".into(),
                name: "B. Sluis".into(),
                role: Role::Analyst,
            };
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &officer).await.unwrap();
            assert!(add(&mut tx, &signal(1)).await.unwrap());
            assert!(add(&mut tx, &signal(2)).await.unwrap());
            assert!(!add(&mut tx, &signal(2)).await.unwrap());
            assert_eq!(see(&mut tx, at(1), officer.id, at(3)).await.unwrap(), 1);
            commit(tx).await;
            let seen = Signal { seen_at: Some(at(3)), ..signal(1) };
            assert_eq!(newest(&db, 0, 10).await.unwrap(), [signal(2), seen]);
            assert_eq!(counts(&db).await.unwrap(), (2, 1));
            let by = announced_by(&db, 10).await.unwrap();
            assert_eq!(by["CVE-2019-19781"], ["a feed".to_owned()].into());
        })
        .await;
    }
}
