//! Google, Facebook, Amazon and Apple at URLs of a test.

use super::*;

/// A pool that trusts a social provider whose details are these besides, and the way there.
async fn scene(kind: &str, details: Value, mapping: Value) -> Scene {
    let world = World::new().await;
    let pool = world.pool(json!({})).await;
    let base = json!({
        "client_id": "us", "client_secret": "secret", "authorize_scopes": "email",
        "authorize_url": format!("{IDP}/auth"), "token_url": format!("{IDP}/token"),
    });
    let provider = json!({
        "UserPoolId": pool, "ProviderName": kind, "ProviderType": kind, "ProviderDetails": merged(base, details),
        "AttributeMapping": mapping,
    });
    world.ok("CreateIdentityProvider", provider).await;
    let key = &signing_keys()[3];
    world.idps.answer(&format!("{IDP}/jwks"), 200, &json!({ "keys": [key.public_jwk()] }));
    let client = Scene::client(&world, &pool, &[kind]).await;
    Scene { world, pool, client }
}

async fn away(scene: &Scene) -> Away<'_> {
    let mut browser = Browser::new(&scene.world);
    let location = browser::away(&browser.get(Endpoint::Authorize, &scene.authorize("")).await);
    Away { browser, location }
}

async fn who(scene: &Scene, away: Away<'_>) -> Value {
    claims(&scene.tokens(&browser::away(&away.back().await)).await["id_token"])
}

/// Facebook gives no ID token: the attributes that are mapped are asked for by name.
#[tokio::test]
async fn facebook() {
    let me = format!("{IDP}/me?fields=");
    let details = json!({ "attributes_url": me });
    let scene = scene("Facebook", details, json!({ "email": "email", "name": "name" })).await;
    let away = away(&scene).await;
    assert_eq!(
        (parameter(&away.location, "nonce"), parameter(&away.location, "code_challenge")),
        (None, None)
    );
    let state = away.asked("state");
    let token = format!(
        "{IDP}/token?grant_type=authorization_code&code=c&redirect_uri=http%3A%2F%2Flocalhost%3A4566%2Foauth2%2Fidpresponse\
         &client_id=us&client_secret=secret"
    );
    scene.world.idps.answer(&token, 200, &json!({ "access_token": "access" }));
    let info = json!({ "id": "10", "email": "a@example.com", "name": "Alice" });
    scene.world.idps.answer(&format!("{me}id,email,name"), 200, &info);
    assert!(state.starts_with(&scene.pool), "{state}");
    let id = who(&scene, away).await;
    assert_eq!((&id["cognito:username"], &id["email"]), (&json!("Facebook_10"), &json!("a@example.com")));
    assert_eq!(id["identities"][0]["providerType"], "Facebook");
}

#[tokio::test]
async fn amazon() {
    let details = json!({ "attributes_url": format!("{IDP}/profile") });
    let scene = scene("LoginWithAmazon", details, json!({ "email": "email" })).await;
    let away = away(&scene).await;
    scene.world.idps.answer(&format!("{IDP}/token"), 200, &json!({ "access_token": "access" }));
    let profile = json!({ "user_id": "amzn1.account.X", "email": "a@example.com" });
    scene.world.idps.answer(&format!("{IDP}/profile"), 200, &profile);
    assert_eq!(who(&scene, away).await["cognito:username"], "LoginWithAmazon_amzn1.account.X");
}

/// What Google's ID token says is not asked for again.
#[tokio::test]
async fn google() {
    let people = format!("{IDP}/people?personFields=");
    let details = json!({ "attributes_url": people, "jwks_uri": format!("{IDP}/jwks") });
    let mapping = json!({ "email": "email", "phone_number": "phone" });
    let scene = scene("Google", details, mapping).await;
    let away = away(&scene).await;
    assert_eq!(away.asked("code_challenge_method"), "S256");
    let google = json!({ "iss": "https://accounts.google.com", "sub": "113", "email": "a@example.com" });
    let token = tokens(&scene.claims(&away, google));
    scene.world.idps.answer(&format!("{IDP}/token"), 200, &token);
    scene.world.idps.answer(&format!("{people}phone"), 200, &json!({ "phone": "+12065550100" }));
    assert_eq!(who(&scene, away).await["cognito:username"], "Google_113");
    let attributes = attribute_map(&scene.user("Google_113").await["UserAttributes"]);
    assert_eq!(
        (&attributes["phone_number"], &attributes["email"]),
        (&json!("+12065550100"), &json!("a@example.com"))
    );
}

/// Apple's client secret is a token that its key signs.
#[tokio::test]
async fn apple() {
    let key = p256();
    let details = json!({
        "team_id": "TEAM", "key_id": "KEY", "private_key": pkcs8(&key),
        "jwks_uri": format!("{IDP}/jwks"),
    });
    let scene = scene("SignInWithApple", details, json!({ "email": "email" })).await;
    let away = away(&scene).await;
    assert_eq!(away.asked("response_mode"), "form_post");
    let apple = json!({ "iss": "https://appleid.apple.com", "sub": "000.abc", "email": "a@example.com" });
    let token = tokens(&scene.claims(&away, apple));
    scene.world.idps.answer(&format!("{IDP}/token"), 200, &token);
    assert_eq!(who(&scene, away).await["cognito:username"], "SignInWithApple_000.abc");
    let requests = scene.world.idps.requests();
    let secret = requests[0].form.iter().find(|(name, _)| name == "client_secret").unwrap().1.clone();
    let part = |n: usize| -> Value {
        let text = secret.split('.').nth(n).unwrap().replace('-', "+").replace('_', "/");
        let padded = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
        serde_json::from_slice(&openssl::base64::decode_block(&padded).unwrap()).unwrap()
    };
    assert_eq!((&part(0)["alg"], &part(0)["kid"]), (&json!("ES256"), &json!("KEY")));
    assert_eq!((&part(1)["iss"], &part(1)["sub"]), (&json!("TEAM"), &json!("us")));
    assert_eq!(part(1)["aud"], "https://appleid.apple.com");
}
