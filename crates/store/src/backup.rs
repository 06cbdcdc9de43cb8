//! Backup, and the proof that it can be restored.
//!
//! ```text
//! BACKUP/manifest.json          what there is, with digests; size and root of the ledger
//!        manifest.json.sha256   its own digest, as `sha256sum` writes it
//!        tables/NAME.jsonl.zst  a row per line, in the order of the primary key
//!        papers.jsonl.zst       a paper per line, in the order of their digests
//!        papers/ab/cdef….zst    the papers as they lie in their folder
//! ```
//!
//! The rows are those of one moment, whoever writes meanwhile. They are written in words of no engine:
//! what was taken from SQLite can be restored on PostgreSQL, and back, and the same rows have the same
//! digest on both. Nothing is encrypted here; that is for whoever carries the folder away.
//!
//! Damage of a backup and flaws of the history in it are two things. A damaged backup is refused. A
//! ledger that somebody edited is copied as it is, because the edit is evidence, and said aloud.

#[macro_use]
mod cells;
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::iter::once;
use std::path::Path;

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, query, query_scalar};

use crate::backup::cells::{Cell, Cells};
use crate::backup::files::{Draft, LinesIn, LinesOut, Tally};
use crate::db::OnTx;
use crate::ledger::{self, Checkpoint, Flaw, Reading};
use crate::outbox::{self, State};
use crate::papers::{Digest, Folder};
use crate::schema::{Kind, Table};
use crate::{Db, StoreError, Tx, feed_tokens, jobs, migrate, sign_in};

pub use crate::backup::files::Contents;

/// What the folder looks like. A program reads its own number and the smaller ones.
const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";
const MANIFEST_DIGEST: &str = "manifest.json.sha256";
const PAPERS: &str = "papers.jsonl.zst";

/// How many rows are written with one statement: enough that a distant server is not asked for each.
const ROWS_AT_ONCE: usize = 100;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{} papers of which the tables speak are missing or damaged, such as {}", .0.len(), .0[0])]
    WithoutPapers(Vec<Digest>),
    #[error("the backup is damaged in {} places: {}: {}", .0.len(), .0[0].file, .0[0].why)]
    Damaged(Vec<Damage>),
    #[error("a newer program made this backup (format {0})")]
    NewerFormat(u32),
    #[error("the database is not empty: there are rows in {0}")]
    NotEmpty(String),
    /// Nothing was restored.
    #[error("{0} came out of the database with other rows than went in")]
    CameOutDifferent(String),
}

impl From<sqlx::Error> for BackupError {
    fn from(cause: sqlx::Error) -> Self {
        Self::Store(cause.into())
    }
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    move |cause| BackupError::Store(StoreError::file(path, cause))
}

/// What a backup says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub schema_version: i64,
    /// By the clock of whoever made it.
    pub made_at: Timestamp,
    /// The engine from which it was taken.
    pub engine: String,
    pub ledger: Head,
    /// By name.
    pub tables: BTreeMap<String, Contents>,
    pub papers: Contents,
}

/// Size and root of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub size: u64,
    pub root: Digest,
}

/// A line of the list of papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct PackedPaper {
    digest: Digest,
    file_sha256: Digest,
}

/// A file that is not as the backup says, or is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// From the folder of the backup.
    pub file: String,
    pub why: String,
}

impl Damage {
    fn new(file: &str, why: impl ToString) -> Self {
        Self { file: file.to_owned(), why: why.to_string() }
    }
}

impl From<Damage> for BackupError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(vec![damage])
    }
}

/// A backup that was made, and what is wrong with the ledger in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub manifest: Manifest,
    pub flaws: Vec<Flaw>,
}

