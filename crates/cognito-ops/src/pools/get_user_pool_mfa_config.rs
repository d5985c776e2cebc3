//! GetUserPoolMfaConfig: the MFA settings of a pool.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolMfaConfig.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetUserPoolMfaConfigRequest,
) -> Reply<wire::GetUserPoolMfaConfigResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    Ok(views::mfa(&pool))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn off_in_a_new_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let answer = world.ok("GetUserPoolMfaConfig", json!({ "UserPoolId": pool })).await;
        assert_eq!(answer, json!({ "MfaConfiguration": "OFF" }));
        assert_eq!(
            world.fails("GetUserPoolMfaConfig", json!({ "UserPoolId": "us-east-1_none" })).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
