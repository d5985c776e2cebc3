//! Decoded records in memory, bounded.
//!
//! Where this process is the only writer, what is here is the newest state: commits are told in their order
//! (see [`Engine::commit`](crate::Engine::commit)), and a reader adds what it read only if no commit touched the
//! shard since it began to read. Elsewhere a decoded record is used if the engine still has its version.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cognito_core::Kind;

/// A decoded record of any kind.
pub(crate) type Decoded = Arc<dyn Any + Send + Sync>;

const SHARDS: usize = 16;
/// Most records in a shard.
const RECORDS: usize = 1024;
/// Most bytes of JSON that the records of a shard came from.
const BYTES: usize = 2 << 20;

/// The records.
pub(crate) struct Cache {
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

/// The state of a shard when a reader began.
#[derive(Clone, Copy)]
pub(crate) struct Generation(u64);

/// A record as it was read or written, or that there is none.
#[derive(Clone)]
pub(crate) struct Cached {
    /// 0 if there is none.
    pub(crate) version: u64,
    pub(crate) value: Option<Decoded>,
    /// The length of its JSON.
    pub(crate) bytes: usize,
}

impl Cached {
    /// That there is no record with this key.
    pub(crate) fn absent(key: &str) -> Self {
        Self { version: 0, value: None, bytes: key.len() }
    }
}

/// What a commit did to a record.
pub(crate) enum Change {
    Put(Cached),
    Delete,
}

struct Shard {
    /// One map a kind, so that a look-up needs no owned key.
    kinds: [HashMap<Arc<str>, Slot>; Kind::ALL.len()],
    /// The clock of the second-chance eviction. It may name records that are gone.
    clock: VecDeque<(Kind, Arc<str>)>,
    bytes: usize,
    generation: u64,
}

/// By hand: the standard library knows the defaults of arrays of up to 32 only.
impl Default for Shard {
    fn default() -> Self {
        let kinds = std::array::from_fn(|_| HashMap::new());
        Self { kinds, clock: VecDeque::new(), bytes: 0, generation: 0 }
    }
}

struct Slot {
    cached: Cached,
    used: bool,
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self { hasher: RandomState::new(), shards: Default::default() }
    }

    /// The record if it is here, else what [`fill`](Cache::fill) wants to know.
    pub(crate) fn get(&self, kind: Kind, key: &str) -> Result<Cached, Generation> {
        let mut shard = self.shard(key);
        let generation = Generation(shard.generation);
        let slot = shard.kinds[kind as usize].get_mut(key).ok_or(generation)?;
        slot.used = true;
        Ok(slot.cached.clone())
    }

    /// When a reader begins that will not look here.
    pub(crate) fn generation(&self, key: &str) -> Generation {
        Generation(self.shard(key).generation)
    }

    /// Adds what a reader found, unless a commit came in between.
    pub(crate) fn fill(&self, kind: Kind, key: &str, cached: Cached, began: Generation) {
        let mut shard = self.shard(key);
        if shard.generation == began.0 {
            shard.put(kind, key, cached);
        }
    }

    /// Follows a commit.
    pub(crate) fn apply(&self, changes: Vec<(Kind, String, Change)>, purged: &[String]) {
        for (kind, key, change) in changes {
            let mut shard = self.shard(&key);
            shard.generation += 1;
            match change {
                Change::Put(cached) => shard.put(kind, &key, cached),
                Change::Delete => shard.remove(kind, &key),
            }
        }
        if purged.is_empty() {
            return;
        }
        for shard in &self.shards {
            let mut shard = locked(shard);
            shard.generation += 1;
            shard.purge(purged);
        }
    }

    fn shard(&self, key: &str) -> MutexGuard<'_, Shard> {
        locked(&self.shards[self.hasher.hash_one(key) as usize % SHARDS])
    }
}

impl Shard {
    fn put(&mut self, kind: Kind, key: &str, cached: Cached) {
        let bytes = cached.bytes;
        if bytes > BYTES / 16 {
            return self.remove(kind, key);
        }
        self.bytes += bytes;
        if let Some(slot) = self.kinds[kind as usize].get_mut(key) {
            self.bytes -= slot.cached.bytes;
            slot.cached = cached;
            slot.used = true;
        } else {
            let key: Arc<str> = key.into();
            self.kinds[kind as usize].insert(Arc::clone(&key), Slot { cached, used: false });
            self.clock.push_back((kind, key));
        }
        self.evict();
    }

    fn remove(&mut self, kind: Kind, key: &str) {
        if let Some(slot) = self.kinds[kind as usize].remove(key) {
            self.bytes -= slot.cached.bytes;
        }
    }

