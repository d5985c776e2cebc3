//! Passkeys.

texts! {
    /// unverified; the code is AWS's
    passkeys_not_enabled() = WebAuthnNotEnabledException, "Passkeys are not an allowed first authentication factor of the user pool.";
    /// unverified; the code is AWS's
    no_relying_party() = WebAuthnConfigurationMissingException, "The user pool has neither a relying party ID nor a domain.";
    /// unverified
    passkeys_unavailable() = InvalidParameterException, "Passkeys cannot be used to sign in to the user pool.";
    /// unverified
    too_many_passkeys() = LimitExceededException, "The user has the maximum number of passkeys.";
    /// unverified
    passkey_not_found() = ResourceNotFoundException, "Passkey does not exist.";
    /// unverified
    passkey_exists() = NotAuthorizedException, "The passkey is registered already.";
    /// unverified; the code is AWS's
    passkey_challenge_not_found() = WebAuthnChallengeNotFoundException, "No registration of a passkey waits for this challenge.";
    /// unverified; the code is AWS's
    passkey_client_mismatch() = WebAuthnClientMismatchException, "The registration of the passkey was started by another app client.";
    /// unverified; the code is AWS's
    passkey_origin_not_allowed() = WebAuthnOriginNotAllowedException, "The origin of the passkey does not belong to the relying party of the user pool.";
    /// unverified; the code is AWS's
    passkey_relying_party_mismatch() = WebAuthnRelyingPartyMismatchException, "The passkey belongs to another relying party.";
    /// unverified; the code is AWS's
    passkey_not_supported() = WebAuthnCredentialNotSupportedException, "The passkey is not supported.";
    /// unverified
    passkey_malformed() = InvalidParameterException, "The credential is not a valid answer to a registration of a passkey.";
    /// unverified
    passkey_refused() = NotAuthorizedException, "The passkey could not be verified.";
}
