//! ListUserSessions: the active sessions of the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserSessions.html>

use super::tracked;
use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListUserSessionsRequest,
) -> Reply<wire::ListUserSessionsResponse> {
    let signed = access::caller(ctx, &input.access_token).await?;
    signed.pool.check_tracking()?;
    let (mut txn, own) = (ctx.read(), Some(&*signed.family));
    let (sessions, next_token) =
        tracked::page(ctx, &mut txn, &signed.user, input.next_token.as_deref(), own).await?;
    Ok(wire::ListUserSessionsResponse { sessions: Some(sessions), next_token })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn through_every_client_and_which_is_the_own() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let clients = [world.client(&pool, json!({})).await, world.client(&pool, json!({})).await];
        world.user(&pool, "alice", "Abcdef1!").await;
        let mut tokens = Vec::new();
        for client in &clients {
            tokens.push(world.sign_in(client, "alice", "Abcdef1!").await);
            world.advance(cognito_core::Span::seconds(1));
        }
        let own = |tokens: &Value| json!({ "AccessToken": tokens["AccessToken"] });
        assert_eq!(
            world.fails("ListUserSessions", own(&tokens[0])).await,
            "OperationNotEnabledException: Session tracking is not enabled for the user pool."
        );
        let set = json!({
            "UserPoolId": pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 },
        });
        world.ok("SetUserPoolSessionConfiguration", set).await;
        for (own_index, tokens) in tokens.iter().enumerate() {
            let answer = world.ok("ListUserSessions", own(tokens)).await;
            let sessions = answer["Sessions"].as_array().unwrap();
            assert_eq!(sessions.len(), 2);
            for (index, session) in sessions.iter().enumerate() {
                assert_eq!(session["ClientId"], clients[index]);
                assert_eq!(session["IsCurrentSession"], index == own_index);
            }
        }
        assert_eq!(
            world.fails("ListUserSessions", json!({ "AccessToken": tokens[0]["IdToken"] })).await,
            "NotAuthorizedException: Invalid Access Token"
        );
    }
}
