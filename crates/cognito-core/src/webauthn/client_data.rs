//! The client data: what the browser says of a ceremony. The authenticator signs its hash.
//! <https://www.w3.org/TR/webauthn-3/#dictdef-collectedclientdata>

use base64::Engine as _;
use serde::Deserialize;

use super::credential::BASE64URL;
use super::{PasskeyError, RelyingParty};
use crate::secret;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: Option<bool>,
}

/// Checks the client data of a ceremony, `webauthn.create` or `webauthn.get`, and gives its hash.
pub(super) fn check(
    bytes: &[u8],
    ceremony: &str,
    party: &RelyingParty,
    challenge: &[u8],
) -> Result<[u8; 32], PasskeyError> {
    let data: ClientData = serde_json::from_slice(bytes).map_err(|_| PasskeyError::Malformed)?;
    if data.r#type != ceremony {
        return Err(PasskeyError::Ceremony);
    }
    let answered = BASE64URL.decode(&data.challenge).map_err(|_| PasskeyError::Malformed)?;
    if !secret::equal(&answered, challenge) {
        return Err(PasskeyError::Challenge);
    }
    // A page in a frame of another site could be any page: the pool cannot name those that may embed it.
    if !party.allows(&data.origin) || data.cross_origin == Some(true) {
        return Err(PasskeyError::Origin);
    }
    Ok(secret::sha256(bytes))
}
