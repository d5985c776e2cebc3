//! User sessions, and tokens without a sign-in.

texts! {
    /// unverified
    session_tracking_off() = OperationNotEnabledException, "Session tracking is not enabled for the user pool.";
    /// unverified
    session_not_found() = ResourceNotFoundException, "Session does not exist.";
    /// unverified; the rule is [M']
    own_session() = InvalidParameterException, "The current session cannot be revoked.";
}
