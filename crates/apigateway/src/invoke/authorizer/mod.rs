//! JWT authorizers: whether a token passes.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>
//!
//! The signature comes first, and nothing of a token is believed before. Whatever is missing, twice there or of the wrong
//! form refuses.

pub(super) mod claims;
pub(super) mod identity;

use cognito_core::Time;
use cognito_ops::{App, Site, Unverified};

use self::claims::Problem;
use super::Gateway;
use super::call::{Call, Claims, Refusal};
use crate::model::Authorizer;

/// Whether the token of a call passes, and what it says. `scopes` are those of which it must have one.
///
/// # Errors
/// 401 without a token that passes, 403 without a scope, 500 if the store fails.
pub(crate) async fn authorize(
    gateway: &Gateway,
    call: &Call,
    now: Time,
    authorizer: &Authorizer,
    scopes: &[String],
) -> Result<Claims, Refusal> {
    let token = identity::token(call, &authorizer.identity_source);
    of_token(&gateway.app, &call.site, now, token.as_deref(), authorizer, scopes).await
}

/// The same of the token itself.
pub(super) async fn of_token(
    app: &App,
    site: &Site,
    now: Time,
    token: Option<&str>,
    authorizer: &Authorizer,
    scopes: &[String],
) -> Result<Claims, Refusal> {
    let Some(token) = token else {
        return Err(Refusal::unauthorized("Bearer", "there is no token"));
    };
    let invalid = |problem: Problem| {
        let challenge = challenge(scopes, "invalid_token", problem.text());
        Refusal::unauthorized(challenge, problem.text())
    };
    if token.split('.').count() != 3 {
        return Err(invalid(Problem::Segments));
    }
    let verified = app.verify_issued(site, &authorizer.issuer, token).await;
    let said = verified.map_err(|error| match error {
        Unverified::NoKeys => invalid(Problem::NoKeys),
        Unverified::Token(error) => invalid(error.into()),
        Unverified::Failed(error) => super::place::failed(error),
    })?;
    claims::check(&said, authorizer, now).map_err(invalid)?;
    if scopes.is_empty() {
        return Ok(Claims { claims: said, scopes: None });
    }
    let held = claims::scopes(&said);
    if !held.iter().any(|scope| scopes.contains(scope)) {
        let text = format!("expected scopes: [{}]", scopes.join(" "));
        return Err(Refusal::forbidden(challenge(scopes, "insufficient_scope", &text), text));
    }
    Ok(Claims { claims: said, scopes: Some(held) })
}

/// The header `www-authenticate` (RFC 6750, section 3).
fn challenge(scopes: &[String], error: &str, description: &str) -> String {
    let scopes = quotable(&scopes.join(" "));
    format!(r#"Bearer scope="{scopes}" error="{error}" error_description="{}""#, quotable(description))
}

/// What may stand between quotation marks in a header: scopes are texts of whoever made the route.
fn quotable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).collect()
}

#[cfg(test)]
mod tests;
