//! A route.

use cognito_api::apigatewayv2 as wire;
use cognito_core::{Entity, IndexEntry, Kind};
use serde::{Deserialize, Serialize};

use super::key_of;

/// The index of the routes of an API.
pub const BY_API: &str = "route.by_api";
/// The index of the route keys, which are unique in an API.
pub const BY_ROUTE_KEY: &str = "route.by_key";

/// A route: which requests it takes, who may make them, and where they go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The API.
    pub api_id: String,
    /// Its id.
    pub id: String,
    /// `GET /pets/{id}`, `ANY /{proxy+}` or `$default`.
    pub key: String,
    /// Which token a request must bring; `None`: anybody may make it.
    pub jwt: Option<JwtRule>,
    /// The id of the integration; without one there is no answer.
    pub target: Option<String>,
    /// Its name in generated SDKs, only given back.
    pub operation_name: Option<String>,
    /// Whether it came with the API (quick create).
    pub managed: bool,
}

/// Which token a request must bring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JwtRule {
    /// The authorizer that knows it.
    pub authorizer_id: String,
    /// The scopes of which it must have one; none: any token of the authorizer will do.
    pub scopes: Vec<String>,
}

impl Route {
    /// The key of a route.
    pub fn key_of(api_id: &str, id: &str) -> String {
        key_of(api_id, id)
    }

    /// The value of a route key in the index `BY_ROUTE_KEY`.
    pub fn route_key_value(api_id: &str, route_key: &str) -> String {
        key_of(api_id, route_key)
    }

    /// How its callers are authorized, as AWS calls it.
    pub fn authorization_type(&self) -> wire::AuthorizationType {
        match self.jwt {
            Some(_) => wire::AuthorizationType::Jwt,
            None => wire::AuthorizationType::None,
        }
    }
}

impl Entity for Route {
    const KIND: Kind = Kind::Route;

    fn key(&self) -> String {
        Self::key_of(&self.api_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![
            IndexEntry::shared(BY_API, self.key()),
            IndexEntry::unique(BY_ROUTE_KEY, Self::route_key_value(&self.api_id, &self.key)),
        ]
    }
}
