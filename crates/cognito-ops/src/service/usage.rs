//! The hourly limits of operations per user.

use cognito_core::attempts::{Limited, Usage};
use cognito_core::pool::Pool;
use cognito_store::Txn;

use crate::errors::Reply;

/// Counts a call of an operation for a name, and refuses it over the limit.
pub(crate) async fn count(txn: &mut Txn, pool: &Pool, what: Limited, name: &str) -> Reply<()> {
    let key = Usage::key_of(&pool.id, what, &pool.case().fold(name));
    let now = txn.now();
    let mut usage = match txn.get::<Usage>(&key).await? {
        Some(usage) => (*usage).clone(),
        None => Usage::none(key, now),
    };
    usage.count(what, now)?;
    txn.save(&usage);
    Ok(())
}
