//! The links to the terms of use and the privacy policy of an app, if it has both.

use std::collections::BTreeMap;

use cognito_core::client::Client;
use cognito_store::Txn;

use crate::prelude::*;

use super::language::Language;
use super::page::TermsLinks;

pub(super) async fn links(txn: &mut Txn, client: &Client, language: Language) -> Reply<Option<TermsLinks>> {
    let terms_of_use = txn.terms_of_client(client, "terms-of-use").await?;
    let privacy_policy = txn.terms_of_client(client, "privacy-policy").await?;
    let links = terms_of_use.zip(privacy_policy).and_then(|(terms_of_use, privacy_policy)| {
        Some(TermsLinks {
            terms_of_use: link(&terms_of_use.links, language)?,
            privacy_policy: link(&privacy_policy.links, language)?,
        })
    });
    Ok(links)
}

fn link(links: &BTreeMap<String, String>, language: Language) -> Option<String> {
    links.get(language.terms_key()).or_else(|| links.get("cognito:default")).cloned()
}
