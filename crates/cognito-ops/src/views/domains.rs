//! Domains on the wire.

use cognito_api::wire;
use cognito_core::domain::Domain;

/// A domain in full. AWS describes a prefix domain with an empty CustomDomainConfig; here it has none.
pub(crate) fn domain(domain: &Domain) -> wire::DomainDescriptionType {
    wire::DomainDescriptionType {
        user_pool_id: Some(domain.pool_id.clone()),
        aws_account_id: Some(domain.account.clone()),
        domain: Some(domain.name.clone()),
        // Where AWS keeps the files of the pages; ours are in the program, so that there is only a name.
        s3_bucket: Some(format!("awsemu-{}-assets", domain.region)),
        cloud_front_distribution: Some(domain.distribution.clone()),
        version: Some(domain.created.as_digits()),
        status: Some(wire::DomainStatusType::Active),
        custom_domain_config: domain.custom.clone(),
        managed_login_version: Some(domain.pages.version()),
        routing: domain.routing.clone(),
    }
}

/// The name to which the DNS record of a custom domain points; a prefix domain needs none.
pub(crate) fn cloud_front_domain(domain: &Domain) -> Option<String> {
    domain.custom.is_some().then(|| domain.distribution.clone())
}
