//! Groups on the wire.

use cognito_api::wire;
use cognito_core::group::Group;

use super::timestamp;

/// A group; what it was made without is absent.
pub(crate) fn group(group: &Group) -> wire::GroupType {
    wire::GroupType {
        group_name: Some(group.name.clone()),
        user_pool_id: Some(group.pool_id.clone()),
        description: group.description.clone(),
        role_arn: group.role_arn.clone(),
        precedence: group.precedence,
        last_modified_date: Some(timestamp(group.modified)),
        creation_date: Some(timestamp(group.created)),
    }
}
