//! DescribeUserPoolDomain: a domain and the pool that it belongs to; of an unknown one nothing is said.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolDomain.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeUserPoolDomainRequest,
) -> Reply<wire::DescribeUserPoolDomainResponse> {
    let domain = ctx.read().domain_if_any(&ctx.scope().region, &input.domain).await?;
    let description = domain.map(|domain| views::domain(&domain)).unwrap_or_default();
    Ok(wire::DescribeUserPoolDomainResponse { domain_description: Some(description) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn prefix_and_custom_domains() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "shop" })).await;
        let describe = async |name: &str| {
            world.ok("DescribeUserPoolDomain", json!({ "Domain": name })).await["DomainDescription"].clone()
        };
        let distribution = |description: &Value| {
            let name = description["CloudFrontDistribution"].as_str().expect("a name").to_owned();
            assert!(name.ends_with(".cloudfront.net"), "{name}");
            name
        };
        let expected = |description: &Value| {
            json!({
                "UserPoolId": pool,
                "AWSAccountId": "000000000000",
                "Domain": "shop",
                "S3Bucket": "awsemu-us-east-1-assets",
                "CloudFrontDistribution": distribution(description),
                "Version": "20260107090807",
                "Status": "ACTIVE",
                "ManagedLoginVersion": 1,
            })
        };
        let shop = describe("shop").await;
        assert_eq!(shop, expected(&shop));

        let config = json!({
            "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1",
            "SecurityPolicy": "TLS_V1_2_2021",
        });
        let create =
            json!({ "UserPoolId": pool, "Domain": "login.example.com", "CustomDomainConfig": config });
        let created = world.ok("CreateUserPoolDomain", create).await;
        let login = describe("login.example.com").await;
        let mut all = expected(&login);
        all["Domain"] = json!("login.example.com");
        all["CustomDomainConfig"] = config;
        assert_eq!(login, all);
        assert_eq!(created["CloudFrontDomain"], login["CloudFrontDistribution"]);
        assert_ne!(distribution(&login), distribution(&shop));
    }

    #[tokio::test]
    async fn unknown_domains() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "shop" })).await;
        let nothing = json!({ "DomainDescription": {} });
        for name in ["other", "shop.example.com", "us-east-1/shop", "Shop"] {
            assert_eq!(
                world.ok("DescribeUserPoolDomain", json!({ "Domain": name })).await,
                nothing,
                "{name}"
            );
        }
        let mut caller = World::caller();
        caller.scope.as_mut().expect("a scope").region = "eu-west-1".to_owned();
        let abroad = world.call_as(caller, "DescribeUserPoolDomain", json!({ "Domain": "shop" })).await;
        assert_eq!(abroad, Ok(nothing));
        let long = world.fails("DescribeUserPoolDomain", json!({ "Domain": "a".repeat(64) })).await;
        assert!(long.starts_with("InvalidParameterException: 1 validation error detected"), "{long}");
    }
}
