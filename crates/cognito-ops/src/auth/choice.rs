//! USER_AUTH: the user chooses the first factor, or the client does with PREFERRED_CHALLENGE.

use std::sync::Arc;

use cognito_core::Span;
use cognito_core::auth::{self, Event, First, Flow, Journey, Level, Method, Outcome, State, Subject};
use cognito_core::pool::{Feature, Pool};
use cognito_core::session::Session;
use cognito_core::user::User;
use cognito_store::Txn;

use super::answer::{self, Answer};
use super::respond::Respond;
use super::start::{Start, find_or_migrate, find_user};
use super::turn::{self, Provisions, Room, Turn};
use super::{password, srp};
use crate::prelude::*;
use crate::service::{access, passkeys};
use crate::triggers::pre_authentication;

/// Begins with the preferred first factor, or with the choice.
pub(super) async fn begin(ctx: &Ctx<'_>, room: &Room<'_>, start: &Start<'_>) -> Reply<Answer> {
    let name = start.name(room.client)?;
    if let Some(session) = start.session {
        return after_sign_up(ctx, room, start, name, session).await;
    }
    let preferred = start.parameters.get("PREFERRED_CHALLENGE").map(preferred).transpose()?;
    let password = start.parameters.get("PASSWORD").filter(|_| preferred == Some(First::Password));
    let user = match password {
        Some(password) => find_or_migrate(ctx, room, name, password, start.metadata).await?,
        None => find_user(ctx, room, name).await?,
    };
    let mut journey = Journey::new(Flow::Choice);
    start.name_device(ctx, room, user.as_deref(), &mut journey).await?;
    let mut turn = Turn::begin(ctx, room.pool, name, user, journey)?;
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;

    let offer = offer(ctx, room, &turn).await?;
    if let Some(target) = target(ctx, room, start, &turn, &offer).await? {
        turn.journey.target = Some(target.level);
        turn.journey.methods = target.credit;
        if !turn.journey.methods.is_empty() {
            return step_up(ctx, room, turn).await;
        }
    }
    let subject = Subject { pool: room.pool, client: room.client };
    let state = auth::begin_choice(subject, &turn.user, &mut turn.journey, offer, preferred);
    let state = state.map_err(|refused| turn::refusal(room.client, refused))?;
    match (&state, password, start.parameters.get("SRP_A")) {
        (State::First(First::Password), Some(password), _) => {
            let user = turn.exists.then(|| Arc::new(turn.user.clone()));
            let compared = password::compare(ctx, room, user, name, password).await?;
            let load = async |txn: &mut Txn, pool: &_| reload(ctx, txn, pool, name, &turn).await;
            let provisions = Provisions::default();
            turn::take(ctx, room, &provisions, load, async |txn, turn| compared.count(txn, turn).await).await
        }
        (State::First(First::PasswordSrp), _, Some(a)) => {
            let offer = srp::offer_password(ctx, room, &turn, srp::public_value(a)?)?;
            answer::verifier(ctx, room, &turn, &offer)
        }
        _ => ask(ctx, room, turn, state).await,
    }
}

/// What may be chosen from. For one who does not exist, what most users have.
async fn offer(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn) -> Reply<Vec<First>> {
    if !turn.exists {
        return Ok(auth::plausible(room.pool));
    }
    let passkeys = passkeys::registered(&mut ctx.read(), &turn.user).await?;
    Ok(auth::offered(room.pool, &turn.user, !passkeys.is_empty()))
}

fn preferred(name: &str) -> Reply<First> {
    First::named(name).ok_or_else(|| errors::preferred_challenge_unknown(name))
}

async fn reload(ctx: &Ctx<'_>, txn: &mut Txn, pool: &Pool, name: &str, turn: &Turn) -> Reply<Turn> {
    let user = txn.user_if_any(pool, name).await?;
    Turn::begin(ctx, pool, name, user, turn.journey.clone())
}

/// Asks a first factor, or which one.
async fn ask(ctx: &Ctx<'_>, room: &Room<'_>, turn: Turn, state: State) -> Reply<Answer> {
    let provisions = provisions(ctx, room, &turn, &state).await?;
    let concluded = ctx
        .write(async |txn| {
            let outcome = Outcome::Challenge(state.clone());
            answer::conclude(ctx, txn, room, &provisions, turn.clone(), outcome).await
        })
        .await?;
    answer::finish(ctx, room, concluded).await
}

async fn provisions(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn, state: &State) -> Reply<Provisions> {
    let passkey = match state {
        State::First(First::WebAuthn) => {
            let user = turn.exists.then_some(&turn.user);
            let mut txn = ctx.read();
            Some(passkeys::request(ctx, &mut txn, room.pool, user, &turn.user.username).await?)
        }
        _ => None,
    };
    Ok(Provisions { passkey, ..Provisions::default() })
}

