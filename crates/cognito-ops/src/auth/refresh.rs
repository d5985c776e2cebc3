//! REFRESH_TOKEN_AUTH: new ID and access tokens for a refresh token. Nothing is written.

use cognito_core::client::Client;
use cognito_core::pool::Pool;

use super::answer::Answer;
use super::parameters::Parameters;
use crate::prelude::*;
use crate::service::issue::{self, Grant};
use crate::service::refreshing;
use crate::service::secret_hash;
use crate::triggers::pre_token_generation::Source;

/// Answers with new tokens, and without a refresh token.
pub(super) async fn refresh(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    parameters: &Parameters,
) -> Reply<Answer> {
    let token = parameters.require("REFRESH_TOKEN")?;
    if client.rotation().is_some() {
        return Err(errors::refresh_with_rotation());
    }
    let hash = parameters.get("SECRET_HASH");
    if client.is_confidential() && hash.is_none() {
        return Err(errors::secret_hash_missing(&client.id));
    }
    let mut txn = ctx.read();
    let (family, user) = refreshing::find(&mut txn, pool, client, token).await?;
    secret_hash::check_refresh(client, &user.username, hash)?;
    family.check(issue::refresh_hash(token), ctx.now())?;
    refreshing::check_device(&mut txn, pool, &family, parameters.get("DEVICE_KEY")).await?;
    refreshing::touch(ctx, pool, &family).await?;
    let groups = txn.groups_of(&user).await?;
    let grant = Grant {
        pool,
        client,
        user: &user,
        groups: &groups,
        family: &family,
        source: Source::RefreshTokens,
        metadata: None,
        nonce: None,
    };
    Ok(Answer::tokens(issue::sign(ctx, &grant, None).await?))
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::devices::{Tracked, confirmation};
    use testkit::world::claims;

    const INVALID: &str = "NotAuthorizedException: Invalid Refresh Token";
    const REVOKED: &str = "NotAuthorizedException: Refresh Token has been revoked";

    async fn signed_in() -> (World, String, String, Value) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        (world, pool, client, tokens)
    }

    fn refresh(client: &str, token: &Value) -> Value {
        json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": token } })
    }

    #[tokio::test]
    async fn what_stays_and_what_changes() {
        let (world, pool, client, tokens) = signed_in().await;
        world.advance(Span::minutes(30));
        let name = json!([{ "Name": "name", "Value": "Alice" }]);
        world
            .ok(
                "AdminUpdateUserAttributes",
                json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": name }),
            )
            .await;
        let answer = world.ok("InitiateAuth", refresh(&client, &tokens["RefreshToken"])).await;
        let new = &answer["AuthenticationResult"];
        assert_eq!(new.get("RefreshToken"), None);
        for kind in ["AccessToken", "IdToken"] {
            let (old, new) = (claims(&tokens[kind]), claims(&new[kind]));
            for same in ["sub", "auth_time", "origin_jti", "event_id", "iss"] {
                assert_eq!(old[same], new[same], "{kind} {same}");
            }
            for other in ["jti", "iat", "exp"] {
                assert_ne!(old[other], new[other], "{kind} {other}");
            }
        }
        assert_eq!(claims(&new["IdToken"])["name"], "Alice");
        let legacy = json!({
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN", "AuthParameters": { "REFRESH_TOKEN": tokens["RefreshToken"] },
        });
        world.ok("InitiateAuth", legacy).await;
    }

    #[tokio::test]
    async fn refusals() {
        let (world, pool, client, tokens) = signed_in().await;
        let token = &tokens["RefreshToken"];
        let other = world.client(&pool, json!({})).await;
        assert_eq!(world.fails("InitiateAuth", refresh(&other, token)).await, INVALID);
        let text = token.as_str().unwrap();
        let flipped = format!("{}{}", &text[..text.len() - 1], if text.ends_with('A') { "B" } else { "A" });
        for garbage in [json!("x"), tokens["AccessToken"].clone(), json!(flipped)] {
            assert_eq!(world.fails("InitiateAuth", refresh(&client, &garbage)).await, INVALID, "{garbage}");
        }
        world.advance(Span::days(30));
        assert_eq!(
            world.fails("InitiateAuth", refresh(&client, token)).await,
            "NotAuthorizedException: Refresh Token has expired"
        );
    }

    #[tokio::test]
    async fn a_user_who_is_gone_or_disabled_gets_nothing() {
        let (world, pool, client, tokens) = signed_in().await;
        let user = json!({ "UserPoolId": pool, "Username": "alice" });
        world.ok("AdminDisableUser", user.clone()).await;
        let input = || refresh(&client, &tokens["RefreshToken"]);
        assert_eq!(world.fails("InitiateAuth", input()).await, "NotAuthorizedException: User is disabled.");
        world.ok("AdminEnableUser", user.clone()).await;
        assert_eq!(world.fails("InitiateAuth", input()).await, REVOKED, "disabling ended the session");
        world.ok("AdminDeleteUser", user).await;
        assert_eq!(world.fails("InitiateAuth", input()).await, REVOKED);
        world.user(&pool, "alice", "Abcdef1!").await;
        assert_eq!(
            world.fails("InitiateAuth", input()).await,
            REVOKED,
            "a new user of the name is another one"
        );
    }

    #[tokio::test]
    async fn where_devices_are_tracked_only_the_confirmed_one_refreshes() {
        let world = Tracked::new().await;
        let tokens = world.tokens().await;
        let without_device = refresh;
        let refresh = |tokens: &Value, key: &Value| {
            let parameters = json!({ "REFRESH_TOKEN": tokens["RefreshToken"], "DEVICE_KEY": key });
            json!({ "ClientId": world.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters })
        };
        let key = &tokens["NewDeviceMetadata"]["DeviceKey"];
        assert_eq!(world.fails("InitiateAuth", refresh(&tokens, key)).await, INVALID, "not confirmed");
        world.confirm(confirmation(&tokens)).await;
        let (_, other) = world.confirmed().await;
        assert_eq!(world.fails("InitiateAuth", refresh(&tokens, &json!(other))).await, INVALID);
        let input = without_device(&world.client, &tokens["RefreshToken"]);
        assert_eq!(world.fails("InitiateAuth", input).await, INVALID);

        let new = world.ok("InitiateAuth", refresh(&tokens, key)).await["AuthenticationResult"].clone();
        assert_eq!(claims(&new["AccessToken"])["device_key"], *key);
        assert_eq!(new.get("NewDeviceMetadata"), None);

        world.ok("AdminForgetDevice", world.admin(json!({ "DeviceKey": key }))).await;
        assert_eq!(world.fails("InitiateAuth", refresh(&tokens, key)).await, INVALID, "forgotten");
        let admin = world.admin_tokens().await;
        assert_eq!(world.fails("InitiateAuth", refresh(&admin, key)).await, INVALID, "no device signed in");

        world.ok("UpdateUserPool", json!({ "UserPoolId": world.pool })).await;
        for tokens in [tokens, admin] {
            let input = without_device(&world.client, &tokens["RefreshToken"]);
            let answer = world.ok("InitiateAuth", input).await;
            assert_eq!(answer["AuthenticationResult"].get("NewDeviceMetadata"), None);
        }
    }
}
