//! The domains of pools: from the name of a host to the pool.

use cognito_core::domain::LoginPages;

use crate::app::App;
use crate::errors::Reply;

/// What stands behind the region in the names of prefix domains: here, and at AWS for those who lead these names here.
const SERVICES: [&str; 2] = ["localhost", "amazoncognito.com"];

/// A domain that was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledDomain {
    /// The pool that has it.
    pub pool_id: String,
    /// The kind of its pages.
    pub pages: LoginPages,
}

impl App {
    /// The domain of this name, in lower case: `<prefix>.auth.<region>.localhost` or a name of its own.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn domain(&self, name: &str) -> Reply<Option<CalledDomain>> {
        let mut txn = self.0.store.read(self.0.now().await?);
        let domain = match prefix(name) {
            Some((prefix, region)) => txn.domain_if_any(region, prefix).await?,
            None if name.contains('.') => txn.domain_if_any("", name).await?,
            None => None,
        };
        Ok(domain.map(|domain| CalledDomain { pool_id: domain.pool_id.clone(), pages: domain.pages }))
    }
}

/// Whether a name in lower case is that of a prefix domain, of some pool or of none.
pub fn is_prefix_domain(name: &str) -> bool {
    prefix(name).is_some()
}

/// The prefix and the region in the name of a prefix domain.
fn prefix(name: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = name.split_once(".auth.")?;
    let (region, service) = rest.split_once('.')?;
    (SERVICES.contains(&service) && !prefix.contains('.')).then_some((prefix, region))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    use super::LoginPages;

    #[tokio::test]
    async fn names_of_hosts() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let create = json!({ "UserPoolId": pool, "Domain": "shop" });
        world.ok("CreateUserPoolDomain", create).await;
        let arn = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000";
        let custom = json!({
            "UserPoolId": pool, "Domain": "auth.example.com", "CustomDomainConfig": { "CertificateArn": arn },
        });
        world.ok("CreateUserPoolDomain", custom).await;
        let check = async |name: &str, expected: bool| {
            let found = world.app.domain(name).await.unwrap();
            let found = found.map(|domain| (domain.pool_id, domain.pages));
            assert_eq!(found, expected.then(|| (pool.clone(), LoginPages::Classic)), "{name}");
        };
        check("shop.auth.us-east-1.localhost", true).await;
        check("shop.auth.us-east-1.amazoncognito.com", true).await;
        check("auth.example.com", true).await;
        for other in [
            "shop.auth.eu-west-1.localhost",
            "shop.auth.us-east-1.evil.example",
            "x.shop.auth.us-east-1.localhost",
            "shop.localhost",
            "shop",
            "example.com",
            "localhost",
            "",
        ] {
            check(other, false).await;
        }
        world.ok("DeleteUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "auth.example.com" })).await;
        check("auth.example.com", false).await;
    }
}
