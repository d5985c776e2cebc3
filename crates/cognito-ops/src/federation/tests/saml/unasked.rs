//! What nobody asked for: sign-ins that a provider begins, and the answers to logout requests.

use super::*;

/// The client whose providers are Corp and Other, both of which may begin, asked by a RelayState of this query.
async fn unasked(scene: &Scene, relay_state: &str, said: &Said) -> Answer {
    post(&mut Browser::new(&scene.world), &CORP.respond(said).unwrap(), relay_state).await
}

#[tokio::test]
async fn a_provider_begins() {
    let scene = scene(json!({ "IDPInit": "true" })).await;
    let asked = scene.authorize("&identity_provider=Corp");
    let location = browser::away(&unasked(&scene, &asked, &said(&scene, "")).await);
    assert_eq!(claims(&scene.tokens(&location).await["id_token"])["cognito:username"], "Corp_alice");
    // The same again, by whatever name the provider is called.
    let expected = "Invalid SAML response received: the assertion was used before";
    add(&scene.world, &scene.pool, "Twin", &CORP, json!({ "IDPInit": "true" })).await;
    let client = Scene::client(&scene.world, &scene.pool, &["Twin"]).await;
    for (client, provider) in [(&scene.client, "Corp"), (&client, "Twin")] {
        let asked = asked.replace(&scene.client, client).replace("Corp", provider);
        let again = browser::away(&unasked(&scene, &asked, &said(&scene, "")).await);
        assert_eq!(refused(&again).as_deref(), Some(expected), "{provider}");
    }
    // Without a name, it is the one that has issued the response.
    let said = Said { assertion_id: "_a2".to_owned(), ..said(&scene, "") };
    let location = browser::away(&unasked(&scene, &scene.authorize(""), &said).await);
    assert!(parameter(&location, "code").is_some(), "{location}");
}

#[tokio::test]
async fn what_may_not_be_begun() {
    let scene = scene(json!({ "IDPInit": "true" })).await;
    let refusal =
        async |query: &str, said: Said| refused(&browser::away(&unasked(&scene, query, &said).await));
    let asked = scene.authorize("");
    let other = "Invalid SAML response received: the message does not answer the request that was made";
    let answering = Said { request_id: Some("_x".to_owned()), ..said(&scene, "") };
    assert_eq!(refusal(&asked, answering).await.as_deref(), Some(other));
    let late = Said { now: scene.world.now().seconds() - 361, ..said(&scene, "") };
    let time = "Invalid SAML response received: the message is not valid at this time";
    assert_eq!(refusal(&asked, late).await.as_deref(), Some(time));
    let issuer = "Invalid SAML response received: the issuer is not the entity of the metadata";
    let of_other = scene.authorize("&identity_provider=Other");
    assert_eq!(refusal(&of_other, said(&scene, "")).await.as_deref(), Some(issuer));
    let nobody = "Invalid samlResponse or relayState from identity provider";
    let unknown = scene.authorize("&identity_provider=None");
    assert_eq!(refusal(&unknown, said(&scene, "")).await.as_deref(), Some(nobody));
    assert_eq!(scene.users().await, 0);
}

/// RelayState is no open redirect: it is looked at as /oauth2/authorize would look at it.
#[tokio::test]
async fn relay_states() {
    let scene = scene(json!({ "IDPInit": "true" })).await;
    let foreign = World::pool(&scene.world, json!({})).await;
    for query in [
        scene.authorize("").replace(CALLBACK, "https://evil.example"),
        scene.authorize("").replace(CALLBACK, "//evil"),
        scene.authorize("&redirect_uri=https://evil.example"),
        scene.authorize("&client_id=other"),
        format!("client_id={}", scene.client),
        "client_id=none".to_owned(),
        CALLBACK.to_owned(),
        "https://evil.example".to_owned(),
    ] {
        lost(&unasked(&scene, &query, &said(&scene, "")).await);
    }
    // A request that is not in order is no sign-in either, although its redirect URI is good.
    lost(&unasked(&scene, &scene.authorize("&scope=unknown"), &said(&scene, "")).await);
    let mut browser = Browser::new(&scene.world);
    browser.at(&foreign, browser::views::LoginPages::Classic);
    lost(&post(&mut browser, &CORP.respond(&said(&scene, "")).unwrap(), &scene.authorize("")).await);
    assert_eq!(scene.users().await, 0);
}