/// Writes everything that is in the database, and the papers of which it speaks, to a new folder.
///
/// The rows are those of one moment; others may write meanwhile. Memory does not grow with the tables.
/// The folder has its name only when all of it is on the disk.
///
/// # Errors
/// [`BackupError::WithoutPapers`] when a paper is missing or damaged: put it back from an older backup
/// (`papers/` lies there as it lies in its folder), because without it this one could not be restored.
/// [`StoreError::File`] also when `to` is there already. Then nothing is there that was not before.
pub async fn create(db: &Db, papers: &Folder, to: &Path, made_at: Timestamp) -> Result<Made, BackupError> {
    let draft = Draft::of(to).map_err(file_error(to))?;
    let folder = draft.path();
    fs::create_dir(folder.join("tables")).map_err(file_error(folder))?;

    let mut snapshot = db.snapshot().await?;
    let schema_version: i64 = within!(&mut snapshot, run => query_scalar("SELECT max(version) FROM schema_version").fetch_one(run))?;
    let schema = migrate::tables(schema_version);
    let mut tables = BTreeMap::new();
    for table in &schema {
        tables.insert(table.name.clone(), dump(&mut snapshot, table, folder).await?);
    }
    drop(snapshot);

    let history = history(folder, &schema)?;
    let manifest = Manifest {
        format: FORMAT,
        schema_version,
        made_at,
        engine: db.engine().to_owned(),
        ledger: Head { size: history.size, root: Digest(history.root) },
        tables,
        papers: copy_papers(papers, folder, &schema)?,
    };
    write_manifest(folder, &manifest).map_err(file_error(folder))?;
    draft.publish().map_err(file_error(to))?;
    Ok(Made { manifest, flaws: history.flaws })
}

fn file_of(table: &Table) -> String {
    format!("tables/{}.jsonl.zst", table.name)
}

async fn dump(snapshot: &mut Tx, table: &Table, folder: &Path) -> Result<Contents, BackupError> {
    let path = folder.join(file_of(table));
    let mut lines = LinesOut::create(&path).map_err(file_error(&path))?;
    each_row(snapshot, table, |line| lines.write(line.as_bytes()).map_err(file_error(&path))).await?;
    lines.end().map_err(file_error(&path))
}

/// Gives each row of a table as a line, in the order of the primary key.
async fn each_row(
    tx: &mut Tx,
    table: &Table,
    take: impl FnMut(String) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let on_server = matches!(tx.on, OnTx::Pg(_));
    let key = table.key.iter().map(|place| match &table.columns[*place] {
        // The order of a language differs from server to server, that of bytes does not.
        column if on_server && column.kind == Kind::Text => format!("{} COLLATE \"C\"", column.name),
        column => column.name.clone(),
    });
    let key = key.collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {} FROM {} ORDER BY {key}", table.column_names(), table.name);
    within!(tx, run => each_line(table, query(AssertSqlSafe(sql)).fetch(run), take))
}

async fn each_line<R: Cells>(
    table: &Table,
    mut rows: BoxStream<'_, Result<R, sqlx::Error>>,
    mut take: impl FnMut(String) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    while let Some(row) = rows.try_next().await? {
        let cells = table.columns.iter().enumerate().map(|(place, column)| row.cell(place, column.kind));
        take(cells::line(table, &cells.collect::<Result<Vec<_>, _>>()?))?;
    }
    Ok(())
}

/// The rows of a table as the backup in `folder` has them.
fn rows<'a>(
    folder: &Path,
    table: &'a Table,
) -> Result<impl Iterator<Item = Result<Vec<Cell>, Damage>> + 'a, Damage> {
    let file = file_of(table);
    let lines = LinesIn::open(&folder.join(&file)).map_err(|cause| Damage::new(&file, cause))?;
    Ok(lines.zip(1..).map(move |(line, number)| {
        let line = line.map_err(|cause| Damage::new(&file, cause))?;
        cells::row(table, &line).map_err(|why| Damage::new(&file, format!("row {number}: {why}")))
    }))
}

/// Reads some columns of a table of the schema.
fn columns<const N: usize>(table: &Table, names: [&str; N]) -> Result<[usize; N], Damage> {
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        let found = table.columns.iter().position(|column| column.name == name);
        *place = found.ok_or_else(|| Damage::new(MANIFEST, format!("{} has no {name}", table.name)))?;
    }
    Ok(places)
}

