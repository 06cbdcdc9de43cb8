//! What is packed comes out as a stream, and no further than the limits.
//!
//! Nothing that a packed file says about its own size is believed: what comes out is counted against what went
//! in, and a file that grows beyond all reason ends there. Members of a ZIP are read one after another, and
//! none of them is ever on disk.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::Failed;
use crate::{Unreadable, Why};

/// How much we are willing to unpack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub members_max: usize,
    /// Of all members together, unpacked.
    pub bytes_max: u64,
    /// How much larger a file may become, once it is larger than [`Bounds::FREE_BYTES`].
    pub ratio_max: u64,
}

impl Bounds {
    /// A small file may be as repetitive as it likes.
    pub const FREE_BYTES: u64 = 16 << 20;
}

impl Default for Bounds {
    /// A day of all reports of a country has some tens of GB; tables of scans pack ten to thirty times smaller.
    fn default() -> Self {
        Self { members_max: 10_000, bytes_max: 64 << 30, ratio_max: 200 }
    }
}

/// The window of zstd that a sender may ask us to keep in memory: 128 MiB at most.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// What is done with each file: its name, and its bytes.
type See<'s> = &'s mut dyn FnMut(Option<&str>, &mut dyn Read) -> Result<(), Failed>;

/// Shows each file that is in `from`, which may be one itself. Gives the names of those that were left out.
pub(super) fn each<R: Read + Seek>(
    from: &mut R,
    name: Option<&str>,
    bounds: Bounds,
    see: See<'_>,
) -> Result<Vec<String>, Failed> {
    let start = from.stream_position()?;
    let (magic, _) = magic_of(from)?;
    from.seek(SeekFrom::Start(start))?;
    match magic {
        magic if is_archive(&magic) => members(from, bounds, see),
        _ => alone(from, name, bounds, see).map(|()| Vec::new()),
    }
}

/// Whether bytes that begin so are an archive of several files, which cannot be read from front to back.
pub fn is_archive(head: &[u8]) -> bool {
    matches!(head, [b'P', b'K', 3 | 5, 4 | 6, ..])
}

/// Whether bytes that begin so are packed in a way that we unpack.
pub(super) fn is_packed(head: &[u8]) -> bool {
    is_archive(head) || matches!(head, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..])
}

/// The first four bytes, and how many of them there are.
fn magic_of(from: &mut impl Read) -> io::Result<([u8; 4], usize)> {
    let mut magic = [0; 4];
    let mut known = 0;
    while let Some(room) = magic.get_mut(known..).filter(|room| !room.is_empty()) {
        match from.read(room) {
            Ok(0) => break,
            Ok(count) => known = known.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((magic, known))
}

/// Shows the one file that `from` is, which may be packed by itself.
pub(super) fn alone<R: Read>(
    from: &mut R,
    name: Option<&str>,
    bounds: Bounds,
    see: See<'_>,
) -> Result<(), Failed> {
    let (magic, known) = magic_of(from)?;
    let head = magic.get(..known).unwrap_or(&magic);
    let mut whole = head.chain(from);
    match magic {
        [0x1f, 0x8b, ..] => {
            let packed = Counted::new(&mut whole);
            let (count, failed) = (packed.count.clone(), packed.failed.clone());
            let out = MultiGzDecoder::new(packed);
            one(Guarded::new(out, count, failed, bounds), name.map(|it| bare(it, ".gz")), see)
        }
        [0x28, 0xb5, 0x2f, 0xfd] => {
            let packed = Counted::new(&mut whole);
            let (count, failed) = (packed.count.clone(), packed.failed.clone());
            let mut out = zstd::stream::read::Decoder::new(packed)?;
            out.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
            one(Guarded::new(out, count, failed, bounds), name.map(|it| bare(it, ".zst")), see)
        }
        _ => {
            let mut limited = Limited { from: &mut whole, left: bounds.bytes_max, limit: bounds.bytes_max };
            one(&mut limited, name, see)
        }
    }
}

/// A name without what packing added to it.
fn bare<'n>(name: &'n str, end: &str) -> &'n str {
    let cut = name.len().saturating_sub(end.len());
    match (name.get(..cut), name.get(cut..)) {
        (Some(head), Some(tail)) if tail.eq_ignore_ascii_case(end) => head,
        _ => name,
    }
}

fn one(mut from: impl Read, name: Option<&str>, see: See<'_>) -> Result<(), Failed> {
    see(name, &mut from).map_err(told)
}

