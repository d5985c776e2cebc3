//! Comparing passwords. The right ones are remembered under a random key of the process, so that the next sign-in
//! with the same password costs no exponentiation.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cognito_core::Entity as _;
use cognito_core::auth::Proof;
use cognito_core::password::Password;
use cognito_core::pool::Pool;
use cognito_core::secret;
use cognito_core::user::User;

use crate::ctx::Ctx;
use crate::errors::Reply;
use crate::ports::Rng;
use crate::service::heavy::heavy;

/// The passwords that were right, as HMACs under the key of the process.
pub(crate) struct Proofs {
    key: [u8; 32],
    right: Mutex<HashMap<String, [u8; 32]>>,
}

/// How many are remembered.
const KEPT: usize = 10_000;

impl Proofs {
    pub(crate) fn new(rng: &dyn Rng) -> Self {
        let mut key = [0; 32];
        rng.fill(&mut key);
        Self { key, right: Mutex::default() }
    }

    /// The HMAC covers salt and verifier: with a new password the old one is forgotten.
    fn mac(&self, user: &str, stored: &Password, password: &str) -> [u8; 32] {
        let length = (user.len() as u64).to_be_bytes();
        secret::hmac_sha256(
            &self.key,
            &[&length, user.as_bytes(), stored.salt(), stored.verifier(), password.as_bytes()],
        )
    }

    fn knows(&self, user: &str, mac: &[u8; 32]) -> bool {
        let right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.get(user).is_some_and(|known| secret::equal(known, mac))
    }

    fn remember(&self, user: String, mac: [u8; 32]) {
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if right.len() >= KEPT {
            right.clear();
        }
        right.insert(user, mac);
    }
}

/// Whether a password is the user's. A user who is not there, or has no password, costs as much as a wrong password.
pub(crate) async fn prove(
    ctx: &Ctx<'_>,
    pool: &Pool,
    user: Option<&User>,
    name: &str,
    password: &str,
) -> Reply<Proof> {
    let Some((user, stored)) = user.and_then(|user| Some((user, user.password.as_ref()?))) else {
        let salt = ctx.app().installation.derive("salt", &[&pool.id, &pool.case().fold(name)]);
        let mut short = [0; cognito_core::srp::SALT];
        short.copy_from_slice(&salt[..cognito_core::srp::SALT]);
        heavy(|| Password::new(&pool.id, name, password, short)).await?;
        return Ok(Proof::Wrong);
    };
    let proofs = &ctx.app().proofs;
    let key = user.key();
    let mac = proofs.mac(&key, stored, password);
    if proofs.knows(&key, &mac) {
        return Ok(Proof::Right);
    }
    if heavy(|| stored.matches(&pool.id, &user.username, password)).await? {
        proofs.remember(key, mac);
        Ok(Proof::Right)
    } else {
        Ok(Proof::Wrong)
    }
}

/// What is to be stored of a new password. One exponentiation.
pub(crate) fn hash(ctx: &Ctx<'_>, pool_id: &str, username: &str, password: &str) -> Reply<Password> {
    Ok(Password::new(pool_id, username, password, ctx.bytes())?)
}

/// Whether the history policy forbids a password for the user. As many exponentiations as the history is long.
pub(crate) fn was_used(pool: &Pool, user: &User, password: &str) -> Reply<bool> {
    let history = pool.password_history();
    let used = user.password.iter().chain(&user.former_passwords).take(history);
    for former in used {
        if former.matches(&pool.id, &user.username, password)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Checks a new password against the policy and, where there is one, the history; then hashes it.
pub(crate) fn new_password(ctx: &Ctx<'_>, pool: &Pool, user: &User, password: &str) -> Reply<Password> {
    pool.password_policy().check(password)?;
    if was_used(pool, user, password)? {
        return Err(crate::errors::password_used_before());
    }
    hash(ctx, &pool.id, &user.username, password)
}
