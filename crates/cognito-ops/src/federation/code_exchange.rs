//! What an identity provider says of a user: the code becomes tokens, the tokens become claims. OpenID Connect
//! providers and Google and Apple give an ID token; Facebook and Amazon only say who owns the access token.

use cognito_core::identity_provider::IdentityProvider;
use cognito_core::oauth::interaction::Federation;
use cognito_core::oauth::parameters;
use cognito_jwt::sign_es256;
use serde_json::{Map, Value, json};

use super::sign_in::ExternalIdentity;
use crate::ports::{IdpAnswer, IdpMethod, IdpRequest};
use crate::prelude::*;
use crate::remote_keys::Place;

/// How long the client secret of Sign in with Apple is good, in seconds: for one request.
const ASSERTION_SECONDS: i64 = 300;

/// The tokens of a provider.
struct Tokens {
    access: Option<String>,
    id: Option<String>,
    answer: Map<String, Value>,
}

/// Redeems a code, and gives what the provider says of its user. Nothing is believed that is not signed by the
/// provider or read from it, for this request of ours.
pub(super) async fn redeem(
    ctx: &Ctx<'_>,
    provider: &IdentityProvider,
    federation: &Federation,
    callback: &str,
    code: &str,
) -> Reply<ExternalIdentity> {
    let tokens = tokens(ctx, provider, federation, callback, code).await?;
    let id = match (&tokens.id, provider.issuer()) {
        (Some(token), Some(_)) => id_claims(ctx, provider, federation, token).await?,
        (None, Some(_)) => return Err(errors::id_token_refused()),
        (_, None) => Map::new(),
    };
    let info = user_info(ctx, provider, &tokens, &id).await?;
    // The ID token was for us; who it is about is nothing that another answer may change (OpenID Connect Core 1.0,
    // section 5.3.2).
    if let (Some(signed), Some(told)) = (id.get("sub"), info.get("sub"))
        && signed != told
    {
        return Err(errors::user_info_refused());
    }
    let mut claims = id.clone();
    claims.extend(info.clone());
    let subject = provider.subject(&claims).ok_or_else(errors::subject_unusable)?;
    let acr = id.get("acr").and_then(Value::as_str).map(str::to_owned);
    let said = json!({ "tokenResponse": tokens.answer, "idToken": id, "userInfo": info });
    Ok(ExternalIdentity { subject, claims, said, acr, issuer: None, saml: None })
}

async fn tokens(
    ctx: &Ctx<'_>,
    provider: &IdentityProvider,
    federation: &Federation,
    callback: &str,
    code: &str,
) -> Reply<Tokens> {
    let client_id = provider.detail("client_id").unwrap_or_default().to_owned();
    let mut form = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", callback.to_owned()),
        ("client_id", client_id),
        ("client_secret", client_secret(ctx, provider)?),
    ];
    if super::begin::proves_key(provider) {
        form.push(("code_verifier", federation.verifier.clone()));
    }
    let url = provider.detail("token_url").unwrap_or_default();
    let form: Vec<_> = form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let request = match provider.detail("token_request_method") {
        Some("GET") => IdpRequest { url: with_query(url, &form), ..IdpRequest::default() },
        _ => IdpRequest { method: IdpMethod::Post, url: url.to_owned(), form, ..IdpRequest::default() },
    };
    let answer = object(send(ctx, request).await).ok_or_else(errors::code_not_exchanged)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Tokens { access: text("access_token"), id: text("id_token"), answer })
}

/// The client secret. Apple's is a token that its key signs.
fn client_secret(ctx: &Ctx<'_>, provider: &IdentityProvider) -> Reply<String> {
    let detail = |name: &str| provider.detail(name).unwrap_or_default();
    if provider.kind != wire::IdentityProviderTypeType::SignInWithApple {
        return Ok(detail("client_secret").to_owned());
    }
    let now = ctx.client_now().seconds();
    let claims = [
        ("iss", json!(detail("team_id"))),
        ("iat", json!(now)),
        ("exp", json!(now + ASSERTION_SECONDS)),
        ("aud", json!(detail("oidc_issuer"))),
        ("sub", json!(detail("client_id"))),
    ];
    let claims = claims.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    sign_es256(detail("private_key"), detail("key_id"), &claims)
        .map_err(|error| errors::code_not_exchanged().because(error))
}

/// The claims of an ID token that the provider signed for this request.
async fn id_claims(
    ctx: &Ctx<'_>,
    provider: &IdentityProvider,
    federation: &Federation,
    token: &str,
) -> Reply<Map<String, Value>> {
    let place = Place::Jwks(provider.jwks_uri().unwrap_or_default().to_owned());
    let app = ctx.app();
    let claims = app.remote_keys.verify(&app.ports.idps, &place, token).await;
    let claims = claims.map_err(|error| errors::id_token_refused().because(error))?;
    // A clock of ours that was moved says nothing about a provider elsewhere; one that shares it is right too.
    let now = ctx.now().min(ctx.client_now());
    provider
        .check_id_token(&claims, federation, now)
        .map_err(|error| errors::id_token_refused().because(error))?;
    Ok(claims)
}

/// What the provider tells who has the access token. Where the attributes are to be named, only those are asked for
/// that the ID token does not have; without any there is nothing to ask.
async fn user_info(
    ctx: &Ctx<'_>,
    provider: &IdentityProvider,
    tokens: &Tokens,
    id: &Map<String, Value>,
) -> Reply<Map<String, Value>> {
    let Some(url) = provider.detail("attributes_url") else { return Ok(Map::new()) };
    let mut url = url.to_owned();
    if provider.detail("attributes_url_add_attributes") == Some("true") {
        let wanted = provider.subject_claim().into_iter().chain(provider.mapped().map(|(_, claim)| claim));
        let mut missing: Vec<_> = wanted.filter(|claim| !id.contains_key(*claim)).collect();
        missing.dedup();
        if missing.is_empty() {
            return Ok(Map::new());
        }
        url.push_str(&missing.join(","));
    }
    let method = match provider.detail("attributes_request_method") {
        Some("POST") => IdpMethod::Post,
        _ => IdpMethod::Get,
    };
    let bearer = Some(tokens.access.clone().ok_or_else(errors::user_info_refused)?);
    let request = IdpRequest { method, url, bearer, ..IdpRequest::default() };
    object(send(ctx, request).await).ok_or_else(errors::user_info_refused)
}

/// A good answer; what went wrong otherwise is for the log.
async fn send(ctx: &Ctx<'_>, request: IdpRequest) -> Option<IdpAnswer> {
    match ctx.app().ports.idps.send(request).await {
        Ok(answer) if (200..300).contains(&answer.status) => Some(answer),
        Ok(answer) => {
            tracing::info!(status = answer.status, "an identity provider refused a request");
            None
        }
        Err(error) => {
            tracing::info!(%error, "an identity provider cannot be reached");
            None
        }
    }
}

fn object(answer: Option<IdpAnswer>) -> Option<Map<String, Value>> {
    serde_json::from_slice(&answer?.body).ok()
}

/// A URL with more parameters.
pub(super) fn with_query(url: &str, members: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in members {
        parameters::push(&mut text, name, value);
    }
    format!("{url}{}{text}", if url.contains('?') { '&' } else { '?' })
}
