//! Access tokens of clients themselves: no user stands behind them.

use std::collections::BTreeSet;

use cognito_core::claims;
use cognito_core::client::Client;
use cognito_core::pool::Pool;
use cognito_store::{StoreError, Txn};

use crate::ctx::Ctx;
use crate::errors::{self, Reply};
use crate::service::keys;
use crate::triggers::{Metadata, pre_token_generation};

/// A scope that was asked for and is not the client's.
pub(crate) struct Unknown(pub(crate) String);

/// The scopes that a client gets: those that it asks for, else all. What a resource server has lost in the meantime is
/// silently not granted; to ask for it is a mistake.
pub(crate) async fn scopes(
    txn: &mut Txn,
    pool: &Pool,
    client: &Client,
    asked: Option<&[String]>,
) -> Result<Result<Vec<String>, Unknown>, StoreError> {
    let known = txn.custom_scopes(pool, client.scopes()).await?;
    let Some(asked @ [_, ..]) = asked else { return Ok(Ok(known.into_iter().collect())) };
    if let Some(unknown) = asked.iter().find(|scope| !known.contains(*scope)) {
        return Ok(Err(Unknown(unknown.clone())));
    }
    Ok(Ok(asked.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()))
}

/// The token, and how many seconds it is good.
pub(crate) async fn token(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    scopes: &[String],
    metadata: Option<&Metadata>,
) -> Reply<(String, i64)> {
    let names: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let overrides = pre_token_generation::call_for_client(ctx, pool, client, &names, metadata).await?;
    let keys = ctx.app().keys_of(pool, ctx.now()).await?.ok_or_else(|| errors::pool_not_found(&pool.id))?;
    let issuer = ctx.issuer(&pool.id);
    let mut claims = claims::machine(&issuer, &client.id, client, scopes, &ctx.uuid(), ctx.now());
    overrides.change_access(&mut claims, &client.id);
    let token = keys::sign(&keys.access, &claims).await?;
    Ok((token, client.access_validity().as_seconds()))
}
