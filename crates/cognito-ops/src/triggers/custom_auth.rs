//! DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse: challenges of the app's own.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html>

use cognito_core::auth::{Round, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

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

/// Asks what comes next after these rounds. A pool without the function lets nobody in.
pub(crate) async fn define(
    ctx: &Ctx<'_>,
    about: About<'_>,
    rounds: &[Round],
    metadata: Option<&Metadata>,
) -> Reply<Verdict> {
    let Some(arn) = &about.pool.settings.lambda_config.define_auth_challenge else {
        return Ok(Verdict::Fail);
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
