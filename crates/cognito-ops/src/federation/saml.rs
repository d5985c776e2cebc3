//! SAML providers: the way to them, back from them, and out again.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/saml2-idpresponse-endpoint.html>

use cognito_api::wire::IdentityProviderTypeType as Type;
use cognito_core::Time;
use cognito_core::identity_provider::IdentityProvider;
use cognito_core::oauth::authorize::{Prompt, ProviderHint};
use cognito_core::oauth::interaction::Federation;
use cognito_core::oauth::{BrowserSession, Parameters};
use cognito_core::pool::Pool;
use cognito_core::saml::{Next, SamlLogout, SamlSession, UsedAssertion, entity_id, request_id};
use cognito_saml::{
    AuthnRequest, Delivery, Encryption, Expected, Identity, Initiator, LogoutRequest, LogoutResponse,
    Metadata, NameId, Response, SamlError, ServiceKey,
};
use serde_json::{Map, Value, json};

use super::back::{Back, back, lost};
use super::begin::offered;
use super::complete::{complete, refuse};
use super::look_up::renewed;
use super::sign_in::ExternalIdentity;
use crate::managed_login::page::Language;
use crate::oauth::answer::{Answer, Content};
use crate::oauth::authorize::{self, Place};
use crate::oauth::{Visit, browser, logout};
use crate::prelude::*;
use crate::service::signing_certificate;

/// Where responses are posted.
const CONSUMER: &str = "/saml2/idpresponse";
/// Where answers to logout requests are posted.
const LOGOUT: &str = "/saml2/logout";
/// The field that says that a form was posted again by a page of ours.
const AGAIN: &str = "again";

/// The message that takes the browser to a provider.
pub(super) async fn request(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    provider: &IdentityProvider,
    federation: &Federation,
) -> Reply<Content> {
    let provider = renewed(ctx, &place.pool, provider).await?;
    let metadata = metadata(&provider)?;
    let endpoint = metadata.sign_on().ok_or_else(ApiError::internal)?;
    let signs = provider.detail("RequestSigningAlgorithm").is_some();
    let key = if signs { Some(service_key(ctx, &place.pool).await?) } else { None };
    let request = AuthnRequest {
        id: &request_id(&federation.state),
        issuer: &entity_id(&place.pool.id),
        reply_to: &ctx.endpoint(CONSUMER),
        force: place.request.prompt.contains(&Prompt::Login) || place.request.max_age == Some(0),
        now: ctx.now().seconds(),
    };
    let delivery = request.deliver(endpoint, &federation.state, key.as_ref()).map_err(failed)?;
    Ok(content(place.visit, &place.pool, delivery))
}

/// POST /saml2/idpresponse: a provider says who signed in, asked or unasked.
pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let Some((response, state)) = message(visit) else { return Ok(lost()) };
    let unasked = Parameters::parse(state);
    match unasked.one("client_id") {
        Ok(Some(_)) => answer_unasked(ctx, visit, response, &unasked).await,
        _ => answer_asked(ctx, visit, response, state).await,
    }
}

async fn answer_asked(ctx: &Ctx<'_>, visit: &Visit, response: &str, state: &str) -> Reply<Answer> {
    let Some(Back { place, provider, .. }) = back(ctx, visit, state).await? else {
        return Ok(post_again(visit, response, state));
    };
    match provider.filter(|provider| provider.kind == Type::Saml) {
        Some(provider) => {
            let initiator = Initiator::ServiceProvider { request_id: &request_id(state) };
            finish(ctx, &place, &provider, response, initiator).await
        }
        None => Ok(refuse(&place, &errors::provider_not_offered())),
    }
}

/// Browsers keep our cookies back when another site makes them post. A page of ours posts the same once more; what does
/// not fit then is lost.
fn post_again(visit: &Visit, response: &str, state: &str) -> Answer {
    if visit.form().is_some_and(|form| form.field(AGAIN).is_some()) {
        return lost();
    }
    let fields = [("SAMLResponse", response), ("RelayState", state), (AGAIN, "true")];
    let fields = fields.map(|(name, value)| (name, value.to_owned())).to_vec();
    Content::Post { language: Language::of(visit, None), action: "idpresponse".to_owned(), fields }.into()
}

