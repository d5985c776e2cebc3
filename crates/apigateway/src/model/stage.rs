//! A stage: under which name which deployment is served.

use std::collections::BTreeMap;

use cognito_api::apigatewayv2 as wire;
use cognito_core::{Entity, IndexEntry, Kind, Time};
use serde::{Deserialize, Serialize};

use super::key_of;

/// The index of the stages of an API.
pub const BY_API: &str = "stage.by_api";

/// The stage that is served without a name in the path.
pub const DEFAULT: &str = "$default";

/// Under which name which deployment is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The API.
    pub api_id: String,
    /// Its name, which is the first part of the path unless it is [`DEFAULT`].
    pub name: String,
    /// The deployment that it serves; without one there is nothing to invoke.
    pub deployment_id: Option<String>,
    /// Whether every change of the API is deployed to it at once.
    pub auto_deploy: bool,
    /// What integrations may name.
    pub variables: BTreeMap<String, String>,
    /// Its description.
    pub description: Option<String>,
    /// What is logged of each invocation.
    pub access_log: Option<wire::AccessLogSettings>,
    /// Only given back: nothing is throttled.
    pub default_route_settings: wire::RouteSettings,
    /// The same for single routes.
    pub route_settings: BTreeMap<String, wire::RouteSettings>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Time,
    /// When it was changed.
    pub updated: Time,
    /// Whether it came with the API (quick create).
    pub managed: bool,
}

impl Stage {
    /// The key of a stage.
    pub fn key_of(api_id: &str, name: &str) -> String {
        key_of(api_id, name)
    }
}

impl Entity for Stage {
    const KIND: Kind = Kind::Stage;

    fn key(&self) -> String {
        Self::key_of(&self.api_id, &self.name)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::shared(BY_API, self.key())]
    }
}
