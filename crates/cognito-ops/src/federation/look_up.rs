//! What a provider's details leave out, or only point to: discovery documents and SAML metadata.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_core::identity_provider::{Endpoints, IdentityProvider, Lookup, ProviderError};
use cognito_core::pool::Pool;
use cognito_core::{Span, Time};
use cognito_saml::{Binding, Metadata};

use crate::ports::IdpRequest;
use crate::prelude::*;
use crate::service::signing_certificate;

/// How long metadata are used. Source: the developer guide, "every six hours or before the metadata expires".
const RENEWAL: Span = Span::hours(6);
/// How long a provider is left alone whose metadata could not be fetched anew.
const RETRY: Span = Span::minutes(5);

/// Fetches what the details do not say, and checks it. Nothing is written.
pub(crate) async fn look_up(ctx: &Ctx<'_>, pool: &Pool, provider: &mut IdentityProvider) -> Reply<()> {
    match provider.lookup() {
        Some(lookup @ Lookup::Discovery { .. }) => {
            let Some(document) = fetch(ctx, &lookup).await else {
                return Err(errors::well_known_unreachable());
            };
            let issuer = provider.issuer().unwrap_or_default();
            provider.found = Endpoints::from_discovery(issuer, &document).map_err(ProviderError::from)?;
        }
        Some(lookup @ Lookup::Metadata { .. }) => {
            let document = fetch(ctx, &lookup).await.and_then(|document| String::from_utf8(document).ok());
            provider.found = Endpoints::of_metadata(document.ok_or_else(errors::metadata_unreachable)?);
        }
        None => {}
    }
    match provider.kind {
        wire::IdentityProviderTypeType::Saml => describe_metadata(ctx, pool, provider).await,
        _ => Ok(()),
    }
}

/// The provider, with metadata that were fetched anew if they are old. One browser waits for that; the others, and all
/// of them where it fails, go on with what is there (unverified).
pub(super) async fn renewed(
    ctx: &Ctx<'_>,
    pool: &Pool,
    provider: &IdentityProvider,
) -> Reply<IdentityProvider> {
    let taken = match provider.is_stale(ctx.now()) {
        true => take(ctx, pool, &provider.name).await?,
        false => None,
    };
    let Some(taken) = taken else { return Ok(provider.clone()) };
    let mut fresh = taken.clone();
    if let Err(error) = look_up(ctx, pool, &mut fresh).await {
        tracing::warn!(provider = provider.name, %error, "failed to renew the metadata of an identity provider");
        return Ok(taken);
    }
    ctx.write(async |txn| {
        if txn.provider_if_any(pool, &provider.name).await?.is_some_and(|found| *found == taken) {
            txn.save(&fresh);
        }
        Ok(())
    })
    .await?;
    Ok(fresh)
}

/// Takes the renewal of a provider upon itself, unless somebody else has.
async fn take(ctx: &Ctx<'_>, pool: &Pool, name: &str) -> Reply<Option<IdentityProvider>> {
    ctx.write(async |txn| {
        let found = txn.provider_if_any(pool, name).await?.filter(|found| found.is_stale(ctx.now()));
        let Some(mut taken) = found.map(|found| (*found).clone()) else { return Ok(None) };
        taken.found.set_due(ctx.now() + RETRY);
        txn.save(&taken);
        Ok(Some(taken))
    })
    .await
}

/// The body of a 200, in bounded time and length.
async fn fetch(ctx: &Ctx<'_>, lookup: &Lookup) -> Option<Vec<u8>> {
    let request = IdpRequest { url: lookup.url(), ..IdpRequest::default() };
    match ctx.app().ports.idps.send(request).await {
        Ok(answer) if answer.status == 200 => Some(answer.body),
        Ok(answer) => {
            tracing::info!(status = answer.status, "an identity provider does not describe itself");
            None
        }
        Err(error) => {
            tracing::info!(%error, "an identity provider cannot be reached");
            None
        }
    }
}

/// The details that Cognito reads from the metadata of a SAML provider, and the certificate that assertions are
/// encrypted to.
async fn describe_metadata(ctx: &Ctx<'_>, pool: &Pool, provider: &mut IdentityProvider) -> Reply<()> {
    let text = provider.detail("MetadataFile").unwrap_or_default();
    let metadata = Metadata::parse(text).map_err(|error| errors::metadata_refused(&error.to_string()))?;
    let endpoints =
        [("SSORedirectBindingURI", metadata.sign_on()), ("SLORedirectBindingURI", metadata.sign_out())];
    for (name, endpoint) in endpoints {
        if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.binding == Binding::Redirect) {
            provider.details.insert(name.to_owned(), wire::Sensitive::new(endpoint.location.clone()));
        }
    }
    if let Some(Lookup::Metadata { .. }) = provider.lookup() {
        let ends = metadata.valid_until.map(Time::from_seconds).filter(|end| *end > ctx.now() + RETRY);
        let renewal = ctx.now() + RENEWAL;
        provider.found.set_due(ends.map_or(renewal, |end| end.min(renewal)));
    }
    if provider.detail("EncryptedResponses") == Some("true") {
        let certificate = signing_certificate::of_pool(ctx, pool).await?.certificate;
        let certificate = wire::Sensitive::new(STANDARD.encode(certificate));
        provider.details.insert("ActiveEncryptionCertificate".to_owned(), certificate);
    }
    Ok(())
}
