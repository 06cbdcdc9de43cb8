//! Records of public lists: the newest word of each publisher about each number.

use std::collections::{BTreeMap, HashMap};

use domain::ids::VulnerabilityId;
use domain::record::{NEW, Record};
use jiff::Timestamp;
use sqlx::{FromRow, query_as};
use uuid::Uuid;

use crate::papers::Digest;
use crate::{Db, StoreError, Tx, ts::Ts};

/// How hard a content is packed: fast, and still to a third.
const PACKED: i32 = 1;

/// Where a record stands: in a paper, or in a member of one that is an archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provenance {
    pub paper: Digest,
    /// The name of the member; empty when the paper is the record.
    pub member: String,
}

/// Keeps records, each in the place of what the same publisher said about the same number before. That
/// somebody called it exploited stays. Of several about one number the last one counts.
pub async fn keep(tx: &mut Tx, records: &[(Record, Provenance)], now: Timestamp) -> Result<(), StoreError> {
    struct Kept<'r> {
        record: &'r Record,
        provenance: &'r Provenance,
        content: Vec<u8>,
    }
    let packing = |why: std::io::Error| StoreError::damaged("record", "new", why);
    let mut packer = zstd::bulk::Compressor::new(PACKED).map_err(packing)?;
    let mut last = BTreeMap::new();
    for (record, provenance) in records {
        last.insert((&record.publisher, &record.number), (record, provenance));
    }
    let mut kept = Vec::with_capacity(last.len());
    for (record, provenance) in last.into_values() {
        let content = serde_json::to_vec(&record.content)
            .map_err(|why| StoreError::damaged("record", &record.number, why))?;
        let content = packer.compress(&content).map_err(packing)?;
        kept.push(Kept { record, provenance, content });
    }
    change_rows!(
        tx,
        kept,
        11,
        "INSERT INTO record (publisher, number, paper, member, said_at, kept_at, exploited, nameless, withdrawn,
                             title, content)",
        "ON CONFLICT (number, publisher) DO UPDATE
            SET paper = excluded.paper, member = excluded.member, said_at = excluded.said_at,
                kept_at = excluded.kept_at, exploited = record.exploited OR excluded.exploited,
                nameless = excluded.nameless, withdrawn = excluded.withdrawn, title = excluded.title,
                content = excluded.content",
        row => [
            &row.record.publisher,
            &row.record.number,
            row.provenance.paper.0.as_slice(),
            &row.provenance.member,
            Ts::from(row.record.said_at),
            Ts::from(now),
            row.record.is_exploited,
            row.record.is_nameless(),
            row.record.is_withdrawn,
            row.record.content.title.for_reader(domain::text::Language::En),
            &row.content,
        ]
    );
    Ok(())
}

/// Notes that these vulnerabilities are used, whoever says so, in what is kept under any of their names. Gives
/// how many records that changed.
pub async fn are_exploited(tx: &mut Tx, ids: &[VulnerabilityId]) -> Result<u64, StoreError> {
    let changed = change_rows!(
        tx,
        ids,
        1,
        "UPDATE record SET exploited = TRUE
          WHERE NOT exploited
            AND number IN (SELECT n.name FROM naming n
                             JOIN vulnerability_name led
                               ON led.name = n.name AND led.vulnerability_id = n.vulnerability_id
                            WHERE n.vulnerability_id IN (",
        "))",
        id => [id.0]
    );
    Ok(changed)
}

type Row = (String, String, Vec<u8>, String, Ts, bool, bool, Vec<u8>);

fn read(row: Row) -> Result<(Record, Provenance), StoreError> {
    let (publisher, number, paper, member, said_at, is_exploited, is_withdrawn, content) = row;
    let damaged = |why: &dyn std::fmt::Display| StoreError::damaged("record", &number, why.to_string());
    let content = zstd::stream::decode_all(content.as_slice()).map_err(|why| damaged(&why))?;
    let content = serde_json::from_slice(&content).map_err(|why| damaged(&why))?;
    let provenance = Provenance { paper: Digest::from_row("record", &paper)?, member };
    let said_at = said_at.get();
    Ok((Record { publisher, number, said_at, is_exploited, is_withdrawn, content }, provenance))
}

/// Records that may still come to the desk and are not there, by number and publisher.
pub async fn alive(db: &Db, now: Timestamp) -> Result<Vec<(Record, Provenance)>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT r.publisher, r.number, r.paper, r.member, r.said_at, r.exploited, r.withdrawn, r.content
           FROM record r
          WHERE (r.exploited OR r.said_at > $1) AND NOT r.withdrawn
            AND NOT EXISTS (SELECT 1 FROM advisory a WHERE a.publisher = r.publisher AND a.number = r.number)
          ORDER BY r.number, r.publisher",
    ).bind(Ts::from(now - NEW)).fetch_all(run))?;
    rows.into_iter().map(read).collect()
}

