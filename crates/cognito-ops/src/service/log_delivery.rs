//! Log delivery: what a pool wants logged, in AWS's form. There are no log groups, streams and buckets here, so that it
//! stands in our own log, with the ARN of where it would have gone.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/exporting-quotas-and-usage.html>

use std::fmt::Display;
use std::sync::Arc;

use cognito_api::wire;
use cognito_core::Time;
use cognito_core::client::Client;
use cognito_core::pool::Pool;
use cognito_core::threat::AuthEvent;
use cognito_core::user::User;
use serde_json::{Value, json};

use crate::ctx::Ctx;
use crate::ports::Clock;
use crate::service::auth_events::Told;

/// The target of the lines, for filters such as `--log awsemu::log_delivery=info`.
const TARGET: &str = "awsemu::log_delivery";

/// An event of a pool with threat protection, to be logged once it is recorded.
pub(crate) struct Activity<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client: &'a Client,
    pub(crate) event: &'a AuthEvent,
    /// Its user, if there is one of that name.
    pub(crate) user: Option<&'a User>,
    pub(crate) told: Told<'a>,
}

/// The line of an event.
pub(crate) struct Line {
    destination: String,
    entry: String,
}

impl Activity<'_> {
    /// The line, if the pool wants it and anybody reads it. Nobody's events have one, too, so that the clock does not tell
    /// who exists; it has no name, since people type passwords where names belong.
    pub(crate) fn line(&self, ctx: &Ctx<'_>) -> Option<Line> {
        let destination = self.pool.log_destination(wire::EventSourceName::UserAuthEvents)?;
        if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
            return None;
        }
        let entry =
            entry(ctx.now(), "USER_ACTIVITY", wire::LogLevel::Info, &self.pool.id, &self.message(ctx));
        Some(Line { destination: destination.to_owned(), entry })
    }

    /// AWS's example has the members, and of `riskDecision` only PASS; the other values and the form of `challenges` are
    /// unverified. Users of identity providers are not here: their sign-ins are not recorded.
    fn message(&self, ctx: &Ctx<'_>) -> Value {
        let Self { pool, client, event, user, told } = *self;
        let AuthEvent { risk, context, feedback, .. } = event;
        let decision = match risk.risk_decision {
            None | Some(wire::RiskDecisionType::NoRisk) => "PASS",
            Some(wire::RiskDecisionType::AccountTakeover) => "ACCOUNT_TAKEOVER",
            Some(wire::RiskDecisionType::Block) => "BLOCK",
        };
        json!({
            "version": "1",
            "eventId": event.id,
            "eventType": event.kind,
            "userSub": user.map_or("", |user| user.sub.as_str()),
            "userName": user.map_or("", |user| user.username.as_str()),
            "userPoolId": pool.id,
            "clientId": client.id,
            "creationDate": date(user.map_or(ctx.now(), |_| event.created)),
            "eventResponse": event.response,
            "riskLevel": risk.risk_level.map_or("", wire::RiskLevelType::as_str),
            "riskDecision": decision,
            "challenges": event.answers.iter().map(challenge).collect::<Vec<_>>(),
            "deviceName": context.device_name.as_deref().unwrap_or_default(),
            "ipAddress": context.ip_address.as_deref().unwrap_or_default(),
            "requestId": ctx.caller().request_id,
            "idpName": "",
            "compromisedCredentialDetected": (risk.compromised_credentials_detected == Some(true)).to_string(),
            "city": context.city.as_deref().unwrap_or_default(),
            "country": context.country.as_deref().unwrap_or_default(),
            "eventFeedbackValue": feedback.as_ref().map_or("", |feedback| feedback.value.as_str()),
            "eventFeedbackDate": feedback.as_ref().map_or_else(String::new, |feedback| date(feedback.date)),
            "eventFeedbackProvider": feedback.as_ref().map_or("", |feedback| feedback.provider.as_str()),
            "hasContextData": told.has_data().to_string(),
        })
    }
}

impl Line {
    /// Writes it. Outside the write that records its event.
    pub(crate) fn write(&self) {
        let Self { destination, entry } = self;
        tracing::info!(target: TARGET, destination, %entry);
    }
}

/// Where a pool logs that a message could not be delivered.
#[derive(Clone)]
pub struct FailureLog {
    pub(crate) destination: String,
    pub(crate) pool_id: String,
    pub(crate) clock: Arc<dyn Clock>,
}