    fn purge(&mut self, prefixes: &[String]) {
        let bytes = &mut self.bytes;
        for records in &mut self.kinds {
            records.retain(|key, slot| {
                let keep = !prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()));
                if !keep {
                    *bytes -= slot.cached.bytes;
                }
                keep
            });
        }
    }

    /// Bounds the clock rather than the maps, so that records that came and went don't fill it.
    fn evict(&mut self) {
        while self.clock.len() > RECORDS || self.bytes > BYTES {
            let Some((kind, key)) = self.clock.pop_front() else { return };
            match self.kinds[kind as usize].get_mut(&key) {
                Some(slot) if slot.used => {
                    slot.used = false;
                    self.clock.push_back((kind, key));
                }
                _ => self.remove(kind, &key),
            }
        }
    }
}

fn locked(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cached(version: u64, bytes: usize) -> Cached {
        Cached { version, value: Some(Arc::new(version)), bytes }
    }

    fn version(cache: &Cache, key: &str) -> Option<u64> {
        cache.get(Kind::User, key).ok().map(|cached| cached.version)
    }

    #[test]
    fn a_reader_that_was_overtaken_adds_nothing() {
        let cache = Cache::new();
        let began = cache.generation("a");
        cache.apply(vec![(Kind::User, "a".to_owned(), Change::Put(cached(2, 1)))], &[]);
        cache.fill(Kind::User, "a", cached(1, 1), began);
        assert_eq!(version(&cache, "a"), Some(2));

        let began = cache.generation("a");
        cache.apply(vec![(Kind::User, "a".to_owned(), Change::Delete)], &[]);
        cache.fill(Kind::User, "a", cached(2, 1), began);
        assert_eq!(version(&cache, "a"), None);
    }

    #[test]
    fn a_purge_takes_the_prefix_and_overtakes_readers() {
        let cache = Cache::new();
        for key in ["p/1", "p/2", "q/1"] {
            cache.fill(Kind::User, key, cached(1, 1), cache.generation(key));
        }
        let began = cache.generation("p/3");
        cache.apply(Vec::new(), &["p/".to_owned()]);
        cache.fill(Kind::User, "p/3", cached(1, 1), began);
        assert_eq!(["p/1", "p/2", "p/3", "q/1"].map(|key| version(&cache, key)), [None, None, None, Some(1)]);
    }

    #[test]
    fn it_is_bounded() {
        let cache = Cache::new();
        for i in 0..200_000_u64 {
            let key = format!("p/{i}");
            cache.fill(Kind::User, &key, cached(i, 700), cache.generation(&key));
            // What comes and goes at once does not fill the clock either.
            let key = format!("gone/{i}");
            cache.fill(Kind::Session, &key, cached(i, 10), cache.generation(&key));
            cache.apply(vec![(Kind::Session, key, Change::Delete)], &[]);
        }
        for shard in &cache.shards {
            let shard = locked(shard);
            let records = shard.kinds.iter().flat_map(HashMap::values);
            assert_eq!(shard.bytes, records.map(|slot| slot.cached.bytes).sum::<usize>());
            assert!(shard.bytes <= BYTES && shard.clock.len() <= RECORDS);
        }
        assert_eq!(version(&cache, "p/199999"), Some(199_999));
    }

    #[test]
    fn what_is_not_there_is_known_until_it_is() {
        let cache = Cache::new();
        cache.fill(Kind::User, "a", Cached::absent("a"), cache.generation("a"));
        assert_eq!(version(&cache, "a"), Some(0));
        cache.apply(vec![(Kind::User, "a".to_owned(), Change::Put(cached(1, 1)))], &[]);
        assert_eq!(version(&cache, "a"), Some(1));
    }

    #[test]
    fn what_is_used_stays() {
        let mut shard = Shard::default();
        shard.put(Kind::User, "used", cached(1, 10));
        for i in 0..10 * RECORDS {
            if let Some(slot) = shard.kinds[Kind::User as usize].get_mut("used") {
                slot.used = true;
            }
            shard.put(Kind::User, &format!("{i}"), cached(1, 10));
        }
        assert!(shard.kinds[Kind::User as usize].contains_key("used"));
    }

    #[test]
    fn a_huge_record_is_not_kept_and_replaces_what_was() {
        let mut shard = Shard::default();
        shard.put(Kind::User, "a", cached(1, 10));
        shard.put(Kind::User, "a", cached(2, BYTES));
        assert_eq!((shard.bytes, shard.kinds[Kind::User as usize].len()), (0, 0));
    }
}
