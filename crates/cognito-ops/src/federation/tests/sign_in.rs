//! What identity providers say, and what becomes of it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};

use super::*;

#[tokio::test]
async fn the_first_and_the_second_sign_in() {
    let mapping = json!({ "email": "email", "name": "full_name" });
    let scene = Scene::new(json!({}), mapping).await;
    let info = json!({ "sub": "u1", "email": "a@example.com", "full_name": "Alice" });
    let location = scene.sign_in(json!({}), info).await;
    let tokens = scene.tokens(&location).await;
    let id = claims(&tokens["id_token"]);
    assert_eq!((&id["cognito:username"], &id["email"]), (&json!("Okta_u1"), &json!("a@example.com")));
    assert_eq!(id["email_verified"], json!(false));
    assert_eq!(id["cognito:groups"], json!([format!("{}_Okta", scene.pool)]));
    let user = scene.user("Okta_u1").await;
    assert_eq!(user["UserStatus"], "EXTERNAL_PROVIDER");
    let attributes = attribute_map(&user["UserAttributes"]);
    let identities: Value = serde_json::from_str(&text(&attributes["identities"])).unwrap();
    assert_eq!(
        identities,
        json!([{
            "userId": "u1", "providerName": "Okta", "providerType": "OIDC", "issuer": null, "primary": true,
            "dateCreated": scene.world.now().0,
        }])
    );
    // Claims that are missing leave the old value.
    scene.world.advance(Span::minutes(1));
    let asked = |url: &str| {
        let requests = scene.world.idps.requests();
        requests.iter().filter(|request| request.url == format!("{IDP}{url}")).count()
    };
    assert_eq!(asked("/jwks"), 1);
    let location = scene.sign_in(json!({}), json!({ "sub": "u1", "email": "b@example.com" })).await;
    assert!(parameter(&location, "code").is_some(), "{location}");
    assert_eq!(asked("/jwks"), 0, "keys are kept");
    let again = scene.user("Okta_u1").await;
    let attributes = attribute_map(&again["UserAttributes"]);
    assert_eq!((&attributes["email"], &attributes["name"]), (&json!("b@example.com"), &json!("Alice")));
    assert_eq!((again["UserCreateDate"].clone(), scene.users().await), (user["UserCreateDate"].clone(), 1));
}

#[tokio::test]
async fn what_the_provider_is_asked() {
    let scene = Scene::new(json!({}), json!({ "email": "email" })).await;
    let mut browser = Browser::new(&scene.world);
    let hints = "&idp_identifier=example.com&login_hint=al&prompt=login&max_age=60";
    let location = browser::away(&browser.get(Endpoint::Authorize, &scene.authorize(hints)).await);
    let away = Away { browser, location };
    assert!(away.location.starts_with(&format!("{IDP}/auth?")), "{}", away.location);
    for (name, expected) in [
        ("client_id", "us"),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("redirect_uri", "http://localhost:4566/oauth2/idpresponse"),
        ("login_hint", "al"),
        ("prompt", "login"),
        ("max_age", "60"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(away.asked(name), expected);
    }
    let challenge = away.asked("code_challenge");
    scene.provide(&scene.claims(&away, json!({})), &json!({ "sub": "u1" }));
    browser::away(&away.back().await);
    let requests = scene.world.idps.requests();
    let urls: Vec<_> = requests.iter().map(|request| request.url.trim_start_matches(IDP)).collect();
    assert_eq!(urls, ["/token", "/jwks", "/me"]);
    let form: Map<String, Value> =
        requests[0].form.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    assert_eq!((&form["client_secret"], &form["code"]), (&json!("secret"), &json!("c")));
    assert!(cognito_core::oauth::pkce::proves(&text(&form["code_verifier"]), &challenge));
    assert_eq!(requests[2].bearer.as_deref(), Some("access"));
}

/// A provider may sign with a curve as well.
#[tokio::test]
async fn id_tokens_of_another_algorithm() {
    let scene = Scene::new(json!({}), json!({})).await;
    let key = p256();
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = BigNumContext::new().unwrap();
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context).unwrap();
    let coordinate = |n: &BigNum| URL_SAFE_NO_PAD.encode(n.to_vec_padded(32).unwrap());
    let jwk =
        json!({ "kty": "EC", "crv": "P-256", "kid": "curve", "x": coordinate(&x), "y": coordinate(&y) });
    scene.world.idps.answer(&format!("{IDP}/jwks"), 200, &json!({ "keys": [jwk] }));
    let away = scene.begin().await;
    let claims = scene.claims(&away, json!({}));
    scene.provide(&claims, &json!({ "sub": "u1" }));
    let id = cognito_jwt::sign_es256(&pkcs8(&key), "curve", claims.as_object().unwrap()).unwrap();
    let answer = json!({ "access_token": "access", "id_token": id });
    scene.world.idps.answer(&format!("{IDP}/token"), 200, &answer);
    let location = browser::away(&away.back().await);
    assert!(parameter(&location, "code").is_some(), "{location}");
}

