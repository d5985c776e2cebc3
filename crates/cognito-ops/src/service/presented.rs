//! Tokens of the pool that are presented in an exchange: verified by signature, then by what they stand for.

use std::sync::Arc;

use cognito_core::Time;
use cognito_core::client::Client;
use cognito_core::exchange::{self, Sent};
use cognito_core::family::Family;
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;
use serde_json::{Map, Value};

use super::access::{self, Holder};
use crate::prelude::*;

/// A token that was presented and is good.
pub(crate) struct Presented {
    pub(crate) bearer: Bearer,
    /// Who it stands for: its `sub`.
    pub(crate) sub: String,
    pub(crate) scopes: Vec<String>,
    /// The `aud` of an access token, which few have.
    pub(crate) audience: Option<Value>,
    /// Who acts for its subject, the present actor first.
    pub(crate) actors: Vec<String>,
    pub(crate) expires: Time,
}

/// Who a token stands for.
pub(crate) enum Bearer {
    /// A user, by a sign-in.
    User(Arc<User>, Arc<Family>),
    /// A client itself, by its secret.
    Client(Arc<Client>),
}

/// Verifies a token of the pool.
pub(crate) async fn find(ctx: &Ctx<'_>, txn: &mut Txn, pool: &Pool, sent: Sent<'_>) -> Reply<Presented> {
    if let Some(provider) = sent.provider {
        // What other issuers signed is not exchanged yet, so none of their tokens is good here.
        return Err(match txn.provider_if_any(pool, provider).await? {
            Some(_) => errors::presented_token_invalid(),
            None => errors::provider_does_not_exist(provider, &pool.id),
        });
    }
    let token_use = match sent.kind {
        wire::TokenTypeIdentifierType::AccessToken => "access",
        wire::TokenTypeIdentifierType::IdToken => "id",
        wire::TokenTypeIdentifierType::Saml2 => return Err(errors::assertion_without_provider()),
    };
    let keys = ctx.app().keys_of(pool, ctx.now()).await?.ok_or_else(|| errors::pool_not_found(&pool.id))?;
    let claims = cognito_jwt::verify(sent.token, &keys.set)
        .map_err(|error| errors::presented_token_invalid().because(error))?;
    if text(&claims, "token_use") != Some(token_use) || access::issued_by(&claims) != Some(&pool.id) {
        return Err(errors::presented_token_invalid());
    }
    let exp = claims.get("exp").and_then(Value::as_i64).ok_or_else(errors::presented_token_invalid)?;
    if ctx.now().seconds() >= exp {
        return Err(errors::presented_token_expired());
    }
    let sub = text(&claims, "sub").ok_or_else(errors::presented_token_invalid)?;
    let bearer = match Holder::read(ctx.app(), &claims) {
        Some(holder) => {
            let (user, family) = holder.find(txn, pool).await?;
            Bearer::User(user, family)
        }
        None => {
            let client = txn.get::<Client>(&Client::key_of(&pool.id, sub)).await?;
            Bearer::Client(client.ok_or_else(errors::presented_token_invalid)?)
        }
    };
    Ok(Presented {
        bearer,
        sub: sub.to_owned(),
        scopes: access::scopes(&claims),
        audience: claims.get("aud").filter(|_| token_use == "access").cloned(),
        actors: exchange::actors(&claims),
        expires: Time::from_seconds(exp),
    })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}
