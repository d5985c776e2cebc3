//! Pools, clients and groups.

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
}
