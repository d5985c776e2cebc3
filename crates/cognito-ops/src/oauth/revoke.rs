//! POST /oauth2/revoke: ends what a refresh token stands for (RFC 7009).
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html>

use cognito_core::oauth::token::TokenError;

use super::answer::{Answer, Content};
use super::caller::{self, Refused};
use super::visit::Visit;
use crate::prelude::*;
use crate::service::{issue, refreshing};

pub(super) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    match revoke(ctx, visit).await {
        Ok(()) => Ok(Content::Empty { status: 200, challenge: None }.into()),
        Err(Refused::Error(TokenError::InvalidClient, _)) => {
            Refused::from(TokenError::InvalidClient).answer(401)
        }
        Err(refused) => refused.answer(400),
    }
}

/// A token that is unknown, another client's or revoked before is a success: the caller has what it wants.
async fn revoke(ctx: &Ctx<'_>, visit: &Visit) -> Result<(), Refused> {
    let form = visit.form().ok_or(TokenError::InvalidRequest)?;
    let (pool, client) = caller::client(ctx, visit, form).await?;
    let token = form.one("token").map_err(TokenError::from)?.ok_or(TokenError::InvalidRequest)?;
    if !client.settings.enable_token_revocation {
        return Err(TokenError::InvalidRequest.into());
    }
    if issue::family_of(token).is_none() && cognito_jwt::unverified_claims(token).is_ok() {
        return Err(TokenError::UnsupportedTokenType.into());
    }
    let hash = issue::refresh_hash(token);
    ctx.write(async |txn| {
        let family = refreshing::family(txn, &pool, &client, token).await?;
        if let Some(family) = family.filter(|family| family.knows(hash)) {
            txn.save(&family.ended());
        }
        Ok(())
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::browser::{self, Endpoint};

    use crate::oauth::testing::{Scene, error};

    #[tokio::test]
    async fn what_a_refresh_token_stands_for_ends() {
        let scene = Scene::new(json!({})).await;
        let tokens = scene.tokens(&[]).await;
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let revoke = async |client: &str, token: &str| {
            let form = [("client_id", client), ("token", token)];
            browser::call(&scene.world, Endpoint::Revoke, None, &form).await
        };
        let other = scene.world.client(&scene.pool, json!({})).await;
        assert_eq!(revoke(&other, &text("refresh_token")).await.0, 200);
        assert_eq!(scene.user_info(&tokens["access_token"]).await.0, 200, "not the other client's to end");
        assert_eq!(error(revoke(&scene.client, &text("access_token")).await), "400 unsupported_token_type");
        assert_eq!(error(revoke(&scene.client, "").await), "400 invalid_request");
        assert_eq!(error(revoke("none", "x").await), "401 invalid_client");
        assert_eq!(revoke(&scene.client, "unknown").await.0, 200);
        for _ in 0..2 {
            assert_eq!(revoke(&scene.client, &text("refresh_token")).await.0, 200);
        }
        assert_eq!(scene.user_info(&tokens["access_token"]).await.0, 401);
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", &text("refresh_token"))];
        assert_eq!(error(scene.token(&refresh).await), "400 invalid_grant");
        let off = Scene::new(json!({ "EnableTokenRevocation": false })).await;
        let form = [("client_id", off.client.as_str()), ("token", "x")];
        let answer = browser::call(&off.world, Endpoint::Revoke, None, &form).await;
        assert_eq!(error(answer), "400 invalid_request");
    }
}