/// Takes the answer to SELECT_CHALLENGE: a factor, and what it needs if that came along.
pub(super) async fn select(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let name = answer.responses.require("ANSWER")?;
    let first = First::named(name).ok_or_else(|| errors::challenge_not_offered(name))?;
    let turn = Turn::load(ctx, &mut ctx.read(), room.pool, answer).await?;
    match first {
        First::Password if answer.responses.get("PASSWORD").is_some() => {
            return password::answer(ctx, room, answer).await;
        }
        First::PasswordSrp if answer.responses.get("SRP_A").is_some() => {
            if !turn.journey.offer.contains(&first) {
                return Err(errors::challenge_not_offered(name));
            }
            return srp::answer_srp_a(ctx, room, answer).await;
        }
        _ => {}
    }
    let provisions = provisions(ctx, room, &turn, &State::First(first)).await?;
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    turn::take(ctx, room, &provisions, load, async |_, _| Ok(Ok(Event::Chosen(first)))).await
}

/// Signs a user in who has just confirmed a sign-up: the code of that was the first factor. Good once, and only for the
/// session of ConfirmSignUp.
async fn after_sign_up(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    start: &Start<'_>,
    name: &str,
    session: &str,
) -> Reply<Answer> {
    let key = Session::key_of(&room.pool.id, &answer::session_hash(session));
    let load = async |txn: &mut Txn, pool: &Pool| {
        let session = txn.get::<Session>(&key).await?.ok_or_else(errors::invalid_session)?;
        session.check(start.client_id, start.door.is_admin(), txn.now())?;
        let user = txn.user_if_any(pool, name).await?;
        let user = user.filter(|user| user.sub == session.sub && session.state == State::Confirmed);
        let user = user.ok_or_else(errors::invalid_session)?;
        let turn = Turn::begin(ctx, pool, name, Some(user), session.journey.clone())?;
        Ok(Turn { state: State::Confirmed, session: Some((*session).clone()), ..turn })
    };
    let turn = load(&mut ctx.read(), room.pool).await?;
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;
    turn::take(ctx, room, &Provisions::default(), load, async |_, _| Ok(Ok(Event::Resumed))).await
}

/// What a client wants with TARGET_ACR_VALUES, and what an access token is worth for it.
struct Target {
    level: Level,
    /// What the token's sign-in proved, as far as it leads to the level.
    credit: Vec<Method>,
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html>
async fn target(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    start: &Start<'_>,
    turn: &Turn,
    offer: &[First],
) -> Reply<Option<Target>> {
    let token = start.parameters.get("ACCESS_TOKEN");
    let Some(values) = start.parameters.get("TARGET_ACR_VALUES") else {
        return if token.is_some() { Err(errors::access_token_without_target()) } else { Ok(None) };
    };
    room.pool.settings.needs(Feature::StepUp, true)?;
    let names = room.pool.settings.acr_configuration.as_ref();
    let wanted: Vec<Level> = values.split(' ').filter_map(|value| auth::level_named(names, value)).collect();
    if wanted.is_empty() {
        return Err(errors::no_known_level());
    }
    let subject = Subject { pool: room.pool, client: room.client };
    let level = auth::reachable(subject, &turn.user, offer, &wanted);
    let level = level.map_err(|refused| turn::refusal(room.client, refused))?;
    let credit = match token {
        Some(token) => credit(ctx, start, turn, token, level).await?,
        None => Vec::new(),
    };
    Ok(Some(Target { level, credit }))
}

/// What the sign-in of an access token proved. It is worth nothing if it is older than MAX_AGE, or if the level wants
/// another first factor.
async fn credit(
    ctx: &Ctx<'_>,
    start: &Start<'_>,
    turn: &Turn,
    token: &str,
    level: Level,
) -> Reply<Vec<Method>> {
    let signed = access::caller(ctx, token).await?;
    let User { sub, pool_id, .. } = &turn.user;
    if !turn.exists || signed.user.sub != *sub || signed.pool.id != *pool_id {
        return Err(errors::access_token_of_another());
    }
    let age = ctx.now() - signed.family.auth_time;
    let fresh = match start.parameters.get("MAX_AGE") {
        Some(text) => age <= Span::seconds(text.parse().map_err(|_| errors::invalid_max_age())?),
        None => true,
    };
    if !fresh {
        return Ok(Vec::new());
    }
    let methods = &signed.family.methods;
    if Level::of(methods).is_some_and(|reached| reached >= level) {
        return Err(errors::level_already_reached());
    }
    Ok(if methods.contains(&Method::Password) { methods.clone() } else { Vec::new() })
}

/// Asks the second factor that is missing.
async fn step_up(ctx: &Ctx<'_>, room: &Room<'_>, turn: Turn) -> Reply<Answer> {
    let load = async |txn: &mut Txn, pool: &Pool| {
        let user = txn.get::<User>(&turn.user.key()).await?.filter(|user| user.sub == turn.user.sub);
        let next = Turn::begin(ctx, pool, &turn.user.username, user, turn.journey.clone())?;
        Ok(Turn { state: State::Confirmed, ..next })
    };
    turn::take(ctx, room, &Provisions::default(), load, async |_, _| Ok(Ok(Event::Resumed))).await
}
