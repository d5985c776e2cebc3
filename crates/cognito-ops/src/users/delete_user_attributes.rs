//! DeleteUserAttributes: deletes attributes of the caller, as far as the app client may write them.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserAttributes.html>

use cognito_core::change;

use crate::prelude::*;
use crate::service::{access, attributes};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DeleteUserAttributesRequest,
) -> Reply<wire::DeleteUserAttributesResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let names = || input.user_attribute_names.iter().map(String::as_str);
    ctx.write(async |txn| {
        let signed = access::signed(txn, &token).await?;
        attributes::check_permission(&signed.client, names())?;
        attributes::check_delete(&signed.pool, names())?;
        let mut user = (*signed.user).clone();
        change::delete(&mut user, &signed.pool, names(), ctx.now());
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::DeleteUserAttributesResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_list, attribute_map};

    async fn signed_in(client: Value) -> (World, Value) {
        let world = World::new().await;
        let pool = world.pool(json!({ "Schema": [{ "Name": "given_name", "Required": true }] })).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let attributes =
            attribute_list(json!({ "given_name": "A", "nickname": "Al", "email": "a@example.com" }));
        let update = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attributes });
        world.ok("AdminUpdateUserAttributes", update).await;
        let token = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
        (world, token)
    }

    #[tokio::test]
    async fn deletes() {
        let (world, token) = signed_in(json!({})).await;
        for _ in 0..2 {
            let input = json!({ "AccessToken": token, "UserAttributeNames": ["nickname", "email"] });
            assert_eq!(world.ok("DeleteUserAttributes", input).await, json!({}));
        }
        let user = world.ok("GetUser", json!({ "AccessToken": token })).await;
        assert_eq!(attribute_map(&user["UserAttributes"]), json!({ "given_name": "A" }));
    }

    #[tokio::test]
    async fn refusals() {
        let (world, token) = signed_in(json!({ "WriteAttributes": ["given_name", "email"] })).await;
        let check = async |name: &str, expected: &str| {
            let input = json!({ "AccessToken": token, "UserAttributeNames": ["email", name] });
            assert_eq!(world.fails("DeleteUserAttributes", input).await, expected);
        };
        let unauthorized = "NotAuthorizedException: A client attempted to write unauthorized attribute";
        check("nickname", unauthorized).await;
        check("email_verified", unauthorized).await;
        check("sub", unauthorized).await;
        check("given_name", "InvalidParameterException: user.given_name: Attribute cannot be deleted.").await;
        let user = world.ok("GetUser", json!({ "AccessToken": token })).await;
        assert_eq!(attribute_map(&user["UserAttributes"])["email"], "a@example.com", "nothing was done");
    }
}
