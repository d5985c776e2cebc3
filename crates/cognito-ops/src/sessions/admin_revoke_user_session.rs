//! AdminRevokeUserSession: ends a session of a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminRevokeUserSession.html>

use super::tracked;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminRevokeUserSessionRequest,
) -> Reply<wire::AdminRevokeUserSessionResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        pool.check_tracking()?;
        let user = txn.user(&pool, &input.username).await?;
        tracked::revoke(txn, &user, &input.session_id, input.revoke_associated_sessions).await
    })
    .await?;
    Ok(wire::AdminRevokeUserSessionResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn of_that_user_only() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        for username in ["alice", "bob"] {
            world.user(&pool, username, "Abcdef1!").await;
        }
        let id = format!("tkn{}", "a".repeat(25));
        let unknown = json!({ "UserPoolId": pool, "Username": "alice", "SessionId": id });
        assert_eq!(
            world.fails("AdminRevokeUserSession", unknown.clone()).await,
            "OperationNotEnabledException: Session tracking is not enabled for the user pool."
        );
        let set = json!({
            "UserPoolId": pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 },
        });
        world.ok("SetUserPoolSessionConfiguration", set).await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let other = world.sign_in(&client, "alice", "Abcdef1!").await;
        let own = world.ok("ListUserSessions", json!({ "AccessToken": tokens["AccessToken"] })).await;
        let own =
            own["Sessions"].as_array().unwrap().iter().find(|session| session["IsCurrentSession"] == true);
        let id = &own.unwrap()["SessionId"];
        let revoke = |username: &str| json!({ "UserPoolId": pool, "Username": username, "SessionId": id });
        let missing = "ResourceNotFoundException: Session does not exist.";
        assert_eq!(world.fails("AdminRevokeUserSession", revoke("bob")).await, missing);
        assert_eq!(world.fails("AdminRevokeUserSession", unknown).await, missing);
        assert_eq!(
            world.fails("AdminRevokeUserSession", revoke("carol")).await,
            "UserNotFoundException: User does not exist."
        );
        assert_eq!(world.ok("AdminRevokeUserSession", revoke("alice")).await, json!({}));
        assert_eq!(world.fails("AdminRevokeUserSession", revoke("alice")).await, missing);
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await,
            "NotAuthorizedException: Access Token has been revoked"
        );
        world.ok("GetUser", json!({ "AccessToken": other["AccessToken"] })).await;
    }
}