impl FailureLog {
    /// Of a pool that wants it.
    pub(crate) fn of(ctx: &Ctx<'_>, pool: &Pool) -> Option<Self> {
        let destination = pool.log_destination(wire::EventSourceName::UserNotification)?.to_owned();
        let clock = Arc::clone(&ctx.app().ports.clock);
        Some(Self { destination, pool_id: pool.id.clone(), clock })
    }

    /// Logs why a message could not be delivered. The message itself must not be told.
    pub fn write(&self, details: impl Display) {
        let Self { destination, pool_id, clock } = self;
        let message = json!({ "details": details.to_string() });
        let entry = entry(clock.now(), "USER_NOTIFICATION", wire::LogLevel::Error, pool_id, &message);
        tracing::error!(target: TARGET, destination, %entry);
    }
}

fn entry(at: Time, source: &str, level: wire::LogLevel, pool_id: &str, message: &Value) -> String {
    let entry = json!({
        "eventTimestamp": at.0.to_string(),
        "eventSource": source,
        "logLevel": level,
        "message": message,
        "logSourceId": { "userPoolId": pool_id },
    });
    entry.to_string()
}

/// `Password:Success`
fn challenge(answer: &wire::ChallengeResponseType) -> String {
    let name = answer.challenge_name.map_or("", wire::ChallengeName::as_str);
    let response = answer.challenge_response.map_or("", wire::ChallengeResponse::as_str);
    format!("{name}:{response}")
}

