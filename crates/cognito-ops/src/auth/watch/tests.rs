//! Tests of what threat protection refuses and asks.

use cognito_core::Span;
use serde_json::{Value, json};
use testkit::browser::{away, member};
use testkit::world::{attribute_list, claims, merged, password_auth, text};
use testkit::{Endpoint, Settings, World};

const PASSWORD: &str = "Abcdef1!";
const COMPROMISED: &str = "Password1!";
const BLOCKED: &str = "NotAuthorizedException: Request not allowed due to security reasons.";
const RISKY: &str = "NotAuthorizedException: Unable to login because of security reasons.";
const REFUSED: &str = "InvalidPasswordException: Provided password cannot be used for security reasons.";

struct Scene {
    world: World,
    pool: String,
    client: String,
}

impl Scene {
    async fn new(mode: &str, configuration: Value) -> Self {
        let mut settings = Settings::default();
        settings.threat.compromised_passwords.insert(COMPROMISED.to_owned());
        let risky = [("203.0.113.1/32", "Low"), ("203.0.113.2/32", "Medium"), ("203.0.113.3/32", "High")];
        for (range, level) in risky {
            let level = serde_json::from_value(json!(level)).unwrap();
            settings.threat.risky_addresses.push((range.parse().unwrap(), level));
        }
        let world = World::with(settings).await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let add_ons = json!({ "AdvancedSecurityMode": mode });
        let update = json!({
            "UserPoolId": pool, "UserPoolAddOns": add_ons, "MfaConfiguration": "OPTIONAL",
            "AutoVerifiedAttributes": ["email"],
        });
        world.ok("UpdateUserPool", update).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", PASSWORD).await;
        world.user(&pool, "bob", COMPROMISED).await;
        world.ok("SetRiskConfiguration", merged(json!({ "UserPoolId": pool }), configuration)).await;
        Self { world, pool, client }
    }

    /// Signs in from an address. What is answered is tokens, a challenge or an error.
    async fn sign_in(&self, name: &str, password: &str, ip: &str) -> String {
        self.world.advance(Span::seconds(1));
        let mut caller = World::caller();
        caller.source_ip = Some(ip.to_owned());
        let input = password_auth(&self.client, name, password);
        match self.world.call_as(caller, "InitiateAuth", input).await {
            Ok(answer) => answer["ChallengeName"].as_str().unwrap_or("tokens").to_owned(),
            Err(failure) => format!("{}: {}", failure.code, failure.message),
        }
    }

    /// The latest event of a user.
    async fn last(&self, name: &str) -> Value {
        let input = json!({ "UserPoolId": self.pool, "Username": name, "MaxResults": 1 });
        self.world.ok("AdminListUserAuthEvents", input).await["AuthEvents"][0].clone()
    }

    /// What came of the latest event of a user, and the risk that was seen in it.
    async fn seen(&self, name: &str) -> String {
        let event = self.last(name).await;
        let risk = &event["EventRisk"];
        let compromised = if risk["CompromisedCredentialsDetected"] == true { " compromised" } else { "" };
        let level = risk["RiskLevel"].as_str().unwrap_or("-");
        format!("{} {} {level}{compromised}", text(&event["EventResponse"]), text(&risk["RiskDecision"]))
    }
}

fn takeover(low: &str, medium: &str, high: &str) -> Value {
    let action = |action: &str| json!({ "Notify": false, "EventAction": action });
    let actions =
        json!({ "LowAction": action(low), "MediumAction": action(medium), "HighAction": action(high) });
    json!({ "AccountTakeoverRiskConfiguration": { "Actions": actions } })
}

#[tokio::test]
async fn blocked_addresses_are_refused_whatever_the_password() {
    let ranges = json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": ["192.0.2.0/24"] } });
    let scene = Scene::new("ENFORCED", ranges.clone()).await;
    for password in ["wrong", PASSWORD] {
        assert_eq!(scene.sign_in("alice", password, "192.0.2.9").await, BLOCKED);
        assert_eq!(scene.seen("alice").await, "Fail Block -");
    }
    assert_eq!(scene.sign_in("carol", PASSWORD, "192.0.2.9").await, BLOCKED);
    assert_eq!(scene.sign_in("alice", PASSWORD, "192.0.3.9").await, "tokens");
    assert_eq!(scene.seen("alice").await, "Pass NoRisk -");
    let mut caller = World::caller();
    caller.source_ip = Some("192.0.2.9".to_owned());
    let forgot = json!({ "ClientId": scene.client, "Username": "alice" });
    let failure = scene.world.call_as(caller, "ForgotPassword", forgot).await.unwrap_err();
    assert_eq!(format!("{}: {}", failure.code, failure.message), BLOCKED);
    assert_eq!(scene.seen("alice").await, "Fail Block -");

    let scene = Scene::new("AUDIT", ranges).await;
    assert_eq!(scene.sign_in("alice", PASSWORD, "192.0.2.9").await, "tokens");
}

