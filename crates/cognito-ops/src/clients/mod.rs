//! App clients and their secrets.

mod add_user_pool_client_secret;
mod create_user_pool_client;
mod delete_user_pool_client;
mod delete_user_pool_client_secret;
mod describe_user_pool_client;
mod list_user_pool_client_secrets;
mod list_user_pool_clients;
mod update_user_pool_client;

use crate::table::operations;

operations! {
    AddUserPoolClientSecret => add_user_pool_client_secret,
    CreateUserPoolClient => create_user_pool_client,
    DeleteUserPoolClient => delete_user_pool_client,
    DeleteUserPoolClientSecret => delete_user_pool_client_secret,
    DescribeUserPoolClient => describe_user_pool_client,
    ListUserPoolClientSecrets => list_user_pool_client_secrets,
    ListUserPoolClients => list_user_pool_clients,
    UpdateUserPoolClient => update_user_pool_client,
}
