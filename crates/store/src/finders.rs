//! Finders, what they handed in, and what they were told of it.

use std::collections::BTreeMap;

use domain::finder::{Counts, Finder, Set, Sketch, Standing, Told};
use domain::ids::{FinderId, OfficerId, SetId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::papers::Digest;
use crate::sign_in::Hash;
use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    mail: Option<String>,
    language: String,
    standing: String,
    verified_how: String,
    registered_by: Uuid,
    registered_at: Ts,
}

impl TryFrom<Row> for Finder {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: FinderId(row.id),
            name: row.name,
            mail: row.mail,
            language: word::read("finder", row.id, &row.language)?,
            standing: word::read("finder", row.id, &row.standing)?,
            verified_how: row.verified_how,
            registered_by: OfficerId(row.registered_by),
            registered_at: row.registered_at.get(),
        })
    }
}

/// Registers a finder. Gives `false`, and changes nothing, when there is one of that name.
pub async fn add(tx: &mut Tx, finder: &Finder) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO finder (id, name, mail, language, standing, verified_how, registered_by, registered_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING",
        )
        .bind(finder.id.0)
        .bind(&finder.name)
        .bind(&finder.mail)
        .bind(word::of(&finder.language))
        .bind(word::of(&finder.standing))
        .bind(&finder.verified_how)
        .bind(finder.registered_by.0)
        .bind(Ts::from(finder.registered_at))
    )?;
    if added > 0 {
        let change = format!("registered as {}: {}", finder.standing.word(), finder.verified_how);
        tx.note(Entry::FinderChanged { finder: finder.id, change, by: finder.registered_by });
    }
    Ok(added > 0)
}

/// Changes what a finder counts for, and why. Gives `false` when there is none.
pub async fn stand(
    tx: &mut Tx,
    id: FinderId,
    standing: Standing,
    verified_how: &str,
    by: OfficerId,
) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query("UPDATE finder SET standing = $2, verified_how = $3 WHERE id = $1")
            .bind(id.0)
            .bind(word::of(&standing))
            .bind(verified_how)
    )?;
    if changed > 0 {
        let change = format!("{}: {verified_how}", standing.word());
        tx.note(Entry::FinderChanged { finder: id, change, by });
    }
    Ok(changed > 0)
}

/// Gives a finder a new code for its page; the old one opens nothing any more.
pub async fn put_code(tx: &mut Tx, id: FinderId, code: &Hash, by: OfficerId) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query("UPDATE finder SET code_hash = $2 WHERE id = $1").bind(id.0).bind(code.as_slice())
    )?;
    if changed > 0 {
        tx.note(Entry::FinderChanged { finder: id, change: "a new code".to_owned(), by });
    }
    Ok(changed > 0)
}

/// Every finder, by name.
pub async fn all(db: &Db) -> Result<Vec<Finder>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, name, mail, language, standing, verified_how, registered_by, registered_at
           FROM finder ORDER BY name, id LIMIT 2000",
    ).fetch_all(run))?;
    rows.into_iter().map(Finder::try_from).collect()
}

/// The finder of this id.
pub async fn of_id(db: &Db, id: FinderId) -> Result<Option<Finder>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, mail, language, standing, verified_how, registered_by, registered_at
           FROM finder WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Finder::try_from).transpose()
}

/// Whose page a code opens.
pub async fn of_code(db: &Db, code: &Hash) -> Result<Option<Finder>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, mail, language, standing, verified_how, registered_by, registered_at
           FROM finder WHERE code_hash = $1",
    ).bind(code.as_slice()).fetch_optional(run))?;
    row.map(Finder::try_from).transpose()
}

#[derive(FromRow)]
struct SetRow {
    id: Uuid,
    finder_id: Uuid,
    paper: Vec<u8>,
    name: String,
    method: String,
    proof: String,
    row_count: i64,
    rejected: Json<BTreeMap<String, u64>>,
    handed_in_at: Ts,
    handed_in_by: Option<Uuid>,
    taken_at: Option<Ts>,
    noted_from: i64,
}

/// What [`SetRow`] is read from.
macro_rules! select_set {
    ($where:literal) => {
        concat!(
            "SELECT id, finder_id, paper, name, method, proof, row_count, rejected, handed_in_at, handed_in_by,
                    taken_at, noted_from
               FROM finder_set ",
            $where
        )
    };
}

impl TryFrom<SetRow> for Set {
    type Error = StoreError;

    fn try_from(row: SetRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: SetId(row.id),
            finder: FinderId(row.finder_id),
            paper: Digest::from_row("finder_set", &row.paper)?.0,
            name: row.name,
            method: word::read("finder_set", row.id, &row.method)?,
            proof: row.proof,
            rows: row.row_count.unsigned_abs(),
            rejected: row.rejected.0,
            handed_in_at: row.handed_in_at.get(),
            handed_in_by: row.handed_in_by.map(OfficerId),
            taken_at: row.taken_at.map(Ts::get),
            noted_from: row.noted_from.unsigned_abs(),
        })
    }
}

