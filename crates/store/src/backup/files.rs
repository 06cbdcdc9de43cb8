//! The files of a backup: hashed while they are written, and on the disk before the folder gets its
//! name.

use std::fs::{self, DirBuilder, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::papers::Digest;

/// What a file of lines holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    pub rows: u64,
    /// Of the lines: the same for the same rows, whatever engine they come from.
    pub rows_sha256: Digest,
    /// Of the file, in which the lines are packed.
    pub file_sha256: Digest,
}

/// Lines that pass by: how many, and which.
#[derive(Default)]
pub(super) struct Tally {
    rows: u64,
    hash: Sha256,
}

impl Tally {
    pub(super) fn add(&mut self, line: &[u8]) {
        self.rows += 1;
        self.hash.update(line);
    }

    pub(super) fn end(self) -> (u64, Digest) {
        (self.rows, Digest(self.hash.finalize().into()))
    }
}

struct Hashing<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Hashing<W> {
    fn new(out: W) -> Self {
        Self { out, hash: Sha256::new() }
    }

    fn end(self) -> (W, Digest) {
        (self.out, Digest(self.hash.finalize().into()))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn digest_of(mut from: impl Read) -> io::Result<Digest> {
    let mut hashing = Hashing::new(io::sink());
    io::copy(&mut from, &mut hashing)?;
    Ok(hashing.end().1)
}

/// The digest of a file as it lies there.
pub(super) fn file_digest(path: &Path) -> io::Result<Digest> {
    digest_of(File::open(path)?)
}

/// The digest of what is packed in a file.
pub(super) fn content_digest(path: &Path) -> io::Result<Digest> {
    digest_of(zstd::Decoder::new(File::open(path)?)?)
}

/// Copies a file on to the disk, and gives its digest.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<Digest> {
    let mut hashing = Hashing::new(File::create_new(to)?);
    io::copy(&mut File::open(from)?, &mut hashing)?;
    let (file, digest) = hashing.end();
    file.sync_all()?;
    Ok(digest)
}

/// A file of lines that is being written.
pub(super) struct LinesOut {
    out: zstd::Encoder<'static, Hashing<File>>,
    tally: Tally,
}

impl LinesOut {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let out = zstd::Encoder::new(Hashing::new(File::create_new(path)?), 3)?;
        Ok(Self { out, tally: Tally::default() })
    }

    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.tally.add(line);
        self.out.write_all(line)
    }

    /// Brings it to the disk.
    pub(super) fn end(self) -> io::Result<Contents> {
        let (file, file_sha256) = self.out.finish()?.end();
        file.sync_all()?;
        let (rows, rows_sha256) = self.tally.end();
        Ok(Contents { rows, rows_sha256, file_sha256 })
    }
}

/// The lines of a file, each with its line break.
pub(super) struct LinesIn(BufReader<zstd::Decoder<'static, BufReader<File>>>);

impl LinesIn {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(BufReader::new(zstd::Decoder::new(File::open(path)?)?)))
    }
}

impl Iterator for LinesIn {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        match self.0.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line)),
            Err(cause) => Some(Err(cause)),
        }
    }
}

/// A folder that gets its name when all of it is on the disk, and is gone if that never happens. Only
/// its owner may look in: it holds everything that the house knows.
pub(super) struct Draft {
    path: PathBuf,
    name: PathBuf,
    is_published: bool,
}

impl Draft {
    pub(super) fn of(name: &Path) -> io::Result<Self> {
        if name.try_exists()? {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "a backup never replaces another"));
        }
        let last = name.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_string_lossy();
        let path = name.with_file_name(format!("{last}.draft-{}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path, name: name.to_owned(), is_published: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, once the folders below it are on the disk as well as their files.
    pub(super) fn publish(mut self) -> io::Result<()> {
        sync_folders(&self.path)?;
        fs::rename(&self.path, &self.name)?;
        self.is_published = true;
        let above = self.name.parent().filter(|above| !above.as_os_str().is_empty());
        File::open(above.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_published
            && let Err(cause) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %cause, "a draft of a backup stays behind");
        }
    }
}

fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(folder)?.sync_all()
}
