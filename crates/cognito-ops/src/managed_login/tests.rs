//! The page flows, each from its first page to the app.

use serde_json::{Value, json};
use testkit::authenticator::Authenticator;
use testkit::browser::{
    Answer, Browser, Content, Endpoint, Parameters, away, member, ours, page, whole_page,
};
use testkit::functions::arn;
use testkit::totp::App;
use testkit::world::{attribute_map, merged};

use crate::oauth::testing::{CALLBACK, Scene};
use testkit::browser::views::{Asks, CodeSource, Factor, First, LoginPages, Notice, View};

const PASSWORD: &str = "Abcdef1!";

/// Opens the sign-in for its `_csrf`, and posts a form with it.
async fn post(browser: &mut Browser<'_>, endpoint: Endpoint, query: &str, form: &[(&str, &str)]) -> Answer {
    let csrf = browser.csrf(query).await;
    let form = [&[("_csrf", csrf.as_str())], form].concat();
    browser.submit(endpoint, query, &form).await
}

/// Answers the challenge that the browser was asked.
async fn step(browser: &mut Browser<'_>, form: &[(&str, &str)]) -> Answer {
    let query = browser.query.clone();
    post(browser, Endpoint::Challenge, &query, form).await
}

fn refused(answer: &Answer) -> String {
    match &whole_page(answer).notice {
        Some(Notice::Refused(text)) => text.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

fn is_signed_in(answer: &Answer) {
    let location = away(answer);
    assert!(location.starts_with(CALLBACK) && member(&location, "code").is_some(), "{location}");
}

async fn status(scene: &Scene, username: &str) -> Value {
    let which = json!({ "UserPoolId": scene.pool, "Username": username });
    scene.world.ok("AdminGetUser", which).await["UserStatus"].clone()
}

fn verified_email() -> Value {
    json!({ "AutoVerifiedAttributes": ["email"] })
}

#[tokio::test]
async fn a_visitor_signs_up_and_confirms() {
    let scene = Scene::with(verified_email(), json!({})).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let View::SignUp(view) = page(&browser.get(Endpoint::SignUp, &query).await).clone() else { panic!() };
    let fields: Vec<_> = view.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!((fields, view.needs_password), (vec!["email"], true));
    let form = [("username", "bob"), ("password", PASSWORD), ("userAttributes.email", "bob@example.com")];
    let weak = [("username", "bob"), ("password", "short"), ("userAttributes.email", "bob@example.com")];
    let answer = post(&mut browser, Endpoint::SignUp, &query, &weak).await;
    assert!(refused(&answer).starts_with("Password did not conform"), "{}", refused(&answer));
    let View::SignUp(kept) = page(&answer) else { panic!() };
    assert_eq!((kept.username.as_str(), kept.fields[0].value.as_str()), ("bob", "bob@example.com"));
    let answer = post(&mut browser, Endpoint::SignUp, &query, &form).await;
    assert_eq!(whole_page(&answer).notice, Some(Notice::CodeSent(Some("b***@e***".to_owned()))));
    assert!(matches!(page(&answer), View::Confirm { username } if username == "bob"));

    // The sign-in leads to the confirmation, and another code replaces the first.
    let answer = post(&mut browser, Endpoint::Login, &query, &form).await;
    assert!(matches!(page(&answer), View::Confirm { .. }));
    let first = scene.world.code(&scene.pool, "bob").await;
    let answer = post(&mut browser, Endpoint::ResendCode, &query, &[("username", "bob")]).await;
    assert!(matches!(&whole_page(&answer).notice, Some(Notice::CodeSent(Some(_)))));
    let code = scene.world.code(&scene.pool, "bob").await;
    assert_ne!(first, code);
    let wrong = [("username", "bob"), ("code", first.as_str())];
    let answer = post(&mut browser, Endpoint::Confirm, &query, &wrong).await;
    assert_eq!(refused(&answer), "Invalid verification code provided, please try again.");
    let right = [("username", "bob"), ("code", code.as_str())];
    let answer = post(&mut browser, Endpoint::Confirm, &query, &right).await;
    assert_eq!(whole_page(&answer).notice, Some(Notice::Confirmed));
    assert_eq!(status(&scene, "bob").await, "CONFIRMED");
    is_signed_in(&post(&mut browser, Endpoint::Login, &query, &form).await);
}

/// Where the app takes USER_AUTH, the code of the confirmation signs in.
#[tokio::test]
async fn a_confirmation_can_sign_in() {
    let client = json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH"], "GenerateSecret": true });
    let scene = Scene::with(verified_email(), client).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let form = [("username", "bob"), ("password", PASSWORD), ("userAttributes.email", "bob@example.com")];
    post(&mut browser, Endpoint::SignUp, &query, &form).await;
    let code = scene.world.code(&scene.pool, "bob").await;
    let right = [("username", "bob"), ("code", code.as_str())];
    is_signed_in(&post(&mut browser, Endpoint::Confirm, &query, &right).await);
}

/// P9: the link of a message works once.
#[tokio::test]
async fn a_link_confirms_once() {
    let template = json!({ "DefaultEmailOption": "CONFIRM_WITH_LINK" });
    let pool = merged(verified_email(), json!({ "VerificationMessageTemplate": template }));
    let scene = Scene::with(pool, json!({})).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let form = [("username", "bob"), ("password", PASSWORD), ("userAttributes.email", "bob@example.com")];
    post(&mut browser, Endpoint::SignUp, &query, &form).await;
    let code = scene.world.code(&scene.pool, "bob").await;
    let link = |code: &str| format!("client_id={}&user_name=bob&confirmation_code={code}", scene.client);
    let mut scanner = scene.browser();
    assert!(matches!(
        scanner.get(Endpoint::ConfirmUser, &link("000000")).await.content,
        Content::Page { status: 400, .. }
    ));
    let answer = scanner.get(Endpoint::ConfirmUser, &link(&code)).await;
    assert!(matches!(
        (page(&answer), &whole_page(&answer).notice),
        (View::Verified, Some(Notice::Confirmed))
    ));
    let again = scanner.get(Endpoint::ConfirmUser, &link(&code)).await;
    assert!(matches!(again.content, Content::Page { status: 400, .. }), "{}", refused(&again));
    assert!(matches!(page(&scanner.get(Endpoint::ConfirmUser, "client_id=x").await), View::Error));
    assert!(scanner.cookies.is_empty());
}

#[tokio::test]
async fn a_password_is_forgotten() {
    let scene = Scene::with(verified_email(), json!({})).await;
    let email =
        json!([{ "Name": "email", "Value": "a@example.com" }, { "Name": "email_verified", "Value": "true" }]);
    let update = json!({ "UserPoolId": scene.pool, "Username": "alice", "UserAttributes": email });
    scene.world.ok("AdminUpdateUserAttributes", update).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    assert!(matches!(
        page(&browser.get(Endpoint::ForgotPassword, &query).await),
        View::ForgotPassword { .. }
    ));
    let answer = post(&mut browser, Endpoint::ForgotPassword, &query, &[("username", "alice")]).await;
    assert!(matches!(page(&answer), View::ConfirmForgotPassword { .. }));
    let code = scene.world.code(&scene.pool, "alice").await;
    let mut form = [
        ("username", "alice"),
        ("code", &*code),
        ("new_password", "Ghijkl2?"),
        ("confirm_password", "other"),
    ];
    let answer = post(&mut browser, Endpoint::ConfirmForgotPassword, &query, &form).await;
    assert_eq!(whole_page(&answer).notice, Some(Notice::PasswordsDiffer));
    form[3].1 = "Ghijkl2?";
    let answer = post(&mut browser, Endpoint::ConfirmForgotPassword, &query, &form).await;
    assert_eq!(whole_page(&answer).notice, Some(Notice::PasswordChanged));
    let form = [("username", "alice"), ("password", "Ghijkl2?")];
    is_signed_in(&post(&mut browser, Endpoint::Login, &query, &form).await);
}

/// Where existence is hidden, every page says the same of one who is not there.
#[tokio::test]
async fn nobody_looks_like_somebody() {
    let client = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let scene = Scene::with(verified_email(), client).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    for username in ["alice", "nobody"] {
        let form = [("username", username), ("password", "wrong")];
        let answer = post(&mut browser, Endpoint::Login, &query, &form).await;
        assert_eq!(refused(&answer), "Incorrect username or password.");
        let answer = post(&mut browser, Endpoint::ForgotPassword, &query, &form).await;
        assert!(matches!(&whole_page(&answer).notice, Some(Notice::CodeSent(Some(_)))), "{username}");
        let answer = post(&mut browser, Endpoint::ResendCode, &query, &form).await;
        assert!(matches!(&whole_page(&answer).notice, Some(Notice::CodeSent(Some(_)))), "{username}");
    }
}

#[tokio::test]
async fn a_new_password_with_what_is_missing() {
    let schema = json!({ "Schema": [{ "Name": "given_name", "Required": true, "Mutable": true }] });
    let scene = Scene::with(schema, json!({})).await;
    let create = json!({ "UserPoolId": scene.pool, "Username": "bob", "TemporaryPassword": PASSWORD });
    scene.world.ok("AdminCreateUser", create).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let form = [("username", "bob"), ("password", PASSWORD)];
    let answer = post(&mut browser, Endpoint::Login, &query, &form).await;
    let View::NewPassword { fields, .. } = page(&answer) else { panic!("{:?}", page(&answer)) };
    assert_eq!(fields[0].name, "given_name");
    let form = [("new_password", "Ghijkl2?"), ("confirm_password", "Ghijkl2?")];
    let answer = step(&mut browser, &form).await;
    assert!(matches!(page(&answer), View::NewPassword { .. }), "{}", refused(&answer));
    let form = [&form[..], &[("userAttributes.given_name", "Bob")]].concat();
    is_signed_in(&step(&mut browser, &form).await);
    let user = scene.world.ok("AdminGetUser", json!({ "UserPoolId": scene.pool, "Username": "bob" })).await;
    assert_eq!(attribute_map(&user["UserAttributes"])["given_name"], "Bob");
}

async fn mfa(scene: &Scene, mode: &str) {
    let factors = json!({
        "UserPoolId": scene.pool, "MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    scene.world.ok("SetUserPoolMfaConfig", factors).await;
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_and_asked() {
    let scene = Scene::new(json!({})).await;
    mfa(&scene, "ON").await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let form = [("username", "alice"), ("password", PASSWORD)];
    let answer = post(&mut browser, Endpoint::Login, &query, &form).await;
    assert!(matches!(page(&answer), View::MfaSetup(factors) if *factors == [Factor::SoftwareToken]));
    let answer = step(&mut browser, &[("factor", "SOFTWARE_TOKEN_MFA")]).await;
    let View::Authenticator { secret, uri } = page(&answer) else { panic!("{:?}", page(&answer)) };
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(&format!("secret={secret}")), "{uri}");
    let app = App::new(secret);
    let answer = step(&mut browser, &[("code", "000000")]).await;
    assert_eq!(refused(&answer), "Code mismatch and fail enable Software Token MFA");
    assert!(matches!(page(&answer), View::Authenticator { secret, .. } if secret == app.secret_code()));
    is_signed_in(&step(&mut browser, &[("code", &app.code(scene.world.now()))]).await);

    scene.world.advance(cognito_core::Span::minutes(1));
    let mut browser = scene.browser();
    let answer = post(&mut browser, Endpoint::Login, &query, &form).await;
    assert!(matches!(page(&answer), View::Code { source: CodeSource::Authenticator, destination: None }));
    let answer = step(&mut browser, &[("code", "000000")]).await;
    assert_eq!(refused(&answer), "Invalid code received for user");
    is_signed_in(&step(&mut browser, &[("code", &app.code(scene.world.now()))]).await);
}

/// A challenge is bound to the browser that was asked, and ends with its time.
#[tokio::test]
async fn a_challenge_is_for_one_browser() {
    let scene = Scene::new(json!({})).await;
    mfa(&scene, "ON").await;
    let (query, mut browser, mut other) = (scene.query(&[]), scene.browser(), scene.browser());
    let form = [("username", "alice"), ("password", PASSWORD)];
    post(&mut browser, Endpoint::Login, &query, &form).await;
    other.query.clone_from(&browser.query);
    let answer = step(&mut other, &[("factor", "SOFTWARE_TOKEN_MFA")]).await;
    assert_eq!(whole_page(&answer).notice, Some(Notice::Expired));
    scene.world.advance(cognito_core::Span::minutes(6));
    let answer = step(&mut browser, &[("factor", "SOFTWARE_TOKEN_MFA")]).await;
    assert_eq!(whole_page(&answer).notice, Some(Notice::Expired));
}

async fn passwordless() -> Scene {
    let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] });
    let pool = merged(verified_email(), json!({ "Policies": { "SignInPolicy": factors } }));
    let scene = Scene::with(pool, json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH"] })).await;
    let email =
        json!([{ "Name": "email", "Value": "a@example.com" }, { "Name": "email_verified", "Value": "true" }]);
    let update = json!({ "UserPoolId": scene.pool, "Username": "alice", "UserAttributes": email });
    scene.world.ok("AdminUpdateUserAttributes", update).await;
    scene
}

#[tokio::test]
async fn the_first_factor_is_chosen() {
    let scene = passwordless().await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let View::SignIn(view) = page(&browser.get(Endpoint::Login, &query).await).clone() else { panic!() };
    assert_eq!(view.asks, Asks::Name);
    let answer = post(&mut browser, Endpoint::Login, &query, &[("username", "alice")]).await;
    let View::FirstFactor { factors, .. } = page(&answer) else { panic!("{:?}", page(&answer)) };
    assert_eq!(factors, &[First::Password, First::EmailOtp]);
    let answer = step(&mut browser, &[("factor", "EMAIL_OTP")]).await;
    assert!(matches!(page(&answer), View::Code { source: CodeSource::Email, destination: Some(_) }));
    let answer = step(&mut browser, &[("code", "00000000")]).await;
    assert_eq!(refused(&answer), "Invalid code or auth state for the user.");
    let code = scene.world.code(&scene.pool, "alice").await;
    is_signed_in(&step(&mut browser, &[("code", &code)]).await);

    let mut browser = scene.browser();
    post(&mut browser, Endpoint::Login, &query, &[("username", "alice")]).await;
    let answer = step(&mut browser, &[("factor", "PASSWORD"), ("password", "wrong")]).await;
    assert_eq!(refused(&answer), "Incorrect username or password.");
    assert!(matches!(page(&answer), View::SignIn(view) if view.username == "alice"));
    post(&mut browser, Endpoint::Login, &query, &[("username", "alice")]).await;
    is_signed_in(&step(&mut browser, &[("factor", "PASSWORD"), ("password", PASSWORD)]).await);
}

/// Whom a function confirms at once is signed in, or asked how: there need not be a password.
#[tokio::test]
async fn after_a_sign_up_that_needs_no_code() {
    let scene = passwordless().await;
    let lambda = json!({ "PreSignUp": arn("sign-up") });
    let factors = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
    let update = json!({
        "UserPoolId": scene.pool, "AutoVerifiedAttributes": ["email"], "LambdaConfig": lambda, "Policies": factors,
    });
    scene.world.ok("UpdateUserPool", update).await;
    scene.world.functions.respond("sign-up", json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let query = scene.query(&[]);
    let email = ("userAttributes.email", "bob@example.com");
    let (bob, carol) = (("username", "bob"), ("username", "carol"));
    let answer = post(&mut scene.browser(), Endpoint::SignUp, &query, &[bob, email]).await;
    assert!(matches!(page(&answer), View::FirstFactor { .. } | View::Code { .. }), "{}", refused(&answer));
    let form = [carol, email, ("password", PASSWORD)];
    is_signed_in(&post(&mut scene.browser(), Endpoint::SignUp, &query, &form).await);
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    let scene = passwordless().await;
    let party = json!({ "RelyingPartyId": "localhost", "UserVerification": "preferred" });
    let set = json!({ "UserPoolId": scene.pool, "MfaConfiguration": "OFF", "WebAuthnConfiguration": party });
    scene.world.ok("SetUserPoolMfaConfig", set).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let add = format!("client_id={}&redirect_uri={CALLBACK}", scene.client);
    let to = ours(&browser.get(Endpoint::AddPasskey, &add).await);
    assert!(to.starts_with("login?"), "{to}");
    post(&mut browser, Endpoint::Login, &query, &[("username", "alice")]).await;
    is_signed_in(&step(&mut browser, &[("factor", "PASSWORD"), ("password", PASSWORD)]).await);

    let answer = browser.get(Endpoint::AddPasskey, &add).await;
    let csrf = whole_page(&answer).csrf.clone();
    let View::AddPasskey { options, .. } = page(&answer) else { panic!("{:?}", page(&answer)) };
    let mut key = Authenticator::es256("http://localhost:4566");
    let credential = key.create(&serde_json::from_str(options).unwrap()).to_string();
    let form = [("_csrf", csrf.as_str()), ("credential", credential.as_str())];
    let foreign = browser.post(Endpoint::AddPasskey, &add, &form[1..]).await;
    assert!(matches!(foreign.content, Content::Page { status: 403, .. }));
    assert_eq!(away(&browser.post(Endpoint::AddPasskey, &add, &form).await), CALLBACK);
    let again = browser.post(Endpoint::AddPasskey, &add, &form).await;
    assert!(matches!(again.content, Content::Page { status: 400, .. }), "a challenge is good once");
    let evil = format!("client_id={}&redirect_uri=https://evil.example", scene.client);
    assert!(matches!(page(&browser.get(Endpoint::AddPasskey, &evil).await), View::Error));

    let mut browser = scene.browser();
    post(&mut browser, Endpoint::Login, &query, &[("username", "alice")]).await;
    let answer = step(&mut browser, &[("factor", "WEB_AUTHN")]).await;
    let View::Passkey { options } = page(&answer) else { panic!("{:?}", page(&answer)) };
    let credential = key.get(&serde_json::from_str(options).unwrap()).to_string();
    is_signed_in(&step(&mut browser, &[("credential", &credential)]).await);
}

/// P1: a form that did not come from a page of ours, in this browser, does nothing.
#[tokio::test]
async fn foreign_forms() {
    let scene = Scene::with(verified_email(), json!({})).await;
    let query = scene.query(&[]);
    let endpoints = [
        Endpoint::Login,
        Endpoint::SignUp,
        Endpoint::Confirm,
        Endpoint::ResendCode,
        Endpoint::ForgotPassword,
        Endpoint::ConfirmForgotPassword,
    ];
    let theirs = scene.browser().csrf(&query).await;
    for endpoint in endpoints {
        for csrf in ["", theirs.as_str()] {
            let mut browser = scene.browser();
            browser.csrf(&query).await;
            let form = [
                ("_csrf", csrf),
                ("username", "eve"),
                ("password", PASSWORD),
                ("userAttributes.email", "eve@example.com"),
            ];
            let answer = browser.post(endpoint, &query, &form).await;
            assert!(matches!(answer.content, Content::Page { status: 403, .. }), "{endpoint:?} {csrf}");
            assert!(!browser.cookies.keys().any(|name| name.starts_with("cognito-")), "{endpoint:?}");
        }
    }
    let which = json!({ "UserPoolId": scene.pool, "Username": "eve" });
    scene.world.fails("AdminGetUser", which).await;
}

/// What a visitor types is kept until the next page: so it is not kept whatever its length is.
#[tokio::test]
async fn names_that_are_nobodys() {
    let scene = Scene::new(json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    let query = scene.query(&[]);
    for (length, kept) in [(2048, true), (2049, false), (200_000, false)] {
        for endpoint in [Endpoint::Login, Endpoint::SignUp, Endpoint::ForgotPassword, Endpoint::ResendCode] {
            let mut browser = scene.browser();
            let form = [("username", &*"u".repeat(length)), ("password", PASSWORD)];
            let answer = post(&mut browser, endpoint, &query, &form).await;
            assert_eq!(matches!(page(&answer), View::Error), !kept, "{endpoint:?} {length}");
        }
    }
}

/// P7: the session has a new name after each sign-in, and the old one is worth nothing.
#[tokio::test]
async fn a_session_is_not_fixed_beforehand() {
    let scene = Scene::new(json!({})).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let name = format!("cognito-{}", scene.pool);
    browser.cookies.insert(name.clone(), "chosen-by-eve".to_owned());
    browser.sign_in(&query, "alice", PASSWORD).await;
    let first = browser.cookies[&name].clone();
    assert_ne!(first, "chosen-by-eve");
    browser.sign_in(&query, "alice", PASSWORD).await;
    assert_ne!(browser.cookies[&name], first);
    browser.cookies.insert(name, first);
    assert!(ours(&browser.get(Endpoint::Authorize, &query).await).starts_with("login?"));
}

#[tokio::test]
async fn terms_are_shown_when_there_are_both() {
    let scene = Scene::new(json!({})).await;
    let (query, mut browser) = (scene.query(&[("lang", "fr")]), scene.browser());
    for (name, shown) in [("terms-of-use", false), ("privacy-policy", true)] {
        let links = json!({
            "cognito:default": format!("https://example.com/{name}"),
            "cognito:french": format!("https://example.com/fr/{name}"),
        });
        let terms = json!({
            "UserPoolId": scene.pool, "ClientId": scene.client, "TermsName": name, "TermsSource": "LINK",
            "Enforcement": "NONE", "Links": links,
        });
        scene.world.ok("CreateTerms", terms).await;
        let View::SignUp(view) = page(&browser.get(Endpoint::SignUp, &query).await).clone() else { panic!() };
        assert_eq!(view.terms.is_some(), shown);
        if let Some(terms) = view.terms {
            assert_eq!(terms.privacy_policy, "https://example.com/fr/privacy-policy");
        }
    }
    // The language is remembered.
    let answer = browser.get(Endpoint::SignUp, &scene.query(&[])).await;
    assert_eq!(whole_page(&answer).language.tag(), "fr");
}

/// What a form leads to has a URL of its own: to look at it again posts nothing, and the way back is harmless.
#[tokio::test]
async fn forms_lead_on_by_redirects() {
    let scene = Scene::with(verified_email(), json!({})).await;
    mfa(&scene, "ON").await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    let csrf = browser.csrf(&query).await;
    browser.query.clone_from(&query);
    let mut check = async |endpoint: Endpoint, form: &[(&str, &str)], expected: Endpoint| {
        let form = [&[("_csrf", csrf.as_str())], form].concat();
        let before = browser.query.clone();
        let first = browser.submit(endpoint, &before, &form).await;
        let again = browser.get(expected, &browser.query.clone()).await;
        assert!(browser.query.starts_with(&format!("{query}&interaction=")) && browser.query != before);
        assert_eq!(format!("{:?}", whole_page(&first)), format!("{:?}", whole_page(&again)));
        first
    };
    let wrong = [("username", "alice"), ("password", "wrong")];
    let answer = check(Endpoint::Login, &wrong, Endpoint::Login).await;
    assert_eq!(refused(&answer), "Incorrect username or password.");
    let right = [("username", "alice"), ("password", PASSWORD)];
    let answer = check(Endpoint::Login, &right, Endpoint::Challenge).await;
    assert!(matches!(page(&answer), View::MfaSetup(_)));
    let chosen = [("factor", "SOFTWARE_TOKEN_MFA")];
    check(Endpoint::Challenge, &chosen, Endpoint::Challenge).await;
    let answer = check(Endpoint::Challenge, &[("code", "000000")], Endpoint::Challenge).await;
    assert_eq!(refused(&answer), "Code mismatch and fail enable Software Token MFA");
    let bob = [("username", "bob"), ("password", PASSWORD), ("userAttributes.email", "bob@example.com")];
    check(Endpoint::SignUp, &bob, Endpoint::Confirm).await;
    let name = [("username", "bob")];
    check(Endpoint::ResendCode, &name, Endpoint::Confirm).await;
    let code = scene.world.code(&scene.pool, "bob").await;
    let confirm = [("username", "bob"), ("code", code.as_str())];
    check(Endpoint::Confirm, &confirm, Endpoint::Login).await;
    let answer = check(Endpoint::ForgotPassword, &name, Endpoint::ConfirmForgotPassword).await;
    assert!(matches!(page(&answer), View::ConfirmForgotPassword { username, .. } if username == "bob"));
    let differ = [("username", "bob"), ("new_password", "a"), ("confirm_password", "b")];
    check(Endpoint::ConfirmForgotPassword, &differ, Endpoint::ConfirmForgotPassword).await;
    let code = scene.world.code(&scene.pool, "bob").await;
    let form = [name[0], ("code", &*code), ("new_password", "Ghijkl2?"), ("confirm_password", "Ghijkl2?")];
    check(Endpoint::ConfirmForgotPassword, &form, Endpoint::Login).await;

    // Another request of the app begins anew.
    let tab = Parameters::parse(&browser.query).field("interaction").unwrap().to_owned();
    let other = scene.query(&[("state", "another"), ("interaction", &tab)]);
    assert_eq!(whole_page(&browser.get(Endpoint::Login, &other).await).notice, None);
    let answer = browser.get(Endpoint::Challenge, &other).await;
    assert_eq!(whole_page(&answer).notice, Some(Notice::Expired));
}

#[tokio::test]
async fn managed_login_needs_a_style() {
    let scene = Scene::new(json!({})).await;
    let (query, mut browser) = (scene.query(&[]), scene.browser());
    browser.at(&scene.pool, LoginPages::Managed);
    let callback = format!("client_id={}&redirect_uri={CALLBACK}", scene.client);
    let pages = [
        (Endpoint::Login, &query),
        (Endpoint::Challenge, &query),
        (Endpoint::SignUp, &query),
        (Endpoint::Confirm, &query),
        (Endpoint::ForgotPassword, &query),
        (Endpoint::AddPasskey, &callback),
    ];
    for (endpoint, query) in pages {
        let answer = browser.get(endpoint, query).await;
        assert!(matches!(page(&answer), View::Unavailable), "{endpoint:?}: {answer:?}");
        assert!(matches!(answer.content, Content::Page { status: 400, .. }), "{endpoint:?}");
    }
    let style =
        json!({ "UserPoolId": scene.pool, "ClientId": scene.client, "UseCognitoProvidedValues": true });
    scene.world.ok("CreateManagedLoginBranding", style).await;
    assert!(matches!(page(&browser.get(Endpoint::Login, &query).await), View::SignIn(_)));
}
