//! Whether there is room for what comes in.
//!
//! Papers and reports come by the gigabyte, and a disk that is full stops everything: also the answer of a
//! hospital. So whatever takes something in asks first whether enough stays free for the rest of the house, and
//! waits when it does not. What is on its way to its place already goes on, and nothing is dropped.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::SignedDuration;
use store::StoreError;

/// How long whoever finds no room waits before asking again.
pub const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// How much stays free without an operator's word: enough for a day of answers, and to clean up in peace.
pub const FREE_BYTES_MIN: u64 = 1 << 30;

/// How much room there is, and how much of it must stay.
#[derive(Debug, Clone)]
pub struct Room {
    free_bytes_min: u64,
    at: At,
}

#[derive(Debug, Clone)]
enum At {
    /// Where the house writes: its papers and, where that is a file, its database.
    Disks(Vec<PathBuf>),
    /// A story says it.
    Story(Arc<AtomicU64>),
}

/// There is less room than must stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    pub free_bytes: u64,
    pub free_bytes_min: u64,
}

impl From<Short> for StoreError {
    fn from(short: Short) -> Self {
        let Short { free_bytes, free_bytes_min } = short;
        Self::NoRoom { free_bytes, free_bytes_min }
    }
}

impl Room {
    /// What is free where these folders or files are; the least counts.
    pub fn on_disks(places: Vec<PathBuf>, free_bytes_min: u64) -> Self {
        Self { free_bytes_min, at: At::Disks(places) }
    }

    /// As much as anybody wants, until a story says otherwise.
    pub fn in_a_story() -> Self {
        Self { free_bytes_min: FREE_BYTES_MIN, at: At::Story(Arc::new(AtomicU64::new(u64::MAX))) }
    }

    /// From now on so much is free, in a story. A real disk is nobody's to fill.
    pub fn let_be_free(&self, bytes: u64) {
        if let At::Story(free) = &self.at {
            free.store(bytes, Ordering::SeqCst);
        }
    }

    /// As [`Room::check`], of what would be left when so much more was written.
    ///
    /// # Errors
    /// As [`Room::check`].
    pub fn check_for(&self, bytes: u64) -> Result<(), StoreError> {
        self.short_after(bytes).map_or(Ok(()), |short| Err(short.into()))
    }

    /// What is there, when that is too little. A disk that does not say how full it is, is asked by writing to it.
    pub fn short(&self) -> Option<Short> {
        self.short_after(0)
    }

    fn short_after(&self, bytes: u64) -> Option<Short> {
        let free_bytes = match &self.at {
            At::Story(free) => free.load(Ordering::SeqCst),
            At::Disks(places) => places.iter().filter_map(free_bytes).min()?,
        };
        let free_bytes = free_bytes.saturating_sub(bytes);
        let free_bytes_min = self.free_bytes_min;
        (free_bytes < free_bytes_min).then_some(Short { free_bytes, free_bytes_min })
    }

    /// Says whether more may come in.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`]: then wait.
    pub fn check(&self) -> Result<(), StoreError> {
        self.short().map_or(Ok(()), |short| Err(short.into()))
    }
}

/// What somebody without special rights may still write there.
fn free_bytes(place: &PathBuf) -> Option<u64> {
    match rustix::fs::statvfs(place) {
        Ok(disk) => Some(disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(why) => {
            tracing::warn!(path = %place.display(), "how much is free here cannot be said: {why}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_says_how_much_is_free_and_one_that_is_not_there_stops_nobody() {
        let here = PathBuf::from("/");
        assert!(free_bytes(&here).is_some());
        assert_eq!(Room::on_disks(vec![here.clone()], 0).short(), None);
        let short = Room::on_disks(vec![here, "/nowhere/at/all".into()], u64::MAX).short().unwrap();
        assert_eq!(short.free_bytes_min, u64::MAX);
        assert_eq!(Room::on_disks(vec!["/nowhere/at/all".into()], u64::MAX).short(), None);
    }
}
