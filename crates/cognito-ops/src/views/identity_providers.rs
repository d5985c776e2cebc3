//! Identity providers on the wire.

use cognito_api::wire;
use cognito_core::identity_provider::IdentityProvider;

use super::timestamp;

/// A provider in full. The private key of Sign in with Apple is never told ([M], sample of CreateIdentityProvider).
pub(crate) fn identity_provider(provider: &IdentityProvider) -> wire::IdentityProviderType {
    let told = provider.details.iter().filter(|(name, _)| *name != "private_key");
    let details = told.map(|(name, value)| (name.clone(), value.as_str().to_owned())).collect();
    wire::IdentityProviderType {
        user_pool_id: Some(provider.pool_id.clone()),
        provider_name: Some(provider.name.clone()),
        provider_type: Some(provider.kind),
        provider_details: Some(details),
        attribute_mapping: provider.mapping.clone(),
        idp_identifiers: provider.identifiers.clone(),
        acr_mapping: provider.acr.clone(),
        last_modified_date: Some(timestamp(provider.modified)),
        creation_date: Some(timestamp(provider.created)),
    }
}

/// A provider as ListIdentityProviders gives it.
pub(crate) fn provider_description(provider: &IdentityProvider) -> wire::ProviderDescription {
    wire::ProviderDescription {
        provider_name: Some(provider.name.clone()),
        provider_type: Some(provider.kind),
        last_modified_date: Some(timestamp(provider.modified)),
        creation_date: Some(timestamp(provider.created)),
    }
}
