//! Papers: bytes as they were received, by digest, compressed, outside the tables.
//!
//! The bytes reach the disk before the row that speaks of them does, so a row never points at
//! nothing. A paper that could not be read lies on the shelf with its reason until a person looks.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use domain::ledger::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::{FromRow, query, query_as, types::Json};
use zstd::zstd_safe::CParameter;

use crate::{Db, StoreError, Tx, ts::Ts};

/// SHA-256 of the bytes. In JSON it is their hexadecimal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub(crate) fn from_row(table: &'static str, bytes: &[u8]) -> Result<Self, StoreError> {
        bytes.try_into().map(Self).map_err(|_| StoreError::damaged(table, hex::encode(bytes), "no digest"))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::str::FromStr for Digest {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map(|()| Self(digest))
    }
}

/// How hard zstd tries with bytes that come as a stream: reports are long, and their cells repeat themselves.
const QUICKLY: i32 = 1;
/// It notes where 4,096 strings stood that it met, which stays in the nearest cache. Twice or four times as many
/// find hardly more in reports, and cost a sixth of the time.
const NOTED_LOG2: u32 = 12;
/// How much of a stream is one frame: zstd is quicker with bytes that lie together than with those of a ring.
const FRAME_BYTES: usize = 1 << 20;
/// Tells apart what one process writes at the same time.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// The folder in which papers lie.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder if it is not there.
    ///
    /// # Errors
    /// [`StoreError::File`] when it cannot be made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(path).map_err(|cause| StoreError::file(path, cause))?;
        Ok(Self(path.to_owned()))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where a paper lies, below the folder.
    pub fn place(digest: Digest) -> String {
        let name = digest.to_string();
        format!("{}/{}.zst", &name[..2], &name[2..])
    }

    /// Puts `bytes` away and gives their digest. Putting the same away twice is doing it once.
    ///
    /// # Errors
    /// [`StoreError::File`] when the disk did not take them; then nothing is there.
    pub fn keep(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        let place = self.0.join(Self::place(digest));
        if place.exists() {
            return Ok(digest);
        }
        let pack = |file: &mut File| file.write_all(&zstd::bulk::compress(bytes, 3)?);
        self.put(&place, pack).map_err(|cause| StoreError::file(&place, cause))?;
        Ok(digest)
    }

    /// As [`Folder::keep`], of bytes that are too many for memory. Gives how many they were, too.
    ///
    /// # Errors
    /// [`StoreError::File`] when they cannot be read to their end, or the disk did not take them; then nothing is
    /// there.
    pub fn keep_all_of(&self, from: &mut dyn Read) -> Result<(Digest, u64), StoreError> {
        let failed = |cause| StoreError::file(&self.0, cause);
        let draft =
            self.0.join(format!("draft-{}-{}", std::process::id(), DRAFTS.fetch_add(1, Ordering::Relaxed)));
        let kept = self.pack(from, &draft);
        let (digest, size) = match kept {
            Ok(kept) => kept,
            Err(cause) => {
                drop(fs::remove_file(&draft));
                return Err(failed(cause));
            }
        };
        let place = self.0.join(Self::place(digest));
        if place.exists() {
            fs::remove_file(&draft).map_err(failed)?;
            return Ok((digest, size));
        }
        let moved = || {
            let folder = place.parent().unwrap_or(&self.0);
            fs::create_dir_all(folder)?;
            fs::rename(&draft, &place)?;
            File::open(folder)?.sync_all()
        };
        moved().map_err(failed)?;
        Ok((digest, size))
    }

    fn pack(&self, from: &mut dyn Read, draft: &Path) -> std::io::Result<(Digest, u64)> {
        let mut digest = Sha256::new();
        let mut size = 0_u64;
        let mut out = File::create(draft)?;
        let mut packer = zstd::bulk::Compressor::new(QUICKLY)?;
        packer.set_parameter(CParameter::HashLog(NOTED_LOG2))?;
        let mut room = vec![0; FRAME_BYTES];
        let mut packed = Vec::with_capacity(zstd::zstd_safe::compress_bound(FRAME_BYTES));
        loop {
            let count = fill(from, &mut room)?;
            // A paper without bytes is a frame without bytes.
            if count > 0 || size == 0 {
                digest.update(&room[..count]);
                packed.clear();
                packer.compress_to_buffer(&room[..count], &mut packed)?;
                out.write_all(&packed)?;
                size += count as u64;
            }
            if count < FRAME_BYTES {
                break;
            }
        }
        out.sync_all()?;
        Ok((Digest(digest.finalize().into()), size))
    }

    /// The bytes of a paper as a stream. They are checked against their digest at the end, where reading fails
    /// if they are others.
    ///
    /// # Errors
    /// [`StoreError::File`] when they are not there.
    pub fn stream(&self, digest: Digest) -> Result<impl Read + use<>, StoreError> {
        let place = self.0.join(Self::place(digest));
        let open = || zstd::stream::read::Decoder::new(File::open(&place)?);
        let bytes = open().map_err(|cause| StoreError::file(&place, cause))?;
        Ok(Checked { bytes, sum: Sha256::new(), digest })
    }

    /// Takes over a packed paper as it lies somewhere else, also in the place of a damaged one.
    ///
    /// # Errors
    /// [`StoreError::File`] when the disk did not take it.
    pub(crate) fn adopt(&self, packed: &Path, digest: Digest) -> Result<(), StoreError> {
        let place = self.0.join(Self::place(digest));
        let copy = |file: &mut File| std::io::copy(&mut File::open(packed)?, file).map(drop);
        self.put(&place, copy).map_err(|cause| StoreError::file(&place, cause))
    }

    /// Writes a file so that it is there as a whole or not at all, whatever happens on the way.
    fn put(&self, place: &Path, write: impl FnOnce(&mut File) -> std::io::Result<()>) -> std::io::Result<()> {
        let folder = place.parent().unwrap_or(&self.0);
        fs::create_dir_all(folder)?;
        let draft = place.with_extension(format!("draft-{}", std::process::id()));
        let mut file = File::create(&draft)?;
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&draft, place)?;
        File::open(folder)?.sync_all()
    }

    /// The bytes of a paper, which are checked against their digest.
    ///
    /// # Errors
    /// [`StoreError::File`] when they are not there, [`StoreError::Damaged`] when they are others.
    pub fn read(&self, digest: Digest) -> Result<Vec<u8>, StoreError> {
        let place = self.0.join(Self::place(digest));
        let packed = fs::read(&place).map_err(|cause| StoreError::file(&place, cause))?;
        let bytes =
            zstd::stream::decode_all(packed.as_slice()).map_err(|cause| StoreError::file(&place, cause))?;
        match Digest::of(&bytes) == digest {
            true => Ok(bytes),
            false => Err(StoreError::damaged("paper", digest, "the bytes are not those that were received")),
        }
    }
}

