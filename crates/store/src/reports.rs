//! Reports of observations, which are taken in part by part, and what became of each of their rows.
//!
//! ```text
//! Waiting ─► Read, part by part ─► Filed ─► Ended
//! ```
//!
//! What was read of a report and what is on its way to the pages of findings is one transaction; taking a part
//! and writing its pages is another. So whoever dies in between leaves either the rows unread or the part
//! waiting, and no row counts twice. Reports follow each other: the next is begun when one has ended.

use std::collections::BTreeMap;

use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};

use crate::db::OnTx;
use crate::findings::{self, Observer, Word};
use crate::papers::Digest;
use crate::{Db, StoreError, Tx, ts::Ts};

/// A report, and what became of its rows so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Counted from 1, in the order in which they came.
    pub number: u32,
    pub paper: Digest,
    pub source: String,
    pub name: String,
    pub size_bytes: u64,
    pub began_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Why it ends before its end, or could not be used at all.
    pub why: Option<String>,
    pub rows: Rows,
    /// Parts that were read and are not on their pages yet.
    pub waiting: u64,
}

/// What became of rows. Those routed, unattributed, duplicate and rejected add up to those that were read once no
/// part of the report waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rows {
    pub read: u64,
    pub routed: u64,
    /// Of those that were routed: at places of partners.
    pub to_partners: u64,
    /// Nobody's, or claimed by several: work for a person.
    pub unattributed: u64,
    pub duplicate: u64,
    pub rejected: u64,
}

impl Rows {
    /// Whether nothing is lost and nothing counts twice.
    pub fn adds_up(&self) -> bool {
        self.read == self.routed + self.unattributed + self.duplicate + self.rejected
            && self.to_partners <= self.routed
    }
}

#[derive(FromRow)]
struct Row {
    number: i64,
    paper: Vec<u8>,
    source: String,
    name: String,
    size_bytes: i64,
    began_at: Ts,
    ended_at: Option<Ts>,
    why: Option<String>,
    read_rows: i64,
    routed: i64,
    to_partners: i64,
    unattributed: i64,
    duplicate: i64,
    rejected: i64,
    waiting: i64,
}

impl TryFrom<Row> for Report {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let number = u32::try_from(row.number)
            .map_err(|_| StoreError::damaged("report", row.number, "no number of a report"))?;
        Ok(Self {
            number,
            paper: Digest::from_row("report", &row.paper)?,
            source: row.source,
            name: row.name,
            size_bytes: row.size_bytes.unsigned_abs(),
            began_at: row.began_at.get(),
            ended_at: row.ended_at.map(Ts::get),
            why: row.why,
            rows: Rows {
                read: row.read_rows.unsigned_abs(),
                routed: row.routed.unsigned_abs(),
                to_partners: row.to_partners.unsigned_abs(),
                unattributed: row.unattributed.unsigned_abs(),
                duplicate: row.duplicate.unsigned_abs(),
                rejected: row.rejected.unsigned_abs(),
            },
            waiting: row.waiting.unsigned_abs(),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT r.number, r.paper, p.source, p.name, p.size_bytes, r.began_at, r.ended_at, r.why, r.read_rows,
                    r.routed, r.to_partners, r.unattributed, r.duplicate, r.rejected,
                    (SELECT count(*) FROM report_part w WHERE w.report = r.number) AS waiting
               FROM report r JOIN paper p ON p.digest = r.paper ",
            $tail
        )
    };
}

/// Begins a report, whose paper is there. Gives its number.
pub async fn begin(tx: &mut Tx, paper: Digest, now: Timestamp) -> Result<u32, StoreError> {
    // Two nodes that begin one each: one waits, so that no number is given twice.
    if let OnTx::Pg(pg) = &mut tx.on {
        query("SELECT pg_advisory_xact_lock(5)").execute(&mut **pg).await?;
    }
    let (last,): (i64,) =
        within!(tx, run => query_as("SELECT coalesce(max(number), 0) FROM report").fetch_one(run))?;
    change!(
        tx,
        query(
            "INSERT INTO report (number, paper, began_at, read_rows, routed, unattributed, duplicate, rejected)
             VALUES ($1, $2, $3, 0, 0, 0, 0, 0)",
        )
        .bind(last + 1)
        .bind(paper.0.as_slice())
        .bind(Ts::from(now))
    )?;
    u32::try_from(last + 1).map_err(|_| StoreError::damaged("report", last, "too many reports"))
}

/// The report of this number.
pub async fn of_number(db: &Db, number: u32) -> Result<Option<Report>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        select!("WHERE r.number = $1"),
    ).bind(i64::from(number)).fetch_optional(run))?;
    row.map(Report::try_from).transpose()
}

