//! Sign-ins at identity providers of a test: what they say, what becomes of it, and what they may not say.

use cognito_core::Span;
use serde_json::{Map, Value, json};
use testkit::browser::{self, Browser, member as parameter, ours};
use testkit::functions::arn;
use testkit::world::{attribute_map, claims, merged, signing_keys, text};
use testkit::{Answer, Endpoint};
use testkit::{InvokeError, World};

const IDP: &str = "https://idp.example.com";
const CALLBACK: &str = "https://app.example.com/cb";

/// A pool that trusts `Okta`, with a client for it.
struct Scene {
    world: World,
    pool: String,
    client: String,
}

/// The way to the provider: what it is asked, and by whom.
struct Away<'a> {
    browser: Browser<'a>,
    location: String,
}

impl Scene {
    async fn new(pool: Value, mapping: Value) -> Self {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let details = json!({
            "client_id": "us", "client_secret": "secret", "authorize_scopes": "openid email",
            "attributes_request_method": "GET", "oidc_issuer": IDP, "authorize_url": format!("{IDP}/auth"),
            "token_url": format!("{IDP}/token"), "attributes_url": format!("{IDP}/me"),
            "jwks_uri": format!("{IDP}/jwks"),
        });
        let okta = json!({
            "UserPoolId": pool, "ProviderName": "Okta", "ProviderType": "OIDC", "ProviderDetails": details,
            "AttributeMapping": mapping, "IdpIdentifiers": ["example.com"],
        });
        world.ok("CreateIdentityProvider", okta).await;
        let key = &signing_keys()[3];
        world.idps.answer(&format!("{IDP}/jwks"), 200, &json!({ "keys": [key.public_jwk()] }));
        let client = Self::client(&world, &pool, &["COGNITO", "Okta"]).await;
        Self { world, pool, client }
    }

    async fn client(world: &World, pool: &str, providers: &[&str]) -> String {
        let settings = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email"], "CallbackURLs": [CALLBACK],
            "SupportedIdentityProviders": providers,
        });
        world.client(pool, settings).await
    }

    fn authorize(&self, more: &str) -> String {
        format!("response_type=code&client_id={}&redirect_uri={CALLBACK}&state=s{more}", self.client)
    }

    async fn begin(&self) -> Away<'_> {
        let mut browser = Browser::new(&self.world);
        let location = browser::away(
            &browser.get(Endpoint::Authorize, &self.authorize("&identity_provider=Okta")).await,
        );
        Away { browser, location }
    }

    /// The claims of a good ID token for this browser.
    fn claims(&self, away: &Away<'_>, more: Value) -> Value {
        let base = json!({
            "iss": IDP, "aud": "us", "sub": "u1", "nonce": away.nonce(),
            "exp": self.world.now().seconds() + 60,
        });
        merged(base, more)
    }

    /// Lets the provider answer so.
    fn provide(&self, claims: &Value, info: &Value) {
        self.world.idps.answer(&format!("{IDP}/token"), 200, &tokens(claims));
        self.world.idps.answer(&format!("{IDP}/me"), 200, info);
    }

    /// A whole sign-in; gives where the browser ends.
    async fn sign_in(&self, id: Value, info: Value) -> String {
        let away = self.begin().await;
        self.provide(&self.claims(&away, id), &info);
        browser::away(&away.back().await)
    }

    async fn user(&self, username: &str) -> Value {
        self.world.ok("AdminGetUser", json!({ "UserPoolId": self.pool, "Username": username })).await
    }

    async fn users(&self) -> usize {
        let users = self.world.ok("ListUsers", json!({ "UserPoolId": self.pool })).await;
        users["Users"].as_array().map_or(0, Vec::len)
    }

    /// The tokens for the code that the browser brings to the app.
    async fn tokens(&self, location: &str) -> Value {
        let code = parameter(location, "code").unwrap_or_else(|| panic!("no code: {location}"));
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client.as_str()),
            ("redirect_uri", CALLBACK),
            ("code", code.as_str()),
        ];
        browser::call(&self.world, Endpoint::Token, None, &fields).await.1
    }
}

impl Away<'_> {
    fn asked(&self, name: &str) -> String {
        parameter(&self.location, name).unwrap_or_else(|| panic!("no {name}: {}", self.location))
    }

    fn nonce(&self) -> String {
        self.asked("nonce")
    }

    async fn back(mut self) -> Answer {
        let state = self.asked("state");
        self.browser.get(Endpoint::IdpResponse, &format!("code=c&state={state}")).await
    }
}

fn tokens(claims: &Value) -> Value {
    let id = signing_keys()[3].sign(claims).unwrap();
    json!({ "access_token": "access", "id_token": id, "token_type": "Bearer" })
}

fn refused(location: &str) -> Option<String> {
    assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"), "{location}");
    assert_eq!(parameter(location, "state").as_deref(), Some("s"), "{location}");
    assert!(location.starts_with(CALLBACK), "{location}");
    parameter(location, "error_description")
}

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
    let location = scene.sign_in(json!({}), json!({ "sub": "u1", "email": "b@example.com" })).await;
    assert!(parameter(&location, "code").is_some(), "{location}");
    let again = scene.user("Okta_u1").await;
    let attributes = attribute_map(&again["UserAttributes"]);
    assert_eq!((&attributes["email"], &attributes["name"]), (&json!("b@example.com"), &json!("Alice")));
    assert_eq!((again["UserCreateDate"].clone(), scene.users().await), (user["UserCreateDate"].clone(), 1));
}

#[tokio::test]
async fn what_the_provider_is_asked() {
    let scene = Scene::new(json!({}), json!({ "email": "email" })).await;
    let mut browser = Browser::new(&scene.world);
    let hints = "&idp_identifier=example.com&login_hint=al&prompt=login";
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
