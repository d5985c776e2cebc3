//! Lambda triggers.

texts! {
    /// [FIELD]
    trigger_failed(trigger: &str, error: &str) = UnexpectedLambdaException, "{trigger} invocation failed due to error {error}.";
    /// [MSG1]; that it is said of a timeout is unverified.
    trigger_timed_out(trigger: &str) = UnexpectedLambdaException, "{trigger} invocation failed due to configuration.";
    /// [DG pre-sign-up], [MSG]
    trigger_refused(trigger: &str, message: &str) = UserLambdaValidationException, "{trigger} failed with error {message}.";
    /// [MSG]
    trigger_unrecognizable() = InvalidLambdaResponseException, "Unrecognizable lambda output";
    /// [FIELD]
    custom_auth_not_configured() = InvalidParameterException, "Custom auth lambda trigger is not configured for the user pool.";
    /// [FIELD]: aws-sdk-java #1049; the code is unverified.
    verified_without_confirmation() = InvalidLambdaResponseException, "Phone or email cannot be auto verified, when user is not being auto confirmed.";
    /// [DG pre-sign-up] says that it is an error; the text is unverified.
    verified_without_address(attribute: &str) = InvalidLambdaResponseException, "User has no {attribute} that could be auto verified.";
    /// The text is [FIELD]; for which answers it is said is unverified.
    migration_failed(client_id: &str) = UserNotFoundException, "Exception migrating user in app client {client_id}";
}
