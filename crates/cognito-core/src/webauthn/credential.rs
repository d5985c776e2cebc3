//! A credential as browsers write it in JSON.
//! <https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson>

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::PasskeyError;

/// Base64url; padding is read and not written.
pub(super) const BASE64URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, INDIFFERENT);
const INDIFFERENT: GeneralPurposeConfig = NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// The longest credential id.
/// <https://www.w3.org/TR/webauthn-3/#credential-id>
const MAX_ID: usize = 1023;

/// Bytes that are base64url in JSON.
#[derive(Clone, Debug)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64URL.decode(text).map(Self).map_err(D::Error::custom)
    }
}

/// What both ceremonies answer; the response differs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credential<R> {
    id: Bytes,
    raw_id: Option<Bytes>,
    r#type: String,
    pub(super) authenticator_attachment: Option<String>,
    pub(super) response: R,
}

impl<R: DeserializeOwned> Credential<R> {
    /// Reads one, and checks that it is of the only type that there is and has the same id twice.
    pub(super) fn read(json: &Value) -> Result<Self, PasskeyError> {
        let credential = Self::deserialize(json).map_err(|_| PasskeyError::Malformed)?;
        let id = &credential.id.0;
        let same = credential.raw_id.as_ref().is_none_or(|raw| raw.0 == *id);
        if credential.r#type == "public-key" && same && (1..=MAX_ID).contains(&id.len()) {
            Ok(credential)
        } else {
            Err(PasskeyError::Malformed)
        }
    }
}

impl<R> Credential<R> {
    /// Its id.
    pub(super) fn id(&self) -> &[u8] {
        &self.id.0
    }
}
