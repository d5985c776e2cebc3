//! Sign-in with a password, and the lock after wrong ones.

use std::sync::Arc;

use cognito_core::attempts::Attempts;
use cognito_core::auth::{Event, Flow, Journey, Proof};
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;

use super::answer::Answer;
use super::respond::Respond;
use super::start::{Start, find_or_migrate, find_user};
use super::turn::{self, Provisions, Room, Turn};
use super::watch;
use crate::prelude::*;
use crate::service::{decoys, imported, proofs};
use crate::triggers::{About, pre_authentication};

/// A password that was compared, outside any write.
///
/// The write then looks at the lock: of guesses that come at once, those that are counted first lock out the others,
/// right or wrong.
pub(super) struct Compared {
    user: Option<Arc<User>>,
    attempts: String,
    proof: Proof,
    compromised: bool,
}

impl Compared {
    /// A comparison that was made.
    pub(super) fn new(ctx: &Ctx<'_>, pool: &Pool, user: Option<Arc<User>>, name: &str, proof: Proof) -> Self {
        let attempts = attempts_key(ctx, pool, user.as_deref(), name);
        Self { user, attempts, proof, compromised: false }
    }

    /// The event of the comparison, once it is counted. While locked, nothing is counted.
    pub(super) async fn count(&self, txn: &mut Txn, turn: &mut Turn) -> Reply<turn::Result<Event>> {
        turn.compromised = self.compromised;
        // A password that was changed meanwhile was not compared.
        let compared = self.user.as_ref().and_then(|user| user.password.as_ref());
        let same = turn.exists == self.user.is_some() && turn.user.password.as_ref() == compared;
        let proof = if same { self.proof } else { Proof::Wrong };
        let stored = txn.get::<Attempts>(&self.attempts).await?;
        if stored.as_ref().is_some_and(|attempts| attempts.is_locked(txn.now())) {
            return Ok(Err(errors::password_attempts_exceeded()));
        }
        match (proof, stored) {
            (Proof::Right, Some(attempts)) => txn.delete(&*attempts),
            (Proof::Right, None) => {}
            (Proof::Wrong, stored) => {
                let mut attempts = stored
                    .map_or_else(|| Attempts::none(self.attempts.clone()), |attempts| (*attempts).clone());
                attempts.fail(txn.now());
                txn.save(&attempts);
            }
        }
        if !turn.exists {
            return Ok(Err(errors::incorrect_username_or_password()));
        }
        Ok(Ok(Event::Password(proof)))
    }
}

/// Signs in with a password, or says what else is asked.
pub(super) async fn sign_in(ctx: &Ctx<'_>, room: &Room<'_>, start: &Start<'_>) -> Reply<Answer> {
    let name = start.name(room.client)?;
    let password = start.parameters.require("PASSWORD")?;
    let user = find_or_migrate(ctx, room, name, password, start.metadata).await?;
    let about = match &user {
        Some(user) => About::user(room.pool, Some(room.client), user),
        None => About::nobody(room.pool, room.client, name),
    };
    pre_authentication::call(ctx, about, start.metadata).await?;
    let mut journey = Journey::new(Flow::Password);
    start.name_device(ctx, room, user.as_deref(), &mut journey).await?;
    let compared = compare(ctx, room, user, name, password).await?;
    turn::take(
        ctx,
        room,
        &Provisions::default(),
        async |txn, pool| {
            let user = txn.user_if_any(pool, name).await?;
            Ok(Turn::begin(ctx, pool, name, user, journey.clone()))
        },
        async |txn, turn| compared.count(txn, turn).await,
    )
    .await
}

/// Signs in without a password, where a click stands for it.
pub(super) async fn believe(ctx: &Ctx<'_>, room: &Room<'_>, name: &str) -> Reply<Answer> {
    let user = find_user(ctx, room, name).await?.ok_or_else(errors::incorrect_username_or_password)?;
    pre_authentication::call(ctx, About::user(room.pool, Some(room.client), &user), None).await?;
    turn::take(
        ctx,
        room,
        &Provisions::default(),
        async |txn, pool| {
            let user = txn.user_if_any(pool, name).await?;
            Ok(Turn::begin(ctx, pool, name, user, Journey::new(Flow::Password)))
        },
        async |_, _| Ok(Ok(Event::Password(Proof::Right))),
    )
    .await
}

/// Takes the password as the answer to PASSWORD, or to SELECT_CHALLENGE.
pub(super) async fn answer(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let password = answer.responses.require("PASSWORD")?;
    let turn = Turn::load(ctx, &mut ctx.read(), room.pool, answer).await?;
    let name = turn.user.username.clone();
    let user = turn.exists.then(|| Arc::new(turn.user));
    let compared = compare(ctx, room, user, &name, password).await?;
    turn::take(
        ctx,
        room,
        &Provisions::default(),
        async |txn, pool| Turn::load(ctx, txn, pool, answer).await,
        async |txn, turn| compared.count(txn, turn).await,
    )
    .await
}

/// Compares a password, unless the name is locked.
pub(super) async fn compare(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    user: Option<Arc<User>>,
    name: &str,
    password: &str,
) -> Reply<Compared> {
    check_lock(ctx, room, user.as_deref(), name).await?;
    let user = match user {
        Some(user) if user.imported.is_some() => {
            Some(Box::pin(imported::adopt(ctx, room.pool, user, password)).await?)
        }
        user => user,
    };
    let proof = proofs::prove(ctx, room.pool, user.as_deref(), name, password).await?;
    let compromised = room.pool.is_protected() && watch::sees_compromised(ctx, room, password).await?;
    Ok(Compared { compromised, ..Compared::new(ctx, room.pool, user, name, proof) })
}

/// Refuses while a name is locked.
pub(super) async fn check_lock(ctx: &Ctx<'_>, room: &Room<'_>, user: Option<&User>, name: &str) -> Reply<()> {
    let key = attempts_key(ctx, room.pool, user, name);
    let attempts = ctx.store().get::<Attempts>(&key, ctx.now()).await?;
    if !attempts.is_some_and(|attempts| attempts.is_locked(ctx.now())) {
        return Ok(());
    }
    if room.pool.is_protected() {
        watch::deed(room, name).record_refusal(ctx, |_| {}).await?;
    }
    Err(errors::password_attempts_exceeded())
}

/// One who does not exist is counted by what would be the user's name in a pool that calls its users by their `sub`, so
/// that every name of nobody is locked with the others.
fn attempts_key(ctx: &Ctx<'_>, pool: &Pool, user: Option<&User>, name: &str) -> String {
    let name = match user {
        Some(user) => user.username.clone(),
        None => decoys::sub(ctx, pool, name),
    };
    Attempts::password_key(&pool.id, &pool.case().fold(&name))
}
