//! The sessions of a user, for the user and for administrators.

use cognito_core::Kind;
use cognito_core::family::{BY_USER, Family};
use cognito_core::user::User;
use cognito_store::{IndexRange, Txn};

use crate::prelude::*;
use crate::service::pages;

/// The longest page, which holds all sessions of a user whose sign-ins were tracked from the first on.
const MOST: usize = 125;

/// A page of sessions in the order of their sign-ins. `current` is the caller's own.
pub(super) async fn page(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    user: &User,
    token: Option<&str>,
    current: Option<&Family>,
) -> Reply<(Vec<wire::SessionDescriptionType>, Option<String>)> {
    let list = ["ListUserSessions", user.pool_id.as_str(), user.sub.as_str()];
    let after = pages::cursor(ctx, &list, token)?;
    let range = IndexRange::prefix(Kind::Family, BY_USER, Family::user_prefix(user)).after(after);
    let (families, next) = txn.scan::<Family>(range, MOST).await?;
    let active = families.iter().filter(|family| family.is_active(user, ctx.now()));
    let sessions =
        active.map(|family| views::session(family, current.is_some_and(|own| own.id == family.id)));
    Ok((sessions.collect(), pages::token(ctx, &list, next)?))
}

/// Ends a session of the user. An SSO session that it came through, or token sessions that came through it, do not
/// exist yet, so RevokeAssociatedSessions makes no difference.
pub(super) async fn revoke(txn: &mut Txn, user: &User, session_id: &str) -> Reply<()> {
    let active = txn.active_families(user).await?;
    let family = active.into_iter().find(|family| family.session_id() == session_id);
    let mut family = family.ok_or_else(errors::session_not_found)?;
    family.revoked = true;
    txn.save(&family);
    Ok(())
}
