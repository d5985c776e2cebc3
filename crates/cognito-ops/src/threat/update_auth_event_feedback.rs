//! UpdateAuthEventFeedback: a user says, by a link of a notification, whether an event was the user's.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateAuthEventFeedback.html>

use cognito_core::threat::Provider;

use crate::prelude::*;
use crate::service::feedback::{self, Ticket};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateAuthEventFeedbackRequest,
) -> Reply<wire::UpdateAuthEventFeedbackResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        pool.check_protected()?;
        let user = txn.user(&pool, &input.username).await?;
        let ticket = Ticket::new(&user, &input.event_id, input.feedback_value);
        ticket.check(ctx, &input.feedback_token)?;
        feedback::give(txn, &user, &input.event_id, Provider::User, input.feedback_value).await
    })
    .await?;
    Ok(wire::UpdateAuthEventFeedbackResponse {})
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::browser::{Browser, Content, View, views::FeedbackValueType};
    use testkit::world::{attribute_list, merged, password_auth, text};
    use testkit::{Endpoint, Settings, World};

    const INVALID: &str = "NotAuthorizedException: Invalid feedback token.";

    /// A world in which alice has signed in from an address of high risk, and been told of it.
    async fn told(action: &str, email: Value) -> (World, String, Value) {
        let mut settings = Settings::default();
        let high = serde_json::from_value(json!("High")).unwrap();
        settings.threat.risky_addresses.push(("203.0.113.0/24".parse().unwrap(), high));
        let world = World::with(settings).await;
        let pool = world.pool(json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" } })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&pool, "bob", "Abcdef1!").await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        let update = json!({ "UserAttributes": attribute_list(json!({ "email": "a@example.com" })) });
        world.ok("AdminUpdateUserAttributes", merged(alice.clone(), update)).await;
        let takeover = json!({
            "NotifyConfiguration": {
                "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com", "BlockEmail": email,
            },
            "Actions": { "HighAction": { "Notify": true, "EventAction": action } },
        });
        let configuration = json!({ "UserPoolId": pool, "AccountTakeoverRiskConfiguration": takeover });
        world.ok("SetRiskConfiguration", configuration).await;
        let mut caller = World::caller();
        caller.source_ip = Some("203.0.113.5".to_owned());
        let signed_in =
            world.call_as(caller, "InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await;
        assert_eq!(signed_in.is_ok(), action == "NO_ACTION");
        let events = world.ok("AdminListUserAuthEvents", alice.clone()).await;
        let id = events["AuthEvents"][0]["EventId"].clone();
        (world, pool, merged(alice, json!({ "EventId": id, "FeedbackValue": "Invalid" })))
    }

    fn email(body: &str) -> Value {
        json!({ "Subject": "Stopped", "HtmlBody": body })
    }

    /// The token of a link.
    fn token(link: &str) -> Value {
        let (_, token) = link.split_once("feedback_token=").expect("a link has a token");
        json!({ "FeedbackToken": token })
    }

    #[tokio::test]
    async fn the_link_of_a_notice_says_what_an_event_was() {
        let (world, pool, event) = told("BLOCK", email("{one-click-link-invalid}")).await;
        let message = world.messages(&pool, "alice").await.remove(0);
        assert_eq!(
            (&message["subject"], &message["destination"]),
            (&json!("Stopped"), &json!("a@example.com"))
        );
        let link = text(&message["body"]).replace("&amp;", "&");
        let id = text(&event["EventId"]);
        let begins = format!(
            "http://localhost:4566/authEventFeedback?user_pool_id={pool}&user_name=alice&event_id={id}\
             &feedback_value=Invalid&feedback_token="
        );
        assert!(link.starts_with(&begins), "{link}");
        let good = merged(event.clone(), token(&link));
        world.advance(Span::seconds(5));
        assert_eq!(world.ok("UpdateAuthEventFeedback", good.clone()).await, json!({}));
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        let listed = world.ok("AdminListUserAuthEvents", alice).await["AuthEvents"][0].clone();
        let date = world.now().seconds();
        let expected = json!({ "FeedbackValue": "Invalid", "Provider": "User", "FeedbackDate": date });
        assert_eq!(listed["EventFeedback"], expected);

        let refuses = async |more: Value, expected: &str| {
            let failure = world.fails("UpdateAuthEventFeedback", merged(good.clone(), more)).await;
            assert_eq!(failure, expected);
        };
        refuses(json!({ "FeedbackValue": "Valid" }), INVALID).await;
        refuses(json!({ "Username": "bob" }), INVALID).await;
        refuses(json!({ "EventId": "other" }), INVALID).await;
        refuses(json!({ "FeedbackToken": "x" }), INVALID).await;
        refuses(json!({ "Username": "carol" }), "UserNotFoundException: User does not exist.").await;
        let mut forged = text(&good["FeedbackToken"]);
        let last = forged.pop();
        forged.push(if last == Some('A') { 'E' } else { 'A' });
        refuses(json!({ "FeedbackToken": forged }), INVALID).await;
        world.advance(Span::days(7));
        refuses(json!({}), "NotAuthorizedException: Feedback token has expired.").await;
    }

    #[tokio::test]
    async fn opening_the_link_says_it() {
        let (world, pool, event) = told("BLOCK", email("{one-click-link-valid}")).await;
        let message = world.messages(&pool, "alice").await.remove(0);
        let link = text(&message["body"]).replace("&amp;", "&");
        let (_, query) = link.split_once('?').expect("a link has a query");
        let mut browser = Browser::new(&world);
        let answer = browser.get(Endpoint::AuthEventFeedback, query).await;
        let said = json!({ "EventId": event["EventId"], "FeedbackValue": "Valid" });
        assert!(matches!(&answer.content, Content::Json { status: 200, body } if *body == said));
        for (accept, is_page) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json, Text/HTML;q=0.5", true),
            ("*/*", false),
            ("application/json", false),
        ] {
            browser.accept = Some(accept.to_owned());
            let content = browser.get(Endpoint::AuthEventFeedback, query).await.content;
            let found = match &content {
                Content::Page { status: 200, page } => {
                    matches!(page.view, View::Feedback(FeedbackValueType::Valid))
                }
                _ => false,
            };
            assert_eq!(found, is_page, "{accept}: {content:?}");
        }
        for wrong in [query.replace("=Valid", "=Invalid"), query.replace("=Valid", "=Maybe"), String::new()] {
            let answer = browser.get(Endpoint::AuthEventFeedback, &wrong).await;
            assert!(matches!(answer.content, Content::Page { status: 400, .. }), "{wrong}");
        }
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        let events = world.ok("AdminListUserAuthEvents", alice).await;
        assert_eq!(events["AuthEvents"][0]["EventFeedback"]["FeedbackValue"], "Valid");
    }

    #[tokio::test]
    async fn a_sign_in_is_told_of_once_and_to_those_who_can_be_reached() {
        let (world, pool, _) = told("NO_ACTION", Value::Null).await;
        let messages = world.messages(&pool, "alice").await;
        assert_eq!((messages.len(), &messages[0]["subject"]), (1, &json!("A sign-in to your account")));
        assert!(text(&messages[0]["body"]).contains("from 203.0.113.5"));
        assert_eq!(messages[0]["trigger_source"], "CustomEmailSender_AccountTakeOverNotification");
        assert_eq!(world.messages(&pool, "bob").await, Vec::<Value>::new());
    }
}
