//! Tags by the ARN of a pool or of its replica.

use std::collections::BTreeMap;
use std::sync::Arc;

use cognito_core::ids;
use cognito_core::pool::{Pool, TagError};
use cognito_store::Txn;

use crate::prelude::*;

type Tags = BTreeMap<String, String>;

/// The tags of what an ARN names.
pub(crate) async fn tags(ctx: &Ctx<'_>, arn: &str) -> Reply<Tags> {
    let pool = pool(&mut ctx.read(), arn).await?;
    pool.tags_of(arn).cloned().ok_or_else(|| errors::resource_not_found(arn))
}

/// Changes the tags of what an ARN names.
pub(crate) async fn change_tags(
    ctx: &Ctx<'_>,
    arn: &str,
    change: impl Fn(&mut Tags) -> Result<(), TagError>,
) -> Reply<()> {
    ctx.write(async |txn| {
        let mut pool = (*pool(txn, arn).await?).clone();
        change(pool.tags_of_mut(arn).ok_or_else(|| errors::resource_not_found(arn))?)?;
        txn.save(&pool);
        Ok(())
    })
    .await
}

async fn pool(txn: &mut Txn, arn: &str) -> Reply<Arc<Pool>> {
    let id = ids::pool_of_arn(arn).ok_or_else(errors::invalid_resource_arn)?;
    txn.get::<Pool>(id).await?.ok_or_else(|| errors::resource_not_found(arn))
}
