//! App clients on the wire.

use cognito_api::wire;
use cognito_core::client::{Client, ClientSecret};
use cognito_core::resource_server::ResourceServer;

use super::timestamp;

/// A client in full, with its first secret.
pub(crate) fn client(client: &Client) -> wire::UserPoolClientType {
    let settings = client.settings.clone();
    wire::UserPoolClientType {
        user_pool_id: Some(client.pool_id.clone()),
        client_name: Some(settings.name),
        client_id: Some(wire::Sensitive::new(client.id.clone())),
        client_secret: client.secrets.first().map(|secret| wire::Sensitive::new(secret.value.clone())),
        last_modified_date: Some(timestamp(client.modified)),
        creation_date: Some(timestamp(client.created)),
        refresh_token_validity: Some(settings.refresh_token_validity),
        access_token_validity: settings.access_token_validity,
        id_token_validity: settings.id_token_validity,
        token_validity_units: settings.units,
        read_attributes: settings.read_attributes,
        write_attributes: settings.write_attributes,
        explicit_auth_flows: settings.explicit_auth_flows,
        supported_identity_providers: settings.supported_identity_providers,
        callback_urls: settings.callback_urls,
        logout_urls: settings.logout_urls,
        default_redirect_uri: settings.default_redirect_uri,
        allowed_oauth_flows: settings.allowed_oauth_flows,
        allowed_oauth_scopes: settings.allowed_oauth_scopes,
        allowed_oauth_flows_user_pool_client: Some(settings.allowed_oauth_flows_user_pool_client),
        analytics_configuration: settings.analytics_configuration,
        prevent_user_existence_errors: settings.prevent_user_existence_errors,
        enable_token_revocation: Some(settings.enable_token_revocation),
        enable_propagate_additional_user_context_data: Some(
            settings.enable_propagate_additional_user_context_data,
        ),
        auth_session_validity: Some(settings.auth_session_validity),
        refresh_token_rotation: settings.refresh_token_rotation,
        client_type: Some(match client.registered {
            true => wire::ClientTypeType::Dcr,
            false => wire::ClientTypeType::Regular,
        }),
    }
}

/// A client as ListUserPoolClients gives it.
pub(crate) fn client_description(client: &Client) -> wire::UserPoolClientDescription {
    wire::UserPoolClientDescription {
        client_id: Some(wire::Sensitive::new(client.id.clone())),
        user_pool_id: Some(client.pool_id.clone()),
        client_name: Some(client.settings.name.clone()),
    }
}

/// A secret without its value.
pub(crate) fn client_secret(secret: &ClientSecret) -> wire::ClientSecretDescriptorType {
    wire::ClientSecretDescriptorType {
        client_secret_id: Some(secret.id.clone()),
        client_secret_value: None,
        client_secret_create_date: Some(timestamp(secret.created)),
    }
}

/// A resource server; without scopes it has no list of them. unverified
pub(crate) fn resource_server(server: &ResourceServer) -> wire::ResourceServerType {
    wire::ResourceServerType {
        user_pool_id: Some(server.pool_id.clone()),
        identifier: Some(server.identifier.clone()),
        name: Some(server.name.clone()),
        scopes: server.scopes().map(<[_]>::to_vec),
        managed_by: None,
    }
}
