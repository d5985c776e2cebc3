//! A few ready-made keys, so that a new pool does not wait for RSA key generation.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::{KeyError, SigningKey};

/// The lowest priority that Linux gives to a thread, so that key generation only takes idle time.
#[cfg(target_os = "linux")]
const LOWEST_PRIORITY: i32 = 19;

/// Keeps a number of signing keys ready; a thread of the lowest priority makes them.
///
/// The thread sleeps while the reserve is full and ends soon after the reserve was dropped.
#[derive(Debug)]
pub struct KeyReserve {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    size: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    ready: Vec<SigningKey>,
    dropped: bool,
}

impl KeyReserve {
    /// Starts to fill a reserve of `size` keys and returns at once, with none ready yet.
    ///
    /// Without a thread (the system may refuse one) the reserve stays empty and [`KeyReserve::take`]
    /// generates.
    pub fn start(size: usize) -> Self {
        let shared = Arc::new(Shared { size, state: Mutex::default(), changed: Condvar::new() });
        let filler = Arc::clone(&shared);
        let thread = thread::Builder::new().name("key-reserve".to_owned()).spawn(move || filler.fill());
        if let Err(error) = thread {
            tracing::warn!(%error, "failed to start the thread that makes keys; they will be made on demand");
        }
        Self { shared }
    }

    /// Takes a ready key or, without one, generates it now.
    ///
    /// It never waits for the thread. Generating takes tens to hundreds of milliseconds, so asynchronous
    /// callers use [`KeyReserve::take_ready`] first and call this from a blocking task.
    pub fn take(&self) -> Result<SigningKey, KeyError> {
        match self.take_ready() {
            Some(key) => Ok(key),
            None => SigningKey::generate(),
        }
    }

    /// Takes a ready key if there is one; returns at once.
    pub fn take_ready(&self) -> Option<SigningKey> {
        let key = self.shared.lock().ready.pop();
        self.shared.changed.notify_all();
        key
    }

    /// How many keys are ready.
    pub fn ready(&self) -> usize {
        self.shared.lock().ready.len()
    }
}

impl Drop for KeyReserve {
    fn drop(&mut self) {
        self.shared.lock().dropped = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// The thread: one key after the other until the reserve is full, then sleep until one is taken.
    fn fill(&self) {
        lower_priority();
        loop {
            let full = |state: &mut State| state.ready.len() >= self.size && !state.dropped;
            let state = self.changed.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
            if state.dropped {
                return;
            }
            drop(state);
            match SigningKey::generate() {
                Ok(key) => {
                    self.lock().ready.push(key);
                    self.changed.notify_all();
                }
                Err(error) => {
                    tracing::warn!(%error, "no more keys are made in advance");
                    return;
                }
            }
        }
    }

    /// A thread that panicked cannot have left the state half changed, so a poisoned lock is as good.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Linux keeps the priority for each thread; elsewhere the call would slow the whole process down.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, LOWEST_PRIORITY) {
        tracing::debug!(%error, "failed to lower the priority of the thread that makes keys");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn fills_and_refills() {
        let reserve = KeyReserve::start(2);
        wait_until(&reserve, 2);
        let first = reserve.take_ready().unwrap();
        let second = reserve.take().unwrap();
        wait_until(&reserve, 2);
        let third = reserve.take().unwrap();
        let names: HashSet<&str> = [&first, &second, &third].into_iter().map(SigningKey::kid).collect();
        assert_eq!(names.len(), 3);
    }

    #[test]
    fn starts_at_once_and_generates_when_empty() {
        let begin = Instant::now();
        let reserve = KeyReserve::start(0);
        assert!(begin.elapsed() < Duration::from_millis(20), "starting took {:?}", begin.elapsed());
        assert!(reserve.take_ready().is_none());
        assert_eq!(reserve.take().unwrap().kid().len(), 44);
        assert_eq!(reserve.ready(), 0);
    }

    #[test]
    fn the_thread_ends_with_the_reserve() {
        let reserve = KeyReserve::start(1);
        wait_until(&reserve, 1);
        let shared = Arc::downgrade(&reserve.shared);
        drop(reserve);
        let deadline = Instant::now() + Duration::from_secs(30);
        while shared.strong_count() > 0 {
            assert!(Instant::now() < deadline, "the thread still holds the reserve");
            thread::yield_now();
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_thread_gets_the_low_priority() {
        let before = rustix::process::getpriority_process(None).unwrap();
        let inside = thread::spawn(|| {
            lower_priority();
            rustix::process::getpriority_process(None).unwrap()
        });
        assert_eq!(inside.join().unwrap(), LOWEST_PRIORITY);
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }

    /// Waits for the thread through the condition variable, not by sleeping.
    fn wait_until(reserve: &KeyReserve, ready: usize) {
        let state = reserve.shared.lock();
        let limit = Duration::from_secs(60);
        let waiting = |state: &mut State| state.ready.len() < ready;
        let timed_out =
            reserve.shared.changed.wait_timeout_while(state, limit, waiting).unwrap().1.timed_out();
        assert!(!timed_out, "the reserve did not fill");
    }
}
