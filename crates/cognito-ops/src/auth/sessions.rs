//! The `Session` of challenges, for operations that are told nothing else.
//!
//! Its text begins with the pool, and goes on with what nobody guesses; stored is only its hash.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_core::auth::{self, Flow, Journey, Method, State};
use cognito_core::client::{AllowedFlow, Client};
use cognito_core::pool::Pool;
/// The hash under which a session is stored.
pub(super) use cognito_core::secret::digest as hash;
use cognito_core::session::{Material, Owner, Session};
use cognito_core::user::User;
use cognito_store::Txn;

use crate::prelude::*;

/// Bytes of a session that nobody guesses.
const RANDOM: usize = 72;

/// The text of a new session.
pub(super) fn text(ctx: &Ctx<'_>, pool_id: &str) -> String {
    URL_SAFE_NO_PAD.encode([pool_id.as_bytes(), b"/", &ctx.bytes::<RANDOM>()].concat())
}

/// The session of MFA_SETUP by its text alone, with its pool and user. Whoever has it may go on with the sign-in, unless
/// the user has got a second factor meanwhile.
pub(crate) async fn find_set_up(txn: &mut Txn, text: &str) -> Reply<(Arc<Pool>, User, Session)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| errors::invalid_session())?;
    let pool_id = bytes.len().checked_sub(RANDOM + 1).and_then(|end| std::str::from_utf8(&bytes[..end]).ok());
    let pool_id = pool_id.ok_or_else(errors::invalid_session)?;
    let pool = txn.get::<Pool>(pool_id).await?.ok_or_else(errors::invalid_session)?;
    let session = txn.get::<Session>(&Session::key_of(&pool.id, &hash(text))).await?;
    let session = (*session.ok_or_else(errors::invalid_session)?).clone();
    session.check_live(txn.now())?;
    let user = txn.get::<User>(&session.owner.key).await?.filter(|user| session.owner.is(user));
    match (&session.state, user) {
        (State::MfaSetup(_), Some(user)) if auth::may_set_up(&pool, &user) => {
            Ok((pool, Arc::unwrap_or_clone(user), session))
        }
        _ => Err(errors::invalid_session()),
    }
}

/// Uses a session up, and opens one that goes on from there. Gives its text.
pub(crate) fn renew(ctx: &Ctx<'_>, txn: &mut Txn, session: &Session, material: Material) -> String {
    txn.save(&Session { used: true, ..session.clone() });
    open(ctx, txn, Session { material, ..session.clone() })
}

/// The session of a sign-up, for clients whose users may go on to sign in with it (USER_AUTH).
pub(crate) fn of_sign_up(ctx: &Ctx<'_>, txn: &mut Txn, client: &Client, user: &User) -> Option<String> {
    signed_up(ctx, client, user).map(|session| open(ctx, txn, session))
}

/// Goes on from the session of a sign-up that is confirmed now: with the session that this gives, the user signs in once
/// without proving more than the code. Amplify hands no session on and expects one all the same.
pub(crate) async fn confirm(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    client: &Client,
    user: &User,
    text: Option<&str>,
    method: Option<Method>,
) -> Reply<Option<String>> {
    let session = match text {
        Some(text) => {
            let session = txn.get::<Session>(&Session::key_of(&user.pool_id, &hash(text))).await?;
            let session = (*session.ok_or_else(errors::invalid_session)?).clone();
            session.check(&client.id, false, txn.now())?;
            if session.state != State::SignedUp || !session.owner.is(user) {
                return Err(errors::invalid_session());
            }
            txn.save(&Session { used: true, ..session.clone() });
            Some(session)
        }
        None => signed_up(ctx, client, user),
    };
    Ok(session.map(|mut session| {
        session.state = State::Confirmed;
        session.journey.methods.extend(method);
        session.expires = txn.now() + client.session_validity();
        open(ctx, txn, session)
    }))
}

/// What is known after a sign-up.
fn signed_up(ctx: &Ctx<'_>, client: &Client, user: &User) -> Option<Session> {
    client.allows(AllowedFlow::UserAuth).then(|| Session {
        pool_id: user.pool_id.clone(),
        hash: String::new(),
        client_id: client.id.clone(),
        owner: Owner::of(user),
        admin: false,
        state: State::SignedUp,
        journey: Journey::new(Flow::Choice),
        material: Material::None,
        used: false,
        expires: ctx.now() + client.session_validity(),
    })
}

/// Saves a session under a new text, which it gives.
fn open(ctx: &Ctx<'_>, txn: &mut Txn, session: Session) -> String {
    let text = text(ctx, &session.pool_id);
    txn.save(&Session { hash: hash(&text), ..session });
    text
}
