//! An HTTP API.

use std::collections::BTreeMap;

use cognito_api::apigatewayv2 as wire;
use cognito_core::{Entity, IndexEntry, Kind, Time};
use serde::{Deserialize, Serialize};

/// The index of the APIs of an account and region, in the order of their ids.
pub const BY_REGION: &str = "http_api.by_region";

/// An HTTP API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Api {
    /// Ten characters of `a-z0-9`.
    pub id: String,
    /// The account, 12 digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// Its name, which others may have too.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// Its version, a text of its owner's.
    pub version: Option<String>,
    /// When it was created.
    pub created: Time,
    /// Whether and how CORS requests are answered by the gateway.
    pub cors: Option<wire::Cors>,
    /// Whether invocations by the id in the host are refused.
    pub disable_execute_api_endpoint: bool,
    /// Only given back: it is for WebSocket APIs.
    pub disable_schema_validation: Option<bool>,
    /// Only given back.
    pub api_key_selection_expression: String,
    /// Only given back: a local server has what addresses it has.
    pub ip_address_type: wire::IpAddressType,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// How often something that is deployed was changed. Whoever changes something writes the API too, so that two
    /// changes at once are made one after the other.
    pub revision: u64,
}

impl Api {
    /// The beginning of the values in the index `BY_REGION`.
    pub fn region_prefix(account: &str, region: &str) -> String {
        format!("{account}/{region}/")
    }

    /// The ARN, as tags name it.
    pub fn arn(&self) -> String {
        format!("arn:aws:apigateway:{}::/apis/{}", self.region, self.id)
    }
}

impl Entity for Api {
    const KIND: Kind = Kind::HttpApi;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        let value = format!("{}{}", Self::region_prefix(&self.account, &self.region), self.id);
        vec![IndexEntry::shared(BY_REGION, value)]
    }
}
