//! The OAuth 2.0 and OpenID Connect endpoints of a pool, and what its pages stand on. No HTTP: a [`Visit`] comes in, an
//! [`Answer`] goes out.

pub(crate) mod answer;
pub(crate) mod authorize;
pub(crate) mod browser;
mod caller;
pub(crate) mod conclude;
mod endpoint;
mod error_page;
mod redeem;
mod token;
mod visit;

pub use answer::{Answer, Content, Cookie};
pub use endpoint::{Endpoint, Readers};
pub use visit::{Body, Visit};
