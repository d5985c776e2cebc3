//! DeleteUserPoolClientSecret: deletes one of two secrets. Its tests stand with those of AddUserPoolClientSecret.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPoolClientSecret.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DeleteUserPoolClientSecretRequest,
) -> Reply<wire::DeleteUserPoolClientSecretResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut client = (*txn.client(&pool, &input.client_id).await?).clone();
        client.delete_secret(&input.client_secret_id, ctx.now())?;
        txn.save(&client);
        Ok(())
    })
    .await?;
    Ok(wire::DeleteUserPoolClientSecretResponse {})
}
