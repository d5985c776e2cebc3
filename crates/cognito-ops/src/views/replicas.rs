//! Replicas of pools on the wire.

use cognito_api::wire;
use cognito_core::pool::{Pool, Replica};

/// The pool as a replica: the primary.
pub(crate) fn primary_replica(pool: &Pool) -> wire::UserPoolReplicaType {
    wire::UserPoolReplicaType {
        region_name: Some(pool.region.clone()),
        status: Some(wire::ReplicaStatusType::Active),
        role: Some(wire::ReplicaRoleType::Primary),
        user_pool_arn: Some(pool.arn()),
    }
}

/// Its secondary.
pub(crate) fn secondary_replica(pool: &Pool, replica: &Replica) -> wire::UserPoolReplicaType {
    wire::UserPoolReplicaType {
        region_name: Some(replica.region.clone()),
        status: Some(match replica.status {
            wire::UpdateReplicaStatusType::Active => wire::ReplicaStatusType::Active,
            wire::UpdateReplicaStatusType::Inactive => wire::ReplicaStatusType::Inactive,
        }),
        role: Some(wire::ReplicaRoleType::Secondary),
        user_pool_arn: Some(pool.arn_in(&replica.region)),
    }
}
