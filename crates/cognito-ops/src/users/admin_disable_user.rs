//! AdminDisableUser: keeps a user from signing in, and ends every session.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDisableUser.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminDisableUserRequest,
) -> Reply<wire::AdminDisableUserResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut user = (*txn.user(&pool, &input.username).await?).clone();
        user.enable(false, ctx.now());
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminDisableUserResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::password_auth;

    #[tokio::test]
    async fn ends_sessions_until_the_user_is_enabled_again() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        let token =
            json!({ "AccessToken": world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"] });
        for _ in 0..2 {
            assert_eq!(world.ok("AdminDisableUser", alice.clone()).await, json!({}));
            assert_eq!(world.ok("AdminGetUser", alice.clone()).await["Enabled"], json!(false));
        }
        let disabled = "NotAuthorizedException: User is disabled.";
        assert_eq!(world.fails("GetUser", token.clone()).await, disabled);
        assert_eq!(world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await, disabled);
        for _ in 0..2 {
            assert_eq!(world.ok("AdminEnableUser", alice.clone()).await, json!({}));
            assert_eq!(world.ok("AdminGetUser", alice.clone()).await["Enabled"], json!(true));
        }
        let revoked = "NotAuthorizedException: Access Token has been revoked";
        assert_eq!(world.fails("GetUser", token).await, revoked);
        world.sign_in(&client, "alice", "Abcdef1!").await;
    }

    #[tokio::test]
    async fn unknown_user() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        for operation in ["AdminDisableUser", "AdminEnableUser"] {
            let failure = world.fails(operation, json!({ "UserPoolId": pool, "Username": "alice" })).await;
            assert_eq!(failure, "UserNotFoundException: User does not exist.");
        }
    }
}