/// Reads until there is no more room, or no more to read. Gives how much that was.
fn fill(from: &mut dyn Read, room: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        match from.read(&mut room[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(filled)
}

/// Bytes that fail at their end when they are not those of a digest.
struct Checked<R> {
    bytes: R,
    sum: Sha256,
    digest: Digest,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let count = self.bytes.read(room)?;
        self.sum.update(&room[..count]);
        if count == 0 && !room.is_empty() && Digest(self.sum.clone().finalize().into()) != self.digest {
            let why = format!("the bytes of paper {} are not those that were received", self.digest);
            return Err(std::io::Error::new(ErrorKind::InvalidData, why));
        }
        Ok(count)
    }
}

/// What a paper turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Read,
    /// Could not be read; a person must look.
    Shelved,
    /// A person looked and needs it no more.
    PutAside,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Shelved => "shelved",
            Self::PutAside => "put_aside",
        }
    }
}

/// Something about a paper that its reader did not understand, and where it stands in the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    pub at: String,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub digest: Digest,
    pub source: String,
    /// How the source calls it: a file name, the last part of an address.
    pub name: String,
    /// What kind of paper it is: `csaf_2_0`, `cve_5`, or `unknown`.
    pub kind: String,
    pub size_bytes: u64,
    pub received_at: Timestamp,
    pub state: State,
    pub why: Option<String>,
    pub complaints: Vec<Complaint>,
}

