//! Public keys of this node: what was signed once can be checked for good, also after the key was replaced.

use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{query, query_as};

use crate::{Db, StoreError, Tx, ts::Ts};

/// Writes a public key down. Gives `false`, and changes nothing, when it is known.
pub async fn add(tx: &mut Tx, public: &str, now: Timestamp) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query("INSERT INTO node_key (public, known_at) VALUES ($1, $2) ON CONFLICT (public) DO NOTHING")
            .bind(public)
            .bind(Ts::from(now))
    )?;
    if added > 0 {
        tx.note(Entry::KeyPublished { key: public.to_owned() });
    }
    Ok(added > 0)
}

/// Every public key that this node ever had, the oldest first.
pub async fn all(db: &Db) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on!(db, run => query_as(
        "SELECT public FROM node_key ORDER BY known_at, public",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(|(public,)| public).collect())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_key_that_was_replaced_is_still_known() {
        on_both(async |db| {
            let start = Timestamp::UNIX_EPOCH;
            for (hours, key, is_new) in [(0, "z", true), (1, "a", true), (2, "z", false)] {
                let mut tx = db.begin("test").await.unwrap();
                assert_eq!(add(&mut tx, key, start + hours.hours()).await.unwrap(), is_new);
                commit(tx).await;
            }
            assert_eq!(all(&db).await.unwrap(), ["z", "a"]);
        })
        .await;
    }
}
