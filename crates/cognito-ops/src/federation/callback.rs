//! /oauth2/idpresponse: a browser comes back from an identity provider.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints-oauth-2.html>

use cognito_api::wire::IdentityProviderTypeType as Type;
use cognito_core::oauth::{Parameters, parameters::Repeated};

use super::back::{Back, back, lost};
use super::begin::CALLBACK;
use super::code_exchange::redeem;
use super::complete::{complete, refuse};
use crate::oauth::Visit;
use crate::oauth::answer::{Answer, Content};
use crate::prelude::*;

/// Takes the answer of a provider.
pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    // A form comes from the provider's origin, and so without our cookies. A redirect of our own brings them.
    if let Some(form) = visit.form() {
        let path = CALLBACK.trim_start_matches('/');
        return Ok(Content::Ours(format!("{path}?{}", form.encode())).into());
    }
    let Ok(sent) = Sent::read(&visit.query) else { return Ok(lost()) };
    match back(ctx, visit, sent.state).await? {
        Some(back) => finish(ctx, &back, &sent).await,
        None => Ok(lost()),
    }
}

async fn finish(ctx: &Ctx<'_>, back: &Back<'_>, sent: &Sent<'_>) -> Reply<Answer> {
    let Back { place, federation, provider } = back;
    let Some(provider) = provider.as_ref().filter(|provider| provider.kind != Type::Saml) else {
        return Ok(refuse(place, &errors::provider_not_offered()));
    };
    if !provider.answers_as(sent.issuer) {
        return Ok(refuse(place, &errors::other_provider_answered()));
    }
    let code = match (sent.code, sent.error) {
        (Some(code), None) => code,
        (_, error) => return Ok(refuse(place, &errors::provider_said(error.unwrap_or("no code")))),
    };
    match redeem(ctx, provider, federation, &ctx.endpoint(CALLBACK), code).await {
        Ok(external) => complete(ctx, place, provider, &external).await,
        Err(error) if error.status() < 500 => Ok(refuse(place, &error)),
        Err(error) => Err(error),
    }
}

/// What a provider sends back.
struct Sent<'a> {
    state: &'a str,
    code: Option<&'a str>,
    /// What went wrong there, in its words.
    error: Option<&'a str>,
    /// Who says it (RFC 9207).
    issuer: Option<&'a str>,
}

impl<'a> Sent<'a> {
    fn read(query: &'a Parameters) -> Result<Self, Repeated> {
        Ok(Self {
            state: query.one("state")?.unwrap_or_default(),
            code: query.one("code")?,
            error: query.one("error_description")?.or(query.one("error")?),
            issuer: query.one("iss")?,
        })
    }
}
