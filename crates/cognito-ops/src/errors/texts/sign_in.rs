//! Sign-in.

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
