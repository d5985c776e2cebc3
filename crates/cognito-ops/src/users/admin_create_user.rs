//! AdminCreateUser: makes a user with a temporary password, or sends the invitation once more.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html>

use std::sync::Arc;

use cognito_core::delivery::{self, Destination};
use cognito_core::pool::Pool;
use cognito_core::template::Occasion;
use cognito_core::user::{Status, User};

use crate::prelude::*;
use crate::service::attributes::{self, Clash};
use crate::service::messages::{self, Letter};
use crate::service::new_user::{self, Door};
use crate::service::proofs;
use crate::triggers::About;
use crate::triggers::pre_sign_up::{self, Source};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminCreateUserRequest,
) -> Reply<wire::AdminCreateUserResponse> {
    let (pool, user, password) = match input.message_action {
        Some(wire::MessageActionType::Resend) => resend(ctx, &input).await?,
        _ => create(ctx, &input).await?,
    };
    for destination in &destinations(&user, &input) {
        let occasion = Occasion::Invitation;
        let letter =
            Letter { pool: &pool, client: None, user: &user, occasion, destination, code: &password };
        messages::deliver(ctx, &letter, input.client_metadata.as_ref()).await?;
    }
    Ok(wire::AdminCreateUserResponse { user: Some(views::user(&user)) })
}

/// Makes the user, and gives the temporary password; an empty one for a user without a password.
async fn create(ctx: &Ctx<'_>, input: &wire::AdminCreateUserRequest) -> Reply<(Arc<Pool>, User, String)> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    let attributes = attributes::read(input.user_attributes.clone())?;
    let mut user = new_user::build(ctx, &pool, &input.username, attributes, Status::Confirmed)?;
    let password = match given_password(input) {
        None if user.can_do_without_password(&pool) => String::new(),
        given => invite(ctx, &pool, &mut user, given)?,
    };
    let validation = attributes::as_metadata(input.validation_data.clone())?;
    let (about, metadata) = (About::user(&pool, None, &user), input.client_metadata.as_ref());
    pre_sign_up::call(ctx, about, Source::AdminCreateUser, validation.as_ref(), metadata).await?;
    let clash = if input.force_alias_creation == Some(true) { Clash::Move } else { Clash::Refuse };
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        new_user::insert(txn, &pool, &user, clash, Door::Admin).await
    })
    .await?;
    Ok((pool, user, password))
}

/// Gives the user a new temporary password.
async fn resend(ctx: &Ctx<'_>, input: &wire::AdminCreateUserRequest) -> Reply<(Arc<Pool>, User, String)> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut user = (*txn.user(&pool, &input.username).await?).clone();
        if !matches!(user.status, Status::ForceChangePassword { .. }) {
            return Err(errors::resend_not_possible(&input.username));
        }
        let password = invite(ctx, &pool, &mut user, given_password(input))?;
        txn.save(&user);
        Ok((pool, user, password))
    })
    .await
}

/// The temporary password of the request.
fn given_password(input: &wire::AdminCreateUserRequest) -> Option<&str> {
    input.temporary_password.as_ref().map(|password| password.as_str())
}

/// Gives the user the temporary password, or a generated one, and says which.
fn invite(ctx: &Ctx<'_>, pool: &Pool, user: &mut User, given: Option<&str>) -> Reply<String> {
    let policy = pool.password_policy();
    let password = match given {
        Some(password) => {
            policy.check(password)?;
            password.to_owned()
        }
        None => policy.generate(&ctx.words()),
    };
    let stored = proofs::hash(ctx, &pool.id, &user.username, &password)?;
    user.set_temporary_password(stored, ctx.now() + pool.temporary_password_validity(), ctx.now());
    Ok(password)
}

