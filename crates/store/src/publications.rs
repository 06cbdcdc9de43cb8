//! Whether an advisory stands on the website: what spoke for it, and what a person decided.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{AdvisoryId, OfficerId};
use domain::ledger::Entry;
use domain::publication::{Decision, Extent};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

/// What is known of one advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub decision: Decision,
    /// Every ground that was put to a person.
    pub grounds: BTreeSet<Extent>,
    pub proposed_at: Option<Timestamp>,
    /// In the words of who decided; blank for a proposal.
    pub reason: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    advisory_id: Uuid,
    decision: String,
    grounds: Json<BTreeSet<Extent>>,
    proposed_at: Option<Ts>,
    reason: String,
    decided_by: Option<String>,
    decided_at: Option<Ts>,
}

impl Row {
    fn read(self) -> Result<(AdvisoryId, Publication), StoreError> {
        let it = Publication {
            decision: word::read("publication", self.advisory_id, &self.decision)?,
            grounds: self.grounds.0,
            proposed_at: self.proposed_at.map(Ts::get),
            reason: self.reason,
            decided_by: self.decided_by,
            decided_at: self.decided_at.map(Ts::get),
        };
        Ok((AdvisoryId(self.advisory_id), it))
    }
}

/// What is known of `id`; `None` when nobody asked yet.
pub async fn of_advisory(db: &Db, id: AdvisoryId) -> Result<Option<Publication>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT advisory_id, decision, grounds, proposed_at, reason, decided_by, decided_at
           FROM publication WHERE advisory_id = $1",
    ).bind(id.0).fetch_optional(run))?;
    Ok(row.map(Row::read).transpose()?.map(|(_, it)| it))
}

/// Everything that was ever proposed or decided, by advisory.
pub async fn all(db: &Db) -> Result<BTreeMap<AdvisoryId, Publication>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT advisory_id, decision, grounds, proposed_at, reason, decided_by, decided_at
           FROM publication ORDER BY advisory_id",
    ).fetch_all(run))?;
    rows.into_iter().map(Row::read).collect()
}

/// Puts `grounds`, all of those that there are, to a person: a decision to keep it off the website no longer counts.
/// What is public stays public.
pub async fn propose(
    tx: &mut Tx,
    id: AdvisoryId,
    grounds: &BTreeSet<Extent>,
    now: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO publication (advisory_id, decision, grounds, proposed_at, reason)
             VALUES ($1, 'proposed', $2, $3, '')
             ON CONFLICT (advisory_id) DO UPDATE
                SET grounds = excluded.grounds, proposed_at = excluded.proposed_at,
                    decision = CASE WHEN publication.decision = 'public' THEN 'public' ELSE 'proposed' END",
        )
        .bind(id.0)
        .bind(Json(grounds))
        .bind(Ts::from(now))
    )?;
    tx.note(Entry::PublicationProposed { advisory: id, grounds: grounds.iter().copied().collect() });
    Ok(())
}

/// A person decided.
pub async fn decide(
    tx: &mut Tx,
    id: AdvisoryId,
    decision: Decision,
    reason: &str,
    by: (OfficerId, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO publication (advisory_id, decision, grounds, reason, decided_by, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (advisory_id) DO UPDATE
                SET decision = excluded.decision, reason = excluded.reason, decided_by = excluded.decided_by,
                    decided_at = excluded.decided_at",
        )
        .bind(id.0)
        .bind(word::of(&decision))
        .bind(Json(BTreeSet::<Extent>::new()))
        .bind(reason)
        .bind(by.1)
        .bind(Ts::from(now))
    )?;
    tx.note(Entry::PublicationDecided { advisory: id, decision, reason: reason.to_owned(), by: by.0 });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisories;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_suppression_counts_until_a_ground_comes_that_nobody_weighed() {
        on_both(async |db| {
            let (id, now) = (AdvisoryId(Uuid::from_u128(1)), Timestamp::UNIX_EPOCH);
            let officer = (OfficerId(Uuid::from_u128(2)), "C. Dam");
            let mut tx = db.begin("test").await.unwrap();
            advisories::open(&mut tx, id, "ncsc", "2019-0979", now).await.unwrap();
            propose(&mut tx, id, &[Extent::Share].into(), now).await.unwrap();
            decide(&mut tx, id, Decision::Suppressed, "a day for the vendor", officer, now).await.unwrap();
            commit(tx).await;
            let kept = of_advisory(&db, id).await.unwrap().unwrap();
            assert_eq!((kept.decision, kept.decided_by.as_deref()), (Decision::Suppressed, Some("C. Dam")));
            assert_eq!(kept.grounds, [Extent::Share].into(), "what was weighed stays known");

            let mut tx = db.begin("test").await.unwrap();
            propose(&mut tx, id, &[Extent::Share, Extent::Exploited].into(), now).await.unwrap();
            commit(tx).await;
            assert_eq!(all(&db).await.unwrap()[&id].decision, Decision::Proposed);

            let mut tx = db.begin("test").await.unwrap();
            decide(&mut tx, id, Decision::Public, "", officer, now).await.unwrap();
            propose(&mut tx, id, &[Extent::Highest].into(), now).await.unwrap();
            commit(tx).await;
            assert_eq!(all(&db).await.unwrap()[&id].decision, Decision::Public);
        })
        .await;
    }
}
