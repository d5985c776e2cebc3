//! Who users are at identity providers, and how their attribute `identities` follows.

use cognito_core::identity::{self, Identity};
use cognito_core::user::User;
use cognito_store::Txn;

use crate::prelude::*;

/// Saves an identity of a user in place of another (a link that was made before the subject was known), or as a new
/// one. The user is changed, and not saved.
pub(crate) async fn put(
    txn: &mut Txn,
    user: &mut User,
    replaced: Option<&Identity>,
    identity: &Identity,
) -> Reply<()> {
    let mut list = others(txn, user, replaced.unwrap_or(identity)).await?;
    if let Some(replaced) = replaced.filter(|replaced| replaced.key() != identity.key()) {
        txn.delete(replaced);
    }
    list.push(identity.clone());
    txn.save(identity);
    list.sort_by_key(|identity| identity.created);
    user.set(identity::ATTRIBUTE, &identity::attribute(&list));
    Ok(())
}

/// Deletes an identity of a user. The user is changed, and not saved.
pub(crate) async fn remove(txn: &mut Txn, user: &mut User, identity: &Identity) -> Reply<()> {
    let list = others(txn, user, identity).await?;
    txn.delete(identity);
    user.set(identity::ATTRIBUTE, &identity::attribute(&list));
    Ok(())
}

/// The identities of a user but this one: what a transaction has written is not in a list that it reads.
async fn others(txn: &mut Txn, user: &User, identity: &Identity) -> Reply<Vec<Identity>> {
    let list = txn.identities_of(user).await?;
    Ok(list.iter().filter(|other| other.key() != identity.key()).map(|other| (**other).clone()).collect())
}
