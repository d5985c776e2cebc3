//! POST /oauth2/register: an app registers itself as a client (RFC 7591), openly or with an access token.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DcrConfigurationType.html>

use std::sync::Arc;

use cognito_api::ops;
use cognito_core::client::Client;
use cognito_core::exchange::Sent;
use cognito_core::ids;
use cognito_core::oauth::registration::{self, Door, Registration, RegistrationError};
use cognito_core::pool::Pool;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Content};
use super::visit::{Body, Visit};
use crate::call;
use crate::prelude::*;
use crate::service::access;
use crate::service::new_client::{self, NewClient};
use crate::service::presented;

/// AWS's words are not known; these are of RFC 6750, section 3.
const BAD_TOKEN: &str = r#"Bearer error="invalid_token""#;
const NO_SCOPE: &str = r#"Bearer error="insufficient_scope", scope="aws.cognito/dcr/register""#;

pub(super) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let Some(pool) = pool(ctx, visit).await? else { return Ok(refused(RegistrationError::Closed)) };
    let Some(configuration) = pool.settings.registration() else {
        return Ok(refused(RegistrationError::Closed));
    };
    let door = match visit.bearer() {
        None => Door::Open,
        Some(token) => {
            let kind = wire::TokenTypeIdentifierType::AccessToken;
            let sent = Sent { token, kind, provider: None };
            match presented::find(ctx, &mut ctx.read(), &pool, sent).await {
                Ok(found) if found.scopes.iter().any(|scope| scope == registration::SCOPE) => {
                    Door::Authenticated
                }
                Ok(_) => return Ok(Content::Empty { status: 403, challenge: Some(NO_SCOPE) }.into()),
                Err(error) if error.status() < 500 => {
                    return Ok(Content::Empty { status: 401, challenge: Some(BAD_TOKEN) }.into());
                }
                Err(error) => return Err(error),
            }
        }
    };
    let Some(request) = object(visit) else { return Ok(refused(RegistrationError::Metadata("body"))) };
    let registration = match Registration::read(configuration, door, &request) {
        Ok(registration) => registration,
        Err(error) => return Ok(refused(error)),
    };
    let secret = registration.is_confidential().then(|| ids::client_secret(&ctx.words()));
    let id = ids::client_id(&ctx.words());
    match create(ctx, id, secret.clone(), settings(&pool, &registration)).await {
        Ok(client) => Ok(Answer::json(201, registered(&client, &registration, secret))),
        Err(error) if error.status() < 500 => {
            let body = json!({ "error": "invalid_client_metadata", "error_description": error.message() });
            Ok(Answer::json(400, body))
        }
        Err(error) => Err(error),
    }
}

/// Makes the client: what an app says of itself is held against the model, as what an administrator says is.
async fn create(
    ctx: &Ctx<'_>,
    id: String,
    secret: Option<String>,
    request: wire::UpdateUserPoolClientRequest,
) -> Reply<Client> {
    let request = wire::UpdateUserPoolClientRequest { client_id: id.clone().into(), ..request };
    call::check::<ops::UpdateUserPoolClient>(&request)?;
    let name = request.client_name.clone().unwrap_or_default();
    new_client::create(ctx, NewClient { id, name, secret, request, registered: true }).await
}

