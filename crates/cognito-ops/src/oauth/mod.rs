//! The OAuth 2.0 and OpenID Connect endpoints of a pool, and what its pages stand on. No HTTP: a [`Visit`] comes in, an
//! [`Answer`] goes out.

pub(crate) mod answer;
pub(crate) mod assurance;
pub(crate) mod authorize;
pub(crate) mod browser;
mod caller;
pub(crate) mod conclude;
mod domain;
mod endpoint;
mod error_page;
pub(crate) mod logout;
mod redeem;
mod register;
mod revoke;
#[cfg(test)]
pub(crate) mod testing;
mod token;
mod user_info;
mod visit;

pub use answer::{Answer, Content, Cookie};
pub use browser::is_login_cookie;
pub use domain::{CalledDomain, is_prefix_domain};
pub use endpoint::{Endpoint, Readers};
pub use visit::{Body, Visit};
