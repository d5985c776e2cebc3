//! An integration: what a route hands its requests to.

use std::collections::BTreeMap;

use cognito_core::{Entity, IndexEntry, Kind};
use serde::{Deserialize, Serialize};

use super::key_of;

/// The index of the integrations of an API.
pub const BY_API: &str = "integration.by_api";

/// What a route hands its requests to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Integration {
    /// The API.
    pub api_id: String,
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: IntegrationKind,
    /// The URL, or the ARN of the function.
    pub uri: String,
    /// The method of the request that it makes; `ANY`: that of the caller.
    pub method: Option<String>,
    /// `1.0` or `2.0`: the form of the event that a function gets.
    pub payload_format: String,
    /// After how many milliseconds there is no answer.
    pub timeout_ms: u32,
    /// What is added to the request, or taken from it.
    pub request_parameters: BTreeMap<String, String>,
    /// What is changed in the answer, by its status.
    pub response_parameters: BTreeMap<String, BTreeMap<String, String>>,
    /// Its description.
    pub description: Option<String>,
    /// The role to call it with, only given back.
    pub credentials_arn: Option<String>,
    /// Whether it came with the API (quick create).
    pub managed: bool,
}

/// What an integration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntegrationKind {
    /// A URL.
    HttpProxy,
    /// A Lambda function.
    AwsProxy,
}

impl Integration {
    /// The key of an integration.
    pub fn key_of(api_id: &str, id: &str) -> String {
        key_of(api_id, id)
    }
}

impl Entity for Integration {
    const KIND: Kind = Kind::Integration;

    fn key(&self) -> String {
        Self::key_of(&self.api_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::shared(BY_API, self.key())]
    }
}
