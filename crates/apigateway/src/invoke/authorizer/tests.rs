//! Tokens of a pool of this service, right and forged, before an authorizer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_core::Span;
use cognito_ops::Site;
use outbound::{Client, Guard};
use serde_json::{Value, json};
use testkit::world::{World, signing_keys, text};

use super::*;
use crate::invoke::call::testing::call;

struct Scene {
    world: World,
    gateway: Gateway,
    site: Site,
    authorizer: Authorizer,
    access: String,
    id: String,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] })).await;
        world.user(&pool, "jane", "Passw0rd!").await;
        let tokens = world.sign_in(&client, "jane", "Passw0rd!").await;
        let site = World::caller().site;
        let authorizer = Authorizer {
            api_id: "api".to_owned(),
            id: "id".to_owned(),
            name: "name".to_owned(),
            identity_source: "$request.header.Authorization".to_owned(),
            issuer: site.issuer(&pool),
            audience: vec![client],
        };
        let gateway = Gateway::new(world.app.clone(), Client::new(Guard { private: true }));
        let (access, id) = (text(&tokens["AccessToken"]), text(&tokens["IdToken"]));
        Self { world, gateway, site, authorizer, access, id }
    }

    async fn ask(&self, token: &str, scopes: &[&str]) -> Result<Claims, Refusal> {
        let mut call = call("GET", "/");
        call.site = self.site.clone();
        call.headers = vec![("authorization".to_owned(), token.to_owned().into())];
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        authorize(&self.gateway, &call, self.world.now(), &self.authorizer, &scopes).await
    }

    /// A token is refused: status and challenge.
    async fn refused(&self, token: &str, scopes: &[&str], status: u16, challenge: &str) {
        let refusal = self.ask(token, scopes).await.expect_err("the token passes");
        assert_eq!((refusal.status, refusal.challenge.as_deref()), (status, Some(challenge)), "{token}");
    }

    async fn invalid(&self, token: &str, description: &str) {
        let challenge = format!(r#"Bearer scope="" error="invalid_token" error_description="{description}""#);
        self.refused(token, &[], 401, &challenge).await;
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(segment: &str) -> Value {
    let json = URL_SAFE_NO_PAD.decode(segment).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}

#[tokio::test]
async fn tokens_of_the_pool_pass() {
    let scene = Scene::new().await;
    let claims = scene.ask(&format!("Bearer {}", scene.access), &[]).await.expect("an access token passes");
    assert_eq!((&claims.claims["token_use"], claims.scopes), (&json!("access"), None));
    let claims = scene.ask(&scene.id, &[]).await.expect("an ID token passes where no scope is wanted");
    assert_eq!(claims.claims["token_use"], json!("id"));
    let scope = "aws.cognito.signin.user.admin";
    let claims = scene.ask(&scene.access, &["x", scope]).await.expect("it has the scope");
    assert_eq!(claims.scopes, Some(vec![scope.to_owned()]));
}

#[tokio::test]
async fn a_scope_is_matched_whole() {
    let scene = Scene::new().await;
    for token in [&scene.access, &scene.id] {
        let challenge = r#"Bearer scope="aws.cognito.signin.user a" error="insufficient_scope" error_description="expected scopes: [aws.cognito.signin.user a]""#;
        scene.refused(token, &["aws.cognito.signin.user", "a"], 403, challenge).await;
    }
}

#[tokio::test]
async fn what_is_no_token() {
    let scene = Scene::new().await;
    scene.refused("", &[], 401, "Bearer").await;
    scene.refused("Bearer ", &["a"], 401, "Bearer").await;
    let segments = "token contains an invalid number of segments";
    for token in ["x.e30", "x", "Bearer x", "a.b.c.d", "Basic dXNlcjpwYXNz"] {
        scene.invalid(token, segments).await;
    }
    scene.invalid("a.b.c", "the token is malformed").await;
    scene.invalid(&format!("Basic {}", scene.access), "the token is malformed").await;
    scene.invalid(&format!("Bearer {0}, Bearer {0}", scene.access), segments).await;
    let challenge = r#"Bearer scope="a b" error="invalid_token" error_description="token contains an invalid number of segments""#;
    scene.refused("x", &["a\"", "b"], 401, challenge).await;
}

#[tokio::test]
async fn forged_tokens() {
    let scene = Scene::new().await;
    let parts: Vec<&str> = scene.access.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("three segments") };
    let kid = decoded(header)["kid"].clone();
    // T1-T4: no algorithm, another family, other claims, another signature.
    for alg in ["none", "None", "HS256", "ES256", "PS256"] {
        let header = encoded(&json!({ "alg": alg, "kid": kid }));
        let token = format!("{header}.{payload}.{signature}");
        assert_eq!(scene.ask(&token, &[]).await.expect_err("forged").status, 401, "{alg}");
        assert_eq!(
            scene.ask(&format!("{header}.{payload}."), &[]).await.expect_err("forged").status,
            401,
            "{alg}"
        );
    }
    let mut claims = decoded(payload);
    claims["client_id"] = json!("other");
    scene
        .invalid(
            &format!("{header}.{}.{signature}", encoded(&claims)),
            "the token does not have a valid signature",
        )
        .await;
    let other = scene.id.rsplit('.').next().expect("a signature");
    scene.invalid(&format!("{header}.{payload}.{other}"), "the token does not have a valid signature").await;
    // A key of somebody else's, under its own name and under ours.
    let key = &signing_keys()[signing_keys().len() - 1];
    let token = key.sign(&decoded(payload)).expect("a key signs");
    scene.invalid(&token, "the token is signed with an unknown key").await;
    let (_, rest) = token.split_once('.').expect("segments");
    scene.invalid(&format!("{header}.{rest}"), "the token does not have a valid signature").await;
    let crit = encoded(&json!({ "alg": "RS256", "kid": kid, "crit": ["x"] }));
    scene.invalid(&format!("{crit}.{payload}.{signature}"), "the token is malformed").await;
}

#[tokio::test]
async fn tokens_for_others_and_old_ones() {
    let mut scene = Scene::new().await;
    let right = scene.authorizer.clone();
    scene.authorizer.audience = vec!["other".to_owned()];
    for token in [&scene.access, &scene.id] {
        scene.invalid(token, "the token does not have a valid audience").await;
    }
    // Another pool of this service, and one that is not there.
    let other = scene.world.pool(json!({})).await;
    scene.authorizer = Authorizer { issuer: scene.site.issuer(&other), ..right.clone() };
    scene.invalid(&scene.access, "the token is signed with an unknown key").await;
    scene.authorizer.issuer = scene.site.issuer("us-east-1_nothinG12");
    scene.invalid(&scene.access, "the keys of the issuer cannot be had").await;
    scene.authorizer = right;
    scene.ask(&scene.access, &[]).await.expect("it passes");
    scene.world.advance(Span::hours(1));
    scene.invalid(&scene.access, "the token has expired").await;
}

#[tokio::test]
async fn a_pool_that_was_deleted_denies() {
    let scene = Scene::new().await;
    let pool = scene.authorizer.issuer.rsplit('/').next().expect("an id").to_owned();
    scene.ask(&scene.access, &[]).await.expect("it passes");
    scene.world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    scene.invalid(&scene.access, "the keys of the issuer cannot be had").await;
}
