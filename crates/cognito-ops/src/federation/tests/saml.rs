//! Sign-ins at SAML providers of a test, and what may not pass for one: O22 of the security cases in the wiring. What a
//! response must say by itself is tested in `cognito-saml`.

use std::sync::LazyLock;

use cognito_core::saml::{entity_id, request_id};
use cognito_saml::testing::{Answer as Said, IdentityProvider};
use openssl::base64::encode_block;

use super::*;

mod metadata;
mod unasked;

static CORP: LazyLock<IdentityProvider> = LazyLock::new(|| IdentityProvider::new("https://corp").unwrap());
static OTHER: LazyLock<IdentityProvider> = LazyLock::new(|| IdentityProvider::new("https://other").unwrap());

const CONSUMER: &str = "http://localhost:4566/saml2/idpresponse";

/// A pool that trusts the SAML providers `Corp` and `Other`, with a client for them.
async fn scene(details: Value) -> Scene {
    let world = World::new().await;
    let pool = world.pool(json!({})).await;
    for (name, idp) in [("Corp", &CORP), ("Other", &OTHER)] {
        add(&world, &pool, name, idp, details.clone()).await;
    }
    let client = Scene::client(&world, &pool, &["Corp", "Other"]).await;
    Scene { world, pool, client }
}

async fn add(world: &World, pool: &str, name: &str, idp: &IdentityProvider, details: Value) {
    let host: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let metadata = json!({ "MetadataFile": idp.metadata(&format!("https://{host}.example")) });
    let provider = json!({
        "UserPoolId": pool, "ProviderName": name, "ProviderType": "SAML",
        "ProviderDetails": merged(metadata, details), "AttributeMapping": { "email": "mail" },
    });
    world.ok("CreateIdentityProvider", provider).await;
}

async fn away<'a>(scene: &'a Scene, provider: &str) -> Away<'a> {
    let mut browser = Browser::new(&scene.world);
    let query = scene.authorize(&format!("&identity_provider={provider}"));
    let location = browser::away(&browser.get(Endpoint::Authorize, &query).await);
    Away { browser, location }
}

/// What a provider says of alice when it is asked with this RelayState; none asks with an empty one.
fn said(scene: &Scene, state: &str) -> Said {
    Said {
        request_id: (!state.is_empty()).then(|| request_id(state)),
        audience: entity_id(&scene.pool),
        recipient: CONSUMER.to_owned(),
        assertion_id: "_a1".to_owned(),
        name_id: "alice".to_owned(),
        attributes: vec![("mail".to_owned(), vec!["alice@example.com".to_owned()])],
        now: scene.world.now().seconds(),
    }
}

async fn post(browser: &mut Browser<'_>, response: &str, state: &str) -> Answer {
    let form = [("SAMLResponse", response), ("RelayState", state), ("again", "true")];
    browser.post(Endpoint::SamlResponse, "", &form).await
}

fn lost(answer: &Answer) {
    assert_eq!(ours(answer), "error?error=invalid_request");
}

impl Away<'_> {
    /// Goes on with a response; gives where the browser ends.
    async fn with(mut self, response: &str) -> String {
        let state = self.asked("RelayState");
        browser::away(&post(&mut self.browser, response, &state).await)
    }
}

#[tokio::test]
async fn who_is_asked_for_signs_in() {
    let scene = scene(json!({})).await;
    let mut away = away(&scene, "Corp").await;
    assert!(away.location.starts_with("https://Corp.example/sso?SAMLRequest="), "{}", away.location);
    let state = away.asked("RelayState");
    let response = CORP.respond(&said(&scene, &state)).unwrap();
    // The provider's page posts without our cookies: a page of ours brings them, once.
    let form = [("SAMLResponse", response.as_str()), ("RelayState", state.as_str())];
    let page = Browser::new(&scene.world).post(Endpoint::SamlResponse, "", &form).await;
    let browser::Content::Post { action, fields, .. } = page.content else { panic!("{page:?}") };
    assert_eq!(action, "idpresponse");
    let again: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(again, [&form[..], &[("again", "true")]].concat());
    lost(&Browser::new(&scene.world).post(Endpoint::SamlResponse, "", &again).await);
    let location = browser::away(&away.browser.post(Endpoint::SamlResponse, "", &again).await);
    let id = claims(&scene.tokens(&location).await["id_token"]);
    assert_eq!((&id["cognito:username"], &id["email"]), (&json!("Corp_alice"), &json!("alice@example.com")));
    assert_eq!(id["identities"][0]["issuer"], "https://corp");
    assert_eq!(scene.user("Corp_alice").await["UserStatus"], "EXTERNAL_PROVIDER");
}