/// Writes down what was handed in. Gives `false`, and changes nothing, when this finder handed in the same
/// bytes before.
pub async fn hand_in(tx: &mut Tx, set: &Set) -> Result<bool, StoreError> {
    let count = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    let added = change!(
        tx,
        query(
            "INSERT INTO finder_set (id, finder_id, paper, name, method, proof, row_count, rejected, handed_in_at,
                                     handed_in_by, taken_at, noted_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (finder_id, paper) DO NOTHING",
        )
        .bind(set.id.0)
        .bind(set.finder.0)
        .bind(set.paper.as_slice())
        .bind(&set.name)
        .bind(word::of(&set.method))
        .bind(&set.proof)
        .bind(count(set.rows))
        .bind(Json(&set.rejected))
        .bind(Ts::from(set.handed_in_at))
        .bind(set.handed_in_by.map(|by| by.0))
        .bind(set.taken_at.map(Ts::from))
        .bind(count(set.noted_from))
    )?;
    if added > 0 {
        tx.note(Entry::SetHandedIn {
            set: set.id,
            finder: set.finder,
            digest: Digest(set.paper).to_string(),
            rows: set.rows,
            rejected: set.rejected.clone(),
            is_parked: set.taken_at.is_none(),
        });
    }
    Ok(added > 0)
}

/// Lets a set that was parked go on. Gives `false`, and changes nothing, when it is not parked.
pub async fn take(tx: &mut Tx, id: SetId, by: OfficerId, at: Timestamp) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query("UPDATE finder_set SET taken_at = $2 WHERE id = $1 AND taken_at IS NULL")
            .bind(id.0)
            .bind(Ts::from(at))
    )?;
    if changed > 0 {
        tx.note(Entry::SetReleased { set: id, by });
    }
    Ok(changed > 0)
}

/// What a finder handed in, the newest first.
pub async fn sets_of(db: &Db, finder: FinderId) -> Result<Vec<Set>, StoreError> {
    let rows: Vec<SetRow> = on!(db, run => query_as(
        select_set!("WHERE finder_id = $1 ORDER BY handed_in_at DESC, id LIMIT 500"),
    ).bind(finder.0).fetch_all(run))?;
    rows.into_iter().map(Set::try_from).collect()
}

/// What waits for a person, the oldest first.
pub async fn parked(db: &Db) -> Result<Vec<Set>, StoreError> {
    let rows: Vec<SetRow> = on!(db, run => query_as(
        select_set!("WHERE taken_at IS NULL ORDER BY handed_in_at, id LIMIT 500"),
    ).fetch_all(run))?;
    rows.into_iter().map(Set::try_from).collect()
}

/// Keeps what tells a set from another without reading either.
pub async fn put_sketch(tx: &mut Tx, id: SetId, sketch: &Sketch) -> Result<(), StoreError> {
    change!(tx, query("UPDATE finder_set SET sketch = $2 WHERE id = $1").bind(id.0).bind(sketch.to_bytes()))?;
    Ok(())
}

/// The sketches of a finder's sets, of those that have one.
pub async fn sketches_of(db: &Db, finder: FinderId) -> Result<BTreeMap<SetId, Sketch>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>)> = on!(db, run => query_as(
        "SELECT id, sketch FROM finder_set WHERE finder_id = $1 AND sketch IS NOT NULL ORDER BY id",
    ).bind(finder.0).fetch_all(run))?;
    let read = |(id, bytes): (Uuid, Vec<u8>)| Some((SetId(id), Sketch::of_bytes(&bytes)?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The set of this id.
pub async fn set_of_id(db: &Db, id: SetId) -> Result<Option<Set>, StoreError> {
    let row: Option<SetRow> =
        on!(db, run => query_as(select_set!("WHERE id = $1")).bind(id.0).fetch_optional(run))?;
    row.map(Set::try_from).transpose()
}

/// The set of these bytes that a finder handed in.
pub async fn set_of_paper(db: &Db, finder: FinderId, paper: Digest) -> Result<Option<Set>, StoreError> {
    let row: Option<SetRow> = on!(db, run => query_as(
        select_set!("WHERE finder_id = $1 AND paper = $2"),
    ).bind(finder.0).bind(paper.0.as_slice()).fetch_optional(run))?;
    row.map(Set::try_from).transpose()
}

/// What a finder was told of a set on one of its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub day: u16,
    pub at: Timestamp,
    pub told: Told,
}

#[derive(FromRow)]
struct CountRow {
    day: i64,
    counted_at: Ts,
    counted: Json<Counts>,
    told: Json<Counts>,
}

/// Writes down what a finder is told. Gives `false`, and changes nothing, when it was told of that day.
pub async fn count(tx: &mut Tx, set: SetId, counted: &Counted) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO finder_count (set_id, day, counted_at, counted, told) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (set_id, day) DO NOTHING",
        )
        .bind(set.0)
        .bind(i64::from(counted.day))
        .bind(Ts::from(counted.at))
        .bind(Json(&counted.told.of))
        .bind(Json(&counted.told.told))
    )?;
    if added > 0 {
        tx.note(Entry::SetCounted { set, day: counted.day, told: counted.told.told });
    }
    Ok(added > 0)
}

/// What a finder was told of a set, the first day first.
pub async fn counts_of(db: &Db, set: SetId) -> Result<Vec<Counted>, StoreError> {
    let rows: Vec<CountRow> = on!(db, run => query_as(
        "SELECT day, counted_at, counted, told FROM finder_count WHERE set_id = $1 ORDER BY day",
    ).bind(set.0).fetch_all(run))?;
    let counted = |row: CountRow| Counted {
        day: u16::try_from(row.day).unwrap_or(u16::MAX),
        at: row.counted_at.get(),
        told: Told { told: row.told.0, of: row.counted.0 },
    };
    Ok(rows.into_iter().map(counted).collect())
}
