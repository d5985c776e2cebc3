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
    let turn = Turn::begin(ctx, room.pool, name, user, journey);
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;
    let judged = judge(ctx, room, &turn).await?;
    let offer = match a {
        Some(a) if judged.verdict == Verdict::Challenge("PASSWORD_VERIFIER".to_owned()) => {
            Some(srp::offer_password(ctx, room, &turn, a).await?)
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
            Ok(Turn::begin(ctx, pool, name, user, turn.journey.clone()))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::functions::arn;
    use testkit::world::merged;

    use crate::auth::testing::{PASSWORD, Scene, USED_SESSION, WRONG, is_signed_in};

    /// A riddle with the answer 42, of which `tries` answers are taken; then tokens.
    async fn scene(tries: usize, client: Value) -> Scene {
        let names = ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"];
        let lambda: Value = names.iter().map(|name| (name.to_string(), json!(arn(name)))).collect();
        let scene = Scene::new(json!({ "LambdaConfig": lambda }), client).await;
        let functions = &scene.world.functions;
        functions.answer(&arn("DefineAuthChallenge"), move |event| {
            let rounds = event["request"]["session"].as_array().unwrap();
            let riddles = rounds.iter().filter(|round| round["challengeName"] == "CUSTOM_CHALLENGE");
            let last = rounds.last();
            let by_srp = rounds.first().is_some_and(|round| round["challengeName"] == "SRP_A");
            let response = if by_srp && rounds.len() == 1 {
                json!({ "challengeName": "PASSWORD_VERIFIER", "issueTokens": false, "failAuthentication": false })
            } else if last.is_some_and(|round| {
                round["challengeName"] == "CUSTOM_CHALLENGE" && round["challengeResult"] == true
            }) {
                json!({ "issueTokens": true, "failAuthentication": false })
            } else if riddles.count() < tries {
                json!({ "challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false })
            } else {
                json!({ "issueTokens": false, "failAuthentication": true })
            };
            Ok(merged(event, json!({ "response": response })))
        });
        functions.respond(
            "CreateAuthChallenge",
            json!({
                "publicChallengeParameters": { "riddle": "6 x 7" },
                "privateChallengeParameters": { "answer": "42" },
                "challengeMetadata": "RIDDLE",
            }),
        );
        functions.answer(&arn("VerifyAuthChallengeResponse"), |event| {
            let request = &event["request"];
            let right = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"];
            Ok(merged(event, json!({ "response": { "answerCorrect": right } })))
        });
        scene
    }

    async fn asked(scene: &Scene) -> Value {
        scene.initiate("CUSTOM_AUTH", json!({ "USERNAME": "alice" })).await
    }

    #[tokio::test]
    async fn the_functions_ask_judge_and_issue_tokens() {
        let scene = scene(1, json!({})).await;
        let first = asked(&scene).await;
        assert_eq!(first["ChallengeName"], "CUSTOM_CHALLENGE");
        assert_eq!(first["ChallengeParameters"], json!({ "USERNAME": "alice", "riddle": "6 x 7" }));
        assert!(is_signed_in(&scene.respond(&first, json!({ "ANSWER": "42" })).await));
        assert_eq!(scene.refuses(&first, json!({ "ANSWER": "42" })).await, USED_SESSION);
    }

    #[tokio::test]
    async fn a_wrong_answer_may_be_tried_again_as_often_as_defined() {
        let scene = scene(2, json!({})).await;
        let first = asked(&scene).await;
        let second = scene.respond(&first, json!({ "ANSWER": "41" })).await;
        assert_eq!(second["ChallengeName"], "CUSTOM_CHALLENGE");
        assert_ne!(first["Session"], second["Session"]);
        assert_eq!(scene.refuses(&second, json!({ "ANSWER": "43" })).await, WRONG);
        let events = scene.world.functions.events();
        let rounds: Vec<_> = events
            .iter()
            .filter(|event| event["triggerSource"] == "DefineAuthChallenge_Authentication")
            .map(|event| event["request"]["session"].as_array().unwrap().len())
            .collect();
        assert_eq!(rounds, [0, 1, 2]);
        let round = json!({
            "challengeName": "CUSTOM_CHALLENGE", "challengeResult": false, "challengeMetadata": "RIDDLE",
        });
        assert_eq!(events.last().unwrap()["request"]["session"][0], round);
    }

    #[tokio::test]
    async fn the_proof_of_the_password_may_come_first() {
        let scene = scene(1, json!({})).await;
        let client = testkit::srp::Client::new(&[0x33; 32]);
        let start = json!({ "USERNAME": "alice", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.srp_a() });
        let first = scene.initiate("CUSTOM_AUTH", start).await;
        assert_eq!(first["ChallengeName"], "PASSWORD_VERIFIER");
        let (_, pool_name) = scene.pool.split_once('_').unwrap();
        let now = testkit::srp::timestamp(scene.world.now());
        let proof = |password: &str| {
            json!({
                "TIMESTAMP": now,
                "PASSWORD_CLAIM_SECRET_BLOCK": first["ChallengeParameters"]["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE":
                    client.answer(pool_name, "alice", password, &first["ChallengeParameters"], &now),
            })
        };
        let next = scene.respond(&first, proof(PASSWORD)).await;
        assert_eq!(next["ChallengeName"], "CUSTOM_CHALLENGE");
        assert!(is_signed_in(&scene.respond(&next, json!({ "ANSWER": "42" })).await));

        let again = scene.initiate("CUSTOM_AUTH", json!({ "USERNAME": "alice" })).await;
        assert_eq!(again["ChallengeName"], "CUSTOM_CHALLENGE", "without SRP_A there is no proof");
        assert_eq!(scene.refuses(&first, proof("Wrong1!x")).await, WRONG);
    }

    #[tokio::test]
    async fn one_who_does_not_exist_is_asked_and_never_signed_in() {
        let scene = scene(1, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        let first = scene.initiate("CUSTOM_AUTH", json!({ "USERNAME": "nobody" })).await;
        assert_eq!(first["ChallengeName"], "CUSTOM_CHALLENGE");
        let input = scene.answer(&first, json!({ "USERNAME": "nobody", "ANSWER": "42" }));
        assert_eq!(scene.world.fails("RespondToAuthChallenge", input).await, WRONG);
        let events = scene.world.functions.events();
        assert!(events.iter().all(|event| event["request"]["userNotFound"] == true), "{events:?}");
    }

    #[tokio::test]
    async fn a_disabled_user_is_refused_when_the_tokens_are_due() {
        let scene = scene(1, json!({})).await;
        let first = asked(&scene).await;
        scene.admin("AdminDisableUser", json!({})).await;
        let refused = scene.refuses(&first, json!({ "ANSWER": "42" })).await;
        assert_eq!(
            refused, "NotAuthorizedException: Invalid session for the user.",
            "disabling ends sessions"
        );
        let second = asked(&scene).await;
        assert_eq!(
            scene.refuses(&second, json!({ "ANSWER": "42" })).await,
            "NotAuthorizedException: User is disabled."
        );
    }

    #[tokio::test]
    async fn a_challenge_that_there_is_not() {
        let scene = scene(1, json!({})).await;
        scene.world.functions.respond("DefineAuthChallenge", json!({ "challengeName": "COFFEE" }));
        let input = scene.start("CUSTOM_AUTH", json!({ "USERNAME": "alice" }));
        assert_eq!(
            scene.world.fails("InitiateAuth", input).await,
            "InvalidLambdaResponseException: Unrecognizable lambda output"
        );
    }
}
