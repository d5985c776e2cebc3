//! The AWS SDK for Rust: what it sends and how it reads answers and errors. Over plain HTTP, so without TLS.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, ChallengeNameType, ExplicitAuthFlowsType, MessageActionType, UserStatusType,
};
use aws_smithy_http_client::Builder;

use super::server::{Server, Store};

const TEMPORARY: &str = "Temp-Passw0rd!";
const PASSWORD: &str = "Perm-Passw0rd!";

#[tokio::test]
async fn a_pool_a_user_and_typed_errors() {
    let server = Server::start(Store::Memory);
    let client = client(&server.url());
    let pool = client.create_user_pool().pool_name("rust").send().await.unwrap().user_pool.unwrap();
    assert!(pool.creation_date.is_some());
    let pool = pool.id.unwrap();
    let app = app(&client, &pool).await;

    for number in 0..5 {
        create_user(&client, &pool, &format!("user-{number}")).await;
    }
    let twice = client.admin_create_user().user_pool_id(&pool).username("user-0").send().await.unwrap_err();
    assert!(twice.as_service_error().unwrap().is_username_exists_exception(), "{twice:?}");
    let mut users = client.list_users().user_pool_id(&pool).limit(2).into_paginator().items().send();
    let mut count = 0;
    while let Some(user) = users.try_next().await.unwrap() {
        assert_eq!(user.user_status, Some(UserStatusType::ForceChangePassword));
        count += 1;
    }
    assert_eq!(count, 5);

    let token = sign_in(&client, &app).await;
    let user = client.get_user().access_token(&token).send().await.unwrap();
    assert_eq!(user.username, "user-0");
    let email = user.user_attributes.iter().find(|attribute| attribute.name == "email").unwrap();
    assert_eq!(email.value.as_deref(), Some("user-0@example.com"));
    client.global_sign_out().access_token(&token).send().await.unwrap();
    let revoked = client.get_user().access_token(&token).send().await.unwrap_err();
    assert!(revoked.as_service_error().unwrap().is_not_authorized_exception(), "{revoked:?}");

    let unknown = client.describe_user_pool().user_pool_id("us-east-1_nothing").send().await.unwrap_err();
    let unknown = unknown.into_service_error();
    assert!(unknown.is_resource_not_found_exception(), "{unknown:?}");
    assert_eq!(unknown.meta().message(), Some("User pool us-east-1_nothing does not exist."));
}

fn client(url: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(Builder::new().build_http())
        .endpoint_url(url)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled());
    Client::from_conf(config.build())
}

/// Makes an app client, and gives its id.
async fn app(client: &Client, pool: &str) -> String {
    let request = client.create_user_pool_client().user_pool_id(pool).client_name("app");
    let answer = request.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth).send().await;
    answer
        .expect("the client is made")
        .user_pool_client()
        .and_then(|app| app.client_id())
        .expect("an id")
        .to_owned()
}

async fn create_user(client: &Client, pool: &str, username: &str) {
    let email = AttributeType::builder().name("email").value(format!("{username}@example.com")).build();
    let request = client.admin_create_user().user_pool_id(pool).username(username);
    let request =
        request.user_attributes(email.expect("an attribute has a name")).temporary_password(TEMPORARY);
    request.message_action(MessageActionType::Suppress).send().await.expect("the user is made");
}

/// Signs in with a temporary password, which leads to a new one. Gives the access token.
async fn sign_in(client: &Client, app: &str) -> String {
    let attempt = |password: &str| {
        let request = client.initiate_auth().client_id(app).auth_flow(AuthFlowType::UserPasswordAuth);
        request.auth_parameters("USERNAME", "user-0").auth_parameters("PASSWORD", password).send()
    };
    let wrong = attempt(PASSWORD).await.expect_err("the password is wrong");
    assert!(wrong.into_service_error().is_not_authorized_exception());
    let challenge = attempt(TEMPORARY).await.expect("the password is right");
    let asked = ChallengeNameType::NewPasswordRequired;
    assert_eq!(challenge.challenge_name.as_ref(), Some(&asked));
    let answer = |password: &str| {
        let request = client.respond_to_auth_challenge().client_id(app).challenge_name(asked.clone());
        let request = request.set_session(challenge.session.clone());
        request.challenge_responses("USERNAME", "user-0").challenge_responses("NEW_PASSWORD", password).send()
    };
    let short = answer("short").await.expect_err("the password is too short");
    assert!(short.into_service_error().is_invalid_password_exception());
    let answer = answer(PASSWORD).await.expect("the new password is taken");
    answer.authentication_result().and_then(|result| result.access_token()).expect("a token").to_owned()
}
