//! Filters of the board that an officer keeps under a name: addresses of ours, and nothing but that.

use domain::ids::OfficerId;
use jiff::Timestamp;
use sqlx::{query, query_as};

use crate::{Db, StoreError, Tx, ts::Ts};

/// So many filters of one officer are kept; the next takes the place of the oldest.
pub const FILTERS_MAX: i64 = 20;

/// A name and the address that it stands for.
pub type Named = (String, String);

/// Keeps an address under a name. The same name again stands for the new address.
pub async fn keep(
    tx: &mut Tx,
    of: OfficerId,
    name: &str,
    address: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO board_filter (officer_id, name, address, kept_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (officer_id, name) DO UPDATE SET address = excluded.address, kept_at = excluded.kept_at",
        )
        .bind(of.0)
        .bind(name)
        .bind(address)
        .bind(Ts::from(now))
    )?;
    change!(
        tx,
        query(
            "DELETE FROM board_filter WHERE officer_id = $1 AND name NOT IN (
                 SELECT name FROM board_filter WHERE officer_id = $1 ORDER BY kept_at DESC, name LIMIT $2)",
        )
        .bind(of.0)
        .bind(FILTERS_MAX)
    )?;
    Ok(())
}

/// Forgets a filter. Gives `false` when there was none of this name.
pub async fn forget(tx: &mut Tx, of: OfficerId, name: &str) -> Result<bool, StoreError> {
    let gone = change!(
        tx,
        query("DELETE FROM board_filter WHERE officer_id = $1 AND name = $2").bind(of.0).bind(name)
    )?;
    Ok(gone > 0)
}

/// The filters of an officer, by name.
pub async fn of_officer(db: &Db, of: OfficerId) -> Result<Vec<Named>, StoreError> {
    Ok(on!(db, run => query_as(
        "SELECT name, address FROM board_filter WHERE officer_id = $1 ORDER BY name",
    ).bind(of.0).fetch_all(run))?)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::officers::{self, Officer, Role};
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_filter_is_its_officers_own_and_the_oldest_makes_room() {
        on_both(async |db| {
            let officer = |number: u128| Officer {
                id: OfficerId(Uuid::from_u128(number)),
                name: format!("officer {number}"),
                mail: format!("{number}@z.example"),
                role: Role::DutyOfficer,
            };
            let at = |second: i64| Timestamp::from_second(second).unwrap();
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &officer(1)).await.unwrap();
            officers::add(&mut tx, &officer(2)).await.unwrap();
            for number in 0..=FILTERS_MAX {
                let name = format!("filter {number:02}");
                keep(&mut tx, officer(1).id, &name, "/desk?show=late", at(number)).await.unwrap();
            }
            keep(&mut tx, officer(1).id, "filter 07", "/desk?mine=yes", at(99)).await.unwrap();
            assert!(!forget(&mut tx, officer(2).id, "filter 07").await.unwrap(), "not theirs");
            commit(tx).await;
            let kept = of_officer(&db, officer(1).id).await.unwrap();
            assert_eq!(kept.len(), usize::try_from(FILTERS_MAX).unwrap());
            assert_eq!(kept[0].0, "filter 01", "the oldest is gone");
            assert!(kept.contains(&("filter 07".to_owned(), "/desk?mine=yes".to_owned())));
            assert_eq!(of_officer(&db, officer(2).id).await.unwrap(), []);
        })
        .await;
    }
}
