//! Many callers at the same moment: one winner where there can be one.

use serde_json::{Value, json};
use testkit::World;
use testkit::world::{Failure, password_auth};

use super::fixture::PASSWORD;

const CALLERS: usize = 6;

async fn pool_and_client(more: Value) -> (World, String, String) {
    let world = World::new().await;
    let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let client = world.client(&pool, more).await;
    (world, pool, client)
}

/// How many succeeded, and the errors of the others, each once.
fn summary(answers: Vec<Result<Value, Failure>>) -> (usize, Vec<String>) {
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    let mut lost: Vec<String> = lost
        .into_iter()
        .filter_map(Result::err)
        .map(|failure| format!("{}: {}", failure.code, failure.message))
        .collect();
    lost.sort();
    lost.dedup();
    (won.len(), lost)
}

#[tokio::test]
async fn sign_ups_of_one_name() {
    let (world, pool, client) = pool_and_client(json!({})).await;
    for name in ["anna", "bert", "carla"] {
        let input = json!({ "ClientId": client, "Username": name, "Password": PASSWORD });
        let (won, lost) = summary(world.at_once("SignUp", vec![input; CALLERS]));
        assert_eq!((won, lost), (1, vec!["UsernameExistsException: User already exists".to_owned()]));
    }
    let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!(described["UserPool"]["EstimatedNumberOfUsers"], 3);
}

#[tokio::test]
async fn confirmations_with_one_code() {
    let (world, pool, client) = pool_and_client(json!({})).await;
    let email = json!([{ "Name": "email", "Value": "anna@example.com" }]);
    let input =
        json!({ "ClientId": client, "Username": "anna", "Password": PASSWORD, "UserAttributes": email });
    world.ok("SignUp", input).await;
    let code = world.code(&pool, "anna").await;
    let input = json!({ "ClientId": client, "Username": "anna", "ConfirmationCode": code });
    let (won, lost) = summary(world.at_once("ConfirmSignUp", vec![input; CALLERS]));
    assert_eq!(
        (won, lost),
        (1, vec!["NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED".to_owned()])
    );
    world.sign_in(&client, "anna", PASSWORD).await;
}

#[tokio::test]
async fn sign_ins_of_one_user() {
    let (world, pool, client) = pool_and_client(json!({})).await;
    world.user(&pool, "anna", PASSWORD).await;
    let answers = world.at_once("InitiateAuth", vec![password_auth(&client, "anna", PASSWORD); CALLERS]);
    let families: std::collections::BTreeSet<String> = answers
        .into_iter()
        .map(|answer| {
            testkit::world::claims(&answer.unwrap()["AuthenticationResult"]["AccessToken"])["origin_jti"]
                .to_string()
        })
        .collect();
    assert_eq!(families.len(), CALLERS, "each sign-in is one of its own");
}

#[tokio::test]
async fn refreshes_with_one_rotating_token() {
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 });
    let flows = json!(["ALLOW_USER_PASSWORD_AUTH"]);
    let (world, pool, client) =
        pool_and_client(json!({ "RefreshTokenRotation": rotation, "ExplicitAuthFlows": flows })).await;
    world.user(&pool, "anna", PASSWORD).await;
    let tokens = world.sign_in(&client, "anna", PASSWORD).await;
    let input = json!({ "ClientId": client, "RefreshToken": tokens["RefreshToken"] });
    let (won, lost) = summary(world.at_once("GetTokensFromRefreshToken", vec![input; CALLERS]));
    assert_eq!(won, 1, "{lost:?}");
    // The first who comes too late ends the lineage, and the token of the winner with it.
    let known = ["RefreshTokenReuseException: ", "NotAuthorizedException: Refresh Token has been revoked"];
    assert!(lost.iter().all(|error| known.iter().any(|known| error.starts_with(known))), "{lost:?}");
}

/// While some delete and make the user, others sign in, refresh, and change the user.
#[tokio::test]
async fn everything_on_one_user() {
    let (world, pool, client) = pool_and_client(json!({})).await;
    world.user(&pool, "anna", PASSWORD).await;
    let tokens = world.sign_in(&client, "anna", PASSWORD).await;
    let anna = json!({ "UserPoolId": pool, "Username": "anna" });
    let with = |more: Value| testkit::world::merged(anna.clone(), more);
    let refresh = json!({ "REFRESH_TOKEN": tokens["RefreshToken"] });
    let refresh = json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": refresh });
    let name = json!([{ "Name": "name", "Value": "A" }]);
    let calls = [
        ("AdminDeleteUser", anna.clone()),
        ("AdminCreateUser", with(json!({ "MessageAction": "SUPPRESS" }))),
        ("AdminSetUserPassword", with(json!({ "Password": PASSWORD, "Permanent": true }))),
        ("InitiateAuth", password_auth(&client, "anna", PASSWORD)),
        ("InitiateAuth", refresh),
        ("AdminUpdateUserAttributes", with(json!({ "UserAttributes": name }))),
        ("AdminUserGlobalSignOut", anna.clone()),
        ("GetUser", json!({ "AccessToken": tokens["AccessToken"] })),
    ];
    let expected = ["UserNotFoundException", "UsernameExistsException", "NotAuthorizedException"];
    for _ in 0..4 {
        for answer in world.all_at_once(calls.to_vec()) {
            if let Err(failure) = answer {
                assert!(expected.contains(&failure.code.as_str()), "{failure:?}");
            }
        }
    }
    // Whatever came last, the pool is whole.
    world.call("AdminDeleteUser", anna).await.ok();
    world.user(&pool, "anna", PASSWORD).await;
    world.sign_in(&client, "anna", PASSWORD).await;
    let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!(described["UserPool"]["EstimatedNumberOfUsers"], 1);
}
