//! UpdateUserPoolDomain: changes the certificate, the routing or the version of a domain's pages; the rest stays.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolDomain.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateUserPoolDomainRequest,
) -> Reply<wire::UpdateUserPoolDomainResponse> {
    let domain = ctx
        .write(async |txn| {
            let (pool, domain) = txn.domain(&input.user_pool_id, &input.domain).await?;
            let mut domain = (*domain).clone();
            let (config, routing) = (input.custom_domain_config.clone(), input.routing.clone());
            domain.change(&pool, input.managed_login_version, config, routing)?;
            txn.save(&domain);
            Ok(domain)
        })
        .await?;
    Ok(wire::UpdateUserPoolDomainResponse {
        managed_login_version: Some(domain.pages.version()),
        cloud_front_domain: views::cloud_front_domain(&domain),
        routing: domain.routing,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn config(certificate: &str) -> Value {
        let arn = format!("arn:aws:acm:us-east-1:000000000000:certificate/{certificate}");
        json!({ "CustomDomainConfig": { "CertificateArn": arn } })
    }

    #[tokio::test]
    async fn what_is_left_out_stays() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let which = json!({ "UserPoolId": pool, "Domain": "login.example.com" });
        let created = world.ok("CreateUserPoolDomain", merged(which.clone(), config("1"))).await;
        let routing = json!({ "Failover": {
            "SecondaryRegion": "us-west-2", "PrimaryRoute53HealthCheckId": "check",
        } });
        let with_policy = json!({ "CustomDomainConfig": {
            "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/2",
            "SecurityPolicy": "TLS_V1_3_2025",
        } });
        // Each change, and what is described after it.
        let none = Value::Null;
        for (change, version, certificate, expected_routing) in [
            (json!({ "ManagedLoginVersion": 2 }), 2, &config("1"), &none),
            (json!({ "Routing": routing }), 2, &config("1"), &routing),
            (with_policy.clone(), 2, &with_policy, &routing),
            (json!({}), 2, &with_policy, &routing),
            (merged(config("3"), json!({ "ManagedLoginVersion": 1 })), 1, &config("3"), &routing),
            (json!({ "Routing": {} }), 1, &config("3"), &none),
        ] {
            let answer = world.ok("UpdateUserPoolDomain", merged(which.clone(), change.clone())).await;
            assert_eq!(answer["ManagedLoginVersion"], version, "{change}");
            assert_eq!(answer["CloudFrontDomain"], created["CloudFrontDomain"], "{change}");
            assert_eq!(&answer["Routing"], expected_routing, "{change}");
            let described =
                world.ok("DescribeUserPoolDomain", json!({ "Domain": "login.example.com" })).await;
            let described = &described["DomainDescription"];
            assert_eq!(described["ManagedLoginVersion"], version, "{change}");
            assert_eq!(described["CustomDomainConfig"], certificate["CustomDomainConfig"], "{change}");
            assert_eq!(&described["Routing"], expected_routing, "{change}");
        }
    }

    #[tokio::test]
    async fn prefix_domains() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let which = json!({ "UserPoolId": pool, "Domain": "shop" });
        world.ok("CreateUserPoolDomain", which.clone()).await;
        let update = |more: Value| merged(which.clone(), more);
        let answer = world.ok("UpdateUserPoolDomain", update(json!({ "ManagedLoginVersion": 2 }))).await;
        assert_eq!(answer, json!({ "ManagedLoginVersion": 2 }));
        let only_custom =
            "InvalidParameterException: CustomDomainConfig and Routing can only be set for custom domains.";
        for more in [config("1"), json!({ "Routing": {} })] {
            assert_eq!(world.fails("UpdateUserPoolDomain", update(more)).await, only_custom);
        }
        assert_eq!(
            world.fails("UpdateUserPoolDomain", update(json!({ "ManagedLoginVersion": 0 }))).await,
            "InvalidParameterException: ManagedLoginVersion must be 1 or 2."
        );
        let unchanged = world.ok("UpdateUserPoolDomain", which).await;
        assert_eq!(unchanged, json!({ "ManagedLoginVersion": 2 }));
    }

    #[tokio::test]
    async fn unknown_domains_and_pools() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        world.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "shop" })).await;
        for (pool, name) in [(pool.as_str(), "other"), (&other, "shop"), ("us-east-1_none", "shop")] {
            assert_eq!(
                world.fails("UpdateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": name })).await,
                "InvalidParameterException: No such domain or user pool exists."
            );
        }
    }
}
