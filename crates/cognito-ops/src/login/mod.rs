//! What the login pages need: domains, terms and looks.

mod create_user_pool_domain;
mod delete_user_pool_domain;
mod describe_user_pool_domain;
mod update_user_pool_domain;

use crate::table::operations;

operations! {
    CreateUserPoolDomain => create_user_pool_domain,
    DeleteUserPoolDomain => delete_user_pool_domain,
    DescribeUserPoolDomain => describe_user_pool_domain,
    UpdateUserPoolDomain => update_user_pool_domain,
}
