//! HTTP APIs (API Gateway v2) with JWT authorizers.
//!
//! - [`model`] is what is stored: APIs, authorizers, routes, integrations, stages and deployments.
//! - [`manage`] is the management API, which the CLI and the SDKs call.
//! - [`invoke`] answers the requests to an API.

mod errors;
pub mod invoke;
pub mod manage;
pub mod model;
