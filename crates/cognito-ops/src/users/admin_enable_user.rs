//! AdminEnableUser: lets a disabled user sign in again.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminEnableUser.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminEnableUserRequest,
) -> Reply<wire::AdminEnableUserResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut user = (*txn.user(&pool, &input.username).await?).clone();
        user.enable(true, ctx.now());
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminEnableUserResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn confirms_nobody() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.ok("SignUp", json!({ "ClientId": client, "Username": "alice", "Password": "Abcdef1!" })).await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        world.ok("AdminDisableUser", alice.clone()).await;
        world.ok("AdminEnableUser", alice.clone()).await;
        let user = world.ok("AdminGetUser", alice).await;
        assert_eq!((&user["Enabled"], &user["UserStatus"]), (&json!(true), &json!("UNCONFIRMED")));
    }
}
