//! AdminUpdateUserAttributes: writes attributes of a user, verification flags included.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html>

use cognito_core::change::Writer;

use crate::prelude::*;
use crate::service::attributes::{self, Update};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminUpdateUserAttributesRequest,
) -> Reply<wire::AdminUpdateUserAttributesResponse> {
    let attributes = attributes::read(Some(input.user_attributes))?;
    let (pool, changed) = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let user = txn.user(&pool, &input.username).await?;
            let update = Update { pool: &pool, user: &user, writer: Writer::Admin, client_id: None };
            let changed = update.save(ctx, txn, &attributes).await?;
            Ok((pool, changed))
        })
        .await?;
    changed.deliver(ctx, &pool, None, input.client_metadata.as_ref()).await?;
    Ok(wire::AdminUpdateUserAttributesResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_list, attribute_map};

    async fn user(world: &World, pool: &str, username: &str) -> Value {
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": username })).await;
        attribute_map(&user["UserAttributes"])
    }

    fn input(pool: &str, username: &str, attributes: Value) -> Value {
        json!({ "UserPoolId": pool, "Username": username, "UserAttributes": attribute_list(attributes) })
    }

    #[tokio::test]
    async fn writes_and_deletes() {
        let world = World::new().await;
        let schema = json!([{ "Name": "secret", "AttributeDataType": "String", "DeveloperOnlyAttribute": true, "Mutable": true }]);
        let pool = world.pool(json!({ "Schema": schema })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let first =
            json!({ "name": "A", "nickname": "Al", "email": "a@example.com", "dev:custom:secret": "s" });
        let answer = world.ok("AdminUpdateUserAttributes", input(&pool, "alice", first)).await;
        assert_eq!(answer, json!({}));
        let second = json!({ "name": "", "nickname": "Ally", "email_verified": "true" });
        world.ok("AdminUpdateUserAttributes", input(&pool, "alice", second)).await;
        let expected = json!({ "nickname": "Ally", "email": "a@example.com", "dev:custom:secret": "s", "email_verified": "true" });
        assert_eq!(user(&world, &pool, "alice").await, expected);
        assert_eq!(world.messages(&pool, "alice").await, Vec::<Value>::new(), "nothing is verified here");
    }

    #[tokio::test]
    async fn a_new_address_gets_a_code_unless_it_is_vouched_for() {
        let world = World::new().await;
        let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"] })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let vouched = json!({ "email": "a@example.com", "email_verified": "true" });
        world.ok("AdminUpdateUserAttributes", input(&pool, "alice", vouched)).await;
        assert_eq!(world.messages(&pool, "alice").await.len(), 0);
        world
            .ok("AdminUpdateUserAttributes", input(&pool, "alice", json!({ "email": "b@example.com" })))
            .await;
        assert_eq!(
            user(&world, &pool, "alice").await,
            json!({ "email": "b@example.com", "email_verified": "false" })
        );
        let messages = world.messages(&pool, "alice").await;
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["destination"], "b@example.com");
        assert_eq!(messages[0]["trigger_source"], "CustomMessage_UpdateUserAttribute");
    }

    #[tokio::test]
    async fn an_address_may_have_to_be_verified_first() {
        let world = World::new().await;
        let settings = json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] });
        let pool = json!({ "AutoVerifiedAttributes": ["email"], "UserAttributeUpdateSettings": settings });
        let pool = world.pool(pool).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let old = json!({ "email": "a@example.com", "email_verified": "true" });
        world.ok("AdminUpdateUserAttributes", input(&pool, "alice", old.clone())).await;
        world
            .ok("AdminUpdateUserAttributes", input(&pool, "alice", json!({ "email": "b@example.com" })))
            .await;
        assert_eq!(user(&world, &pool, "alice").await, old);
        assert_eq!(world.messages(&pool, "alice").await[0]["destination"], "b@example.com");
    }

    #[tokio::test]
    async fn aliases_are_nobody_elses() {
        let world = World::new().await;
        let pool = world.pool(json!({ "AliasAttributes": ["email", "preferred_username"] })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&pool, "bob", "Abcdef1!").await;
        let verified =
            json!({ "email": "a@example.com", "email_verified": "true", "preferred_username": "al" });
        world.ok("AdminUpdateUserAttributes", input(&pool, "alice", verified.clone())).await;
        let unverified = json!({ "email": "a@example.com" });
        world.ok("AdminUpdateUserAttributes", input(&pool, "bob", unverified)).await;
        let check = async |attributes: Value, attribute: &str| {
            let failure = world.fails("AdminUpdateUserAttributes", input(&pool, "bob", attributes)).await;
            assert_eq!(
                failure,
                format!("AliasExistsException: An account with the {attribute} already exists.")
            );
        };
        check(verified, "email").await;
        check(json!({ "email_verified": "true" }), "email").await;
        check(json!({ "preferred_username": "al" }), "preferred_username").await;
        check(json!({ "preferred_username": "alice" }), "preferred_username").await;
        assert_eq!(
            user(&world, &pool, "bob").await,
            json!({ "email": "a@example.com", "email_verified": "false" })
        );
    }

    #[tokio::test]
    async fn one_alias_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({ "AliasAttributes": ["preferred_username"] })).await;
        for username in ["alice", "bob", "carol"] {
            world.user(&pool, username, "Abcdef1!").await;
        }
        for round in 0..10 {
            let boss = json!({ "preferred_username": format!("boss{round}") });
            let inputs = ["alice", "bob", "carol"].map(|username| input(&pool, username, boss.clone()));
            let answers = world.at_once("AdminUpdateUserAttributes", inputs.into());
            let (winners, losers): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
            assert_eq!(winners.len(), 1);
            for loser in losers {
                let code = loser.map_err(|failure| failure.code);
                assert_eq!(code, Err("AliasExistsException".to_owned()));
            }
        }
    }

    #[tokio::test]
    async fn a_new_email_in_an_email_pool_keeps_the_username() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UsernameAttributes": ["email"] })).await;
        world.user(&pool, "a@example.com", "Abcdef1!").await;
        world.user(&pool, "c@example.com", "Abcdef1!").await;
        let by = async |name: &str| {
            let answer = world.call("AdminGetUser", json!({ "UserPoolId": pool, "Username": name })).await;
            answer.map(|user| user["Username"].clone()).map_err(|failure| failure.code)
        };
        let before = by("a@example.com").await;
        world
            .ok(
                "AdminUpdateUserAttributes",
                input(&pool, "a@example.com", json!({ "email": "b@example.com" })),
            )
            .await;
        assert_eq!(by("b@example.com").await, before);
        assert_eq!(by("a@example.com").await, Err("UserNotFoundException".to_owned()));
        let taken = input(&pool, "b@example.com", json!({ "email": "c@example.com" }));
        let failure = world.fails("AdminUpdateUserAttributes", taken).await;
        assert_eq!(failure, "AliasExistsException: An account with the email already exists.");
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let schema = json!([
            { "Name": "given_name", "Required": true },
            { "Name": "once", "AttributeDataType": "String", "Mutable": false },
        ]);
        let pool = world.pool(json!({ "Schema": schema })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let check = async |attributes: Value, expected: &str| {
            let failure = world.fails("AdminUpdateUserAttributes", input(&pool, "alice", attributes)).await;
            assert_eq!(failure, format!("InvalidParameterException: {expected}"));
        };
        check(json!({ "custom:foo": "x" }), "user.custom:foo: Attribute does not exist in the schema.").await;
        check(json!({ "custom:once": "x" }), "user.custom:once: Attribute cannot be updated.").await;
        check(json!({ "sub": "x" }), "user.sub: Attribute cannot be updated.").await;
        check(json!({ "given_name": "" }), "user.given_name: Attribute cannot be deleted.").await;
        check(json!({ "email": "nobody" }), "Invalid email address format.").await;
        check(json!({ "phone_number": "123" }), "Invalid phone number format.").await;
        let twice = json!([{ "Name": "name", "Value": "A" }, { "Name": "name", "Value": "B" }]);
        let twice = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": twice });
        let expected = "InvalidParameterException: Attribute name was given more than once.";
        assert_eq!(world.fails("AdminUpdateUserAttributes", twice).await, expected);
        let unknown =
            world.fails("AdminUpdateUserAttributes", input(&pool, "bob", json!({ "name": "B" }))).await;
        assert_eq!(unknown, "UserNotFoundException: User does not exist.");
    }

    #[tokio::test]
    async fn a_function_that_cannot_be_called_leaves_the_change() {
        let world = World::new().await;
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:custom";
        let pool = json!({ "AutoVerifiedAttributes": ["email"], "LambdaConfig": { "CustomMessage": arn } });
        let pool = world.pool(pool).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let failure = world
            .fails("AdminUpdateUserAttributes", input(&pool, "alice", json!({ "email": "a@example.com" })))
            .await;
        assert!(failure.starts_with("UnexpectedLambdaException: "), "{failure}");
        let changed = json!({ "email": "a@example.com", "email_verified": "false" });
        assert_eq!(user(&world, &pool, "alice").await, changed);
        assert_eq!(world.messages(&pool, "alice").await, Vec::<Value>::new());
    }
}
