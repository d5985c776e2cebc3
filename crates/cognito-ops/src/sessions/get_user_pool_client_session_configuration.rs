//! GetUserPoolClientSessionConfiguration: how long a client silently reuses an SSO session.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolClientSessionConfiguration.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetUserPoolClientSessionConfigurationRequest,
) -> Reply<wire::GetUserPoolClientSessionConfigurationResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let client = txn.client(&pool, &input.client_id).await?;
    Ok(wire::GetUserPoolClientSessionConfigurationResponse {
        user_pool_id: Some(client.pool_id.clone()),
        client_id: Some(client.id.as_str().into()),
        sso_session: Some(views::sso_session(&client)),
    })
}
