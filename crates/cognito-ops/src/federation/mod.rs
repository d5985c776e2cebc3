//! Identity providers: how a pool trusts them, and how their users sign in.

mod admin_disable_provider_for_user;
mod admin_link_provider_for_user;
mod back;
mod begin;
mod callback;
mod code_exchange;
mod complete;
mod create_identity_provider;
mod delete_identity_provider;
mod describe_identity_provider;
mod get_identity_provider_by_identifier;
mod list_identity_providers;
mod look_up;
pub(crate) mod saml;
mod sign_in;
#[cfg(test)]
mod tests;
mod update_identity_provider;

use crate::table::operations;

pub(crate) use begin::{Choice, begin, choice};
pub(crate) use callback::answer as callback;

operations! {
    AdminDisableProviderForUser => admin_disable_provider_for_user,
    AdminLinkProviderForUser => admin_link_provider_for_user,
    CreateIdentityProvider => create_identity_provider,
    DeleteIdentityProvider => delete_identity_provider,
    DescribeIdentityProvider => describe_identity_provider,
    GetIdentityProviderByIdentifier => get_identity_provider_by_identifier,
    ListIdentityProviders => list_identity_providers,
    UpdateIdentityProvider => update_identity_provider,
}
