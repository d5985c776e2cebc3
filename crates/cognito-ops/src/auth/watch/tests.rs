//! Tests of what threat protection refuses and asks.

use cognito_core::Span;
use serde_json::{Value, json};
use testkit::world::{attribute_list, merged, password_auth, text};
use testkit::{Settings, World};

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
