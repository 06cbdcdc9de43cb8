//! Designations: the minister's decisions on teams, as they were published.

use domain::designation::Designation;
use domain::ledger::Entry;
use jiff::civil::Date;
use sqlx::{FromRow, query, query_as};

use crate::{Db, StoreError, Tx};

#[derive(FromRow)]
struct Row {
    gazette: String,
    target_group: String,
    signed_on: String,
    in_force_from: Option<String>,
    in_force_to: Option<String>,
}

/// Records a designation of `team`, or what became known of it since. A designation that is signed
/// and has no day on which it comes into force counts for nothing yet.
pub async fn put(
    tx: &mut Tx,
    team: &str,
    gazette: &str,
    target_group: &str,
    signed_on: Date,
    in_force: Option<(Date, Option<Date>)>,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO designation (gazette, team, target_group, signed_on, in_force_from, in_force_to)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (gazette, team, target_group) DO UPDATE
                SET in_force_from = excluded.in_force_from, in_force_to = excluded.in_force_to",
        )
        .bind(gazette)
        .bind(team)
        .bind(target_group)
        .bind(signed_on.to_string())
        .bind(in_force.map(|(from, _)| from.to_string()))
        .bind(in_force.and_then(|(_, to)| to).map(|to| to.to_string()))
    )?;
    let change = match in_force {
        Some((from, _)) => format!("{team} for {target_group}, in force from {from}"),
        None => format!("{team} for {target_group}, signed on {signed_on}"),
    };
    tx.note(Entry::DesignationChanged { gazette: gazette.to_owned(), change });
    Ok(())
}

/// The designations of `team` that have a day on which they come into force, the oldest first.
pub async fn of_team(db: &Db, team: &str) -> Result<Vec<Designation>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT gazette, target_group, signed_on, in_force_from, in_force_to FROM designation
          WHERE team = $1 AND in_force_from IS NOT NULL ORDER BY signed_on, gazette, target_group",
    ).bind(team).fetch_all(run))?;
    rows.into_iter()
        .map(|row| {
            let date = |text: &str| {
                text.parse().map_err(|why| StoreError::damaged("designation", &row.gazette, why))
            };
            Ok(Designation {
                organisation: team.to_owned(),
                group: row.target_group.clone(),
                document: row.gazette.clone(),
                articles: String::new(),
                published_on: None,
                known_from: None,
                signed_on: date(&row.signed_on)?,
                in_force_from: row.in_force_from.as_deref().map(date).transpose()?,
                in_force_to: row.in_force_to.as_deref().map(date).transpose()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn signed_is_not_in_force() {
        on_both(async |db| {
            let (signed, from) = (date(2020, 1, 13), date(2020, 1, 31));
            let mut tx = db.begin("test").await.unwrap();
            put(&mut tx, "z-cert", "stcrt-2020-4410", "care", signed, None).await.unwrap();
            commit(tx).await;
            assert_eq!(of_team(&db, "z-cert").await.unwrap(), []);
            let mut tx = db.begin("test").await.unwrap();
            put(&mut tx, "z-cert", "stcrt-2020-4410", "care", signed, Some((from, None))).await.unwrap();
            commit(tx).await;
            let found = of_team(&db, "z-cert").await.unwrap();
            assert!(found[0].holds_on(from) && !found[0].holds_on(signed));
        })
        .await;
    }
}