/// The pool of the domain. On the plain host it is that of the token, or the one that the query names.
async fn pool(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Option<Arc<Pool>>> {
    let issuer = visit.bearer().and_then(|token| cognito_jwt::unverified_claims(token).ok());
    let issuer = issuer.as_ref().and_then(|(_, claims)| access::issued_by(claims));
    let named = visit.query.one("user_pool_id").ok().flatten();
    let Some(id) = visit.pool_id().or(named).or(issuer) else { return Ok(None) };
    Ok(ctx.read().get::<Pool>(id).await?)
}

fn object(visit: &Visit) -> Option<Map<String, Value>> {
    let Body::Json(bytes) = &visit.body else { return None };
    serde_json::from_slice(bytes).ok()
}

fn settings(pool: &Pool, registration: &Registration) -> wire::UpdateUserPoolClientRequest {
    let uris = Some(registration.redirect_uris.clone()).filter(|uris| !uris.is_empty());
    wire::UpdateUserPoolClientRequest {
        user_pool_id: pool.id.clone(),
        client_name: Some(registration.name.clone()),
        callback_urls: uris,
        allowed_oauth_flows: Some(vec![registration.flow]),
        allowed_oauth_scopes: Some(registration.scopes.clone()),
        allowed_oauth_flows_user_pool_client: Some(true),
        supported_identity_providers: Some(vec!["COGNITO".to_owned()]),
        ..Default::default()
    }
}

/// RFC 7591, section 3.2.1. Secrets do not expire.
fn registered(client: &Client, registration: &Registration, secret: Option<String>) -> Value {
    let (grant_types, response_types) = registration.types();
    let mut body = json!({
        "client_id": client.id,
        "client_id_issued_at": client.created.seconds(),
        "client_name": registration.name,
        "redirect_uris": registration.redirect_uris,
        "grant_types": grant_types,
        "response_types": response_types,
        "token_endpoint_auth_method": registration.method,
        "scope": registration.scopes.join(" "),
    });
    if let Some(secret) = secret {
        body["client_secret"] = json!(secret);
        body["client_secret_expires_at"] = json!(0);
    }
    body
}

fn refused(error: RegistrationError) -> Answer {
    let status = if error == RegistrationError::Closed { 403 } else { 400 };
    let mut body = json!({ "error": error.to_string() });
    if let RegistrationError::Metadata(name) = error {
        body["error_description"] = json!(format!("{name} is not valid"));
    }
    Answer::json(status, body)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::browser::views::LoginPages;
    use testkit::browser::{self, Body, Browser, Content, Endpoint};

    use crate::oauth::testing::SECRET;

    async fn register(world: &World, pool: &str, token: Option<&Value>, request: Value) -> (u16, Value) {
        let mut browser = Browser::new(world);
        browser.at(pool, LoginPages::Classic);
        let header = token.map(|token| format!("Bearer {}", token.as_str().unwrap_or_default()));
        let body = Body::Json(request.to_string().into_bytes());
        match browser.send(Endpoint::Register, "", body, header.as_deref()).await.content {
            Content::Json { status, body } => (status, body),
            Content::Empty { status, challenge } => (status, json!(challenge)),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn open() {
        let world = World::new().await;
        let pool = world.pool(json!({ "DcrConfiguration": { "OpenDcrEnabled": true } })).await;
        let request = json!({
            "client_name": "MCP", "redirect_uris": ["http://localhost:6274/cb"],
            "token_endpoint_auth_method": "none",
        });
        let (status, client) = register(&world, &pool, None, request).await;
        assert_eq!((status, client.get("client_secret")), (201, None), "{client}");
        assert_eq!(client["grant_types"], json!(["authorization_code", "refresh_token"]));
        let which = json!({ "UserPoolId": pool, "ClientId": client["client_id"] });
        let described = world.ok("DescribeUserPoolClient", which).await["UserPoolClient"].clone();
        assert_eq!(described["CallbackURLs"], json!(["http://localhost:6274/cb"]));
        assert_eq!(described["AllowedOAuthFlows"], json!(["code"]));
        assert_eq!(described["ClientType"], "DCR");
        world.client(&pool, json!({})).await;
        let list = async |kind: &str| {
            let input = json!({ "UserPoolId": pool, "ClientType": kind });
            world.ok("ListUserPoolClients", input).await["UserPoolClients"].clone()
        };
        let (dcr, regular) = (list("DCR").await, list("REGULAR").await);
        assert_eq!((&dcr[0]["ClientName"], &dcr[1]), (&json!("MCP"), &Value::Null));
        assert_eq!((&regular[0]["ClientName"], &regular[1]), (&json!("client"), &Value::Null));
    }

    #[tokio::test]
    async fn with_a_token() {
        let world = World::new().await;
        let pool = world.pool(json!({ "DcrConfiguration": { "EnableStatus": "Enabled" } })).await;
        let machine = json!({
            "ClientSecret": SECRET, "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["aws.cognito/dcr/register"],
        });
        let machine = world.client(&pool, machine).await;
        let form = [("grant_type", "client_credentials"), ("client_id", &machine), ("client_secret", SECRET)];
        let (_, tokens) = browser::call(&world, Endpoint::Token, None, &form).await;
        let token = &tokens["access_token"];
        let request = json!({ "redirect_uris": ["https://app.example/cb"] });
        let (status, client) = register(&world, &pool, Some(token), request.clone()).await;
        assert_eq!((status, &client["client_secret_expires_at"]), (201, &json!(0)), "{client}");
        assert_eq!(client["client_secret"].as_str().map(str::len), Some(52));
        assert_eq!(register(&world, &pool, None, request.clone()).await.1["error"], "access_denied");
        assert_eq!(register(&world, &pool, Some(&json!("x")), request.clone()).await.0, 401);
        let script = json!({ "redirect_uris": ["javascript:alert(1)"] });
        assert_eq!(register(&world, &pool, Some(token), script).await.1["error"], "invalid_redirect_uri");
        let long = |length: usize| format!("https://app.example/{}", "a".repeat(length));
        let many: Vec<String> = (0..101).map(long).collect();
        for bad in [
            json!({ "redirect_uris": [long(1024)] }),
            json!({ "redirect_uris": ["https://app.example/\u{1}"] }),
            json!({ "redirect_uris": many }),
            json!({ "redirect_uris": [long(1)], "client_name": "a".repeat(129) }),
            json!({ "redirect_uris": [long(1)], "client_name": "" }),
        ] {
            let (status, answer) = register(&world, &pool, Some(token), bad).await;
            assert_eq!((status, &answer["error"]), (400, &json!("invalid_client_metadata")), "{answer}");
        }
        let other = world.pool(json!({ "DcrConfiguration": { "EnableStatus": "Disabled" } })).await;
        assert_eq!(register(&world, &other, Some(token), request.clone()).await.0, 403);
        let other = world.pool(json!({ "DcrConfiguration": { "EnableStatus": "Enabled" } })).await;
        assert_eq!(register(&world, &other, Some(token), request).await.0, 401, "another pool's token");
    }
}
