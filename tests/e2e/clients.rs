//! Client libraries as apps use them: each has a script that makes its own pool, and a server to itself.

use super::python::workspace;
use super::server::{Server, Store};
use super::{node, python};

/// What threat protection knows.
const THREATS: &str = r#"
[threat]
compromised_passwords = ["Password1!"]
risky_addresses = [{ range = "203.0.113.0/24", level = "high" }]
"#;

#[test]
fn amazon_cognito_identity_js() {
    let functions = workspace().join("tests/clients/functions/riddle.mjs");
    let triggers = ["define", "create", "verify"]
        .map(|name| format!("--trigger=*:{name}=node:{}#{name}", functions.display()));
    let server = Server::start_with(Store::Memory, &triggers.each_ref().map(String::as_str));
    node::run("node/identity_js.mjs", &[&server.url()]);
}

#[test]
fn amazon_cognito_identity_js_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/identity_js.mjs", &[&server.url()]);
}

#[test]
fn aws_amplify() {
    let server = Server::start(Store::Memory);
    node::run("node/amplify.mjs", &[&server.url()]);
}

#[test]
fn pycognito() {
    let server = Server::start(Store::Memory);
    python::run("pycognito_app.py", &[&server.url()]);
}

#[test]
fn aws_sdk_for_javascript_and_cognito_srp_helper() {
    let server = Server::start(Store::Memory);
    node::run("node/sdk.mjs", &[&server.url()]);
}

#[test]
fn aws_jwt_verify() {
    let server = Server::start(Store::Memory);
    node::run("node/jwt_verify.mjs", &[&server.url(), "public"]);
}

#[test]
fn aws_jwt_verify_of_cognito() {
    let server = Server::start_with(Store::Memory, &["--issuer", "aws"]);
    node::run("node/jwt_verify.mjs", &[&server.url(), "aws"]);
}

#[test]
fn boto3_on_sessions_and_tokens_without_a_sign_in() {
    let server = Server::start(Store::Memory);
    python::run("sessions_boto3.py", &[&server.url()]);
}

#[test]
fn boto3_on_replicas() {
    let server = Server::start(Store::Memory);
    python::run("replicas_boto3.py", &[&server.url()]);
}

#[test]
fn boto3_on_threat_protection() {
    let directory = tempfile::tempdir().unwrap();
    let configuration = directory.path().join("awsemu.toml");
    std::fs::write(&configuration, THREATS).unwrap();
    let server = Server::start_with(Store::Memory, &["--config", configuration.to_str().unwrap()]);
    python::run("threat_boto3.py", &[&server.url()]);
}

#[test]
fn boto3_on_user_import() {
    let server = Server::start(Store::Memory);
    python::run("import_boto3.py", &[&server.url()]);
}

#[test]
fn boto3_on_what_login_pages_need() {
    let server = Server::start(Store::Memory);
    python::run("login_boto3.py", &[&server.url()]);
}

#[test]
fn openid_client() {
    let server = Server::start(Store::Memory);
    node::run("node/openid_client.mjs", &[&server.url()]);
}

#[test]
fn next_auth() {
    let server = Server::start(Store::Memory);
    node::run("node/next_auth.mjs", &[&server.url()]);
}

#[test]
fn login_pages_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/login_pages.mjs", &[&server.url()]);
}

#[test]
fn challenges_of_a_sign_in_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/login_challenges.mjs", &[&server.url()]);
}

#[test]
fn hostile_texts_on_login_pages_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/hostile_pages.mjs", &[&server.url()]);
}

#[test]
fn oidc_client_ts_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/oidc_client.mjs", &[&server.url()]);
}

#[test]
fn aws_amplify_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/amplify.mjs", &[&server.url()]);
}

#[test]
fn curl_as_oauth2_proxy() {
    let server = Server::start(Store::Memory);
    python::run("curl_oauth2_proxy.py", &[&server.url()]);
}

#[test]
fn authlib_at_the_oauth_endpoints() {
    let server = Server::start(Store::Memory);
    python::run("oauth_authlib.py", &[&server.url()]);
}

#[test]
fn federation_with_oidc_provider_and_between_pools() {
    let server = Server::start(Store::Memory);
    node::run("node/federation.mjs", &[&server.url()]);
}

#[test]
fn federation_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/federation.mjs", &[&server.url()]);
}

#[test]
fn boto3_on_identity_providers() {
    let server = Server::start(Store::Memory);
    python::run("federation_boto3.py", &[&server.url()]);
}

#[test]
fn boto3_and_both_command_lines_on_http_apis() {
    let server = Server::start(Store::Memory);
    python::run("apigateway.py", &[&server.url()]);
}

#[test]
fn calls_of_http_apis_with_right_and_wrong_tokens() {
    let server = Server::start(Store::Memory);
    python::run("http_api.py", &[&server.url()]);
}

#[test]
fn http_apis_from_pages_of_other_origins_in_chromium() {
    let server = Server::start(Store::Memory);
    node::run("browser/http_api.mjs", &[&server.url()]);
}

#[test]
fn saml_with_samlify() {
    let server = Server::start(Store::Memory);
    node::run("node/saml.mjs", &[&server.url()]);
}
