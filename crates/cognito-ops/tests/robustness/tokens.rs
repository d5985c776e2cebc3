//! Misuse of tokens: section 10.1 of `security-cases` of the specification, case by case.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cognito_core::Span;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::{Value, json};
use testkit::World;
use testkit::forgery::Forgery;
use testkit::functions::arn;
use testkit::world::{claims, password_auth, text};

use super::fixture::PASSWORD;

const INVALID: &str = "NotAuthorizedException: Invalid Access Token";
const SIGNATURE: &str = "NotAuthorizedException: Could not verify signature for Access Token";
const EXPIRED: &str = "NotAuthorizedException: Access Token has expired";
const REVOKED: &str = "NotAuthorizedException: Access Token has been revoked";
const SCOPES: &str = "NotAuthorizedException: Access Token does not have required scopes";
const INVALID_REFRESH: &str = "NotAuthorizedException: Invalid Refresh Token";

/// A user who has signed in.
struct Scene {
    world: World,
    pool: String,
    client: String,
    tokens: Value,
}

impl Scene {
    async fn new() -> Self {
        Self::of(World::new().await, json!({})).await
    }

    async fn of(world: World, client: Value) -> Self {
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "anna", PASSWORD).await;
        let tokens = world.sign_in(&client, "anna", PASSWORD).await;
        Self { world, pool, client, tokens }
    }

    fn access(&self) -> Forgery {
        Forgery::of(&self.tokens["AccessToken"])
    }

    /// What GetUser says of a token.
    async fn refuses(&self, token: &str) -> String {
        self.world.fails("GetUser", json!({ "AccessToken": token })).await
    }

    async fn accepts(&self, tokens: &Value) {
        self.world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await;
    }

    async fn sign_in(&self) -> Value {
        self.world.sign_in(&self.client, "anna", PASSWORD).await
    }

    fn anna(&self) -> Value {
        json!({ "UserPoolId": self.pool, "Username": "anna" })
    }

    fn refresh(&self, client: &str, tokens: &Value) -> Value {
        json!({
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": tokens["RefreshToken"] },
        })
    }
}

#[tokio::test]
async fn t1_no_algorithm() {
    let scene = Scene::new().await;
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let forged = scene.access().with_header("alg", json!(alg));
        for token in [forged.unsigned(), forged.with_signature(b"")] {
            let refused = scene.refuses(&token).await;
            assert!([INVALID, SIGNATURE].contains(&refused.as_str()), "{alg}: {refused}");
        }
    }
    let refused = scene.refuses(&scene.access().with_signature(b"")).await;
    assert!([INVALID, SIGNATURE].contains(&refused.as_str()), "{refused}");
}

#[tokio::test]
async fn t2_the_public_key_as_a_shared_secret() {
    let scene = Scene::new().await;
    let jwks = scene.world.app.jwks(&scene.pool).await.unwrap().unwrap();
    let jwks: Value = serde_json::from_str(&jwks).unwrap();
    let forged = scene.access();
    let key =
        testkit::world::signing_keys().iter().find(|key| key.kid() == text(&forged.header["kid"])).unwrap();
    let private = PKey::private_key_from_der(&key.to_der()).unwrap();
    let jwk = jwks["keys"].as_array().unwrap().iter().find(|jwk| jwk["kid"] == forged.header["kid"]).unwrap();
    let secrets = [
        private.public_key_to_pem().unwrap(),
        private.public_key_to_der().unwrap(),
        jwk.to_string().into_bytes(),
        URL_SAFE_NO_PAD.decode(text(&jwk["n"])).unwrap(),
        text(&jwk["n"]).into_bytes(),
    ];
    for secret in secrets {
        let token = forged.clone().with_header("alg", json!("HS256")).hs256(&secret);
        assert_eq!(scene.refuses(&token).await, SIGNATURE);
    }
}

