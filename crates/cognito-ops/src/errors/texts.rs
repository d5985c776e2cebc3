//! Every text that a client can see, with where it comes from.
//!
//! The tags are those of the specification (`shared/spec/README.md`): [MSG] and stronger ones are verified,
//! `unverified` marks a text of our own where AWS's is not known.

use cognito_api::ErrorCode;

use super::ApiError;

macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident($($arg:ident: $type:ty),*) = $code:ident, $text:literal;)*) => {$(
        $(#[$meta])*
        pub(crate) fn $name($($arg: $type),*) -> ApiError {
            ApiError::service(ErrorCode::$code, format!($text))
        }
    )*};
}

macro_rules! common {
    ($($(#[$meta:meta])* $name:ident($($arg:ident: $type:ty),*) = $code:literal $status:literal, $text:literal;)*) => {
        impl ApiError {$(
            $(#[$meta])*
            pub fn $name($($arg: $type),*) -> Self {
                Self::common($code, $status, format!($text))
            }
        )*}
    };
}

common! {
    /// No operation of that name. Status: API CommonErrors; text unverified.
    unknown_operation() = "UnknownOperationException" 404, "The operation is not known to the service.";
    /// The body is not what the protocol wants. Name: specification 1.2; text unverified.
    serialization(detail: &str) = "SerializationException" 400, "{detail}";
    /// The body is over the limit. Status: API CommonErrors; text unverified.
    too_large() = "RequestEntityTooLargeException" 413, "The request is too large.";
    /// A content type that browsers send without asking. Our own rule (specification 10.5, H8).
    unsupported_media_type() = "UnsupportedMediaTypeException" 415, "The content type must be application/x-amz-json-1.1.";
    /// An IAM operation without a signature. AWS's front-end text.
    missing_authentication_token() = "MissingAuthenticationTokenException" 403, "Missing Authentication Token";
    /// A signature that cannot be read. Status: API CommonErrors; text unverified.
    incomplete_signature(detail: &str) = "IncompleteSignatureException" 403, "{detail}";
    /// A signature that is not right. AWS's front-end text.
    invalid_signature() = "InvalidSignatureException" 403, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
    /// A signature of another time. Text unverified.
    signature_expired() = "InvalidSignatureException" 403, "Signature expired: the date of the request is more than 15 minutes away from the server's.";
    /// A key that is not configured. AWS's front-end text.
    unrecognized_client() = "UnrecognizedClientException" 403, "The security token included in the request is invalid.";
    /// A failure of ours.
    internal() = "InternalErrorException" 500, "Something went wrong.";
    /// A `Host` that is not ours: DNS rebinding ends here. Our own rule.
    host_not_allowed() = "ForbiddenException" 403, "The Host header names no host of this server.";
    /// A page of another origin calls an IAM operation. Our own rule.
    origin_not_allowed() = "ForbiddenException" 403, "The origin may not call this operation.";
    /// The server does not offer this path. Our own.
    not_found() = "ResourceNotFoundException" 404, "There is nothing at this path.";
    /// The path does not take this method. Our own.
    method_not_allowed() = "MethodNotAllowedException" 405, "The path does not take this method.";
    /// A tool of ours that is off or wants its token. Our own.
    tool_not_allowed() = "ForbiddenException" 403, "This tool is not available to the caller.";
    /// An operation that awsemu does not offer yet. Our own.
    not_implemented(operation: &str) = "NotImplementedException" 501, "awsemu does not offer {operation} yet.";
    /// A query parameter of one of our own tools is wrong. Our own.
    bad_tool_request(detail: &str) = "InvalidParameterException" 400, "{detail}";
    /// A body that breaks off or is compressed. Name and status: API CommonErrors; text unverified.
    malformed_request(detail: &str) = "MalformedHttpRequestException" 400, "{detail}";
    /// A body that takes too long. Our own.
    request_timeout() = "RequestTimeoutException" 408, "The body of the request did not arrive in time.";
    /// JWKS or discovery of a pool that does not exist. Our own status; the text is that of `pool_not_found`.
    no_pool_document(id: &str) = "ResourceNotFoundException" 404, "User pool {id} does not exist.";
}

// Things that do not exist.
texts! {
    /// [MSG]
    pool_not_found(id: &str) = ResourceNotFoundException, "User pool {id} does not exist.";
    /// [MSG]
    client_not_found(id: &str) = ResourceNotFoundException, "User pool client {id} does not exist.";
    /// [CAP-floci]
    user_not_found() = UserNotFoundException, "User does not exist.";
    /// [CAP-floci]
    combination_not_found() = UserNotFoundException, "Username/client id combination not found.";
    /// [MSG1]
    group_not_found() = ResourceNotFoundException, "Group not found.";
    /// unverified
    resource_not_found(arn: &str) = ResourceNotFoundException, "Resource {arn} does not exist.";
    /// unverified
    client_secret_not_found() = ResourceNotFoundException, "Client secret does not exist.";
}

// Sign-in.
texts! {
    /// [CAP-floci]
    incorrect_username_or_password() = NotAuthorizedException, "Incorrect username or password.";
    /// [MSG]
    password_attempts_exceeded() = NotAuthorizedException, "Password attempts exceeded";
    /// [MSG]
    user_disabled() = NotAuthorizedException, "User is disabled.";
    /// [MSG]
    user_not_confirmed() = UserNotConfirmedException, "User is not confirmed.";
    /// [MSG]
    password_reset_required() = PasswordResetRequiredException, "Password reset required for the user";
    /// [DG managing-errors]; text [MSG]
    password_reset_required_hidden() = NotAuthorizedException, "Password reset required for the user";
    /// [MSG]
    temporary_password_expired() = NotAuthorizedException, "Temporary password has expired and must be reset by an administrator.";
    /// [MSG]
    flow_not_enabled(flow: &str) = InvalidParameterException, "{flow} flow not enabled for this client";
    /// [MSG]
    admin_flow_not_enabled() = InvalidParameterException, "Auth flow not enabled for this client";
    /// [MSG1]
    initiate_auth_not_supported() = InvalidParameterException, "Initiate Auth method not supported.";
    /// [MSG]
    missing_parameter(name: &str) = InvalidParameterException, "Missing required parameter {name}";
    /// [MSG]
    session_used() = NotAuthorizedException, "Invalid session for the user, session can only be used once.";
    /// [MSG]
    session_expired() = NotAuthorizedException, "Invalid session for the user, session is expired.";
    /// [MSG]
    invalid_session() = NotAuthorizedException, "Invalid session for the user.";
    /// [MSG]
    attribute_already_provided(name: &str) = NotAuthorizedException, "Cannot modify an already provided {name}";
    /// unverified
    new_password_attributes_missing(names: &str) = InvalidParameterException, "Required attributes are missing: {names}";
    /// unverified
    no_second_factor() = InvalidParameterException, "The user pool requires MFA, and the user has no factor that can be used or set up.";
    /// unverified
    refresh_with_rotation() = InvalidParameterException, "REFRESH_TOKEN_AUTH cannot be used while refresh token rotation is enabled for the client.";
}

// Client secrets.
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

// Tokens.
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

// Sign-up, codes and users.
texts! {
    /// [CAP-floci]
    user_exists() = UsernameExistsException, "User already exists";
    /// [MSG1]
    user_account_exists() = UsernameExistsException, "User account already exists";
    /// [MSG1]
    account_with_attribute_exists(attribute: &str) = UsernameExistsException, "An account with the given {attribute} already exists.";
    /// [DG managing-errors], [MSG]
    alias_exists(attribute: &str) = AliasExistsException, "An account with the {attribute} already exists.";
    /// [MSG]
    user_cannot_be_confirmed(status: &str) = NotAuthorizedException, "User cannot be confirmed. Current status is {status}";
    /// [MSG1]
    user_already_confirmed() = InvalidParameterException, "User is already confirmed.";
    /// unverified
    resend_without_auto_verification() = InvalidParameterException, "Cannot resend codes. Auto verification not turned on.";
    /// [MSG1]
    sign_up_not_permitted() = NotAuthorizedException, "SignUp is not permitted for this user pool";
    /// [CAP-floci]
    code_mismatch() = CodeMismatchException, "Invalid verification code provided, please try again.";
    /// [MSG]
    code_expired() = ExpiredCodeException, "Invalid code provided, please request a code again.";
    /// [MSG]
    attempt_limit_exceeded() = LimitExceededException, "Attempt limit exceeded, please try after some time.";
    /// [MSG]
    no_recovery_address() = InvalidParameterException, "Cannot reset password for the user as there is no registered/verified email or phone_number";
    /// [MSG]
    password_cannot_be_reset() = NotAuthorizedException, "User password cannot be reset in the current state.";
    /// [MSG1]
    contact_administrator() = NotAuthorizedException, "Contact administrator to reset password.";
    /// [MSG1]
    resend_not_possible(username: &str) = UnsupportedUserStateException, "Resend not possible. {username} status is not FORCE_CHANGE_PASSWORD";
    /// [MSG]
    username_should_be_email() = InvalidParameterException, "Username should be an email.";
    /// unverified, after the e-mail text
    username_should_be_phone_number() = InvalidParameterException, "Username should be a phone number.";
    /// [MSG]
    username_should_be_email_or_phone_number() = InvalidParameterException, "Username should be either an email or a phone number.";
    /// [MSG]
    username_like_email() = InvalidParameterException, "Username cannot be of email format, since user pool is configured for email alias.";
    /// unverified, after the e-mail text
    username_like_phone_number() = InvalidParameterException, "Username cannot be of phone number format, since user pool is configured for phone number alias.";
    /// unverified
    username_differs_from_attribute(name: &str) = InvalidParameterException, "Username and attribute {name} must be the same.";
    /// unverified
    requested_attribute_unknown() = InvalidParameterException, "One or more requested attributes do not exist in user pool.";
    /// [MSG]
    unauthorized_attribute() = NotAuthorizedException, "A client attempted to write unauthorized attribute";
    /// unverified
    attribute_twice(name: &str) = InvalidParameterException, "Attribute {name} was given more than once.";
    /// unverified
    password_needed() = InvalidParameterException, "Password is required.";
    /// unverified
    attribute_has_no_code() = InvalidParameterException, "Only email and phone_number can be verified.";
    /// unverified
    attribute_without_value(name: &str) = InvalidParameterException, "User has no value for attribute {name}.";
    /// unverified
    attribute_cannot_be_deleted(name: &str) = InvalidParameterException, "user.{name}: Attribute cannot be deleted.";
}

// Schema and passwords.
texts! {
    /// [MSG]
    invalid_email() = InvalidParameterException, "Invalid email address format.";
    /// [MSG]
    invalid_phone_number() = InvalidParameterException, "Invalid phone number format.";
    /// [MSG]
    attribute_without_type(name: &str) = InvalidParameterException, "Attributes did not conform to the schema: Type for attribute {{{name}}} could not be determined";
    /// [MSG1]
    attribute_not_in_schema(name: &str) = InvalidParameterException, "user.{name}: Attribute does not exist in the schema.";
    /// [MSG1]
    attribute_immutable(name: &str) = InvalidParameterException, "user.{name}: Attribute cannot be updated.";
    /// [MSG]
    attributes_required(list: &str) = InvalidParameterException, "Attributes did not conform to the schema: {list}";
    /// unverified
    attribute_constraint(name: &str, rule: &str) = InvalidParameterException, "Attributes did not conform to the schema: {name}: {rule}";
    /// [MSG]
    password_policy(rule: &str) = InvalidPasswordException, "Password did not conform with policy: {rule}";
    /// unverified; the code is AWS's
    password_used_before() = PasswordHistoryPolicyViolationException, "Password has been used before.";
}

// Pools, clients and groups.
texts! {
    /// [MSG]
    deletion_protected() = InvalidParameterException, "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";
    /// [MSG]
    pool_has_domain() = InvalidParameterException, "User pool cannot be deleted. It has a domain configured that should be deleted first.";
    /// [MSG1]
    group_exists() = GroupExistsException, "A group with the name already exists.";
    /// unverified; the model lists no exception for limits
    too_many_memberships() = InvalidParameterException, "The user is in the most groups that a user may be in.";
    /// unverified
    limit_exceeded(detail: &str) = LimitExceededException, "{detail}";
    /// unverified
    feature_unavailable(detail: &str) = FeatureUnavailableInTierException, "{detail}";
    /// unverified
    invalid_page_token() = InvalidParameterException, "Invalid pagination token.";
    /// [MSG1]
    filter_syntax() = InvalidParameterException, "Error while parsing filter.";
    /// [MSG1]
    filter_attribute(name: &str) = InvalidParameterException, "Invalid search attribute: {name}";
    /// unverified
    concurrent_modification() = ConcurrentModificationException, "The resource was changed by another request at the same time.";
    /// unverified
    too_many_requests() = TooManyRequestsException, "Too many requests changed the same resource at the same time.";
    /// [FIELD]
    trigger_failed(trigger: &str, error: &str) = UnexpectedLambdaException, "{trigger} invocation failed due to error {error}.";
}

// Settings of pools.
texts! {
    /// [FIELD]: several clients match on it
    two_password_validities() = InvalidParameterException, "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays";
    /// unverified
    only_passkeys() = InvalidParameterException, "WEB_AUTHN cannot be the only allowed first authentication factor.";
    /// unverified
    one_time_codes_with_mfa() = InvalidParameterException, "EMAIL_OTP and SMS_OTP cannot be allowed first authentication factors while MFA is required.";
    /// unverified
    admin_only_and_more() = InvalidParameterException, "admin_only cannot be combined with other account recovery mechanisms.";
    /// unverified
    repeated_recovery() = InvalidParameterException, "Account recovery mechanisms must have different names and priorities.";
    /// unverified
    two_token_triggers() = InvalidParameterException, "PreTokenGeneration and PreTokenGenerationConfig must have the same Lambda function.";
    /// unverified
    aliases_and_username_attributes() = InvalidParameterException, "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.";
    /// unverified
    required_preferred_username() = InvalidParameterException, "preferred_username cannot be required, since user pool is configured for preferred_username alias.";
    /// [FIELD] CloudFormation coverage roadmap, issue 2221
    mfa_without_sms() = InvalidParameterException, "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
    /// [FIELD] CloudFormation coverage roadmap, issue 1176
    mfa_turned_on() = InvalidParameterException, "Cannot turn MFA functionality ON, once the user pool has been created.";
    /// [FIELD] aws-sdk-js, issue 4186
    mfa_without_factor() = InvalidParameterException, "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
    /// [FIELD] terraform-aws-cognito-user-pool, issue 74
    factor_without_mfa() = InvalidParameterException, "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    /// unverified
    sms_not_configured() = InvalidParameterException, "SMS configuration is required for SMS MFA.";
    /// unverified
    email_mfa_and_recovery() = InvalidParameterException, "Email MFA cannot be used while account recovery is by email only.";
    /// unverified
    attribute_needs_name() = InvalidParameterException, "Attributes must have a name.";
    /// [MSG1]
    standard_attribute(name: &str) = InvalidParameterException, "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}";
    /// [MSG1]
    required_custom_attribute() = InvalidParameterException, "Required custom attributes are not supported currently.";
    /// [MSG1]
    attribute_taken(name: &str, given: &str) = InvalidParameterException, "{name}: Existing attribute already has name {given}.";
    /// unverified; the number is AWS's
    too_many_custom_attributes() = InvalidParameterException, "A user pool cannot have more than 50 custom attributes.";
    /// unverified
    attribute_limit(name: &str) = InvalidParameterException, "user.{name}: The limits must be whole numbers, and those of a length not negative.";
    /// [MSG1]
    attribute_too_long(name: &str) = InvalidParameterException, "user.{name}: String attributes cannot have a length of more than 2048";
    /// [MSG1]
    attribute_lengths_crossed(name: &str) = InvalidParameterException, "user.{name}: Max length cannot be less than min length.";
    /// [MSG1]
    attribute_values_crossed(name: &str) = InvalidParameterException, "user.{name}: Max value cannot be less than min value.";
    /// unverified; the number is AWS's
    too_many_tags() = InvalidParameterException, "A user pool cannot have more than 50 tags.";
    /// unverified
    reserved_tag() = InvalidParameterException, "Tag keys cannot begin with aws:, which is reserved.";
    /// Our own.
    invalid_custom_pool_id() = InvalidParameterException, "The value of the tag _custom_id_ must be <region>_<name> with the region of the caller, or the name alone; the name has only letters and digits.";
    /// Our own.
    pool_id_taken(id: &str) = InvalidParameterException, "A user pool with the ID {id} already exists.";
    /// unverified
    invalid_resource_arn() = InvalidParameterException, "The resource ARN is not that of a user pool.";
}

// Settings of clients.
texts! {
    /// unverified
    mixed_auth_flows() = InvalidParameterException, "ADMIN_NO_SRP_AUTH, CUSTOM_AUTH_FLOW_ONLY and USER_PASSWORD_AUTH cannot be combined with ExplicitAuthFlows that begin with ALLOW_.";
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
}

/// A constraint of the model was broken: the text is the validator's.
pub(crate) fn validation(message: String) -> ApiError {
    ApiError::service(ErrorCode::InvalidParameterException, message)
}
