//! Places that publish papers: how each is asked, how far it was read, and what became of what it lists.
//!
//! What was taken in and how far the source was read are written in one transaction, so a node that dies in
//! between neither loses a paper nor counts one twice.

use std::collections::BTreeMap;

use domain::ids::SourceId;
use domain::ledger::Entry;
use domain::source::{Course, Kind, Settings, Trouble, Turn};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::papers::Digest;
use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub id: SourceId,
    /// Its name among people; no two have the same.
    pub name: String,
    pub kind: Kind,
    /// A domain, an address of a page, or a folder of this machine as `file:///…`.
    pub address: String,
    pub settings: Settings,
    /// Whether the operator's configuration names it; then the desk can pause it and not change it.
    pub in_file: bool,
    pub added_at: Timestamp,
    pub next_at: Timestamp,
    pub course: Course,
    /// How far it was read. Its form is its kind's.
    pub cursor: Value,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    kind: String,
    address: String,
    settings: Json<Settings>,
    in_file: bool,
    added_at: Ts,
    next_at: Ts,
    course: Json<Course>,
    cursor: Json<Value>,
}

impl TryFrom<Row> for Source {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: SourceId(row.id),
            kind: word::read("source", row.id, &row.kind)?,
            name: row.name,
            address: row.address,
            settings: row.settings.0,
            in_file: row.in_file,
            added_at: row.added_at.get(),
            next_at: row.next_at.get(),
            course: row.course.0,
            cursor: row.cursor.0,
        })
    }
}

/// Adds a source. Gives `false` when one of that name is there already; then nothing is changed.
pub async fn add(tx: &mut Tx, source: &Source, by: &str) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO source (id, name, kind, address, settings, in_file, added_at, next_at, course, cursor,
                                 version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) ON CONFLICT (name) DO NOTHING",
        )
        .bind(source.id.0)
        .bind(&source.name)
        .bind(word::of(&source.kind))
        .bind(&source.address)
        .bind(Json(&source.settings))
        .bind(source.in_file)
        .bind(Ts::from(source.added_at))
        .bind(Ts::from(source.next_at))
        .bind(Json(&source.course))
        .bind(Json(&source.cursor))
    )?;
    if added > 0 {
        turned(tx, source, Turn::Added, by);
    }
    Ok(added > 0)
}

/// Notes in the ledger what happened to a source; `by` is empty for what happened by itself.
pub fn turned(tx: &mut Tx, source: &Source, turn: Turn, by: &str) {
    tx.note(Entry::SourceTurned { source: source.id, name: source.name.clone(), turn, by: by.to_owned() });
}

/// The source, in order to change it: until the end of `tx` nobody else can take it.
pub async fn take(tx: &mut Tx, id: SourceId) -> Result<Option<Source>, StoreError> {
    let row: Option<Row> = within!(tx, run => query_as(
        "UPDATE source SET version = version + 1 WHERE id = $1
      RETURNING id, name, kind, address, settings, in_file, added_at, next_at, course, cursor",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Source::try_from).transpose()
}

/// Writes back a source that was taken, all of it but its id and its name.
pub async fn put(tx: &mut Tx, source: &Source) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "UPDATE source SET kind = $2, address = $3, settings = $4, in_file = $5, next_at = $6, course = $7,
                    cursor = $8
              WHERE id = $1",
        )
        .bind(source.id.0)
        .bind(word::of(&source.kind))
        .bind(&source.address)
        .bind(Json(&source.settings))
        .bind(source.in_file)
        .bind(Ts::from(source.next_at))
        .bind(Json(&source.course))
        .bind(Json(&source.cursor))
    )?;
    Ok(())
}

/// Writes down how far a source was read, and nothing else of it.
pub async fn move_cursor(tx: &mut Tx, id: SourceId, cursor: &Value) -> Result<(), StoreError> {
    let sql = "UPDATE source SET cursor = $2 WHERE id = $1";
    change!(tx, query(sql).bind(id.0).bind(Json(cursor)))?;
    Ok(())
}

/// What is parked need not wait for its time any longer.
pub async fn let_try_again(tx: &mut Tx, id: SourceId) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE source_item SET at = 0, tries = 0 WHERE source_id = $1 AND parked").bind(id.0)
    )?;
    Ok(())
}

