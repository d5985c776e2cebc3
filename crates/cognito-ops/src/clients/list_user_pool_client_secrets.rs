//! ListUserPoolClientSecrets: ids and dates of the secrets of a client; there are at most two, so one page holds them.
//! Its tests stand with those of AddUserPoolClientSecret.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClientSecrets.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListUserPoolClientSecretsRequest,
) -> Reply<wire::ListUserPoolClientSecretsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let client = txn.client(&pool, &input.client_id).await?;
    if input.next_token.is_some() {
        return Err(errors::invalid_page_token());
    }
    let secrets = client.secrets.iter().map(views::client_secret).collect();
    Ok(wire::ListUserPoolClientSecretsResponse { client_secrets: Some(secrets), next_token: None })
}
