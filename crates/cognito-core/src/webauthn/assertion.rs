//! An assertion: the signature of a passkey at a sign-in.
//! <https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion>

use serde::Deserialize;

use super::authenticator_data::AuthenticatorData;
use super::credential::{Bytes, Credential};
use super::{Passkey, PasskeyError, RelyingParty, client_data, public_key};

/// What a client answers to a sign-in: `AuthenticationResponseJSON`.
#[derive(Clone, Debug)]
pub struct Assertion(Credential<Response>);

/// A passkey that has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// The passkey with its new counter; it is to be saved.
    pub passkey: Passkey,
    /// Whether the authenticator verified the user, and so stands for two factors.
    pub user_verified: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(rename = "clientDataJSON")]
    client_data_json: Bytes,
    authenticator_data: Bytes,
    signature: Bytes,
    user_handle: Option<Bytes>,
}

impl Assertion {
    /// Reads it.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`]
    pub fn parse(json: &str) -> Result<Self, PasskeyError> {
        let json = serde_json::from_str(json).map_err(|_| PasskeyError::Malformed)?;
        Credential::read(&json).map(Self)
    }

    /// The credential id.
    pub fn id(&self) -> &[u8] {
        self.0.id()
    }

    /// Checks it against the passkey of its id.
    ///
    /// # Errors
    /// [`PasskeyError`]
    pub fn verify(
        &self,
        party: &RelyingParty,
        challenge: &[u8],
        passkey: &Passkey,
    ) -> Result<Asserted, PasskeyError> {
        let response = &self.0.response;
        let handle = response.user_handle.as_ref();
        if self.id() != passkey.id || handle.is_some_and(|handle| handle.0 != passkey.sub.as_bytes()) {
            return Err(PasskeyError::Foreign);
        }
        let hash = client_data::check(&response.client_data_json.0, "webauthn.get", party, challenge)?;
        let data = AuthenticatorData::parse(&response.authenticator_data.0)?;
        party.check(&data)?;
        let signed: [&[u8]; 2] = [&response.authenticator_data.0, &hash];
        public_key::verify(&passkey.public_key, signed, &response.signature.0)?;
        let counts = data.sign_count > 0 || passkey.sign_count > 0;
        if counts && data.sign_count <= passkey.sign_count {
            return Err(PasskeyError::SignCount);
        }
        let passkey = Passkey { sign_count: data.sign_count, ..passkey.clone() };
        Ok(Asserted { passkey, user_verified: data.user_verified })
    }
}