/// The report that a paper is.
pub async fn of_paper(db: &Db, paper: Digest) -> Result<Option<Report>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        select!("WHERE r.paper = $1"),
    ).bind(paper.0.as_slice()).fetch_optional(run))?;
    row.map(Report::try_from).transpose()
}

/// The newest reports, after `offset` others.
pub async fn newest(db: &Db, limit: i64, offset: i64) -> Result<Vec<Report>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        select!("ORDER BY r.number DESC LIMIT $1 OFFSET $2"),
    ).bind(limit).bind(offset).fetch_all(run))?;
    rows.into_iter().map(Report::try_from).collect()
}

/// The reports that began after `since`, and have ended, in their order.
pub async fn since(db: &Db, since: Timestamp) -> Result<Vec<Report>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        select!("WHERE r.ended_at IS NOT NULL AND r.began_at > $1 ORDER BY r.number"),
    ).bind(Ts::from(since)).fetch_all(run))?;
    rows.into_iter().map(Report::try_from).collect()
}

/// The reports that have not ended, in the order of their turn, at most `limit`.
pub async fn open(db: &Db, limit: i64) -> Result<Vec<Report>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        select!("WHERE r.ended_at IS NULL ORDER BY r.number LIMIT $1"),
    ).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Report::try_from).collect()
}

/// How many reports there are.
pub async fn count(db: &Db) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(db, run => query_as("SELECT count(*) FROM report").fetch_one(run))?;
    Ok(count.unsigned_abs())
}

/// The first report that has not ended: the one whose turn it is.
pub async fn next(db: &Db) -> Result<Option<u32>, StoreError> {
    let (first,): (Option<i64>,) =
        on!(db, run => query_as("SELECT min(number) FROM report WHERE ended_at IS NULL").fetch_one(run))?;
    Ok(first.and_then(|number| u32::try_from(number).ok()))
}

/// As [`next`], inside a transaction.
pub async fn next_in(tx: &mut Tx) -> Result<Option<u32>, StoreError> {
    let (first,): (Option<i64>,) =
        within!(tx, run => query_as("SELECT min(number) FROM report WHERE ended_at IS NULL").fetch_one(run))?;
    Ok(first.and_then(|number| u32::try_from(number).ok()))
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Which row of the report, counted from 1.
    pub place: u64,
    /// The name of the reason, as in `no-address`.
    pub why: String,
    /// The beginning of what stands there.
    pub bytes: Vec<u8>,
}

/// What was read of a report, from one row to another.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// So many rows had been read before.
    pub from: u64,
    pub to: u64,
    /// Parts for [`take_part`], in any form.
    pub parts: Vec<Vec<u8>>,
    pub words: Vec<(u32, Word)>,
    pub observers: Vec<(u16, Observer)>,
    /// How many rows were rejected, by reason.
    pub rejections: BTreeMap<String, u64>,
    /// Some of them, to look at.
    pub rejected: Vec<Rejected>,
}

/// Writes down what was read. Gives `false`, and changes nothing, when somebody else read it already.
pub async fn read_on(tx: &mut Tx, report: u32, reading: &Reading) -> Result<bool, StoreError> {
    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    let rejected: u64 = reading.rejections.values().sum();
    let changed = change!(
        tx,
        query(
            "UPDATE report SET read_rows = $3, rejected = rejected + $4
              WHERE number = $1 AND read_rows = $2 AND ended_at IS NULL",
        )
        .bind(i64::from(report))
        .bind(count(reading.from))
        .bind(count(reading.to))
        .bind(count(rejected))
    )?;
    if changed == 0 {
        return Ok(false);
    }
    findings::put_words(tx, &reading.words).await?;
    findings::add_observers(tx, &reading.observers).await?;
    let (last,): (i64,) = within!(tx, run => query_as(
        "SELECT coalesce(max(part), 0) FROM report_part WHERE report = $1",
    ).bind(i64::from(report)).fetch_one(run))?;
    for (part, said) in (last + 1..).zip(&reading.parts) {
        change!(
            tx,
            query("INSERT INTO report_part (report, part, said) VALUES ($1, $2, $3)")
                .bind(i64::from(report))
                .bind(part)
                .bind(said.as_slice())
        )?;
    }
    for (why, times) in &reading.rejections {
        change!(
            tx,
            query(
                "INSERT INTO rejection (report, why, times) VALUES ($1, $2, $3)
                 ON CONFLICT (report, why) DO UPDATE SET times = rejection.times + excluded.times",
            )
            .bind(i64::from(report))
            .bind(why)
            .bind(count(*times))
        )?;
    }
    change_rows!(
        tx,
        reading.rejected,
        4,
        "INSERT INTO rejected_row (report, place, why, bytes)",
        "ON CONFLICT (report, place) DO NOTHING",
        it => [i64::from(report), count(it.place), it.why.as_str(), it.bytes.as_slice()]
    );
    Ok(true)
}