#[tokio::test]
async fn compromised_passwords_are_refused_at_sign_in_if_they_are_right() {
    let block =
        json!({ "CompromisedCredentialsRiskConfiguration": { "Actions": { "EventAction": "BLOCK" } } });
    let scene = Scene::new("ENFORCED", block.clone()).await;
    assert_eq!(scene.sign_in("bob", COMPROMISED, "192.0.2.9").await, RISKY);
    assert_eq!(scene.seen("bob").await, "Fail Block - compromised");
    let wrong = "NotAuthorizedException: Incorrect username or password.";
    assert_eq!(scene.sign_in("alice", COMPROMISED, "192.0.2.9").await, wrong);
    assert_eq!(scene.sign_in("alice", PASSWORD, "192.0.2.9").await, "tokens");

    let skipped = json!({ "RiskExceptionConfiguration": { "SkippedIPRangeList": ["192.0.2.9/32"] } });
    let update = merged(json!({ "UserPoolId": scene.pool }), merged(block.clone(), skipped));
    scene.world.ok("SetRiskConfiguration", update).await;
    assert_eq!(scene.sign_in("bob", COMPROMISED, "192.0.2.9").await, "tokens");
    assert_eq!(scene.seen("bob").await, "Pass NoRisk -");

    let scene = Scene::new("AUDIT", block).await;
    assert_eq!(scene.sign_in("bob", COMPROMISED, "192.0.2.9").await, "tokens");
    assert_eq!(scene.seen("bob").await, "Pass NoRisk - compromised");
}

#[tokio::test]
async fn compromised_passwords_are_not_chosen() {
    let check = async |filter: Value, sign_up: bool, change: bool| {
        let mut compromised = json!({ "Actions": { "EventAction": "BLOCK" } });
        compromised["EventFilter"] = filter.clone();
        let scene =
            Scene::new("ENFORCED", json!({ "CompromisedCredentialsRiskConfiguration": compromised })).await;
        let world = &scene.world;
        let refused = |answer: Result<Value, testkit::Failure>| match answer {
            Ok(_) => false,
            Err(failure) => {
                assert_eq!(format!("{}: {}", failure.code, failure.message), REFUSED);
                true
            }
        };
        let email = attribute_list(json!({ "email": "a@example.com" }));
        let input = json!({
            "ClientId": scene.client, "Username": "carol", "Password": COMPROMISED, "UserAttributes": email,
        });
        assert_eq!(refused(world.call("SignUp", input).await), sign_up, "{filter}");
        let tokens = world.sign_in(&scene.client, "alice", PASSWORD).await;
        let input = json!({
            "AccessToken": tokens["AccessToken"], "PreviousPassword": PASSWORD, "ProposedPassword": COMPROMISED,
        });
        world.advance(Span::seconds(1));
        assert_eq!(refused(world.call("ChangePassword", input).await), change, "{filter}");
        let seen = scene.seen("alice").await;
        let expected = if change { "Fail NoRisk - compromised" } else { "Pass NoRisk -" };
        assert_eq!(seen, expected, "{filter}");
    };
    check(Value::Null, true, true).await;
    check(json!(["SIGN_UP"]), true, false).await;
    check(json!(["PASSWORD_CHANGE"]), false, true).await;
    check(json!(["SIGN_IN"]), false, false).await;
}

#[tokio::test]
async fn risky_addresses_are_answered_as_the_pool_says() {
    let scene = Scene::new("ENFORCED", takeover("NO_ACTION", "MFA_IF_CONFIGURED", "BLOCK")).await;
    let check = async |ip: &str, expected: &str, seen: &str| {
        assert_eq!(scene.sign_in("alice", PASSWORD, ip).await, expected, "{ip}");
        assert_eq!(scene.seen("alice").await, seen, "{ip}");
    };
    check("203.0.113.1", "tokens", "Pass AccountTakeover Low").await;
    check("203.0.113.2", "tokens", "Pass AccountTakeover Medium").await;
    check("203.0.113.3", RISKY, "Fail Block High").await;
    let wrong = "NotAuthorizedException: Incorrect username or password.";
    assert_eq!(scene.sign_in("alice", "wrong", "203.0.113.3").await, wrong);

    let scene = Scene::new("AUDIT", takeover("BLOCK", "BLOCK", "BLOCK")).await;
    assert_eq!(scene.sign_in("alice", PASSWORD, "203.0.113.3").await, "tokens");
    assert_eq!(scene.seen("alice").await, "Pass AccountTakeover High");
}

