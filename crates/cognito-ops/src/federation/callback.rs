//! /oauth2/idpresponse: a browser comes back from an identity provider.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints-oauth-2.html>

use cognito_core::oauth::authorize::PageError;
use cognito_core::oauth::interaction::{Federation, Interaction, Stage};
use cognito_core::oauth::{Parameters, parameters::Repeated};
use cognito_core::pool::Pool;
use cognito_core::secret;

use super::begin::CALLBACK;
use super::code_exchange::redeem;
use super::complete::{complete, refuse};
use crate::oauth::answer::{Answer, Content};
use crate::oauth::authorize::{self, Place};
use crate::oauth::{Visit, browser};
use crate::prelude::*;

/// Takes the answer of a provider. One that does not belong to what this browser is in the middle of leads nowhere:
/// there is no app that could be told.
pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    // A form comes from the provider's origin, and so without our cookies. A redirect of our own brings them.
    if let Some(form) = visit.form() {
        let path = CALLBACK.trim_start_matches('/');
        return Ok(Content::Ours(format!("{path}?{}", form.encode())).into());
    }
    let lost = || Ok(authorize::error_page(PageError::InvalidRequest, &Parameters::default()));
    let Ok(sent) = Sent::read(&visit.query) else { return lost() };
    let mut txn = ctx.read();
    let Some(pool) = txn.get::<Pool>(sent.pool_id).await? else { return lost() };
    let Some(interaction) = browser::interaction(&mut txn, visit, &pool).await? else { return lost() };
    let Interaction { request, stage: Stage::Federation(federation), .. } = &*interaction else {
        return lost();
    };
    if !secret::equal(federation.state.as_bytes(), sent.state.as_bytes()) {
        return lost();
    }
    let Some((pool, client)) =
        authorize::client(&mut txn, visit.pool_id.as_deref(), &request.client_id).await?
    else {
        return lost();
    };
    let place = Place { visit, pool, client, request: request.clone() };
    // An answer counts once, whatever becomes of it.
    if !ctx.write(async |txn| browser::close_interaction(txn, visit, &place.pool).await).await? {
        return lost();
    }
    finish(ctx, &place, federation, &sent).await
}

async fn finish(ctx: &Ctx<'_>, place: &Place<'_>, federation: &Federation, sent: &Sent<'_>) -> Reply<Answer> {
    let provider = ctx.read().provider_if_any(&place.pool, &federation.provider).await?;
    let Some(provider) = provider.filter(|provider| place.client.offers(Some(&provider.name))) else {
        return Ok(refuse(place, &errors::provider_not_offered()));
    };
    let code = match (sent.code, sent.error) {
        (Some(code), None) => code,
        (_, error) => return Ok(refuse(place, &errors::provider_said(error.unwrap_or("no code")))),
    };
    match redeem(ctx, &provider, federation, &ctx.endpoint(CALLBACK), code).await {
        Ok(external) => complete(ctx, place, &provider, &external).await,
        Err(error) if error.status() < 500 => Ok(refuse(place, &error)),
        Err(error) => Err(error),
    }
}

/// What a provider sends back.
struct Sent<'a> {
    state: &'a str,
    /// The pool that the state names.
    pool_id: &'a str,
    code: Option<&'a str>,
    /// What went wrong there, in its words.
    error: Option<&'a str>,
}

impl<'a> Sent<'a> {
    fn read(query: &'a Parameters) -> Result<Self, Repeated> {
        let state = query.one("state")?.unwrap_or_default();
        Ok(Self {
            state,
            pool_id: state.split('.').next().unwrap_or_default(),
            code: query.one("code")?,
            error: query.one("error_description")?.or(query.one("error")?),
        })
    }
}
