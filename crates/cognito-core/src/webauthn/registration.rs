//! Registration of a passkey: the challenge that waits, and what is made of the answer.
//! <https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential>

use ciborium::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::authenticator_data::{Attested, AuthenticatorData, cbor};
use super::credential::{Bytes, Credential};
use super::{Passkey, PasskeyError, RelyingParty, client_data, public_key};
use crate::entity::{Entity, Kind};
use crate::time::{Span, Time};

/// How long a challenge waits for its answer; how long AWS waits is not known.
const WAITS: Span = Span::minutes(5);

/// The transports that are kept.
/// <https://www.w3.org/TR/webauthn-3/#enum-transport>
const TRANSPORTS: [&str; 6] = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

/// A registration that waits for the authenticator. A user has at most one, so that of two at once only one can be
/// completed and the number of passkeys stays within its limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The pool.
    pub pool_id: String,
    /// Whose it is, by `sub`.
    pub sub: String,
    /// The app client that began.
    pub client_id: String,
    /// What the authenticator must answer.
    #[serde(with = "crate::bytes")]
    pub challenge: Vec<u8>,
    /// When it ends.
    pub expires: Time,
}

impl Registration {
    /// A new one.
    pub fn new(pool_id: &str, sub: &str, client_id: &str, challenge: Vec<u8>, now: Time) -> Self {
        Self {
            pool_id: pool_id.to_owned(),
            sub: sub.to_owned(),
            client_id: client_id.to_owned(),
            challenge,
            expires: now + WAITS,
        }
    }

    /// The record key.
    pub fn key_of(pool_id: &str, sub: &str) -> String {
        format!("{pool_id}/{sub}")
    }

    /// Makes the passkey of a `RegistrationResponseJSON` that the app client sends.
    ///
    /// # Errors
    /// [`PasskeyError`]
    pub fn complete(
        &self,
        party: &RelyingParty,
        client_id: &str,
        answer: &Json,
        now: Time,
    ) -> Result<Passkey, PasskeyError> {
        if self.client_id != client_id {
            return Err(PasskeyError::Client);
        }
        let credential = Credential::<Response>::read(answer)?;
        let response = &credential.response;
        let client_data = &response.client_data_json.0;
        let hash = client_data::check(client_data, "webauthn.create", party, &self.challenge)?;
        let object = AttestationObject::parse(&response.attestation_object.0)?;
        let data = AuthenticatorData::parse(&object.auth_data)?;
        party.check(&data)?;
        let attested =
            data.attested.filter(|new| new.id == credential.id()).ok_or(PasskeyError::Malformed)?;
        let (algorithm, public_key) = public_key::from_cose(&attested.key)?;
        object.check_attestation(&attested, algorithm, &public_key, &hash)?;
        let transports = response.transports.iter().flatten();
        let attachment = credential.authenticator_attachment.as_deref();
        Ok(Passkey {
            pool_id: self.pool_id.clone(),
            sub: self.sub.clone(),
            id: attested.id,
            public_key,
            sign_count: data.sign_count,
            relying_party: party.id.clone(),
            transports: TRANSPORTS
                .into_iter()
                .filter(|known| transports.clone().any(|t| t == known))
                .map(str::to_owned)
                .collect(),
            attachment: attachment
                .filter(|text| ["platform", "cross-platform"].contains(text))
                .map(str::to_owned),
            created: now,
        })
    }
}

impl Entity for Registration {
    const KIND: Kind = Kind::PasskeyRegistration;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.sub)
    }

    fn expires(&self) -> Option<Time> {
        Some(self.expires)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(rename = "clientDataJSON")]
    client_data_json: Bytes,
    attestation_object: Bytes,
    transports: Option<Vec<String>>,
}

/// <https://www.w3.org/TR/webauthn-3/#attestation-object>
struct AttestationObject {
    format: String,
    statement: Vec<(Value, Value)>,
    auth_data: Vec<u8>,
}

impl AttestationObject {
    fn parse(mut bytes: &[u8]) -> Result<Self, PasskeyError> {
        let malformed = PasskeyError::Malformed;
        let object = cbor(&mut bytes)?.into_map().map_err(|_| malformed)?;
        if !bytes.is_empty() {
            return Err(malformed);
        }
        let get = |name: &str| member(&object, name).cloned().ok_or(malformed);
        Ok(Self {
            format: get("fmt")?.into_text().map_err(|_| malformed)?,
            statement: get("attStmt")?.into_map().map_err(|_| malformed)?,
            auth_data: get("authData")?.into_bytes().map_err(|_| malformed)?,
        })
    }

    /// We ask for no attestation. Browsers then leave it out, but for a key that attests to itself, which they may
    /// pass on. <https://www.w3.org/TR/webauthn-3/#sctn-createCredential>
    fn check_attestation(
        &self,
        attested: &Attested,
        algorithm: i32,
        public_key: &[u8],
        client_data_hash: &[u8],
    ) -> Result<(), PasskeyError> {
        match self.format.as_str() {
            "none" if self.statement.is_empty() => Ok(()),
            "none" => Err(PasskeyError::Malformed),
            "packed" if member(&self.statement, "x5c").is_none() && attested.aaguid == [0; 16] => {
                let same =
                    member(&self.statement, "alg").and_then(Value::as_integer) == Some(algorithm.into());
                let signature = member(&self.statement, "sig").and_then(Value::as_bytes);
                let signature = signature.filter(|_| same).ok_or(PasskeyError::Malformed)?;
                public_key::verify(public_key, [&self.auth_data, client_data_hash], signature)
            }
            _ => Err(PasskeyError::Unsupported),
        }
    }
}

fn member<'a>(map: &'a [(Value, Value)], name: &str) -> Option<&'a Value> {
    map.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
}
