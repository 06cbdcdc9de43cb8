//! A heap of papers in one file: a ZIP.
//!
//! An archive says of itself how much is in it, and nothing of that is believed: each member is unpacked up
//! to a limit, all together up to another, and names that lead out of the archive are left out. What is
//! encrypted, a link or packed in a way that we do not know is left out too, and counted.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::{Unreadable, Why};

/// How much of an archive we are willing to unpack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub members_max: usize,
    pub member_bytes_max: usize,
    pub bytes_max: usize,
}

impl Default for Bounds {
    /// The CVE list of all years has some 330,000 records in 2 GB.
    fn default() -> Self {
        Self { members_max: 500_000, member_bytes_max: 64 << 20, bytes_max: 4 << 30 }
    }
}

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// With its folders, none of which leads upwards.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Whether these bytes say of themselves that they are a ZIP.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// An archive that is unpacked member by member, so that no more than one is in memory.
pub struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    next: usize,
    left: usize,
    bounds: Bounds,
    /// How many members were left out.
    pub left_out: usize,
}

impl<'b> Archive<'b> {
    /// # Errors
    /// When it is no ZIP, or has more members than `bounds` allow.
    pub fn open(bytes: &'b [u8], bounds: Bounds) -> Result<Self, Unreadable> {
        let unreadable = |why| Unreadable { at: String::new(), why };
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| unreadable(Why::OtherVersion("an archive that is no whole ZIP".to_owned())))?;
        if zip.len() > bounds.members_max {
            return Err(unreadable(Why::TooManyFiles { found: zip.len(), limit: bounds.members_max }));
        }
        Ok(Self { zip, next: 0, left: bounds.bytes_max, bounds, left_out: 0 })
    }

    /// How many members it says that it has, folders included.
    pub fn count(&self) -> usize {
        self.zip.len()
    }

    /// Goes on at the member with this place, counted from 0.
    pub fn skip_to(&mut self, place: usize) {
        self.next = self.next.max(place);
    }

    /// The place of the next member.
    pub fn place(&self) -> usize {
        self.next
    }

    /// The next file, or `None` at the end.
    ///
    /// # Errors
    /// When more comes out than `bounds` allow altogether. That is the end of it.
    pub fn next_member(&mut self) -> Result<Option<Member>, Unreadable> {
        while self.next < self.zip.len() {
            let place = self.next;
            self.next = place.saturating_add(1);
            let Ok(file) = self.zip.by_index(place) else {
                self.left_out = self.left_out.saturating_add(1);
                continue;
            };
            if file.is_dir() {
                continue;
            }
            let name = file.enclosed_name().and_then(|name| name.to_str().map(str::to_owned));
            let Some(name) = name.filter(|_| file.is_file()) else {
                self.left_out = self.left_out.saturating_add(1);
                continue;
            };
            let most = self.bounds.member_bytes_max.min(self.left);
            let mut bytes = Vec::new();
            let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            let is_whole = file.take(one_more).read_to_end(&mut bytes).is_ok() && bytes.len() <= most;
            self.left = self.left.saturating_sub(bytes.len());
            if self.left == 0 {
                self.next = self.zip.len();
                let limit = self.bounds.bytes_max;
                return Err(Unreadable {
                    at: name,
                    why: Why::TooBig { found: limit.saturating_add(1), limit },
                });
            }
            if is_whole {
                return Ok(Some(Member { name, bytes }));
            }
            self.left_out = self.left_out.saturating_add(1);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn names(bytes: &[u8], bounds: Bounds) -> Result<(Vec<String>, usize), Unreadable> {
        let mut archive = Archive::open(bytes, bounds)?;
        let mut names = Vec::new();
        while let Some(member) = archive.next_member()? {
            names.push(member.name);
        }
        Ok((names, archive.left_out))
    }

    #[test]
    fn what_leads_out_of_an_archive_is_left_out() {
        let bytes =
            packed(&[("cves/a.json", b"{}"), ("../b.json", b"{}"), ("/etc/passwd", b"x"), ("c.json", b"{}")]);
        let (names, left_out) = names(&bytes, Bounds::default()).unwrap();
        assert!(names.iter().all(|name| !name.contains("..") && !name.starts_with('/')), "{names:?}");
        assert!(names.contains(&"cves/a.json".to_owned()) && names.contains(&"c.json".to_owned()));
        assert!(left_out >= 1, "{left_out}");
    }

    #[test]
    fn a_bomb_goes_off_in_nobodys_hands() {
        let bytes = packed(&[("a.json", b"{}"), ("bomb.json", &vec![b' '; 1 << 20]), ("b.json", b"{}")]);
        let small = Bounds { member_bytes_max: 1_000, ..Bounds::default() };
        assert_eq!(names(&bytes, small), Ok((vec!["a.json".into(), "b.json".into()], 1)));
        let few = Bounds { bytes_max: 1_000, ..Bounds::default() };
        assert!(matches!(names(&bytes, few).unwrap_err().why, Why::TooBig { limit: 1_000, .. }));
        let none = Bounds { members_max: 2, ..Bounds::default() };
        assert!(matches!(names(&bytes, none).unwrap_err().why, Why::TooManyFiles { limit: 2, .. }));
    }

    #[test]
    fn half_an_archive_is_none() {
        let bytes = packed(&[("a.json", b"{}")]);
        assert!(is_archive(&bytes) && !is_archive(b"{}"));
        for length in 0..bytes.len() {
            assert!(Archive::open(&bytes[..length], Bounds::default()).is_err(), "{length}");
        }
    }
}
