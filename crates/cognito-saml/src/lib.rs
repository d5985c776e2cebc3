//! SAML 2.0 for a user pool that is a service provider. Pure: time and ids are arguments, and no HTTP is known.
//!
//! What is spoken is the Web Browser SSO and the Single Logout profile, with the narrow use of XML signatures and
//! XML encryption that SAML Core, section 5.4, allows. Canonical XML comes from `bergshamra`, ciphers from OpenSSL;
//! `docs/decisions/0014-saml.md` says why.

mod assertion;
mod authn_request;
mod binding;
mod encryption;
mod error;
mod instant;
mod key;
mod logout;
mod metadata;
mod names;
mod response;
mod signature;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod write;
mod xml;

pub use assertion::{Identity, NameId};
pub use authn_request::AuthnRequest;
pub use binding::{Delivery, MESSAGE_LIMIT, Message};
pub use error::{MetadataError, ResponseError, SamlError};
pub use key::ServiceKey;
pub use logout::{LogoutRequest, LogoutResponse};
pub use metadata::{Binding, Endpoint, Metadata};
pub use response::{Encryption, Expected, Initiator, Response};
