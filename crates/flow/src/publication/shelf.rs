//! The folder of what is for everybody: it is as it was, or as it is now, and never in between.
//!
//! ```text
//! editions/000041/…  ─┐ what did not change is the same file
//! editions/000042/…  ─┴─► everything on the disk ─► `current` points there, in one step of the file system
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What every reader follows.
const CURRENT: &str = "current";
/// How many editions are kept: somebody may be reading the one before.
const KEPT: usize = 3;

/// Files by their path below the top, with slashes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Where the files for everybody lie now.
pub fn current(folder: &Path) -> PathBuf {
    folder.join(CURRENT)
}

/// The bytes of a file of the edition that is out; `None` where there is none.
pub fn published(folder: &Path, path: &str) -> Option<Vec<u8>> {
    fs::read(current(folder).join(path)).ok()
}

/// Puts `files` in the place of what is there.
///
/// # Errors
/// Of the disk; what was there is then still there.
pub fn put(folder: &Path, files: &Files) -> io::Result<()> {
    let editions = folder.join("editions");
    fs::create_dir_all(&editions)?;
    let mut known: Vec<u64> =
        fs::read_dir(&editions)?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    known.sort_unstable();
    let number = known.last().map_or(1, |last| last + 1);
    let new = editions.join(format!("{number:06}"));
    let before = fs::canonicalize(current(folder)).ok();
    for (path, bytes) in files {
        let place = new.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        let old = before.as_ref().map(|before| before.join(path));
        let is_same = old.as_ref().is_some_and(|old| fs::read(old).is_ok_and(|old| old == *bytes));
        match old.filter(|_| is_same) {
            Some(old) => fs::hard_link(old, &place)?,
            None => {
                let mut file = File::create_new(&place)?;
                file.write_all(bytes)?;
                file.sync_all()?;
            }
        }
    }
    File::open(&new)?.sync_all()?;
    let arrow = folder.join(format!("{CURRENT}.new"));
    match fs::remove_file(&arrow) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        _ => symlink(Path::new("editions").join(format!("{number:06}")), &arrow)?,
    }
    fs::rename(&arrow, current(folder))?;
    File::open(folder)?.sync_all()?;
    for old in known.iter().rev().skip(KEPT - 1) {
        // Half an old edition is nobody's trouble.
        let _ = fs::remove_dir_all(editions.join(format!("{old:06}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn an_edition_takes_the_place_of_the_one_before_at_once() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), &files(&[("a/one", "1"), ("two", "2")])).unwrap();
        assert_eq!(published(folder.path(), "a/one").unwrap(), b"1");
        put(folder.path(), &files(&[("two", "3")])).unwrap();
        assert_eq!(published(folder.path(), "a/one"), None, "what was taken back is not there any more");
        assert_eq!(published(folder.path(), "two").unwrap(), b"3");
        for _ in 0..5 {
            put(folder.path(), &files(&[("two", "3")])).unwrap();
        }
        assert_eq!(fs::read_dir(folder.path().join("editions")).unwrap().count(), KEPT);
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), &files(&[("one", "1")])).unwrap();
        // A file where a folder must be.
        put(folder.path(), &files(&[("one", "2"), ("one/two", "3")])).unwrap_err();
        assert_eq!(published(folder.path(), "one").unwrap(), b"1");
        put(folder.path(), &files(&[("one", "4")])).unwrap();
        assert_eq!(published(folder.path(), "one").unwrap(), b"4");
    }
}
