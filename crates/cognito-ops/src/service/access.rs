//! Access tokens of callers: verified by signature, then by what they stand for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cognito_api::ErrorCode;
use cognito_core::client::Client;
use cognito_core::family::Family;
use cognito_core::pool::Pool;
use cognito_core::secret::sha256;
use cognito_core::user::User;
use cognito_core::{Time, claims, ids};
use cognito_jwt::unverified_claims;
use cognito_store::Txn;
use serde_json::{Map, Value};

use crate::app::Inner;
use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};
use crate::service::issue;

/// What an access token says, its signature verified.
#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) pool_id: String,
    /// When the pool was made whose keys verified it.
    pool_created: Time,
    pub(crate) client_id: String,
    holder: Holder,
    scopes: Vec<String>,
    exp: i64,
    /// Before this it is not good: `nbf`, or `iat` but for the difference of two clocks.
    begins: i64,
}

/// The user and the sign-in that a token names.
#[derive(Debug)]
pub(crate) struct Holder {
    username: String,
    sub: String,
    /// The id of the family.
    family: Option<String>,
}

/// Who calls with an access token.
pub(crate) struct Signed {
    pub(crate) pool: Arc<Pool>,
    pub(crate) client: Arc<Client>,
    pub(crate) user: Arc<User>,
    /// The sign-in that the token is of.
    pub(crate) family: Arc<Family>,
}

/// Tokens whose signatures were verified, by their SHA-256: a token is called with again and again, and its
/// signature does not change. Everything else about it is looked at each time.
#[derive(Default)]
pub(crate) struct VerifiedTokens(Mutex<HashMap<[u8; 32], Arc<AccessToken>>>);

/// How many verified tokens are kept.
const KEPT: usize = 10_000;
/// How many seconds the clocks of two replicas may be apart.
const SKEW: i64 = 60;
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 32 * 1024;

impl AccessToken {
    /// Whether it has a scope.
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

impl VerifiedTokens {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<AccessToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    fn insert(&self, hash: [u8; 32], token: Arc<AccessToken>) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= KEPT {
            tokens.clear();
        }
        tokens.insert(hash, token);
    }
}

/// As [`verify_any`], and that it has the scope for user operations.
pub(crate) async fn verify(ctx: &Ctx<'_>, token: &str) -> Reply<Arc<AccessToken>> {
    let verified = verify_any(ctx, token).await?;
    if verified.has_scope(claims::ADMIN_SCOPE) { Ok(verified) } else { Err(errors::access_token_scopes()) }
}

/// Verifies the form, the signature, the use and the expiry of an access token.
pub(crate) async fn verify_any(ctx: &Ctx<'_>, token: &str) -> Reply<Arc<AccessToken>> {
    if token.len() > LONGEST {
        return Err(errors::invalid_access_token());
    }
    let hash = sha256(token.as_bytes());
    let verified = match ctx.app().tokens.get(&hash) {
        Some(verified) => verified,
        None => {
            let verified = Arc::new(verify_signature(ctx, token).await?);
            ctx.app().tokens.insert(hash, Arc::clone(&verified));
            verified
        }
    };
    if ctx.now().seconds() < verified.begins {
        return Err(errors::invalid_access_token());
    }
    if ctx.now().seconds() >= verified.exp {
        return Err(errors::access_token_expired());
    }
    Ok(verified)
}

async fn verify_signature(ctx: &Ctx<'_>, token: &str) -> Reply<AccessToken> {
    let (_, unverified) = unverified_claims(token).map_err(|error| match error {
        // A token in the form of a JWT that names another algorithm or key is a forged one.
        cognito_jwt::VerifyError::Malformed => errors::invalid_access_token(),
        _ => errors::access_token_signature(),
    })?;
    let pool_id = issued_by(&unverified).ok_or_else(errors::invalid_access_token)?;
    let pool = ctx.store().get::<Pool>(pool_id, ctx.now()).await?.ok_or_else(errors::invalid_access_token)?;
    let keys = ctx.app().keys_of(&pool, ctx.now()).await?.ok_or_else(errors::invalid_access_token)?;
    let claims = cognito_jwt::verify(token, &keys.set)?;
    read(ctx.app(), &claims, &pool).ok_or_else(errors::invalid_access_token)
}

