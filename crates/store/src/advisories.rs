//! Advisories and their revisions. A revision is written once and never changed.

use std::collections::{BTreeSet, HashMap};

use domain::advisory::{Advisory, Content, Revision, RevisionKind, RevisionNumber, State};
use domain::ids::{AdvisoryId, OfficerId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::papers::{Complaint, Digest};
use crate::{Db, StoreError, Tx, ts::Ts, word};

/// An advisory with what is on the desk about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDesk {
    pub advisory: Advisory,
    /// What waits for a second person: the next revision, or the first.
    pub proposed: Option<Content>,
    /// Who proposed it. `None` when it came from a paper.
    pub proposed_by: Option<OfficerId>,
    /// Everybody who wrote in it: none of them releases it.
    pub writers: BTreeSet<OfficerId>,
    /// A second person approved it, to go out at a time.
    pub approved: Option<Approved>,
    /// Why it is in its state, where somebody said so.
    pub state_reason: Option<String>,
    /// The paper that the proposal came from.
    pub paper: Option<Digest>,
    pub changed_at: Timestamp,
}

/// By whom a proposal was approved, and when it goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approved {
    pub by: OfficerId,
    pub release_at: Timestamp,
}

#[derive(FromRow)]
struct Head {
    id: Uuid,
    publisher: String,
    number: String,
    state: String,
    proposed: Option<Json<Content>>,
    proposed_by: Option<Uuid>,
    paper: Option<Vec<u8>>,
    changed_at: Ts,
    writers: Option<Json<BTreeSet<OfficerId>>>,
    approved_by: Option<Uuid>,
    release_at: Option<Ts>,
    state_reason: Option<String>,
}

#[derive(FromRow)]
struct Row {
    number: i64,
    kinds: Json<BTreeSet<RevisionKind>>,
    released_at: Ts,
    content: Json<Content>,
}

impl Head {
    fn with(self, revisions: Vec<Row>) -> Result<OnDesk, StoreError> {
        let revisions = revisions.into_iter().map(|row| Revision {
            number: RevisionNumber(u32::try_from(row.number).unwrap_or(u32::MAX)),
            kinds: row.kinds.0,
            released_at: row.released_at.get(),
            content: row.content.0,
        });
        let advisory = Advisory {
            id: AdvisoryId(self.id),
            publisher: self.publisher,
            number: self.number,
            state: word::read("advisory", self.id, &self.state)?,
            revisions: revisions.collect(),
        };
        Ok(OnDesk {
            advisory,
            proposed: self.proposed.map(|content| content.0),
            proposed_by: self.proposed_by.map(OfficerId),
            writers: self
                .writers
                .map(|it| it.0)
                .into_iter()
                .flatten()
                .chain(self.proposed_by.map(OfficerId))
                .collect(),
            approved: self
                .approved_by
                .zip(self.release_at)
                .map(|(by, at)| Approved { by: OfficerId(by), release_at: at.get() }),
            state_reason: self.state_reason,
            paper: self.paper.map(|bytes| Digest::from_row("advisory", &bytes)).transpose()?,
            changed_at: self.changed_at.get(),
        })
    }
}

