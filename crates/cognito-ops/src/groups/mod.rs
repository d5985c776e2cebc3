//! Groups and memberships.

mod admin_add_user_to_group;
mod admin_list_groups_for_user;
mod admin_remove_user_from_group;
mod create_group;
mod delete_group;
mod get_group;
mod list_groups;
mod list_users_in_group;
mod update_group;

use crate::table::operations;

operations! {
    AdminAddUserToGroup => admin_add_user_to_group,
    AdminListGroupsForUser => admin_list_groups_for_user,
    AdminRemoveUserFromGroup => admin_remove_user_from_group,
    CreateGroup => create_group,
    DeleteGroup => delete_group,
    GetGroup => get_group,
    ListGroups => list_groups,
    ListUsersInGroup => list_users_in_group,
    UpdateGroup => update_group,
}