#[tokio::test]
async fn linked_users_sign_in_as_themselves() {
    let scene = Scene::new(json!({}), json!({ "email": "mail" })).await;
    let (world, pool) = (&scene.world, &scene.pool);
    world.user(pool, "alice", "Abcdef1!").await;
    world.user(pool, "bob", "Abcdef1!").await;
    let link = |user: &str, attribute: &str, value: &str| {
        json!({
            "UserPoolId": pool,
            "DestinationUser": { "ProviderName": "Cognito", "ProviderAttributeValue": user },
            "SourceUser": {
                "ProviderName": "Okta", "ProviderAttributeName": attribute, "ProviderAttributeValue": value,
            },
        })
    };
    world.ok("AdminLinkProviderForUser", link("alice", "Cognito_Subject", "u1")).await;
    world.ok("AdminLinkProviderForUser", link("bob", "email", "b@example.com")).await;
    let who = async |sub: &str, mail: &str| {
        let location = scene.sign_in(json!({ "sub": sub }), json!({ "sub": sub, "mail": mail })).await;
        let tokens = scene.tokens(&location).await;
        text(&claims(&tokens["id_token"])["cognito:username"])
    };
    assert_eq!(who("u1", "a@example.com").await, "alice");
    assert_eq!(who("u2", "b@example.com").await, "bob");
    // From now on the subject names bob, whatever the address is.
    assert_eq!(who("u2", "new@example.com").await, "bob");
    assert_eq!(who("u3", "b@example.com").await, "Okta_u3");
    let user = json!({
        "ProviderName": "Okta", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "u2",
    });
    world.ok("AdminDisableProviderForUser", json!({ "UserPoolId": pool, "User": user })).await;
    assert_eq!(who("u2", "new@example.com").await, "Okta_u2");
    let late = world.fails("AdminLinkProviderForUser", link("alice", "Cognito_Subject", "u3")).await;
    assert_eq!(
        late,
        "InvalidParameterException: Merging is not currently supported, provide a SourceUser that has not been signed \
         up in order to link"
    );
}

