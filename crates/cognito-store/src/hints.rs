//! Which record had a unique value when it was last looked for.
//!
//! A hint is never believed: it saves the scan only if the record, as it is now, still lists the unique value,
//! for then no other record can have it. So nothing has to be invalidated.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cognito_core::IndexEntry;

/// Most hints; beyond, they are collected anew.
const HINTS: usize = 16 << 10;

/// The hints.
#[derive(Default)]
pub(crate) struct Hints(Mutex<HashMap<IndexEntry, String>>);

impl Hints {
    /// The key of the record that had the value.
    pub(crate) fn get(&self, entry: &IndexEntry) -> Option<String> {
        self.locked().get(entry).cloned()
    }

    /// Notes which record has the value.
    pub(crate) fn remember(&self, entry: IndexEntry, key: String) {
        let mut hints = self.locked();
        if hints.len() >= HINTS {
            hints.clear();
        }
        hints.insert(entry, key);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<IndexEntry, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