#[tokio::test]
async fn t3_keys_in_the_header() {
    let scene = Scene::new().await;
    let own = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let rsa = own.rsa().unwrap();
    let encode = |number: &openssl::bn::BigNumRef| URL_SAFE_NO_PAD.encode(number.to_vec());
    let jwk = json!({ "kty": "RSA", "n": encode(rsa.n()), "e": encode(rsa.e()), "kid": "mine" });
    let der = STANDARD.encode(own.public_key_to_der().unwrap());
    let injected = [
        ("jwk", jwk),
        ("jku", json!("http://127.0.0.1:1/jwks.json")),
        ("x5u", json!("http://127.0.0.1:1/cert.pem")),
        ("x5c", json!([der])),
        ("crit", json!(["exp"])),
    ];
    for (name, value) in injected {
        let forged = scene.access().with_header(name, value);
        let refused = scene.refuses(&forged.rs256(&own)).await;
        assert!([INVALID, SIGNATURE].contains(&refused.as_str()), "{name}: {refused}");
    }
    let long = "x".repeat(1 << 20);
    for kid in ["mine", "", "../../etc/passwd", "' OR 1=1 --", "\u{0}", &long] {
        let refused = scene.refuses(&scene.access().with_header("kid", json!(kid)).rs256(&own)).await;
        assert!([INVALID, SIGNATURE].contains(&refused.as_str()), "{refused}");
    }
    let critical = scene.access().with_header("crit", json!(["unheard-of"])).signed_by_the_pool();
    let refused = scene.refuses(&critical).await;
    assert!([INVALID, SIGNATURE].contains(&refused.as_str()), "{refused}");
}

#[tokio::test]
async fn t4_a_token_of_another_pool() {
    let scene = Scene::new().await;
    // The worlds' pools share four keys: the third pool has those of the first.
    for _ in 0..2 {
        let other = scene.world.pool(json!({})).await;
        let client = scene.world.client(&other, json!({})).await;
        scene.world.user(&other, "anna", PASSWORD).await;
        let iss = scene.world.sign_in(&client, "anna", PASSWORD).await;
        let iss = claims(&iss["AccessToken"])["iss"].clone();
        let refused = scene.refuses(&scene.access().with_claim("iss", iss.clone()).unsigned()).await;
        assert_eq!(refused, SIGNATURE, "the signature is not over this issuer");
        let refused = scene.refuses(&scene.access().with_claim("iss", iss).signed_by_the_pool()).await;
        assert!([INVALID, SIGNATURE].contains(&refused.as_str()), "{refused}");
    }
}

#[tokio::test]
async fn t5_an_issuer_that_there_is_not() {
    let scene = Scene::new().await;
    for iss in ["http://localhost:4566/us-east-1_NoSuchPoo", "us-east-1_", "", "x/../y", "http://[::1]/a_b/"]
    {
        let forged = scene.access().with_claim("iss", json!(iss));
        assert_eq!(scene.refuses(&forged.signed_by_the_pool()).await, INVALID, "{iss}");
    }
    for iss in [Value::Null, json!(1), json!(["a"])] {
        assert_eq!(scene.refuses(&scene.access().with_claim("iss", iss).signed_by_the_pool()).await, INVALID);
    }
}

#[tokio::test]
async fn t6_t7_tokens_of_another_use() {
    let scene = Scene::new().await;
    for kind in ["IdToken", "RefreshToken"] {
        assert_eq!(scene.refuses(&text(&scene.tokens[kind])).await, INVALID, "{kind}");
    }
    for token in ["IdToken", "AccessToken"] {
        let tokens = json!({ "RefreshToken": scene.tokens[token] });
        let refresh = scene.refresh(&scene.client, &tokens);
        assert_eq!(scene.world.fails("InitiateAuth", refresh).await, INVALID_REFRESH, "{token}");
    }
    let as_id = scene.access().with_claim("token_use", json!("id")).signed_by_the_pool();
    assert_eq!(scene.refuses(&as_id).await, INVALID);
}

