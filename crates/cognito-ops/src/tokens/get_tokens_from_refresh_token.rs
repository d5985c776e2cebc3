//! GetTokensFromRefreshToken: new tokens for a refresh token, and a new one of those if the client rotates them.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html>

use crate::prelude::*;
use crate::service::issue::{self, Grant};
use crate::service::refreshing::{self, Refreshed};
use crate::service::secret_hash;
use crate::triggers::pre_token_generation::Source;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetTokensFromRefreshTokenRequest,
) -> Reply<wire::GetTokensFromRefreshTokenResponse> {
    let (pool, client) = ctx.read().client_by_id(&input.client_id).await?;
    let secret = input.client_secret.as_ref().map(|secret| secret.as_str());
    if !secret_hash::has_plain_secret(&client, secret) {
        return Err(errors::client_secret_wrong(&client.id));
    }
    let device = input.device_key.as_deref();
    let refreshed = refreshing::refresh(ctx, &client.id, input.refresh_token.as_str(), device).await?;
    let Refreshed { family, user, groups, next } = refreshed;
    let grant = Grant {
        pool: &pool,
        client: &client,
        user: &user,
        groups: &groups,
        family: &family,
        source: Source::RefreshTokens,
        metadata: input.client_metadata.as_ref(),
        nonce: None,
    };
    let result = issue::sign(ctx, &grant, next).await?;
    Ok(wire::GetTokensFromRefreshTokenResponse { authentication_result: Some(result) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::devices::{Tracked, confirmation};
    use testkit::world::{claims, merged};

    const REUSED: &str = "RefreshTokenReuseException: Refresh token has been used before.";

    async fn signed_in(client: Value) -> (World, String, Value) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        (world, client, tokens)
    }

    fn rotating(grace: i32) -> Value {
        json!({
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": grace },
        })
    }

    fn refresh(client: &str, token: &Value) -> Value {
        json!({ "ClientId": client, "RefreshToken": token })
    }

    async fn next(world: &World, client: &str, token: &Value) -> Value {
        let answer = world.ok("GetTokensFromRefreshToken", refresh(client, token)).await;
        answer["AuthenticationResult"].clone()
    }

    #[tokio::test]
    async fn without_rotation_the_refresh_token_stays() {
        let (world, client, tokens) = signed_in(json!({})).await;
        let new = next(&world, &client, &tokens["RefreshToken"]).await;
        assert_eq!(new.get("RefreshToken"), None);
        assert_eq!(claims(&new["AccessToken"])["origin_jti"], claims(&tokens["AccessToken"])["origin_jti"]);
        next(&world, &client, &tokens["RefreshToken"]).await;
    }

    #[tokio::test]
    async fn a_spent_token_ends_the_family() {
        let (world, client, tokens) = signed_in(rotating(0)).await;
        let first = &tokens["RefreshToken"];
        let second = next(&world, &client, first).await;
        let third = next(&world, &client, &second["RefreshToken"]).await;
        assert_eq!(world.fails("GetTokensFromRefreshToken", refresh(&client, first)).await, REUSED);
        assert_eq!(
            world.fails("GetTokensFromRefreshToken", refresh(&client, &third["RefreshToken"])).await,
            "NotAuthorizedException: Refresh Token has been revoked"
        );
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": third["AccessToken"] })).await,
            "NotAuthorizedException: Access Token has been revoked"
        );
    }

    #[tokio::test]
    async fn the_grace_period_and_the_life_of_the_first() {
        let (world, client, tokens) = signed_in(rotating(60)).await;
        let first = &tokens["RefreshToken"];
        next(&world, &client, first).await;
        world.advance(Span::seconds(59));
        let new = next(&world, &client, first).await;
        world.advance(Span::days(30) - Span::seconds(59));
        assert_eq!(
            world.fails("GetTokensFromRefreshToken", refresh(&client, &new["RefreshToken"])).await,
            "NotAuthorizedException: Refresh Token has expired"
        );
    }

    #[tokio::test]
    async fn two_at_once_leave_one_lineage() {
        let (world, client, tokens) = signed_in(rotating(0)).await;
        let call = || world.call("GetTokensFromRefreshToken", refresh(&client, &tokens["RefreshToken"]));
        let (a, b) = tokio::join!(call(), call());
        let answers = [a, b];
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    }

    #[tokio::test]
    async fn the_plain_secret_is_needed() {
        let secret = "0123456789abcdefghijklmnop";
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({ "ClientSecret": secret })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let hash = cognito_core::secret::secret_hash("alice", &client, secret);
        let mut input = testkit::world::password_auth(&client, "alice", "Abcdef1!");
        input["AuthParameters"]["SECRET_HASH"] = json!(hash);
        let tokens = world.ok("InitiateAuth", input).await["AuthenticationResult"].clone();
        let mut input = refresh(&client, &tokens["RefreshToken"]);
        let wrong = format!("NotAuthorizedException: Unable to verify client secret for client {client}");
        assert_eq!(world.fails("GetTokensFromRefreshToken", input.clone()).await, wrong);
        input["ClientSecret"] = json!("0123456789abcdefghijklmnoq");
        assert_eq!(world.fails("GetTokensFromRefreshToken", input.clone()).await, wrong);
        input["ClientSecret"] = json!(secret);
        world.ok("GetTokensFromRefreshToken", input).await;
    }

    #[tokio::test]
    async fn where_devices_are_tracked_it_names_the_confirmed_one() {
        let world = Tracked::new().await;
        for more in [json!({}), rotating(0)] {
            let client = world.client(&world.pool, more).await;
            let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
            let input = json!({ "ClientId": client, "RefreshToken": tokens["RefreshToken"] });
            let key = &tokens["NewDeviceMetadata"]["DeviceKey"];
            let named = merged(input.clone(), json!({ "DeviceKey": key }));
            let invalid = "NotAuthorizedException: Invalid Refresh Token";
            assert_eq!(
                world.fails("GetTokensFromRefreshToken", named.clone()).await,
                invalid,
                "not confirmed"
            );
            world.confirm(confirmation(&tokens)).await;
            assert_eq!(world.fails("GetTokensFromRefreshToken", input).await, invalid);
            let answer = world.ok("GetTokensFromRefreshToken", named).await;
            assert_eq!(answer["AuthenticationResult"].get("NewDeviceMetadata"), None);
            assert_eq!(claims(&answer["AuthenticationResult"]["AccessToken"])["device_key"], *key);
        }
    }
}
