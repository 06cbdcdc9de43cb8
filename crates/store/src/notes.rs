//! What a participant and the desk write to each other about a warning. A participant's note sets a clock, which an
//! answer of the desk stops.

use std::collections::BTreeMap;

use domain::ids::{ContactId, NoteId, OfficerId, ParticipantId, WarningId};
use domain::ledger::Entry;
use domain::note::{FileKind, Note, NoteFile, Writer};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

/// Adds a note, with its files.
pub async fn add(tx: &mut Tx, note: &Note) -> Result<(), StoreError> {
    let (contact, officer) = match note.writer {
        Writer::Contact(id) => (Some(id), None),
        Writer::Officer(id) => (None, Some(id)),
    };
    change!(
        tx,
        query(
            "INSERT INTO note (id, warning_id, participant_id, contact_id, officer_id, written_at, text)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(note.id.0)
        .bind(note.warning.0)
        .bind(note.participant.0)
        .bind(contact.map(|it| it.0))
        .bind(officer.map(|it| it.0))
        .bind(Ts::from(note.written_at))
        .bind(&note.text)
    )?;
    for (place, file) in (0_i64..).zip(&note.files) {
        change!(
            tx,
            query(
                "INSERT INTO note_file (note_id, place, digest, name, kind, size_bytes)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(note.id.0)
            .bind(place)
            .bind(file.digest.as_slice())
            .bind(&file.name)
            .bind(file.kind.media_type())
            .bind(i64::try_from(file.size_bytes).unwrap_or(i64::MAX))
        )?;
    }
    let files = u32::try_from(note.files.len()).unwrap_or(u32::MAX);
    tx.note(Entry::NoteWritten { warning: note.warning, note: note.id, contact, officer, files });
    Ok(())
}

/// A participant waits for a word of the desk since `now`, or since longer ago.
pub async fn ask(tx: &mut Tx, warning: WarningId, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE warning SET asks_since = coalesce(asks_since, $2) WHERE id = $1")
            .bind(warning.0)
            .bind(Ts::from(now))
    )?;
    Ok(())
}

/// The desk has answered.
pub async fn answered(tx: &mut Tx, warning: WarningId) -> Result<(), StoreError> {
    change!(tx, query("UPDATE warning SET asks_since = NULL WHERE id = $1").bind(warning.0))?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    contact_id: Option<Uuid>,
    officer_id: Option<Uuid>,
    written_at: Ts,
    text: String,
}

#[derive(FromRow)]
struct FileRow {
    note_id: Uuid,
    digest: Vec<u8>,
    name: String,
    kind: String,
    size_bytes: i64,
}

impl TryFrom<FileRow> for NoteFile {
    type Error = StoreError;

    fn try_from(row: FileRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::damaged("note_file", row.note_id, &row.kind);
        Ok(Self {
            digest: row.digest.as_slice().try_into().map_err(|_| damaged())?,
            kind: FileKind::of_media_type(&row.kind).ok_or_else(damaged)?,
            size_bytes: row.size_bytes.unsigned_abs(),
            name: row.name,
        })
    }
}

/// What was written about the warning of `participant`, the oldest first. Nothing for a warning of somebody else.
pub async fn of_warning(
    db: &Db,
    warning: WarningId,
    participant: ParticipantId,
) -> Result<Vec<Note>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, contact_id, officer_id, written_at, text FROM note
          WHERE warning_id = $1 AND participant_id = $2 ORDER BY written_at, id",
    ).bind(warning.0).bind(participant.0).fetch_all(run))?;
    let files: Vec<FileRow> = on!(db, run => query_as(
        "SELECT f.note_id, f.digest, f.name, f.kind, f.size_bytes FROM note_file f JOIN note n ON n.id = f.note_id
          WHERE n.warning_id = $1 AND n.participant_id = $2 ORDER BY f.note_id, f.place",
    ).bind(warning.0).bind(participant.0).fetch_all(run))?;
    let mut of_note: BTreeMap<Uuid, Vec<NoteFile>> = BTreeMap::new();
    for row in files {
        of_note.entry(row.note_id).or_default().push(row.try_into()?);
    }
    rows.into_iter()
        .map(|row| {
            let writer = match (row.contact_id, row.officer_id) {
                (Some(id), _) => Writer::Contact(ContactId(id)),
                (_, Some(id)) => Writer::Officer(OfficerId(id)),
                _ => return Err(StoreError::damaged("note", row.id, "no writer")),
            };
            Ok(Note {
                id: NoteId(row.id),
                warning,
                participant,
                writer,
                written_at: row.written_at.get(),
                text: row.text,
                files: of_note.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// How many notes there are about a warning.
pub async fn count(tx: &mut Tx, warning: WarningId) -> Result<usize, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM note WHERE warning_id = $1",
    ).bind(warning.0).fetch_one(run))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Warnings of which the participant waits for a word of the desk, the longest first, at most `limit`.
pub async fn waiting(db: &Db, limit: i64) -> Result<Vec<(WarningId, Timestamp)>, StoreError> {
    let rows: Vec<(Uuid, Ts)> = on!(db, run => query_as(
        "SELECT id, asks_since FROM warning WHERE asks_since IS NOT NULL ORDER BY asks_since, id LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id, at)| (WarningId(id), at.get())).collect())
}

/// Since when the participant of a warning waits for a word of the desk.
pub async fn asks_since(db: &Db, warning: WarningId) -> Result<Option<Timestamp>, StoreError> {
    let row: Option<(Option<Ts>,)> = on!(db, run => query_as(
        "SELECT asks_since FROM warning WHERE id = $1",
    ).bind(warning.0).fetch_optional(run))?;
    Ok(row.and_then(|(at,)| at).map(|at| at.get()))
}
