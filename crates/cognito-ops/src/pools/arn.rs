//! Pools by their ARN, for the operations on tags.

use std::sync::Arc;

use cognito_core::ids;
use cognito_core::pool::Pool;
use cognito_store::Txn;

use crate::errors::{self, Reply};

/// The pool of an ARN, which must be the pool's own.
pub(crate) async fn pool(txn: &mut Txn, arn: &str) -> Reply<Arc<Pool>> {
    let id = ids::pool_of_arn(arn).ok_or_else(errors::invalid_resource_arn)?;
    let pool = txn.get::<Pool>(id).await?.filter(|pool| pool.arn() == arn);
    pool.ok_or_else(|| errors::resource_not_found(arn))
}
