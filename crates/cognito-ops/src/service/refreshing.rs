//! Finding what a refresh token stands for.

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::device::Device;
use cognito_core::family::{Family, RefreshError};
use cognito_core::group::Group;
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_core::{Entity, Span, ids};
use cognito_store::Txn;

use super::issue;
use crate::ctx::Ctx;
use crate::errors::{self, Reply};

/// The family that a refresh token names, if it is this client's.
pub(crate) async fn family(
    txn: &mut Txn,
    pool: &Pool,
    client: &Client,
    token: &str,
) -> Reply<Option<Arc<Family>>> {
    let Some(id) = issue::family_of(token) else { return Ok(None) };
    let family = txn.get::<Family>(&Family::key_of(&pool.id, &ids::uuid(id))).await?;
    Ok(family.filter(|family| family.client_id == client.id))
}

/// The family and its user. The token itself is still to be checked, with [`Family::check`].
///
/// A token that is not this client's is refused like one that never was; only who holds a right one learns what
/// became of the user.
pub(crate) async fn find(
    txn: &mut Txn,
    pool: &Pool,
    client: &Client,
    token: &str,
) -> Reply<(Arc<Family>, Arc<User>)> {
    let family = family(txn, pool, client, token).await?.ok_or_else(errors::invalid_refresh_token)?;
    if family.check(issue::refresh_hash(token), txn.now()) == Err(RefreshError::Unknown) {
        return Err(errors::invalid_refresh_token());
    }
    let user = txn.get::<User>(&family.user).await?.filter(|user| user.sub == family.sub);
    let user = user.ok_or_else(errors::refresh_token_revoked)?;
    if !user.enabled {
        return Err(errors::user_disabled());
    }
    if !family.is_live(&user) {
        return Err(errors::refresh_token_revoked());
    }
    Ok((family, user))
}

/// What a refresh token was found to stand for.
pub(crate) struct Refreshed {
    pub(crate) family: Family,
    pub(crate) user: User,
    pub(crate) groups: Vec<Group>,
    /// The refresh token that replaces it, if the client rotates them.
    pub(crate) next: Option<String>,
}

/// Takes a refresh token, and replaces it if the client rotates them.
pub(crate) async fn refresh(
    ctx: &Ctx<'_>,
    client_id: &str,
    token: &str,
    device_key: Option<&str>,
) -> Reply<Refreshed> {
    let mut read = ctx.read();
    let (pool, client) = read.client_by_id(client_id).await?;
    if let Some(grace) = client.rotation() {
        return ctx.write(async |txn| rotate(ctx, txn, client_id, token, device_key, grace).await).await?;
    }
    let (family, user) = find(&mut read, &pool, &client, token).await?;
    family.check(issue::refresh_hash(token), ctx.now())?;
    check_device(&mut read, &pool, &family, device_key).await?;
    touch(ctx, &pool, &family).await?;
    let groups = read.groups_of(&user).await?;
    Ok(Refreshed { family: (*family).clone(), user: (*user).clone(), groups, next: None })
}

/// Replaces the refresh token. A spent one ends the family (RFC 9700, section 4.14); that is committed, and so the
/// refusal is given inside `Ok`.
async fn rotate(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    client_id: &str,
    token: &str,
    device_key: Option<&str>,
    grace: Span,
) -> Reply<Reply<Refreshed>> {
    let (pool, client) = txn.client_by_id(client_id).await?;
    let (family, user) = find(txn, &pool, &client, token).await?;
    let mut family = (*family).clone();
    let hash = issue::refresh_hash(token);
    match family.check(hash, ctx.now()) {
        Ok(()) => {
            check_device(txn, &pool, &family, device_key).await?;
            let id = issue::family_of(token).ok_or_else(errors::invalid_refresh_token)?;
            let next = issue::refresh_token(ctx, id);
            family.rotate(hash, issue::refresh_hash(&next), grace, ctx.now());
            family.last = ctx.activity();
            txn.save(&family);
            issue::touch_origin(ctx, txn, &pool, &family).await?;
            let groups = txn.groups_of(&user).await?;
            Ok(Ok(Refreshed { family, user: (*user).clone(), groups, next: Some(next) }))
        }
        Err(RefreshError::Reused) => {
            txn.save(&family.ended());
            Ok(Err(errors::refresh_token_reused()))
        }
        Err(error) => Err(error.into()),
    }
}

/// In a pool that tracks devices, checks the device that a refresh names. The sign-in pages track none.
pub(crate) async fn check_device(
    txn: &mut Txn,
    pool: &Pool,
    family: &Family,
    named: Option<&str>,
) -> Reply<()> {
    if !pool.tracks_devices() || family.granted.is_some() {
        return Ok(());
    }
    let device = match &family.device_key {
        Some(key) => txn.get::<Device>(&Device::key_of(&pool.id, &family.sub, key)).await?,
        None => None,
    };
    Ok(family.check_device(named, device.as_deref())?)
}

/// Records a refresh that writes nothing else as the session's latest activity, where the pool tracks sessions.
pub(crate) async fn touch(ctx: &Ctx<'_>, pool: &Pool, family: &Family) -> Reply<()> {
    if !pool.tracks_sessions() {
        return Ok(());
    }
    ctx.write(async |txn| {
        if let Some(found) = txn.get::<Family>(&family.key()).await? {
            let mut family = (*found).clone();
            family.last = ctx.activity();
            txn.save(&family);
        }
        Ok(())
    })
    .await
}
