//! Reading and decoding: where `Store` meets the cache.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;

use cognito_core::{Entity, IndexEntry, Time};

use crate::cache::{Cached, Generation};
use crate::engine::{Cursor, IndexRange, Record, StoreError, Values};
use crate::store::Store;

/// A record that was read.
pub(crate) struct Loaded<E> {
    /// Its version; 0 if there is none.
    pub(crate) version: u64,
    /// `None` also when it has expired.
    pub(crate) entity: Option<Arc<E>>,
}

/// Whether what is kept in memory will do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The newest state that this process knows.
    Memory,
    /// The engine's, for a write that has just lost against another.
    Engine,
}

impl Store {
    /// Reads a record, with its version.
    pub(crate) async fn load<E: Entity>(
        &self,
        key: &str,
        now: Time,
        from: Source,
    ) -> Result<Loaded<E>, StoreError> {
        let began = if self.exclusive() && from == Source::Memory {
            match self.cache().get(E::KIND, key) {
                Ok(cached) => match cached.value.downcast::<E>() {
                    Ok(entity) => return Ok(loaded(cached.version, entity, now)),
                    Err(_) => self.cache().generation(key),
                },
                Err(generation) => generation,
            }
        } else {
            self.cache().generation(key)
        };
        match self.engine().get(E::KIND, key).await? {
            None => Ok(Loaded { version: 0, entity: None }),
            Some(record) => Ok(loaded(record.version, self.decode(&record, began)?, now)),
        }
    }

    /// Reads a page of a range, with the versions.
    pub(crate) async fn load_range<E: Entity>(
        &self,
        mut range: IndexRange,
        limit: usize,
        now: Time,
        from: Source,
    ) -> Result<(Vec<(u64, Arc<E>)>, Option<Cursor>), StoreError> {
        debug_assert_eq!(range.kind, E::KIND, "the range of an index holds records of one kind");
        let mut found = Vec::new();
        loop {
            let most = limit - found.len();
            let next = if self.exclusive() {
                self.load_by_keys(&range, most, now, from, &mut found).await?
            } else {
                self.load_records(&range, most, now, &mut found).await?
            };
            if found.len() >= limit || next.is_none() {
                return Ok((found, next));
            }
            range.after = next;
        }
    }

    /// Asks the engine for the keys alone: most records are in memory, and an engine that is exclusive is near.
    async fn load_by_keys<E: Entity>(
        &self,
        range: &IndexRange,
        limit: usize,
        now: Time,
        from: Source,
        found: &mut Vec<(u64, Arc<E>)>,
    ) -> Result<Option<Cursor>, StoreError> {
        let page = self.engine().keys(range, limit).await?;
        for key in &page.records {
            let loaded = self.load::<E>(key, now, from).await?;
            // A commit may come between the keys and the record, which then has another value or is gone.
            // Of a list that is no matter, but who asks for a value relies on it.
            let entity = loaded.entity.filter(|entity| match &range.values {
                Values::Exact(value) => has(&**entity, range.index, value),
                Values::Prefix(_) => true,
            });
            found.extend(entity.map(|entity| (loaded.version, entity)));
        }
        Ok(page.next)
    }

    async fn load_records<E: Entity>(
        &self,
        range: &IndexRange,
        limit: usize,
        now: Time,
        found: &mut Vec<(u64, Arc<E>)>,
    ) -> Result<Option<Cursor>, StoreError> {
        // Decoding a scanned record may not replace a newer one in the cache: see `decode_scanned`.
        let page = self.engine().scan(range, limit).await?;
        for record in &page.records {
            if record.expires.is_none_or(|expires| expires > now) {
                found.push((record.version, self.decode_scanned(record)?));
            }
        }
        Ok(page.next)
    }

    /// The entity that has a unique value, if memory alone can tell.
    pub(crate) fn hinted<E: Entity>(&self, entry: &IndexEntry, now: Time) -> Option<Arc<E>> {
        let key = self.hints().get(entry)?;
        let cached = self.cache().get(E::KIND, &key).ok()?;
        let entity = cached.value.downcast::<E>().ok()?;
        let has_it = entity.index().contains(entry);
        loaded(cached.version, entity, now).entity.filter(|_| has_it)
    }

    fn decode<E: Entity>(&self, record: &Record, began: Generation) -> Result<Arc<E>, StoreError> {
        if let Some(entity) = self.remembered(record) {
            return Ok(entity);
        }
        let entity: Arc<E> = parse(record)?;
        let value: Arc<dyn Any + Send + Sync> = Arc::clone(&entity) as _;
        let cached = Cached { version: record.version, value, bytes: record.body.len() };
        self.cache().fill(record.kind, &record.key, cached, began);
        Ok(entity)
    }

    /// Decodes without adding to the cache: a list of many would drive out what is read by key.
    fn decode_scanned<E: Entity>(&self, record: &Record) -> Result<Arc<E>, StoreError> {
        match self.remembered(record) {
            Some(entity) => Ok(entity),
            None => parse(record),
        }
    }

    /// The decoded form of exactly this version.
    fn remembered<E: Entity>(&self, record: &Record) -> Option<Arc<E>> {
        let cached = self.cache().get(record.kind, &record.key).ok()?;
        if cached.version == record.version { cached.value.downcast::<E>().ok() } else { None }
    }
}

/// A record that cannot be read.
pub(crate) fn corrupt(record: &Record, source: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::Corrupt { kind: record.kind, key: record.key.clone(), source: source.into() }
}

fn parse<E: Entity>(record: &Record) -> Result<Arc<E>, StoreError> {
    serde_json::from_str(&record.body).map(Arc::new).map_err(|error| corrupt(record, error))
}

fn has(entity: &impl Entity, index: &str, value: &str) -> bool {
    entity.index().iter().any(|entry| entry.index == index && entry.value == value)
}

fn loaded<E: Entity>(version: u64, entity: Arc<E>, now: Time) -> Loaded<E> {
    let live = entity.expires().is_none_or(|expires| expires > now);
    Loaded { version, entity: live.then_some(entity) }
}
