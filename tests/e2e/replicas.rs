//! Two servers on one PostgreSQL database: what one does, the other knows.

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
    let flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
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
