//! Passkeys in a real browser.

use serde_json::json;

use super::node;
use super::server::{Server, Store};

#[test]
fn a_passkey_in_chromium() {
    let server = Server::start(Store::Memory);
    let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } });
    let pool = server.ok("CreateUserPool", &json!({ "PoolName": "pool", "Policies": policies }));
    let pool = &pool["UserPool"]["Id"];
    let passkeys = json!({ "RelyingPartyId": "localhost", "UserVerification": "required" });
    let mfa = json!({ "UserPoolId": pool, "MfaConfiguration": "OFF", "WebAuthnConfiguration": passkeys });
    server.ok("SetUserPoolMfaConfig", &mfa);
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
    let client = json!({ "UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows });
    let client = server.ok("CreateUserPoolClient", &client);
    let client = client["UserPoolClient"]["ClientId"].as_str().expect("a client has an id");
    let user = json!({ "UserPoolId": pool, "Username": "alice", "MessageAction": "SUPPRESS" });
    server.ok("AdminCreateUser", &user);
    let password =
        json!({ "UserPoolId": pool, "Username": "alice", "Password": "Abcdef1!", "Permanent": true });
    server.ok("AdminSetUserPassword", &password);
    node::run("browser/passkey.mjs", &[&server.url(), client, "alice", "Abcdef1!"]);
}
