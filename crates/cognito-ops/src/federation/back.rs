//! The way back from an identity provider: only the browser that was sent there has it.

use std::sync::Arc;

use cognito_core::identity_provider::IdentityProvider;
use cognito_core::oauth::Parameters;
use cognito_core::oauth::authorize::PageError;
use cognito_core::oauth::interaction::{Federation, Interaction, Stage};
use cognito_core::pool::Pool;

use crate::oauth::answer::Answer;
use crate::oauth::authorize::{self, Place};
use crate::oauth::{Visit, browser};
use crate::prelude::*;

/// A browser that is back.
pub(super) struct Back<'a> {
    /// What the app asked for.
    pub(super) place: Place<'a>,
    /// What the answer of the provider must fit.
    pub(super) federation: Federation,
    /// The provider, unless the client does not offer it any more.
    pub(super) provider: Option<Arc<IdentityProvider>>,
}

/// What this browser was sent away for, with that state, which names it. It counts once, whatever becomes of the answer.
pub(super) async fn back<'a>(ctx: &Ctx<'_>, visit: &'a Visit, state: &str) -> Reply<Option<Back<'a>>> {
    let pool_id = state.split('.').next().unwrap_or_default();
    ctx.write(async |txn| {
        let Some(pool) = txn.get::<Pool>(pool_id).await? else { return Ok(None) };
        let Some(interaction) = browser::interaction(txn, visit, &pool, state).await? else {
            return Ok(None);
        };
        let Interaction { request, stage: Stage::Federation(federation), .. } = &*interaction else {
            return Ok(None);
        };
        let found = authorize::client(txn, visit.pool_id(), &request.client_id).await?;
        let Some((pool, client)) = found else { return Ok(None) };
        txn.delete(&*interaction);
        let provider = txn.provider_if_any(&pool, &federation.provider).await?;
        let provider = provider.filter(|provider| client.offers(Some(&provider.name)));
        let place = Place { visit, pool, client, request: request.clone() };
        Ok(Some(Back { place, federation: federation.clone(), provider }))
    })
    .await
}

/// The answer to what does not belong to what this browser is in the middle of: there is no app that could be told.
pub(super) fn lost() -> Answer {
    authorize::error_page(PageError::InvalidRequest, &Parameters::default())
}