/// Where the invitation goes: to the addresses of the desired media that the user has.
fn destinations(user: &User, input: &wire::AdminCreateUserRequest) -> Vec<Destination> {
    if input.message_action == Some(wire::MessageActionType::Suppress) {
        return Vec::new();
    }
    delivery::of_invitation(user, input.desired_delivery_mediums.as_deref())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_list, merged, password_auth, text};

    fn input(pool: &str, username: &str, attributes: Value, more: Value) -> Value {
        let base =
            json!({ "UserPoolId": pool, "Username": username, "UserAttributes": attribute_list(attributes) });
        merged(base, more)
    }

    async fn world(pool: Value) -> (World, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        (world, pool)
    }

    #[tokio::test]
    async fn makes_a_user() {
        let (world, pool) = world(json!({})).await;
        let attributes = json!({ "email": "a@example.com", "email_verified": "true", "name": "" });
        let answer = world.ok("AdminCreateUser", input(&pool, "Alice", attributes, json!({}))).await;
        let sub = answer["User"]["Attributes"][0]["Value"].clone();
        assert_eq!(text(&sub).len(), 36);
        let user = json!({
            "Username": "Alice",
            "Attributes": [
                { "Name": "sub", "Value": sub },
                { "Name": "email", "Value": "a@example.com" },
                { "Name": "email_verified", "Value": "true" },
            ],
            "UserCreateDate": 1_767_776_887,
            "UserLastModifiedDate": 1_767_776_887,
            "Enabled": true,
            "UserStatus": "FORCE_CHANGE_PASSWORD",
        });
        assert_eq!(answer, json!({ "User": user }));
        let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(described["UserPool"]["EstimatedNumberOfUsers"], 1);
    }

    #[tokio::test]
    async fn the_invitation_goes_to_the_desired_media() {
        let (world, pool) = world(json!({})).await;
        let mut number = 0;
        let mut check = async |more: Value, expected: &[&str]| {
            number += 1;
            let username = format!("user{number}");
            let both = json!({ "email": "a@example.com", "phone_number": "+12065550100" });
            world.ok("AdminCreateUser", input(&pool, &username, both, more)).await;
            let mut destinations: Vec<_> = world.messages(&pool, &username).await;
            destinations.sort_by_key(|message| text(&message["destination"]));
            let destinations: Vec<_> =
                destinations.iter().map(|message| text(&message["destination"])).collect();
            assert_eq!(destinations, expected);
        };
        check(json!({}), &["+12065550100"]).await;
        check(json!({ "DesiredDeliveryMediums": ["EMAIL"] }), &["a@example.com"]).await;
        check(json!({ "DesiredDeliveryMediums": ["EMAIL", "SMS"] }), &["+12065550100", "a@example.com"])
            .await;
        check(json!({ "DesiredDeliveryMediums": ["EMAIL"], "MessageAction": "SUPPRESS" }), &[]).await;
        let email = input(&pool, "bob", json!({ "email": "b@example.com" }), json!({}));
        world.ok("AdminCreateUser", email).await;
        assert_eq!(world.messages(&pool, "bob").await, Vec::<Value>::new(), "the default medium is SMS");
    }

    #[tokio::test]
    async fn the_invitation_has_a_password_that_signs_in() {
        let (world, pool) = world(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let more = json!({ "DesiredDeliveryMediums": ["EMAIL"] });
        world.ok("AdminCreateUser", input(&pool, "alice", json!({ "email": "a@example.com" }), more)).await;
        let message = world.messages(&pool, "alice").await.remove(0);
        let password = text(&message["code"]);
        assert_eq!(message["trigger_source"], "CustomMessage_AdminCreateUser");
        let body = format!("Your username is alice and your temporary password is {password}.");
        assert_eq!(message["body"], body.as_str());
        let answer = world.ok("InitiateAuth", password_auth(&client, "alice", &password)).await;
        assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    }

    #[tokio::test]
    async fn temporary_passwords_keep_the_policy_and_expire() {
        let policy =
            json!({ "MinimumLength": 8, "RequireNumbers": true, "TemporaryPasswordValidityDays": 2 });
        let (world, pool) = world(json!({ "Policies": { "PasswordPolicy": policy } })).await;
        let client = world.client(&pool, json!({})).await;
        let create =
            |password: &str| input(&pool, "alice", json!({}), json!({ "TemporaryPassword": password }));
        let policy = "InvalidPasswordException: Password did not conform with policy: Password";
        let failure = world.fails("AdminCreateUser", create("abcdefgh")).await;
        assert_eq!(failure, format!("{policy} must have numeric characters"));
        assert_eq!(
            world.fails("AdminCreateUser", create("short1")).await,
            format!("{policy} not long enough")
        );
        world.ok("AdminCreateUser", create("abcdefg1")).await;
        world.advance(cognito_core::Span::days(2) - cognito_core::Span::seconds(1));
        world.ok("InitiateAuth", password_auth(&client, "alice", "abcdefg1")).await;
        world.advance(cognito_core::Span::seconds(1));
        let expired =
            "NotAuthorizedException: Temporary password has expired and must be reset by an administrator.";
        assert_eq!(world.fails("InitiateAuth", password_auth(&client, "alice", "abcdefg1")).await, expired);

        let resend = merged(create("bcdefgh2"), json!({ "MessageAction": "RESEND" }));
        assert_eq!(world.ok("AdminCreateUser", resend).await["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
        world.ok("InitiateAuth", password_auth(&client, "alice", "bcdefgh2")).await;
        let wrong = "NotAuthorizedException: Incorrect username or password.";
        assert_eq!(world.fails("InitiateAuth", password_auth(&client, "alice", "abcdefg1")).await, wrong);
    }

    #[tokio::test]
    async fn resending() {
        let (world, pool) = world(json!({})).await;
        let resend = input(&pool, "alice", json!({}), json!({ "MessageAction": "RESEND" }));
        assert_eq!(
            world.fails("AdminCreateUser", resend.clone()).await,
            "UserNotFoundException: User does not exist."
        );
        let phone = json!({ "phone_number": "+12065550100" });
        world.ok("AdminCreateUser", input(&pool, "alice", phone, json!({}))).await;
        world.ok("AdminCreateUser", resend.clone()).await;
        let messages = world.messages(&pool, "alice").await;
        assert_eq!(messages.len(), 2);
        assert_ne!(messages[0]["code"], messages[1]["code"]);
        let set =
            json!({ "UserPoolId": pool, "Username": "alice", "Password": "Abcdef1!", "Permanent": true });
        world.ok("AdminSetUserPassword", set).await;
        let state =
            "UnsupportedUserStateException: Resend not possible. alice status is not FORCE_CHANGE_PASSWORD";
        assert_eq!(world.fails("AdminCreateUser", resend).await, state);
    }

    #[tokio::test]
    async fn names_that_are_taken() {
        let check = async |pool: Value, first: (&str, Value), second: (&str, Value), expected: &str| {
            let (world, pool) = world(pool).await;
            let shown = format!("{first:?} {second:?}");
            world.ok("AdminCreateUser", input(&pool, first.0, first.1, json!({}))).await;
            let answer = world.call("AdminCreateUser", input(&pool, second.0, second.1, json!({}))).await;
            let answer = answer
                .map_or_else(|failure| format!("{}: {}", failure.code, failure.message), |_| "ok".to_owned());
            assert_eq!(answer, expected, "{shown}");
        };
        let account = "UsernameExistsException: User account already exists";
        let insensitive = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
        check(json!({}), ("alice", json!({})), ("alice", json!({})), account).await;
        check(json!({}), ("alice", json!({})), ("Alice", json!({})), "ok").await;
        check(insensitive.clone(), ("alice", json!({})), ("ALICE", json!({})), account).await;
        check(insensitive.clone(), ("\u{e9}", json!({})), ("E\u{301}", json!({})), account).await;
        check(insensitive, ("stra\u{df}e", json!({})), ("strasse", json!({})), "ok").await;

        let with_email = "UsernameExistsException: An account with the given email already exists.";
        let emails =
            json!({ "UsernameAttributes": ["email"], "UsernameConfiguration": { "CaseSensitive": false } });
        check(emails.clone(), ("a@example.com", json!({})), ("A@example.com", json!({})), with_email).await;
        check(emails, ("a@example.com", json!({})), ("b@example.com", json!({})), "ok").await;

        let aliases = json!({ "AliasAttributes": ["email", "preferred_username"] });
        let verified = json!({ "email": "a@example.com", "email_verified": "true" });
        let unverified = json!({ "email": "a@example.com" });
        check(aliases.clone(), ("alice", verified.clone()), ("bob", verified.clone()), with_email).await;
        check(aliases.clone(), ("alice", verified.clone()), ("bob", unverified.clone()), "ok").await;
        check(aliases.clone(), ("alice", unverified), ("bob", verified), "ok").await;
        let boss = json!({ "preferred_username": "boss" });
        let preferred =
            "UsernameExistsException: An account with the given preferred_username already exists.";
        check(aliases.clone(), ("boss", json!({})), ("bob", boss.clone()), preferred).await;
        check(aliases, ("alice", boss), ("boss", json!({})), account).await;
    }

    #[tokio::test]
    async fn an_alias_moves_only_by_force() {
        let (world, pool) = world(json!({ "AliasAttributes": ["email"] })).await;
        let verified = json!({ "email": "a@example.com", "email_verified": "true" });
        world.ok("AdminCreateUser", input(&pool, "alice", verified.clone(), json!({}))).await;
        let unverified =
            input(&pool, "carol", json!({ "email": "a@example.com" }), json!({ "ForceAliasCreation": true }));
        world.ok("AdminCreateUser", unverified).await;
        let by_email = json!({ "UserPoolId": pool, "Username": "a@example.com" });
        assert_eq!(world.ok("AdminGetUser", by_email.clone()).await["Username"], "alice");
        world
            .ok("AdminCreateUser", input(&pool, "bob", verified, json!({ "ForceAliasCreation": true })))
            .await;
        assert_eq!(world.ok("AdminGetUser", by_email).await["Username"], "bob");
        let alice = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        let expected = json!({ "email": "a@example.com", "email_verified": "false" });
        assert_eq!(testkit::world::attribute_map(&alice["UserAttributes"]), expected);
    }

    #[tokio::test]
    async fn one_name_at_once() {
        for pool in [json!({}), json!({ "UsernameAttributes": ["email"] })] {
            // Without a password to hash, several have read before the first is committed.
            let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] });
            let (world, pool) = world(merged(pool, json!({ "Policies": { "SignInPolicy": factors } }))).await;
            for round in 0..10 {
                let email = format!("a{round}@example.com");
                let verified = json!({ "email": email, "email_verified": "true" });
                let answers =
                    world.at_once("AdminCreateUser", vec![input(&pool, &email, verified, json!({})); 4]);
                let (winners, losers): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
                assert_eq!(winners.len(), 1);
                for loser in losers {
                    let code = loser.map_err(|failure| failure.code);
                    assert_eq!(code, Err("UsernameExistsException".to_owned()));
                }
            }
            let users = world.ok("ListUsers", json!({ "UserPoolId": pool })).await;
            assert_eq!(users["Users"].as_array().map(Vec::len), Some(10));
        }
    }

    #[tokio::test]
    async fn without_a_password_where_codes_sign_in() {
        let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] });
        let (world, pool) = world(json!({ "Policies": { "SignInPolicy": factors } })).await;
        let status = async |username: &str, attributes: Value, more: Value| {
            let answer = world.ok("AdminCreateUser", input(&pool, username, attributes, more)).await;
            text(&answer["User"]["UserStatus"])
        };
        let email = json!({ "email": "a@example.com" });
        let verified = merged(email.clone(), json!({ "email_verified": "true" }));
        assert_eq!(status("alice", verified.clone(), json!({})).await, "CONFIRMED");
        let given = json!({ "TemporaryPassword": "Abcdef1!" });
        assert_eq!(status("bob", verified, given).await, "FORCE_CHANGE_PASSWORD");
        assert_eq!(
            status("carol", email, json!({})).await,
            "FORCE_CHANGE_PASSWORD",
            "nowhere to send a code to"
        );
    }

    #[tokio::test]
    async fn usernames_of_pools_that_sign_in_by_attribute() {
        let (world, pool) = world(json!({ "UsernameAttributes": ["email", "phone_number"] })).await;
        let user =
            world.ok("AdminCreateUser", input(&pool, "a@example.com", json!({}), json!({}))).await["User"]
                .clone();
        assert_eq!(user["Username"], user["Attributes"][0]["Value"], "the username is the sub");
        assert_eq!(user["Attributes"][1], json!({ "Name": "email", "Value": "a@example.com" }));
        let phone = world.ok("AdminCreateUser", input(&pool, "+12065550100", json!({}), json!({}))).await;
        assert_eq!(
            phone["User"]["Attributes"][1],
            json!({ "Name": "phone_number", "Value": "+12065550100" })
        );
        let check = async |username: &str, attributes: Value, expected: &str| {
            let failure = world.fails("AdminCreateUser", input(&pool, username, attributes, json!({}))).await;
            assert_eq!(failure, format!("InvalidParameterException: {expected}"));
        };
        check("bob", json!({}), "Username should be either an email or a phone number.").await;
        let other = json!({ "email": "c@example.com" });
        check(
            "b@example.com",
            other,
            "User email should be empty or same as username, since username attribute is email.",
        )
        .await;
        let same = json!({ "email": "d@example.com", "email_verified": "true" });
        world.ok("AdminCreateUser", input(&pool, "d@example.com", same, json!({}))).await;
    }

    #[tokio::test]
    async fn refusals_make_nobody() {
        let (world, pool) = world(json!({ "AliasAttributes": ["email"] })).await;
        let check = async |username: &str, attributes: Value, expected: &str| {
            let failure = world.fails("AdminCreateUser", input(&pool, username, attributes, json!({}))).await;
            assert_eq!(failure, format!("InvalidParameterException: {expected}"));
        };
        let alias = "Username cannot be of email format, since user pool is configured for email alias.";
        check("a@example.com", json!({}), alias).await;
        check("alice", json!({ "email": "nobody" }), "Invalid email address format.").await;
        let schema = "Attributes did not conform to the schema: Type for attribute {custom:foo} could not be determined";
        check("alice", json!({ "custom:foo": "x" }), schema).await;
        check("alice", json!({ "sub": "x" }), "user.sub: Attribute cannot be updated.").await;
        assert_eq!(world.ok("ListUsers", json!({ "UserPoolId": pool })).await, json!({ "Users": [] }));
        let missing = input("us-east-1_Nowhere00", "alice", json!({}), json!({}));
        let failure = world.fails("AdminCreateUser", missing).await;
        assert_eq!(failure, "ResourceNotFoundException: User pool us-east-1_Nowhere00 does not exist.");
    }

    #[tokio::test]
    async fn required_attributes_may_come_later() {
        let (world, pool) = world(json!({ "Schema": [{ "Name": "given_name", "Required": true }] })).await;
        world.ok("AdminCreateUser", input(&pool, "alice", json!({}), json!({}))).await;
    }
}
