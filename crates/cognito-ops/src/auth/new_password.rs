//! The answer to NEW_PASSWORD_REQUIRED.

use cognito_core::auth::{Event, NewPassword};
use cognito_store::Txn;

use super::answer::Answer;
use super::respond::Respond;
use super::turn::{self, Provisions, Room, Turn};
use super::watch;
use crate::prelude::*;
use crate::service::attributes::{self, Attributes};
use crate::service::proofs;

/// Sets the password, and goes on with the sign-in.
///
/// A password or attribute that does not do leaves the session as it was, so that the user can try again with it.
pub(super) async fn answer(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let password = answer.responses.require("NEW_PASSWORD")?;
    let given: Attributes = answer
        .responses
        .below("userAttributes.")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    let Turn { user, .. } = load(&mut ctx.read(), room.pool).await?;
    attributes::check_permission(room.client, given.iter().map(|(name, _)| name.as_str()))?;
    attributes::check_new(room.pool, &given)?;
    if room.pool.is_protected() {
        watch::check_new_password(ctx, room, password).await?;
    }
    let password = proofs::new_password(ctx, room.pool, &user, password)?;
    let new = NewPassword { password, attributes: given };
    let event = async |_: &mut Txn, _: &mut Turn| Ok(Ok(Event::NewPassword(new.clone())));
    turn::take(ctx, room, &Provisions::default(), load, event).await
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, password_auth, text};

    async fn invited(pool: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, json!({})).await;
        let input = json!({
            "UserPoolId": pool, "Username": "alice", "TemporaryPassword": "Temp0rary!", "MessageAction": "SUPPRESS",
        });
        world.ok("AdminCreateUser", input).await;
        (world, pool, client)
    }

    async fn challenge(world: &World, client: &str) -> Value {
        let answer = world.ok("InitiateAuth", password_auth(client, "alice", "Temp0rary!")).await;
        assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        answer
    }

    fn respond(client: &str, session: &Value, more: Value) -> Value {
        let responses = merged(json!({ "USERNAME": "alice", "NEW_PASSWORD": "Abcdef1!" }), more);
        json!({
            "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
            "ChallengeResponses": responses,
        })
    }

    #[tokio::test]
    async fn a_new_password_signs_in() {
        let (world, pool, client) = invited(json!({})).await;
        let asked = challenge(&world, &client).await;
        assert_eq!(asked["ChallengeParameters"]["requiredAttributes"], "[]");
        assert_eq!(asked["ChallengeParameters"]["userAttributes"], "{}");
        assert_eq!(asked["ChallengeParameters"]["USER_ID_FOR_SRP"], "alice");
        let session = &asked["Session"];
        assert!((20..2048).contains(&text(session).len()));
        let weak = respond(&client, session, json!({ "NEW_PASSWORD": "weak" }));
        assert!(world.fails("RespondToAuthChallenge", weak).await.starts_with("InvalidPasswordException"));
        let answer = world.ok("RespondToAuthChallenge", respond(&client, session, json!({}))).await;
        assert!(answer["AuthenticationResult"]["AccessToken"].is_string(), "{answer}");
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(user["UserStatus"], "CONFIRMED");
        assert_eq!(
            world.fails("RespondToAuthChallenge", respond(&client, session, json!({}))).await,
            "NotAuthorizedException: Invalid session for the user, session can only be used once."
        );
        world.sign_in(&client, "alice", "Abcdef1!").await;
    }

    #[tokio::test]
    async fn required_attributes_are_asked() {
        let schema = json!([{ "Name": "name", "Required": true }, { "Name": "email", "Required": false }]);
        let (world, pool, client) = invited(json!({ "Schema": schema })).await;
        let email = json!([{ "Name": "email", "Value": "a@example.com" }]);
        world
            .ok(
                "AdminUpdateUserAttributes",
                json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": email }),
            )
            .await;
        let asked = challenge(&world, &client).await;
        assert_eq!(asked["ChallengeParameters"]["requiredAttributes"], "[\"userAttributes.name\"]");
        let session = &asked["Session"];
        let fails =
            async |more: Value| world.fails("RespondToAuthChallenge", respond(&client, session, more)).await;
        assert_eq!(
            fails(json!({})).await,
            "InvalidParameterException: Required attributes are missing: name"
        );
        assert_eq!(
            fails(json!({ "userAttributes.name": "A", "userAttributes.email": "b@example.com" })).await,
            "NotAuthorizedException: Cannot modify an already provided email"
        );
        assert_eq!(
            fails(json!({ "userAttributes.name": "A", "userAttributes.email_verified": "true" })).await,
            "NotAuthorizedException: A client attempted to write unauthorized attribute"
        );
        let named = respond(&client, session, json!({ "userAttributes.name": "A" }));
        let answer = world.ok("RespondToAuthChallenge", named).await;
        assert_eq!(testkit::world::claims(&answer["AuthenticationResult"]["IdToken"])["name"], "A");
    }

    #[tokio::test]
    async fn sessions_are_bound() {
        let (world, pool, client) = invited(json!({})).await;
        let other_client = world.client(&pool, json!({})).await;
        world.user(&pool, "bob", "Abcdef1!").await;
        let session = challenge(&world, &client).await["Session"].clone();
        let invalid = "NotAuthorizedException: Invalid session for the user.";
        let fails = async |input: Value| world.fails("RespondToAuthChallenge", input).await;
        assert_eq!(fails(respond(&other_client, &session, json!({}))).await, invalid);
        assert_eq!(fails(respond(&client, &session, json!({ "USERNAME": "bob" }))).await, invalid);
        let mut changed = text(&session);
        changed.replace_range(5..6, if &changed[5..6] == "A" { "B" } else { "A" });
        assert_eq!(fails(respond(&client, &json!(changed), json!({}))).await, invalid);
        let admin = merged(respond(&client, &session, json!({})), json!({ "UserPoolId": pool }));
        assert_eq!(world.fails("AdminRespondToAuthChallenge", admin).await, invalid);
        world.advance(Span::minutes(3));
        assert_eq!(
            fails(respond(&client, &session, json!({}))).await,
            "NotAuthorizedException: Invalid session for the user, session is expired."
        );
    }

    #[tokio::test]
    async fn signing_out_everywhere_ends_the_session() {
        let (world, pool, client) = invited(json!({})).await;
        let session = challenge(&world, &client).await["Session"].clone();
        world.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(
            world.fails("RespondToAuthChallenge", respond(&client, &session, json!({}))).await,
            "NotAuthorizedException: Invalid session for the user."
        );
    }

    #[tokio::test]
    async fn temporary_passwords_expire() {
        let (world, _, client) = invited(json!({})).await;
        world.advance(Span::days(7));
        assert_eq!(
            world.fails("InitiateAuth", password_auth(&client, "alice", "Temp0rary!")).await,
            "NotAuthorizedException: Temporary password has expired and must be reset by an administrator."
        );
    }

    #[tokio::test]
    async fn one_of_two_answers_wins() {
        let (world, _, client) = invited(json!({})).await;
        let session = challenge(&world, &client).await["Session"].clone();
        let answer = || world.call("RespondToAuthChallenge", respond(&client, &session, json!({})));
        let (a, b) = tokio::join!(answer(), answer());
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
    }
}