/// What many pools have PreSignUp for: it links the identity with the user who has the address. That user signs in.
#[tokio::test]
async fn a_function_links_the_first_sign_in() {
    let lambda = json!({ "LambdaConfig": { "PreSignUp": arn("PreSignUp") } });
    let scene = Arc::new(Scene::new(lambda, json!({ "email": "email" })).await);
    let linker = Arc::clone(&scene);
    scene.world.functions.answer(&arn("PreSignUp"), move |event| {
        if event["triggerSource"] == "PreSignUp_ExternalProvider" {
            let link = json!({
                "UserPoolId": linker.pool,
                "DestinationUser": { "ProviderName": "Cognito", "ProviderAttributeValue": "alice" },
                "SourceUser": {
                    "ProviderName": "Okta", "ProviderAttributeName": "Cognito_Subject",
                    "ProviderAttributeValue": text(&event["userName"]).replace("Okta_", ""),
                },
            });
            linker.world.at_once("AdminLinkProviderForUser", vec![link]).remove(0).unwrap();
        }
        Ok(merged(event, json!({ "response": {} })))
    });
    scene.world.user(&scene.pool, "alice", "Abcdef1!").await;
    let own = claims(&scene.world.sign_in(&scene.client, "alice", "Abcdef1!").await["IdToken"]);
    for address in ["a@example.com", "b@example.com"] {
        let location = scene.sign_in(json!({}), json!({ "sub": "u1", "email": address })).await;
        let id = claims(&scene.tokens(&location).await["id_token"]);
        assert_eq!((&id["cognito:username"], &id["sub"]), (&json!("alice"), &own["sub"]));
        assert_eq!((&id["email"], &id["identities"][0]["userId"]), (&json!(address), &json!("u1")));
        assert_eq!(id["identities"][0]["primary"], "false");
    }
    assert_eq!(scene.users().await, 1);
    scene.world.sign_in(&scene.client, "alice", "Abcdef1!").await;
}

#[tokio::test]
async fn what_the_app_is_told() {
    let schema = json!({ "Schema": [
        { "Name": "email", "Required": true, "Mutable": true },
        { "Name": "badge", "AttributeDataType": "String", "Mutable": false },
    ] });
    let scene = Scene::new(schema, json!({ "email": "mail", "custom:badge": "badge" })).await;
    let missing = scene.sign_in(json!({}), json!({ "sub": "u1" })).await;
    assert_eq!(refused(&missing).as_deref(), Some("attributes required: [email]"));
    assert!(
        missing.contains("error_description=attributes+required%3A+%5Bemail%5D&state=s&error="),
        "{missing}"
    );
    let badge = json!({ "sub": "u1", "mail": "a@example.com", "badge": "7" });
    assert!(parameter(&scene.sign_in(json!({}), badge.clone()).await, "code").is_some());
    let again = scene.sign_in(json!({}), badge).await;
    assert_eq!(refused(&again).as_deref(), Some("user.custom:badge: Attribute cannot be updated.\n"));
    let mut away = scene.begin().await;
    let said = format!("error=access_denied&error_description=No+way&state={}", away.asked("state"));
    assert_eq!(
        refused(&browser::away(&away.browser.get(Endpoint::IdpResponse, &said).await)).as_deref(),
        Some("No way")
    );
    let disable = json!({ "UserPoolId": scene.pool, "Username": "Okta_u1" });
    scene.world.ok("AdminDisableUser", disable).await;
    let disabled = scene.sign_in(json!({}), json!({ "sub": "u1", "mail": "a@example.com" })).await;
    assert_eq!(refused(&disabled).as_deref(), Some("User is disabled."));
    scene.world.idps.answer(&format!("{IDP}/token"), 400, &json!({ "error": "invalid_grant" }));
    let code = browser::away(&scene.begin().await.back().await);
    assert_eq!(refused(&code).as_deref(), Some("Exception processing authorization code"));
}