/// Whether there is any record that may still come to the desk and is not there.
pub async fn any_alive(db: &Db, now: Timestamp) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = on!(db, run => query_as(
        "SELECT r.said_at FROM record r
          WHERE (r.exploited OR r.said_at > $1) AND NOT r.withdrawn
            AND NOT EXISTS (SELECT 1 FROM advisory a WHERE a.publisher = r.publisher AND a.number = r.number)
          LIMIT 1",
    ).bind(Ts::from(now - NEW)).fetch_optional(run))?;
    Ok(found.is_some())
}

/// Records that were kept from `since` on, also those that were taken back: `limit` of them behind `last`, by
/// number and publisher.
pub async fn kept_since(
    db: &Db,
    since: Timestamp,
    last: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Record>, StoreError> {
    let (number, publisher) = last.unwrap_or_default();
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT publisher, number, paper, member, said_at, exploited, withdrawn, content
           FROM record
          WHERE kept_at >= $1 AND (number, publisher) > ($2, $3)
          ORDER BY number, publisher LIMIT $4",
    ).bind(Ts::from(since)).bind(number).bind(publisher).bind(limit).fetch_all(run))?;
    rows.into_iter().map(|row| Ok(read(row)?.0)).collect()
}

/// What everybody says about these numbers, as lines in no order, each with the vulnerability to which its
/// number leads.
pub async fn lines_of(db: &Db, numbers: &[&str]) -> Result<Vec<(Line, Option<VulnerabilityId>)>, StoreError> {
    let mut tx = db.snapshot().await?;
    let rows: Vec<LineRow> = rows_of!(
        tx,
        numbers,
        "SELECT r.publisher, r.number, r.title, r.said_at, r.exploited, r.nameless, r.withdrawn, r.paper, r.member,
                EXISTS (SELECT 1 FROM advisory a
                         WHERE a.publisher = r.publisher AND a.number = r.number) AS on_desk
           FROM record r WHERE r.number IN",
        number => [*number]
    );
    let led: Vec<(String, Uuid)> = rows_of!(
        tx,
        numbers,
        "SELECT name, vulnerability_id FROM vulnerability_name WHERE name IN",
        number => [*number]
    );
    let led: HashMap<String, VulnerabilityId> =
        led.into_iter().map(|(name, id)| (name, VulnerabilityId(id))).collect();
    rows.into_iter()
        .map(|row| {
            let line = row.line()?;
            let of = led.get(&line.number).copied();
            Ok((line, of))
        })
        .collect()
}

/// What everybody says about a number, by publisher.
pub async fn of_number(db: &Db, number: &str) -> Result<Vec<(Record, Provenance)>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT publisher, number, paper, member, said_at, exploited, withdrawn, content
           FROM record WHERE number = $1 ORDER BY publisher",
    ).bind(number).fetch_all(run))?;
    rows.into_iter().map(read).collect()
}

/// What each publisher of these numbers said before, of those that somebody kept.
pub async fn of_numbers(
    tx: &mut Tx,
    numbers: &[&str],
) -> Result<BTreeMap<(String, String), Record>, StoreError> {
    let rows: Vec<Row> = rows_of!(
        tx,
        numbers,
        "SELECT publisher, number, paper, member, said_at, exploited, withdrawn, content
           FROM record WHERE number IN",
        number => [*number]
    );
    rows.into_iter()
        .map(|row| {
            let record = read(row)?.0;
            Ok(((record.publisher.clone(), record.number.clone()), record))
        })
        .collect()
}

