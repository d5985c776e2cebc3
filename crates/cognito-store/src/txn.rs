//! `Txn`: what a write reads and buffers.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use cognito_core::{Entity, IndexEntry, Kind, Time};

use crate::cache::{Cached, Change, Decoded};
use crate::engine::{Changes, Check, Cursor, Delete, IndexRange, Put, StoreError};
use crate::load::Source;
use crate::store::Store;

type RecordKey = (Kind, String);

/// A write under way: reads see the committed state and what this write saved, and nobody else sees the latter.
///
/// The reads are not of one moment, but the commit only takes place if nothing that [`get`](Txn::get) read,
/// or that is written, has changed since it was read.
pub struct Txn {
    store: Store,
    now: Time,
    from: Source,
    seen: HashMap<RecordKey, Seen>,
    writes: BTreeMap<RecordKey, Write>,
    counters: BTreeMap<String, i64>,
    purge: Vec<String>,
    /// What went wrong where there was no way to say so; the commit says it.
    failed: Option<StoreError>,
}

struct Seen {
    /// 0 if there is none.
    version: u64,
    /// Whether the commit demands that it has not changed, although it is not written.
    checked: bool,
    /// `None` if there is none, or it has expired.
    value: Option<Decoded>,
}

enum Write {
    Put { value: Decoded, body: String, expires: Option<Time>, entries: Vec<IndexEntry> },
    Delete,
}

impl Txn {
    pub(crate) fn new(store: Store, now: Time, from: Source) -> Self {
        Self {
            store,
            now,
            from,
            seen: HashMap::new(),
            writes: BTreeMap::new(),
            counters: BTreeMap::new(),
            purge: Vec::new(),
            failed: None,
        }
    }

    /// The moment of the write.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The entity with this key. If it changes, or comes into being, before the commit, the write begins again.
    pub async fn get<E: Entity>(&mut self, key: &str) -> Result<Option<Arc<E>>, StoreError> {
        self.read(key, true).await
    }

    /// As [`get`](Txn::get), but a change before the commit is no matter unless the entity is written:
    /// for what is read by every write and rarely changes.
    pub async fn peek<E: Entity>(&mut self, key: &str) -> Result<Option<Arc<E>>, StoreError> {
        self.read(key, false).await
    }

    /// The entity that has this value in an index, then as [`get`](Txn::get).
    /// What this write saved is not looked through.
    pub async fn find<E: Entity>(
        &mut self,
        index: &'static str,
        value: &str,
    ) -> Result<Option<Arc<E>>, StoreError> {
        // What the scan read is what is given, so that a commit in between does not come into it.
        let (page, _) = self.scan::<E>(IndexRange::exact(E::KIND, index, value), 1).await?;
        match page.first() {
            Some(entity) => self.get(&entity.key()).await,
            None => Ok(None),
        }
    }

    /// A page of a range of an index, as committed: what this write saved is not in it.
    /// A later change of one of them is no matter unless it is written.
    pub async fn scan<E: Entity>(
        &mut self,
        range: IndexRange,
        limit: usize,
    ) -> Result<(Vec<Arc<E>>, Option<Cursor>), StoreError> {
        let (page, next) = self.store.load_range::<E>(range, limit, self.now, self.from).await?;
        let page = page.into_iter().map(|(version, entity)| {
            self.seen.entry((E::KIND, entity.key())).or_insert_with(|| Seen {
                version,
                checked: false,
                value: Some(Arc::clone(&entity) as Decoded),
            });
            entity
        });
        Ok((page.collect(), next))
    }

    /// Writes an entity: over what this write read of it, and as a new one if it read none.
    ///
    /// A new one whose key is in use without having been read is [`StoreError::Taken`] in index `<kind>.key`.
    pub fn save<E: Entity>(&mut self, entity: &E) {
        let key = (E::KIND, entity.key());
        match serde_json::to_string(entity) {
            Ok(body) => {
                let value = Arc::new(entity.clone()) as Decoded;
                let write = Write::Put { value, body, expires: entity.expires(), entries: entity.index() };
                self.writes.insert(key, write);
            }
            Err(error) => {
                let (kind, key) = key;
                self.failed = Some(StoreError::Corrupt { kind, key, source: error.into() });
            }
        }
    }

    /// Writes an entity that must be new; if this write has read one with its key, the commit answers
    /// [`StoreError::Taken`] as [`save`](Txn::save) does.
    pub fn insert<E: Entity>(&mut self, entity: &E) {
        let key = (E::KIND, entity.key());
        if self.seen.get(&key).is_some_and(|seen| seen.value.is_some()) {
            self.failed = Some(taken(E::KIND, key.1));
        } else {
            self.save(entity);
        }
    }

    /// Deletes an entity. If this write has not read it, whatever has its key is deleted.
    pub fn delete<E: Entity>(&mut self, entity: &E) {
        self.delete_key(E::KIND, entity.key());
    }

    pub(crate) fn delete_key(&mut self, kind: Kind, key: String) {
        self.writes.insert((kind, key), Write::Delete);
    }

    /// Adds to a number that is kept. Never a conflict.
    pub fn add(&mut self, counter: impl Into<String>, delta: i64) {
        *self.counters.entry(counter.into()).or_default() += delta;
    }

