//! VerifyUserAttribute: verifies the caller's e-mail address or phone number with the code that was sent there.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifyUserAttribute.html>

use cognito_core::attempts::Limited;
use cognito_core::code::{Code, Purpose};
use cognito_core::delivery::Medium;
use cognito_core::user::User;
use cognito_store::Txn;

use crate::prelude::*;
use crate::service::access::{self, AccessToken};
use crate::service::attributes::{self, Clash};
use crate::service::{codes, usage};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::VerifyUserAttributeRequest,
) -> Reply<wire::VerifyUserAttributeResponse> {
    Medium::of_attribute(&input.attribute_name).ok_or_else(errors::attribute_has_no_code)?;
    let token = access::verify(ctx, &input.access_token).await?;
    ctx.write(async |txn| verify(txn, &token, &input).await).await??;
    Ok(wire::VerifyUserAttributeResponse {})
}

/// A wrong code is counted, which is to be committed: that refusal is given inside `Ok`.
async fn verify(
    txn: &mut Txn,
    token: &AccessToken,
    input: &wire::VerifyUserAttributeRequest,
) -> Reply<Reply<()>> {
    let access::Signed { pool, client, user, .. } = access::signed(txn, token).await?;
    usage::count(txn, &pool, Limited::VerifyUserAttribute, &user.username).await?;
    let mut user = (*user).clone();
    let purpose = Purpose::Attribute(input.attribute_name.clone());
    let code = match codes::redeem(txn, (&user).into(), &purpose, &input.code, Some(&client)).await? {
        Ok(code) => code,
        Err(error) => return Ok(Err(error.into())),
    };
    take_pending(&mut user, &input.attribute_name, &code);
    codes::verify_address(&mut user, &code);
    user.rename(&pool.sign_in);
    attributes::claim_aliases(txn, &pool, &user, Clash::Refuse).await?;
    user.modified = txn.now();
    txn.save(&user);
    Ok(Ok(()))
}

/// The value that the code was sent to replaces the present one, if it was waiting for that.
fn take_pending(user: &mut User, attribute: &str, code: &Code) {
    if user.pending.get(attribute) == code.destination.as_ref()
        && let Some(value) = user.pending.remove(attribute)
    {
        user.set(attribute, &value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    async fn signed_in(pool: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let email = json!([{ "Name": "email", "Value": "old@example.com" }, { "Name": "email_verified", "Value": "true" }]);
        let input = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": email });
        world.ok("AdminUpdateUserAttributes", input).await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        (world, pool, tokens["AccessToken"].as_str().unwrap().to_owned())
    }

    async fn attribute(world: &World, token: &str, name: &str) -> Value {
        let user = world.ok("GetUser", json!({ "AccessToken": token })).await;
        let attributes = user["UserAttributes"].as_array().unwrap().clone();
        attributes.into_iter().find(|a| a["Name"] == name).map_or(Value::Null, |a| a["Value"].clone())
    }

    fn ask(token: &str, name: &str) -> Value {
        json!({ "AccessToken": token, "AttributeName": name })
    }

    fn verify(token: &str, code: &str) -> Value {
        json!({ "AccessToken": token, "AttributeName": "email", "Code": code })
    }

    #[tokio::test]
    async fn a_changed_address_is_verified() {
        let (world, pool, token) = signed_in(json!({})).await;
        let new = json!([{ "Name": "email", "Value": "new@example.com" }]);
        world.ok("UpdateUserAttributes", json!({ "AccessToken": token, "UserAttributes": new })).await;
        assert_eq!(attribute(&world, &token, "email_verified").await, "false");
        let answer = world.ok("GetUserAttributeVerificationCode", ask(&token, "email")).await;
        assert_eq!(answer["CodeDeliveryDetails"]["Destination"], "n***@e***");
        let code = world.code(&pool, "alice").await;
        assert_eq!(
            world.fails("VerifyUserAttribute", verify(&token, "x")).await,
            "CodeMismatchException: Invalid verification code provided, please try again."
        );
        world.ok("VerifyUserAttribute", verify(&token, &code)).await;
        assert_eq!(attribute(&world, &token, "email_verified").await, "true");
        assert_eq!(
            world.fails("VerifyUserAttribute", verify(&token, &code)).await,
            "ExpiredCodeException: Invalid code provided, please request a code again."
        );
    }

    #[tokio::test]
    async fn the_old_value_stays_until_the_new_one_is_verified() {
        let (world, pool, token) = signed_in(json!({
            "AutoVerifiedAttributes": ["email"],
            "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
        }))
        .await;
        let new = json!([{ "Name": "email", "Value": "new@example.com" }]);
        let answer =
            world.ok("UpdateUserAttributes", json!({ "AccessToken": token, "UserAttributes": new })).await;
        assert_eq!(answer["CodeDeliveryDetailsList"][0]["Destination"], "n***@e***");
        assert_eq!(attribute(&world, &token, "email").await, "old@example.com");
        let code = world.code(&pool, "alice").await;
        world.ok("VerifyUserAttribute", verify(&token, &code)).await;
        assert_eq!(attribute(&world, &token, "email").await, "new@example.com");
        assert_eq!(attribute(&world, &token, "email_verified").await, "true");
    }

    #[tokio::test]
    async fn only_addresses_have_codes() {
        let (world, _, token) = signed_in(json!({})).await;
        assert_eq!(
            world.fails("GetUserAttributeVerificationCode", ask(&token, "name")).await,
            "InvalidParameterException: Only email and phone_number can be verified."
        );
        assert_eq!(
            world.fails("GetUserAttributeVerificationCode", ask(&token, "phone_number")).await,
            "InvalidParameterException: User has no value for attribute phone_number."
        );
    }
}
