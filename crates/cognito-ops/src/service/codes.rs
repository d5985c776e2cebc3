//! Codes: made and redeemed inside a write. The messages that carry them come after it.

use cognito_core::client::Client;
use cognito_core::code::{Code, CodeError, Purpose};
use cognito_core::delivery::Destination;
use cognito_core::user::User;
use cognito_store::Txn;

use crate::ctx::Ctx;
use crate::errors::Reply;

/// A code that was just made, and where it is to go.
pub(crate) struct Fresh {
    pub(crate) destination: Destination,
    pub(crate) code: String,
}

/// Makes a code, which replaces the one of before. It is for [`messages::deliver`](super::messages::deliver), after
/// the write.
pub(crate) async fn make(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    user: &User,
    destination: Destination,
    purpose: Purpose,
    client_id: Option<&str>,
) -> Reply<Fresh> {
    // Reading the old code is what lets the new one replace it.
    txn.get::<Code>(&Code::key_of(&user.pool_id, &user.sub, &purpose)).await?;
    let mut code = Code::new(&user.pool_id, &user.sub, purpose, ctx.code(), ctx.now());
    code.client_id = client_id.map(str::to_owned);
    code.attribute = Some(destination.medium.attribute().to_owned());
    code.destination = Some(destination.address.clone());
    txn.save(&code);
    Ok(Fresh { destination, code: code.digits().to_owned() })
}

/// Whose code it is; also a user who does not exist.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) pool_id: &'a str,
    pub(crate) sub: &'a str,
}

impl<'a> From<&'a User> for Owner<'a> {
    fn from(user: &'a User) -> Self {
        Self { pool_id: &user.pool_id, sub: &user.sub }
    }
}

/// Checks a guess. A right one uses the code up. A wrong one is counted, which must be committed: the error is given
/// inside `Ok` so that the write goes through. A code that was asked for by another client is a wrong one.
pub(crate) async fn redeem(
    txn: &mut Txn,
    user: Owner<'_>,
    purpose: &Purpose,
    guess: &str,
    client: Option<&Client>,
) -> Reply<Result<Code, CodeError>> {
    let key = Code::key_of(user.pool_id, user.sub, purpose);
    let Some(stored) = txn.get::<Code>(&key).await? else { return Ok(Err(CodeError::Expired)) };
    let mut code = (*stored).clone();
    let foreign = client.is_some_and(|client| code.client_id.as_ref().is_some_and(|id| *id != client.id));
    match code.check(if foreign { "" } else { guess }, txn.now()) {
        Ok(()) => {
            txn.delete(&code);
            Ok(Ok(code))
        }
        Err(error) => {
            if code != *stored {
                txn.save(&code);
            }
            Ok(Err(error))
        }
    }
}

/// Marks the address that a code was sent to as verified, if it still is the user's.
pub(crate) fn verify_address(user: &mut User, code: &Code) {
    if let (Some(attribute), Some(destination)) = (&code.attribute, &code.destination)
        && user.attribute(attribute) == Some(destination)
    {
        user.set(&format!("{attribute}_verified"), "true");
    }
}