/// Every source, by name.
pub async fn all(db: &Db) -> Result<Vec<Source>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, name, kind, address, settings, in_file, added_at, next_at, course, cursor
           FROM source ORDER BY name",
    ).fetch_all(run))?;
    rows.into_iter().map(Source::try_from).collect()
}

/// The source of this name.
pub async fn of_name(db: &Db, name: &str) -> Result<Option<Source>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, kind, address, settings, in_file, added_at, next_at, course, cursor
           FROM source WHERE name = $1",
    ).bind(name).fetch_optional(run))?;
    row.map(Source::try_from).transpose()
}

/// The source of this id.
pub async fn of_id(db: &Db, id: SourceId) -> Result<Option<Source>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, kind, address, settings, in_file, added_at, next_at, course, cursor
           FROM source WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Source::try_from).transpose()
}

/// One time that a source was asked. The four counts are of what it lists: what was new, what had come
/// before, what was parked with a reason; what did not change is in none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub began_at: Timestamp,
    pub ended_at: Timestamp,
    pub listed: u64,
    pub taken: u64,
    pub known: u64,
    pub parked: u64,
    pub why: Option<Trouble>,
}

fn counted(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Keeps a visit, and forgets those that lie `before`.
pub async fn add_visit(
    tx: &mut Tx,
    source: SourceId,
    visit: &Visit,
    before: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        query("DELETE FROM source_visit WHERE source_id = $1 AND began_at < $2")
            .bind(source.0)
            .bind(Ts::from(before))
    )?;
    change!(
        tx,
        query(
            "INSERT INTO source_visit (source_id, began_at, ended_at, listed, taken, known, parked, why)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (source_id, began_at) DO UPDATE
                SET ended_at = excluded.ended_at, listed = excluded.listed,
                    taken = source_visit.taken + excluded.taken, known = source_visit.known + excluded.known,
                    parked = source_visit.parked + excluded.parked, why = excluded.why",
        )
        .bind(source.0)
        .bind(Ts::from(visit.began_at))
        .bind(Ts::from(visit.ended_at))
        .bind(counted(visit.listed))
        .bind(counted(visit.taken))
        .bind(counted(visit.known))
        .bind(counted(visit.parked))
        .bind(visit.why.as_ref().map(Json))
    )?;
    Ok(())
}

#[derive(FromRow)]
struct VisitRow {
    began_at: Ts,
    ended_at: Ts,
    listed: i64,
    taken: i64,
    known: i64,
    parked: i64,
    why: Option<Json<Trouble>>,
}

/// The last visits, newest first, `most` of them.
pub async fn visits(db: &Db, source: SourceId, most: i64) -> Result<Vec<Visit>, StoreError> {
    let rows: Vec<VisitRow> = on!(db, run => query_as(
        "SELECT began_at, ended_at, listed, taken, known, parked, why FROM source_visit
          WHERE source_id = $1 ORDER BY began_at DESC LIMIT $2",
    ).bind(source.0).bind(most).fetch_all(run))?;
    let visit = |row: VisitRow| Visit {
        began_at: row.began_at.get(),
        ended_at: row.ended_at.get(),
        listed: row.listed.unsigned_abs(),
        taken: row.taken.unsigned_abs(),
        known: row.known.unsigned_abs(),
        parked: row.parked.unsigned_abs(),
        why: row.why.map(|why| why.0),
    };
    Ok(rows.into_iter().map(visit).collect())
}

/// One thing that a source lists, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub name: String,
    pub mark: String,
    pub at: Timestamp,
    /// How often in a row it was parked.
    pub tries: i64,
    pub paper: Option<Digest>,
    /// Why it is parked, or what was odd about it.
    pub remark: Option<Trouble>,
    pub parked: bool,
}

/// Notes what became of something. What was known of it before is forgotten.
pub async fn put_item(tx: &mut Tx, source: SourceId, item: &Item) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO source_item (source_id, name, mark, at, tries, paper, remark, parked)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (source_id, name) DO UPDATE
                SET mark = excluded.mark, at = excluded.at, tries = excluded.tries,
                    paper = coalesce(excluded.paper, source_item.paper), remark = excluded.remark,
                    parked = excluded.parked",
        )
        .bind(source.0)
        .bind(&item.name)
        .bind(&item.mark)
        .bind(Ts::from(item.at))
        .bind(item.tries)
        .bind(item.paper.map(|paper| paper.0.to_vec()))
        .bind(item.remark.as_ref().map(Json))
        .bind(item.parked)
    )?;
    Ok(())
}

