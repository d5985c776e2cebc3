//! Two servers on one PostgreSQL database: what one does, the other knows.

use std::time::{SystemTime, UNIX_EPOCH};

use cognito_core::Time;
use serde_json::{Value, json};

use super::database::Database;
use super::server::Server;

const PASSWORD: &str = "Correct-h0rse";

#[test]
fn a_user_made_through_one_signs_in_through_the_other() {
    let database = Database::create();
    let (one, two) = (Server::start(database.store()), Server::start(database.store()));
    let (pool, client) = pool_and_client(&one);
    one.ok("AdminCreateUser", &json!({"UserPoolId": pool, "Username": "anna", "MessageAction": "SUPPRESS"}));
    let permanent = json!({"UserPoolId": pool, "Username": "anna", "Password": PASSWORD, "Permanent": true});
    one.ok("AdminSetUserPassword", &permanent);

    let tokens = sign_in(&two, &pool, &client);
    let by_token = json!({"AccessToken": tokens["AccessToken"]});
    for server in [&one, &two] {
        let user = server.call_unsigned("GetUser", &by_token);
        assert_eq!((user.status, &user.json()["Username"]), (200, &json!("anna")), "{}", user.text());
    }
    // Both publish the same keys.
    let path = format!("/{}/.well-known/jwks.json", pool.as_str().unwrap());
    assert_eq!(one.get(&path).json(), two.get(&path).json());
    assert_eq!(one.get(&path).json()["keys"].as_array().map(Vec::len), Some(2));

    // A sign-out through one ends the sessions at the other at once.
    two.ok("AdminUserGlobalSignOut", &json!({"UserPoolId": pool, "Username": "anna"}));
    let refused = one.call_unsigned("GetUser", &by_token);
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert_eq!(refused.json()["__type"], "NotAuthorizedException");
}

#[test]
fn a_sign_in_that_was_begun_at_one_goes_on_at_the_other() {
    let database = Database::create();
    let (one, two) = (Server::start(database.store()), Server::start(database.store()));
    let (pool, client) = pool_and_client(&one);
    let pool_id = pool.as_str().unwrap();
    let invite = json!({
        "UserPoolId": pool, "Username": "anna", "TemporaryPassword": "Temp0rary-x", "MessageAction": "SUPPRESS",
    });
    one.ok("AdminCreateUser", &invite);

    // The state of the exchange is in the SECRET_BLOCK, which either can open.
    let srp = testkit::srp::Client::new(&[0x42; 32]);
    let start = json!({
        "ClientId": client, "AuthFlow": "USER_SRP_AUTH",
        "AuthParameters": {"USERNAME": "anna", "SRP_A": srp.srp_a()},
    });
    let asked = one.ok("InitiateAuth", &start);
    let (_, pool_name) = pool_id.split_once('_').unwrap();
    let parameters = &asked["ChallengeParameters"];
    let timestamp = testkit::srp::timestamp(now());
    let proof = json!({
        "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeResponses": {
            "USERNAME": "anna", "TIMESTAMP": timestamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": srp.answer(pool_name, "anna", "Temp0rary-x", parameters, &timestamp),
        },
    });
    let asked = two.ok("RespondToAuthChallenge", &proof);
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let again = one.call("RespondToAuthChallenge", &proof);
    assert_eq!(again.json()["message"], "Incorrect username or password.", "a block is good once everywhere");

    let answer = json!({
        "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
        "ChallengeResponses": {"USERNAME": "anna", "NEW_PASSWORD": PASSWORD},
    });
    let tokens = one.ok("RespondToAuthChallenge", &answer);
    assert!(tokens["AuthenticationResult"]["AccessToken"].is_string(), "{tokens}");
    let again = two.call("RespondToAuthChallenge", &answer);
    assert_eq!(again.json()["message"], "Invalid session for the user, session can only be used once.");
}

/// The servers' clock is the machine's.
fn now() -> Time {
    #[expect(clippy::disallowed_methods, reason = "the servers that are tested have a real clock")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Time(i64::try_from(since.as_millis()).expect("it is before the year 292,000,000"))
}

#[test]
fn a_name_is_taken_on_both() {
    let database = Database::create();
    let (one, two) = (Server::start(database.store()), Server::start(database.store()));
    let (pool, _) = pool_and_client(&one);
    let create = json!({"UserPoolId": pool, "Username": "anna", "MessageAction": "SUPPRESS"});
    one.ok("AdminCreateUser", &create);
    let refused = two.call("AdminCreateUser", &create);
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert_eq!(refused.json()["__type"], "UsernameExistsException");
}

fn pool_and_client(server: &Server) -> (Value, Value) {
    let pool = server.ok("CreateUserPool", &json!({"PoolName": "shared"}))["UserPool"]["Id"].clone();
    let flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows});
    let client = server.ok("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    (pool, client)
}

fn sign_in(server: &Server, pool: &Value, client: &Value) -> Value {
    let input = json!({
        "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "anna", "PASSWORD": PASSWORD},
    });
    server.ok("AdminInitiateAuth", &input)["AuthenticationResult"].clone()
}