fn named<'a>(schema: &'a [Table], name: &str) -> Result<&'a Table, Damage> {
    let found = schema.iter().find(|table| table.name == name);
    found.ok_or_else(|| Damage::new(MANIFEST, format!("the schema has no table {name}")))
}

/// Reads the ledger in `folder` and holds it against the checkpoints there.
fn history(folder: &Path, schema: &[Table]) -> Result<ledger::Verified, Damage> {
    let checkpoint = named(schema, "checkpoint")?;
    let [size, root, at] = columns(checkpoint, ["size", "root", "at"])?;
    let mut expected = Vec::new();
    for row in rows(folder, checkpoint)? {
        let row = row?;
        let [size, at] = [size, at].map(|place| row[place].integer().unwrap_or_default());
        expected.push(Checkpoint::of_row(size, row[root].bytes(), at));
    }
    let entries = named(schema, "ledger")?;
    let [place, at, salt, entry, leaf] = columns(entries, ["place", "at", "salt", "entry", "leaf"])?;
    let mut reading = Reading::new(expected, &[]);
    for row in rows(folder, entries)? {
        let row = row?;
        let Cell::Json(entry) = &row[entry] else { continue };
        let [place, at] = [place, at].map(|place| row[place].integer().unwrap_or_default());
        reading.read(place, at, row[salt].bytes(), entry.as_ref(), row[leaf].bytes());
    }
    Ok(reading.end())
}

/// The digests of the papers of which the tables in `folder` speak, in order.
fn digests<'a>(
    folder: &Path,
    schema: &'a [Table],
) -> Result<impl Iterator<Item = Result<Digest, Damage>> + 'a, Damage> {
    let table = named(schema, "paper")?;
    let [digest] = columns(table, ["digest"])?;
    Ok(rows(folder, table)?.map(move |row| {
        let row = row?;
        row[digest].bytes().try_into().map(Digest).map_err(|_| Damage::new(&file_of(table), "no digest"))
    }))
}

fn copy_papers(papers: &Folder, folder: &Path, schema: &[Table]) -> Result<Contents, BackupError> {
    let list = folder.join(PAPERS);
    let mut lines = LinesOut::create(&list).map_err(file_error(&list))?;
    let mut missing = Vec::new();
    for digest in digests(folder, schema)? {
        let digest = digest?;
        let (from, to) = (papers.path().join(Folder::place(digest)), paper(folder, digest));
        fs::create_dir_all(to.parent().unwrap_or(folder)).map_err(file_error(&to))?;
        if !from.is_file() {
            missing.push(digest);
            continue;
        }
        let file_sha256 = files::copy(&from, &to).map_err(file_error(&from))?;
        // What was written is read again, so that a paper that cannot be unpacked is found today.
        if files::content_digest(&to).ok() != Some(digest) {
            missing.push(digest);
            continue;
        }
        let line = serde_json::to_string(&PackedPaper { digest, file_sha256 }).map_err(io::Error::other);
        let line = line.map_err(file_error(&list))? + "\n";
        lines.write(line.as_bytes()).map_err(file_error(&list))?;
    }
    match missing.is_empty() {
        true => lines.end().map_err(file_error(&list)),
        false => Err(BackupError::WithoutPapers(missing)),
    }
}

fn paper(folder: &Path, digest: Digest) -> std::path::PathBuf {
    folder.join("papers").join(Folder::place(digest))
}