#[derive(FromRow)]
struct ItemRow {
    name: String,
    mark: String,
    at: Ts,
    tries: i64,
    paper: Option<Vec<u8>>,
    remark: Option<Json<Trouble>>,
    parked: bool,
}

impl TryFrom<ItemRow> for Item {
    type Error = StoreError;

    fn try_from(row: ItemRow) -> Result<Self, StoreError> {
        Ok(Self {
            paper: row.paper.map(|paper| Digest::from_row("source_item", &paper)).transpose()?,
            name: row.name,
            mark: row.mark,
            at: row.at.get(),
            tries: row.tries,
            remark: row.remark.map(|remark| remark.0),
            parked: row.parked,
        })
    }
}

/// Everything that became of what a source lists, by name.
pub async fn items(db: &Db, source: SourceId) -> Result<BTreeMap<String, Item>, StoreError> {
    let rows: Vec<ItemRow> = on!(db, run => query_as(
        "SELECT name, mark, at, tries, paper, remark, parked FROM source_item WHERE source_id = $1",
    ).bind(source.0).fetch_all(run))?;
    let items = rows.into_iter().map(Item::try_from);
    items.map(|item| item.map(|item| (item.name.clone(), item))).collect()
}

/// What is parked, the latest first, `most` of it.
pub async fn parked(db: &Db, source: SourceId, most: i64) -> Result<Vec<Item>, StoreError> {
    let rows: Vec<ItemRow> = on!(db, run => query_as(
        "SELECT name, mark, at, tries, paper, remark, parked FROM source_item
          WHERE source_id = $1 AND parked ORDER BY at DESC, name LIMIT $2",
    ).bind(source.0).bind(most).fetch_all(run))?;
    rows.into_iter().map(Item::try_from).collect()
}

/// How many papers came from each source, and how much of each is parked.
pub async fn counts(db: &Db) -> Result<BTreeMap<SourceId, (u64, u64)>, StoreError> {
    let mut counts: BTreeMap<SourceId, (u64, u64)> = BTreeMap::new();
    let papers: Vec<(Uuid, i64)> = on!(db, run => query_as(
        "SELECT source_id, count(DISTINCT paper) FROM paper_origin GROUP BY source_id",
    ).fetch_all(run))?;
    for (id, count) in papers {
        counts.entry(SourceId(id)).or_default().0 = count.unsigned_abs();
    }
    let parked: Vec<(Uuid, i64)> = on!(db, run => query_as(
        "SELECT source_id, count(*) FROM source_item WHERE parked GROUP BY source_id",
    ).fetch_all(run))?;
    for (id, count) in parked {
        counts.entry(SourceId(id)).or_default().1 = count.unsigned_abs();
    }
    Ok(counts)
}

/// Notes where the bytes of a paper came from. The same place again is the same place.
pub async fn add_origin(
    tx: &mut Tx,
    paper: Digest,
    source: SourceId,
    address: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO paper_origin (paper, source_id, address, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (paper, source_id, address) DO NOTHING",
        )
        .bind(paper.0.to_vec())
        .bind(source.0)
        .bind(address)
        .bind(Ts::from(at))
    )?;
    Ok(())
}