/// A sign-in that the provider began. RelayState is what the app would have asked /oauth2/authorize for.
async fn answer_unasked(ctx: &Ctx<'_>, visit: &Visit, response: &str, asked: &Parameters) -> Reply<Answer> {
    let Ok((pool, client, request)) = authorize::check(ctx, visit, asked).await? else { return Ok(lost()) };
    let mut txn = ctx.read();
    let place = Place { visit, pool, client, request };
    let issuer = Response::decode(response).and_then(|response| response.claimed_issuer()).ok().flatten();
    let mut provider = None;
    for name in offered(&place.client) {
        // Only a client whose providers are all of SAML takes what it did not ask for.
        let Some(found) =
            txn.provider_if_any(&place.pool, name).await?.filter(|found| found.kind == Type::Saml)
        else {
            return Ok(refuse(&place, &errors::saml_unasked()));
        };
        if names(&place, &found, issuer.as_deref()) {
            provider = Some(found);
        }
    }
    match provider.filter(|provider| provider.detail("IDPInit") == Some("true")) {
        Some(provider) => finish(ctx, &place, &provider, response, Initiator::IdentityProvider).await,
        None => Ok(refuse(&place, &errors::saml_unasked())),
    }
}

/// Whether a provider is the one that RelayState names, or else the one that the response says it comes from.
fn names(place: &Place<'_>, provider: &IdentityProvider, issuer: Option<&str>) -> bool {
    match &place.request.provider {
        Some(ProviderHint::Name(name)) => *name == provider.name,
        Some(ProviderHint::Identifier(identifier)) => {
            provider.identifiers.iter().flatten().any(|known| known == identifier)
        }
        None => {
            let entity = metadata(provider).map(|metadata| metadata.entity_id);
            issuer.is_some_and(|issuer| entity.is_ok_and(|entity| entity == issuer))
        }
    }
}

async fn finish(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    provider: &IdentityProvider,
    response: &str,
    initiator: Initiator<'_>,
) -> Reply<Answer> {
    let provider = renewed(ctx, &place.pool, provider).await?;
    let encrypts = provider.detail("EncryptedResponses") == Some("true");
    let key = if encrypts { Some(service_key(ctx, &place.pool).await?) } else { None };
    let metadata = metadata(&provider)?;
    let expected = Expected {
        metadata: &metadata,
        audience: &entity_id(&place.pool.id),
        recipient: &ctx.endpoint(CONSUMER),
        initiator,
        encryption: key.as_ref().map_or(Encryption::None, Encryption::Required),
        now: ctx.now().seconds(),
    };
    let identity = match Response::decode(response).and_then(|response| response.verify(&expected)) {
        Ok(identity) => identity,
        Err(error) => return Ok(refuse(place, &errors::saml_refused(&error.to_string()))),
    };
    if !is_first_use(ctx, place, &metadata.entity_id, &identity).await? {
        return Ok(refuse(place, &errors::saml_refused("the assertion was used before")));
    }
    complete(ctx, place, &provider, &external(&provider, &metadata, identity)).await
}

/// Notes that an assertion was used, unless it was before.
async fn is_first_use(ctx: &Ctx<'_>, place: &Place<'_>, issuer: &str, identity: &Identity) -> Reply<bool> {
    let until = Time::from_seconds(identity.remember_until);
    let used = UsedAssertion::new(&place.pool.id, issuer, &identity.assertion_id, until);
    ctx.write(async |txn| {
        if txn.get::<UsedAssertion>(&cognito_core::Entity::key(&used)).await?.is_some() {
            return Ok(false);
        }
        txn.save(&used);
        Ok(true)
    })
    .await
}

fn external(provider: &IdentityProvider, metadata: &Metadata, identity: Identity) -> ExternalIdentity {
    let Identity { name_id, session_index, attributes, .. } = identity;
    let value = |values: Vec<String>| match <[String; 1]>::try_from(values) {
        Ok([value]) => Value::String(value),
        Err(values) => json!(values),
    };
    let claims: Map<String, Value> =
        attributes.into_iter().map(|(name, values)| (name, value(values))).collect();
    ExternalIdentity {
        subject: name_id.value.clone(),
        said: json!({ "samlResponse": claims }),
        claims,
        acr: None,
        issuer: Some(metadata.entity_id.clone()),
        saml: Some(SamlSession {
            provider: provider.name.clone(),
            name_id: name_id.value,
            format: name_id.format,
            name_qualifier: name_id.name_qualifier,
            sp_name_qualifier: name_id.sp_name_qualifier,
            session_index,
        }),
    }
}

