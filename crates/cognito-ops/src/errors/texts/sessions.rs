//! User sessions, and tokens without a sign-in.

texts! {
    /// unverified
    session_tracking_off() = OperationNotEnabledException, "Session tracking is not enabled for the user pool.";
}