#[tokio::test]
async fn only_where_it_is_allowed() {
    let nobody = "Invalid samlResponse or relayState from identity provider";
    let off = scene(json!({})).await;
    let location = browser::away(&unasked(&off, &off.authorize(""), &said(&off, "")).await);
    assert_eq!(refused(&location).as_deref(), Some(nobody));
    // A client that takes passwords too.
    let mut on = scene(json!({ "IDPInit": "true" })).await;
    on.client = Scene::client(&on.world, &on.pool, &["Corp", "COGNITO"]).await;
    let location = browser::away(&unasked(&on, &on.authorize(""), &said(&on, "")).await);
    assert_eq!(refused(&location).as_deref(), Some(nobody));
    assert_eq!(on.users().await, 0);
}

/// A pool with an app that signs out at `Corp` as well, and a browser that has signed in there.
async fn signed_in(scene: &Scene) -> (String, Browser<'_>) {
    let settings = json!({
        "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK], "LogoutURLs": ["https://app.example.com/bye"],
        "SupportedIdentityProviders": ["Corp"],
    });
    let client = scene.world.client(&scene.pool, settings).await;
    let mut browser = Browser::new(&scene.world);
    let query = scene.authorize("").replace(&scene.client, &client);
    let location = browser::away(&browser.get(Endpoint::Authorize, &query).await);
    let state = parameter(&location, "RelayState").unwrap();
    let said = Said { assertion_id: state.clone(), ..said(scene, &state) };
    browser::away(&post(&mut browser, &CORP.respond(&said).unwrap(), &state).await);
    (client, browser)
}

/// Begins a sign-out; gives the RelayState of the request to the provider.
async fn sign_out(browser: &mut Browser<'_>, query: &str) -> String {
    let location = browser::away(&browser.get(Endpoint::Logout, query).await);
    assert!(location.starts_with("https://Corp.example/slo?SAMLRequest="), "{location}");
    assert!(parameter(&location, "Signature").is_some(), "{location}");
    parameter(&location, "RelayState").unwrap()
}

async fn signed_out(scene: &Scene, response: &str, state: &str) -> Answer {
    let form = [("SAMLResponse", response), ("RelayState", state)];
    Browser::new(&scene.world).post(Endpoint::SamlLogout, "", &form).await
}

fn farewell(scene: &Scene, idp: &IdentityProvider, state: &str) -> String {
    let said = Said { recipient: "http://localhost:4566/saml2/logout".to_owned(), ..said(scene, state) };
    encode_block(idp.sign(&idp.logout_response(&said)).unwrap().as_bytes())
}

#[tokio::test]
async fn sign_outs() {
    let scene = scene(json!({ "IDPSignout": "true" })).await;
    let bye = "https://app.example.com/bye";
    let (client, mut browser) = signed_in(&scene).await;
    let kept = browser.cookies.clone();
    let state = sign_out(&mut browser, &format!("client_id={client}&logout_uri={bye}")).await;
    browser.cookies = kept;
    let query = scene.authorize("").replace(&scene.client, &client);
    assert!(browser::away(&browser.get(Endpoint::Authorize, &query).await).starts_with("https://Corp"));
    let good = farewell(&scene, &CORP, &state);
    for (response, state) in [
        (good.as_str(), "x"),
        (&good, &format!("{}.x", scene.pool)),
        (&farewell(&scene, &CORP, "other"), &state),
        (&farewell(&scene, &OTHER, &state), &state),
        (&encode_block(CORP.logout_response(&said(&scene, &state)).as_bytes()), &state),
        (&CORP.respond(&said(&scene, &state)).unwrap(), &state),
    ] {
        lost(&signed_out(&scene, response, state).await);
    }
    assert_eq!(browser::away(&signed_out(&scene, &good, &state).await), bye);
    lost(&signed_out(&scene, &good, &state).await);
    // The other form leads to a new sign-in afterwards.
    let (client, mut browser) = signed_in(&scene).await;
    let query = scene.authorize("").replace(&scene.client, &client);
    let state = sign_out(&mut browser, &query).await;
    let page = ours(&signed_out(&scene, &farewell(&scene, &CORP, &state), &state).await);
    assert!(page.starts_with("login?") && page.contains(&client), "{page}");
    // Who has not signed in, or whose provider takes no part, goes on at once.
    let logout = format!("client_id={client}&logout_uri={bye}");
    assert_eq!(browser::away(&browser.get(Endpoint::Logout, &logout).await), bye);
    let quiet = super::scene(json!({})).await;
    let (client, mut browser) = signed_in(&quiet).await;
    let logout = format!("client_id={client}&logout_uri={bye}");
    assert_eq!(browser::away(&browser.get(Endpoint::Logout, &logout).await), bye);
}