/// Which records somebody wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// With what the number begins.
    pub number: String,
    pub only_nameless: bool,
    pub only_exploited: bool,
    /// How many to pass over.
    pub offset: i64,
}

/// A record as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub publisher: String,
    pub number: String,
    pub title: String,
    pub said_at: Timestamp,
    pub is_exploited: bool,
    pub is_nameless: bool,
    pub is_withdrawn: bool,
    pub is_on_the_desk: bool,
    pub provenance: Provenance,
}

#[derive(FromRow)]
struct LineRow {
    publisher: String,
    number: String,
    title: String,
    said_at: Ts,
    exploited: bool,
    nameless: bool,
    withdrawn: bool,
    on_desk: bool,
    paper: Vec<u8>,
    member: String,
}

impl LineRow {
    fn line(self) -> Result<Line, StoreError> {
        Ok(Line {
            publisher: self.publisher,
            number: self.number,
            title: self.title,
            said_at: self.said_at.get(),
            is_exploited: self.exploited,
            is_nameless: self.nameless,
            is_withdrawn: self.withdrawn,
            is_on_the_desk: self.on_desk,
            provenance: Provenance { paper: Digest::from_row("record", &self.paper)?, member: self.member },
        })
    }
}

/// The records that are wanted, the newest first, at most `limit`.
pub async fn lines(db: &Db, wanted: &Wanted, limit: i64) -> Result<Vec<Line>, StoreError> {
    // Numbers are letters, digits and dashes, so that what comes after all that begin so is the next letter.
    let after = format!("{}\u{7f}", wanted.number);
    let rows: Vec<LineRow> = on!(db, run => query_as(
        "SELECT r.publisher, r.number, r.title, r.said_at, r.exploited, r.nameless, r.withdrawn, r.paper, r.member,
                EXISTS (SELECT 1 FROM advisory a
                         WHERE a.publisher = r.publisher AND a.number = r.number) AS on_desk
           FROM record r
          WHERE ($1 = '' OR r.number >= $1 AND r.number < $2) AND ($3 = FALSE OR r.nameless)
            AND ($4 = FALSE OR r.exploited)
          ORDER BY r.said_at DESC, r.number, r.publisher LIMIT $5 OFFSET $6",
    )
    .bind(&wanted.number).bind(&after).bind(wanted.only_nameless).bind(wanted.only_exploited)
    .bind(limit).bind(wanted.offset).fetch_all(run))?;
    rows.into_iter().map(LineRow::line).collect()
}

