//! AdminUserGlobalSignOut: ends every session of a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminUserGlobalSignOutRequest,
) -> Reply<wire::AdminUserGlobalSignOutResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut user = (*txn.user(&pool, &input.username).await?).clone();
        user.sign_out();
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminUserGlobalSignOutResponse {})
}
