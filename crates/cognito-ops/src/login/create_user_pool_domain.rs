//! CreateUserPoolDomain: gives a pool a prefix domain or a custom domain.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html>

use cognito_core::domain::{CUSTOM_BY_ACCOUNT, Domain, MAX_CUSTOM};
use cognito_core::{Kind, ids};
use cognito_store::{IndexRange, Txn};

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateUserPoolDomainRequest,
) -> Reply<wire::CreateUserPoolDomainResponse> {
    let distribution = ids::distribution(&ctx.words());
    let domain = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            let domain = Domain::new(&pool, input.clone(), distribution.clone(), ctx.now())?;
            domain.attach(&mut pool)?;
            if txn.domain_if_any(&domain.region, &domain.name).await?.is_some() {
                return Err(errors::domain_taken());
            }
            if domain.custom.is_some() {
                check_limit(txn, &domain).await?;
            }
            txn.save(&domain);
            txn.save(&pool);
            Ok(domain)
        })
        .await?;
    Ok(wire::CreateUserPoolDomainResponse {
        managed_login_version: Some(domain.pages.version()),
        cloud_front_domain: views::cloud_front_domain(&domain),
        routing: domain.routing,
    })
}

async fn check_limit(txn: &mut Txn, domain: &Domain) -> Reply<()> {
    let prefix = Domain::account_prefix(&domain.account, &domain.region);
    let all = IndexRange::prefix(Kind::Domain, CUSTOM_BY_ACCOUNT, prefix);
    let count = txn.scan::<Domain>(all, MAX_CUSTOM).await?.0.len();
    if count < MAX_CUSTOM { Ok(()) } else { Err(errors::too_many_custom_domains()) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    const CERTIFICATE: &str = "arn:aws:acm:us-east-1:000000000000:certificate/1";

    fn prefix(pool: &str, name: &str) -> Value {
        json!({ "UserPoolId": pool, "Domain": name })
    }

    fn custom(pool: &str, name: &str) -> Value {
        merged(prefix(pool, name), json!({ "CustomDomainConfig": { "CertificateArn": CERTIFICATE } }))
    }

    #[tokio::test]
    async fn a_prefix_and_a_custom_domain() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let answer = world.ok("CreateUserPoolDomain", prefix(&pool, "shop")).await;
        assert_eq!(answer, json!({ "ManagedLoginVersion": 1 }));
        let routing = json!({ "Failover": {
            "SecondaryRegion": "us-west-2", "PrimaryRoute53HealthCheckId": "check",
        } });
        let more = json!({ "ManagedLoginVersion": 2, "Routing": routing });
        let answer = world.ok("CreateUserPoolDomain", merged(custom(&pool, "login.example.com"), more)).await;
        let host = answer["CloudFrontDomain"].as_str().expect("a name");
        assert!(host.starts_with('d') && host.ends_with(".cloudfront.net"), "{host}");
        let expected = json!({ "ManagedLoginVersion": 2, "CloudFrontDomain": host, "Routing": routing });
        assert_eq!(answer, expected);
        let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(described["UserPool"]["Domain"], "shop");
        assert_eq!(described["UserPool"]["CustomDomain"], "login.example.com");
        assert_eq!(
            world.fails("DeleteUserPool", json!({ "UserPoolId": pool })).await,
            "InvalidParameterException: User pool cannot be deleted. \
             It has a domain configured that should be deleted first."
        );
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let check = async |input: Value, expected: &str| {
            assert_eq!(world.fails("CreateUserPoolDomain", input).await, expected);
        };
        check(
            prefix(&pool, "login.example.com"),
            "InvalidParameterException: The domain name contains an invalid character. Domain names can only contain \
             lower-case letters, numbers, and hyphens. Please enter a different name that follows this format: \
             ^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$",
        )
        .await;
        check(
            prefix(&pool, "my-aws-shop"),
            "InvalidParameterException: Domain cannot contain reserved word: aws",
        )
        .await;
        check(
            custom(&pool, "shop"),
            "InvalidParameterException: The custom domain is not a fully qualified domain name of lower-case letters, \
             numbers and hyphens.",
        )
        .await;
        let role = json!({ "CustomDomainConfig": { "CertificateArn": "arn:aws:iam::000000000000:role/x" } });
        check(
            merged(prefix(&pool, "login.example.com"), role),
            "InvalidParameterException: The certificate of a custom domain must be one of AWS Certificate Manager in \
             us-east-1.",
        )
        .await;
        check(
            merged(prefix(&pool, "shop"), json!({ "ManagedLoginVersion": 3 })),
            "InvalidParameterException: ManagedLoginVersion must be 1 or 2.",
        )
        .await;
        check(
            merged(prefix(&pool, "shop"), json!({ "Routing": {} })),
            "InvalidParameterException: CustomDomainConfig and Routing can only be set for custom domains.",
        )
        .await;
        check(
            prefix("us-east-1_none", "shop"),
            "ResourceNotFoundException: User pool us-east-1_none does not exist.",
        )
        .await;
        let lite = world.pool(json!({ "UserPoolTier": "LITE" })).await;
        check(
            merged(prefix(&lite, "shop"), json!({ "ManagedLoginVersion": 2 })),
            "FeatureUnavailableInTierException: Managed login needs the ESSENTIALS tier.",
        )
        .await;
        let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(described["UserPool"].get("Domain"), None);
    }

    #[tokio::test]
    async fn names_are_unique() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let taken = "InvalidParameterException: Domain already associated with another user pool.";
        let has_one = "InvalidParameterException: User pool already has a domain configured.";
        world.ok("CreateUserPoolDomain", prefix(&pool, "shop")).await;
        world.ok("CreateUserPoolDomain", custom(&pool, "login.example.com")).await;
        assert_eq!(world.fails("CreateUserPoolDomain", prefix(&other, "shop")).await, taken);
        assert_eq!(world.fails("CreateUserPoolDomain", custom(&other, "login.example.com")).await, taken);
        assert_eq!(world.fails("CreateUserPoolDomain", prefix(&pool, "shop")).await, has_one);
        assert_eq!(world.fails("CreateUserPoolDomain", prefix(&pool, "shop2")).await, has_one);
        assert_eq!(world.fails("CreateUserPoolDomain", custom(&pool, "www.example.com")).await, has_one);

        // A prefix is one of its region, the name of a custom domain is one of the world.
        let mut caller = World::caller();
        caller.scope.as_mut().expect("a scope").region = "eu-west-1".to_owned();
        let create = json!({ "PoolName": "pool" });
        let answer = world.call_as(caller, "CreateUserPool", create).await.expect("a pool");
        let abroad = answer["UserPool"]["Id"].as_str().expect("an id");
        world.ok("CreateUserPoolDomain", prefix(abroad, "shop")).await;
        assert_eq!(world.fails("CreateUserPoolDomain", custom(abroad, "login.example.com")).await, taken);
    }

    #[tokio::test]
    async fn four_custom_domains() {
        let world = World::new().await;
        let mut pools = Vec::new();
        for n in 0..5 {
            pools.push((world.pool(json!({})).await, format!("login{n}.example.com")));
        }
        for (pool, name) in &pools[..4] {
            world.ok("CreateUserPoolDomain", custom(pool, name)).await;
        }
        let (pool, name) = &pools[4];
        assert_eq!(
            world.fails("CreateUserPoolDomain", custom(pool, name)).await,
            "LimitExceededException: The account has reached its number of custom domains in the region."
        );
        world.ok("CreateUserPoolDomain", prefix(pool, "shop")).await;
        world.ok("DeleteUserPoolDomain", prefix(&pools[0].0, &pools[0].1)).await;
        world.ok("CreateUserPoolDomain", custom(pool, name)).await;
    }

    #[tokio::test]
    async fn one_of_two_at_once() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let answers =
            world.at_once("CreateUserPoolDomain", vec![prefix(&pool, "shop"), prefix(&other, "shop")]);
        let failures: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].message, "Domain already associated with another user pool.");
    }

    #[tokio::test]
    async fn passkeys_belong_to_the_domain() {
        let world = World::new().await;
        let pool = world.passkey_pool(json!({ "UserVerification": "preferred" })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let token = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
        let start = json!({ "AccessToken": token });
        let none = "WebAuthnConfigurationMissingException: \
                    The user pool has neither a relying party ID nor a domain.";
        let party = async || {
            let answer = world.ok("StartWebAuthnRegistration", start.clone()).await;
            answer["CredentialCreationOptions"]["rp"]["id"].clone()
        };
        assert_eq!(world.fails("StartWebAuthnRegistration", start.clone()).await, none);
        world.ok("CreateUserPoolDomain", prefix(&pool, "shop")).await;
        assert_eq!(party().await, "shop.auth.us-east-1.localhost");
        world.ok("CreateUserPoolDomain", custom(&pool, "login.example.com")).await;
        assert_eq!(party().await, "login.example.com");
        world.ok("DeleteUserPoolDomain", prefix(&pool, "login.example.com")).await;
        assert_eq!(party().await, "shop.auth.us-east-1.localhost");
        world.ok("DeleteUserPoolDomain", prefix(&pool, "shop")).await;
        assert_eq!(world.fails("StartWebAuthnRegistration", start.clone()).await, none);
    }
}
