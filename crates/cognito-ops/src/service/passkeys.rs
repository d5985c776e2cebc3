//! Passkeys at a registration and at a sign-in: what the browser is asked, and whether its answer is right.

use std::sync::Arc;

use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_core::webauthn::{
    self, Allowed, Asserted, Assertion, MAX_PASSKEYS, Passkey, PasskeyError, Registration, RelyingParty,
};
use cognito_core::{Entity as _, Kind};
use cognito_store::{IndexRange, Txn};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::errors::{self, Reply};
use crate::service::decoys;

/// A passkey is asked for.
#[derive(Debug)]
pub(crate) struct Request {
    /// What must be answered: to be kept in the session.
    pub(crate) challenge: Vec<u8>,
    /// CREDENTIAL_REQUEST_OPTIONS
    pub(crate) options: String,
}

/// The passkeys of a user, in the order of their registration.
pub(crate) async fn registered(txn: &mut Txn, user: &User) -> Reply<Vec<Arc<Passkey>>> {
    let prefix = Passkey::user_prefix(&user.pool_id, &user.sub);
    Ok(txn.all(IndexRange::prefix(Kind::Passkey, webauthn::BY_USER, prefix)).await?)
}

/// Whether the user can sign in with a passkey: the pool takes them, and the user has one. Where existence is hidden,
/// `None` stands for a user who is not there; some of them seem to have one, for a name always the same.
pub(crate) async fn can_sign_in(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    user: Option<&User>,
    name: &str,
) -> Reply<bool> {
    Ok(RelyingParty::of(pool).is_ok() && !allowed(ctx, txn, pool, user, name).await?.is_empty())
}

/// Begins the registration of a passkey: gives PublicKeyCredentialCreationOptionsJSON. To be called inside a write.
pub(crate) async fn begin_registration(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    client_id: &str,
    user: &User,
    challenge: &[u8; 32],
) -> Reply<Value> {
    let party = RelyingParty::of(pool)?;
    let passkeys = registered(txn, user).await?;
    if passkeys.len() >= MAX_PASSKEYS {
        return Err(errors::too_many_passkeys());
    }
    let registration = Registration::new(&pool.id, &user.sub, client_id, challenge.to_vec(), ctx.now());
    // Reading the old one is what lets the new one replace it.
    txn.get::<Registration>(&registration.key()).await?;
    txn.save(&registration);
    Ok(webauthn::creation(&party, user, challenge, passkeys.iter().map(|passkey| &**passkey)))
}

/// Ends the registration of a passkey with what the authenticator made. To be called inside a write.
pub(crate) async fn register(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    client_id: &str,
    user: &User,
    credential: &Value,
) -> Reply<()> {
    // That the relying party is missing, the model lists for the beginning of a registration only.
    let party = RelyingParty::of(pool).map_err(|_| errors::passkeys_not_enabled())?;
    let registration = txn.get::<Registration>(&Registration::key_of(&pool.id, &user.sub)).await?;
    let registration = registration.ok_or_else(errors::passkey_challenge_not_found)?;
    let passkey = registration.complete(&party, client_id, credential, ctx.now())?;
    if txn.get::<Passkey>(&passkey.key()).await?.is_some() {
        return Err(errors::passkey_exists());
    }
    if registered(txn, user).await?.len() >= MAX_PASSKEYS {
        return Err(errors::too_many_passkeys());
    }
    txn.delete(&*registration);
    txn.insert(&passkey);
    Ok(())
}

/// Asks for a passkey of the user, or of one who is not there.
pub(crate) async fn request(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    user: Option<&User>,
    name: &str,
) -> Reply<Request> {
    let party = relying_party(pool)?;
    let allowed = allowed(ctx, txn, pool, user, name).await?;
    let challenge = ctx.bytes::<32>().to_vec();
    let options = webauthn::request(&party, &challenge, &allowed).to_string();
    Ok(Request { challenge, options })
}

async fn allowed(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    user: Option<&User>,
    name: &str,
) -> Reply<Vec<Allowed>> {
    Ok(match user {
        Some(user) => registered(txn, user).await?.iter().map(|passkey| Allowed::from(&**passkey)).collect(),
        None => decoys::passkey(ctx, pool, name).into_iter().collect(),
    })
}

/// Whether a credential (AuthenticationResponseJSON) answers the challenge with a passkey of the user.
///
/// The passkey is given with its new counter; it is for the caller to save, also to end the sign-in of the loser
/// where one assertion is sent twice at once.
pub(crate) async fn verify(
    txn: &mut Txn,
    pool: &Pool,
    user: &User,
    challenge: &[u8],
    credential: &str,
) -> Reply<Result<Asserted, PasskeyError>> {
    let party = relying_party(pool)?;
    let assertion = match Assertion::parse(credential) {
        Ok(assertion) => assertion,
        Err(error) => return Ok(Err(error)),
    };
    let passkey = txn.get::<Passkey>(&Passkey::key_of(&pool.id, assertion.id())).await?;
    let passkey = passkey.filter(|passkey| passkey.sub == user.sub);
    let Some(passkey) = passkey else { return Ok(Err(PasskeyError::Foreign)) };
    Ok(assertion.verify(&party, challenge, &passkey))
}

/// The model lists the WebAuthn exceptions for the registration only.
fn relying_party(pool: &Pool) -> Reply<RelyingParty> {
    RelyingParty::of(pool).map_err(|error| errors::passkeys_unavailable().because(error))
}