#[tokio::test]
async fn t8_a_token_without_the_scope_for_user_operations() {
    let world = World::new().await;
    let config = json!({ "LambdaVersion": "V2_0", "LambdaArn": arn("claims") });
    let pool = world.pool(json!({ "LambdaConfig": { "PreTokenGenerationConfig": config } })).await;
    world.functions.respond(
        "claims",
        json!({ "claimsAndScopeOverrideDetails": {
        "accessTokenGeneration": { "scopesToSuppress": ["aws.cognito.signin.user.admin"] },
    } }),
    );
    let client = world.client(&pool, json!({})).await;
    world.user(&pool, "anna", PASSWORD).await;
    let tokens = world.sign_in(&client, "anna", PASSWORD).await;
    let access = json!({ "AccessToken": tokens["AccessToken"] });
    assert_eq!(world.fails("GetUser", access.clone()).await, SCOPES);
    assert_eq!(world.fails("DeleteUser", access).await, SCOPES);
}

#[tokio::test]
async fn t11_moments() {
    let scene = Scene::new().await;
    let now = scene.world.now().seconds();
    for exp in [json!(now - 1), json!(now), json!(-1), json!(0)] {
        let token = scene.access().with_claim("exp", exp.clone()).signed_by_the_pool();
        assert_eq!(scene.refuses(&token).await, EXPIRED, "{exp}");
    }
    for exp in [Value::Null, json!("9999999999"), json!(1e300), json!(now as f64 + 60.5), json!([now + 60])] {
        let token = scene.access().with_claim("exp", exp.clone()).signed_by_the_pool();
        assert_eq!(scene.refuses(&token).await, INVALID, "{exp}");
    }
    for (name, value) in [("nbf", json!(now + 60)), ("iat", json!(now + 86_400 * 365))] {
        let token = scene.access().with_claim(name, value).signed_by_the_pool();
        assert_eq!(scene.refuses(&token).await, INVALID, "{name}");
    }
}

#[tokio::test]
async fn t12_a_revoked_sign_in_and_its_sibling() {
    let scene = Scene::new().await;
    let sibling = scene.sign_in().await;
    let revoke = json!({ "Token": scene.tokens["RefreshToken"], "ClientId": scene.client });
    scene.world.ok("RevokeToken", revoke).await;
    assert_eq!(scene.refuses(&text(&scene.tokens["AccessToken"])).await, REVOKED);
    scene.accepts(&sibling).await;
    let refresh = scene.refresh(&scene.client, &sibling);
    scene.world.ok("InitiateAuth", refresh).await;
}

#[tokio::test]
async fn t13_a_sign_in_in_the_second_of_a_global_sign_out() {
    let scene = Scene::new().await;
    scene.world.ok("GlobalSignOut", json!({ "AccessToken": scene.tokens["AccessToken"] })).await;
    let new = scene.sign_in().await;
    assert_eq!(claims(&new["AccessToken"])["iat"], claims(&scene.tokens["AccessToken"])["iat"]);
    assert_eq!(scene.refuses(&text(&scene.tokens["AccessToken"])).await, REVOKED);
    let old = scene.refresh(&scene.client, &scene.tokens);
    let refused = scene.world.fails("InitiateAuth", old).await;
    assert_eq!(refused, "NotAuthorizedException: Refresh Token has been revoked");
    scene.accepts(&new).await;
}

#[tokio::test]
async fn t14_what_becomes_of_the_user() {
    let scene = Scene::new().await;
    scene.world.ok("AdminDisableUser", scene.anna()).await;
    let token = text(&scene.tokens["AccessToken"]);
    assert_eq!(scene.refuses(&token).await, "NotAuthorizedException: User is disabled.");
    scene.world.ok("AdminDeleteUser", scene.anna()).await;
    assert_eq!(scene.refuses(&token).await, "UserNotFoundException: User does not exist.");
    scene.world.user(&scene.pool, "anna", PASSWORD).await;
    assert_eq!(scene.refuses(&token).await, "UserNotFoundException: User does not exist.", "another anna");
}