/// Takes the next part of a report for the rest of the transaction, with which it is gone. `None` when none
/// waits, or others are at all that wait.
pub async fn take_part(tx: &mut Tx, report: u32) -> Result<Option<Vec<u8>>, StoreError> {
    // As with a job, two workers must not wait for each other.
    let sql = match tx.on {
        OnTx::Pg(_) => {
            "DELETE FROM report_part
              WHERE report = $1 AND part = (SELECT part FROM report_part WHERE report = $1
                                             ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED)
          RETURNING said"
        }
        OnTx::Lite(_) => {
            "DELETE FROM report_part
              WHERE report = $1 AND part = (SELECT part FROM report_part WHERE report = $1
                                             ORDER BY part LIMIT 1)
          RETURNING said"
        }
    };
    let row: Option<(Vec<u8>,)> =
        within!(tx, run => query_as(sql).bind(i64::from(report)).fetch_optional(run))?;
    Ok(row.map(|(said,)| said))
}

/// Counts rows that reached their pages.
pub async fn count_rows(tx: &mut Tx, report: u32, rows: &Rows) -> Result<(), StoreError> {
    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    change!(
        tx,
        query(
            "UPDATE report SET routed = routed + $2, unattributed = unattributed + $3, duplicate = duplicate + $4,
                               to_partners = to_partners + $5
              WHERE number = $1",
        )
        .bind(i64::from(report))
        .bind(count(rows.routed))
        .bind(count(rows.unattributed))
        .bind(count(rows.duplicate))
        .bind(count(rows.to_partners))
    )?;
    Ok(())
}

/// How many parts of a report wait.
pub async fn waiting(db: &Db, report: u32) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(db, run => query_as(
        "SELECT count(*) FROM report_part WHERE report = $1",
    ).bind(i64::from(report)).fetch_one(run))?;
    Ok(count.unsigned_abs())
}

/// The paper of a report, and what became of its rows.
type Counted = (Vec<u8>, i64, i64, i64, i64, i64, i64);

/// Ends a report of which no part waits. Gives `false` when it had ended before.
///
/// # Errors
/// [`StoreError::Damaged`] when its rows do not add up; then it has not ended.
pub async fn end(tx: &mut Tx, report: u32, why: Option<&str>, now: Timestamp) -> Result<bool, StoreError> {
    let row: Option<Counted> = within!(tx, run => query_as(
        "SELECT paper, read_rows, routed, to_partners, unattributed, duplicate, rejected
           FROM report WHERE number = $1 AND ended_at IS NULL",
    ).bind(i64::from(report)).fetch_optional(run))?;
    let Some((paper, read, routed, to_partners, unattributed, duplicate, rejected)) = row else {
        return Ok(false);
    };
    let rows = Rows {
        read: read.unsigned_abs(),
        routed: routed.unsigned_abs(),
        to_partners: to_partners.unsigned_abs(),
        unattributed: unattributed.unsigned_abs(),
        duplicate: duplicate.unsigned_abs(),
        rejected: rejected.unsigned_abs(),
    };
    if !rows.adds_up() {
        return Err(StoreError::damaged("report", report, format!("its rows do not add up: {rows:?}")));
    }
    change!(
        tx,
        query("UPDATE report SET ended_at = $2, why = $3 WHERE number = $1")
            .bind(i64::from(report))
            .bind(Ts::from(now))
            .bind(why)
    )?;
    tx.note(Entry::ReportTakenIn {
        digest: Digest::from_row("report", &paper)?.to_string(),
        rows: rows.read,
        routed: rows.routed,
        unattributed: rows.unattributed,
        duplicate: rows.duplicate,
        rejected: rows.rejected,
        to_partners: rows.to_partners,
    });
    Ok(true)
}

/// Opens a report once more that ended because it could not be used. Of one that gave nothing all is read anew;
/// of another what had not been read.
pub async fn reopen(tx: &mut Tx, report: u32) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "UPDATE report SET read_rows = 0, rejected = 0
              WHERE number = $1 AND ended_at IS NOT NULL AND routed + unattributed + duplicate = 0",
        )
        .bind(i64::from(report))
    )?;
    for sql in ["DELETE FROM rejection WHERE report = $1", "DELETE FROM rejected_row WHERE report = $1"] {
        let sql =
            format!("{sql} AND EXISTS (SELECT 1 FROM report r WHERE r.number = $1 AND r.read_rows = 0)");
        change!(tx, query(sqlx::AssertSqlSafe(sql.as_str())).bind(i64::from(report)))?;
    }
    change!(
        tx,
        query("UPDATE report SET ended_at = NULL, why = NULL WHERE number = $1").bind(i64::from(report))
    )?;
    Ok(())
}

