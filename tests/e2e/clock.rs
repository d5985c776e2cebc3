//! The clock that is moved: what expires, who sees it, and what it does not touch.

use std::process::Command;

use serde_json::{Value, json};

use super::database::Database;
use super::server::{Server, Store, binary};

const PASSWORD: &str = "Correct-h0rse";

#[test]
fn tokens_expire_when_it_moves() {
    let server = Server::start(Store::Memory);
    let (client, tokens) = signed_in(&server);
    assert_eq!(get_user(&server, &tokens), (200, Value::Null));
    let clock = change(&server, &json!({"advance_seconds": 3600}));
    assert_eq!((&clock["offset_seconds"], &clock["frozen"]), (&json!(3600), &json!(false)));
    assert_eq!(get_user(&server, &tokens), (400, json!("Access Token has expired")));
    let refresh = json!({"ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}});
    let refreshed = server.ok("InitiateAuth", &refresh)["AuthenticationResult"].clone();
    assert_eq!(get_user(&server, &refreshed), (200, Value::Null));
    change(&server, &json!({"advance_seconds": 30 * 24 * 3600 - 3600}));
    let answer = server.call("InitiateAuth", &refresh).json();
    assert_eq!(answer["message"], "Refresh Token has expired");
    change(&server, &json!({"reset": true}));
    assert_eq!(get_user(&server, &tokens), (200, Value::Null));
    assert_eq!(get_user(&server, &refreshed), (400, json!("Invalid Access Token")), "it is from the future");
}

#[test]
fn it_survives_a_restart() {
    let database = Database::create();
    check_restart(Store::Directory);
    check_restart(database.store());
}

fn check_restart(store: Store) {
    let mut server = Server::start(store);
    let (_, tokens) = signed_in(&server);
    change(&server, &json!({"advance_seconds": 7200}));
    server.kill9();
    server.restart();
    assert_eq!(server.get("/_awsemu/clock").json()["offset_seconds"], 7200);
    assert_eq!(get_user(&server, &tokens), (400, json!("Access Token has expired")));
    change(&server, &json!({"freeze": "2030-01-01T00:00:00Z"}));
    server.kill9();
    server.restart();
    let clock = server.get("/_awsemu/clock").json();
    assert_eq!((&clock["now"], &clock["frozen"]), (&json!("2030-01-01T00:00:00.000Z"), &json!(true)));
}

/// When a change is answered, every replica has it: no test needs to wait.
#[test]
fn every_replica_has_it() {
    let database = Database::create();
    let (one, two) = (Server::start(database.store()), Server::start(database.store()));
    let (_, tokens) = signed_in(&one);
    for (changed, other) in [(&one, &two), (&two, &one)].repeat(2) {
        assert_eq!(get_user(other, &tokens), (200, Value::Null));
        change(changed, &json!({"advance_seconds": 3600}));
        assert_eq!(get_user(other, &tokens), (400, json!("Access Token has expired")));
        assert_eq!(other.get("/_awsemu/clock").json()["offset_seconds"], 3600);
        change(other, &json!({"reset": true}));
    }
}

/// A signature bears the caller's time, which nobody moves.
#[test]
fn signatures_are_dated_by_the_real_time() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let config = folder.path().join("verify.json");
    let keys = json!([{"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret"}]);
    std::fs::write(&config, json!({"auth": {"iam": "verify", "keys": keys}}).to_string())
        .expect("it is written");
    let server = Server::start_with(Store::Memory, &["--config", config.to_str().expect("a path in UTF-8")]);
    change(&server, &json!({"advance_seconds": 24 * 3600}));
    let mut command = Command::new(binary());
    command.args(["cognito-idp", "list-user-pools", "--max-results", "1", "--endpoint-url", &server.url()]);
    command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
    let output = command.env("AWS_REGION", "us-east-1").output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Changes the clock, and gives what it says then.
fn change(server: &Server, change: &Value) -> Value {
    let answer = server.post("/_awsemu/clock", change);
    assert_eq!(answer.status, 200, "{change}: {}", answer.text());
    answer.json()
}

/// The status of GetUser, and the message of an error.
fn get_user(server: &Server, tokens: &Value) -> (u16, Value) {
    let answer = server.call_unsigned("GetUser", &json!({"AccessToken": tokens["AccessToken"]}));
    (answer.status, answer.json()["message"].clone())
}

/// A client, and the tokens of a user who signed in through it.
fn signed_in(server: &Server) -> (Value, Value) {
    let pool = server.ok("CreateUserPool", &json!({"PoolName": "timed"}))["UserPool"]["Id"].clone();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows});
    let client = server.ok("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    server
        .ok("AdminCreateUser", &json!({"UserPoolId": pool, "Username": "anna", "MessageAction": "SUPPRESS"}));
    let permanent = json!({"UserPoolId": pool, "Username": "anna", "Password": PASSWORD, "Permanent": true});
    server.ok("AdminSetUserPassword", &permanent);
    let input = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "anna", "PASSWORD": PASSWORD}});
    let tokens = server.ok("InitiateAuth", &input)["AuthenticationResult"].clone();
    (client, tokens)
}
