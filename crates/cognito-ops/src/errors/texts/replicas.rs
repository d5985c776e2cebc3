//! Replicas of pools in other Regions.

texts! {
    /// unverified; the rule is [M]
    replica_needs_key() = InvalidParameterException, "A user pool with a replica must have a multi-Region customer managed key in its KeyConfiguration.";
    /// unverified
    not_a_region() = InvalidParameterException, "RegionName is not the name of a Region.";
    /// unverified
    region_of_primary() = InvalidParameterException, "RegionName is the Region of the primary user pool.";
    /// unverified; the rule is the developer guide's
    replica_exists() = LimitExceededException, "A user pool can have one secondary replica.";
    /// unverified
    replica_not_found() = ResourceNotFoundException, "The user pool has no replica in this Region.";
    /// unverified; the rule is [M]
    replica_active() = InvalidParameterException, "A replica can only be deleted while it is INACTIVE.";
    /// unverified
    pool_has_replica() = InvalidParameterException, "User pool cannot be deleted. It has a replica that should be deleted first.";
    /// unverified; the exception is [M]
    primary_only() = OperationNotEnabledException, "The operation is not enabled in the Region of a secondary replica.";
    /// unverified; the exception is [M]
    replica_inactive() = OperationNotEnabledException, "The replica of the user pool in this Region is not active.";
}
