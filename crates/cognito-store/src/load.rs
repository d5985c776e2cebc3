//! Reading and decoding: where `Store` meets the cache.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;

use cognito_core::{Entity, Time};

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

impl<E> Loaded<E> {
    const NONE: Self = Self { version: 0, entity: None };
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
                Ok(Cached { value: None, .. }) => return Ok(Loaded::NONE),
                Ok(Cached { version, value: Some(value), .. }) => match value.downcast::<E>() {
                    Ok(entity) => return Ok(loaded(version, entity, now)),
                    Err(_) => self.cache().generation(key),
                },
                Err(generation) => generation,
            }
        } else {
            self.cache().generation(key)
        };
        match self.engine().get(E::KIND, key).await? {
            None => {
                if self.exclusive() {
                    self.cache().fill(E::KIND, key, Cached::absent(key), began);
                }
                Ok(Loaded::NONE)
            }
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
        let (keys, next) = self.keys(range, limit, from).await?;
        let before = found.len();
        for key in &*keys {
            let loaded = self.load::<E>(key, now, from).await?;
            // A commit may come between the keys and the record, which then has another value or is gone, or memory may
            // know of it by one of them only. Of a list that is no matter, but who asks for a value relies on it.
            let fits = match (&range.values, &loaded.entity) {
                (Values::Prefix(_), _) => true,
                (Values::Exact(value), Some(entity)) => has(&**entity, range.index, value),
                (Values::Exact(_), None) => loaded.version > 0,
            };
            if let (false, Source::Memory, Values::Exact(value)) = (fits, from, &range.values) {
                self.lookups().doubt(range.index, value);
                found.truncate(before);
                return Box::pin(self.load_by_keys(range, limit, now, Source::Engine, found)).await;
            }
            let entity = loaded.entity.filter(|_| fits);
            found.extend(entity.map(|entity| (loaded.version, entity)));
        }
        Ok(next)
    }

    /// The keys of a range, from memory where it has all of a value.
    async fn keys(
        &self,
        range: &IndexRange,
        limit: usize,
        from: Source,
    ) -> Result<(Arc<[String]>, Option<Cursor>), StoreError> {
        let value = match &range.values {
            Values::Exact(value) if from == Source::Memory && range.after.is_none() && !range.descending => {
                value
            }
            Values::Exact(_) | Values::Prefix(_) => {
                let page = self.engine().keys(range, limit).await?;
                return Ok((page.records.into(), page.next));
            }
        };
        let began = match self.lookups().get(range.index, value) {
            Ok(keys) if keys.len() <= limit => return Ok((keys, None)),
            Ok(_) => None,
            Err(began) => Some(began),
        };
        let page = self.engine().keys(range, limit).await?;
        let keys: Arc<[String]> = page.records.into();
        if let (Some(began), None) = (began, &page.next) {
            self.lookups().fill(range.index, value, &keys, began);
        }
        Ok((keys, page.next))
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

    fn decode<E: Entity>(&self, record: &Record, began: Generation) -> Result<Arc<E>, StoreError> {
        if let Some(entity) = self.remembered(record) {
            return Ok(entity);
        }
        let entity: Arc<E> = parse(record)?;
        let value: Arc<dyn Any + Send + Sync> = Arc::clone(&entity) as _;
        let cached = Cached { version: record.version, value: Some(value), bytes: record.body.len() };
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
        cached.value.filter(|_| cached.version == record.version)?.downcast::<E>().ok()
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