/// Login CSRF: nobody signs a browser in with a response that it did not ask for.
#[tokio::test]
async fn a_response_belongs_to_one_browser() {
    let scene = scene(json!({})).await;
    let (mut attacker, mut victim) = (away(&scene, "Corp").await, away(&scene, "Corp").await);
    let (own, other) = (attacker.asked("RelayState"), victim.asked("RelayState"));
    let response = CORP.respond(&said(&scene, &own)).unwrap();
    for state in [own.as_str(), "", "x", &format!("{}.x", scene.pool), "us-east-1_None.x"] {
        if !state.is_empty() {
            lost(&post(&mut victim.browser, &response, state).await);
            lost(&post(&mut Browser::new(&scene.world), &response, state).await);
        }
    }
    lost(&victim.browser.post(Endpoint::SamlResponse, "", &[("SAMLResponse", &response)]).await);
    lost(&victim.browser.post(Endpoint::SamlResponse, "", &[("RelayState", &other)]).await);
    // With its own state, but to the request of another browser.
    let refusal = refused(&browser::away(&post(&mut victim.browser, &response, &other).await));
    let expected = "Invalid SAML response received: the message does not answer the request that was made";
    assert_eq!(refusal.as_deref(), Some(expected));
    assert_eq!(scene.users().await, 0);
    // Neither of them stopped the one whose response it is; a second time it is worth nothing.
    assert!(parameter(&browser::away(&post(&mut attacker.browser, &response, &own).await), "code").is_some());
    lost(&post(&mut attacker.browser, &response, &own).await);
    let expected = "Invalid SAML response received: the message does not answer the request that was made";
    assert_eq!(refused(&away(&scene, "Corp").await.with(&response).await).as_deref(), Some(expected));
}

#[tokio::test]
async fn five_minutes_and_a_provider_that_is_still_there() {
    let scene = scene(json!({})).await;
    let mut late = away(&scene, "Corp").await;
    let state = late.asked("RelayState");
    scene.world.advance(Span::minutes(5));
    lost(&post(&mut late.browser, &CORP.respond(&said(&scene, &state)).unwrap(), &state).await);
    // The client, or the pool, has given the provider up meanwhile.
    for operation in ["UpdateUserPoolClient", "DeleteIdentityProvider"] {
        let away = away(&scene, "Corp").await;
        let which = json!({ "UserPoolId": scene.pool, "ProviderName": "Corp" });
        let client = json!({
            "UserPoolId": scene.pool, "ClientId": scene.client, "SupportedIdentityProviders": ["Other"],
            "CallbackURLs": [CALLBACK], "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"],
        });
        let (gone, back) = match operation {
            "UpdateUserPoolClient" => (client.clone(), json!(["Corp", "Other"])),
            _ => (which, json!(["Other"])),
        };
        scene.world.ok(operation, gone).await;
        let response = CORP.respond(&said(&scene, &away.asked("RelayState"))).unwrap();
        let expected = "Login option is not available. Please try another one";
        assert_eq!(refused(&away.with(&response).await).as_deref(), Some(expected), "{operation}");
        let restored = merged(client, json!({ "SupportedIdentityProviders": back }));
        scene.world.ok("UpdateUserPoolClient", restored).await;
    }
}

