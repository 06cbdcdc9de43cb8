//! Which index is the current one.
//!
//! A new one is made beside the old one, which takes a second for a nation, and put in its place at once.
//! Nobody who reads waits for that: whoever is in the middle of a paper finishes it with the index that it
//! began with, and looks before the next one whether there is another.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Index;

/// Holds the current index for all who read.
#[derive(Debug, Default)]
pub struct Current {
    /// How many times it was changed.
    changes: AtomicU64,
    index: Mutex<Arc<Index>>,
}

impl Current {
    pub fn new(index: Index) -> Self {
        Self { changes: AtomicU64::new(0), index: Mutex::new(Arc::new(index)) }
    }

    /// Puts another index in its place. The old one goes when its last reader let go of it.
    pub fn change(&self, index: Index) {
        let new = Arc::new(index);
        let old = std::mem::replace(&mut *self.index.lock().unwrap_or_else(PoisonError::into_inner), new);
        self.changes.fetch_add(1, Ordering::Release);
        // What is dropped here may be large, and the lock is open again.
        drop(old);
    }

    /// The index as it is now, for one paper or one question.
    pub fn index(&self) -> Arc<Index> {
        Arc::clone(&self.index.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Somebody who asks often, and always wants the current one.
    pub fn reader(&self) -> Reader<'_> {
        let changes = self.changes.load(Ordering::Acquire);
        Reader { current: self, changes, index: self.index() }
    }
}

/// Reads the current index, and looks at a single number to know whether it still is.
#[derive(Debug)]
pub struct Reader<'c> {
    current: &'c Current,
    changes: u64,
    index: Arc<Index>,
}

impl Reader<'_> {
    #[inline]
    pub fn index(&mut self) -> &Index {
        let changes = self.current.changes.load(Ordering::Acquire);
        if changes != self.changes {
            self.changes = changes;
            self.index = self.current.index();
        }
        &self.index
    }
}
