//! AddCustomAttributes: adds attributes to the schema of a pool. They stay for ever.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddCustomAttributes.html>

use crate::imports::work;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AddCustomAttributesRequest,
) -> Reply<wire::AddCustomAttributesResponse> {
    ctx.write(async |txn| {
        let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
        work::check_idle(txn, &pool).await?;
        for attribute in &input.custom_attributes {
            pool.schema.add(attribute)?;
        }
        pool.modified = ctx.now();
        txn.save(&pool);
        Ok(())
    })
    .await?;
    Ok(wire::AddCustomAttributesResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    async fn attributes(world: &World, pool: &str) -> Vec<Value> {
        let answer = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        answer["UserPool"]["SchemaAttributes"].as_array().unwrap()[20..].to_vec()
    }

    fn request(pool: &str, attributes: Value) -> Value {
        json!({ "UserPoolId": pool, "CustomAttributes": attributes })
    }

    #[tokio::test]
    async fn added_to_the_end() {
        let world = World::new().await;
        let pool =
            world.pool(json!({ "Schema": [{ "Name": "first", "AttributeDataType": "String" }] })).await;
        let added = json!([
            { "Name": "n", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "1" } },
            { "Name": "d", "AttributeDataType": "DateTime", "DeveloperOnlyAttribute": true, "Mutable": false },
        ]);
        assert_eq!(world.ok("AddCustomAttributes", request(&pool, added)).await, json!({}));
        let expected = json!([
            {
                "Name": "custom:first", "AttributeDataType": "String", "DeveloperOnlyAttribute": false,
                "Mutable": true, "Required": false, "StringAttributeConstraints": {}
            },
            {
                "Name": "custom:n", "AttributeDataType": "Number", "DeveloperOnlyAttribute": false,
                "Mutable": true, "Required": false, "NumberAttributeConstraints": { "MinValue": "1" }
            },
            {
                "Name": "dev:custom:d", "AttributeDataType": "DateTime", "DeveloperOnlyAttribute": true,
                "Mutable": false, "Required": false
            },
        ]);
        assert_eq!(json!(attributes(&world, &pool).await), expected);

        let create = json!({
            "UserPoolId": pool, "Username": "alice", "MessageAction": "SUPPRESS",
            "UserAttributes": [{ "Name": "custom:n", "Value": "3" }],
        });
        world.ok("AdminCreateUser", create).await;
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({ "Schema": [{ "Name": "a" }] })).await;
        let fails =
            async |attributes: Value| world.fails("AddCustomAttributes", request(&pool, attributes)).await;
        let invalid = |text: &str| format!("InvalidParameterException: {text}");
        // One bad attribute, and none is added.
        assert_eq!(
            fails(json!([{ "Name": "b" }, { "Name": "a" }])).await,
            invalid("custom:a: Existing attribute already has name a.")
        );
        assert_eq!(
            fails(json!([{ "Name": "b" }, { "Name": "b" }])).await,
            invalid("custom:b: Existing attribute already has name b.")
        );
        assert_eq!(
            fails(json!([{ "Name": "b", "Required": true }])).await,
            invalid("Required custom attributes are not supported currently.")
        );
        assert_eq!(
            fails(json!([{ "Name": "b", "StringAttributeConstraints": { "MaxLength": "2049" } }])).await,
            invalid("user.custom:b: String attributes cannot have a length of more than 2048")
        );
        assert_eq!(
            fails(json!([{ "AttributeDataType": "String" }])).await,
            invalid("Attributes must have a name.")
        );
        let many =
            |from: usize| (from..from + 25).map(|i| json!({ "Name": format!("m{i}") })).collect::<Vec<_>>();
        world.ok("AddCustomAttributes", request(&pool, json!(many(0)))).await;
        assert_eq!(
            fails(json!(many(25))).await,
            invalid("A user pool cannot have more than 50 custom attributes.")
        );
        assert_eq!(attributes(&world, &pool).await.len(), 26);
        assert_eq!(
            world.fails("AddCustomAttributes", request("us-east-1_none", json!([{ "Name": "b" }]))).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