/// The request that ends the session at the provider as well, if the browser's session came from one that wants that.
/// Afterwards the browser goes on.
pub(crate) async fn sign_out(
    ctx: &Ctx<'_>,
    visit: &Visit,
    pool: &Pool,
    session: &BrowserSession,
    next: &Next,
) -> Reply<Option<Content>> {
    let Some(saml) = &session.saml else { return Ok(None) };
    let Some(provider) = ctx.read().provider_if_any(pool, &saml.provider).await? else { return Ok(None) };
    if provider.detail("IDPSignout") != Some("true") {
        return Ok(None);
    }
    let metadata = metadata(&provider)?;
    let Some(endpoint) = metadata.sign_out() else { return Ok(None) };
    let state = format!("{}.{}", pool.id, browser::secret_text(ctx));
    let logout = SamlLogout::new(&pool.id, &state, &provider.name, next.clone(), ctx.now());
    ctx.write(async |txn| {
        txn.save(&logout);
        Ok(())
    })
    .await?;
    let request = LogoutRequest {
        id: &request_id(&state),
        issuer: &entity_id(&pool.id),
        name_id: &NameId {
            value: saml.name_id.clone(),
            format: saml.format.clone(),
            name_qualifier: saml.name_qualifier.clone(),
            sp_name_qualifier: saml.sp_name_qualifier.clone(),
        },
        session_index: saml.session_index.as_deref(),
        now: ctx.now().seconds(),
    };
    let key = service_key(ctx, pool).await?;
    Ok(Some(content(visit, pool, request.deliver(endpoint, &state, &key).map_err(failed)?)))
}

/// POST /saml2/logout: the provider has ended its session. The browser goes where it wanted to go.
pub(crate) async fn signed_out(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let next = match message(visit) {
        Some((response, state)) => ended(ctx, response, state).await?,
        None => None,
    };
    Ok(next.map_or_else(lost, |next| logout::content(next).into()))
}

/// Where a browser goes whose session has ended at the provider; nowhere if that is not the answer to a request of ours.
async fn ended(ctx: &Ctx<'_>, response: &str, state: &str) -> Reply<Option<Next>> {
    let Some(key) = SamlLogout::key_of(state) else { return Ok(None) };
    let mut txn = ctx.read();
    let Some(logout) = txn.get::<SamlLogout>(&key).await? else { return Ok(None) };
    let Some(pool) = txn.get::<Pool>(&logout.pool_id).await? else { return Ok(None) };
    let Some(provider) = txn.provider_if_any(&pool, &logout.provider).await? else { return Ok(None) };
    let metadata = metadata(&provider)?;
    let verified = LogoutResponse::decode(response)
        .and_then(|response| response.verify(&metadata, &ctx.endpoint(LOGOUT), &request_id(state)));
    if let Err(error) = verified {
        tracing::info!(%error, "the answer to a SAML logout request is refused");
        return Ok(None);
    }
    ctx.write(async |txn| {
        let Some(logout) = txn.get::<SamlLogout>(&key).await? else { return Ok(None) };
        txn.delete(&*logout);
        Ok(Some(logout.next.clone()))
    })
    .await
}

/// `SAMLResponse` and `RelayState` of a form.
fn message(visit: &Visit) -> Option<(&str, &str)> {
    let form = visit.form()?;
    Some((form.one("SAMLResponse").ok()??, form.one("RelayState").ok()??))
}

fn content(visit: &Visit, pool: &Pool, delivery: Delivery) -> Content {
    match delivery {
        Delivery::Redirect(location) => Content::Away(location),
        Delivery::Post { action, fields } => {
            Content::Post { language: Language::of(visit, Some(pool)), action, fields }
        }
    }
}

/// The metadata was read when the provider was made.
fn metadata(provider: &IdentityProvider) -> Reply<Metadata> {
    let text = provider.detail("MetadataFile").unwrap_or_default();
    Metadata::parse(text).map_err(|error| ApiError::internal().because(error))
}

async fn service_key(ctx: &Ctx<'_>, pool: &Pool) -> Reply<ServiceKey> {
    let certificate = signing_certificate::of_pool(ctx, pool).await?;
    ServiceKey::new(&certificate.key, &certificate.certificate).map_err(failed)
}

fn failed(error: SamlError) -> ApiError {
    ApiError::internal().because(error)
}
