//! AdminListUserSessions: the active sessions of a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListUserSessions.html>

use super::tracked;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminListUserSessionsRequest,
) -> Reply<wire::AdminListUserSessionsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    pool.check_tracking()?;
    let user = txn.user(&pool, &input.username).await?;
    let (sessions, next_token) =
        tracked::page(ctx, &mut txn, &user, input.next_token.as_deref(), None).await?;
    Ok(wire::AdminListUserSessionsResponse { sessions: Some(sessions), next_token })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, password_auth};

    async fn tracking() -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        for username in ["alice", "bob"] {
            world.user(&pool, username, "Abcdef1!").await;
        }
        track(&world, &pool, 20).await;
        (world, pool, client)
    }

    async fn track(world: &World, pool: &str, max: i32) {
        let set = json!({
            "UserPoolId": pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": max },
        });
        world.ok("SetUserPoolSessionConfiguration", set).await;
    }

    async fn sessions(world: &World, pool: &str, username: &str) -> Vec<Value> {
        let user = json!({ "UserPoolId": pool, "Username": username });
        let answer = world.ok("AdminListUserSessions", user).await;
        assert_eq!(answer.get("NextToken"), None);
        answer["Sessions"].as_array().unwrap().clone()
    }

    #[tokio::test]
    async fn what_is_told_of_a_session() {
        let (world, pool, client) = tracking().await;
        let mut caller = World::caller();
        caller.source_ip = Some("192.0.2.1".to_owned());
        caller.user_agent =
            Some("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0".to_owned());
        let sign_in = password_auth(&client, "alice", "Abcdef1!");
        let answer = world.call_as(caller.clone(), "InitiateAuth", sign_in).await.unwrap();
        let refresh = json!({
            "ClientId": client, "RefreshToken": answer["AuthenticationResult"]["RefreshToken"],
        });
        let mut expected = json!({
            "SessionId": "", "SessionType": "TOKEN", "ClientId": client,
            "CreateDate": 1_767_776_887, "LastActiveDate": 1_767_776_887, "DeviceType": "Linux, Firefox",
            "LastIPAddress": "192.0.2.1", "LastLocation": { "Country": "unknown" }, "IsCurrentSession": false,
        });
        let session = sessions(&world, &pool, "alice").await.remove(0);
        let id = session["SessionId"].as_str().unwrap();
        assert!(id.len() == 28 && id.starts_with("tkn"), "{id}");
        expected["SessionId"] = json!(id);
        assert_eq!(session, expected);

        world.advance(Span::seconds(60));
        caller.source_ip = Some("2001:db8::1".to_owned());
        caller.user_agent = None;
        world.call_as(caller, "GetTokensFromRefreshToken", refresh).await.unwrap();
        let refreshed = merged(
            expected,
            json!({
                "LastActiveDate": 1_767_776_947, "DeviceType": "unknown", "LastIPAddress": "2001:db8::1",
            }),
        );
        assert_eq!(sessions(&world, &pool, "alice").await, [refreshed]);
        assert_eq!(sessions(&world, &pool, "bob").await, [Value::Null; 0]);
    }

    #[tokio::test]
    async fn only_the_active_ones() {
        let (world, pool, client) = tracking().await;
        let first = world.sign_in(&client, "alice", "Abcdef1!").await;
        world.advance(Span::days(1));
        world.sign_in(&client, "alice", "Abcdef1!").await;
        assert_eq!(sessions(&world, &pool, "alice").await.len(), 2);
        let revoke = json!({
            "ClientId": client, "Token": first["RefreshToken"], "RevokeAssociatedSessions": "LINKED",
        });
        world.ok("RevokeToken", revoke).await;
        assert_eq!(sessions(&world, &pool, "alice").await.len(), 1);
        world.advance(Span::days(30));
        assert_eq!(sessions(&world, &pool, "alice").await.len(), 0, "its refresh token has expired");
        world.sign_in(&client, "alice", "Abcdef1!").await;
        world.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(sessions(&world, &pool, "alice").await.len(), 0);
    }

    #[tokio::test]
    async fn the_least_recently_used_gives_way() {
        let (world, pool, client) = tracking().await;
        track(&world, &pool, 3).await;
        let mut tokens = Vec::new();
        for _ in 0..3 {
            tokens.push(world.sign_in(&client, "alice", "Abcdef1!").await);
            world.advance(Span::seconds(1));
        }
        let get_user = |tokens: &Value| json!({ "AccessToken": tokens["AccessToken"] });
        let flow = json!({
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": tokens[0]["RefreshToken"] },
        });
        world.ok("InitiateAuth", flow).await;
        world.sign_in(&client, "bob", "Abcdef1!").await;
        tokens.push(world.sign_in(&client, "alice", "Abcdef1!").await);
        assert_eq!(
            world.fails("GetUser", get_user(&tokens[1])).await,
            "NotAuthorizedException: Access Token has been revoked"
        );
        for lives in [0, 2, 3] {
            world.ok("GetUser", get_user(&tokens[lives])).await;
        }
        // A lower limit ends nothing before the next sign-in.
        track(&world, &pool, 1).await;
        assert_eq!(sessions(&world, &pool, "alice").await.len(), 3);
        world.sign_in(&client, "alice", "Abcdef1!").await;
        assert_eq!(sessions(&world, &pool, "alice").await.len(), 1);
        assert_eq!(sessions(&world, &pool, "bob").await.len(), 1);
    }

    #[tokio::test]
    async fn without_tracking_sessions_are_not_limited_and_not_listed() {
        let (world, pool, client) = tracking().await;
        track(&world, &pool, 1).await;
        let off = json!({
            "UserPoolId": pool, "UserSessionTracking": "DISABLED", "TokenSession": { "MaxPerUser": 1 },
        });
        world.ok("SetUserPoolSessionConfiguration", off).await;
        let first = world.sign_in(&client, "alice", "Abcdef1!").await;
        world.sign_in(&client, "alice", "Abcdef1!").await;
        world.ok("GetUser", json!({ "AccessToken": first["AccessToken"] })).await;
        let user = json!({ "UserPoolId": pool, "Username": "alice" });
        assert_eq!(
            world.fails("AdminListUserSessions", user.clone()).await,
            "OperationNotEnabledException: Session tracking is not enabled for the user pool."
        );
        track(&world, &pool, 20).await;
        assert_eq!(sessions(&world, &pool, "alice").await.len(), 2);
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "UserPoolTier": "LITE" })).await;
        assert_eq!(
            world.fails("AdminListUserSessions", user).await,
            "OperationNotEnabledException: Session tracking is not enabled for the user pool."
        );
    }

    #[tokio::test]
    async fn more_than_a_page_of_untracked_sign_ins() {
        let (world, pool, client) = tracking().await;
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "UserPoolTier": "LITE" })).await;
        for _ in 0..130 {
            world.sign_in(&client, "alice", "Abcdef1!").await;
        }
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool })).await;
        let user = json!({ "UserPoolId": pool, "Username": "alice" });
        let page = world.ok("AdminListUserSessions", user.clone()).await;
        assert_eq!(page["Sessions"].as_array().map(Vec::len), Some(125));
        let next = json!({ "NextToken": page["NextToken"] });
        let page = world.ok("AdminListUserSessions", merged(user, next.clone())).await;
        assert_eq!((page["Sessions"].as_array().map(Vec::len), page.get("NextToken")), (Some(5), None));
        let bob = json!({ "UserPoolId": pool, "Username": "bob" });
        assert_eq!(
            world.fails("AdminListUserSessions", merged(bob, next)).await,
            "InvalidParameterException: Invalid pagination token."
        );
    }

    #[tokio::test]
    async fn unknown_user() {
        let (world, pool, _) = tracking().await;
        assert_eq!(
            world.fails("AdminListUserSessions", json!({ "UserPoolId": pool, "Username": "carol" })).await,
            "UserNotFoundException: User does not exist."
        );
    }
}
