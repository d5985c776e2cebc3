//! Settings of clients.

texts! {
    /// unverified
    mixed_auth_flows() = InvalidParameterException, "ADMIN_NO_SRP_AUTH, CUSTOM_AUTH_FLOW_ONLY and USER_PASSWORD_AUTH cannot be combined with ExplicitAuthFlows that begin with ALLOW_.";
    /// unverified; the rule is [M']
    client_token_and_more() = InvalidParameterException, "ALLOW_CLIENT_TOKEN_AUTH cannot be combined with other ExplicitAuthFlows.";
    /// unverified; the rule is [M']
    client_token_without_secret() = InvalidParameterException, "ALLOW_CLIENT_TOKEN_AUTH can only be set for a client with a secret.";
    /// [MSG]
    token_validity_range() = InvalidParameterException, "Invalid range for token validity.";
    /// unverified
    tokens_outlive_refresh_token() = InvalidParameterException, "The access and ID token validity must not be greater than the refresh token validity.";
    /// unverified
    rotation_with_refresh_flow() = InvalidParameterException, "ALLOW_REFRESH_TOKEN_AUTH cannot be set while refresh token rotation is enabled.";
    /// [MSG1]
    invalid_read_attributes() = InvalidParameterException, "Invalid read attributes specified while creating a client";
    /// [MSG1]
    invalid_write_attributes() = InvalidParameterException, "Invalid write attributes specified while creating a client";
    /// unverified
    context_data_without_secret() = InvalidParameterException, "EnablePropagateAdditionalUserContextData can only be set for a client with a secret.";
    /// [MSG1]
    provider_does_not_exist(provider: &str, pool_id: &str) = InvalidParameterException, "The provider {provider} does not exist for User Pool {pool_id}.";
    /// [MSG1]
    client_credentials_and_more() = InvalidOAuthFlowException, "client_credentials flow can not be selected along with code flow or implicit flow.";
    /// [MSG1]
    client_credentials_without_secret() = InvalidOAuthFlowException, "client_credentials flow can not be selected if client does not have a client secret.";
    /// [FIELD] terraform-provider-aws, issue 4984
    scope_of_users(scope: &str) = InvalidOAuthFlowException, "{scope} is not supported with client_credentials flow";
    /// [FIELD] aws-cloudformation-user-guide, issue 564
    invalid_scope(scope: &str) = ScopeDoesNotExistException, "Invalid scope requested: {scope}";
    /// [MSG1]
    oauth_needs_flows_and_scopes() = InvalidParameterException, "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.";
    /// unverified
    invalid_redirect_url(url: &str) = InvalidParameterException, "{url} is not an absolute URL without a fragment.";
    /// [MSG1]
    plain_http_url(url: &str) = InvalidParameterException, "{url} cannot use the HTTP protocol.";
    /// unverified
    default_redirect_uri() = InvalidParameterException, "The default redirect URI must be one of the callback URLs.";
    /// unverified
    generated_and_given_secret() = InvalidParameterException, "GenerateSecret and ClientSecret cannot be set together.";
    /// Our own.
    invalid_custom_client_id() = InvalidParameterException, "The id after _custom_id_: must have only letters, digits, _ and +.";
    /// Our own.
    client_id_taken(id: &str) = InvalidParameterException, "A client with the ID {id} already exists.";
    /// unverified
    public_client_has_no_secrets() = InvalidParameterException, "The client was created without a secret.";
    /// unverified
    too_many_secrets() = LimitExceededException, "A client cannot have more than 2 secrets.";
    /// unverified
    secret_exists() = InvalidParameterException, "The client already has this secret.";
    /// unverified
    last_secret() = InvalidParameterException, "The last secret of a client cannot be deleted.";
    /// unverified
    resource_server_exists(identifier: &str, pool_id: &str) = InvalidParameterException, "{identifier} already exists in user pool {pool_id}.";
    /// unverified
    repeated_scope(name: &str) = InvalidParameterException, "The scope {name} is given more than once.";
}
