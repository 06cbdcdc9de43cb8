//! Participants: the organisations that this node serves.

use std::collections::BTreeSet;

use domain::ids::ParticipantId;
use domain::ledger::Entry;
use domain::participant::{Leaving, Participant, Standing};
use domain::text::Language;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::db::{parts, places};
use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    sector: String,
    language: String,
    kinds: Json<BTreeSet<Standing>>,
    joined_at: Ts,
    left_at: Option<Ts>,
    taken_over: bool,
}

impl TryFrom<Row> for Participant {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let language: Language = word::read("participant", row.id, &row.language)?;
        let left = row.left_at.map(|at| Leaving { at: at.get(), taken_over: row.taken_over });
        Ok(Self {
            id: ParticipantId(row.id),
            name: row.name,
            sector: row.sector,
            language,
            kinds: row.kinds.0,
            joined_at: row.joined_at.get(),
            left,
        })
    }
}

/// Adds a participant.
pub async fn add(tx: &mut Tx, participant: &Participant) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO participant (id, name, sector, language, kinds, joined_at, left_at, taken_over, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        )
        .bind(participant.id.0)
        .bind(&participant.name)
        .bind(&participant.sector)
        .bind(word::of(&participant.language))
        .bind(Json(&participant.kinds))
        .bind(Ts::from(participant.joined_at))
        .bind(participant.left.map(|left| Ts::from(left.at)))
        .bind(participant.left.is_some_and(|left| left.taken_over))
    )?;
    tx.note(Entry::ParticipantChanged { participant: participant.id, change: "joined".into() });
    Ok(())
}

/// Records that a participant left.
pub async fn leave(tx: &mut Tx, id: ParticipantId, left: Leaving) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query("UPDATE participant SET left_at = $2, taken_over = $3, version = version + 1 WHERE id = $1")
            .bind(id.0)
            .bind(Ts::from(left.at))
            .bind(left.taken_over)
    )?;
    if changed > 0 {
        tx.note(Entry::ParticipantChanged { participant: id, change: "left".into() });
    }
    Ok(changed > 0)
}

/// Says what a participant is in law, with the periods in which it is that. Gives `false` when there is none.
pub async fn say_kinds(
    tx: &mut Tx,
    id: ParticipantId,
    kinds: &BTreeSet<Standing>,
) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query("UPDATE participant SET kinds = $2, version = version + 1 WHERE id = $1")
            .bind(id.0)
            .bind(Json(kinds))
    )?;
    if changed > 0 {
        let words: Vec<String> = kinds.iter().map(|one| word::of(&one.kind)).collect();
        tx.note(Entry::ParticipantChanged {
            participant: id,
            change: format!("in law {}", words.join(", ")),
        });
    }
    Ok(changed > 0)
}

/// The participant of this id.
pub async fn of_id(db: &Db, id: ParticipantId) -> Result<Option<Participant>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, sector, language, kinds, joined_at, left_at, taken_over
           FROM participant WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Participant::try_from).transpose()
}

/// Those of `ids`, in no order. Who has left is among them.
pub async fn of_ids(db: &Db, ids: &[ParticipantId]) -> Result<Vec<Participant>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for some in parts(ids) {
        let sql = format!(
            "SELECT id, name, sector, language, kinds, joined_at, left_at, taken_over
               FROM participant WHERE id IN {}",
            places(true, 1, some.len())
        );
        let rows: Vec<Row> = on!(db, run => {
            let query = query_as(AssertSqlSafe(sql.as_str()));
            some.iter().fold(query, |query, id| query.bind(id.0)).fetch_all(run)
        })?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// The participant of this name, as it was written at joining.
pub async fn of_name(db: &Db, name: &str) -> Result<Option<Participant>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, name, sector, language, kinds, joined_at, left_at, taken_over
           FROM participant WHERE name = $1",
    ).bind(name).fetch_optional(run))?;
    row.map(Participant::try_from).transpose()
}

/// One line of a list of participants.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Line {
    pub id: Uuid,
    pub name: String,
    pub sector: String,
    pub contacts: i64,
    /// Contacts whose messages came back since they were last tested.
    pub suspects: i64,
    pub assets: i64,
    pub open_warnings: i64,
    /// Somebody can be called at any hour, and was tested.
    pub around_the_clock: bool,
}

