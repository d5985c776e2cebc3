//! Terms documents on the wire.

use cognito_api::wire;
use cognito_core::terms::Terms;

use super::timestamp;

/// Terms in full.
pub(crate) fn terms(terms: &Terms) -> wire::TermsType {
    wire::TermsType {
        terms_id: terms.id.clone(),
        user_pool_id: terms.pool_id.clone(),
        client_id: wire::Sensitive::new(terms.client_id.clone()),
        terms_name: terms.name.clone(),
        terms_source: terms.source,
        enforcement: terms.enforcement,
        links: terms.links.clone(),
        creation_date: timestamp(terms.created),
        last_modified_date: timestamp(terms.modified),
    }
}

/// Terms as ListTerms gives them.
pub(crate) fn terms_description(terms: &Terms) -> wire::TermsDescriptionType {
    wire::TermsDescriptionType {
        terms_id: terms.id.clone(),
        terms_name: terms.name.clone(),
        enforcement: terms.enforcement,
        creation_date: timestamp(terms.created),
        last_modified_date: timestamp(terms.modified),
    }
}
