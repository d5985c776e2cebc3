//! Tokens.

texts! {
    /// [MSG]
    invalid_access_token() = NotAuthorizedException, "Invalid Access Token";
    /// [MSG]
    access_token_signature() = NotAuthorizedException, "Could not verify signature for Access Token";
    /// [MSG]
    access_token_expired() = NotAuthorizedException, "Access Token has expired";
    /// [M], [MSG]
    access_token_revoked() = NotAuthorizedException, "Access Token has been revoked";
    /// [MSG]
    access_token_scopes() = NotAuthorizedException, "Access Token does not have required scopes";
    /// [MSG]
    invalid_refresh_token() = NotAuthorizedException, "Invalid Refresh Token";
    /// [MSG]
    refresh_token_revoked() = NotAuthorizedException, "Refresh Token has been revoked";
    /// [MSG]
    refresh_token_expired() = NotAuthorizedException, "Refresh Token has expired";
    /// unverified; the code is AWS's
    refresh_token_reused() = RefreshTokenReuseException, "Refresh token has been used before.";
    /// unverified; the code is AWS's
    not_a_refresh_token() = UnsupportedTokenTypeException, "The token is not a refresh token.";
    /// unverified; the code is AWS's
    revocation_not_enabled() = UnsupportedOperationException, "Token revocation is not enabled for the client.";
}
