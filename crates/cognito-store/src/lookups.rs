//! The keys that a value of an index was last found to have, none included, in the memory of an exclusive store.
//!
//! A list that has a key too many does no harm: whoever reads the record sees that it lacks the value, and asks the engine.
//! So only a commit that adds an entry makes lists stale. It raises a number, which many values share, so that nothing need be known of
//! the values that nobody has asked for.

use std::array;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cognito_core::IndexEntry;

/// Most lists; beyond, they are collected anew.
const LISTS: usize = 16 << 10;
/// The longest list that is kept.
const KEYS: usize = 8;
const NUMBERS: usize = 4096;

/// The lists.
pub(crate) struct Lookups {
    hasher: RandomState,
    numbers: Box<[AtomicU64; NUMBERS]>,
    /// By index and then by value, so that a look-up needs no owned key.
    lists: Mutex<Lists>,
}

/// Which values may have got a record more.
#[derive(Clone, Copy)]
pub(crate) struct Place(usize);

/// The number of a place when a reader began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Began(u64);

#[derive(Default)]
struct Lists {
    indexes: HashMap<&'static str, HashMap<String, List>>,
    count: usize,
}

struct List {
    began: Began,
    keys: Arc<[String]>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            numbers: Box::new(array::from_fn(|_| AtomicU64::new(0))),
            lists: Mutex::default(),
        }
    }
}

impl Lookups {
    /// Where an entry belongs.
    pub(crate) fn place(&self, entry: &IndexEntry) -> Place {
        self.place_of(entry.index, &entry.value)
    }

    /// The keys that have a value, if they are known; else what [`fill`](Lookups::fill) wants to know.
    pub(crate) fn get(&self, index: &'static str, value: &str) -> Result<Arc<[String]>, Began> {
        let began = Began(self.numbers[self.place_of(index, value).0].load(Ordering::Acquire));
        let lists = self.locked();
        let list = lists.indexes.get(index).and_then(|values| values.get(value));
        list.filter(|list| list.began == began).map(|list| Arc::clone(&list.keys)).ok_or(began)
    }

    /// Adds what a reader found. It holds as long as no commit has come since the reader began.
    pub(crate) fn fill(&self, index: &'static str, value: &str, keys: &Arc<[String]>, began: Began) {
        if keys.len() > KEYS {
            return;
        }
        let list = List { began, keys: Arc::clone(keys) };
        let mut lists = self.locked();
        if lists.count >= LISTS {
            *lists = Lists::default();
        }
        if lists.indexes.entry(index).or_default().insert(value.to_owned(), list).is_none() {
            lists.count += 1;
        }
    }

    /// Follows a commit that added entries.
    pub(crate) fn apply(&self, places: &[Place]) {
        for place in places {
            self.numbers[place.0].fetch_add(1, Ordering::Release);
        }
    }

    /// Follows a reader who found that a list is not right any more.
    pub(crate) fn doubt(&self, index: &'static str, value: &str) {
        self.apply(&[self.place_of(index, value)]);
    }

    fn place_of(&self, index: &'static str, value: &str) -> Place {
        Place(self.hasher.hash_one((index, value)) as usize % NUMBERS)
    }

    fn locked(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "user.alias";

    fn keys(names: &[&str]) -> Arc<[String]> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn fill(lookups: &Lookups, value: &str, names: &[&str]) {
        let began = lookups.get(INDEX, value).expect_err("it is not known yet");
        lookups.fill(INDEX, value, &keys(names), began);
    }

    fn known(lookups: &Lookups, value: &str) -> Option<Arc<[String]>> {
        lookups.get(INDEX, value).ok()
    }

    #[test]
    fn an_entry_more_makes_the_list_stale() {
        let lookups = Lookups::default();
        fill(&lookups, "a", &["p/1"]);
        fill(&lookups, "b", &[]);
        assert_eq!((known(&lookups, "a"), known(&lookups, "b")), (Some(keys(&["p/1"])), Some(keys(&[]))));
        assert!(lookups.get("group.name", "a").is_err());
        lookups.apply(&[lookups.place(&IndexEntry::unique(INDEX, "b"))]);
        assert_eq!(known(&lookups, "b"), None);
        fill(&lookups, "b", &["p/2"]);
        assert_eq!(known(&lookups, "b"), Some(keys(&["p/2"])));
    }

    #[test]
    fn a_reader_that_was_overtaken_adds_nothing() {
        let lookups = Lookups::default();
        let began = lookups.get(INDEX, "a").expect_err("it is not known yet");
        lookups.apply(&[lookups.place(&IndexEntry::shared(INDEX, "a"))]);
        lookups.fill(INDEX, "a", &keys(&[]), began);
        assert_eq!(known(&lookups, "a"), None);
    }

    #[test]
    fn it_is_bounded() {
        let lookups = Lookups::default();
        for number in 0..2 * LISTS {
            fill(&lookups, &number.to_string(), &[]);
        }
        let lists = lookups.locked();
        let count: usize = lists.indexes.values().map(HashMap::len).sum();
        assert!(count == lists.count && count <= LISTS, "{count}");
        drop(lists);
        fill(&lookups, "many", &["k"; KEYS + 1]);
        assert_eq!(known(&lookups, "many"), None);
    }
}
