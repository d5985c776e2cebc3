//! What changes while a sign-in is under way must not be gone around with it: tests.

use cognito_core::Span;
use serde_json::{Value, json};
use testkit::functions::arn;
use testkit::world::merged;

use super::testing::{INVALID_SESSION, PASSWORD, Scene, WRONG, is_signed_in};

const OTHER: &str = "Another-pass9";

async fn by_password(scene: &Scene, password: &str) -> Value {
    scene.initiate("USER_PASSWORD_AUTH", json!({ "USERNAME": "alice", "PASSWORD": password })).await
}

async fn by_email(scene: &Scene) -> Value {
    let parameters = json!({ "USERNAME": "alice", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
    scene.initiate("USER_AUTH", parameters).await
}

/// A scene in which a code by e-mail is a first factor, and MFA is optional.
async fn with_codes() -> Scene {
    let scene = Scene::with_mfa("OPTIONAL").await;
    let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
    let pool = json!({ "UserPoolId": scene.pool, "MfaConfiguration": "OPTIONAL", "Policies": policies });
    scene.world.ok("UpdateUserPool", pool).await;
    scene.attributes(json!({ "email": "alice@example.com", "email_verified": "true" })).await;
    scene
}

#[tokio::test]
async fn a_code_verifies_only_the_address_that_it_was_sent_to() {
    let first = with_codes().await;
    let asked = by_email(&first).await;
    let code = first.code().await;
    first.attributes(json!({ "email": "victim@example.com" })).await;
    assert_eq!(first.refuses(&asked, json!({ "EMAIL_OTP_CODE": code })).await, INVALID_SESSION);

    let second = Scene::with_mfa("ON").await;
    second.attributes(json!({ "email": "alice@example.com" })).await;
    let asked = by_password(&second, PASSWORD).await;
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    let code = second.code().await;
    second.attributes(json!({ "email": "victim@example.com" })).await;
    assert_eq!(second.refuses(&asked, json!({ "EMAIL_OTP_CODE": code })).await, INVALID_SESSION);
    let user = second.admin("AdminGetUser", json!({})).await;
    assert_eq!(testkit::world::attribute_map(&user["UserAttributes"])["email_verified"], "false");
}

#[tokio::test]
async fn no_code_goes_to_an_address_that_is_gone() {
    let scene = with_codes().await;
    let select = scene.initiate("USER_AUTH", json!({ "USERNAME": "alice" })).await;
    assert_eq!(select["AvailableChallenges"], json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]));
    scene.admin("AdminDeleteUserAttributes", json!({ "UserAttributeNames": ["email"] })).await;
    assert_eq!(scene.refuses(&select, json!({ "ANSWER": "EMAIL_OTP" })).await, INVALID_SESSION);
    assert!(scene.world.messages(&scene.pool, "alice").await.is_empty());
}