/// Adds a paper. Gives `false`, and changes nothing, when the same bytes came before.
pub async fn add(tx: &mut Tx, paper: &Paper) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO paper (digest, source, name, kind, size_bytes, received_at, state, why, complaints)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (digest) DO NOTHING",
        )
        .bind(paper.digest.0.as_slice())
        .bind(&paper.source)
        .bind(&paper.name)
        .bind(&paper.kind)
        .bind(i64::try_from(paper.size_bytes).unwrap_or(i64::MAX))
        .bind(Ts::from(paper.received_at))
        .bind(paper.state.word())
        .bind(&paper.why)
        .bind(Json(&paper.complaints))
    )?;
    if added == 0 {
        return Ok(false);
    }
    let (digest, source) = (paper.digest.to_string(), paper.source.clone());
    tx.note(Entry::PaperReceived { digest: digest.clone(), source, size_bytes: paper.size_bytes });
    if let Some(why) = paper.why.clone().filter(|_| paper.state == State::Shelved) {
        tx.note(Entry::PaperShelved { digest, why });
    }
    Ok(true)
}

/// Takes a paper off the shelf: a person looked.
pub async fn put_aside(tx: &mut Tx, digest: Digest) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query("UPDATE paper SET state = 'put_aside' WHERE digest = $1 AND state = 'shelved'")
            .bind(digest.0.as_slice())
    )?;
    Ok(changed > 0)
}

/// Notes that a paper from the shelf could be read after all, and what its reader stumbled over.
pub async fn take_off(tx: &mut Tx, paper: &Paper) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query(
            "UPDATE paper SET state = 'read', why = NULL, kind = $2, complaints = $3
              WHERE digest = $1 AND state = 'shelved'",
        )
        .bind(paper.digest.0.as_slice())
        .bind(&paper.kind)
        .bind(Json(&paper.complaints))
    )?;
    Ok(changed > 0)
}

/// Notes what a paper turned out to be that was read after it came. One that could not be used lies on the shelf
/// with its reason.
pub async fn learn(
    tx: &mut Tx,
    digest: Digest,
    kind: Option<&str>,
    complaints: &[Complaint],
    why: Option<&str>,
) -> Result<(), StoreError> {
    let state = if why.is_some() { State::Shelved } else { State::Read };
    change!(
        tx,
        query(
            "UPDATE paper SET kind = coalesce($2, kind), complaints = $3, why = $4, state = $5 WHERE digest = $1",
        )
        .bind(digest.0.as_slice())
        .bind(kind)
        .bind(Json(complaints))
        .bind(why)
        .bind(state.word())
    )?;
    if let Some(why) = why {
        tx.note(Entry::PaperShelved { digest: digest.to_string(), why: why.to_owned() });
    }
    Ok(())
}

#[derive(FromRow)]
struct Row {
    digest: Vec<u8>,
    source: String,
    name: String,
    kind: String,
    size_bytes: i64,
    received_at: Ts,
    state: String,
    why: Option<String>,
    complaints: Json<Vec<Complaint>>,
}

