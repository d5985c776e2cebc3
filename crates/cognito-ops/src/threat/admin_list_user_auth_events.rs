//! AdminListUserAuthEvents: what a user did lately in a pool with threat protection, newest first.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListUserAuthEvents.html>

use cognito_core::Kind;
use cognito_core::threat::{AuthEvent, BY_USER};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

/// The largest page.
const MOST: usize = 60;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminListUserAuthEventsRequest,
) -> Reply<wire::AdminListUserAuthEventsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    pool.check_protected()?;
    let user = txn.user(&pool, &input.username).await?;
    let list = ["AdminListUserAuthEvents", pool.id.as_str(), user.sub.as_str()];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let prefix = AuthEvent::user_prefix(&pool.id, &user.sub);
    let range = IndexRange::prefix(Kind::AuthEvent, BY_USER, prefix).descending().after(after);
    let (events, next) = txn.scan::<AuthEvent>(range, pages::size(input.max_results, MOST)).await?;
    Ok(wire::AdminListUserAuthEventsResponse {
        auth_events: Some(events.iter().map(|event| views::auth_event(event)).collect()),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::{Kind, Span};
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_list, claims, merged, password_auth, text};

    const PASSWORD: &str = "Abcdef1!";

    struct Scene {
        world: World,
        pool: String,
        client: String,
    }

    impl Scene {
        async fn new(mode: &str, pool: Value, client: Value) -> Self {
            let world = World::new().await;
            let add_ons = json!({ "UserPoolAddOns": { "AdvancedSecurityMode": mode } });
            let pool = world.pool(merged(add_ons, pool)).await;
            let client = world.client(&pool, client).await;
            world.user(&pool, "alice", PASSWORD).await;
            Self { world, pool, client }
        }

        /// The events of alice.
        async fn events(&self) -> Vec<Value> {
            let input = json!({ "UserPoolId": self.pool, "Username": "alice" });
            let answer = self.world.ok("AdminListUserAuthEvents", input).await;
            answer["AuthEvents"].as_array().expect("a list of events").clone()
        }

        /// What alice did last, and what came of it.
        async fn last(&self) -> String {
            let event = self.events().await.remove(0);
            format!("{} {}", text(&event["EventType"]), text(&event["EventResponse"]))
        }
    }

    fn answers(given: &[(&str, &str)]) -> Value {
        let answer =
            |(name, response): &(&str, &str)| json!({ "ChallengeName": name, "ChallengeResponse": response });
        given.iter().map(answer).collect()
    }

    #[tokio::test]
    async fn a_sign_in_is_recorded_under_the_event_id_of_its_tokens() {
        for mode in ["AUDIT", "ENFORCED"] {
            let scene = Scene::new(mode, json!({}), json!({})).await;
            assert_eq!(scene.events().await, Vec::<Value>::new());
            let tokens = scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
            let expected = json!({
                "EventId": claims(&tokens["AccessToken"])["event_id"],
                "EventType": "SignIn",
                "CreationDate": scene.world.now().seconds(),
                "EventResponse": "Pass",
                "EventRisk": { "RiskDecision": "NoRisk", "CompromisedCredentialsDetected": false },
                "ChallengeResponses": answers(&[("Password", "Success")]),
                "EventContextData": {},
            });
            assert_eq!(scene.events().await, [expected]);
            scene.world.advance(Span::seconds(1));
            let wrong = password_auth(&scene.client, "alice", "wrong");
            scene.world.fails("InitiateAuth", wrong).await;
            let events = scene.events().await;
            assert_eq!((events.len(), &events[0]["EventResponse"]), (2, &json!("Fail")));
            assert_eq!(events[0]["ChallengeResponses"], answers(&[("Password", "Failure")]));
        }
    }

    #[tokio::test]
    async fn pages_newest_first() {
        let scene = Scene::new("AUDIT", json!({}), json!({})).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            scene.world.advance(Span::seconds(1));
            let tokens = scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
            ids.insert(0, claims(&tokens["IdToken"])["event_id"].clone());
        }
        let mut input = json!({ "UserPoolId": scene.pool, "Username": "alice", "MaxResults": 1 });
        let mut seen = Vec::new();
        loop {
            let page = scene.world.ok("AdminListUserAuthEvents", input.clone()).await;
            seen.push(page["AuthEvents"][0]["EventId"].clone());
            let Some(token) = page.get("NextToken") else { break };
            input["NextToken"] = token.clone();
        }
        assert_eq!(seen, ids);
        input["MaxResults"] = json!(0);
        input["NextToken"] = Value::Null;
        let all = scene.world.ok("AdminListUserAuthEvents", input).await;
        assert_eq!(all["AuthEvents"].as_array().map(Vec::len), Some(3));
    }

    #[tokio::test]
    async fn second_factors_are_answers_to_the_same_event() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let add_ons = json!({ "AdvancedSecurityMode": "AUDIT" });
        let mfa = json!({ "UserPoolId": pool, "UserPoolAddOns": add_ons, "MfaConfiguration": "OPTIONAL" });
        world.ok("UpdateUserPool", mfa).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", PASSWORD).await;
        let scene = Scene { world, pool, client };
        let alice = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        let phone =
            attribute_list(json!({ "phone_number": "+12065550100", "phone_number_verified": "true" }));
        let update = merged(alice.clone(), json!({ "UserAttributes": phone }));
        scene.world.ok("AdminUpdateUserAttributes", update).await;
        let sms = json!({ "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        scene.world.ok("AdminSetUserMFAPreference", merged(alice, sms)).await;

        let asked = scene.world.ok("InitiateAuth", password_auth(&scene.client, "alice", PASSWORD)).await;
        assert_eq!(scene.last().await, "SignIn InProgress");
        let answer = |code: &str| {
            json!({
                "ClientId": scene.client, "ChallengeName": "SMS_MFA", "Session": asked["Session"],
                "ChallengeResponses": { "USERNAME": "alice", "SMS_MFA_CODE": code },
            })
        };
        scene.world.fails("RespondToAuthChallenge", answer("x")).await;
        assert_eq!(scene.last().await, "SignIn Fail");
        let code = scene.world.code(&scene.pool, "alice").await;
        let tokens = scene.world.ok("RespondToAuthChallenge", answer(&code)).await;
        let event = scene.events().await.remove(0);
        let all = [("Password", "Success"), ("Mfa", "Failure"), ("Mfa", "Success")];
        assert_eq!((&event["EventResponse"], &event["ChallengeResponses"]), (&json!("Pass"), &answers(&all)));
        assert_eq!(scene.events().await.len(), 1);
        let access = claims(&tokens["AuthenticationResult"]["AccessToken"]);
        assert_eq!(access["event_id"], event["EventId"]);
    }

    #[tokio::test]
    async fn what_else_users_do() {
        let scene = Scene::new("AUDIT", json!({ "AutoVerifiedAttributes": ["email"] }), json!({})).await;
        let world = &scene.world;
        let of =
            |name: &str, more: Value| merged(json!({ "ClientId": scene.client, "Username": name }), more);
        let check = async |expected: &str| {
            assert_eq!(scene.last().await, expected);
            world.advance(Span::seconds(1));
        };
        let email = attribute_list(json!({ "email": "a@example.com" }));
        let alice = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        world.ok("AdminDeleteUser", alice.clone()).await;
        world.ok("SignUp", of("alice", json!({ "Password": PASSWORD, "UserAttributes": email }))).await;
        check("SignUp Pass").await;
        world.ok("ResendConfirmationCode", of("alice", json!({}))).await;
        check("ResendCode Pass").await;
        world.fails("ForgotPassword", of("alice", json!({}))).await;
        check("ForgotPassword Fail").await;
        let code = world.code(&scene.pool, "alice").await;
        world.ok("ConfirmSignUp", of("alice", json!({ "ConfirmationCode": code }))).await;
        world.ok("ForgotPassword", of("alice", json!({}))).await;
        check("ForgotPassword Pass").await;
        let confirm = |code: &str| of("alice", json!({ "ConfirmationCode": code, "Password": "Abcdef2!" }));
        world.fails("ConfirmForgotPassword", confirm("000000")).await;
        check("PasswordChange Fail").await;
        let code = world.code(&scene.pool, "alice").await;
        world.ok("ConfirmForgotPassword", confirm(&code)).await;
        check("PasswordChange Pass").await;
        let tokens = world.sign_in(&scene.client, "alice", "Abcdef2!").await;
        check("SignIn Pass").await;
        let change = |previous: &str| {
            json!({
                "AccessToken": tokens["AccessToken"], "PreviousPassword": previous, "ProposedPassword": "Abcdef3!",
            })
        };
        world.fails("ChangePassword", change("wrong")).await;
        check("PasswordChange Fail").await;
        world.ok("ChangePassword", change("Abcdef2!")).await;
        check("PasswordChange Pass").await;
        assert_eq!(scene.events().await.len(), 9);
    }

    #[tokio::test]
    async fn where_it_comes_from() {
        let secret = json!({
            "GenerateSecret": true, "EnablePropagateAdditionalUserContextData": true,
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        });
        let scene = Scene::new("AUDIT", json!({}), json!({})).await;
        let world = &scene.world;
        let made = merged(json!({ "UserPoolId": scene.pool, "ClientName": "server" }), secret);
        let server = world.ok("CreateUserPoolClient", made).await["UserPoolClient"].clone();
        let check = async |expected: Value| {
            assert_eq!(scene.events().await[0]["EventContextData"], expected);
            world.advance(Span::seconds(1));
        };
        let told = json!({ "UserContextData": { "IpAddress": "203.0.113.7" } });
        let caller = || {
            let mut caller = World::caller();
            caller.source_ip = Some("192.0.2.3".to_owned());
            caller.user_agent = Some("boto3".to_owned());
            caller
        };
        let app = merged(password_auth(&scene.client, "alice", PASSWORD), told.clone());
        world.call_as(caller(), "InitiateAuth", app).await.unwrap();
        check(json!({ "IpAddress": "192.0.2.3", "DeviceName": "boto3" })).await;

        let id = text(&server["ClientId"]);
        let hash = cognito_core::secret::secret_hash("alice", &id, &text(&server["ClientSecret"]));
        let mut trusted = merged(password_auth(&id, "alice", PASSWORD), told);
        trusted["AuthParameters"]["SECRET_HASH"] = json!(hash);
        world.call_as(caller(), "InitiateAuth", trusted).await.unwrap();
        check(json!({ "IpAddress": "203.0.113.7", "DeviceName": "boto3" })).await;

        // {"payload":"{\"contextData\":{\"DeviceName\":\"Pixel\",\"ClientTimezone\":\"+01:00\"}}"}
        let encoded = "eyJwYXlsb2FkIjoie1wiY29udGV4dERhdGFcIjp7XCJEZXZpY2VOYW1lXCI6XCJQaXhlbFwiLFwiQ2xpZW50VGltZXpvbmVcIjpcIiswMTowMFwifX0ifQ==";
        let mut admin = merged(
            password_auth(&scene.client, "alice", PASSWORD),
            json!({ "UserPoolId": scene.pool, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH" }),
        );
        world.call_as(caller(), "AdminInitiateAuth", admin.clone()).await.unwrap();
        check(json!({})).await;
        admin["ContextData"] = json!({
            "IpAddress": "198.51.100.9", "ServerName": "example.com", "ServerPath": "/",
            "HttpHeaders": [{ "headerName": "User-Agent", "headerValue": "Firefox" }],
        });
        world.ok("AdminInitiateAuth", admin.clone()).await;
        check(json!({ "IpAddress": "198.51.100.9", "DeviceName": "Firefox" })).await;
        admin["ContextData"]["EncodedData"] = json!(encoded);
        world.ok("AdminInitiateAuth", admin).await;
        check(json!({ "IpAddress": "198.51.100.9", "DeviceName": "Pixel", "Timezone": "+01:00" })).await;
    }

    #[tokio::test]
    async fn events_are_few_and_expire() {
        let scene = Scene::new("AUDIT", json!({}), json!({})).await;
        for _ in 0..260 {
            scene.world.advance(Span::seconds(1));
            scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
        }
        let mut input = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        let mut count = 0;
        loop {
            let page = scene.world.ok("AdminListUserAuthEvents", input.clone()).await;
            count += page["AuthEvents"].as_array().map_or(0, Vec::len);
            let Some(token) = page.get("NextToken") else { break };
            input["NextToken"] = token.clone();
        }
        assert!((200..260).contains(&count), "{count}");
        scene.world.advance(Span::days(90));
        assert_eq!(scene.events().await, Vec::<Value>::new());
    }

    #[tokio::test]
    async fn pools_without_threat_protection_write_nothing() {
        let scene = Scene::new("OFF", json!({}), json!({})).await;
        scene.world.written();
        scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
        scene.world.fails("InitiateAuth", password_auth(&scene.client, "alice", "wrong")).await;
        let forgot = json!({ "ClientId": scene.client, "Username": "alice" });
        scene.world.fails("ForgotPassword", forgot).await;
        assert!(!scene.world.written().contains(&Kind::AuthEvent));
        let refused = "UserPoolAddOnNotEnabledException: Threat protection is not enabled for the user pool.";
        let input = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        assert_eq!(scene.world.fails("AdminListUserAuthEvents", input).await, refused);
    }

    #[tokio::test]
    async fn nobody_is_unknown() {
        let scene = Scene::new("AUDIT", json!({}), json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        scene.world.fails("InitiateAuth", password_auth(&scene.client, "bob", PASSWORD)).await;
        scene.world.ok("ForgotPassword", json!({ "ClientId": scene.client, "Username": "bob" })).await;
        let input = json!({ "UserPoolId": scene.pool, "Username": "bob" });
        let missing = "UserNotFoundException: User does not exist.";
        assert_eq!(scene.world.fails("AdminListUserAuthEvents", input).await, missing);
    }
}
