//! AdminUpdateAuthEventFeedback: an administrator says whether an event was the user's.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateAuthEventFeedback.html>

use cognito_core::threat::Provider;

use crate::prelude::*;
use crate::service::feedback;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminUpdateAuthEventFeedbackRequest,
) -> Reply<wire::AdminUpdateAuthEventFeedbackResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        pool.check_protected()?;
        let user = txn.user(&pool, &input.username).await?;
        feedback::give(txn, &user, &input.event_id, Provider::Admin, input.feedback_value).await
    })
    .await?;
    Ok(wire::AdminUpdateAuthEventFeedbackResponse {})
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{claims, merged};

    #[tokio::test]
    async fn feedback_is_listed_and_replaced() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&pool, "bob", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let event = claims(&tokens["AccessToken"])["event_id"].clone();
        let given = |name: &str, value: &str| json!({ "UserPoolId": pool, "Username": name, "EventId": event, "FeedbackValue": value });
        for value in ["Valid", "Invalid"] {
            world.advance(Span::seconds(1));
            assert_eq!(world.ok("AdminUpdateAuthEventFeedback", given("alice", value)).await, json!({}));
            let events =
                world.ok("AdminListUserAuthEvents", json!({ "UserPoolId": pool, "Username": "alice" })).await;
            let date = world.now().seconds();
            let expected = json!({ "FeedbackValue": value, "Provider": "Admin", "FeedbackDate": date });
            assert_eq!(events["AuthEvents"][0]["EventFeedback"], expected);
        }
        let refuses = async |input: Value, expected: &str| {
            assert_eq!(world.fails("AdminUpdateAuthEventFeedback", input).await, expected);
        };
        let unknown = "ResourceNotFoundException: Authentication event does not exist.";
        refuses(given("bob", "Valid"), unknown).await;
        refuses(merged(given("alice", "Valid"), json!({ "EventId": "none" })), unknown).await;
        refuses(given("carol", "Valid"), "UserNotFoundException: User does not exist.").await;
        let off = json!({ "UserPoolId": pool, "UserPoolAddOns": { "AdvancedSecurityMode": "OFF" } });
        world.ok("UpdateUserPool", off).await;
        refuses(
            given("alice", "Valid"),
            "UserPoolAddOnNotEnabledException: Threat protection is not enabled for the user pool.",
        )
        .await;
    }
}
