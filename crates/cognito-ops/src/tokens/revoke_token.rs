//! RevokeToken: ends what a refresh token stands for, and with it every access token of the same sign-in.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html>

use cognito_core::family::{Family, RefreshError};
use cognito_core::ids;
use cognito_store::find::FindError;

use crate::oauth::browser;
use crate::prelude::*;
use crate::service::{issue, secret_hash};

/// An unknown or revoked refresh token is a success, as at the revocation endpoint (RFC 7009, section 2.2).
pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::RevokeTokenRequest,
) -> Reply<wire::RevokeTokenResponse> {
    let (pool, client) = ctx.read().client_by_id(&input.client_id).await.map_err(unknown_client)?;
    let secret = input.client_secret.as_ref().map(|secret| secret.as_str());
    if !secret_hash::has_plain_secret(&client, secret) {
        return Err(errors::revoke_unauthorized());
    }
    if !client.settings.enable_token_revocation {
        return Err(errors::revocation_not_enabled());
    }
    let id = issue::family_of(&input.token).ok_or_else(errors::not_a_refresh_token)?;
    let key = Family::key_of(&pool.id, &ids::uuid(id));
    let hash = issue::refresh_hash(&input.token);
    ctx.write(async |txn| {
        let Some(family) = txn.get::<Family>(&key).await? else { return Ok(()) };
        if family.check(hash, ctx.now()) == Err(RefreshError::Unknown) || family.revoked {
            return Ok(());
        }
        if family.client_id != client.id {
            return Err(errors::revoke_unauthorized());
        }
        txn.save(&family.ended());
        let linked = input.revoke_associated_sessions == Some(wire::RevokeAssociatedSessionsType::Linked);
        if linked && pool.tracks_sessions() { browser::end_origin(txn, &family).await } else { Ok(()) }
    })
    .await?;
    Ok(wire::RevokeTokenResponse {})
}

/// The model lists no exception for a client that is not there.
fn unknown_client(error: FindError) -> ApiError {
    match error {
        FindError::Missing(_) => errors::revoke_unauthorized(),
        FindError::Store(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    async fn signed_in(client: Value) -> (World, String, String, Value) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        (world, pool, client, tokens)
    }

    fn revoke(client: &str, token: &Value) -> Value {
        json!({ "ClientId": client, "Token": token })
    }

    #[tokio::test]
    async fn one_sign_in_ends_and_the_other_goes_on() {
        let (world, _, client, first) = signed_in(json!({})).await;
        let second = world.sign_in(&client, "alice", "Abcdef1!").await;
        for _ in 0..2 {
            assert_eq!(world.ok("RevokeToken", revoke(&client, &first["RefreshToken"])).await, json!({}));
        }
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": first["AccessToken"] })).await,
            "NotAuthorizedException: Access Token has been revoked"
        );
        let refresh = json!({
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": first["RefreshToken"] },
        });
        assert_eq!(
            world.fails("InitiateAuth", refresh).await,
            "NotAuthorizedException: Refresh Token has been revoked"
        );
        world.ok("GetUser", json!({ "AccessToken": second["AccessToken"] })).await;
    }

    #[tokio::test]
    async fn refusals() {
        let (world, pool, client, tokens) = signed_in(json!({})).await;
        assert_eq!(
            world.fails("RevokeToken", revoke(&client, &tokens["AccessToken"])).await,
            "UnsupportedTokenTypeException: The token is not a refresh token."
        );
        let other = world.client(&pool, json!({})).await;
        let unauthorized = "UnauthorizedException: The client is not authorized to revoke the token.";
        assert_eq!(world.fails("RevokeToken", revoke(&other, &tokens["RefreshToken"])).await, unauthorized);
        let confidential = world.client(&pool, json!({ "GenerateSecret": true })).await;
        assert_eq!(
            world.fails("RevokeToken", revoke(&confidential, &tokens["RefreshToken"])).await,
            unauthorized
        );
        assert_eq!(world.fails("RevokeToken", revoke("0", &tokens["RefreshToken"])).await, unauthorized);
        world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await;
    }

    #[tokio::test]
    async fn revocation_can_be_off() {
        let (world, _, client, tokens) = signed_in(json!({ "EnableTokenRevocation": false })).await;
        assert_eq!(
            world.fails("RevokeToken", revoke(&client, &tokens["RefreshToken"])).await,
            "UnsupportedOperationException: Token revocation is not enabled for the client."
        );
    }
}