#[tokio::test]
async fn triggers_at_the_first_and_at_later_sign_ins() {
    let all =
        ["InboundFederation", "PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication"];
    let mut lambda: Map<String, Value> =
        all[1..].iter().map(|name| ((*name).to_owned(), json!(arn(name)))).collect();
    lambda.insert(
        "InboundFederation".to_owned(),
        json!({ "LambdaVersion": "V1_0", "LambdaArn": arn("InboundFederation") }),
    );
    let scene =
        Scene::new(json!({ "LambdaConfig": lambda }), json!({ "email": "email", "name": "name" })).await;
    for name in all {
        scene.world.functions.respond(name, json!({}));
    }
    let changed = json!({ "userAttributesToMap": { "email": "new@example.com" } });
    scene.world.functions.respond("InboundFederation", changed);
    scene.world.functions.respond("PreSignUp", json!({ "autoVerifyEmail": true }));
    let info = json!({ "sub": "u1", "email": "a@example.com", "name": "Alice" });
    let sources = || -> Vec<String> {
        let events = scene.world.functions.events();
        events.iter().map(|event| text(&event["triggerSource"])).collect()
    };
    scene.sign_in(json!({}), info.clone()).await;
    let events = scene.world.functions.events();
    let order: Vec<_> = events.iter().map(|event| text(&event["triggerSource"])).collect();
    assert_eq!(
        order,
        [
            "InboundFederation_ExternalProvider",
            "PreSignUp_ExternalProvider",
            "PostConfirmation_ConfirmSignUp"
        ]
    );
    let request = &events[0]["request"];
    assert_eq!((&request["providerName"], &request["providerType"]), (&json!("Okta"), &json!("OIDC")));
    assert_eq!(request["attributes"]["userInfo"], info);
    assert_eq!(request["attributes"]["tokenResponse"]["access_token"], "access");
    assert_eq!(events[1]["userName"], "Okta_u1");
    let attributes = attribute_map(&scene.user("Okta_u1").await["UserAttributes"]);
    assert_eq!((&attributes["email"], attributes.get("name")), (&json!("new@example.com"), None));
    assert_eq!(attributes["email_verified"], "true");
    let seen = sources().len();
    scene.sign_in(json!({}), info.clone()).await;
    assert_eq!(
        sources()[seen..],
        [
            "InboundFederation_ExternalProvider",
            "PreAuthentication_Authentication",
            "PostAuthentication_Authentication"
        ]
    );
    let refuse = |_| Err(InvokeError::Function("Not today".to_owned()));
    scene.world.functions.answer(&arn("PreAuthentication"), refuse);
    let location = scene.sign_in(json!({}), info).await;
    assert_eq!(refused(&location).as_deref(), Some("PreAuthentication failed with error Not today. "));
}

/// PreTokenGeneration sees a user of a provider, and what it says stands in the tokens.
#[tokio::test]
async fn claims_that_a_function_adds() {
    let lambda = json!({ "LambdaConfig": { "PreTokenGeneration": arn("PreTokenGeneration") } });
    let scene = Scene::new(lambda, json!({ "email": "email" })).await;
    let details = json!({ "claimsOverrideDetails": {
        "claimsToAddOrOverride": { "team": "blue" }, "groupOverrideDetails": { "groupsToOverride": ["blue"] },
    } });
    scene.world.functions.respond("PreTokenGeneration", details);
    let location = scene.sign_in(json!({}), json!({ "sub": "u1", "email": "a@example.com" })).await;
    assert!(scene.world.functions.events().is_empty(), "the tokens are not there yet");
    let tokens = scene.tokens(&location).await;
    let (id, access) = (claims(&tokens["id_token"]), claims(&tokens["access_token"]));
    assert_eq!((&id["team"], &id["cognito:groups"]), (&json!("blue"), &json!(["blue"])));
    assert_eq!(access["cognito:groups"], json!(["blue"]));
    let event = scene.world.functions.events().pop().unwrap();
    assert_eq!(
        (&event["triggerSource"], &event["userName"]),
        (&json!("TokenGeneration_HostedAuth"), &json!("Okta_u1"))
    );
    let attributes = &event["request"]["userAttributes"];
    assert_eq!(attributes["cognito:user_status"], "EXTERNAL_PROVIDER");
    let identities: Value = serde_json::from_str(&text(&attributes["identities"])).unwrap();
    assert_eq!(identities[0]["userId"], "u1");
    let groups = &event["request"]["groupConfiguration"]["groupsToOverride"];
    assert_eq!(*groups, json!([format!("{}_Okta", scene.pool)]));
    // A function that refuses spoils the code.
    let refuse = |_| Err(InvokeError::Function("Not today".to_owned()));
    scene.world.functions.answer(&arn("PreTokenGeneration"), refuse);
    let location = scene.sign_in(json!({}), json!({ "sub": "u1" })).await;
    assert_eq!(scene.tokens(&location).await["error"], "invalid_grant");
}

