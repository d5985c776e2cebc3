//! User pools: making, reading, changing and deleting them, their tags, their attributes, their MFA settings and where
//! their logs go.

mod add_custom_attributes;
mod arn;
mod create_user_pool;
mod delete_user_pool;
mod describe_user_pool;
mod get_log_delivery_configuration;
mod get_signing_certificate;
mod get_user_pool_mfa_config;
mod list_tags_for_resource;
mod list_user_pools;
mod set_log_delivery_configuration;
mod set_user_pool_mfa_config;
mod tag_resource;
mod untag_resource;
mod update_user_pool;

use crate::table::operations;

operations! {
    AddCustomAttributes => add_custom_attributes,
    CreateUserPool => create_user_pool,
    DeleteUserPool => delete_user_pool,
    DescribeUserPool => describe_user_pool,
    GetLogDeliveryConfiguration => get_log_delivery_configuration,
    GetSigningCertificate => get_signing_certificate,
    GetUserPoolMfaConfig => get_user_pool_mfa_config,
    ListTagsForResource => list_tags_for_resource,
    ListUserPools => list_user_pools,
    SetLogDeliveryConfiguration => set_log_delivery_configuration,
    SetUserPoolMfaConfig => set_user_pool_mfa_config,
    TagResource => tag_resource,
    UntagResource => untag_resource,
    UpdateUserPool => update_user_pool,
}
