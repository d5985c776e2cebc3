//! Opens the store that the settings choose.

use std::error::Error;
use std::sync::Arc;

use cognito_store::{Engine, SqliteEngine, Store};

use crate::config::server::StoreChoice;

/// Opens the store.
///
/// # Errors
/// A text with all causes; it has no password of a URL.
pub async fn open(choice: &StoreChoice) -> Result<Store, String> {
    let engine: Arc<dyn Engine> = match choice {
        StoreChoice::Directory(directory) => {
            Arc::new(SqliteEngine::open(directory).map_err(|error| chain(&error))?)
        }
        StoreChoice::Memory => Arc::new(SqliteEngine::ephemeral().map_err(|error| chain(&error))?),
        StoreChoice::Postgres(url) => postgres(url).await?,
    };
    Ok(Store::new(engine))
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str) -> Result<Arc<dyn Engine>, String> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("the store must be a URL that begins with postgres://".to_owned());
    }
    Ok(Arc::new(cognito_store_pg::PgEngine::connect(url).await.map_err(|error| chain(&error))?))
}

#[cfg(not(feature = "postgres"))]
async fn postgres(_url: &str) -> Result<Arc<dyn Engine>, String> {
    Err("this awsemu was built without the feature `postgres`".to_owned())
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
