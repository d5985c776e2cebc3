//! What identity providers and browsers may not do: O19 to O21 of the security cases.

use testkit::browser::Content;
use testkit::forgery::Forgery;

use super::*;

/// O19: the answer of a provider counts for the browser that was sent there, and once.
#[tokio::test]
async fn a_state_belongs_to_one_browser_and_one_provider() {
    let scene = Scene::new(json!({}), json!({})).await;
    let lost = |answer: Answer| assert_eq!(ours(&answer), "error?error=invalid_request");
    let away = scene.begin().await;
    scene.provide(&scene.claims(&away, json!({})), &json!({ "sub": "u1" }));
    let response = format!("code=c&state={}", away.asked("state"));
    // Another browser, with or without something under way.
    lost(Browser::new(&scene.world).get(Endpoint::IdpResponse, &response).await);
    lost(scene.begin().await.browser.get(Endpoint::IdpResponse, &response).await);
    let mut browser = away.browser;
    for state in ["", "&state=", "&state=x", &format!("&state={}.x", scene.pool)] {
        lost(browser.get(Endpoint::IdpResponse, &format!("code=c{state}")).await);
    }
    assert_eq!(scene.users().await, 0);
    assert!(scene.world.idps.requests().is_empty(), "no code is redeemed");
    assert!(
        parameter(&browser::away(&browser.get(Endpoint::IdpResponse, &response).await), "code").is_some()
    );
    lost(browser.get(Endpoint::IdpResponse, &response).await);
    // Nor do two answers at once.
    let away = scene.begin().await;
    scene.provide(&scene.claims(&away, json!({})), &json!({ "sub": "u1" }));
    let response = format!("code=c&state={}", away.asked("state"));
    let mut twin = Browser::new(&scene.world);
    twin.cookies = away.browser.cookies.clone();
    let mut browser = away.browser;
    scene.world.idps.requests();
    let (one, other) = tokio::join!(
        browser.get(Endpoint::IdpResponse, &response),
        twin.get(Endpoint::IdpResponse, &response)
    );
    let went_away = [one, other].iter().filter(|answer| matches!(answer.content, Content::Away(_))).count();
    assert_eq!(
        (went_away, scene.world.idps.requests().len()),
        (1, 2),
        "the code is redeemed once; the keys are kept"
    );
    // Of two tabs each comes back from where it went: the state is that of one provider, whose answer must be its own.
    let first = scene.begin().await;
    scene.provide(&scene.claims(&first, json!({})), &json!({ "sub": "u1" }));
    let response = format!("code=c&state={}", first.asked("state"));
    let mut browser = first.browser;
    let second = browser.get(Endpoint::Authorize, &scene.authorize("&identity_provider=Okta")).await;
    let state = parameter(&browser::away(&second), "state").unwrap();
    let mixed_up = format!("code=c&state={state}&iss=https%3A%2F%2Fother.example");
    let refused = browser::away(&browser.get(Endpoint::IdpResponse, &mixed_up).await);
    assert!(parameter(&refused, "error").is_some(), "{refused}");
    let location = browser::away(&browser.get(Endpoint::IdpResponse, &response).await);
    assert!(parameter(&location, "code").is_some(), "{location}");
}

/// O20: what an ID token must say.
#[tokio::test]
async fn id_tokens_that_are_not_good() {
    let scene = Scene::new(json!({}), json!({ "email": "email" })).await;
    let description = "The ID token of the identity provider was refused.";
    for wrong in [
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "them" }),
        json!({ "aud": ["us", "them"] }),
        json!({ "azp": "them" }),
        json!({ "nonce": null }),
        json!({ "nonce": "other" }),
        json!({ "exp": scene.world.now().seconds() - 1 }),
        json!({ "exp": null }),
    ] {
        let location = scene.sign_in(wrong, json!({ "sub": "u1" })).await;
        assert_eq!(refused(&location).as_deref(), Some(description));
    }
    for (subject, info) in
        [(json!(null), json!({})), (json!("x".repeat(5_000)), json!({})), (json!("a b"), json!({}))]
    {
        let location = scene.sign_in(json!({ "sub": subject }), info).await;
        let expected = "The identity provider names the user in a way that cannot be taken over.";
        assert_eq!(refused(&location).as_deref(), Some(expected));
    }
    let other = scene.sign_in(json!({}), json!({ "sub": "u2" })).await;
    let expected = "The attributes of the user could not be read from the identity provider.";
    assert_eq!(refused(&other).as_deref(), Some(expected));
    assert_eq!(scene.users().await, 0);
}

/// What is not signed by the provider, or in a way that anybody could.
#[tokio::test]
async fn signatures_that_are_not_good() {
    let scene = Scene::new(json!({}), json!({})).await;
    let own = &signing_keys()[3];
    let check = async |case: &str, forge: &dyn Fn(&Value) -> String| {
        let away = scene.begin().await;
        let id = forge(&scene.claims(&away, json!({})));
        let answer = json!({ "access_token": "access", "id_token": id });
        scene.world.idps.answer(&format!("{IDP}/token"), 200, &answer);
        let description = "The ID token of the identity provider was refused.";
        assert_eq!(refused(&browser::away(&away.back().await)).as_deref(), Some(description), "{case}");
    };
    let good = |claims: &Value| Forgery::of(&json!(own.sign(claims).unwrap()));
    check("none", &|claims| good(claims).with_header("alg", json!("none")).with_signature(b"")).await;
    check("none, with a signature", &|claims| good(claims).with_header("alg", json!("none")).unsigned())
        .await;
    check("the client secret", &|claims| good(claims).hs256(b"secret")).await;
    check("the public key as a secret", &|claims| {
        good(claims).hs256(own.public_jwk().to_string().as_bytes())
    })
    .await;
    check("a foreign key", &|claims| signing_keys()[0].sign(claims).unwrap()).await;
    check("a key that the token brings", &|claims| {
        let foreign = &signing_keys()[0];
        Forgery::of(&json!(foreign.sign(claims).unwrap())).with_header("jwk", foreign.public_jwk()).unsigned()
    })
    .await;
    check("other claims", &|claims| good(claims).with_claim("sub", json!("admin")).unsigned()).await;
    check("nothing", &|_| String::new()).await;
    assert_eq!(scene.users().await, 0);
}

