//! Passkeys on the wire.

use cognito_api::wire;
use cognito_core::webauthn::Passkey;

use super::timestamp;

/// A passkey as ListWebAuthnCredentials shows it.
pub(crate) fn passkey(passkey: &Passkey) -> wire::WebAuthnCredentialDescription {
    wire::WebAuthnCredentialDescription {
        credential_id: passkey.id_text(),
        friendly_credential_name: passkey.friendly_name().to_owned(),
        relying_party_id: passkey.relying_party.clone(),
        authenticator_attachment: passkey.attachment.clone(),
        authenticator_transports: passkey.transports.clone(),
        created_at: timestamp(passkey.created),
    }
}