#[tokio::test]
async fn t15_a_client_that_is_gone() {
    let scene = Scene::new().await;
    scene
        .world
        .ok("DeleteUserPoolClient", json!({ "UserPoolId": scene.pool, "ClientId": scene.client }))
        .await;
    let refused = scene.world.fails("InitiateAuth", scene.refresh(&scene.client, &scene.tokens)).await;
    assert!(refused.starts_with("ResourceNotFoundException: "), "{refused}");
    assert_eq!(scene.refuses(&text(&scene.tokens["AccessToken"])).await, INVALID);
}

#[tokio::test]
async fn t16_a_refresh_token_of_another_client() {
    let scene = Scene::new().await;
    let other = scene.world.client(&scene.pool, json!({})).await;
    let refused = scene.world.fails("InitiateAuth", scene.refresh(&other, &scene.tokens)).await;
    assert_eq!(refused, INVALID_REFRESH);
    scene.world.ok("InitiateAuth", scene.refresh(&scene.client, &scene.tokens)).await;
}

fn rotating(seconds: i32) -> Value {
    json!({
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": seconds },
    })
}

#[tokio::test]
async fn t17_a_spent_refresh_token_ends_its_family() {
    let scene = Scene::of(World::new().await, rotating(10)).await;
    let rotate = |tokens: &Value| json!({ "ClientId": scene.client, "RefreshToken": tokens["RefreshToken"] });
    let operation = "GetTokensFromRefreshToken";
    let next = scene.world.ok(operation, rotate(&scene.tokens)).await["AuthenticationResult"].clone();
    scene.world.advance(Span::seconds(10));
    let refused = scene.world.fails(operation, rotate(&scene.tokens)).await;
    assert!(refused.starts_with("RefreshTokenReuseException: "), "{refused}");
    let refused = scene.world.fails(operation, rotate(&next)).await;
    assert_eq!(refused, "NotAuthorizedException: Refresh Token has been revoked");
    assert_eq!(scene.refuses(&text(&next["AccessToken"])).await, REVOKED);
}

#[tokio::test]
async fn t18_refreshes_at_once_leave_one_lineage() {
    let scene = Scene::of(World::new().await, rotating(0)).await;
    let input = json!({ "ClientId": scene.client, "RefreshToken": scene.tokens["RefreshToken"] });
    let answers = scene.world.at_once("GetTokensFromRefreshToken", vec![input; 6]);
    assert!(answers.iter().filter(|answer| answer.is_ok()).count() <= 1, "{answers:?}");
}

#[tokio::test]
async fn t19_every_bit_counts() {
    let scene = Scene::new().await;
    let token = text(&scene.tokens["AccessToken"]);
    let dots: Vec<usize> = token.match_indices('.').map(|(at, _)| at).collect();
    let places = [0, dots[0] - 1, dots[0] + 1, dots[1] - 1, dots[1] + 1, token.len() - 2, token.len() - 1];
    let mut broken: Vec<String> = places
        .into_iter()
        .map(|at| {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap()
        })
        .collect();
    for end in [0, 1, dots[0], dots[0] + 1, dots[1], dots[1] + 1, token.len() - 1] {
        broken.push(token[..end].to_owned());
    }
    broken.extend([format!("{token}="), format!("{token}=="), format!("{token}."), format!(".{token}")]);
    broken.push(token.replace('.', ".."));
    for token in broken {
        // An empty text breaks a constraint of the model before it is a token.
        let refused = scene.refuses(&token).await;
        let good = refused == INVALID || refused == SIGNATURE || token.is_empty();
        assert!(good, "{token}: {refused}");
    }
    let mut twice = scene.access();
    twice.claims = twice.claims.replacen('{', "{\"sub\":\"somebody\",", 1);
    let refused = scene.refuses(&twice.signed_by_the_pool()).await;
    assert!([INVALID, SIGNATURE].contains(&refused.as_str()), "{refused}");
}