/// `Wed Jul 17 17:25:55 UTC 2024`
fn date(time: Time) -> String {
    let at = jiff::Timestamp::from_millisecond(time.0);
    at.map_or_else(|_| time.0.to_string(), |at| at.strftime("%a %b %d %H:%M:%S UTC %Y").to_string())
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::functions::arn;
    use testkit::logbook::Line;
    use testkit::world::{attribute_list, claims, merged, password_auth};
    use testkit::{InvokeError, Logbook, Settings, World};

    use super::TARGET;

    const PASSWORD: &str = "Abcdef1!";
    const GROUP: &str = "arn:aws:logs:us-east-1:000000000000:log-group:pool";

    struct Scene {
        logbook: Logbook,
        world: World,
        pool: String,
        client: String,
    }

    impl Scene {
        /// A pool that has events of these sources logged.
        async fn new(sources: &[&str], pool: Value, client: Value) -> Self {
            let logbook = Logbook::of(TARGET);
            let mut settings = Settings::default();
            settings.threat.compromised_passwords.insert(PASSWORD.to_owned());
            let high = serde_json::from_value(json!("High")).unwrap();
            settings.threat.risky_addresses.push(("203.0.113.0/24".parse().unwrap(), high));
            let world = World::with(settings).await;
            let add_ons = json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } });
            let pool = world.pool(merged(add_ons, pool)).await;
            let client = world.client(&pool, client).await;
            world.user(&pool, "alice", PASSWORD).await;
            let configuration = |source: &&str| {
                let level = if *source == "userAuthEvents" { "INFO" } else { "ERROR" };
                let group = json!({ "LogGroupArn": GROUP });
                json!({ "EventSource": source, "LogLevel": level, "CloudWatchLogsConfiguration": group })
            };
            let list: Vec<_> = sources.iter().map(configuration).collect();
            let input = json!({ "UserPoolId": pool, "LogConfigurations": list });
            world.ok("SetLogDeliveryConfiguration", input).await;
            Self { logbook, world, pool, client }
        }

        /// The entry of a line, which goes to the group.
        fn entry(line: &Line) -> Value {
            assert_eq!(line["destination"], GROUP);
            serde_json::from_str(&line["entry"]).expect("an entry is JSON")
        }

        /// The messages of the events that were logged.
        fn messages(&self) -> Vec<Value> {
            let lines = self.logbook.take();
            lines.iter().map(|line| Self::entry(line)["message"].take()).collect()
        }
    }

    #[tokio::test]
    async fn the_entry_of_a_sign_in() {
        let scene = Scene::new(&["userAuthEvents"], json!({}), json!({})).await;
        let mut caller = World::caller();
        caller.source_ip = Some("192.0.2.3".to_owned());
        caller.user_agent = Some("boto3".to_owned());
        let input = password_auth(&scene.client, "alice", PASSWORD);
        let tokens = scene.world.call_as(caller, "InitiateAuth", input).await.unwrap();
        let claims = claims(&tokens["AuthenticationResult"]["AccessToken"]);
        let expected = json!({
            "eventTimestamp": "1767776887000",
            "eventSource": "USER_ACTIVITY",
            "logLevel": "INFO",
            "message": {
                "version": "1",
                "eventId": claims["event_id"],
                "eventType": "SignIn",
                "userSub": claims["sub"],
                "userName": "alice",
                "userPoolId": scene.pool,
                "clientId": scene.client,
                "creationDate": "Wed Jan 07 09:08:07 UTC 2026",
                "eventResponse": "Pass",
                "riskLevel": "",
                "riskDecision": "PASS",
                "challenges": ["Password:Success"],
                "deviceName": "boto3",
                "ipAddress": "192.0.2.3",
                "requestId": "test",
                "idpName": "",
                "compromisedCredentialDetected": "true",
                "city": "",
                "country": "",
                "eventFeedbackValue": "",
                "eventFeedbackDate": "",
                "eventFeedbackProvider": "",
                "hasContextData": "false",
            },
            "logSourceId": { "userPoolId": scene.pool },
        });
        let lines = scene.logbook.take();
        assert_eq!((lines.len(), lines[0]["level"].as_str()), (1, "INFO"));
        assert_eq!(Scene::entry(&lines[0]), expected);
    }

    #[tokio::test]
    async fn what_users_do() {
        let scene = Scene::new(&["userAuthEvents"], json!({}), json!({})).await;
        let told = json!({ "UserContextData": { "IpAddress": "203.0.113.7" } });
        scene.world.fails("InitiateAuth", merged(password_auth(&scene.client, "alice", "wrong"), told)).await;
        scene.world.fails("ForgotPassword", json!({ "ClientId": scene.client, "Username": "alice" })).await;
        let messages = scene.messages();
        let seen: Vec<_> = messages
            .iter()
            .map(|message| {
                let members = ["eventType", "eventResponse", "userName", "challenges", "hasContextData"];
                members.map(|member| message[member].clone())
            })
            .collect();
        let expected = [
            [json!("SignIn"), json!("Fail"), json!("alice"), json!(["Password:Failure"]), json!("true")],
            [json!("ForgotPassword"), json!("Fail"), json!("alice"), json!([]), json!("false")],
        ];
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn risks() {
        let scene = Scene::new(&["userAuthEvents"], json!({}), json!({})).await;
        let enforced = json!({
            "UserPoolId": scene.pool, "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" },
        });
        scene.world.ok("UpdateUserPool", enforced).await;
        let blocked = json!({
            "UserPoolId": scene.pool,
            "RiskExceptionConfiguration": { "BlockedIPRangeList": ["192.0.2.0/24"] },
        });
        scene.world.ok("SetRiskConfiguration", blocked).await;
        let check = async |ip: &str, password: &str, expected: [&str; 4]| {
            let mut caller = World::caller();
            caller.source_ip = Some(ip.to_owned());
            let input = password_auth(&scene.client, "alice", password);
            // What is answered is the business of other tests.
            let _ = scene.world.call_as(caller, "InitiateAuth", input).await;
            let message = scene.messages().remove(0);
            let members = ["eventResponse", "riskDecision", "riskLevel", "compromisedCredentialDetected"];
            assert_eq!(members.map(|member| message[member].clone()), expected, "{ip}");
        };
        check("198.51.100.1", "wrong", ["Fail", "PASS", "", "false"]).await;
        check("198.51.100.1", PASSWORD, ["Pass", "PASS", "", "true"]).await;
        check("203.0.113.1", PASSWORD, ["Pass", "ACCOUNT_TAKEOVER", "High", "true"]).await;
        check("192.0.2.1", PASSWORD, ["Fail", "BLOCK", "", "false"]).await;
    }

    #[tokio::test]
    async fn nobody_has_no_name() {
        let hidden = json!({ "PreventUserExistenceErrors": "ENABLED" });
        let scene = Scene::new(&["userAuthEvents"], json!({}), hidden).await;
        scene.world.fails("InitiateAuth", password_auth(&scene.client, PASSWORD, "wrong")).await;
        scene.world.ok("ForgotPassword", json!({ "ClientId": scene.client, "Username": PASSWORD })).await;
        let messages = scene.messages();
        assert_eq!(messages.len(), 2);
        for message in messages {
            assert_eq!((&message["userSub"], &message["userName"]), (&json!(""), &json!("")));
            assert_eq!(message["creationDate"], "Wed Jan 07 09:08:07 UTC 2026");
            assert!(!message.to_string().contains(PASSWORD), "{message}");
        }
    }

    #[tokio::test]
    async fn what_is_said_of_a_sign_in_before_it_ends() {
        let sms = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x" });
        let scene = Scene::new(&["userAuthEvents"], json!({ "SmsConfiguration": sms }), json!({})).await;
        let world = &scene.world;
        let mfa = json!({
            "UserPoolId": scene.pool, "MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": { "SmsConfiguration": sms },
        });
        world.ok("SetUserPoolMfaConfig", mfa).await;
        let alice = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        let phone =
            attribute_list(json!({ "phone_number": "+12065550100", "phone_number_verified": "true" }));
        let update = merged(alice.clone(), json!({ "UserAttributes": phone }));
        world.ok("AdminUpdateUserAttributes", update).await;
        let preference = json!({ "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        world.ok("AdminSetUserMFAPreference", merged(alice.clone(), preference)).await;
        let asked = world.ok("InitiateAuth", password_auth(&scene.client, "alice", PASSWORD)).await;
        let first = scene.messages().remove(0);
        assert_eq!(first["eventResponse"], "InProgress");
        world.advance(Span::seconds(1));
        let feedback = json!({ "EventId": first["eventId"], "FeedbackValue": "Valid" });
        world.ok("AdminUpdateAuthEventFeedback", merged(alice, feedback)).await;
        let code = world.code(&scene.pool, "alice").await;
        let answer = json!({
            "ClientId": scene.client, "ChallengeName": "SMS_MFA", "Session": asked["Session"],
            "ChallengeResponses": { "USERNAME": "alice", "SMS_MFA_CODE": code },
        });
        world.ok("RespondToAuthChallenge", answer).await;
        let expected = json!({
            "eventResponse": "Pass", "challenges": ["Password:Success", "Mfa:Success"],
            "eventFeedbackValue": "Valid", "eventFeedbackDate": "Wed Jan 07 09:08:08 UTC 2026",
            "eventFeedbackProvider": "Admin",
        });
        assert_eq!(scene.messages(), [merged(first, expected)]);
    }

    #[tokio::test]
    async fn only_what_is_wanted() {
        for sources in [&["userNotification"][..], &[]] {
            let scene = Scene::new(sources, json!({}), json!({})).await;
            scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
            scene.world.fails("InitiateAuth", password_auth(&scene.client, "alice", "wrong")).await;
            assert_eq!(scene.messages(), Vec::<Value>::new());
        }
        let scene = Scene::new(&["userAuthEvents"], json!({}), json!({})).await;
        let off = json!({ "UserPoolId": scene.pool, "UserPoolTier": "PLUS" });
        scene.world.ok("UpdateUserPool", off).await;
        scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
        assert_eq!(scene.messages(), Vec::<Value>::new(), "without threat protection there are no events");
    }

    /// The details of the failures that are logged where a sender fails for bob and for carol.
    async fn failures_of_senders(sources: &[&str]) -> Vec<Value> {
        let sender = json!({ "LambdaVersion": "V1_0", "LambdaArn": arn("mail") });
        let lambda =
            json!({ "CustomEmailSender": sender, "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/1" });
        let more = json!({ "LambdaConfig": lambda, "AutoVerifiedAttributes": ["email"] });
        let scene = Scene::new(sources, more, json!({})).await;
        scene.world.functions.answer("*", |event| match event["userName"].as_str() {
            Some("bob") => Err(InvokeError::Function("no letter for 123456".to_owned())),
            _ => Err(InvokeError::TimedOut),
        });
        for name in ["bob", "carol"] {
            let email = attribute_list(json!({ "email": format!("{name}@example.com") }));
            let input = json!({
                "ClientId": scene.client, "Username": name, "Password": PASSWORD, "UserAttributes": email,
            });
            scene.world.ok("SignUp", input).await;
        }
        // Nobody waits for senders.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(scene.world.functions.events().len(), 2);
        let lines = scene.logbook.take();
        let errors = lines.iter().filter(|line| line["level"] == "ERROR").map(Scene::entry);
        let detail = |mut entry: Value| {
            let details = entry["message"]["details"].take();
            let expected = json!({
                "eventTimestamp": "1767776887000", "eventSource": "USER_NOTIFICATION", "logLevel": "ERROR",
                "message": { "details": null }, "logSourceId": { "userPoolId": scene.pool },
            });
            assert_eq!(entry, expected);
            details
        };
        errors.map(detail).collect()
    }

    #[tokio::test]
    async fn a_sender_that_fails_is_told_of_without_its_words() {
        let reason = |reason: &str| json!(format!("CustomEmailSender {}: {reason}", arn("mail")));
        let all = [reason("the function failed"), reason("the function did not answer in time")];
        assert_eq!(failures_of_senders(&["userNotification"]).await, all);
        assert_eq!(failures_of_senders(&["userAuthEvents"]).await, Vec::<Value>::new());
    }
}
