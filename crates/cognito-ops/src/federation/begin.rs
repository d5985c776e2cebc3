//! The way to an identity provider: the browser goes there with a state that only this browser brings back.

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::identity_provider::{IdentityProvider, POOL_ITSELF};
use cognito_core::oauth::authorize::{Prompt, ProviderHint};
use cognito_core::oauth::interaction::{Federation, Stage};
use cognito_core::oauth::{AuthorizationRequest, pkce};
use cognito_core::pool::Pool;
use cognito_store::Txn;

use super::code_exchange::with_query;
use super::saml;
use crate::oauth::answer::{Answer, Content};
use crate::oauth::authorize::Place;
use crate::oauth::{assurance, browser};
use crate::prelude::*;

/// The path to which identity providers send browsers back.
pub(crate) const CALLBACK: &str = "/oauth2/idpresponse";

/// Who signs the user in.
pub(crate) enum Choice {
    /// The pool itself, or the user chooses on its page.
    Pool,
    /// This provider.
    Provider(Arc<IdentityProvider>),
    /// A provider that is not there, or not for this client.
    Unknown,
}

/// Who is to sign the user in by what the app asks for. A client with a single provider needs no page to choose.
pub(crate) async fn choice(
    txn: &mut Txn,
    pool: &Pool,
    client: &Client,
    request: &AuthorizationRequest,
) -> Reply<Choice> {
    let offered = offered(client);
    let found = match &request.provider {
        Some(ProviderHint::Name(name)) if name.eq_ignore_ascii_case(POOL_ITSELF) => return Ok(Choice::Pool),
        Some(ProviderHint::Name(name)) => txn.provider_if_any(pool, name).await?,
        Some(ProviderHint::Identifier(identifier)) => txn.provider_by_identifier(pool, identifier).await?,
        None => match offered {
            [only] if only != POOL_ITSELF => txn.provider_if_any(pool, only).await?,
            _ => return Ok(Choice::Pool),
        },
    };
    let found = found.filter(|provider| client.offers(Some(&provider.name)));
    Ok(found.map_or(Choice::Unknown, Choice::Provider))
}

/// The names of the providers that a client offers.
pub(super) fn offered(client: &Client) -> &[String] {
    client.settings.supported_identity_providers.as_deref().unwrap_or_default()
}

/// Sends the browser to a provider. The state names the pool, whose host need not be a domain of its own.
pub(crate) async fn begin(ctx: &Ctx<'_>, place: &Place<'_>, provider: &IdentityProvider) -> Reply<Answer> {
    let federation = Federation {
        provider: provider.name.clone(),
        state: format!("{}.{}", place.pool.id, browser::secret_text(ctx)),
        nonce: browser::secret_text(ctx),
        verifier: browser::secret_text(ctx),
        max_age: place.request.max_age,
    };
    let content = match provider.kind {
        wire::IdentityProviderTypeType::Saml => saml::request(ctx, place, provider, &federation).await?,
        _ => Content::Away(location(ctx, place, provider, &federation)),
    };
    let state = federation.state.clone();
    let cookie = browser::open_interaction(ctx, place, &state, Stage::Federation(federation)).await?;
    Ok(Answer::from(content).with(cookie))
}

fn location(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    provider: &IdentityProvider,
    federation: &Federation,
) -> String {
    use wire::IdentityProviderTypeType as Type;
    let request = &place.request;
    let detail = |name: &str| provider.detail(name).unwrap_or_default().to_owned();
    let mut members = vec![
        ("client_id", detail("client_id")),
        ("redirect_uri", ctx.endpoint(CALLBACK)),
        ("response_type", "code".to_owned()),
        ("scope", detail("authorize_scopes")),
        ("state", federation.state.clone()),
    ];
    if provider.issuer().is_some() {
        members.push(("nonce", federation.nonce.clone()));
    }
    if proves_key(provider) {
        members.push(("code_challenge", pkce::challenge_of(&federation.verifier)));
        members.push(("code_challenge_method", "S256".to_owned()));
    }
    match provider.kind {
        Type::Oidc | Type::Google => {
            members.extend(request.login_hint.clone().map(|hint| ("login_hint", hint)));
            let prompts: Vec<_> = request.prompt.iter().map(prompt).collect();
            if !prompts.is_empty() {
                members.push(("prompt", prompts.join(" ")));
            }
            members.extend(request.max_age.map(|age| ("max_age", age.to_string())));
            members.extend(wanted_levels(place, provider).map(|values| ("acr_values", values)));
        }
        // Apple gives name and address only to a form.
        Type::SignInWithApple => members.push(("response_mode", "form_post".to_owned())),
        Type::Facebook | Type::LoginWithAmazon | Type::Saml => {}
    }
    let members: Vec<_> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    with_query(&detail("authorize_url"), &members)
}

/// The levels that the app asks for (`acr_values`), by the provider's names of them.
fn wanted_levels(place: &Place<'_>, provider: &IdentityProvider) -> Option<String> {
    let levels = assurance::wanted(place);
    let values: Vec<_> = levels.iter().filter_map(|level| provider.acr_value(level.key())).collect();
    (!values.is_empty()).then(|| values.join(" "))
}

/// Whether the provider takes a PKCE challenge: Apple and Facebook document none.
pub(super) fn proves_key(provider: &IdentityProvider) -> bool {
    use wire::IdentityProviderTypeType as Type;
    matches!(provider.kind, Type::Oidc | Type::Google | Type::LoginWithAmazon)
}

fn prompt(prompt: &Prompt) -> &'static str {
    match prompt {
        Prompt::None => "none",
        Prompt::Login => "login",
        Prompt::SelectAccount => "select_account",
        Prompt::Consent => "consent",
    }
}
