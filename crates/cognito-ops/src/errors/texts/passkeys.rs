//! Passkeys.

texts! {
    /// unverified; the code is AWS's
    passkeys_not_enabled() = WebAuthnNotEnabledException, "Passkeys are not an allowed first authentication factor of the user pool.";
}