/// Participants that have not left and whose name holds `word`, which is in lower case: by name,
/// `limit` of them after the first `skip`.
pub async fn list(db: &Db, word: &str, skip: i64, limit: i64) -> Result<Vec<Line>, StoreError> {
    Ok(on!(db, run => query_as(
        "SELECT p.id, p.name, p.sector,
                (SELECT count(*) FROM contact c WHERE c.participant_id = p.id AND c.removed_at IS NULL) AS contacts,
                (SELECT count(*) FROM contact c WHERE c.participant_id = p.id AND c.removed_at IS NULL
                    AND c.failed_at IS NOT NULL AND (c.verified_at IS NULL OR c.verified_at < c.failed_at)) AS suspects,
                (SELECT count(*) FROM asset a WHERE a.participant_id = p.id AND a.retired_at IS NULL) AS assets,
                (SELECT count(*) FROM warning w WHERE w.participant_id = p.id AND w.is_open) AS open_warnings,
                EXISTS (SELECT 1 FROM contact c WHERE c.participant_id = p.id AND c.removed_at IS NULL
                           AND c.around_the_clock AND c.verified_at IS NOT NULL) AS around_the_clock
           FROM participant p
          WHERE p.left_at IS NULL AND lower(p.name) LIKE '%' || $1 || '%'
          ORDER BY p.name
          LIMIT $2 OFFSET $3",
    ).bind(word).bind(limit).bind(skip).fetch_all(run))?)
}

/// How many have not left and have a name that holds `word`.
pub async fn count_named(db: &Db, word: &str) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(db, run => query_as(
        "SELECT count(*) FROM participant WHERE left_at IS NULL AND lower(name) LIKE '%' || $1 || '%'",
    ).bind(word).fetch_one(run))?;
    Ok(count.unsigned_abs())
}

/// The sector of one participant; blank for one that is not there.
pub async fn sector(tx: &mut Tx, id: ParticipantId) -> Result<String, StoreError> {
    let row: Option<(String,)> = within!(tx, run => query_as(
        "SELECT sector FROM participant WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    Ok(row.map(|(sector,)| sector).unwrap_or_default())
}

/// The sectors of all participants, in their order.
pub async fn sectors(db: &Db) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on!(db, run => query_as(
        "SELECT DISTINCT sector FROM participant ORDER BY sector",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(|(sector,)| sector).collect())
}

/// How many have not left.
pub async fn count(db: &Db) -> Result<u64, StoreError> {
    let (count,): (i64,) =
        on!(db, run => query_as("SELECT count(*) FROM participant WHERE left_at IS NULL").fetch_one(run))?;
    Ok(count.unsigned_abs())
}

/// Participants that are served and of whom nobody can be called by day and by night on a number that was
/// tested since `tested_since` and has not failed since: by name, at most `limit`, with how many there are.
pub async fn without_a_number_for_the_night(
    db: &Db,
    tested_since: Timestamp,
    limit: i64,
) -> Result<(Vec<(ParticipantId, String)>, u64), StoreError> {
    let rows: Vec<(Uuid, String, i64)> = on!(db, run => query_as(
        "SELECT p.id, p.name, count(*) OVER ()
           FROM participant p
          WHERE p.left_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM contact c
                             WHERE c.participant_id = p.id AND c.removed_at IS NULL AND c.around_the_clock
                               AND c.telephone IS NOT NULL AND c.verified_at > $1
                               AND (c.failed_at IS NULL OR c.failed_at < c.verified_at))
          ORDER BY p.name, p.id
          LIMIT $2",
    ).bind(Ts::from(tested_since)).bind(limit).fetch_all(run))?;
    let count = rows.first().map_or(0, |(_, _, count)| count.unsigned_abs());
    Ok((rows.into_iter().map(|(id, name, _)| (ParticipantId(id), name)).collect(), count))
}

/// Every participant that has not left, by name.
pub async fn all(db: &Db) -> Result<Vec<Participant>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, name, sector, language, kinds, joined_at, left_at, taken_over
           FROM participant WHERE left_at IS NULL ORDER BY name",
    ).fetch_all(run))?;
    rows.into_iter().map(Participant::try_from).collect()
}

/// Participants that are served and registered nothing, in the order of their ids.
pub async fn without_assets(db: &Db) -> Result<Vec<ParticipantId>, StoreError> {
    let rows: Vec<(Uuid,)> = on!(db, run => query_as(
        "SELECT p.id FROM participant p
          WHERE p.left_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM asset a WHERE a.participant_id = p.id AND a.retired_at IS NULL)
          ORDER BY p.id",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id,)| ParticipantId(id)).collect())
}
