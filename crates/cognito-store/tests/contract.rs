//! The contract on the embedded engine, durable and in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cognito_store::{Engine, SqliteEngine, contract};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn durable() {
    let directory = tempfile::tempdir().unwrap();
    let number = AtomicU32::new(0);
    contract::run(async || {
        let number = number.fetch_add(1, Ordering::SeqCst);
        let engine = SqliteEngine::open(&directory.path().join(number.to_string())).unwrap();
        Arc::new(engine) as Arc<dyn Engine>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ephemeral() {
    contract::run(async || Arc::new(SqliteEngine::ephemeral().unwrap()) as Arc<dyn Engine>).await;
}
