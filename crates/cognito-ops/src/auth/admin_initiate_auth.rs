//! AdminInitiateAuth: begins a sign-in from a server.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminInitiateAuth.html>

use crate::auth::start::{Door, Start, start};
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminInitiateAuthRequest,
) -> Reply<wire::AdminInitiateAuthResponse> {
    let start_from = Start {
        door: Door::Admin { pool_id: &input.user_pool_id, told: input.context_data.as_ref() },
        client_id: input.client_id.as_str(),
        flow: input.auth_flow,
        parameters: input.auth_parameters.into(),
        session: input.session.as_ref().map(|session| session.as_str()),
        metadata: input.client_metadata.as_ref(),
    };
    Ok(start(ctx, start_from).await?.into())
}
