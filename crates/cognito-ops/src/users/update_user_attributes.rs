//! UpdateUserAttributes: writes attributes of the caller, as far as the app client may write them.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserAttributes.html>

use cognito_core::change::Writer;

use crate::prelude::*;
use crate::service::access;
use crate::service::attributes::{self, Update};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateUserAttributesRequest,
) -> Reply<wire::UpdateUserAttributesResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let attributes = attributes::read(Some(input.user_attributes))?;
    let (signed, changed) = ctx
        .write(async |txn| {
            let signed = access::signed(txn, &token).await?;
            attributes::check_permission(&signed.client, attributes.iter().map(|(name, _)| name.as_str()))?;
            let update = Update {
                pool: &signed.pool,
                user: &signed.user,
                writer: Writer::User,
                client_id: Some(&signed.client.id),
            };
            let changed = update.save(ctx, txn, &attributes).await?;
            Ok((signed, changed))
        })
        .await?;
    changed.deliver(ctx, &signed.pool, Some(&signed.client), input.client_metadata.as_ref()).await?;
    Ok(wire::UpdateUserAttributesResponse {
        code_delivery_details_list: Some(
            changed.codes.iter().map(|code| views::delivery(&code.destination)).collect(),
        ),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_list, attribute_map};

    async fn signed_in(pool: Value, client: Value) -> (World, String, Value) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let token = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
        (world, pool, token)
    }

    fn input(token: &Value, attributes: Value) -> Value {
        json!({ "AccessToken": token, "UserAttributes": attribute_list(attributes) })
    }

    async fn attributes(world: &World, token: &Value) -> Value {
        let user = world.ok("GetUser", json!({ "AccessToken": token })).await;
        attribute_map(&user["UserAttributes"])
    }

    #[tokio::test]
    async fn writes_and_says_where_codes_went() {
        let (world, pool, token) = signed_in(json!({ "AutoVerifiedAttributes": ["email"] }), json!({})).await;
        let answer = world.ok("UpdateUserAttributes", input(&token, json!({ "nickname": "Al" }))).await;
        assert_eq!(answer, json!({ "CodeDeliveryDetailsList": [] }));
        let new = json!({ "email": "new@example.com", "phone_number": "+12065550100" });
        let answer = world.ok("UpdateUserAttributes", input(&token, new)).await;
        let details =
            json!({ "Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
        assert_eq!(answer, json!({ "CodeDeliveryDetailsList": [details] }));
        let expected = json!({
            "nickname": "Al", "email": "new@example.com", "email_verified": "false",
            "phone_number": "+12065550100", "phone_number_verified": "false",
        });
        assert_eq!(attributes(&world, &token).await, expected);

        let code = world.code(&pool, "alice").await;
        let verify = json!({ "AccessToken": token, "AttributeName": "email", "Code": code });
        world.ok("VerifyUserAttribute", verify).await;
        assert_eq!(attributes(&world, &token).await["email_verified"], "true");
    }

    #[tokio::test]
    async fn the_old_address_stays_until_the_new_one_is_verified() {
        let settings = json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] });
        let pool = json!({
            "AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"], "UserAttributeUpdateSettings": settings,
        });
        let (world, pool, token) = signed_in(pool, json!({})).await;
        let old = json!({ "email": "old@example.com", "email_verified": "true" });
        let set =
            json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attribute_list(old.clone()) });
        world.ok("AdminUpdateUserAttributes", set).await;
        let answer =
            world.ok("UpdateUserAttributes", input(&token, json!({ "email": "new@example.com" }))).await;
        assert_eq!(answer["CodeDeliveryDetailsList"][0]["Destination"], "n***@e***");
        assert_eq!(attributes(&world, &token).await, old);
        let code = world.code(&pool, "old@example.com").await;
        world
            .ok(
                "VerifyUserAttribute",
                json!({ "AccessToken": token, "AttributeName": "email", "Code": code }),
            )
            .await;
        let new = json!({ "email": "new@example.com", "email_verified": "true" });
        assert_eq!(attributes(&world, &token).await, new);
        world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "new@example.com" })).await;
    }

    #[tokio::test]
    async fn users_write_only_what_they_may() {
        let schema = json!([
            { "Name": "secret", "AttributeDataType": "String", "DeveloperOnlyAttribute": true, "Mutable": true },
            { "Name": "once", "AttributeDataType": "String", "Mutable": false },
        ]);
        let (world, _, token) = signed_in(json!({ "Schema": schema }), json!({})).await;
        let check = async |attributes: Value, expected: &str| {
            assert_eq!(world.fails("UpdateUserAttributes", input(&token, attributes)).await, expected);
        };
        let unauthorized = "NotAuthorizedException: A client attempted to write unauthorized attribute";
        for name in ["email_verified", "phone_number_verified", "sub", "identities", "dev:custom:secret"] {
            check(json!({ "nickname": "Al", name: "true" }), unauthorized).await;
        }
        let immutable = "InvalidParameterException: user.custom:once: Attribute cannot be updated.";
        check(json!({ "custom:once": "x" }), immutable).await;
        let unknown = "InvalidParameterException: user.custom:foo: Attribute does not exist in the schema.";
        check(json!({ "custom:foo": "x" }), unknown).await;
        assert_eq!(attributes(&world, &token).await, json!({}));
    }

    #[tokio::test]
    async fn the_clients_list_counts() {
        let client = json!({ "WriteAttributes": ["nickname"] });
        let (world, _, token) = signed_in(json!({}), client).await;
        world.ok("UpdateUserAttributes", input(&token, json!({ "nickname": "Al" }))).await;
        let failure = world.fails("UpdateUserAttributes", input(&token, json!({ "name": "A" }))).await;
        assert_eq!(failure, "NotAuthorizedException: A client attempted to write unauthorized attribute");
    }

    #[tokio::test]
    async fn a_name_of_another_is_refused() {
        let (world, pool, token) =
            signed_in(json!({ "AliasAttributes": ["preferred_username"] }), json!({})).await;
        world.user(&pool, "bob", "Abcdef1!").await;
        let failure =
            world.fails("UpdateUserAttributes", input(&token, json!({ "preferred_username": "bob" }))).await;
        assert_eq!(failure, "AliasExistsException: An account with the preferred_username already exists.");
        world.ok("UpdateUserAttributes", input(&token, json!({ "preferred_username": "alice" }))).await;
    }
}