/// How many records are wanted, those that are passed over included.
pub async fn count(db: &Db, wanted: &Wanted) -> Result<u64, StoreError> {
    let after = format!("{}\u{7f}", wanted.number);
    let (count,): (i64,) = on!(db, run => query_as(
        "SELECT count(*) FROM record r
          WHERE ($1 = '' OR r.number >= $1 AND r.number < $2) AND ($3 = FALSE OR r.nameless)
            AND ($4 = FALSE OR r.exploited)",
    )
    .bind(&wanted.number).bind(&after).bind(wanted.only_nameless).bind(wanted.only_exploited)
    .fetch_one(run))?;
    Ok(count.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use domain::advisory::Content;
    use domain::ids::AdvisoryId;
    use domain::time::Said;
    use jiff::SignedDuration;
    use uuid::Uuid;

    use super::*;
    use crate::advisories;
    use crate::papers::{self, Paper, State};
    use crate::testing::{commit, on_both};
    use crate::vulnerabilities::{self, Fresh, Naming};

    /// A vulnerability that is known by a name of a record.
    async fn known(tx: &mut Tx, name: &str) -> VulnerabilityId {
        let id = VulnerabilityId(Uuid::from_u128(7));
        let said = Said {
            at: Timestamp::UNIX_EPOCH,
            known_at: Timestamp::UNIX_EPOCH,
            it: name.to_owned(),
            by: "CVE".into(),
        };
        vulnerabilities::add_all(tx, &[Fresh { id, name: name.into(), title: String::new() }]).await.unwrap();
        vulnerabilities::call_all(tx, &[(id, Naming { said, paper: None })]).await.unwrap();
        id
    }

    fn provenance() -> Provenance {
        Provenance { paper: Digest::of(b"a list"), member: "2019/19781.json".into() }
    }

    async fn paper(tx: &mut Tx) {
        let paper = Paper {
            digest: provenance().paper,
            source: "CVE".into(),
            name: "all.zip".into(),
            kind: "archive".into(),
            size_bytes: 6,
            received_at: Timestamp::UNIX_EPOCH,
            state: State::Read,
            why: None,
            complaints: vec![],
        };
        papers::add(tx, &paper).await.unwrap();
    }

    fn record(number: &str, days: i64, title: &str) -> Record {
        Record {
            publisher: "CVE".into(),
            number: number.into(),
            said_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days),
            is_exploited: false,
            is_withdrawn: false,
            content: Content { title: title.into(), ..Content::default() },
        }
    }

    #[tokio::test]
    async fn the_last_word_counts_and_what_is_used_stays_used() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 100);
            let mut tx = db.begin("test").await.unwrap();
            paper(&mut tx).await;
            let many: Vec<_> = (0..450)
                .map(|nth| (record(&format!("CVE-1970-{:04}", 1000 + nth), 1, "old"), provenance()))
                .chain([(record("CVE-1970-9999", 99, "new"), provenance())])
                .chain([(record("CVE-1970-9999", 99, "newer"), provenance())])
                .collect();
            keep(&mut tx, &many, now).await.unwrap();
            let used = known(&mut tx, "CVE-1970-1007").await;
            assert_eq!(are_exploited(&mut tx, &[used]).await.unwrap(), 1);
            assert_eq!(are_exploited(&mut tx, &[used]).await.unwrap(), 0);
            keep(&mut tx, &[(record("CVE-1970-1007", 1, "changed"), provenance())], now).await.unwrap();
            let before = of_numbers(&mut tx, &["CVE-1970-1007", "no"]).await.unwrap();
            assert_eq!(before.len(), 1);
            commit(tx).await;
            assert_eq!(count(&db, &Wanted::default()).await.unwrap(), 451);
            let numbers = async || -> Vec<String> {
                alive(&db, now).await.unwrap().into_iter().map(|(it, _)| it.number).collect()
            };
            assert_eq!(numbers().await, ["CVE-1970-1007", "CVE-1970-9999"]);
            let found = of_number(&db, "CVE-1970-1007").await.unwrap();
            assert_eq!(found[0].0.content.title, "changed".into());
            assert!(found[0].0.is_exploited);
            assert_eq!(found[0].1, provenance());
            let mut tx = db.begin("test").await.unwrap();
            let id = AdvisoryId(Uuid::from_u128(1));
            advisories::open(&mut tx, id, "CVE", "CVE-1970-9999", now).await.unwrap();
            commit(tx).await;
            assert_eq!(numbers().await, ["CVE-1970-1007"]);
            let wanted = Wanted { number: "CVE-1970-99".into(), ..Wanted::default() };
            let found = lines(&db, &wanted, 10).await.unwrap();
            assert_eq!((found.len(), found[0].title.as_str(), found[0].is_on_the_desk), (1, "newer", true));
            let wanted = Wanted { only_exploited: true, only_nameless: true, ..Wanted::default() };
            assert_eq!(lines(&db, &wanted, 10).await.unwrap().len(), 1);
            assert_eq!(count(&db, &wanted).await.unwrap(), 1);
            let first = kept_since(&db, now, None, 450).await.unwrap();
            let last = (first[449].number.as_str(), "CVE");
            let rest = kept_since(&db, now, Some(last), 450).await.unwrap();
            assert_eq!((first.len(), rest.len(), rest[0].number.as_str()), (450, 1, "CVE-1970-9999"));
            let later = now + SignedDuration::from_secs(1);
            assert_eq!(kept_since(&db, later, None, 450).await.unwrap(), []);
            let mut found = lines_of(&db, &["CVE-1970-1007", "CVE-1970-9999", "no"]).await.unwrap();
            found.sort_by(|one, other| one.0.number.cmp(&other.0.number));
            assert_eq!(found.iter().map(|it| it.1).collect::<Vec<_>>(), [Some(used), None]);
            assert_eq!(lines(&db, &Wanted { offset: 450, ..Wanted::default() }, 10).await.unwrap().len(), 1);
        })
        .await;
    }
}
