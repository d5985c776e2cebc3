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
    /// [CAP-prms]
    sign_in_code_mismatch() = CodeMismatchException, "Invalid code or auth state for the user.";
    /// unverified
    code_attempts_exceeded() = NotAuthorizedException, "Code attempts exceeded";
    /// [MSG]
    software_token_mismatch() = CodeMismatchException, "Invalid code received for user";
    /// [MSG], [CAP-moto]
    software_token_used() = ExpiredCodeException, "Your software token has already been used once.";
    /// [DG user-pool-settings-mfa-totp]
    software_token_not_enabled() = SoftwareTokenMFANotFoundException, "Software Token MFA has not been enabled by the userPool";
    /// [MSG]
    software_token_not_verified() = EnableSoftwareTokenMFAException, "Code mismatch and fail enable Software Token MFA";
    /// unverified
    software_token_missing() = SoftwareTokenMFANotFoundException, "The user has no software token that waits for verification.";
    /// unverified
    factor_not_set_up() = NotAuthorizedException, "No second factor was set up with the session.";
    /// unverified
    challenge_not_offered(name: &str) = InvalidParameterException, "{name} is not one of the available challenges.";
    /// unverified
    preferred_challenge_unknown(name: &str) = InvalidParameterException, "{name} is no challenge that can be preferred.";
    /// unverified
    no_first_factor() = NotAuthorizedException, "The user has no authentication factor that the user pool allows.";
    /// unverified
    no_known_level() = InvalidParameterException, "None of TARGET_ACR_VALUES is a level of the user pool.";
    /// unverified
    level_out_of_reach() = NotAuthorizedException, "The user has no authentication factors that reach any of TARGET_ACR_VALUES.";
    /// unverified
    level_already_reached() = InvalidParameterException, "The access token already reaches the requested level.";
    /// unverified
    access_token_without_target() = InvalidParameterException, "ACCESS_TOKEN needs TARGET_ACR_VALUES.";
    /// unverified
    access_token_of_another() = NotAuthorizedException, "The access token was issued for another user.";
    /// unverified
    invalid_max_age() = InvalidParameterException, "MAX_AGE must be a whole number of seconds.";
}

// Preferences of second factors.
texts! {
    /// [MSG]
    factor_not_registered(factor: &str) = InvalidParameterException, "User does not have delivery config set to turn on {factor}";
    /// unverified
    preferred_factor_not_enabled(factor: &str) = InvalidParameterException, "{factor} cannot be preferred, since it is not enabled for the user.";
    /// unverified
    two_preferred_factors() = InvalidParameterException, "Only one MFA method can be preferred.";
    /// unverified
    factor_required(factor: &str) = InvalidParameterException, "{factor} cannot be disabled, since the user pool requires MFA.";
    /// unverified
    passkeys_are_single_factor() = InvalidParameterException, "Passkeys are not configured as MULTI_FACTOR_WITH_USER_VERIFICATION in the user pool.";
    /// unverified
    passkeys_need_a_factor() = InvalidParameterException, "Passkey MFA needs another MFA method that is enabled.";
    /// [M] the only valid values
    only_sms_settings() = InvalidParameterException, "MFAOptions can only be of delivery medium SMS and attribute phone_number.";
    /// unverified
    token_or_session() = InvalidParameterException, "Exactly one of AccessToken and Session must be given.";
}
