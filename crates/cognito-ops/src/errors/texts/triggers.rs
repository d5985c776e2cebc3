//! Lambda triggers.

texts! {
    /// [FIELD]
    trigger_failed(trigger: &str, error: &str) = UnexpectedLambdaException, "{trigger} invocation failed due to error {error}.";
    /// [DG pre-sign-up], [MSG]
    trigger_refused(trigger: &str, message: &str) = UserLambdaValidationException, "{trigger} failed with error {message}.";
    /// [MSG]
    trigger_unrecognizable() = InvalidLambdaResponseException, "Unrecognizable lambda output";
}
