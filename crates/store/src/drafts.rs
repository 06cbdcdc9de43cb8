//! What is being written. A draft has a version that rises with each save, so that of two who write at the
//! same time the second is told, and nothing is lost.

use std::collections::BTreeSet;

use domain::advisory::Content;
use domain::draft::Draft;
use domain::ids::{AdvisoryId, OfficerId};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

/// A draft as it was saved last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub advisory: AdvisoryId,
    pub draft: Draft,
    /// What waited or was released last when it was begun, or when the writer caught up with it.
    pub base: Content,
    /// From 1, one more with each save.
    pub version: u64,
    /// Everybody who saved it once.
    pub writers: BTreeSet<OfficerId>,
    pub saved_by: OfficerId,
    pub saved_at: Timestamp,
    pub sent_back: Option<SentBack>,
}

/// A second person wants it otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentBack {
    /// By name.
    pub by: String,
    pub why: String,
}

#[derive(FromRow)]
struct Row {
    advisory_id: Uuid,
    draft: Json<Draft>,
    base: Json<Content>,
    version: i64,
    writers: Json<BTreeSet<OfficerId>>,
    saved_by: Uuid,
    saved_at: Ts,
    sent_back: Option<String>,
    sent_back_by: Option<String>,
}

impl From<Row> for Saved {
    fn from(row: Row) -> Self {
        Self {
            advisory: AdvisoryId(row.advisory_id),
            draft: row.draft.0,
            base: row.base.0,
            version: row.version.unsigned_abs(),
            writers: row.writers.0,
            saved_by: OfficerId(row.saved_by),
            saved_at: row.saved_at.get(),
            sent_back: row.sent_back.zip(row.sent_back_by).map(|(why, by)| SentBack { by, why }),
        }
    }
}

/// The draft of an advisory; `None` when nobody is writing.
pub async fn of_advisory(db: &Db, id: AdvisoryId) -> Result<Option<Saved>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT advisory_id, draft, base, version, writers, saved_by, saved_at, sent_back, sent_back_by
           FROM draft WHERE advisory_id = $1",
    ).bind(id.0).fetch_optional(run))?;
    Ok(row.map(Saved::from))
}

/// The same, in a transaction that holds the advisory (`advisories::take`).
pub async fn within(tx: &mut Tx, id: AdvisoryId) -> Result<Option<Saved>, StoreError> {
    let row: Option<Row> = within!(tx, run => query_as(
        "SELECT advisory_id, draft, base, version, writers, saved_by, saved_at, sent_back, sent_back_by
           FROM draft WHERE advisory_id = $1",
    ).bind(id.0).fetch_optional(run))?;
    Ok(row.map(Saved::from))
}

/// Everything that is being written, the last saved first.
pub async fn all(db: &Db) -> Result<Vec<Saved>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT advisory_id, draft, base, version, writers, saved_by, saved_at, sent_back, sent_back_by
           FROM draft ORDER BY saved_at DESC, advisory_id",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(Saved::from).collect())
}

/// Writes a draft, in a transaction that holds the advisory.
pub async fn save(tx: &mut Tx, saved: &Saved) -> Result<(), StoreError> {
    let sent_back = saved.sent_back.as_ref();
    change!(
        tx,
        query(
            "INSERT INTO draft (advisory_id, draft, base, version, writers, saved_by, saved_at, sent_back, sent_back_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (advisory_id) DO UPDATE SET draft = excluded.draft, base = excluded.base, version = excluded.version,
                writers = excluded.writers, saved_by = excluded.saved_by, saved_at = excluded.saved_at,
                sent_back = excluded.sent_back, sent_back_by = excluded.sent_back_by",
        )
        .bind(saved.advisory.0)
        .bind(Json(&saved.draft))
        .bind(Json(&saved.base))
        .bind(i64::try_from(saved.version).unwrap_or(i64::MAX))
        .bind(Json(&saved.writers))
        .bind(saved.saved_by.0)
        .bind(Ts::from(saved.saved_at))
        .bind(sent_back.map(|it| &it.why))
        .bind(sent_back.map(|it| &it.by))
    )?;
    Ok(())
}

/// A draft is no more: it was handed in, or thrown away.
pub async fn end(tx: &mut Tx, id: AdvisoryId) -> Result<(), StoreError> {
    change!(tx, query("DELETE FROM draft WHERE advisory_id = $1").bind(id.0))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisories;
    use crate::officers::{self, Officer, Role};
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_draft_is_saved_over_and_over_and_then_it_is_gone() {
        on_both(async |db| {
            let id = AdvisoryId(Uuid::from_u128(1));
            let writer = OfficerId(Uuid::from_u128(9));
            let officer = Officer {
                id: writer,
                mail: "b.sluis@z.example".into(),
                name: "B. Sluis".into(),
                role: Role::Analyst,
            };
            let saved = Saved {
                advisory: id,
                draft: Draft::default(),
                base: Content::default(),
                version: 1,
                writers: [writer].into(),
                saved_by: writer,
                saved_at: Timestamp::UNIX_EPOCH,
                sent_back: None,
            };
            let back = SentBack { by: "J. Dijkgraaf".into(), why: "step 2 is not clear".into() };
            let again = Saved { version: 2, sent_back: Some(back), ..saved.clone() };
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &officer).await.unwrap();
            advisories::open(&mut tx, id, "z", "2020-0042", Timestamp::UNIX_EPOCH).await.unwrap();
            save(&mut tx, &saved).await.unwrap();
            assert_eq!(within(&mut tx, id).await.unwrap().as_ref(), Some(&saved));
            save(&mut tx, &again).await.unwrap();
            commit(tx).await;
            assert_eq!(of_advisory(&db, id).await.unwrap().as_ref(), Some(&again));
            assert_eq!(all(&db).await.unwrap(), [again]);
            let mut tx = db.begin("test").await.unwrap();
            end(&mut tx, id).await.unwrap();
            commit(tx).await;
            assert_eq!(of_advisory(&db, id).await.unwrap(), None);
        })
        .await;
    }
}
