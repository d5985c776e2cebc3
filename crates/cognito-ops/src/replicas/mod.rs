//! Multi-Region replication: the replica of a pool in another Region.

mod create_user_pool_replica;
mod delete_user_pool_replica;
mod list_user_pool_replicas;
#[cfg(test)]
mod tests;
mod update_user_pool_replica;

use crate::table::operations;

operations! {
    CreateUserPoolReplica => create_user_pool_replica,
    DeleteUserPoolReplica => delete_user_pool_replica,
    ListUserPoolReplicas => list_user_pool_replicas,
    UpdateUserPoolReplica => update_user_pool_replica,
}
