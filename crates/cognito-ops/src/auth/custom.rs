//! CUSTOM_AUTH: challenges that the app's own functions define, make and verify.

use cognito_core::auth::{Event, Flow, Journey, Round, Verdict};
use cognito_core::session::Material;

use super::answer::Answer;
use super::respond::Respond;
use super::srp;
use super::start::{Start, find_user};
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;
use crate::triggers::custom_auth::{self, Created};
use crate::triggers::pre_authentication;

/// What DefineAuthChallenge decided, and the challenge that it wants.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) created: Option<Created>,
}

/// Asks DefineAuthChallenge what comes next, and CreateAuthChallenge for the challenge if it is one.
pub(super) async fn judge(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn) -> Reply<Judged> {
    let rounds = &turn.journey.rounds;
    let about = turn.about(room);
    let verdict = custom_auth::define(ctx, about, rounds, room.metadata).await?;
    let wants_challenge = verdict == Verdict::Challenge("CUSTOM_CHALLENGE".to_owned());
    let created = match wants_challenge {
        true => Some(custom_auth::create(ctx, about, rounds, room.metadata).await?),
        false => None,
    };
    Ok(Judged { verdict, created })
}

/// Begins with whatever DefineAuthChallenge wants; with the proof of a password first if the client sent SRP_A.
pub(super) async fn begin(ctx: &Ctx<'_>, room: &Room<'_>, start: &Start<'_>) -> Reply<Answer> {
    let name = start.name(room.client)?;
    let a = match start.parameters.get("CHALLENGE_NAME") {
        Some("SRP_A") => Some(srp::public_value(start.parameters.require("SRP_A")?)?),
        _ => None,
    };
    let user = find_user(ctx, room, name).await?;
    let mut journey = Journey::new(Flow::Custom);
    if a.is_some() {
        journey.rounds.push(Round { challenge: "SRP_A".to_owned(), result: true, metadata: None });
    }
    start.name_device(ctx, room, user.as_deref(), &mut journey).await?;
    let turn = Turn::begin(ctx, room.pool, name, user, journey)?;
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;
    let judged = judge(ctx, room, &turn).await?;
    let offer = match a {
        Some(a) if judged.verdict == Verdict::Challenge("PASSWORD_VERIFIER".to_owned()) => {
            Some(srp::offer_password(ctx, room, &turn, a)?)
        }
        _ => None,
    };
    let verdict = judged.verdict.clone();
    let provisions = Provisions { judged: Some(judged), srp: offer, ..Provisions::default() };
    turn::take(
        ctx,
        room,
        &provisions,
        async |txn, pool| {
            let user = txn.user_if_any(pool, name).await?;
            Turn::begin(ctx, pool, name, user, turn.journey.clone())
        },
        async |_, _| Ok(Ok(Event::Verdict(verdict.clone()))),
    )
    .await
}

/// Lets VerifyAuthChallengeResponse look at an answer, and DefineAuthChallenge at the result.
pub(super) async fn answer(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let given = answer.responses.require("ANSWER")?;
    let turn = Turn::load(ctx, &mut ctx.read(), room.pool, answer).await?;
    let Some(Material::Private { parameters, metadata }) =
        turn.session.as_ref().map(|session| &session.material)
    else {
        return Err(errors::invalid_session());
    };
    let right = custom_auth::verify(ctx, turn.about(room), parameters, given, room.metadata).await?;
    let event = || Event::Custom { right, metadata: metadata.clone() };
    let load = async |txn: &mut _, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    let judged = turn::rehearse(ctx, room, load, async |_, _| Ok(Ok(event()))).await?;
    let provisions = Provisions { judged, ..Provisions::default() };
    turn::take(ctx, room, &provisions, load, async |_, _| Ok(Ok(event()))).await
}