/// Our own reasons travel through readers of others as errors of reading; here they become reasons again.
pub(super) fn told(failed: Failed) -> Failed {
    match failed {
        Failed::Io(error) => match error.downcast::<Unreadable>() {
            Ok(unreadable) => Failed::Unreadable(unreadable),
            Err(error) => Failed::Io(error),
        },
        unreadable => unreadable,
    }
}

fn members<R: Read + Seek>(from: &mut R, bounds: Bounds, see: See<'_>) -> Result<Vec<String>, Failed> {
    /// More names than anybody looks at.
    const NAMED_MAX: usize = 50;
    let mut zip = ZipArchive::new(from).map_err(|error| match error {
        zip::result::ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => Failed::Io(error),
        error => broken(error.to_string()),
    })?;
    if zip.len() > bounds.members_max {
        let why = Why::TooManyFiles { found: zip.len(), limit: bounds.members_max };
        return Err(Unreadable::whole(why).into());
    }
    let mut left_out = Vec::new();
    let mut omit = |name: String| {
        if left_out.len() < NAMED_MAX {
            left_out.push(name);
        }
    };
    let mut left = bounds.bytes_max;
    let mut seen = 0_usize;
    let mut first_reason = None;
    for place in 0..zip.len() {
        let (size, is_dir, name) = match zip.by_index_raw(place) {
            Ok(file) => {
                let is_safe = file.enclosed_name().is_some();
                let name = file.name().map_or_else(|_| place.to_string(), |name| name.into_owned());
                (file.compressed_size(), file.is_dir() || !is_safe || !file.is_file(), name)
            }
            Err(_) => {
                omit(format!("{place}"));
                continue;
            }
        };
        if is_dir {
            if !name.ends_with('/') {
                omit(name);
            }
            continue;
        }
        let Ok(file) = zip.by_index(place) else {
            omit(name);
            continue;
        };
        let mut out = Guarded {
            from: file,
            packed: Rc::new(Cell::new(size)),
            source_failed: Rc::new(Cell::new(false)),
            out: 0,
            bounds: Bounds { bytes_max: left, ..bounds },
        };
        match see(Some(&name), &mut out).map_err(told) {
            Ok(()) => seen = seen.saturating_add(1),
            Err(Failed::Unreadable(why)) => {
                first_reason.get_or_insert(why);
                omit(name);
            }
            Err(failed) => return Err(failed),
        }
        left = left.saturating_sub(out.out);
    }
    match first_reason {
        // Not one file of it could be read: that is what is wrong with all of it.
        Some(why) if seen == 0 => Err(why.into()),
        None if seen == 0 => Err(Unreadable::whole(Why::Empty).into()),
        _ => Ok(left_out),
    }
}

fn broken(what: String) -> Failed {
    Unreadable::whole(Why::Broken(what)).into()
}

/// Counts what was taken from a source, and notes whether the source itself failed.
struct Counted<'r, R> {
    from: &'r mut R,
    count: Rc<Cell<u64>>,
    failed: Rc<Cell<bool>>,
}

impl<'r, R> Counted<'r, R> {
    fn new(from: &'r mut R) -> Self {
        Self { from, count: Rc::default(), failed: Rc::default() }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into);
        match &read {
            Ok(count) => {
                let count = u64::try_from(*count).unwrap_or(u64::MAX);
                self.count.set(self.count.get().saturating_add(count));
            }
            Err(error) => self.failed.set(error.kind() != io::ErrorKind::Interrupted),
        }
        read
    }
}

/// Ends where a file becomes larger than it may.
struct Guarded<R> {
    from: R,
    /// How much went in so far, or in all where that is known.
    packed: Rc<Cell<u64>>,
    source_failed: Rc<Cell<bool>>,
    out: u64,
    bounds: Bounds,
}

impl<R> Guarded<R> {
    fn new(from: R, packed: Rc<Cell<u64>>, source_failed: Rc<Cell<bool>>, bounds: Bounds) -> Self {
        Self { from, packed, source_failed, out: 0, bounds }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = match self.from.read(into) {
            Ok(count) => count,
            Err(error) if self.source_failed.get() || error.kind() == io::ErrorKind::Interrupted => {
                return Err(error);
            }
            Err(error) => return Err(refused(Why::Broken(error.to_string()))),
        };
        self.out = self.out.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if self.out > self.bounds.bytes_max {
            return Err(too_big(self.bounds.bytes_max));
        }
        let most = self.packed.get().saturating_mul(self.bounds.ratio_max);
        if self.out > Bounds::FREE_BYTES.max(most) {
            return Err(refused(Why::Bomb { limit: self.bounds.ratio_max }));
        }
        Ok(count)
    }
}

