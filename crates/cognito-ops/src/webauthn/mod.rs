//! Passkeys of the caller: registering, listing and deleting them. Signing in with one is in `auth`.

mod complete_web_authn_registration;
mod delete_web_authn_credential;
mod list_web_authn_credentials;
mod start_web_authn_registration;

use crate::table::operations;

operations! {
    CompleteWebAuthnRegistration => complete_web_authn_registration,
    DeleteWebAuthnCredential => delete_web_authn_credential,
    ListWebAuthnCredentials => list_web_authn_credentials,
    StartWebAuthnRegistration => start_web_authn_registration,
}
