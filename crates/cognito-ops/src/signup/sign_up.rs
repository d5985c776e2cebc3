//! SignUp: registers the caller as a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html>

use cognito_core::client::Client;
use cognito_core::code::Purpose;
use cognito_core::delivery;
use cognito_core::pool::Pool;
use cognito_core::template::Occasion;
use cognito_core::user::{Status, User};
use cognito_store::Txn;

use crate::auth::sessions;
use crate::prelude::*;
use crate::service::attributes::{self, Attributes, Clash};
use crate::service::auth_events::{Deed, Told};
use crate::service::codes::{self, Fresh};
use crate::service::messages::{self, Letter};
use crate::service::new_user::{self, Door};
use crate::service::{proofs, secret_hash};
use crate::triggers::{About, post_confirmation, pre_sign_up};

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::SignUpRequest) -> Reply<wire::SignUpResponse> {
    let (pool, client) = ctx.read().client_by_id(&input.client_id).await?;
    secret_hash::check(&client, &input.username, input.secret_hash.as_ref().map(|hash| hash.as_str()))?;
    if !pool.allows_sign_up() {
        return Err(errors::sign_up_not_permitted());
    }
    let (name, told) = (&*input.username, Told::App(input.user_context_data.as_ref()));
    let password = input.password.as_ref().map(|password| password.as_str());
    let deed = Deed { pool: &pool, client: &client, name, kind: wire::EventType::SignUp, told, password };
    deed.watch(ctx, sign_up(ctx, &pool, &client, &input)).await
}

async fn sign_up(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    input: &wire::SignUpRequest,
) -> Reply<wire::SignUpResponse> {
    let attributes = attributes::read(input.user_attributes.clone())?;
    let user = registered(ctx, pool, client, &input.username, attributes)?;
    let password = match &input.password {
        Some(password) => {
            pool.password_policy().check(password)?;
            Some(proofs::hash(ctx, &pool.id, &user.username, password)?)
        }
        None if pool.allows_passwordless() => None,
        None => return Err(errors::password_needed()),
    };
    let mut user = User { password, ..user };
    let validation = attributes::as_metadata(input.validation_data.clone())?;
    let metadata = input.client_metadata.as_ref();
    let about = About::user(pool, Some(client), &user);
    let automatic =
        pre_sign_up::call(ctx, about, pre_sign_up::Source::SignUp, validation.as_ref(), metadata).await?;
    user.confirm_automatically(automatic, &pool.sign_in)?;
    let confirmed = user.status == Status::Confirmed;
    let (fresh, session) = ctx
        .write(async |txn| {
            let fresh = save(ctx, txn, client, &user).await?;
            Ok((fresh, sessions::of_sign_up(ctx, txn, client, &user)))
        })
        .await?;
    if let Some(Fresh { destination, code }) = &fresh {
        let (client, occasion) = (Some(client), Occasion::SignUp);
        let letter = Letter { pool, client, user: &user, occasion, destination, code };
        messages::deliver(ctx, &letter, metadata).await?;
    }
    if confirmed {
        let about = About::user(pool, Some(client), &user);
        post_confirmation::call(ctx, about, post_confirmation::Source::ConfirmSignUp, metadata).await?;
    }
    Ok(wire::SignUpResponse {
        user_confirmed: confirmed,
        user_sub: user.sub,
        code_delivery_details: fresh.map(|fresh| views::delivery(&fresh.destination)),
        session: session.map(Into::into),
    })
}

/// Saves the user, and makes the code if one is needed.
async fn save(ctx: &Ctx<'_>, txn: &mut Txn, client: &Client, user: &User) -> Reply<Option<Fresh>> {
    let pool = txn.pool(&client.pool_id).await?;
    // Only an address that PreSignUp verified is an alias already, and such a one moves.
    new_user::insert(txn, &pool, user, Clash::Move, Door::SignUp).await?;
    let destination = delivery::of_sign_up(&pool, user).filter(|_| user.status == Status::Unconfirmed);
    let Some(destination) = destination else { return Ok(None) };
    codes::make(ctx, txn, user, destination, Purpose::SignUp, Some(&client.id)).await.map(Some)
}

