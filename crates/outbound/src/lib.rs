//! Requests to URLs that others choose: identity providers, HTTP integrations, issuers of tokens.
//!
//! Who configures a pool or an API names URLs that this server then calls. The guard keeps such a URL from reaching what
//! only this machine can reach: http and https alone, no redirects, no proxies of the environment, each name resolved
//! once and connected where it was checked, bounded in time and length.

mod client;
mod guard;

pub use client::{Client, Failure, Request, Response, Stream};
pub use guard::Guard;
