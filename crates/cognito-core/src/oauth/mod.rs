//! The rules of the OAuth 2.0 and OpenID Connect endpoints. Source: `oauth-and-managed-login` of the specification.

pub mod authorize;
pub mod browser_session;
pub mod code;
pub mod grant;
pub mod interaction;
pub mod parameters;
pub mod pkce;
pub mod redirect;
pub mod registration;
pub mod token;

pub use authorize::{AuthorizationRequest, Refusal};
pub use browser_session::BrowserSession;
pub use code::AuthorizationCode;
pub use grant::Granted;
pub use interaction::{Interaction, Stage};
pub use parameters::Parameters;