impl TryFrom<Row> for Paper {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = match row.state.as_str() {
            "read" => State::Read,
            "shelved" => State::Shelved,
            "put_aside" => State::PutAside,
            other => return Err(StoreError::damaged("paper", hex::encode(&row.digest), other)),
        };
        Ok(Self {
            digest: Digest::from_row("paper", &row.digest)?,
            source: row.source,
            name: row.name,
            kind: row.kind,
            size_bytes: row.size_bytes.unsigned_abs(),
            received_at: row.received_at.get(),
            state,
            why: row.why,
            complaints: row.complaints.0,
        })
    }
}

/// The paper of this digest; `None` when it never came.
pub async fn of_digest(db: &Db, digest: Digest) -> Result<Option<Paper>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT digest, source, name, kind, size_bytes, received_at, state, why, complaints
           FROM paper WHERE digest = $1",
    ).bind(digest.0.as_slice()).fetch_optional(run))?;
    row.map(Paper::try_from).transpose()
}

/// Papers that could not be read and that nobody has looked at, oldest first.
pub async fn on_the_shelf(db: &Db) -> Result<Vec<Paper>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT digest, source, name, kind, size_bytes, received_at, state, why, complaints
           FROM paper WHERE state = 'shelved' ORDER BY received_at, digest",
    ).fetch_all(run))?;
    rows.into_iter().map(Paper::try_from).collect()
}

/// Every digest that a row speaks of, in order: what a backup must hold.
pub async fn digests(db: &Db) -> Result<Vec<Digest>, StoreError> {
    let rows: Vec<(Vec<u8>,)> =
        on!(db, run => query_as("SELECT digest FROM paper ORDER BY digest").fetch_all(run))?;
    rows.iter().map(|(digest,)| Digest::from_row("paper", digest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, commit, on_both};

    #[tokio::test]
    async fn the_same_paper_twice_changes_nothing_and_a_damaged_one_is_noticed() {
        let scratch = Scratch::new();
        let folder = Folder::open(scratch.path()).unwrap();
        on_both(async |db| {
            let digest = folder.keep(b"an advisory").unwrap();
            assert_eq!(folder.read(digest).unwrap(), b"an advisory");
            let paper = Paper {
                digest,
                source: "vendor".into(),
                name: "advisory.json".into(),
                kind: "unknown".into(),
                size_bytes: 11,
                received_at: Timestamp::UNIX_EPOCH,
                state: State::Shelved,
                why: Some("no JSON".into()),
                complaints: vec![Complaint { at: "/".into(), what: "no JSON".into() }],
            };
            for expected in [true, false] {
                let mut tx = db.begin("test").await.unwrap();
                assert_eq!(add(&mut tx, &paper).await.unwrap(), expected);
                commit(tx).await;
            }
            assert_eq!(of_digest(&db, digest).await.unwrap(), Some(paper.clone()));
            assert_eq!(on_the_shelf(&db).await.unwrap(), [paper]);
            let mut tx = db.begin("test").await.unwrap();
            assert!(put_aside(&mut tx, digest).await.unwrap());
            commit(tx).await;
            assert_eq!(on_the_shelf(&db).await.unwrap(), []);
        })
        .await;
        for size in [0, 1, FRAME_BYTES - 1, FRAME_BYTES, 3 * FRAME_BYTES + 7] {
            let bytes: Vec<u8> = (0..size).map(|nth| nth.to_le_bytes()[nth % 2] | 1).collect();
            let kept = folder.keep_all_of(&mut bytes.as_slice()).unwrap();
            assert_eq!(kept, (Digest::of(&bytes), size as u64));
            assert_eq!(folder.read(kept.0).unwrap(), bytes);
            let mut streamed = Vec::new();
            folder.stream(kept.0).unwrap().read_to_end(&mut streamed).unwrap();
            assert_eq!(streamed, bytes);
        }
        let digest = Digest::of(b"an advisory");
        let other = zstd::bulk::compress(b"another", 1).unwrap();
        fs::write(scratch.path().join(Folder::place(digest)), other).unwrap();
        assert!(matches!(folder.read(digest), Err(StoreError::Damaged { .. })));
    }
}
