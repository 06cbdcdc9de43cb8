//! Numbers as they were told outside: whoever tells the next must know what was told before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::query_as;

use crate::{Db, StoreError, Tx, ts::Ts};

/// What was told to an audience of each number, the oldest first; `None` where it was held back.
pub type Told = BTreeMap<String, Vec<Option<u64>>>;

/// Everything that was ever told to `audience`.
pub async fn to(db: &Db, audience: &str) -> Result<Told, StoreError> {
    let rows: Vec<(String, Option<i64>)> = on!(db, run => query_as(
        "SELECT name, count FROM figure_told WHERE audience = $1 ORDER BY name, told_at",
    ).bind(audience).fetch_all(run))?;
    let mut told = Told::new();
    for (name, count) in rows {
        told.entry(name).or_default().push(count.map(i64::unsigned_abs));
    }
    Ok(told)
}

/// Writes down what is told of a number from now on.
pub async fn tell(
    tx: &mut Tx,
    audience: &str,
    name: &str,
    count: Option<u64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        sqlx::query(
            "INSERT INTO figure_told (audience, name, told_at, count) VALUES ($1, $2, $3, $4)
             ON CONFLICT (audience, name, told_at) DO UPDATE SET count = excluded.count",
        )
        .bind(audience)
        .bind(name)
        .bind(Ts::from(now))
        .bind(count.map(|it| i64::try_from(it).unwrap_or(i64::MAX)))
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn what_was_told_is_remembered_in_its_order_and_for_its_audience() {
        on_both(async |db| {
            let start = Timestamp::UNIX_EPOCH;
            let mut tx = db.begin("test").await.unwrap();
            tell(&mut tx, "supervisors", "warned", Some(12), start).await.unwrap();
            tell(&mut tx, "supervisors", "warned", None, start + 1.hour()).await.unwrap();
            tell(&mut tx, "everybody", "warned", Some(10), start).await.unwrap();
            commit(tx).await;
            let told = to(&db, "supervisors").await.unwrap();
            assert_eq!(told, Told::from([("warned".to_owned(), vec![Some(12), None])]));
        })
        .await;
    }
}