/// The pool that the issuer names: its last path segment. Whether the pool issued it is shown by its key.
pub(crate) fn issued_by(claims: &Map<String, Value>) -> Option<&str> {
    claims.get("iss")?.as_str()?.rsplit('/').next().filter(|id| cognito_core::ids::is_pool_id(id))
}

fn read(app: &Inner, claims: &Map<String, Value>, pool: &Pool) -> Option<AccessToken> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    if text("token_use")? != "access" || issued_by(claims)? != pool.id {
        return None;
    }
    let issued = seconds(claims.get("iat"))?;
    let begins = match claims.get("nbf") {
        None => issued - SKEW,
        not_before => seconds(not_before)?.max(issued - SKEW),
    };
    Some(AccessToken {
        pool_id: pool.id.clone(),
        pool_created: pool.created,
        client_id: text("client_id")?,
        holder: Holder::read(app, claims)?,
        scopes: scopes(claims),
        exp: seconds(claims.get("exp"))?,
        begins,
    })
}

/// A NumericDate (RFC 7519, section 2), whole as ours are.
fn seconds(claim: Option<&Value>) -> Option<i64> {
    claim.and_then(Value::as_i64)
}

/// The scopes of an access token.
pub(crate) fn scopes(claims: &Map<String, Value>) -> Vec<String> {
    let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    scope.split_whitespace().map(str::to_owned).collect()
}

impl Holder {
    /// `None` for the token of a client itself.
    pub(crate) fn read(app: &Inner, claims: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            username: text("username").or_else(|| text("cognito:username"))?,
            sub: text("sub")?,
            family: text("origin_jti")
                .or_else(|| Some(ids::uuid(issue::family_of_event(app, &text("event_id")?)))),
        })
    }

    /// The user and the sign-in as of now: the user is there and enabled, the sign-in was not revoked, and its client
    /// is there.
    pub(crate) async fn find(&self, txn: &mut Txn, pool: &Pool) -> Reply<(Arc<User>, Arc<Family>)> {
        let user = txn.get::<User>(&User::key_of(&pool.id, pool.case(), &self.username)).await?;
        let user = user.filter(|user| user.sub == self.sub).ok_or_else(errors::user_not_found)?;
        let family = match &self.family {
            Some(id) => txn.get::<Family>(&Family::key_of(&pool.id, id)).await?,
            None => None,
        };
        let family = family.ok_or_else(errors::access_token_revoked)?;
        if !user.enabled {
            return Err(errors::user_disabled());
        }
        if !family.is_live(&user) {
            return Err(errors::access_token_revoked());
        }
        let client = txn.get::<Client>(&Client::key_of(&pool.id, &family.client_id)).await?;
        client.ok_or_else(errors::invalid_access_token)?;
        Ok((user, family))
    }
}

/// Who the token stands for, as of now: pool and client are there, the user is and is enabled, and the sign-in was
/// not revoked.
pub(crate) async fn signed(txn: &mut Txn, token: &AccessToken) -> Reply<Signed> {
    let pool = txn.get::<Pool>(&token.pool_id).await?.ok_or_else(errors::invalid_access_token)?;
    if pool.created != token.pool_created {
        return Err(errors::invalid_access_token());
    }
    let client = txn.get::<Client>(&Client::key_of(&pool.id, &token.client_id)).await?;
    let client = client.ok_or_else(errors::invalid_access_token)?;
    let (user, family) = token.holder.find(txn, &pool).await?;
    Ok(Signed { pool, client, user, family })
}

/// For operations whose model has no UserNotFoundException: the token of a user who is gone is like a revoked one.
pub(crate) fn gone_is_revoked(error: ApiError) -> ApiError {
    if error.is(ErrorCode::UserNotFoundException) { errors::access_token_revoked() } else { error }
}

/// Both checks, for operations that only read.
pub(crate) async fn caller(ctx: &Ctx<'_>, token: &str) -> Reply<Signed> {
    let token = verify(ctx, token).await?;
    signed(&mut ctx.read(), &token).await
}