/// The same for what is not packed.
struct Limited<'r, R> {
    from: &'r mut R,
    left: u64,
    limit: u64,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        match self.left.checked_sub(u64::try_from(count).unwrap_or(u64::MAX)) {
            Some(left) => self.left = left,
            None => return Err(too_big(self.limit)),
        }
        Ok(count)
    }
}

fn too_big(limit: u64) -> io::Error {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    refused(Why::TooBig { found: limit.saturating_add(1), limit })
}

fn refused(why: Why) -> io::Error {
    io::Error::other(Unreadable::whole(why))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Name and length of each file, and those that were left out.
    type Found = (Vec<(String, usize)>, Vec<String>);

    /// What is found, or the reason.
    fn seen(bytes: &[u8], bounds: Bounds) -> Result<Found, String> {
        let mut files = Vec::new();
        let left_out = each(&mut Cursor::new(bytes), Some("x.csv.gz"), bounds, &mut |name, from| {
            let mut all = Vec::new();
            from.read_to_end(&mut all)?;
            files.push((name.unwrap().to_owned(), all.len()));
            Ok(())
        });
        match left_out {
            Ok(left_out) => Ok((files, left_out)),
            Err(failed) => Err(failed.to_string()),
        }
    }

    #[test]
    fn what_is_packed_is_shown_by_the_name_that_it_had() {
        assert_eq!(seen(b"plain", Bounds::default()).unwrap().0, [("x.csv.gz".into(), 5)]);
        assert_eq!(seen(&gzip(b"packed"), Bounds::default()).unwrap().0, [("x.csv".into(), 6)]);
        let twice = [gzip(b"one"), gzip(b"two")].concat();
        assert_eq!(seen(&twice, Bounds::default()).unwrap().0, [("x.csv".into(), 6)]);
        let zst = zstd::encode_all(b"packed".as_slice(), 3).unwrap();
        assert_eq!(seen(&zst, Bounds::default()).unwrap().0, [("x.csv.gz".into(), 6)]);
        let zip = archive(&[("a/b.csv", b"1"), ("../../etc/passwd", b"12"), ("c.csv", b"123")]);
        let (files, left_out) = seen(&zip, Bounds::default()).unwrap();
        assert_eq!(files, [("a/b.csv".into(), 1), ("c.csv".into(), 3)]);
        assert_eq!(left_out, ["../../etc/passwd"]);
    }

    #[test]
    fn a_bomb_ends_at_the_limit() {
        let zeros = vec![b'0'; 20 << 20];
        for packed in
            [gzip(&zeros), zstd::encode_all(zeros.as_slice(), 3).unwrap(), archive(&[("a", &zeros)])]
        {
            assert!(packed.len() < 1 << 20);
            let refused = seen(&packed, Bounds::default()).unwrap_err();
            assert!(refused.contains("more than 200 times"), "{refused}");
            let refused = seen(&packed, Bounds { bytes_max: 1_000, ..Bounds::default() }).unwrap_err();
            assert!(refused.contains("we read 1000 at most"), "{refused}");
        }
        let refused = seen(&zeros, Bounds { bytes_max: 1_000, ..Bounds::default() }).unwrap_err();
        assert!(refused.contains("we read 1000 at most"), "{refused}");
        let many = archive(&[("a", b"1"), ("b", b"2")]);
        assert!(seen(&many, Bounds { members_max: 1, ..Bounds::default() }).is_err());
    }

    #[test]
    fn what_breaks_off_says_so_and_a_source_that_fails_is_not_blamed_on_the_file() {
        let packed = gzip(&vec![b'x'; 100_000]);
        let refused = seen(&packed[..packed.len() - 20], Bounds::default()).unwrap_err();
        assert!(refused.contains("damaged or breaks off"), "{refused}");
        struct Failing(Cursor<Vec<u8>>);
        impl Read for Failing {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                match self.0.position() {
                    at if at < 10 => self.0.read(&mut into[..4]),
                    _ => Err(io::Error::other("the cable was pulled")),
                }
            }
        }
        impl Seek for Failing {
            fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
                self.0.seek(to)
            }
        }
        let mut failing = Failing(Cursor::new(packed));
        let failed = each(&mut failing, None, Bounds::default(), &mut |_, from| {
            io::copy(from, &mut io::sink())?;
            Ok(())
        });
        assert!(matches!(failed, Err(Failed::Io(why)) if why.to_string().contains("cable")));
    }
}