/// Why rows of a report were rejected, the most frequent reason first.
pub async fn rejections(db: &Db, report: u32) -> Result<Vec<(String, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = on!(db, run => query_as(
        "SELECT why, times FROM rejection WHERE report = $1 ORDER BY times DESC, why",
    ).bind(i64::from(report)).fetch_all(run))?;
    Ok(rows.into_iter().map(|(why, times)| (why, times.unsigned_abs())).collect())
}

/// Rejected rows of a report as they stand there, in its order, at most `limit`.
pub async fn rejected(db: &Db, report: u32, limit: i64) -> Result<Vec<Rejected>, StoreError> {
    let rows: Vec<(i64, String, Vec<u8>)> = on!(db, run => query_as(
        "SELECT place, why, bytes FROM rejected_row WHERE report = $1 ORDER BY place LIMIT $2",
    ).bind(i64::from(report)).bind(limit).fetch_all(run))?;
    let read =
        |(place, why, bytes): (i64, String, Vec<u8>)| Rejected { place: place.unsigned_abs(), why, bytes };
    Ok(rows.into_iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::papers::{self, Paper, State};
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn rows_are_read_once_and_a_report_ends_when_they_add_up() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH;
            let digest = Digest::of(b"a report");
            let mut tx = db.begin("test").await.unwrap();
            let paper = Paper {
                digest,
                source: "Dijkleger".into(),
                name: "scan.csv".into(),
                kind: "observations".into(),
                size_bytes: 8,
                received_at: now,
                state: State::Read,
                why: None,
                complaints: vec![],
            };
            papers::add(&mut tx, &paper).await.unwrap();
            let number = begin(&mut tx, digest, now).await.unwrap();
            commit(tx).await;
            assert_eq!((number, next(&db).await.unwrap()), (1, Some(1)));
            let reading = Reading {
                from: 0,
                to: 5,
                parts: vec![vec![1], vec![2]],
                rejections: [("no-time".to_owned(), 1)].into(),
                rejected: vec![Rejected { place: 3, why: "no-time".into(), bytes: vec![0, 255] }],
                ..Reading::default()
            };
            for expected in [true, false] {
                let mut tx = db.begin("test").await.unwrap();
                assert_eq!(read_on(&mut tx, number, &reading).await.unwrap(), expected, "once");
                commit(tx).await;
            }
            let mut tx = db.begin("test").await.unwrap();
            let early = end(&mut tx, number, None, now).await;
            assert!(matches!(early, Err(StoreError::Damaged { .. })), "four rows are still on their way");
            drop(tx);
            let mut tx = db.begin("test").await.unwrap();
            assert_eq!(take_part(&mut tx, number).await.unwrap(), Some(vec![1]));
            drop(tx);
            assert_eq!(waiting(&db, number).await.unwrap(), 2, "who dies takes nothing");
            let mut taken = Vec::new();
            while taken.len() < 2 {
                let mut tx = db.begin("test").await.unwrap();
                // On a server the transaction that was dropped may hold its part for a moment.
                if let Some(part) = take_part(&mut tx, number).await.unwrap() {
                    let rows = Rows { routed: 1, unattributed: 1, ..Rows::default() };
                    count_rows(&mut tx, number, &rows).await.unwrap();
                    taken.extend(part);
                }
                commit(tx).await;
            }
            taken.sort_unstable();
            assert_eq!(taken, [1, 2]);
            let mut tx = db.begin("test").await.unwrap();
            assert_eq!(take_part(&mut tx, number).await.unwrap(), None);
            assert!(end(&mut tx, number, None, now).await.unwrap());
            assert!(!end(&mut tx, number, None, now).await.unwrap());
            commit(tx).await;
            let report = of_paper(&db, digest).await.unwrap().unwrap();
            assert!(report.rows.adds_up() && report.ended_at == Some(now));
            assert_eq!(rejections(&db, number).await.unwrap(), [("no-time".to_owned(), 1)]);
            assert_eq!(rejected(&db, number, 9).await.unwrap(), reading.rejected);
            assert_eq!((next(&db).await.unwrap(), count(&db).await.unwrap()), (None, 1));
            assert_eq!(newest(&db, 5, 0).await.unwrap(), [report]);
        })
        .await;
    }
}
