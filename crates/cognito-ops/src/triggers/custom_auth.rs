//! DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse: challenges of the app's own.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html>

use cognito_core::auth::{Round, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::{self, Reply};

/// What CreateAuthChallenge made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Created {
    /// For the client, as ChallengeParameters.
    pub(crate) public: Metadata,
    /// For VerifyAuthChallengeResponse.
    pub(crate) private: Metadata,
    /// `challengeMetadata` of the round.
    pub(crate) metadata: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Defined {
    challenge_name: Option<String>,
    issue_tokens: Option<bool>,
    fail_authentication: Option<bool>,
}

/// Asks what comes next after these rounds.
pub(crate) async fn define(
    ctx: &Ctx<'_>,
    about: About<'_>,
    rounds: &[Round],
    metadata: Option<&Metadata>,
) -> Reply<Verdict> {
    let Some(arn) = &about.pool.settings.lambda_config.define_auth_challenge else {
        return Err(errors::custom_auth_not_configured());
    };
    let mut request = event::request_for_sign_in(about, metadata);
    request.insert("session".to_owned(), session(rounds));
    let event = Event {
        trigger: "DefineAuthChallenge",
        version: "1",
        source: "DefineAuthChallenge_Authentication",
        request,
        response: json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null }),
    };
    let defined = event.send::<Defined>(ctx, about, arn).await?.unwrap_or_default();
    Ok(match defined {
        Defined { fail_authentication: Some(true), .. } => Verdict::Fail,
        Defined { issue_tokens: Some(true), .. } => Verdict::IssueTokens,
        Defined { challenge_name: Some(name), .. } => Verdict::Challenge(name),
        Defined { challenge_name: None, .. } => Verdict::Fail,
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    public_challenge_parameters: Option<Metadata>,
    private_challenge_parameters: Option<Metadata>,
    challenge_metadata: Option<String>,
}

/// Makes the next CUSTOM_CHALLENGE.
pub(crate) async fn create(
    ctx: &Ctx<'_>,
    about: About<'_>,
    rounds: &[Round],
    metadata: Option<&Metadata>,
) -> Reply<Created> {
    let Some(arn) = &about.pool.settings.lambda_config.create_auth_challenge else {
        return Ok(Created::default());
    };
    let mut request = event::request_for_sign_in(about, metadata);
    request.insert("challengeName".to_owned(), json!("CUSTOM_CHALLENGE"));
    request.insert("session".to_owned(), session(rounds));
    let event = Event {
        trigger: "CreateAuthChallenge",
        version: "1",
        source: "CreateAuthChallenge_Authentication",
        request,
        response: json!({
            "publicChallengeParameters": null,
            "privateChallengeParameters": null,
            "challengeMetadata": null,
        }),
    };
    let made = event.send::<Made>(ctx, about, arn).await?.unwrap_or_default();
    Ok(Created {
        public: made.public_challenge_parameters.unwrap_or_default(),
        private: made.private_challenge_parameters.unwrap_or_default(),
        metadata: made.challenge_metadata,
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    answer_correct: Option<bool>,
}

/// Whether an answer is right. In a pool without the function none is.
pub(crate) async fn verify(
    ctx: &Ctx<'_>,
    about: About<'_>,
    private: &Metadata,
    answer: &str,
    metadata: Option<&Metadata>,
) -> Reply<bool> {
    let Some(arn) = &about.pool.settings.lambda_config.verify_auth_challenge_response else {
        return Ok(false);
    };
    let mut request = event::request_for_sign_in(about, metadata);
    request.insert("privateChallengeParameters".to_owned(), json!(private));
    request.insert("challengeAnswer".to_owned(), json!(answer));
    let event = Event {
        trigger: "VerifyAuthChallengeResponse",
        version: "1",
        source: "VerifyAuthChallengeResponse_Authentication",
        request,
        response: json!({ "answerCorrect": null }),
    };
    let verified = event.send::<Verified>(ctx, about, arn).await?.unwrap_or_default();
    Ok(verified.answer_correct == Some(true))
}

fn session(rounds: &[Round]) -> Value {
    let round = |round: &Round| {
        json!({
            "challengeName": round.challenge,
            "challengeResult": round.result,
            "challengeMetadata": round.metadata,
        })
    };
    rounds.iter().map(round).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::functions::arn;
    use testkit::world::merged;

    const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";
    const UNRECOGNIZABLE: &str = "InvalidLambdaResponseException: Unrecognizable lambda output";

    /// A riddle, which may be answered twice.
    async fn world(client: Value) -> (World, String, String) {
        let world = World::new().await;
        let lambda = json!({
            "DefineAuthChallenge": arn("define"),
            "CreateAuthChallenge": arn("create"),
            "VerifyAuthChallengeResponse": arn("verify"),
        });
        let pool = world.pool(json!({ "LambdaConfig": lambda })).await;
        let flows = json!({ "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
        let client = world.client(&pool, merged(flows, client)).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.functions.answer(&arn("define"), |event| {
            let rounds = event["request"]["session"].as_array().cloned().unwrap_or_default();
            let response = match rounds.last() {
                Some(round) if round["challengeResult"] == json!(true) => json!({ "issueTokens": true }),
                Some(_) if rounds.len() > 1 => json!({ "failAuthentication": true, "issueTokens": true }),
                _ => json!({ "challengeName": "CUSTOM_CHALLENGE", "issueTokens": false }),
            };
            Ok(merged(event, json!({ "response": response })))
        });
        world.functions.respond(
            "create",
            json!({
                "publicChallengeParameters": { "riddle": "2+2" },
                "privateChallengeParameters": { "answer": "4" },
                "challengeMetadata": "SUM",
            }),
        );
        world.functions.answer(&arn("verify"), |event| {
            let request = &event["request"];
            let right = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"];
            Ok(merged(event, json!({ "response": { "answerCorrect": right } })))
        });
        (world, pool, client)
    }

    fn start(client: &str, username: &str) -> Value {
        json!({ "ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": { "USERNAME": username } })
    }

    fn answer(client: &str, challenge: &Value, username: &str, answer: &str) -> Value {
        json!({
            "ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": challenge["Session"],
            "ChallengeResponses": { "USERNAME": username, "ANSWER": answer },
            "ClientMetadata": { "from": "here" },
        })
    }

    #[tokio::test]
    async fn the_events() {
        let (world, pool, client) = world(json!({})).await;
        let challenge = world.ok("InitiateAuth", start(&client, "alice")).await;
        assert_eq!(challenge["ChallengeParameters"]["riddle"], "2+2");
        assert_eq!(challenge["ChallengeParameters"].get("answer"), None);
        world.ok("RespondToAuthChallenge", answer(&client, &challenge, "alice", "4")).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        let attributes =
            json!({ "sub": user["UserAttributes"][0]["Value"], "cognito:user_status": "CONFIRMED" });
        let event = |trigger: &str, request: Value, response: Value| {
            json!({
                "version": "1",
                "triggerSource": format!("{trigger}_Authentication"),
                "region": "us-east-1",
                "userPoolId": pool,
                "userName": "alice",
                "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
                "request": merged(json!({ "userAttributes": attributes }), request),
                "response": response,
            })
        };
        let define = |request: Value| {
            let response = json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null });
            event("DefineAuthChallenge", request, response)
        };
        let round = json!([
            { "challengeName": "CUSTOM_CHALLENGE", "challengeResult": true, "challengeMetadata": "SUM" },
        ]);
        let metadata = json!({ "from": "here" });
        let create = event(
            "CreateAuthChallenge",
            json!({ "challengeName": "CUSTOM_CHALLENGE", "session": [] }),
            json!({
                "publicChallengeParameters": null, "privateChallengeParameters": null, "challengeMetadata": null,
            }),
        );
        let verify = event(
            "VerifyAuthChallengeResponse",
            json!({
                "privateChallengeParameters": { "answer": "4" },
                "challengeAnswer": "4",
                "clientMetadata": metadata,
            }),
            json!({ "answerCorrect": null }),
        );
        let expected = [
            define(json!({ "session": [] })),
            create,
            verify,
            define(json!({ "session": round, "clientMetadata": metadata })),
        ];
        assert_eq!(world.functions.events(), expected);
    }

    #[tokio::test]
    async fn the_function_decides_how_often_one_may_try() {
        let (world, _, client) = world(json!({})).await;
        let challenge = world.ok("InitiateAuth", start(&client, "alice")).await;
        let again = world.ok("RespondToAuthChallenge", answer(&client, &challenge, "alice", "5")).await;
        assert_eq!(again["ChallengeName"], "CUSTOM_CHALLENGE");
        let tokens = world.ok("RespondToAuthChallenge", answer(&client, &again, "alice", "4")).await;
        assert!(tokens["AuthenticationResult"]["IdToken"].is_string());

        let challenge = world.ok("InitiateAuth", start(&client, "alice")).await;
        let again = world.ok("RespondToAuthChallenge", answer(&client, &challenge, "alice", "5")).await;
        let refused = world.fails("RespondToAuthChallenge", answer(&client, &again, "alice", "5")).await;
        assert_eq!(refused, WRONG, "failing beats issuing");
    }

    #[tokio::test]
    async fn hidden_users_are_asked_like_others() {
        let (world, _, client) = world(json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        let challenge = world.ok("InitiateAuth", start(&client, "nobody")).await;
        assert_eq!(challenge["ChallengeName"], "CUSTOM_CHALLENGE");
        let refused = world.fails("RespondToAuthChallenge", answer(&client, &challenge, "nobody", "4")).await;
        assert_eq!(refused, WRONG);
        for event in world.functions.events() {
            assert_eq!(event["request"]["userNotFound"], true, "{event}");
            assert_eq!(event["request"]["userAttributes"], json!({}), "{event}");
        }
        world.ok("InitiateAuth", start(&client, "alice")).await;
        let last = world.functions.events().pop().map(|event| event["request"]["userNotFound"].clone());
        assert_eq!(last, Some(json!(false)));
    }

    #[tokio::test]
    async fn answers_that_cannot_be_used() {
        let check = async |name: &str, response: Value, expected: &str| {
            let (world, _, client) = world(json!({})).await;
            world.functions.respond(name, response);
            assert_eq!(world.fails("InitiateAuth", start(&client, "alice")).await, expected, "{name}");
        };
        check("define", json!({ "issueTokens": "true" }), UNRECOGNIZABLE).await;
        check("define", json!({}), WRONG).await;
        check("create", json!({ "publicChallengeParameters": { "riddle": 4 } }), UNRECOGNIZABLE).await;
        let (world, _, client) = world(json!({})).await;
        let challenge = world.ok("InitiateAuth", start(&client, "alice")).await;
        world.functions.respond("verify", json!({ "answerCorrect": "yes" }));
        let refused = world.fails("RespondToAuthChallenge", answer(&client, &challenge, "alice", "4")).await;
        assert_eq!(refused, UNRECOGNIZABLE);
    }

    #[tokio::test]
    async fn without_functions_there_is_no_such_flow() {
        let (world, pool, client) = world(json!({})).await;
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(
            world.fails("InitiateAuth", start(&client, "alice")).await,
            "InvalidParameterException: Custom auth lambda trigger is not configured for the user pool."
        );
    }
}
