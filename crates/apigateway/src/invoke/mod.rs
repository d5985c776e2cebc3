//! Invocation: what answers a request to an API.
//!
//! The steps, in order: the place (API, stage, deployment), a CORS preflight, the route, its authorizer, its
//! integration, the headers for other origins, the access log. Only what the deployment holds is read, so that a change
//! reaches callers by a deployment alone; and whatever is missing or fails refuses.

mod access_log;
mod authorizer;
mod aws_proxy;
mod call;
mod context;
mod cors;
mod gateway;
mod hops;
mod http_proxy;
mod mapping;
mod outgoing;
mod place;
mod route;
#[cfg(test)]
mod scene;
mod verdict;

pub use call::{Answer, Body, Call, Claims, Headers, Matched, PathParameters, Place, Refusal, values};
pub use gateway::{Gateway, invoke, refuse};
pub use verdict::verdict;
