//! UpdateProvisionedLimit: changes the request rate of a category, for the account in its region.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateProvisionedLimit.html>
//!
//! The rate is kept and told, and throttles nothing. Ten times the free rate is the most of an account, for want of
//! Service Quotas. AWS does not change UserAuthentication and UserFederation where pools use managed login; nobody
//! says which pools those are, so that is not looked at.

use cognito_core::provisioned_limit::{Category, ProvisionedLimit};

use crate::call::Scope;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateProvisionedLimitRequest,
) -> Reply<wire::UpdateProvisionedLimitResponse> {
    let category = Category::of(&input.limit_definition.attributes)?;
    let Scope { account, region } = ctx.scope();
    let limit = category.provision(account, region, input.requested_limit_value)?;
    ctx.write(async |txn| {
        // What is replaced must have been read.
        txn.get::<ProvisionedLimit>(&limit.key()).await?;
        txn.save(&limit);
        Ok(())
    })
    .await?;
    Ok(wire::UpdateProvisionedLimitResponse {
        limit: views::limit(input.limit_definition, category, limit.value),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    fn definition(category: &str) -> Value {
        json!({ "LimitClass": "API_CATEGORY", "Attributes": { "Category": category } })
    }

    fn update(category: &str, rate: i32) -> Value {
        json!({ "LimitDefinition": definition(category), "RequestedLimitValue": rate })
    }

    #[tokio::test]
    async fn what_is_set_is_read_back() {
        let world = World::new().await;
        let read = async |category: &str| {
            let input = json!({ "LimitDefinition": definition(category) });
            world.ok("GetProvisionedLimit", input).await
        };
        for rate in [300, 300, 1_200, 120] {
            let answer = world.ok("UpdateProvisionedLimit", update("UserAuthentication", rate)).await;
            let expected = json!({ "Limit": {
                "LimitDefinition": definition("UserAuthentication"), "ProvisionedLimitValue": rate,
                "FreeLimitValue": 120,
            } });
            assert_eq!(answer, expected);
            assert_eq!(read("UserAuthentication").await, expected);
            assert_eq!(read("UserRead").await["Limit"]["ProvisionedLimitValue"], 120);
        }
    }

    #[tokio::test]
    async fn accounts_and_regions_have_their_own() {
        let world = World::new().await;
        world.ok("UpdateProvisionedLimit", update("UserToken", 200)).await;
        let check = async |account: &str, region: &str, expected: i32| {
            let mut caller = World::caller();
            let scope = caller.scope.as_mut().expect("the caller of a test signs");
            scope.account = account.to_owned();
            scope.region = region.to_owned();
            let input = json!({ "LimitDefinition": definition("UserToken") });
            let answer = world.call_as(caller, "GetProvisionedLimit", input).await.unwrap();
            assert_eq!(answer["Limit"]["ProvisionedLimitValue"], expected, "{account} {region}");
        };
        check("000000000000", "us-east-1", 200).await;
        check("000000000000", "eu-west-1", 120).await;
        check("111111111111", "us-east-1", 120).await;
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let check = async |category: &str, rate: i32, expected: &str| {
            assert_eq!(world.fails("UpdateProvisionedLimit", update(category, rate)).await, expected);
        };
        check(
            "UserCreation",
            49,
            "InvalidParameterException: The limit cannot be less than 50 requests per second.",
        )
        .await;
        check(
            "UserCreation",
            501,
            "ServiceQuotaExceededException: The limit cannot be more than 500 requests per second.",
        )
        .await;
        check("UserList", 60, "InvalidParameterException: The limit of category UserList is not adjustable.")
            .await;
        check("UserSleep", 60, "ResourceNotFoundException: Limit of category UserSleep does not exist.")
            .await;
        let input = json!({ "LimitDefinition": definition("UserCreation") });
        let limit = world.ok("GetProvisionedLimit", input).await;
        assert_eq!(limit["Limit"]["ProvisionedLimitValue"], 50);
    }

    #[tokio::test]
    async fn two_at_once() {
        let world = World::new().await;
        let answers =
            world.at_once("UpdateProvisionedLimit", vec![update("UserRead", 200), update("UserRead", 300)]);
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let input = json!({ "LimitDefinition": definition("UserRead") });
        let rate = world.ok("GetProvisionedLimit", input).await["Limit"]["ProvisionedLimitValue"].clone();
        assert!([json!(200), json!(300)].contains(&rate), "{rate}");
    }
}
