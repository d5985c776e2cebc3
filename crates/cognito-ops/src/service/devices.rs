//! The devices of a user, for the operations of users and of administrators.

use std::sync::Arc;

use cognito_api::wire;
use cognito_core::Kind;
use cognito_core::device::{self, Device};
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::{IndexRange, StoreError, Txn};

use super::access::{self, AccessToken, Signed};
use super::pages;
use crate::ctx::Ctx;
use crate::errors::{self, Reply};

/// The largest page of a list.
const MOST: usize = 60;

/// The caller, in a pool that tracks devices.
pub(crate) async fn caller(txn: &mut Txn, token: &AccessToken) -> Reply<Signed> {
    let signed = access::signed(txn, token).await?;
    check_tracked(&signed.pool)?;
    Ok(signed)
}

/// A pool that tracks devices.
pub(crate) async fn pool(txn: &mut Txn, id: &str) -> Reply<Arc<Pool>> {
    let pool = txn.pool(id).await?;
    check_tracked(&pool)?;
    Ok(pool)
}

fn check_tracked(pool: &Pool) -> Reply<()> {
    if pool.tracks_devices() { Ok(()) } else { Err(errors::devices_not_tracked()) }
}

/// Every device of a user.
pub(crate) async fn confirmed(txn: &mut Txn, user: &User) -> Result<Vec<Arc<Device>>, StoreError> {
    let prefix = Device::user_prefix(&user.pool_id, &user.sub);
    txn.all(IndexRange::prefix(Kind::Device, device::BY_USER, prefix)).await
}

/// Forgets a device. Its sign-ins are not refreshed any more.
pub(crate) async fn forget(txn: &mut Txn, user: &User, key: &str) -> Reply<()> {
    let device = txn.device(user, key).await?;
    txn.delete(&*device);
    Ok(())
}

/// Sets whether a device is remembered. No status leaves it as it is. unverified
pub(crate) async fn set_status(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    user: &User,
    key: &str,
    status: Option<wire::DeviceRememberedStatusType>,
) -> Reply<()> {
    let mut device = Device::clone(&*txn.device(user, key).await?);
    if let Some(status) = status {
        device.remember(status == wire::DeviceRememberedStatusType::Remembered, ctx.now());
        txn.save(&device);
    }
    Ok(())
}

/// What both lists ask for.
pub(crate) struct PageOf<'a> {
    /// The name of the operation.
    pub(crate) operation: &'a str,
    /// An index of the devices of a user.
    pub(crate) index: &'static str,
    pub(crate) limit: Option<i32>,
    pub(crate) token: Option<&'a str>,
}

/// A page of the devices of a user, and the token of the next one.
pub(crate) async fn page(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    user: &User,
    page: PageOf<'_>,
) -> Reply<(Vec<Arc<Device>>, Option<String>)> {
    let list = [page.operation, &user.pool_id, &user.sub];
    let after = pages::cursor(ctx, &list, page.token)?;
    let size = pages::size(page.limit, MOST);
    let (devices, next) = txn.devices_of(user, page.index, after, size).await?;
    Ok((devices, pages::token(ctx, &list, next)?))
}
