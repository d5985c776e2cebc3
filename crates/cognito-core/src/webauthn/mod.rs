//! Passkeys: what a user pool asks of an authenticator, and what it makes of the answer.
//! <https://www.w3.org/TR/webauthn-3/>. Why there is no library behind it: `docs/decisions/0009-webauthn.md`.

mod assertion;
mod authenticator_data;
mod client_data;
mod credential;
mod error;
mod options;
mod passkey;
mod public_key;
mod registration;
mod relying_party;
#[cfg(test)]
mod tests;

pub use assertion::{Asserted, Assertion};
pub use error::PasskeyError;
pub use options::{Allowed, creation, request};
pub use passkey::{BY_USER, MAX_PASSKEYS, Passkey};
pub use registration::Registration;
pub use relying_party::{NotOffered, RelyingParty};
