//! SetUserPoolSessionConfiguration: whether a pool tracks sessions, and how many each user may have.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolSessionConfiguration.html>

use cognito_core::tracking::SessionTracking;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetUserPoolSessionConfigurationRequest,
) -> Reply<wire::SetUserPoolSessionConfigurationResponse> {
    let tracking = SessionTracking {
        on: input.user_session_tracking == wire::UserSessionTrackingType::Enabled,
        max_per_user: input.token_session.max_per_user,
    };
    let pool = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            pool.set_tracking(tracking)?;
            pool.modified = ctx.now();
            txn.save(&pool);
            Ok(pool)
        })
        .await?;
    let (user_session_tracking, token_session) = views::tracking(pool.session_tracking);
    Ok(wire::SetUserPoolSessionConfigurationResponse {
        user_pool_id: Some(pool.id),
        user_session_tracking: Some(user_session_tracking),
        token_session: Some(token_session),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    fn set(pool: &str, tracking: &str, max: i32) -> Value {
        json!({
            "UserPoolId": pool, "UserSessionTracking": tracking, "TokenSession": { "MaxPerUser": max },
        })
    }

    #[tokio::test]
    async fn what_is_set_is_read_back_and_outlives_an_update() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let get = json!({ "UserPoolId": pool });
        let described = world.ok("DescribeUserPool", get.clone()).await;
        let default = world.ok("GetUserPoolSessionConfiguration", get.clone()).await;
        assert_eq!(default, set(&pool, "DISABLED", 20));
        for request in [set(&pool, "ENABLED", 100), set(&pool, "DISABLED", 1)] {
            assert_eq!(world.ok("SetUserPoolSessionConfiguration", request.clone()).await, request);
            assert_eq!(world.ok("GetUserPoolSessionConfiguration", get.clone()).await, request);
            assert_eq!(world.ok("DescribeUserPool", get.clone()).await, described, "nothing is told of it");
            world.ok("UpdateUserPool", get.clone()).await;
            assert_eq!(world.ok("GetUserPoolSessionConfiguration", get.clone()).await, request);
        }
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolTier": "LITE" })).await;
        for tracking in ["ENABLED", "DISABLED"] {
            assert_eq!(
                world.fails("SetUserPoolSessionConfiguration", set(&pool, tracking, 20)).await,
                "FeatureUnavailableInTierException: Session tracking needs the ESSENTIALS tier."
            );
        }
        let get = world.ok("GetUserPoolSessionConfiguration", json!({ "UserPoolId": pool })).await;
        assert_eq!(get, set(&pool, "DISABLED", 20));
        for max in [0, 101] {
            let failure = world.fails("SetUserPoolSessionConfiguration", set(&pool, "ENABLED", max)).await;
            assert!(failure.starts_with("InvalidParameterException: 1 validation error"), "{failure}");
        }
        let missing = "ResourceNotFoundException: User pool us-east-1_none does not exist.";
        assert_eq!(
            world.fails("SetUserPoolSessionConfiguration", set("us-east-1_none", "ENABLED", 1)).await,
            missing
        );
        let get = json!({ "UserPoolId": "us-east-1_none" });
        assert_eq!(world.fails("GetUserPoolSessionConfiguration", get).await, missing);
    }
}
