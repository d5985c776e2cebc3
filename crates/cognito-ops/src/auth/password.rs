//! Sign-in with a password: USER_PASSWORD_AUTH and ADMIN_USER_PASSWORD_AUTH.

use cognito_core::attempts::Attempts;
use cognito_core::auth::{self, Event, Proof, Refused, Subject};
use cognito_core::client::Client;
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;

use super::answer::{Answer, Concluded, conclude, finish};
use super::start::Start;
use crate::prelude::*;
use crate::service::{proofs, secret_hash};
use crate::triggers::{self, Trigger};

/// Signs in with a password, or says what else is asked.
///
/// The password is compared before the write, which then looks at the lock: of guesses that come at once, those that
/// are counted first lock out the others, right or wrong.
pub(super) async fn sign_in(ctx: &Ctx<'_>, pool: &Pool, client: &Client, start: &Start<'_>) -> Reply<Answer> {
    let name = start.parameters.require("USERNAME")?;
    let password = start.parameters.require("PASSWORD")?;
    secret_hash::check(client, name, start.parameters.get("SECRET_HASH"))?;
    let found = ctx.read().user_if_any(pool, name).await?;
    if found.is_none() && !client.hides_users() {
        triggers::call(pool, Trigger::UserMigration)?;
        return Err(errors::user_not_found());
    }
    triggers::call(pool, Trigger::PreAuthentication)?;
    let attempts =
        found.as_ref().map_or_else(|| pool.case().fold(name), |user| pool.case().fold(&user.username));
    let attempts = Attempts::password_key(&pool.id, &attempts);
    if is_locked(ctx, &attempts).await? {
        return Err(errors::password_attempts_exceeded());
    }
    let proof = proofs::prove(ctx, pool, found.as_deref(), name, password)?;
    let concluded = ctx
        .write(async |txn| {
            let (pool, client) = start.door.find(txn, start.client_id).await?;
            let user = txn.user_if_any(&pool, name).await?;
            if user.is_none() && !client.hides_users() {
                return Ok(Err(errors::user_not_found()));
            }
            // A password that was changed meanwhile was not compared.
            let same = user.as_ref().map(|user| &user.password) == found.as_ref().map(|user| &user.password);
            let proof = if same { proof } else { Proof::Wrong };
            match count(txn, &attempts, proof).await? {
                Lock::Locked => Ok(Err(errors::password_attempts_exceeded())),
                Lock::Open => {
                    go_on(ctx, txn, &Case { pool: &pool, client: &client, start, proof }, user.as_deref())
                        .await
                }
            }
        })
        .await??;
    finish(ctx, pool, client, concluded).await
}

struct Case<'a> {
    pool: &'a Pool,
    client: &'a Client,
    start: &'a Start<'a>,
    proof: Proof,
}

/// The step of the machine. A refusal is given inside `Ok`, so that the counted failure is committed.
async fn go_on(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    case: &Case<'_>,
    user: Option<&User>,
) -> Reply<Reply<Concluded>> {
    let Case { pool, client, start, proof } = *case;
    let Some(user) = user else { return Ok(Err(errors::incorrect_username_or_password())) };
    let mut user = user.clone();
    let subject = Subject { pool, client };
    match auth::step(subject, &mut user, &auth::begin(), Event::Password(proof), ctx.now()) {
        Ok(outcome) => Ok(Ok(conclude(ctx, txn, subject, start.door, user, outcome).await?)),
        // Whoever must reset is told so without a right password, but not where the existence of users is hidden.
        Err(Refused::ResetRequired) if client.hides_users() => {
            Ok(Err(errors::password_reset_required_hidden()))
        }
        Err(refused) => Ok(Err(refused.into())),
    }
}

async fn is_locked(ctx: &Ctx<'_>, key: &str) -> Reply<bool> {
    let attempts = ctx.store().get::<Attempts>(key, ctx.now()).await?;
    Ok(attempts.is_some_and(|attempts| attempts.is_locked(ctx.now())))
}

enum Lock {
    Open,
    Locked,
}

/// Counts a failure, and forgets the failures after a success. While locked, nothing is counted.
async fn count(txn: &mut Txn, key: &str, proof: Proof) -> Reply<Lock> {
    let stored = txn.get::<Attempts>(key).await?;
    if stored.as_ref().is_some_and(|attempts| attempts.is_locked(txn.now())) {
        return Ok(Lock::Locked);
    }
    match (proof, stored) {
        (Proof::Right, Some(attempts)) => txn.delete(&*attempts),
        (Proof::Right, None) => {}
        (Proof::Wrong, stored) => {
            let mut attempts =
                stored.map_or_else(|| Attempts::none(key.to_owned()), |attempts| (*attempts).clone());
            attempts.fail(txn.now());
            txn.save(&attempts);
        }
    }
    Ok(Lock::Open)
}
