//! Many clients at once: one winner where there can be one, and never an internal error.

use std::thread;

use serde_json::{Value, json};

use super::database::Database;
use super::server::{Server, Store};

const PASSWORD: &str = "Correct-h0rse";
const CLIENTS: usize = 8;

#[test]
fn one_name_is_signed_up_once() {
    let database = Database::create();
    check_sign_up(&Server::start(Store::Directory));
    check_sign_up(&Server::start(database.store()));
}

fn check_sign_up(server: &Server) {
    let (pool, client) = pool_and_client(server);
    for name in ["anna", "bert", "carl"] {
        let input = json!({"ClientId": client, "Username": name, "Password": PASSWORD});
        let answers = at_once(|_| {
            let answer = server.call_unsigned("SignUp", &input);
            match answer.status {
                200 => "signed up".to_owned(),
                _ => answer.json()["__type"].to_string(),
            }
        });
        let winners = answers.iter().filter(|answer| *answer == "signed up").count();
        let losers = answers.iter().filter(|answer| *answer == "\"UsernameExistsException\"").count();
        assert_eq!((winners, losers), (1, CLIENTS - 1), "{answers:?}");
    }
    let users = server.ok("ListUsers", &json!({"UserPoolId": pool}));
    assert_eq!(users["Users"].as_array().map(Vec::len), Some(3));
}

#[test]
fn sign_ins_refreshes_and_deletes_mix() {
    let database = Database::create();
    check_mix(&Server::start(Store::Directory));
    check_mix(&Server::start(database.store()));
}

/// Some clients delete and make the user whom the others sign in: every answer is a listed one.
fn check_mix(server: &Server) {
    let (pool, client) = pool_and_client(server);
    make_user(server, &pool);
    let token = sign_in(server, &client).expect("the user signs in")["RefreshToken"].clone();
    let codes = at_once(|number| {
        let mut codes = Vec::new();
        for _ in 0..10 {
            let answer = match number % 4 {
                0 => server.call("AdminDeleteUser", &json!({"UserPoolId": pool, "Username": "anna"})),
                1 => server.call("AdminCreateUser", &new_user(&pool)),
                2 => server.call_unsigned("InitiateAuth", &password_flow(&client)),
                _ => server.call_unsigned("InitiateAuth", &refresh_flow(&client, &token)),
            };
            assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
            codes.push((answer.status, answer.json()["__type"].clone()));
        }
        codes
    });
    let expected = ["UserNotFoundException", "UsernameExistsException", "NotAuthorizedException"];
    for (status, code) in codes.into_iter().flatten() {
        let known = code.as_str().is_some_and(|code| expected.contains(&code));
        assert!(status == 200 || known, "{status} {code}");
    }
    // Whatever came last, the pool is whole: the user can be made and signs in.
    server.call("AdminDeleteUser", &json!({"UserPoolId": pool, "Username": "anna"}));
    make_user(server, &pool);
    assert!(sign_in(server, &client).is_some());
    let users = server.ok("ListUsers", &json!({"UserPoolId": pool}));
    assert_eq!(users["Users"].as_array().map(Vec::len), Some(1));
}

/// Runs the action in several threads at once, each with its number.
fn at_once<T: Send>(action: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let action = &action;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS).map(|number| scope.spawn(move || action(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no client panicked")).collect()
    })
}

fn pool_and_client(server: &Server) -> (Value, Value) {
    let pool = server.ok("CreateUserPool", &json!({"PoolName": "busy"}))["UserPool"]["Id"].clone();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows});
    let client = server.ok("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    (pool, client)
}

fn new_user(pool: &Value) -> Value {
    json!({"UserPoolId": pool, "Username": "anna", "MessageAction": "SUPPRESS"})
}

fn make_user(server: &Server, pool: &Value) {
    server.ok("AdminCreateUser", &new_user(pool));
    let permanent = json!({"UserPoolId": pool, "Username": "anna", "Password": PASSWORD, "Permanent": true});
    server.ok("AdminSetUserPassword", &permanent);
}

fn sign_in(server: &Server, client: &Value) -> Option<Value> {
    let answer = server.call_unsigned("InitiateAuth", &password_flow(client)).json();
    answer.get("AuthenticationResult").cloned()
}

fn password_flow(client: &Value) -> Value {
    json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "anna", "PASSWORD": PASSWORD}})
}

fn refresh_flow(client: &Value, token: &Value) -> Value {
    json!({"ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}})
}