/// The advisory with all its revisions; `None` when there is none.
pub async fn of_id(db: &Db, id: AdvisoryId) -> Result<Option<OnDesk>, StoreError> {
    let head: Option<Head> = on!(db, run => query_as(
        "SELECT id, publisher, number, state, proposed, proposed_by, paper, changed_at,
                writers, approved_by, release_at, state_reason
           FROM advisory WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    let Some(head) = head else { return Ok(None) };
    let revisions = on!(db, run => query_as(
        "SELECT number, kinds, released_at, content FROM revision WHERE advisory_id = $1 ORDER BY number",
    ).bind(id.0).fetch_all(run))?;
    head.with(revisions).map(Some)
}

/// The same, in order to change it: until the end of `tx` nobody else can take it.
pub async fn take(tx: &mut Tx, id: AdvisoryId) -> Result<Option<OnDesk>, StoreError> {
    let head: Option<Head> = within!(tx, run => query_as(
        "UPDATE advisory SET version = version + 1 WHERE id = $1
      RETURNING id, publisher, number, state, proposed, proposed_by, paper, changed_at,
                writers, approved_by, release_at, state_reason",
    ).bind(id.0).fetch_optional(run))?;
    let Some(head) = head else { return Ok(None) };
    let revisions = within!(tx, run => query_as(
        "SELECT number, kinds, released_at, content FROM revision WHERE advisory_id = $1 ORDER BY number",
    ).bind(id.0).fetch_all(run))?;
    head.with(revisions).map(Some)
}

/// The id of what `publisher` calls `number`, if it ever came.
pub async fn of_number(tx: &mut Tx, publisher: &str, number: &str) -> Result<Option<AdvisoryId>, StoreError> {
    let row: Option<(Uuid,)> = within!(tx, run => query_as(
        "SELECT id FROM advisory WHERE publisher = $1 AND number = $2",
    ).bind(publisher).bind(number).fetch_optional(run))?;
    Ok(row.map(|(id,)| AdvisoryId(id)))
}

/// Every number that `publisher` gave.
pub async fn numbers_of(db: &Db, publisher: &str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on!(db, run => query_as(
        "SELECT number FROM advisory WHERE publisher = $1",
    ).bind(publisher).fetch_all(run))?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// The ids of what anybody calls by one of these numbers, by publisher and number.
pub async fn of_numbers(
    tx: &mut Tx,
    numbers: &[&str],
) -> Result<HashMap<(String, String), AdvisoryId>, StoreError> {
    let rows: Vec<(String, String, Uuid)> = rows_of!(
        tx,
        numbers,
        "SELECT publisher, number, id FROM advisory WHERE number IN",
        number => [*number]
    );
    Ok(rows.into_iter().map(|(publisher, number, id)| ((publisher, number), AdvisoryId(id))).collect())
}

/// Opens an advisory that says nothing yet.
pub async fn open(
    tx: &mut Tx,
    id: AdvisoryId,
    publisher: &str,
    number: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO advisory (id, publisher, number, state, changed_at, version)
             VALUES ($1, $2, $3, $4, $5, 1)",
        )
        .bind(id.0)
        .bind(publisher)
        .bind(number)
        .bind(word::of(&State::Draft))
        .bind(Ts::from(now))
    )?;
    Ok(())
}

/// Puts `content` on the desk of an advisory that was taken, to be released by a person.
pub async fn propose(
    tx: &mut Tx,
    id: AdvisoryId,
    state: State,
    content: &Content,
    by: Option<OfficerId>,
    paper: Option<Digest>,
    now: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "UPDATE advisory SET state = $2, proposed = $3, proposed_by = $4, paper = $5, changed_at = $6,
                    writers = NULL, approved_by = NULL, release_at = NULL, state_reason = NULL
              WHERE id = $1",
        )
        .bind(id.0)
        .bind(word::of(&state))
        .bind(Json(content))
        .bind(by.map(|by| by.0))
        .bind(paper.map(|digest| digest.0.to_vec()))
        .bind(Ts::from(now))
    )?;
    Ok(())
}

/// Notes everybody who wrote in what was just proposed.
pub async fn written_by(
    tx: &mut Tx,
    id: AdvisoryId,
    writers: &BTreeSet<OfficerId>,
) -> Result<(), StoreError> {
    change!(tx, query("UPDATE advisory SET writers = $2 WHERE id = $1").bind(id.0).bind(Json(writers)))?;
    Ok(())
}

/// Approves what waits, or takes that back with `None`; the proposal stays as it is.
pub async fn approve(
    tx: &mut Tx,
    id: AdvisoryId,
    state: State,
    approved: Option<Approved>,
) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE advisory SET state = $2, approved_by = $3, release_at = $4 WHERE id = $1")
            .bind(id.0)
            .bind(word::of(&state))
            .bind(approved.map(|it| it.by.0))
            .bind(approved.map(|it| Ts::from(it.release_at)))
    )?;
    Ok(())
}

/// Why an advisory that was taken is in the state in which it now is.
pub async fn say_why(tx: &mut Tx, id: AdvisoryId, why: &str) -> Result<(), StoreError> {
    change!(tx, query("UPDATE advisory SET state_reason = $2 WHERE id = $1").bind(id.0).bind(why))?;
    Ok(())
}

/// Writes a revision of an advisory that was taken; what was proposed is then no more.
pub async fn release(
    tx: &mut Tx,
    id: AdvisoryId,
    revision: &Revision,
    by: &str,
    paper: Option<Digest>,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO revision (advisory_id, number, kinds, released_at, content, released_by, paper)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.0)
        .bind(i64::from(revision.number.0))
        .bind(Json(&revision.kinds))
        .bind(Ts::from(revision.released_at))
        .bind(Json(&revision.content))
        .bind(by)
        .bind(paper.map(|digest| digest.0.to_vec()))
    )?;
    set_state(tx, id, State::Published, revision.released_at).await?;
    let kinds = revision.kinds.iter().copied().collect();
    tx.note(Entry::AdvisoryReleased { advisory: id, revision: revision.number, kinds, by: by.to_owned() });
    Ok(())
}

/// Advisories of which a revision was released at `since` or later.
pub async fn released_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<AdvisoryId>, StoreError> {
    let rows: Vec<(Uuid,)> = within!(tx, run => query_as(
        "SELECT DISTINCT advisory_id FROM revision WHERE released_at >= $1",
    ).bind(Ts::from(since)).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id,)| AdvisoryId(id)).collect())
}

/// Moves an advisory that was taken to `state`; a proposal does not outlive it.
pub async fn set_state(tx: &mut Tx, id: AdvisoryId, state: State, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "UPDATE advisory SET state = $2, proposed = NULL, proposed_by = NULL, changed_at = $3,
                    writers = NULL, approved_by = NULL, release_at = NULL, state_reason = NULL
              WHERE id = $1",
        )
        .bind(id.0)
        .bind(word::of(&state))
        .bind(Ts::from(now))
    )?;
    Ok(())
}

