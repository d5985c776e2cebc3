//! Users come into being here, and go. SignUp and AdminCreateUser share it, AdminDeleteUser and DeleteUser too.

use cognito_core::Kind;
use cognito_core::attempts::Attempts;
use cognito_core::group::{self, Membership};
use cognito_core::pool::Pool;
use cognito_core::user::{Status, User};
use cognito_store::{IndexRange, Txn};

use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};
use crate::service::attributes::{self, Attributes, Clash};
use crate::service::{devices, passkeys};

/// Who makes the user: decides what is said of a name that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// SignUp
    SignUp,
    /// AdminCreateUser
    Admin,
    /// An identity provider, which has named the user.
    Provider,
}

impl Door {
    fn name_taken(self) -> ApiError {
        match self {
            Self::SignUp => errors::user_exists(),
            Self::Admin => errors::user_account_exists(),
            Self::Provider => errors::found_an_entry(),
        }
    }

    /// The model lists AliasExistsException for neither operation.
    fn alias_taken(self) -> fn(&str) -> ApiError {
        match self {
            Self::SignUp | Self::Provider => |_| errors::user_exists(),
            Self::Admin => errors::account_with_attribute_exists,
        }
    }
}

/// A user of that name as typed: checked, enabled, without a password, and not saved.
///
/// In pools that sign in by attribute the username is the `sub`, and the typed name becomes the attribute.
/// Attributes with empty values are left out.
pub(crate) fn build(
    ctx: &Ctx<'_>,
    pool: &Pool,
    typed: &str,
    mut attributes: Attributes,
    status: Status,
) -> Reply<User> {
    attributes.retain(|(_, value)| !value.is_empty());
    let sub = ctx.uuid();
    let username = match attributes::of_username(pool, typed)? {
        None => typed.to_owned(),
        Some(attribute) => {
            let name = attribute.as_str();
            match attributes.iter().find(|(given, _)| given == name) {
                None => attributes.push((name.to_owned(), typed.to_owned())),
                Some((_, value)) if pool.case().fold(value) == pool.case().fold(typed) => {}
                Some(_) => return Err(errors::username_differs_from_attribute(name)),
            }
            sub.clone()
        }
    };
    attributes::check_new(pool, &attributes)?;
    let user = User::new(pool, username, sub, attributes, status, ctx.now());
    attributes::check_preferred_username(pool, &user)?;
    Ok(user)
}

/// Saves a new user, if none of its names is another's: not the username, which must not be another's alias or `sub`
/// either, and none of its aliases. With [`Clash::Move`] verified addresses move to the new user.
///
/// Of two at once, one wins; the other's write runs again and finds the winner here.
pub(crate) async fn insert(txn: &mut Txn, pool: &Pool, user: &User, clash: Clash, door: Door) -> Reply<()> {
    if txn.user_if_any(pool, &user.username).await?.is_some() {
        return Err(door.name_taken());
    }
    attributes::claim_aliases_or(txn, pool, user, clash, door.alias_taken()).await?;
    txn.insert(user);
    txn.add(Pool::user_counter(&pool.id), 1);
    Ok(())
}

/// Deletes a user with memberships, passkeys, devices and identities. Codes and token families, which name the user by `sub`, are
/// dead without it.
pub(crate) async fn remove(txn: &mut Txn, user: &User) -> Reply<()> {
    let memberships = Membership::user_value(&user.pool_id, &user.sub);
    let memberships = IndexRange::exact(Kind::Membership, group::BY_USER, memberships);
    for membership in txn.all::<Membership>(memberships).await? {
        txn.delete(&*membership);
    }
    // A later user of the name begins without this one's wrong passwords.
    let attempts = Attempts::password_key(&user.pool_id, &user.case.fold(&user.username));
    if let Some(attempts) = txn.get::<Attempts>(&attempts).await? {
        txn.delete(&*attempts);
    }
    for passkey in passkeys::registered(txn, user).await? {
        txn.delete(&*passkey);
    }
    for device in devices::confirmed(txn, user).await? {
        txn.delete(&*device);
    }
    for identity in txn.identities_of(user).await? {
        txn.delete(&*identity);
    }
    txn.delete(user);
    txn.add(Pool::user_counter(&user.pool_id), -1);
    Ok(())
}
