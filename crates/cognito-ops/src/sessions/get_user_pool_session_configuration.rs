//! GetUserPoolSessionConfiguration: whether a pool tracks sessions, and how many each user may have.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolSessionConfiguration.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetUserPoolSessionConfigurationRequest,
) -> Reply<wire::GetUserPoolSessionConfigurationResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    let (user_session_tracking, token_session) = views::tracking(pool.session_tracking);
    Ok(wire::GetUserPoolSessionConfigurationResponse {
        user_pool_id: Some(pool.id.clone()),
        user_session_tracking: Some(user_session_tracking),
        token_session: Some(token_session),
    })
}