    /// Deletes everything whose key begins so, and every index entry whose value does: `<pool id>/`.
    /// It comes last in the commit, also after what this write saves later.
    pub fn purge(&mut self, prefix: impl Into<String>) {
        let prefix = prefix.into();
        if prefix.is_empty() {
            let source = "a purge of everything".into();
            self.failed = Some(StoreError::Corrupt { kind: Kind::Pool, key: prefix, source });
        } else {
            self.purge.push(prefix);
        }
    }

    async fn read<E: Entity>(&mut self, key: &str, check: bool) -> Result<Option<Arc<E>>, StoreError> {
        if self.purge.iter().any(|prefix| key.starts_with(prefix.as_str())) {
            return Ok(None);
        }
        let record_key = (E::KIND, key.to_owned());
        match self.writes.get(&record_key) {
            Some(Write::Put { value, expires, .. }) => {
                let live = expires.is_none_or(|expires| expires > self.now);
                return Ok(downcast(Some(value)).filter(|_| live));
            }
            Some(Write::Delete) => return Ok(None),
            None => {}
        }
        if let Some(seen) = self.seen.get_mut(&record_key) {
            seen.checked |= check;
            return Ok(downcast(seen.value.as_ref()));
        }
        let loaded = self.store.load::<E>(key, self.now, self.from).await?;
        let value = loaded.entity.clone().map(|entity| entity as Decoded);
        self.seen.insert(record_key, Seen { version: loaded.version, checked: check, value });
        Ok(loaded.entity)
    }

    /// Commits what was saved.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let writes = std::mem::take(&mut self.writes);
        let mut changes = Changes { now: self.now, ..Changes::default() };
        changes.purge = std::mem::take(&mut self.purge);
        let counters = std::mem::take(&mut self.counters);
        changes.counters = counters.into_iter().filter(|(_, delta)| *delta != 0).collect();
        if writes.is_empty() && changes.is_empty() {
            return Ok(());
        }
        for (record, seen) in &self.seen {
            if seen.checked && !writes.contains_key(record) {
                let (kind, key) = record.clone();
                changes.checks.push(Check { kind, key, version: seen.version });
            }
        }
        let mut cached = Vec::with_capacity(writes.len());
        for (record, write) in writes {
            cached.push((record.0, record.1.clone(), self.buffer(&mut changes, record, write)));
        }
        let (cache, lookups) = (Arc::clone(self.store.cache()), Arc::clone(self.store.lookups()));
        let added = changes.puts.iter().flat_map(|put| &put.entries);
        let added: Vec<_> = added.map(|entry| lookups.place(entry)).collect();
        let purged = changes.purge.clone();
        changes.on_commit = Some(Box::new(move || {
            cache.apply(cached, &purged);
            lookups.apply(&added);
        }));
        match self.store.engine().commit(changes).await {
            Err(StoreError::Conflict { kind, key }) => Err(self.refused(kind, key).await),
            answer => answer,
        }
    }

    /// Adds a write to the changes, and says what it does to the cache.
    fn buffer(&self, changes: &mut Changes, (kind, key): RecordKey, write: Write) -> Change {
        let record = (kind, key);
        let read = self.seen.get(&record).map(|seen| seen.version);
        let (kind, key) = record;
        match write {
            Write::Put { value, body, expires, entries } => {
                let expected = read.unwrap_or(0);
                let version = if expected == 0 { (random() >> 2) | 1 } else { expected + 1 };
                let bytes = body.len();
                changes.puts.push(Put { kind, key, expected, version, body, expires, entries });
                Change::Put(Cached { version, value: Some(value), bytes })
            }
            Write::Delete => {
                match read {
                    // There was nothing to delete, and still must not be.
                    Some(0) => changes.checks.push(Check { kind, key, version: 0 }),
                    expected => changes.deletes.push(Delete { kind, key, expected }),
                }
                Change::Delete
            }
        }
    }

    /// Whether to run again helps against a conflict. It does not if the record was written as new without
    /// looking whether there is one, and all that was read is still so: then its key is taken.
    async fn refused(&self, kind: Kind, key: String) -> StoreError {
        if self.seen.contains_key(&(kind, key.clone())) {
            return StoreError::Conflict { kind, key };
        }
        for ((kind, key), seen) in &self.seen {
            match self.store.engine().get(*kind, key).await {
                Ok(record) if record.as_ref().map_or(0, |record| record.version) == seen.version => {}
                Ok(_) => return StoreError::Conflict { kind: *kind, key: key.clone() },
                Err(error) => return error,
            }
        }
        taken(kind, key)
    }
}

fn taken(kind: Kind, key: String) -> StoreError {
    StoreError::Taken { index: format!("{}.key", kind.as_str()), value: key }
}

fn downcast<E: Any + Send + Sync>(value: Option<&Decoded>) -> Option<Arc<E>> {
    value.and_then(|value| Arc::clone(value).downcast().ok())
}

/// 64 random bits. `RandomState` takes its keys from the system once a thread, and never has the same ones twice.
fn random() -> u64 {
    RandomState::new().hash_one(0_u8)
}
