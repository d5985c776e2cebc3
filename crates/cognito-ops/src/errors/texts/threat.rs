//! Threat protection.

texts! {
    /// unverified
    auth_event_not_found() = ResourceNotFoundException, "Authentication event does not exist.";
    /// unverified; that these operations answer it, the model and reports of others say
    add_on_not_enabled() = UserPoolAddOnNotEnabledException, "Threat protection is not enabled for the user pool.";
    /// unverified; that there is such an answer, Terraform's acceptance tests say
    risk_configuration_not_found() = ResourceNotFoundException, "Risk configuration does not exist.";
    /// unverified
    ip_range(range: &str) = InvalidParameterException, "{range} is not an IP address range in CIDR notation.";
    /// unverified; the rule is [M']
    notify_configuration_missing() = InvalidParameterException, "NotifyConfiguration is required when an action notifies users.";
}