/// Where the bytes of a paper came from: the name of the source, the address, when. The first one first.
pub async fn origins(db: &Db, paper: Digest) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
    let rows: Vec<(String, String, Ts)> = on!(db, run => query_as(
        "SELECT s.name, o.address, o.at FROM paper_origin o JOIN source s ON s.id = o.source_id
          WHERE o.paper = $1 ORDER BY o.at, s.name, o.address",
    ).bind(paper.0.to_vec()).fetch_all(run))?;
    Ok(rows.into_iter().map(|(name, address, at)| (name, address, at.get())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::papers::{self, Paper, State};
    use crate::testing::{commit, on_both};

    fn provider() -> Source {
        Source {
            id: SourceId(Uuid::from_u128(7)),
            name: "Deltawerk".into(),
            kind: Kind::CsafProvider,
            address: "deltawerk.example".into(),
            settings: Settings::default(),
            in_file: false,
            added_at: Timestamp::UNIX_EPOCH,
            next_at: Timestamp::UNIX_EPOCH,
            course: Course::default(),
            cursor: Value::Null,
        }
    }

    #[tokio::test]
    async fn a_source_is_what_was_written_of_it() {
        on_both(async |db| {
            let mut source = provider();
            let mut tx = db.begin("test").await.unwrap();
            assert!(add(&mut tx, &source, "Iris").await.unwrap());
            let twice = Source { id: SourceId(Uuid::from_u128(8)), ..provider() };
            assert!(!add(&mut tx, &twice, "Iris").await.unwrap(), "two of one name");
            commit(tx).await;
            let at: Timestamp = "2020-01-16T12:00:00Z".parse().unwrap();
            let mut tx = db.begin("test").await.unwrap();
            assert_eq!(take(&mut tx, source.id).await.unwrap().as_ref(), Some(&source));
            source.course.fail(at, Trouble::HashWrong);
            source.cursor = serde_json::json!({"etag": "\"one\""});
            source.next_at = at;
            put(&mut tx, &source).await.unwrap();
            let visit = Visit {
                began_at: at,
                ended_at: at,
                listed: 3,
                taken: 1,
                known: 0,
                parked: 1,
                why: Some(Trouble::Circle("https://deltawerk.example/feed".into())),
            };
            add_visit(&mut tx, source.id, &visit, Timestamp::UNIX_EPOCH).await.unwrap();
            commit(tx).await;
            assert_eq!(all(&db).await.unwrap(), [source.clone()]);
            assert_eq!(of_id(&db, source.id).await.unwrap(), Some(source.clone()));
            assert_eq!(visits(&db, source.id, 10).await.unwrap(), std::slice::from_ref(&visit));
            let later = Visit { began_at: "2020-06-16T12:00:00Z".parse().unwrap(), ..visit };
            let mut tx = db.begin("test").await.unwrap();
            add_visit(&mut tx, source.id, &later, "2020-02-01T00:00:00Z".parse().unwrap()).await.unwrap();
            commit(tx).await;
            assert_eq!(visits(&db, source.id, 10).await.unwrap(), [later], "old visits are forgotten");
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_parked_keeps_the_paper_that_it_had_before() {
        on_both(async |db| {
            let (source, at) = (provider(), Timestamp::UNIX_EPOCH);
            let digest = Digest::of(b"first");
            let paper = Paper {
                digest,
                source: "Deltawerk".into(),
                name: "a.json".into(),
                kind: "csaf".into(),
                size_bytes: 5,
                received_at: at,
                state: State::Read,
                why: None,
                complaints: Vec::new(),
            };
            let item = Item {
                name: "a.json".into(),
                mark: "1".into(),
                at,
                tries: 0,
                paper: Some(digest),
                remark: None,
                parked: false,
            };
            let mut tx = db.begin("test").await.unwrap();
            add(&mut tx, &source, "").await.unwrap();
            papers::add(&mut tx, &paper).await.unwrap();
            put_item(&mut tx, source.id, &item).await.unwrap();
            for _ in 0..2 {
                add_origin(&mut tx, digest, source.id, "https://d.example/a.json", at).await.unwrap();
            }
            let changed = Item {
                mark: "2".into(),
                tries: 1,
                paper: None,
                remark: Some(Trouble::SignatureWrong),
                parked: true,
                ..item
            };
            put_item(&mut tx, source.id, &changed).await.unwrap();
            commit(tx).await;
            let expected = Item { paper: Some(digest), ..changed };
            assert_eq!(parked(&db, source.id, 10).await.unwrap(), std::slice::from_ref(&expected));
            assert_eq!(items(&db, source.id).await.unwrap(), [("a.json".to_owned(), expected)].into());
            assert_eq!(counts(&db).await.unwrap(), [(source.id, (1, 1))].into());
            let origin = ("Deltawerk".to_owned(), "https://d.example/a.json".to_owned(), at);
            assert_eq!(origins(&db, digest).await.unwrap(), [origin]);
        })
        .await;
    }
}