/// What a response must be, each time with one thing wrong. Nobody comes into being by any of them.
#[tokio::test]
async fn responses_that_are_not_good() {
    let scene = scene(json!({})).await;
    let check = async |case: &str, respond: &dyn Fn(Said) -> String, reason: &str| {
        let away = away(&scene, "Corp").await;
        let response = respond(said(&scene, &away.asked("RelayState")));
        let expected = format!("Invalid SAML response received: {reason}");
        assert_eq!(refused(&away.with(&response).await), Some(expected), "{case}");
    };
    let signed = |said: Said| CORP.respond(&said).unwrap();
    let time = "the message is not valid at this time";
    check("expired", &|said| signed(Said { now: said.now - 400, ..said }), time).await;
    check("from the future", &|said| signed(Said { now: said.now + 400, ..said }), time).await;
    let other_pool = |said| signed(Said { audience: entity_id("us-east-1_Other"), ..said });
    check("for another pool", &other_pool, "the audience is another").await;
    let recipient = "the destination or the recipient is another";
    let elsewhere = |said: Said| Said { recipient: "https://evil.example/acs".to_owned(), ..said };
    check("to another consumer", &|said| signed(elsewhere(said)), recipient).await;
    let inside = |outer: &Said, inner: &Said| {
        encode_block(CORP.response(outer, &CORP.sign(&CORP.assertion(inner)).unwrap()).as_bytes())
    };
    check("to another destination", &|said| inside(&elsewhere(said.clone()), &said), recipient).await;
    check("to another recipient", &|said| inside(&said, &elsewhere(said.clone())), recipient).await;
    let unasked = "the message does not answer the request that was made";
    check("unasked", &|said| signed(Said { request_id: None, ..said }), unasked).await;
    let half = |said: Said| inside(&said, &Said { request_id: None, ..said.clone() });
    check("unasked inside", &half, unasked).await;
    let bare = |said: Said| encode_block(CORP.response(&said, &CORP.assertion(&said)).as_bytes());
    check("unsigned", &bare, "nothing that is signed").await;
    check(
        "another provider of the pool",
        &|said| OTHER.respond(&said).unwrap(),
        "the issuer is not the entity of the metadata",
    )
    .await;
    let mixed = |name: &IdentityProvider, key: &IdentityProvider| {
        let idp = IdentityProvider { entity_id: name.entity_id.clone(), key: key.key.clone() };
        move |said: Said| idp.respond(&said).unwrap()
    };
    check("a provider in the name of another", &mixed(&CORP, &OTHER), "the signature is invalid").await;
    check("one key, two names", &mixed(&OTHER, &CORP), "the issuer is not the entity of the metadata").await;
    let forged = |said: Said| {
        let text = String::from_utf8(openssl::base64::decode_block(&signed(said)).unwrap()).unwrap();
        encode_block(text.replace(">alice<", ">admin<").as_bytes())
    };
    check("changed", &forged, "the signature is invalid").await;
    let certificate = certificate(&scene).await;
    let hidden = |said: Said| CORP.respond_encrypted(&said, &certificate).unwrap();
    let encrypted = "the assertion is encrypted and should not be, or the other way round";
    check("encrypted", &hidden, encrypted).await;
    check("no response", &|_| "x".to_owned(), "the message is not base64 of UTF-8 text").await;
    assert_eq!(scene.users().await, 0);
}

