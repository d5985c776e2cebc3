//! What browsers are asked with: the options of `navigator.credentials`, in JSON.
//! <https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON>

use base64::Engine as _;
use serde_json::{Value, json};

use super::credential::BASE64URL;
use super::public_key::{ES256, RS256};
use super::{Passkey, RelyingParty};
use crate::user::User;

/// A passkey that may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The credential id.
    pub id: Vec<u8>,
    /// How its authenticator can be reached.
    pub transports: Vec<String>,
}

impl From<&Passkey> for Allowed {
    fn from(passkey: &Passkey) -> Self {
        Self { id: passkey.id.clone(), transports: passkey.transports.clone() }
    }
}

/// The options of a registration. Members and values: [CLI start-web-authn-registration].
pub fn creation<'a>(
    party: &RelyingParty,
    user: &User,
    challenge: &[u8],
    existing: impl Iterator<Item = &'a Passkey>,
) -> Value {
    let exclude: Vec<_> =
        existing.map(|passkey| json!({ "id": passkey.id_text(), "type": "public-key" })).collect();
    let algorithms = [ES256, RS256].map(|algorithm| json!({ "alg": algorithm, "type": "public-key" }));
    json!({
        "authenticatorSelection": {
            "requireResidentKey": true,
            "residentKey": "required",
            "userVerification": party.verification,
        },
        "challenge": BASE64URL.encode(challenge),
        "excludeCredentials": exclude,
        "pubKeyCredParams": algorithms,
        "rp": { "id": party.id, "name": party.id },
        "timeout": 60_000,
        "user": {
            "displayName": user.username,
            "id": BASE64URL.encode(&user.sub),
            "name": user.username,
        },
    })
}

/// The options of a sign-in. Members and values: `auth-flows` 4.2 of the specification.
pub fn request(party: &RelyingParty, challenge: &[u8], allowed: &[Allowed]) -> Value {
    let allowed = allowed.iter().map(|passkey| {
        json!({ "id": BASE64URL.encode(&passkey.id), "type": "public-key", "transports": passkey.transports })
    });
    json!({
        "challenge": BASE64URL.encode(challenge),
        "timeout": 180_000,
        "rpId": party.id,
        "allowCredentials": allowed.collect::<Vec<_>>(),
        "userVerification": party.verification,
    })
}
