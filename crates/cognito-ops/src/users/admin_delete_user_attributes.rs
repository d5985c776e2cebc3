//! AdminDeleteUserAttributes: deletes attributes of a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUserAttributes.html>

use cognito_core::change;

use crate::prelude::*;
use crate::service::attributes;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminDeleteUserAttributesRequest,
) -> Reply<wire::AdminDeleteUserAttributesResponse> {
    let names = || input.user_attribute_names.iter().map(String::as_str);
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut user = (*txn.user(&pool, &input.username).await?).clone();
        attributes::check_delete(&pool, names())?;
        change::delete(&mut user, &pool, names(), ctx.now());
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminDeleteUserAttributesResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_list, attribute_map};

    async fn world() -> (World, String) {
        let world = World::new().await;
        let schema = json!([
            { "Name": "given_name", "Required": true },
            { "Name": "once", "AttributeDataType": "String", "Mutable": false },
            { "Name": "team", "AttributeDataType": "String", "Mutable": true },
        ]);
        let pool = world.pool(json!({ "Schema": schema, "AliasAttributes": ["email"] })).await;
        let attributes = json!({
            "given_name": "A", "custom:once": "x", "custom:team": "y", "email": "a@example.com", "email_verified": "true",
        });
        let create =
            json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attribute_list(attributes) });
        world.ok("AdminCreateUser", create).await;
        (world, pool)
    }

    fn input(pool: &str, names: &[&str]) -> Value {
        json!({ "UserPoolId": pool, "Username": "alice", "UserAttributeNames": names })
    }

    #[tokio::test]
    async fn deletes() {
        let (world, pool) = world().await;
        world.advance(cognito_core::Span::seconds(5));
        for _ in 0..2 {
            let names = ["custom:team", "email", "nickname"];
            assert_eq!(world.ok("AdminDeleteUserAttributes", input(&pool, &names)).await, json!({}));
        }
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(attribute_map(&user["UserAttributes"]), json!({ "given_name": "A", "custom:once": "x" }));
        assert_eq!(user["UserLastModifiedDate"], json!(1_767_776_892));
        let by_alias = json!({ "UserPoolId": pool, "Username": "a@example.com" });
        assert_eq!(
            world.fails("AdminGetUser", by_alias).await,
            "UserNotFoundException: User does not exist."
        );
    }

    #[tokio::test]
    async fn refuses_what_cannot_be_deleted() {
        let (world, pool) = world().await;
        let check = async |name: &str, expected: &str| {
            let failure =
                world.fails("AdminDeleteUserAttributes", input(&pool, &["custom:team", name])).await;
            assert_eq!(failure, format!("InvalidParameterException: user.{name}: Attribute {expected}"));
        };
        check("given_name", "cannot be deleted.").await;
        check("custom:once", "cannot be deleted.").await;
        check("sub", "cannot be deleted.").await;
        check("custom:other", "does not exist in the schema.").await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(attribute_map(&user["UserAttributes"])["custom:team"], "y", "nothing was done");
    }
}
