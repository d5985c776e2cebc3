//! A deployment: what an API was at a moment.

use cognito_api::apigatewayv2 as wire;
use cognito_core::{Entity, IndexEntry, Kind, Time};
use serde::{Deserialize, Serialize};

use super::{Authorizer, Integration, Route, key_of};

/// The index of the deployments of an API.
pub const BY_API: &str = "deployment.by_api";

/// What an API was at a moment. Stages serve deployments, never the API itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// The API.
    pub api_id: String,
    /// Its id.
    pub id: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was made.
    pub created: Time,
    /// Whether a change of the API made it, for a stage that deploys by itself.
    pub auto_deployed: bool,
    /// What is served.
    pub snapshot: Snapshot,
}

/// All of an API that an invocation depends on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its routes.
    pub routes: Vec<Route>,
    /// Its integrations.
    pub integrations: Vec<Integration>,
    /// Its authorizers.
    pub authorizers: Vec<Authorizer>,
    /// How CORS requests are answered.
    pub cors: Option<wire::Cors>,
}

impl Deployment {
    /// The key of a deployment.
    pub fn key_of(api_id: &str, id: &str) -> String {
        key_of(api_id, id)
    }
}

impl Entity for Deployment {
    const KIND: Kind = Kind::Deployment;

    fn key(&self) -> String {
        Self::key_of(&self.api_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::shared(BY_API, self.key())]
    }
}