/// Mix-up (RFC 9700, 4.4): who answers says who it is (RFC 9207).
#[tokio::test]
async fn another_provider_answers() {
    let scene = Scene::new(json!({}), json!({})).await;
    for (issuer, expected) in
        [("https://evil.example", Some("Another identity provider has answered.")), (IDP, None)]
    {
        let mut away = scene.begin().await;
        scene.provide(&scene.claims(&away, json!({})), &json!({ "sub": "u1" }));
        let sent = format!("code=c&state={}&iss={issuer}", away.asked("state"));
        let location = browser::away(&away.browser.get(Endpoint::IdpResponse, &sent).await);
        match expected {
            Some(_) => {
                assert_eq!(refused(&location).as_deref(), expected);
                assert!(scene.world.idps.requests().is_empty(), "the code goes nowhere");
            }
            None => assert!(parameter(&location, "code").is_some(), "{location}"),
        }
    }
    // Parameters that stand twice are nobody's answer.
    let mut away = scene.begin().await;
    let state = away.asked("state");
    for twice in ["code=c&code=d", "code=c&state=x", "code=c&iss=a&iss=b", "error=a&error=b"] {
        let query = format!("{twice}&state={state}");
        assert_eq!(
            ours(&away.browser.get(Endpoint::IdpResponse, &query).await),
            "error?error=invalid_request"
        );
    }
}

/// A code of somebody else is worth nothing: its ID token has the nonce of another browser.
#[tokio::test]
async fn injected_codes() {
    let scene = Scene::new(json!({}), json!({})).await;
    let (victim, attacker) = (scene.begin().await, scene.begin().await);
    assert_ne!(victim.nonce(), attacker.nonce());
    assert_ne!(victim.asked("code_challenge"), attacker.asked("code_challenge"));
    scene.provide(&scene.claims(&victim, json!({})), &json!({ "sub": "u1" }));
    let location = browser::away(&attacker.back().await);
    assert_eq!(refused(&location).as_deref(), Some("The ID token of the identity provider was refused."));
    assert_eq!(scene.users().await, 0);
    assert!(parameter(&browser::away(&victim.back().await), "code").is_some());
}

/// O21: an e-mail address that a provider tells opens nobody's account.
#[tokio::test]
async fn an_address_of_a_local_user_makes_another_user() {
    for pool in
        [json!({}), json!({ "AliasAttributes": ["email"] }), json!({ "UsernameAttributes": ["email"] })]
    {
        let by_address = pool.get("UsernameAttributes").is_some();
        let scene = Scene::new(pool, json!({ "email": "email", "email_verified": "email_verified" })).await;
        let name = if by_address { "a@example.com" } else { "alice" };
        scene.world.user(&scene.pool, name, "Abcdef1!").await;
        let verified = json!([{ "Name": "email", "Value": "a@example.com" }, { "Name": "email_verified", "Value": "true" }]);
        let update = json!({ "UserPoolId": scene.pool, "Username": name, "UserAttributes": verified });
        scene.world.ok("AdminUpdateUserAttributes", update).await;
        let before = scene.user(name).await;
        let info = json!({ "sub": "u1", "email": "a@example.com", "email_verified": true });
        let tokens = scene.tokens(&scene.sign_in(json!({}), info).await).await;
        assert_eq!(claims(&tokens["id_token"])["cognito:username"], "Okta_u1");
        assert_eq!((scene.user(name).await, scene.users().await), (before, 2));
        scene.world.sign_in(&scene.client, name, "Abcdef1!").await;
    }
    // Who takes the name of a federated user beforehand is not that user.
    let scene = Scene::new(json!({}), json!({})).await;
    scene.world.user(&scene.pool, "Okta_u1", "Abcdef1!").await;
    let location = scene.sign_in(json!({}), json!({ "sub": "u1" })).await;
    assert_eq!(refused(&location).as_deref(), Some("Already found an entry for username"));
}

/// Whom a provider has signed in is signed in with clients that offer this provider, and with no others.
#[tokio::test]
async fn a_session_is_for_clients_that_offer_its_provider() {
    let scene = Scene::new(json!({}), json!({})).await;
    let away = scene.begin().await;
    scene.provide(&scene.claims(&away, json!({})), &json!({ "sub": "u1" }));
    let response = format!("code=c&state={}", away.asked("state"));
    let mut browser = away.browser;
    browser::away(&browser.get(Endpoint::IdpResponse, &response).await);
    for (providers, signed_in) in [(&["Okta", "COGNITO"][..], true), (&["COGNITO"], false)] {
        let client = Scene::client(&scene.world, &scene.pool, providers).await;
        let query = scene.authorize("&prompt=none").replace(&scene.client, &client);
        let location = browser::away(&browser.get(Endpoint::Authorize, &query).await);
        assert_eq!(parameter(&location, "code").is_some(), signed_in, "{location}");
    }
    // A client that has lost the provider meanwhile takes no answer of it.
    let away = scene.begin().await;
    let settings = json!({
        "UserPoolId": scene.pool, "ClientId": scene.client, "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK],
        "SupportedIdentityProviders": ["COGNITO"],
    });
    scene.world.ok("UpdateUserPoolClient", settings).await;
    refused(&browser::away(&away.back().await));
}