#[tokio::test]
async fn providers_that_a_client_does_not_offer() {
    let mut scene = Scene::new(json!({}), json!({})).await;
    let unknown = scene.authorize("&identity_provider=Google");
    let location = browser::away(&Browser::new(&scene.world).get(Endpoint::Authorize, &unknown).await);
    assert!(refused(&location).is_some());
    let page = ours(
        &Browser::new(&scene.world)
            .get(Endpoint::Authorize, &scene.authorize("&identity_provider=COGNITO"))
            .await,
    );
    assert!(page.starts_with("login?"), "{page}");
    assert!(
        ours(&Browser::new(&scene.world).get(Endpoint::Authorize, &scene.authorize("")).await)
            .starts_with("login?")
    );
    // With a single provider there is nothing to choose.
    scene.client = Scene::client(&scene.world, &scene.pool, &["Okta"]).await;
    let location =
        browser::away(&Browser::new(&scene.world).get(Endpoint::Authorize, &scene.authorize("")).await);
    assert!(location.starts_with(IDP), "{location}");
    scene.client = Scene::client(&scene.world, &scene.pool, &["COGNITO"]).await;
    let location = browser::away(
        &Browser::new(&scene.world)
            .get(Endpoint::Authorize, &scene.authorize("&identity_provider=Okta"))
            .await,
    );
    assert!(refused(&location).is_some());
}

#[tokio::test]
async fn subjects_keep_their_case_where_names_have_none() {
    let insensitive = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
    let scene = Scene::new(insensitive, json!({})).await;
    let sign_in = async |sub: &str| scene.sign_in(json!({ "sub": sub }), json!({ "sub": sub })).await;
    let tokens = scene.tokens(&sign_in("AbC").await).await;
    assert_eq!(claims(&tokens["id_token"])["cognito:username"], "okta_AbC");
    // Another user of the provider, whose name cannot be told apart, is not let in as the first one.
    assert_eq!(refused(&sign_in("abc").await).as_deref(), Some("Already found an entry for username"));
    assert_eq!(scene.users().await, 1);
}

#[tokio::test]
async fn forms_of_apple_come_back_by_a_redirect_of_our_own() {
    let scene = Scene::new(json!({}), json!({})).await;
    let away = scene.begin().await;
    scene.provide(&scene.claims(&away, json!({})), &json!({ "sub": "u1" }));
    let state = away.asked("state");
    let mut browser = away.browser;
    // The form comes from another origin: no cookie of ours goes along.
    let form = [("code", "c"), ("state", state.as_str())];
    let location = ours(&Browser::new(&scene.world).post(Endpoint::IdpResponse, "", &form).await);
    assert_eq!(location, format!("oauth2/idpresponse?code=c&state={state}"));
    let location = browser::away(
        &browser.get(Endpoint::IdpResponse, location.trim_start_matches("oauth2/idpresponse?")).await,
    );
    assert!(parameter(&location, "code").is_some(), "{location}");
}

#[tokio::test]
async fn levels_are_translated_both_ways() {
    let scene = Scene::new(json!({}), json!({})).await;
    let levels = json!({
        "UserPoolId": scene.pool, "ProviderName": "Okta", "AcrMapping": { "Level2": "otp", "Level4": "phr" },
    });
    scene.world.ok("UpdateIdentityProvider", levels).await;
    let asked = scene.authorize("&identity_provider=Okta&acr_values=urn:cognito:loa:4+urn:cognito:loa:3+x");
    let location = browser::away(&Browser::new(&scene.world).get(Endpoint::Authorize, &asked).await);
    assert_eq!(parameter(&location, "acr_values").as_deref(), Some("phr"));
    for (told, level) in [("otp", json!("urn:cognito:loa:2")), ("unknown", json!("urn:cognito:loa:1"))] {
        let location = scene.sign_in(json!({ "acr": told }), json!({ "sub": "u1" })).await;
        let tokens = scene.tokens(&location).await;
        assert_eq!(claims(&tokens["access_token"])["acr"], level);
    }
}
