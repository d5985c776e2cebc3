//! AdminRespondToAuthChallenge: answers a challenge from a server.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminRespondToAuthChallenge.html>

use crate::auth::{
    respond::{Respond, respond},
    start::Door,
};
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminRespondToAuthChallengeRequest,
) -> Reply<wire::AdminRespondToAuthChallengeResponse> {
    let answer = Respond {
        door: Door::Admin { pool_id: &input.user_pool_id, told: input.context_data.as_ref() },
        client_id: input.client_id.as_str(),
        challenge: input.challenge_name,
        session: input.session.as_ref().map(|session| session.as_str()),
        responses: input.challenge_responses.into(),
        metadata: input.client_metadata.as_ref(),
    };
    Ok(respond(ctx, answer).await?.into())
}
