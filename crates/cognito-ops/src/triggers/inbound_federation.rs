//! InboundFederation: may change what an identity provider says of a user before it is taken over.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-inbound-federation.html>

use cognito_core::identity_provider::IdentityProvider;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::About;
use super::event::Event;
use crate::ctx::Ctx;
use crate::errors::Reply;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    user_attributes_to_map: Option<Map<String, Value>>,
}

/// Shows the function what the provider said (`tokenResponse`, `idToken` and `userInfo`, or `samlResponse`). What it
/// gives back stands in the place of the claims: those that it leaves out are dropped. `None` changes nothing.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    provider: &IdentityProvider,
    said: &Value,
) -> Reply<Option<Map<String, Value>>> {
    let Some(function) = &about.pool.settings.lambda_config.inbound_federation else { return Ok(None) };
    let request = [
        ("providerName", json!(provider.name)),
        ("providerType", json!(provider.kind)),
        ("attributes", said.clone()),
    ];
    let event = Event {
        trigger: "InboundFederation",
        version: "1",
        source: "InboundFederation_ExternalProvider",
        request: request.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
        response: json!({ "userAttributesToMap": {} }),
    };
    let response = event.send::<Response>(ctx, about, &function.lambda_arn).await?.unwrap_or_default();
    Ok(response.user_attributes_to_map.filter(|attributes| !attributes.is_empty()))
}
