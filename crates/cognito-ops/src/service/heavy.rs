//! Work that takes a core for long, a signature or an exponentiation: it lets the other requests of its thread go first.
//!
//! A thread serves many requests, one step after the other. Were each to sign as soon as it can, whoever comes behind a
//! burst of sign-ins would wait for all their signatures, and so would the commits of those who come, while the disk has
//! nothing to do.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// How long heavy work may keep a thread for itself. The requests that have come meanwhile commit together, so that a
/// shorter time costs more commits.
const SLICE: Duration = Duration::from_millis(4);

thread_local! {
    /// Who holds it has the turn of this thread.
    static TURN: Arc<Semaphore> = Arc::new(Semaphore::new(1));
    /// When all others had last gone first.
    static YIELDED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Does this work when it has its turn: one at a time on a thread, and after each [`SLICE`] everything that can go on
/// goes on a step, requests that have just come included.
pub(crate) async fn heavy<T>(work: impl FnOnce() -> T) -> T {
    let turn = TURN.with(Arc::clone);
    // It is never closed.
    let _turn = turn.acquire().await;
    if YIELDED.get().is_none_or(|last| last.elapsed() >= SLICE) {
        tokio::task::yield_now().await;
        YIELDED.set(Some(Instant::now()));
    }
    work()
}

#[cfg(test)]
mod tests {
    use std::future::{Future as _, poll_fn};
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;
    use std::sync::{Arc, Mutex};
    use std::task::Poll;

    use super::{SLICE, heavy};

    /// What comes while somebody signs is read before the next signs.
    #[tokio::test]
    async fn requests_that_come_go_first() {
        let steps = Arc::new(Mutex::new(Vec::new()));
        let note = |name| {
            let steps = Arc::clone(&steps);
            move || steps.lock().unwrap().push(name)
        };
        let (server, mut client) = UnixStream::pair().unwrap();
        server.set_nonblocking(true).unwrap();
        let server = tokio::net::UnixStream::from_std(server).unwrap();
        let (first, request, second) = (note("first"), note("request"), note("second"));
        let first = tokio::spawn(heavy(move || {
            first();
            client.write_all(b"a request").unwrap();
            std::thread::sleep(SLICE);
        }));
        let second = tokio::spawn(heavy(second));
        let request = tokio::spawn(async move {
            server.readable().await.unwrap();
            request();
        });
        for task in [first, second, request] {
            task.await.unwrap();
        }
        assert_eq!(*steps.lock().unwrap(), ["first", "request", "second"]);
    }

    #[tokio::test]
    async fn who_gives_up_gives_the_turn_back() {
        let mut given_up = Box::pin(heavy(|| ()));
        let begun = poll_fn(|context| Poll::Ready(given_up.as_mut().poll(context)));
        assert!(begun.await.is_pending());
        let next = heavy(|| 1);
        drop(given_up);
        assert_eq!(next.await, 1);
    }
}
