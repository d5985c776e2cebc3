//! GetUser: the caller, with the attributes that the app client may read.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html>

use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::GetUserRequest) -> Reply<wire::GetUserResponse> {
    let signed = access::caller(ctx, &input.access_token).await?;
    Ok(wire::GetUserResponse {
        username: signed.user.username.as_str().into(),
        user_attributes: views::readable_attributes(&signed.user, &signed.client),
        mfa_options: views::mfa_options(&signed.user),
        preferred_mfa_setting: views::preferred_factor(&signed.user),
        user_mfa_setting_list: views::enabled_factors(&signed.user),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::attribute_list;

    #[tokio::test]
    async fn gives_what_the_client_may_read() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let attributes = attribute_list(json!({ "name": "Alice", "nickname": "Al" }));
        let update = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attributes });
        world.ok("AdminUpdateUserAttributes", update).await;
        let all = world.client(&pool, json!({})).await;
        let few = world.client(&pool, json!({ "ReadAttributes": ["nickname"] })).await;
        let get = async |client: &str| {
            let tokens = world.sign_in(client, "alice", "Abcdef1!").await;
            world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await
        };
        let user = get(&all).await;
        let sub = user["UserAttributes"][0].clone();
        assert_eq!(sub["Name"], "sub");
        let (name, nickname) =
            (json!({ "Name": "name", "Value": "Alice" }), json!({ "Name": "nickname", "Value": "Al" }));
        assert_eq!(user, json!({ "Username": "alice", "UserAttributes": [sub, name, nickname] }));
        assert_eq!(get(&few).await, json!({ "Username": "alice", "UserAttributes": [sub, nickname] }));
    }

    #[tokio::test]
    async fn refuses_other_tokens() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let invalid = "NotAuthorizedException: Invalid Access Token";
        assert_eq!(world.fails("GetUser", json!({ "AccessToken": tokens["IdToken"] })).await, invalid);
        assert_eq!(world.fails("GetUser", json!({ "AccessToken": tokens["RefreshToken"] })).await, invalid);
        let access = json!({ "AccessToken": tokens["AccessToken"] });
        world.ok("GetUser", access.clone()).await;
        world.advance(cognito_core::Span::hours(1));
        assert_eq!(world.fails("GetUser", access).await, "NotAuthorizedException: Access Token has expired");
    }
}