#[tokio::test]
async fn a_risky_sign_in_proves_one_more_factor() {
    let scene = Scene::new("ENFORCED", takeover("MFA_REQUIRED", "MFA_IF_CONFIGURED", "NO_ACTION")).await;
    let world = &scene.world;
    assert_eq!(scene.sign_in("alice", PASSWORD, "203.0.113.1").await, RISKY, "there is no factor to prove");
    let phone = attribute_list(json!({ "phone_number": "+12065550100", "phone_number_verified": "true" }));
    let update = json!({ "UserPoolId": scene.pool, "Username": "alice", "UserAttributes": phone });
    world.ok("AdminUpdateUserAttributes", update).await;
    assert_eq!(scene.sign_in("alice", PASSWORD, "192.0.2.9").await, "tokens");
    for ip in ["203.0.113.1", "203.0.113.2"] {
        assert_eq!(scene.sign_in("alice", PASSWORD, ip).await, "SMS_MFA", "{ip}");
    }
    let mut caller = World::caller();
    caller.source_ip = Some("203.0.113.1".to_owned());
    let input = password_auth(&scene.client, "alice", PASSWORD);
    world.advance(Span::seconds(1));
    let asked = world.call_as(caller, "InitiateAuth", input).await.unwrap();
    let code = world.code(&scene.pool, "alice").await;
    let answer = json!({
        "ClientId": scene.client, "ChallengeName": "SMS_MFA", "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "alice", "SMS_MFA_CODE": code },
    });
    let tokens = world.ok("RespondToAuthChallenge", answer).await;
    assert!(tokens["AuthenticationResult"]["AccessToken"].is_string());
    assert_eq!(scene.seen("alice").await, "Pass AccountTakeover Low");
}

#[tokio::test]
async fn a_locked_name_is_recorded() {
    let scene = Scene::new("AUDIT", json!({})).await;
    for _ in 0..5 {
        scene.world.fails("InitiateAuth", password_auth(&scene.client, "alice", "wrong")).await;
    }
    scene.world.advance(Span(10));
    let locked = "NotAuthorizedException: Password attempts exceeded";
    let input = password_auth(&scene.client, "alice", PASSWORD);
    assert_eq!(scene.world.fails("InitiateAuth", input).await, locked);
    let event = scene.last("alice").await;
    assert_eq!((&event["EventResponse"], &event["ChallengeResponses"]), (&json!("Fail"), &json!([])));
}

#[tokio::test]
async fn a_temporary_password_gives_way_to_no_compromised_one() {
    let block =
        json!({ "CompromisedCredentialsRiskConfiguration": { "Actions": { "EventAction": "BLOCK" } } });
    let scene = Scene::new("ENFORCED", block).await;
    let world = &scene.world;
    let invited = json!({
        "UserPoolId": scene.pool, "Username": "dora", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS",
    });
    world.ok("AdminCreateUser", invited).await;
    let asked = world.ok("InitiateAuth", password_auth(&scene.client, "dora", PASSWORD)).await;
    let answer = |password: &str| {
        json!({
            "ClientId": scene.client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
            "ChallengeResponses": { "USERNAME": "dora", "NEW_PASSWORD": password },
        })
    };
    assert_eq!(world.fails("RespondToAuthChallenge", answer(COMPROMISED)).await, REFUSED);
    world.ok("RespondToAuthChallenge", answer("Abcdef2!")).await;
    assert_eq!(scene.seen("dora").await, "Pass NoRisk -");
}

#[tokio::test]
async fn as_much_is_written_of_nobody() {
    let scene = Scene::new("AUDIT", json!({})).await;
    let hiding = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let client = scene.world.client(&scene.pool, hiding).await;
    let written = async |name: &str| {
        scene.world.written();
        scene.world.fails("InitiateAuth", password_auth(&client, name, "wrong")).await;
        let mut kinds = scene.world.written();
        kinds.sort();
        kinds
    };
    assert_eq!(written("alice").await, written("nobody").await);
}

#[tokio::test]
async fn the_login_pages_are_a_door_like_the_others() {
    let add_ons = json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } });
    let pages = crate::oauth::testing::Scene::with(add_ons, json!({})).await;
    let mut browser = pages.browser();
    let location = browser.sign_in(&pages.query(&[]), "alice", PASSWORD).await;
    let (status, tokens) = pages.redeem(&member(&location, "code").unwrap(), &[]).await;
    assert_eq!(status, 200, "{tokens}");
    let alice = json!({ "UserPoolId": pages.pool, "Username": "alice" });
    let events = pages.world.ok("AdminListUserAuthEvents", alice.clone()).await;
    let event = &events["AuthEvents"][0];
    assert_eq!((&event["EventType"], &event["EventResponse"]), (&json!("SignIn"), &json!("Pass")));
    assert_eq!(claims(&tokens["access_token"])["event_id"], event["EventId"]);

    // Whoever comes back with the session does not sign in again.
    let again = browser.get(Endpoint::Authorize, &pages.query(&[])).await;
    let (status, second) = pages.redeem(&member(&away(&again), "code").unwrap(), &[]).await;
    assert_eq!(status, 200, "{second}");
    assert_ne!(claims(&second["access_token"])["event_id"], event["EventId"]);
    let events = pages.world.ok("AdminListUserAuthEvents", alice).await;
    assert_eq!(events["AuthEvents"].as_array().map(Vec::len), Some(1));
}