fn write_manifest(folder: &Path, manifest: &Manifest) -> io::Result<()> {
    let text = serde_json::to_string_pretty(manifest)? + "\n";
    let digest = format!("{}  {MANIFEST}\n", Digest::of(text.as_bytes()));
    for (name, text) in [(MANIFEST, text), (MANIFEST_DIGEST, digest)] {
        let mut file = fs::File::create_new(folder.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    Ok(())
}

fn read_manifest(from: &Path) -> Result<Manifest, BackupError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let read = |name| fs::read(from.join(name)).map_err(|cause| Damage::new(name, cause));
    let (text, digest) = (read(MANIFEST)?, read(MANIFEST_DIGEST)?);
    if digest != format!("{}  {MANIFEST}\n", Digest::of(&text)).as_bytes() {
        return Err(Damage::new(
            MANIFEST,
            format!("is not the one whose digest stands in {MANIFEST_DIGEST}"),
        )
        .into());
    }
    let unfit = |why: serde_json::Error| Damage::new(MANIFEST, why);
    let Format { format } = serde_json::from_slice(&text).map_err(unfit)?;
    if format > FORMAT {
        return Err(BackupError::NewerFormat(format));
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(unfit)?;
    if manifest.schema_version > migrate::newest() {
        let (found, known) = (manifest.schema_version, migrate::newest());
        return Err(StoreError::NewerSchema { found, known }.into());
    }
    Ok(manifest)
}

/// What a look at a backup found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// `None` when the manifest itself is damaged; then nothing else was read.
    pub manifest: Option<Manifest>,
    /// Why it cannot be restored. Empty when it can.
    pub damage: Vec<Damage>,
    /// What was wrong with the ledger when the backup was made.
    pub flaws: Vec<Flaw>,
}

/// Checks everything that can be checked without a database: each digest and count, each row against
/// the schema, each paper, and each leaf of the ledger up to its root.
///
/// Reads the backup about three times and blocks its thread as long.
///
/// # Errors
/// When there is no such folder, and [`BackupError::NewerFormat`] or [`StoreError::NewerSchema`] when
/// this program is too old to say.
pub fn verify(from: &Path) -> Result<Verified, BackupError> {
    fs::read_dir(from).map_err(file_error(from))?;
    let manifest = match read_manifest(from) {
        Err(BackupError::Damaged(damage)) => {
            return Ok(Verified { manifest: None, damage, flaws: Vec::new() });
        }
        read => read?,
    };
    let schema = migrate::tables(manifest.schema_version);
    let mut damage = Vec::new();
    for table in &schema {
        match manifest.tables.get(&table.name) {
            Some(contents) => {
                let fits = |line: &[u8]| cells::row(table, line).map(drop);
                damage.extend(check_lines(from, &file_of(table), contents, fits).err());
            }
            None => damage.push(Damage::new(MANIFEST, format!("says nothing of the table {}", table.name))),
        }
    }
    let known: BTreeSet<&str> = schema.iter().map(|table| table.name.as_str()).collect();
    let unknown = manifest.tables.keys().filter(|name| !known.contains(name.as_str()));
    damage.extend(unknown.map(|name| Damage::new(MANIFEST, format!("there is no table {name}"))));
    let mut flaws = Vec::new();
    if damage.is_empty() {
        let checks = || {
            let history = history(from, &schema)?;
            let head = Head { size: history.size, root: Digest(history.root) };
            match head == manifest.ledger {
                true => Ok(history.flaws),
                false => Err(Damage::new(MANIFEST, "the ledger has another size or root")),
            }
        };
        match checks() {
            Ok(found) => flaws = found,
            Err(why) => damage.push(why),
        }
        damage.extend(check_papers(from, &manifest, &schema));
    }
    Ok(Verified { manifest: Some(manifest), damage, flaws })
}

/// Checks a file of lines, and gives each line to `fits`, which may complain.
fn check_lines(
    from: &Path,
    file: &str,
    contents: &Contents,
    mut fits: impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<(), Damage> {
    let (path, unfit) = (from.join(file), |cause: io::Error| Damage::new(file, cause));
    if files::file_digest(&path).map_err(unfit)? != contents.file_sha256 {
        return Err(Damage::new(file, "is not the file that was written"));
    }
    let mut tally = Tally::default();
    for (line, number) in LinesIn::open(&path).map_err(unfit)?.zip(1..) {
        let line = line.map_err(unfit)?;
        fits(&line).map_err(|why| Damage::new(file, format!("row {number}: {why}")))?;
        tally.add(&line);
    }
    match tally.end() == (contents.rows, contents.rows_sha256) {
        true => Ok(()),
        false => Err(Damage::new(file, "its rows are not those that were counted")),
    }
}

/// The list names the papers of which the tables speak, and each is there, as it was received.
fn check_papers(from: &Path, manifest: &Manifest, schema: &[Table]) -> Vec<Damage> {
    let mut damage = Vec::new();
    let mut expected = match digests(from, schema) {
        Ok(digests) => digests,
        Err(why) => return vec![why],
    };
    let checked = check_lines(from, PAPERS, &manifest.papers, |line| {
        let packed: PackedPaper = serde_json::from_slice(line).map_err(|why| why.to_string())?;
        if expected.next() != Some(Ok(packed.digest)) {
            return Err(format!("the next paper in the tables is not {}", packed.digest));
        }
        let (file, path) = (Folder::place(packed.digest), paper(from, packed.digest));
        let is_whole = files::file_digest(&path).and_then(|found| {
            Ok(found == packed.file_sha256 && files::content_digest(&path)? == packed.digest)
        });
        match is_whole {
            Ok(true) => {}
            Ok(false) => {
                damage.push(Damage::new(&format!("papers/{file}"), "is not the paper that was received"))
            }
            Err(cause) => damage.push(Damage::new(&format!("papers/{file}"), cause)),
        }
        Ok(())
    });
    damage.extend(checked.err());
    if damage.is_empty() && expected.next().is_some() {
        damage.push(Damage::new(PAPERS, "the tables speak of more papers"));
    }
    damage
}

/// A database that was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub manifest: Manifest,
    /// What was wrong with the ledger already when the backup was made.
    pub flaws: Vec<Flaw>,
    /// Messages that had not arrived when the backup was made. Some may have gone out since; none goes
    /// out until a person lets the post go on.
    pub unsettled: u64,
}

/// Puts a backup back: its papers into `papers`, its rows into the empty database at `place`, of either
/// engine. A file is made if it is not there.
///
/// All rows are written in one transaction, are read out again before its end, and must be the same.
/// Papers that were put down for a restore that failed stay, and harm nobody.
///
/// Then the world is taken to be further than the backup: the post is held until a person lets it go
/// on, because what is due may have been sent already, and everybody signs in anew, because a sign-in
/// that was ended since would live again (`docs/decisions/0013-after-a-restore.md`); feed tokens are withdrawn for the
/// same reason.
///
/// # Errors
/// [`BackupError::Damaged`] with everything that [`verify`] found, before anything is touched;
/// [`BackupError::NotEmpty`] when there are rows already, [`StoreError::InUse`] when a node runs.
pub async fn restore(
    from: &Path,
    place: &str,
    papers: &Folder,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    let Verified { manifest, damage, flaws } = verify(from)?;
    let Some(manifest) = manifest.filter(|_| damage.is_empty()) else {
        return Err(BackupError::Damaged(damage));
    };
    let db = Db::open_bare(place).await?;
    let filled = fill(&db, from, &manifest, papers, &flaws).await;
    let unsettled = match filled {
        Ok(()) => distrust(&db, &manifest, now).await,
        Err(why) => Err(why),
    };
    db.close().await;
    Ok(Restored { unsettled: unsettled?, manifest, flaws })
}

/// Holds the post, ends every sign-in and withdraws every feed token. Gives how many messages wait.
async fn distrust(db: &Db, manifest: &Manifest, now: Timestamp) -> Result<u64, BackupError> {
    let mut tx = db.begin("after a restore").await?;
    let why =
        format!("restored from a backup of {}: what is due may have been sent already", manifest.made_at);
    for queue in jobs::LEAVING {
        jobs::hold(&mut tx, queue, &why, now).await?;
    }
    sign_in::end_all(&mut tx).await?;
    feed_tokens::end_all(&mut tx, now).await?;
    // The entry says nothing that anybody would want to guess, so it needs no chance to hide behind.
    tx.commit(now, &mut || [0; 16]).await?;
    let counts = outbox::counts(db).await?;
    let waits = |state: &State| matches!(state, State::Waiting | State::Sending);
    Ok(counts.iter().filter(|(state, _)| waits(state)).map(|(_, count)| count).sum())
}

async fn fill(
    db: &Db,
    from: &Path,
    manifest: &Manifest,
    papers: &Folder,
    flaws: &[Flaw],
) -> Result<(), BackupError> {
    match migrate::up_to(db, manifest.schema_version).await {
        Err(StoreError::NewerSchema { found, .. }) if found <= migrate::newest() => {
            return Err(BackupError::NotEmpty("schema_version".into()));
        }
        done => done?,
    }
    let schema = migrate::tables(manifest.schema_version);
    let mut tx = db.begin("restore").await?;
    for table in &schema {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", table.name);
        let found: bool = within!(&mut tx, run => query_scalar(AssertSqlSafe(sql)).fetch_one(run))?;
        if found {
            return Err(BackupError::NotEmpty(table.name.clone()));
        }
    }
    for digest in digests(from, &schema)? {
        let digest = digest?;
        papers.adopt(&paper(from, digest), digest)?;
    }
    for table in &schema {
        put_rows(&mut tx, from, table).await?;
    }
    for table in &schema {
        let mut tally = Tally::default();
        each_row(&mut tx, table, |line| {
            tally.add(line.as_bytes());
            Ok(())
        })
        .await?;
        let expected = manifest.tables.get(&table.name).map(|it| (it.rows, it.rows_sha256));
        if Some(tally.end()) != expected {
            return Err(BackupError::CameOutDifferent(table.name.clone()));
        }
    }
    tx.commit(manifest.made_at, &mut || [0; 16]).await?;
    migrate::up(db).await?;
    let head = Checkpoint { size: manifest.ledger.size, root: manifest.ledger.root.0, at: manifest.made_at };
    match ledger::verify(db, &[head]).await?.flaws == flaws {
        true => Ok(()),
        false => Err(BackupError::CameOutDifferent("ledger".into())),
    }
}

/// Writes the rows of a table. A row that refers to another of the same table is joined to it when
/// both are there.
async fn put_rows(tx: &mut Tx, from: &Path, table: &Table) -> Result<(), BackupError> {
    let inward: Vec<usize> =
        (0..table.columns.len()).filter(|place| table.refers_to_itself(&table.columns[*place])).collect();
    let mut left = rows(from, table)?.peekable();
    while left.peek().is_some() {
        let mut batch = left.by_ref().take(ROWS_AT_ONCE).collect::<Result<Vec<_>, _>>()?;
        for row in &mut batch {
            inward.iter().for_each(|place| row[*place] = Cell::null(table.columns[*place].kind));
        }
        let width = table.columns.len();
        let values = (0..batch.len()).map(|row| {
            let marks = (1..=width).map(|column| format!("${}", row * width + column));
            format!("({})", marks.collect::<Vec<_>>().join(", "))
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES {values}", table.name, table.column_names());
        change!(tx, bound!(query(AssertSqlSafe(sql)), batch.into_iter().flatten()))?;
    }
    for column in inward {
        let keys = table
            .key
            .iter()
            .zip(2..)
            .map(|(place, mark)| format!("{} = ${mark}", table.columns[*place].name));
        let keys = keys.collect::<Vec<_>>().join(" AND ");
        let sql = format!("UPDATE {} SET {} = $1 WHERE {keys}", table.name, table.columns[column].name);
        for row in rows(from, table)? {
            let row = row?;
            if row[column] != Cell::null(table.columns[column].kind) {
                let cells = once(&column).chain(&table.key).map(|place| row[*place].clone());
                change!(tx, bound!(query(AssertSqlSafe(sql.clone())), cells))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
