//! Finding what a refresh token stands for.

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::device::Device;
use cognito_core::family::Family;
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_core::{Entity, ids};
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
    if family.check(issue::refresh_hash(token), txn.now()) == Err(cognito_core::family::RefreshError::Unknown)
    {
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

/// In a pool that tracks devices, checks the device that a refresh names.
pub(crate) async fn check_device(
    txn: &mut Txn,
    pool: &Pool,
    family: &Family,
    named: Option<&str>,
) -> Reply<()> {
    if !pool.tracks_devices() {
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
