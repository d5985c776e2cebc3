//! The signing keys of pools, ready for use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cognito_core::pool::{Keys, Pool};
use cognito_core::{Time, secret};
use cognito_jwt::{KeyError, KeySet, SigningKey, VerifyError};
use serde_json::{Map, Value};

use crate::app::Inner;
use crate::ctx::Ctx;
use crate::errors::{ApiError, Reply};
use crate::service::heavy::heavy;

/// What a token says.
type Claims = Map<String, Value>;

/// The keys of a pool, parsed once.
pub(crate) struct PoolKeys {
    /// Signs ID tokens.
    pub(crate) id: SigningKey,
    /// Signs access tokens.
    pub(crate) access: SigningKey,
    /// Verifies both.
    pub(crate) set: KeySet,
    /// The JWKS document (RFC 7517, section 5).
    pub(crate) jwks: Arc<str>,
    /// The claims of tokens whose signatures were verified, by the SHA-256 of the token: an API is called with the same
    /// one again and again.
    verified: Mutex<HashMap<[u8; 32], Arc<Claims>>>,
}

/// How many verified tokens of a pool are kept.
const TOKENS: usize = 1_000;
/// The longest that is kept, in bytes: users choose their attributes, and so how long their ID tokens are.
const LONGEST: usize = 8 << 10;

/// Signs a token when it has its turn.
pub(crate) async fn sign(key: &SigningKey, claims: &Claims) -> Reply<String> {
    heavy(|| key.sign(claims)).await.map_err(|error| ApiError::internal().because(error))
}

impl PoolKeys {
    fn parse(keys: &Keys) -> Result<Self, KeyError> {
        let id = SigningKey::from_der(&keys.id)?;
        let access = SigningKey::from_der(&keys.access)?;
        let mut set = KeySet::default();
        set.insert(id.verifying_key());
        set.insert(access.verifying_key());
        let jwks = set.to_json().into();
        Ok(Self { id, access, set, jwks, verified: Mutex::default() })
    }

    /// The claims of a token that one of the keys has signed. Everything else about it is the caller's to check each time.
    pub(crate) fn verify(&self, token: &str) -> Result<Arc<Claims>, VerifyError> {
        let hash = secret::sha256(token.as_bytes());
        let verified = || self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claims) = verified().get(&hash) {
            return Ok(Arc::clone(claims));
        }
        let claims = Arc::new(cognito_jwt::verify(token, &self.set)?);
        if token.len() > LONGEST {
            return Ok(claims);
        }
        let mut verified = verified();
        if verified.len() >= TOKENS {
            verified.clear();
        }
        verified.insert(hash, Arc::clone(&claims));
        Ok(claims)
    }
}

/// Parsed keys by pool, each with the pool's `kid`: a pool's keys never change, but a pool of the same id may be made
/// anew, and where the clock stands even in the same moment.
#[derive(Default)]
pub(crate) struct PoolKeysCache(Mutex<HashMap<String, (String, Arc<PoolKeys>)>>);

/// How many pools' keys are kept parsed.
const KEPT: usize = 1_000;

impl Inner {
    /// The keys of a pool, or `None` if there is no such pool.
    pub(crate) async fn pool_keys(&self, pool_id: &str, now: Time) -> Reply<Option<Arc<PoolKeys>>> {
        match self.store.get::<Pool>(pool_id, now).await? {
            Some(pool) => self.keys_of(&pool, now).await,
            None => Ok(None),
        }
    }

    /// The keys of a pool that was read.
    pub(crate) async fn keys_of(&self, pool: &Pool, now: Time) -> Reply<Option<Arc<PoolKeys>>> {
        if let Some((kid, keys)) = self.keys.lock().get(&pool.id)
            && *kid == pool.kid
        {
            return Ok(Some(Arc::clone(keys)));
        }
        let Some(stored) = self.store.get::<Keys>(&Keys::key_of(&pool.id), now).await? else {
            return Ok(None);
        };
        let keys = PoolKeys::parse(&stored).map_err(|error| ApiError::internal().because(error))?;
        let keys = Arc::new(keys);
        let mut cache = self.keys.lock();
        if cache.len() >= KEPT {
            cache.clear();
        }
        cache.insert(pool.id.clone(), (pool.kid.clone(), Arc::clone(&keys)));
        Ok(Some(keys))
    }
}

impl PoolKeysCache {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (String, Arc<PoolKeys>)>> {
        // A panic while the lock was held leaves a map that is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The two keys of a new pool, which is to be saved with them.
pub(crate) async fn new_keys(ctx: &Ctx<'_>, pool: &mut Pool) -> Reply<Keys> {
    let (id, access) = (new_key(ctx).await?, new_key(ctx).await?);
    access.kid().clone_into(&mut pool.kid);
    Ok(Keys { pool_id: pool.id.clone(), id: id.to_der().to_vec(), access: access.to_der().to_vec() })
}

/// A key that is fresh.
pub(crate) async fn new_key(ctx: &Ctx<'_>) -> Reply<SigningKey> {
    let source = Arc::clone(&ctx.app().ports.keys);
    match source.ready() {
        Some(key) => Ok(key),
        None => {
            let made = ctx.blocking(move || source.generate()).await?;
            made.map_err(|error| ApiError::internal().because(error))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::text;

    use super::*;

    #[test]
    fn what_was_verified_is_known_by_the_whole_token() {
        let [id, access] = [(); 2].map(|()| SigningKey::generate().unwrap());
        let set = KeySet::from_iter([id.verifying_key(), access.verifying_key()]);
        let jwks = set.to_json().into();
        let keys = PoolKeys { id, access, set, jwks, verified: Mutex::default() };
        let token = keys.access.sign(&json!({ "sub": "a" })).unwrap();
        let first = keys.verify(&token).unwrap();
        assert_eq!(*first, *json!({ "sub": "a" }).as_object().unwrap());
        assert!(Arc::ptr_eq(&first, &keys.verify(&token).unwrap()));
        let foreign = SigningKey::generate().unwrap().sign(&json!({ "sub": "a" })).unwrap();
        let (signed, _) = token.rsplit_once('.').unwrap();
        let (_, signature) = foreign.rsplit_once('.').unwrap();
        for forged in
            [foreign.clone(), format!("{signed}.{signature}"), format!("{signed}."), signed.to_owned()]
        {
            assert!(keys.verify(&forged).is_err(), "{forged}");
        }
        let long = keys.id.sign(&json!({ "custom:text": "x".repeat(LONGEST) })).unwrap();
        assert_eq!(keys.verify(&long).unwrap()["custom:text"].as_str().map(str::len), Some(LONGEST));
        assert_eq!(keys.verified.lock().unwrap().len(), 1, "neither forged nor long ones are kept");
    }

    /// Who tests with a clock that stands makes pools anew in the same moment.
    #[tokio::test]
    async fn a_pool_made_anew_has_new_keys() {
        let world = World::new().await;
        let named = json!({ "UserPoolTags": { "_custom_id_": "anew" } });
        let pool = world.pool(named.clone()).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let site = World::caller().site;
        let (issuer, token) = (format!("{}/{pool}", site.base), text(&tokens["AccessToken"]));
        let verify = async || world.app.verify_issued(&site, &issuer, &token).await.is_ok();
        let jwks = world.app.jwks(&pool).await.unwrap().unwrap();
        assert!(verify().await);
        world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!((world.app.jwks(&pool).await.unwrap(), verify().await), (None, false));
        assert_eq!(world.pool(named).await, pool);
        assert_ne!(world.app.jwks(&pool).await.unwrap().unwrap(), jwks);
        assert!(!verify().await);
    }
}
