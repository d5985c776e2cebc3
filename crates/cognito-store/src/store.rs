//! `Store`: entities on top of an engine.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use cognito_core::{Entity, Kind, Time};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::cache::{Cache, Change};
use crate::engine::{Changes, Cursor, Delete, Engine, Expired, IndexRange, StoreError};
use crate::load::{Source, corrupt};
use crate::lookups::Lookups;
use crate::txn::Txn;

/// How often a write is tried before its conflict is given back.
const TRIES: u32 = 50;
/// From which try on a write queues with others that lost over the same record.
const PATIENCE: u32 = 3;
/// The queues.
const LANES: usize = 16;
/// How many expired records one commit of a sweep deletes.
const SWEEP: usize = 200;

/// The store: typed, cached, transactional. A clone is the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Arc<dyn Engine>,
    cache: Arc<Cache>,
    lookups: Arc<Lookups>,
    lanes: [Arc<Mutex<()>>; LANES],
    hasher: RandomState,
}

/// A place in a queue of writes that lost over the same record.
struct Lane {
    number: usize,
    _guard: OwnedMutexGuard<()>,
}

impl Store {
    /// A store on this engine.
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        let inner = Inner {
            engine,
            cache: Arc::new(Cache::new()),
            lookups: Arc::default(),
            lanes: Default::default(),
            hasher: RandomState::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The entity with this key, as it was last committed. What has expired is not found.
    pub async fn get<E: Entity>(&self, key: &str, now: Time) -> Result<Option<Arc<E>>, StoreError> {
        Ok(self.load(key, now, Source::Memory).await?.entity)
    }

    /// A page of a range of an index, and where the next one begins (`None`: there is no more).
    ///
    /// What has expired is left out, and made up for from what follows.
    pub async fn scan<E: Entity>(
        &self,
        range: IndexRange,
        limit: usize,
        now: Time,
    ) -> Result<(Vec<Arc<E>>, Option<Cursor>), StoreError> {
        let (page, next) = self.load_range(range, limit, now, Source::Memory).await?;
        Ok((page.into_iter().map(|(_, entity)| entity).collect(), next))
    }

    /// The entity that has this value in an index; of a shared index, the one with the smallest key.
    pub async fn find<E: Entity>(
        &self,
        index: &'static str,
        value: &str,
        now: Time,
    ) -> Result<Option<Arc<E>>, StoreError> {
        let range = IndexRange::exact(E::KIND, index, value);
        let (page, _) = self.scan::<E>(range, 1, now).await?;
        Ok(page.into_iter().next())
    }

    /// The number that is kept under this name; 0 if none was ever added to.
    pub async fn counter(&self, name: &str) -> Result<i64, StoreError> {
        match self.inner.engine.get(Kind::Counter, name).await? {
            None => Ok(0),
            Some(record) => record.body.parse().map_err(|error| corrupt(&record, error)),
        }
    }

    /// Runs the closure and commits what it saved: the only way to write.
    ///
    /// If another commit came in between, the closure runs again on the new state, so it must not do anything
    /// that is felt outside, nor write through the store itself. Its error ends the write, and nothing is saved.
    /// When it returns, later reads see the changes.
    ///
    /// The future is not `Send` where the closure borrows something: the compiler cannot show it for
    /// `AsyncFn` yet (rust-lang/rust#110338). It runs on actix's workers, in a `LocalSet` and in `block_on`.
    pub async fn write<T, X, F>(&self, now: Time, f: F) -> Result<T, X>
    where
        F: AsyncFn(&mut Txn) -> Result<T, X>,
        X: From<StoreError>,
    {
        let mut lane = None;
        let mut tries = 0;
        loop {
            let source = if tries == 0 { Source::Memory } else { Source::Engine };
            let mut txn = Txn::new(self.clone(), now, source);
            let answer = f(&mut txn).await?;
            match txn.commit().await {
                Ok(()) => return Ok(answer),
                Err(StoreError::Conflict { kind, key }) if tries < TRIES => {
                    tries += 1;
                    self.queue(&mut lane, tries, (kind, key)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Writes new entities, and deletes those of the same kind with these keys, without a look at what is there: for
    /// records of what happened, which no rule depends on.
    ///
    /// Unlike that of [`write`](Store::write), the future is `Send`.
    pub async fn append<E: Entity>(&self, now: Time, new: &[E], gone: &[String]) -> Result<(), StoreError> {
        let mut txn = Txn::new(self.clone(), now, Source::Memory);
        for entity in new {
            txn.save(entity);
        }
        for key in gone {
            txn.delete_key(E::KIND, key.clone());
        }
        txn.commit().await
    }

    /// Deletes expired records, and returns how many. To be called now and then.
    pub async fn sweep(&self, now: Time) -> Result<usize, StoreError> {
        let mut swept = 0;
        loop {
            let expired = self.inner.engine.expired(now, SWEEP).await?;
            if expired.is_empty() {
                return Ok(swept);
            }
            let count = expired.len();
            match self.delete_expired(now, expired).await {
                Ok(()) => swept += count,
                // Somebody made one of them anew, or sweeps too: the next sweep does the rest.
                Err(StoreError::Conflict { .. }) => return Ok(swept),
                Err(error) => return Err(error),
            }
            if count < SWEEP {
                return Ok(swept);
            }
        }
    }

    pub(crate) fn engine(&self) -> &dyn Engine {
        &*self.inner.engine
    }

    /// Whether this process is the only writer, so that what it knows of the store stays true.
    pub fn exclusive(&self) -> bool {
        self.inner.engine.exclusive()
    }

    pub(crate) fn cache(&self) -> &Arc<Cache> {
        &self.inner.cache
    }

    pub(crate) fn lookups(&self) -> &Arc<Lookups> {
        &self.inner.lookups
    }

    /// Waits before the next try of a write that lost over a record.
    async fn queue(&self, lane: &mut Option<Lane>, tries: u32, record: (Kind, String)) {
        tracing::trace!(kind = record.0.as_str(), tries, "a write begins again");
        if tries >= PATIENCE {
            // One after the other they all get through, however many there are.
            let number = self.inner.hasher.hash_one(record) as usize % LANES;
            if lane.as_ref().is_none_or(|lane| lane.number != number) {
                // Who holds one lane never waits for another.
                drop(lane.take());
                let guard = Arc::clone(&self.inner.lanes[number]).lock_owned().await;
                *lane = Some(Lane { number, _guard: guard });
            }
        }
        if tries > 2 * PATIENCE {
            // Only other processes can still be in the way.
            tokio::time::sleep(Duration::from_millis(u64::from(tries.min(20)))).await;
        }
    }

    async fn delete_expired(&self, now: Time, expired: Vec<Expired>) -> Result<(), StoreError> {
        let deletes = expired.into_iter().map(|record| Delete {
            kind: record.kind,
            key: record.key,
            expected: Some(record.version),
        });
        let mut changes = Changes { now, deletes: deletes.collect(), ..Changes::default() };
        let gone: Vec<_> = changes.deletes.iter().map(|d| (d.kind, d.key.clone())).collect();
        let cache = Arc::clone(&self.inner.cache);
        changes.on_commit = Some(Box::new(move || {
            let gone = gone.into_iter().map(|(kind, key)| (kind, key, Change::Delete));
            cache.apply(gone.collect(), &[]);
        }));
        self.inner.engine.commit(changes).await
    }
}
