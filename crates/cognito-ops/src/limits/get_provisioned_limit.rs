//! GetProvisionedLimit: the request rate of a category, and how much of it is free.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetProvisionedLimit.html>
//!
//! No request is throttled. Categories that cannot be changed are told of, too (unverified).

use cognito_core::provisioned_limit::{Category, ProvisionedLimit};

use crate::call::Scope;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetProvisionedLimitRequest,
) -> Reply<wire::GetProvisionedLimitResponse> {
    let category = Category::of(&input.limit_definition.attributes)?;
    let Scope { account, region } = ctx.scope();
    let key = ProvisionedLimit::key_of(&account, &region, category.name);
    let provisioned = ctx.read().get::<ProvisionedLimit>(&key).await?;
    let value = provisioned.map_or(category.free, |limit| limit.value);
    Ok(wire::GetProvisionedLimitResponse { limit: views::limit(input.limit_definition, category, value) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    fn definition(attributes: Value) -> Value {
        json!({ "LimitDefinition": { "LimitClass": "API_CATEGORY", "Attributes": attributes } })
    }

    #[tokio::test]
    async fn the_free_rate_at_first() {
        let world = World::new().await;
        for (category, rate) in [("UserAuthentication", 120), ("UserCreation", 50), ("UserPoolRead", 15)] {
            let input = definition(json!({ "Category": category }));
            let expected = json!({ "Limit": {
                "LimitDefinition": input["LimitDefinition"], "ProvisionedLimitValue": rate,
                "FreeLimitValue": rate,
            } });
            assert_eq!(world.ok("GetProvisionedLimit", input).await, expected);
        }
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let check = async |attributes: Value, expected: &str| {
            let failure = world.fails("GetProvisionedLimit", definition(attributes)).await;
            assert_eq!(failure, expected);
        };
        let attributes = "InvalidParameterException: A limit is identified by the attribute Category alone.";
        check(json!({}), attributes).await;
        check(json!({ "Category": "UserRead", "Region": "us-east-1" }), attributes).await;
        check(
            json!({ "Category": "UserSleep" }),
            "ResourceNotFoundException: Limit of category UserSleep does not exist.",
        )
        .await;
        let mut other = definition(json!({ "Category": "UserRead" }));
        other["LimitDefinition"]["LimitClass"] = json!("OTHER");
        let failure = world.fails("GetProvisionedLimit", other).await;
        assert!(failure.starts_with("InvalidParameterException: 1 validation error"), "{failure}");
    }
}