#[tokio::test]
async fn a_code_is_not_enough_once_a_second_factor_is_switched_on() {
    let scene = with_codes().await;
    let asked = by_email(&scene).await;
    let code = scene.code().await;
    scene.admin("AdminSetUserMFAPreference", json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    let refused = scene.refuses(&asked, json!({ "EMAIL_OTP_CODE": code })).await;
    assert!(refused.starts_with("NotAuthorizedException"), "{refused}");
}

#[tokio::test]
async fn a_temporary_password_is_replaced_once() {
    let scene = Scene::new(json!({}), json!({})).await;
    let temporary = |password: &str, permanent: bool| json!({ "Password": password, "Permanent": permanent });
    scene.admin("AdminSetUserPassword", temporary("Temp0rary!", false)).await;
    let (thief, owner) = (by_password(&scene, "Temp0rary!").await, by_password(&scene, "Temp0rary!").await);
    assert!(is_signed_in(&scene.respond(&owner, json!({ "NEW_PASSWORD": OTHER })).await));
    assert_eq!(scene.refuses(&thief, json!({ "NEW_PASSWORD": "Thief-pass9" })).await, INVALID_SESSION);

    scene.admin("AdminSetUserPassword", temporary("Temp0rary!", false)).await;
    let thief = by_password(&scene, "Temp0rary!").await;
    scene.admin("AdminSetUserPassword", temporary(OTHER, true)).await;
    assert_eq!(scene.refuses(&thief, json!({ "NEW_PASSWORD": "Thief-pass9" })).await, INVALID_SESSION);
    assert!(is_signed_in(&by_password(&scene, OTHER).await));
}

#[tokio::test]
async fn another_password_ends_the_sign_ins_that_began_with_the_old_one() {
    let scene = Scene::with_mfa("ON").await;
    scene.attributes(json!({ "email": "alice@example.com" })).await;
    let thief = by_password(&scene, PASSWORD).await;
    let code = scene.code().await;
    scene.admin("AdminSetUserPassword", json!({ "Password": OTHER, "Permanent": true })).await;
    assert_eq!(scene.refuses(&thief, json!({ "EMAIL_OTP_CODE": code })).await, INVALID_SESSION);
}

#[tokio::test]
async fn a_second_factor_is_set_up_once() {
    let scene = Scene::with_mfa("ON").await;
    let begun = async || {
        let asked = by_password(&scene, PASSWORD).await;
        assert_eq!(asked["ChallengeName"], "MFA_SETUP");
        asked
    };
    let (unready, owner, by_address) = (begun().await, begun().await, begun().await);
    let (thiefs_app, prepared) = scene.world.associate(json!({ "Session": begun().await["Session"] })).await;
    let new_email = scene.respond(&begun().await, json!({ "EMAIL": "thief@example.com" })).await;
    let thiefs_code = scene.code().await;

    let (app, session) = scene.world.associate(json!({ "Session": owner["Session"] })).await;
    let verify = |app: &testkit::totp::App, session: &Value| json!({ "Session": session, "UserCode": app.code(scene.world.now()) });
    let verified = scene.world.ok("VerifySoftwareToken", verify(&app, &session)).await;

    let fails = async |operation: &str, input: Value| scene.world.fails(operation, input).await;
    assert_eq!(fails("VerifySoftwareToken", verify(&thiefs_app, &prepared)).await, INVALID_SESSION);
    let again = json!({ "Session": unready["Session"] });
    assert_eq!(fails("AssociateSoftwareToken", again).await, INVALID_SESSION);
    assert_eq!(scene.refuses(&by_address, json!({ "EMAIL": "thief@example.com" })).await, INVALID_SESSION);
    assert_eq!(scene.refuses(&new_email, json!({ "EMAIL_OTP_CODE": thiefs_code })).await, INVALID_SESSION);

    let owner = merged(owner, json!({ "Session": verified["Session"] }));
    assert!(is_signed_in(&scene.respond(&owner, json!({})).await));
}

#[tokio::test]
async fn an_app_that_was_forgotten_signs_nobody_in() {
    let scene = Scene::with_mfa("ON").await;
    let asked = by_password(&scene, PASSWORD).await;
    let (app, session) = scene.world.associate(json!({ "Session": asked["Session"] })).await;
    let verify = json!({ "Session": session, "UserCode": app.code(scene.world.now()) });
    let verified = scene.world.ok("VerifySoftwareToken", verify).await;
    scene.admin("AdminDeleteSoftwareToken", json!({})).await;
    let asked = merged(asked, json!({ "Session": verified["Session"] }));
    assert_eq!(
        scene.refuses(&asked, json!({})).await,
        "NotAuthorizedException: No second factor was set up with the session."
    );
}

#[tokio::test]
async fn signing_out_everywhere_ends_what_a_sign_up_may_go_on_with() {
    let scene = Scene::new(json!({ "AutoVerifiedAttributes": ["email"] }), json!({})).await;
    let email = json!([{ "Name": "email", "Value": "bob@example.com" }]);
    let bob = json!({ "ClientId": scene.client, "Username": "bob" });
    let sign_up = merged(bob.clone(), json!({ "Password": PASSWORD, "UserAttributes": email }));
    let session = scene.world.ok("SignUp", sign_up).await["Session"].clone();
    let code = scene.world.code(&scene.pool, "bob").await;
    let confirm = merged(bob, json!({ "ConfirmationCode": code, "Session": session }));
    let session = scene.world.ok("ConfirmSignUp", confirm).await["Session"].clone();
    let out = json!({ "UserPoolId": scene.pool, "Username": "bob" });
    scene.world.ok("AdminUserGlobalSignOut", out).await;
    let start = merged(scene.start("USER_AUTH", json!({ "USERNAME": "bob" })), json!({ "Session": session }));
    assert_eq!(scene.world.fails("InitiateAuth", start).await, INVALID_SESSION);
}

#[tokio::test]
async fn one_who_must_reset_is_like_nobody_where_that_is_hidden() {
    let hiding = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let scene = Scene::new(json!({ "AutoVerifiedAttributes": ["email"] }), hiding).await;
    scene.attributes(json!({ "email": "alice@example.com", "email_verified": "true" })).await;
    scene.admin("AdminResetUserPassword", json!({})).await;
    for name in ["alice", "nobody"] {
        let start = scene.start("USER_PASSWORD_AUTH", json!({ "USERNAME": name, "PASSWORD": "a guess" }));
        assert_eq!(scene.world.fails("InitiateAuth", start).await, WRONG, "{name}");
    }
}

/// In pools whose users are called by their `sub`, the `sub` that SRP tells is a name too.
#[tokio::test]
async fn the_id_of_one_who_does_not_exist_is_as_good_as_one_of_a_user() {
    let scene = testkit::World::new().await;
    let pool = scene.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let client = json!({
        "PreventUserExistenceErrors": "ENABLED",
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
    });
    let client = scene.client(&pool, client).await;
    scene.user(&pool, "anna@example.com", PASSWORD).await;
    let srp_a = testkit::srp::Client::new(&[0x5a; 32]).srp_a();
    let start = |flow: &str, parameters: Value| json!({ "ClientId": client, "AuthFlow": flow, "AuthParameters": parameters });
    for name in ["anna@example.com", "abba@example.com"] {
        let asked = async |name: &Value| {
            let input = start("USER_SRP_AUTH", json!({ "USERNAME": name, "SRP_A": srp_a }));
            let asked = scene.ok("InitiateAuth", input).await["ChallengeParameters"].clone();
            (asked["USER_ID_FOR_SRP"].clone(), asked["SALT"].clone())
        };
        let told = asked(&json!(name)).await;
        assert_eq!(asked(&told.0).await, told, "{name}");

        // Nor does the lock tell the two names apart.
        let chosen = json!({ "USERNAME": name, "PREFERRED_CHALLENGE": "PASSWORD" });
        let asked = scene.ok("InitiateAuth", start("USER_AUTH", chosen)).await;
        let guess = async |name: &Value| {
            let responses = json!({ "USERNAME": name, "PASSWORD": "a guess" });
            let answer = json!({
                "ClientId": client, "ChallengeName": "PASSWORD", "Session": asked["Session"],
                "ChallengeResponses": responses,
            });
            scene.fails("RespondToAuthChallenge", answer).await
        };
        for _ in 0..5 {
            assert_eq!(guess(&json!(name)).await, WRONG, "{name}");
        }
        let locked = "NotAuthorizedException: Password attempts exceeded";
        assert_eq!(guess(&told.0).await, locked, "{name}");
        let direct = start("USER_PASSWORD_AUTH", json!({ "USERNAME": told.0, "PASSWORD": "a guess" }));
        assert_eq!(scene.fails("InitiateAuth", direct).await, locked, "{name}");
    }
}

#[tokio::test]
async fn passwords_are_not_guessed_through_the_function_that_migrates() {
    let lambda = json!({ "LambdaConfig": { "UserMigration": arn("UserMigration") } });
    let scene = Scene::new(lambda, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    scene.world.functions.answer(&arn("UserMigration"), |event| {
        let response = match event["request"]["password"].as_str() {
            Some(PASSWORD) => {
                json!({ "userAttributes": { "email": "bob@example.com" }, "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS" })
            }
            _ => json!({}),
        };
        Ok(merged(event, json!({ "response": response })))
    });
    let guess = |password: &str| {
        scene.start("USER_PASSWORD_AUTH", json!({ "USERNAME": "bob", "PASSWORD": password }))
    };
    for _ in 0..5 {
        assert_eq!(scene.world.fails("InitiateAuth", guess("a guess")).await, WRONG);
    }
    let locked = "NotAuthorizedException: Password attempts exceeded";
    assert_eq!(scene.world.fails("InitiateAuth", guess(PASSWORD)).await, locked);
    let bob = json!({ "UserPoolId": scene.pool, "Username": "bob" });
    assert_eq!(scene.world.fails("AdminGetUser", bob).await, "UserNotFoundException: User does not exist.");
    scene.world.advance(Span::seconds(1));
    assert!(is_signed_in(&scene.world.ok("InitiateAuth", guess(PASSWORD)).await));
}
