//! Client secrets.

texts! {
    /// [MSG]
    secret_hash_missing(client_id: &str) = NotAuthorizedException, "Client {client_id} is configured with secret but SECRET_HASH was not received";
    /// [DG], [MSG]
    secret_hash_wrong(client_id: &str) = NotAuthorizedException, "Unable to verify secret hash for client {client_id}";
    /// [FIELD]
    secret_hash_wrong_on_refresh(client_id: &str) = NotAuthorizedException, "SecretHash does not match for the client: {client_id}";
    /// unverified
    client_secret_wrong(client_id: &str) = NotAuthorizedException, "Unable to verify client secret for client {client_id}";
    /// unverified; the code is AWS's (RevokeToken)
    revoke_unauthorized() = UnauthorizedException, "The client is not authorized to revoke the token.";
}
