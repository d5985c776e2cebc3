//! RevokeUserSession: ends another session of the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeUserSession.html>

use super::tracked;
use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::RevokeUserSessionRequest,
) -> Reply<wire::RevokeUserSessionResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    ctx.write(async |txn| {
        let signed = access::signed(txn, &token).await?;
        signed.pool.check_tracking()?;
        if signed.family.session_id() == input.session_id {
            return Err(errors::own_session());
        }
        tracked::revoke(txn, &signed.user, &input.session_id, input.revoke_associated_sessions).await
    })
    .await?;
    Ok(wire::RevokeUserSessionResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn another_one_of_ones_own() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let set = json!({
            "UserPoolId": pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 },
        });
        world.ok("SetUserPoolSessionConfiguration", set.clone()).await;
        for username in ["alice", "bob"] {
            world.user(&pool, username, "Abcdef1!").await;
        }
        let bob = world.sign_in(&client, "bob", "Abcdef1!").await;
        let own = world.sign_in(&client, "alice", "Abcdef1!").await;
        let other = world.sign_in(&client, "alice", "Abcdef1!").await;
        let session = async |tokens: &Value| {
            let answer = world.ok("ListUserSessions", json!({ "AccessToken": tokens["AccessToken"] })).await;
            let sessions = answer["Sessions"].as_array().unwrap().clone();
            let current = sessions.into_iter().find(|session| session["IsCurrentSession"] == true);
            current.unwrap()["SessionId"].clone()
        };
        let (mine, others, bobs) = (session(&own).await, session(&other).await, session(&bob).await);
        let revoke = |id: &Value| json!({ "AccessToken": own["AccessToken"], "SessionId": id });
        assert_eq!(
            world.fails("RevokeUserSession", revoke(&mine)).await,
            "InvalidParameterException: The current session cannot be revoked."
        );
        let missing = "ResourceNotFoundException: Session does not exist.";
        for id in [bobs, json!(format!("sso{}", "a".repeat(25)))] {
            assert_eq!(world.fails("RevokeUserSession", revoke(&id)).await, missing);
        }
        let mut linked = revoke(&others);
        linked["RevokeAssociatedSessions"] = json!("LINKED");
        assert_eq!(world.ok("RevokeUserSession", linked).await, json!({}));
        assert_eq!(world.fails("RevokeUserSession", revoke(&others)).await, missing);
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": other["AccessToken"] })).await,
            "NotAuthorizedException: Access Token has been revoked"
        );
        assert_eq!(
            world
                .fails(
                    "GetTokensFromRefreshToken",
                    json!({ "ClientId": client, "RefreshToken": other["RefreshToken"] })
                )
                .await,
            "NotAuthorizedException: Refresh Token has been revoked"
        );
        for lives in [&own, &bob] {
            world.ok("GetUser", json!({ "AccessToken": lives["AccessToken"] })).await;
        }
        let mut off = set;
        off["UserSessionTracking"] = json!("DISABLED");
        world.ok("SetUserPoolSessionConfiguration", off).await;
        assert_eq!(
            world.fails("RevokeUserSession", revoke(&others)).await,
            "OperationNotEnabledException: Session tracking is not enabled for the user pool."
        );
    }
}