/// The certificate of the pool, as XML carries it.
async fn certificate(scene: &Scene) -> String {
    let answer = scene.world.ok("GetSigningCertificate", json!({ "UserPoolId": scene.pool })).await;
    let pem = text(&answer["Certificate"]);
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[tokio::test]
async fn assertions_are_encrypted_where_they_must_be() {
    let scene = scene(json!({ "EncryptedResponses": "true" })).await;
    let (plain, encrypted) = (away(&scene, "Corp").await, away(&scene, "Corp").await);
    let response = CORP.respond(&said(&scene, &plain.asked("RelayState"))).unwrap();
    assert!(refused(&plain.with(&response).await).is_some());
    let said = said(&scene, &encrypted.asked("RelayState"));
    let response = CORP.respond_encrypted(&said, &certificate(&scene).await).unwrap();
    assert!(parameter(&encrypted.with(&response).await, "code").is_some());
}

/// Who is to sign in anew is told so to the provider; here by a form, which is all that it takes.
#[tokio::test]
async fn a_new_sign_in_is_asked_for() {
    let mut scene = scene(json!({})).await;
    let metadata = CORP.metadata("https://corp.example").replace("HTTP-Redirect", "SOAP");
    let provider = json!({
        "UserPoolId": scene.pool, "ProviderName": "Form", "ProviderType": "SAML",
        "ProviderDetails": { "MetadataFile": metadata, "RequestSigningAlgorithm": "rsa-sha256" },
    });
    scene.world.ok("CreateIdentityProvider", provider).await;
    scene.client = Scene::client(&scene.world, &scene.pool, &["Form"]).await;
    for (more, forced) in [("", false), ("&max_age=60", false), ("&max_age=0", true), ("&prompt=login", true)]
    {
        let page = Browser::new(&scene.world).get(Endpoint::Authorize, &scene.authorize(more)).await;
        let browser::Content::Post { action, fields, .. } = page.content else { panic!("{page:?}") };
        assert_eq!(action, "https://corp.example/sso/post");
        let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["SAMLRequest", "RelayState"]);
        let request = String::from_utf8(openssl::base64::decode_block(&fields[0].1).unwrap()).unwrap();
        assert_eq!(request.contains("ForceAuthn=\"true\""), forced, "{more}");
        assert!(request.contains("<ds:SignatureValue>"), "{request}");
    }
}

/// Two browsers of one user who was never here, at once: one user. One browser twice at once: one code.
#[tokio::test]
async fn at_once() {
    let scene = scene(json!({})).await;
    let (one, other) = (away(&scene, "Corp").await, away(&scene, "Corp").await);
    let respond = |away: &Away<'_>, id: &str| {
        let said = said(&scene, &away.asked("RelayState"));
        CORP.respond(&Said { assertion_id: id.to_owned(), ..said }).unwrap()
    };
    let (first, second) = (respond(&one, "_1"), respond(&other, "_2"));
    let locations = tokio::join!(one.with(&first), other.with(&second));
    for location in [locations.0, locations.1] {
        assert!(parameter(&location, "code").is_some(), "{location}");
    }
    assert_eq!(scene.users().await, 1);
    let mut away = away(&scene, "Corp").await;
    let (response, state) = (respond(&away, "_3"), away.asked("RelayState"));
    let mut twin = Browser::new(&scene.world);
    twin.cookies.clone_from(&away.browser.cookies);
    let answers =
        tokio::join!(post(&mut away.browser, &response, &state), post(&mut twin, &response, &state));
    let codes = [answers.0, answers.1].into_iter().filter(|answer| match &answer.content {
        browser::Content::Away(location) => parameter(location, "code").is_some(),
        _ => false,
    });
    assert_eq!(codes.count(), 1);
}

/// What the model lets a provider be called, and a provider a user.
#[tokio::test]
async fn odd_names() {
    let mut scene = scene(json!({})).await;
    let (provider, subject) = ("A/b%2F&<é>'\"=", "x/../y&<é>\"'%00=");
    add(&scene.world, &scene.pool, provider, &CORP, json!({})).await;
    scene.client = Scene::client(&scene.world, &scene.pool, &[provider]).await;
    let mut browser = Browser::new(&scene.world);
    let location = browser::away(&browser.get(Endpoint::Authorize, &scene.authorize("")).await);
    let away = Away { browser, location };
    let said = Said { name_id: subject.to_owned(), ..said(&scene, &away.asked("RelayState")) };
    let tokens = scene.tokens(&away.with(&CORP.respond(&said).unwrap()).await).await;
    let id = claims(&tokens["id_token"]);
    assert_eq!(id["cognito:username"], format!("{provider}_{subject}"));
    assert_eq!(id["cognito:groups"], json!([format!("{}_{provider}", scene.pool)]));
    assert_eq!(
        (&id["identities"][0]["providerName"], &id["identities"][0]["userId"]),
        (&json!(provider), &json!(subject))
    );
}
