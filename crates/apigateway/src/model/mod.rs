//! What is stored of HTTP APIs.
//!
//! The keys and index values of everything that belongs to an API begin with `<api id>/`, so that it is deleted by
//! prefix.

mod api;
mod authorizer;
mod deployment;
pub mod expression;
pub mod find;
mod integration;
mod route;
mod stage;

pub use api::Api;
pub use authorizer::Authorizer;
pub use deployment::{Deployment, Snapshot};
pub use integration::{Integration, IntegrationKind};
pub use route::{JwtRule, Route};
pub use stage::{DEFAULT as DEFAULT_STAGE, Stage};

/// The key of something that belongs to an API.
fn key_of(api_id: &str, id: &str) -> String {
    format!("{api_id}/{id}")
}
