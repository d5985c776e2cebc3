//! What identity providers and browsers may not do: O19 to O21 of the security cases.

use testkit::browser::Content;

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
    assert_eq!((went_away, scene.world.idps.requests().len()), (1, 3), "the code is redeemed once");
    // A browser that went to one provider does not come back from another one: the state is that one's.
    let first = scene.begin().await;
    let state = first.asked("state");
    let mut browser = first.browser;
    browser::away(&browser.get(Endpoint::Authorize, &scene.authorize("&identity_provider=Okta")).await);
    lost(browser.get(Endpoint::IdpResponse, &format!("code=c&state={state}")).await);
}

/// O20: what an ID token must say.
#[tokio::test]
async fn id_tokens_that_are_not_good() {
    let scene = Scene::new(json!({}), json!({ "email": "email" })).await;
    let description = "The ID token of the identity provider was refused.";
    for wrong in [
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "them" }),
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
    // Unsigned, and signed by somebody else.
    let away = scene.begin().await;
    let good = scene.claims(&away, json!({}));
    let part = |value: &Value| openssl::base64::encode_block(value.to_string().as_bytes()).replace('=', "");
    let none = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&good));
    let foreign = signing_keys()[0].sign(&good).unwrap();
    let mut away = Some(away);
    for token in [none, foreign] {
        let away = match away.take() {
            Some(away) => away,
            None => scene.begin().await,
        };
        let answer = json!({ "access_token": "access", "id_token": token });
        scene.world.idps.answer(&format!("{IDP}/token"), 200, &answer);
        assert_eq!(refused(&browser::away(&away.back().await)).as_deref(), Some(description));
    }
    assert_eq!(scene.users().await, 0);
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
