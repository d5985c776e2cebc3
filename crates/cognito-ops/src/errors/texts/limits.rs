//! Provisioned limits.

texts! {
    /// unverified
    limit_attributes() = InvalidParameterException, "A limit is identified by the attribute Category alone.";
    /// unverified
    limit_not_found(category: &str) = ResourceNotFoundException, "Limit of category {category} does not exist.";
    /// unverified; the rule is [DG quotas]
    limit_not_adjustable(category: &str) = InvalidParameterException, "The limit of category {category} is not adjustable.";
    /// unverified; the rule is [M']
    limit_too_low(free: i32) = InvalidParameterException, "The limit cannot be less than {free} requests per second.";
    /// unverified; the rule is [M']
    limit_too_high(most: i32) = ServiceQuotaExceededException, "The limit cannot be more than {most} requests per second.";
}
