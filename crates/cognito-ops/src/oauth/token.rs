//! POST /oauth2/token: tokens for a code, for a refresh token, or for a client itself.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html>

use cognito_api::wire::OAuthFlowType;
use cognito_core::client::Client;
use cognito_core::oauth::token::{Grant, TokenError};
use cognito_core::pool::Pool;
use serde_json::{Value, json};

use super::answer::Answer;
use super::caller::{self, Refused};
use super::redeem;
use super::visit::Visit;
use crate::prelude::*;
use crate::service::issue;
use crate::service::{machine, refreshing};
use crate::triggers::pre_token_generation::Source;

pub(super) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    match tokens(ctx, visit).await {
        Ok(body) => Ok(Answer::json(200, body)),
        Err(refused) => refused.answer(400),
    }
}

async fn tokens(ctx: &Ctx<'_>, visit: &Visit) -> Result<Value, Refused> {
    let form = visit.form().ok_or(TokenError::InvalidRequest)?;
    let (pool, client) = caller::client(ctx, visit, form).await?;
    match Grant::read(form)? {
        Grant::Code { code, redirect_uri, verifier } => {
            check_flow(&client, OAuthFlowType::Code)?;
            redeem::code(ctx, &pool, &client, code, redirect_uri, verifier).await
        }
        Grant::Refresh { token } => refresh(ctx, &pool, &client, token).await,
        Grant::Client { scopes, metadata } => {
            check_flow(&client, OAuthFlowType::ClientCredentials)?;
            let granted = machine::scopes(&mut ctx.read(), &pool, &client, scopes.as_deref()).await?;
            let granted = granted.map_err(|_| TokenError::InvalidScope)?;
            let (token, seconds) = machine::token(ctx, &pool, &client, &granted, metadata.as_ref()).await?;
            Ok(json!({ "access_token": token, "expires_in": seconds, "token_type": "Bearer" }))
        }
    }
}

fn check_flow(client: &Client, flow: OAuthFlowType) -> Result<(), TokenError> {
    if client.allows_oauth(flow) { Ok(()) } else { Err(TokenError::UnauthorizedClient) }
}

/// Scopes and resource stay those of the sign-in. A refresh token comes along only if the client rotates them.
async fn refresh(ctx: &Ctx<'_>, pool: &Pool, client: &Client, token: &str) -> Result<Value, Refused> {
    let refreshed = refreshing::refresh(ctx, &client.id, token, None).await.map_err(|error| {
        // What became of the user or the session is nobody's business here.
        if error.status() < 500 { TokenError::InvalidGrant.into() } else { Refused::Failed(error) }
    })?;
    let grant = issue::Grant {
        pool,
        client,
        user: &refreshed.user,
        groups: &refreshed.groups,
        family: &refreshed.family,
        source: Source::RefreshTokens,
        metadata: None,
        nonce: None,
    };
    let tokens = issue::sign(ctx, &grant, refreshed.next).await?;
    Ok(body(&tokens))
}

/// The tokens as this endpoint names them.
pub(super) fn body(tokens: &wire::AuthenticationResultType) -> Value {
    let mut body = serde_json::Map::new();
    let members = [
        ("id_token", &tokens.id_token),
        ("access_token", &tokens.access_token),
        ("refresh_token", &tokens.refresh_token),
    ];
    for (name, token) in members {
        if let Some(token) = token {
            body.insert(name.to_owned(), json!(token.as_str()));
        }
    }
    body.insert("expires_in".to_owned(), json!(tokens.expires_in));
    body.insert("token_type".to_owned(), json!("Bearer"));
    Value::Object(body)
}