#[tokio::test]
async fn t20_revoking_what_is_no_refresh_token_or_not_ones_own() {
    let scene = Scene::new().await;
    let other = scene.world.client(&scene.pool, json!({})).await;
    let revoke = |token: &Value, client: &str| json!({ "Token": token, "ClientId": client });
    let refused = scene.world.fails("RevokeToken", revoke(&scene.tokens["AccessToken"], &scene.client)).await;
    assert!(refused.starts_with("UnsupportedTokenTypeException: "), "{refused}");
    let refused = scene.world.fails("RevokeToken", revoke(&scene.tokens["RefreshToken"], &other)).await;
    assert!(refused.starts_with("UnauthorizedException: "), "{refused}");
    scene.accepts(&scene.tokens).await;
}

#[tokio::test]
async fn t21_a_function_that_rewrites_what_it_must_not() {
    let world = World::new().await;
    let config = json!({ "LambdaVersion": "V2_0", "LambdaArn": arn("claims") });
    let pool = world.pool(json!({ "LambdaConfig": { "PreTokenGenerationConfig": config } })).await;
    let client = world.client(&pool, json!({})).await;
    world.user(&pool, "anna", PASSWORD).await;
    let forbidden = json!({
        "sub": "x", "iss": "http://evil.example", "exp": 1, "iat": 1, "token_use": "id", "jti": "x",
        "cognito:username": "root", "username": "root", "client_id": "x", "auth_time": 1, "origin_jti": "x",
        "acr": "gold", "amr": ["x"], "scope": "x",
    });
    world.functions.respond(
        "claims",
        json!({ "claimsAndScopeOverrideDetails": {
        "accessTokenGeneration": { "claimsToAddOrOverride": forbidden },
        "idTokenGeneration": { "claimsToAddOrOverride": forbidden, "claimsToSuppress": ["sub", "exp"] },
    } }),
    );
    let tokens = world.sign_in(&client, "anna", PASSWORD).await;
    world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await;
    for (kind, name) in [("AccessToken", "access"), ("IdToken", "id")] {
        let claims = claims(&tokens[kind]);
        assert_eq!(claims["token_use"], name);
        for (claim, value) in forbidden.as_object().unwrap() {
            assert!(claims.get(claim) != Some(value) || claim == "token_use", "{kind} {claim}");
        }
    }
}

#[tokio::test]
async fn t22_attributes_named_like_claims() {
    let world = World::new().await;
    let schema =
        ["sub", "iss", "token_use"].map(|name| json!({ "Name": name, "AttributeDataType": "String" }));
    let pool = world.pool(json!({})).await;
    world.ok("AddCustomAttributes", json!({ "UserPoolId": pool, "CustomAttributes": schema })).await;
    let client = world.client(&pool, json!({})).await;
    world.user(&pool, "anna", PASSWORD).await;
    let tokens = world.sign_in(&client, "anna", PASSWORD).await;
    let update = |name: &str| json!({ "AccessToken": tokens["AccessToken"], "UserAttributes": [{ "Name": name, "Value": "forged" }] });
    for name in ["custom:sub", "custom:iss", "custom:token_use"] {
        world.ok("UpdateUserAttributes", update(name)).await;
    }
    for name in ["sub", "iss", "cognito:groups", "cognito:username", "token_use", "identities"] {
        let refused = world.fails("UpdateUserAttributes", update(name)).await;
        assert!(
            refused.starts_with("NotAuthorizedException: ")
                || refused.starts_with("InvalidParameterException: "),
            "{name}: {refused}"
        );
    }
    let claims = claims(
        &world.ok("InitiateAuth", password_auth(&client, "anna", PASSWORD)).await["AuthenticationResult"]["IdToken"],
    );
    assert_eq!(claims["custom:sub"], "forged");
    for name in ["sub", "iss", "token_use"] {
        assert_ne!(claims[name], "forged", "{name}");
    }
}