/// The user that the attributes make, as far as the client may write them and the schema asks for them.
fn registered(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    username: &str,
    attributes: Attributes,
) -> Reply<User> {
    attributes::check_permission(client, attributes.iter().map(|(name, _)| name.as_str()))?;
    let user = new_user::build(ctx, pool, username, attributes, Status::Unconfirmed)?;
    pool.schema.check_required(|name| user.attribute(name).is_some())?;
    Ok(user)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::text;

    async fn world(pool: Value, client: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, client).await;
        (world, pool, client)
    }

    fn sign_up(client: &str, username: &str, attributes: &[(&str, &str)]) -> Value {
        let attributes: Vec<_> = attributes.iter().map(|(n, v)| json!({ "Name": n, "Value": v })).collect();
        json!({ "ClientId": client, "Username": username, "Password": "Abcdef1!", "UserAttributes": attributes })
    }

    #[tokio::test]
    async fn a_code_goes_to_the_auto_verified_address() {
        let (world, pool, client) = world(json!({ "AutoVerifiedAttributes": ["email"] }), json!({})).await;
        let attributes = [("email", "fixture@example.com"), ("phone_number", "+12065559934")];
        let answer = world.ok("SignUp", sign_up(&client, "alice", &attributes)).await;
        assert_eq!(
            answer["CodeDeliveryDetails"],
            json!({ "Destination": "f***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" })
        );
        assert_eq!(answer["UserConfirmed"], json!(false));
        let messages = world.messages(&pool, "alice").await;
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["trigger_source"], "CustomMessage_SignUp");
        assert_eq!(messages[0]["destination"], "fixture@example.com");
        let code = text(&messages[0]["code"]);
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert!(text(&messages[0]["body"]).contains(&code));
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(user["UserStatus"], "UNCONFIRMED");
    }

    #[tokio::test]
    async fn nothing_is_sent_without_an_auto_verified_attribute() {
        let (world, pool, client) = world(json!({}), json!({})).await;
        let answer = world.ok("SignUp", sign_up(&client, "alice", &[("email", "a@example.com")])).await;
        assert_eq!(answer.get("CodeDeliveryDetails"), None);
        assert!(world.messages(&pool, "alice").await.is_empty());
    }

    #[tokio::test]
    async fn the_username_of_an_email_pool_is_the_sub() {
        let (world, pool, client) =
            world(json!({ "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"] }), json!({}))
                .await;
        let answer = world.ok("SignUp", sign_up(&client, "a@example.com", &[])).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "a@example.com" })).await;
        assert_eq!(user["Username"], answer["UserSub"]);
        let again = world.fails("SignUp", sign_up(&client, "a@example.com", &[])).await;
        assert_eq!(again, "UsernameExistsException: User already exists");
        let name = world.fails("SignUp", sign_up(&client, "alice", &[])).await;
        assert_eq!(name, "InvalidParameterException: Username should be an email.");
    }

    #[tokio::test]
    async fn refusals() {
        let schema = json!([{ "Name": "email", "Required": true }]);
        let (world, _, client) =
            world(json!({ "Schema": schema, "AliasAttributes": ["email", "preferred_username"] }), json!({}))
                .await;
        let email = ("email", "a@example.com");
        let check = async |username: &str, attributes: &[(&str, &str)], expected: &str| {
            assert_eq!(world.fails("SignUp", sign_up(&client, username, attributes)).await, expected);
        };
        check(
            "alice",
            &[],
            "InvalidParameterException: Attributes did not conform to the schema: email: The attribute is required",
        )
        .await;
        check("alice", &[("email", "x")], "InvalidParameterException: Invalid email address format.").await;
        check(
            "alice",
            &[email, ("custom:role", "x")],
            "InvalidParameterException: Attributes did not conform to the schema: Type for attribute {custom:role} could not be determined",
        )
        .await;
        check(
            "alice",
            &[email, ("email_verified", "true")],
            "NotAuthorizedException: A client attempted to write unauthorized attribute",
        )
        .await;
        check(
            "b@example.com",
            &[email],
            "InvalidParameterException: Username cannot be of email format, since user pool is configured for email alias.",
        )
        .await;
        check(
            "alice",
            &[email, ("preferred_username", "al")],
            "InvalidParameterException: Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.",
        )
        .await;
        let mut weak = sign_up(&client, "alice", &[email]);
        weak["Password"] = json!("abcdefgh");
        assert_eq!(
            world.fails("SignUp", weak).await,
            "InvalidPasswordException: Password did not conform with policy: Password must have uppercase characters"
        );
    }

    #[tokio::test]
    async fn only_administrators_may_create_users() {
        let config = json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } });
        let (world, _, client) = world(config, json!({})).await;
        assert_eq!(
            world.fails("SignUp", sign_up(&client, "alice", &[])).await,
            "NotAuthorizedException: SignUp is not permitted for this user pool"
        );
    }

    #[tokio::test]
    async fn the_secret_hash_is_checked() {
        let (world, _, client) = world(json!({}), json!({ "GenerateSecret": true })).await;
        assert_eq!(
            world.fails("SignUp", sign_up(&client, "alice", &[])).await,
            format!(
                "NotAuthorizedException: Client {client} is configured with secret but SECRET_HASH was not received"
            )
        );
        let mut wrong = sign_up(&client, "alice", &[]);
        wrong["SecretHash"] = json!("c2VjcmV0");
        assert_eq!(
            world.fails("SignUp", wrong).await,
            format!("NotAuthorizedException: Unable to verify secret hash for client {client}")
        );
    }

    #[tokio::test]
    async fn one_of_two_wins() {
        let (world, _, client) = world(json!({}), json!({})).await;
        let call = || world.call("SignUp", sign_up(&client, "alice", &[]));
        let (a, b, c) = tokio::join!(call(), call(), call());
        let answers = [a, b, c];
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for failure in answers.into_iter().filter_map(Result::err) {
            assert_eq!(failure.code, "UsernameExistsException");
        }
    }
}
