//! User sessions, and tokens without a sign-in.

texts! {
    /// unverified
    session_tracking_off() = OperationNotEnabledException, "Session tracking is not enabled for the user pool.";
    /// unverified
    session_not_found() = ResourceNotFoundException, "Session does not exist.";
    /// unverified; the rule is [M']
    own_session() = InvalidParameterException, "The current session cannot be revoked.";
    /// unverified
    scope_not_granted(scope: &str) = InvalidParameterException, "Invalid scope requested: {scope}";
    /// The text is that of the trigger; the code is unverified.
    client_token_refused(message: &str) = NotAuthorizedException, "{message}";
    /// unverified
    presented_token_invalid() = NotAuthorizedException, "The token is not valid.";
    /// unverified
    presented_token_expired() = NotAuthorizedException, "The token has expired.";
    /// unverified
    assertion_without_provider() = InvalidParameterException, "A SAML assertion needs the name of its provider.";
    /// unverified; the rule is [M']
    audience_and_resource() = InvalidParameterException, "Audiences and Resources cannot be given together.";
    /// unverified; the rule is [M']
    actor_without_type() = InvalidParameterException, "ActorTokenType is needed with ActorToken.";
    /// unverified
    type_without_actor() = InvalidParameterException, "ActorTokenType and ActorTokenProviderName need an ActorToken.";
    /// Our own.
    too_many_actors(most: usize) = InvalidParameterException, "A token cannot name more than {most} actors.";
    /// unverified
    id_token_without_user() = InvalidParameterException, "An ID token is only issued about a user.";
}
