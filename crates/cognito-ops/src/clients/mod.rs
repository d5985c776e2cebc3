//! App clients, their secrets, and the resource servers whose scopes they ask for.

mod add_user_pool_client_secret;
mod create_resource_server;
mod create_user_pool_client;
mod delete_resource_server;
mod delete_user_pool_client;
mod delete_user_pool_client_secret;
mod describe_resource_server;
mod describe_user_pool_client;
mod list_resource_servers;
mod list_user_pool_client_secrets;
mod list_user_pool_clients;
mod update_resource_server;
mod update_user_pool_client;

use crate::table::operations;

operations! {
    AddUserPoolClientSecret => add_user_pool_client_secret,
    CreateResourceServer => create_resource_server,
    CreateUserPoolClient => create_user_pool_client,
    DeleteResourceServer => delete_resource_server,
    DeleteUserPoolClient => delete_user_pool_client,
    DeleteUserPoolClientSecret => delete_user_pool_client_secret,
    DescribeResourceServer => describe_resource_server,
    DescribeUserPoolClient => describe_user_pool_client,
    ListResourceServers => list_resource_servers,
    ListUserPoolClientSecrets => list_user_pool_client_secrets,
    ListUserPoolClients => list_user_pool_clients,
    UpdateResourceServer => update_resource_server,
    UpdateUserPoolClient => update_user_pool_client,
}
