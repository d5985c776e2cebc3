//! Threat protection.

texts! {
    /// [FIELD] the sources of massgov/pfml, of an address that is blocked
    request_not_allowed() = NotAuthorizedException, "Request not allowed due to security reasons.";
    /// [FIELD] the same, of adaptive authentication; that it is said of compromised credentials is unverified
    sign_in_not_allowed() = NotAuthorizedException, "Unable to login because of security reasons.";
    /// [FIELD] the same
    password_compromised() = InvalidPasswordException, "Provided password cannot be used for security reasons.";
    /// unverified
    auth_event_not_found() = ResourceNotFoundException, "Authentication event does not exist.";
    /// unverified
    invalid_feedback_token() = NotAuthorizedException, "Invalid feedback token.";
    /// unverified
    feedback_token_expired() = NotAuthorizedException, "Feedback token has expired.";
    /// unverified; that these operations answer it, the model and reports of others say
    add_on_not_enabled() = UserPoolAddOnNotEnabledException, "Threat protection is not enabled for the user pool.";
    /// unverified; that there is such an answer, Terraform's acceptance tests say
    risk_configuration_not_found() = ResourceNotFoundException, "Risk configuration does not exist.";
    /// unverified
    ip_range(range: &str) = InvalidParameterException, "{range} is not an IP address range in CIDR notation.";
    /// unverified; the rule is [M']
    notify_configuration_missing() = InvalidParameterException, "NotifyConfiguration is required when an action notifies users.";
}