/// How many wait for a second person.
pub async fn waiting(db: &Db) -> Result<usize, StoreError> {
    let (count,): (i64,) = on!(db, run => query_as(
        "SELECT count(*) FROM advisory WHERE proposed IS NOT NULL",
    ).fetch_one(run))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The papers that an advisory came from, the first first.
pub async fn papers(db: &Db, id: AdvisoryId) -> Result<Vec<Digest>, StoreError> {
    let rows: Vec<(Option<Vec<u8>>,)> = on!(db, run => query_as(
        "SELECT paper FROM (SELECT paper, number FROM revision WHERE advisory_id = $1
                             UNION ALL SELECT paper, 1000000000 FROM advisory WHERE id = $1) q
          ORDER BY number",
    ).bind(id.0).fetch_all(run))?;
    let mut digests = Vec::new();
    for bytes in rows.into_iter().filter_map(|(bytes,)| bytes) {
        let digest = Digest::from_row("advisory", &bytes)?;
        if !digests.contains(&digest) {
            digests.push(digest);
        }
    }
    Ok(digests)
}

/// One line of a list of advisories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: AdvisoryId,
    pub publisher: String,
    pub number: String,
    pub state: State,
    /// What counts: the last revision, or what was proposed when nothing was released.
    pub content: Content,
    pub revision: Option<RevisionNumber>,
    pub waits_for_release: bool,
    pub changed_at: Timestamp,
    pub warnings: u64,
    pub open_warnings: u64,
    /// When the last revision was released.
    pub released_at: Option<Timestamp>,
    /// Of whoever read the paper that it came from last.
    pub complaints: usize,
}

#[derive(FromRow)]
struct LineRow {
    id: Uuid,
    publisher: String,
    number: String,
    state: String,
    proposed: Option<Json<Content>>,
    changed_at: Ts,
    revision: Option<i64>,
    content: Option<Json<Content>>,
    warnings: i64,
    open_warnings: i64,
    released_at: Option<Ts>,
    complaints: Option<Json<Vec<Complaint>>>,
}

/// Advisories, the last changed first, at most `limit`.
pub async fn newest(db: &Db, limit: i64) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<LineRow> = on!(db, run => query_as(
        "SELECT a.id, a.publisher, a.number, a.state, a.proposed, a.changed_at,
                r.number AS revision, r.content, r.released_at, d.complaints,
                (SELECT count(*) FROM warning w WHERE w.advisory_id = a.id) AS warnings,
                (SELECT count(*) FROM warning w WHERE w.advisory_id = a.id AND w.is_open) AS open_warnings
           FROM advisory a
           LEFT JOIN revision r ON r.advisory_id = a.id
            AND r.number = (SELECT max(number) FROM revision WHERE advisory_id = a.id)
           LEFT JOIN paper d ON d.digest = coalesce(a.paper, r.paper)
          ORDER BY a.changed_at DESC, a.id
          LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    rows.into_iter()
        .map(|row| {
            Ok(Line {
                id: AdvisoryId(row.id),
                state: word::read("advisory", row.id, &row.state)?,
                waits_for_release: row.proposed.is_some(),
                content: row.content.or(row.proposed).map(|content| content.0).unwrap_or_default(),
                revision: row.revision.map(|it| RevisionNumber(u32::try_from(it).unwrap_or(u32::MAX))),
                publisher: row.publisher,
                number: row.number,
                changed_at: row.changed_at.get(),
                warnings: row.warnings.unsigned_abs(),
                open_warnings: row.open_warnings.unsigned_abs(),
                released_at: row.released_at.map(Ts::get),
                complaints: row.complaints.map_or(0, |complaints| complaints.0.len()),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::text::Text;

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn what_was_released_stays_as_it_was_and_a_proposal_waits_beside_it() {
        on_both(async |db| {
            let id = AdvisoryId(Uuid::from_u128(1));
            let content = Content { title: Text::both("lek", "hole"), ..Content::default() };
            let next = Content { exploited: true, ..content.clone() };
            let now = Timestamp::UNIX_EPOCH;
            let revision = Revision {
                number: RevisionNumber::FIRST,
                kinds: BTreeSet::new(),
                released_at: now,
                content: content.clone(),
            };
            let mut tx = db.begin("test").await.unwrap();
            open(&mut tx, id, "ncsc", "2019-0979", now).await.unwrap();
            assert_eq!(of_number(&mut tx, "ncsc", "2019-0979").await.unwrap(), Some(id));
            release(&mut tx, id, &revision, "analyst", None).await.unwrap();
            propose(&mut tx, id, State::Published, &next, None, None, now).await.unwrap();
            commit(tx).await;

            let found = of_id(&db, id).await.unwrap().unwrap();
            assert_eq!(found.advisory.revisions, [revision]);
            assert_eq!(found.proposed, Some(next));
            let lines = newest(&db, 10).await.unwrap();
            assert_eq!((lines.len(), lines[0].waits_for_release, &lines[0].content), (1, true, &content));
        })
        .await;
    }
}
