//! SetLogDeliveryConfiguration: replaces where the logs of a pool go; an empty list ends them.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetLogDeliveryConfiguration.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetLogDeliveryConfigurationRequest,
) -> Reply<wire::SetLogDeliveryConfigurationResponse> {
    let pool = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            pool.set_log_delivery(input.log_configurations.clone())?;
            pool.modified = ctx.now();
            txn.save(&pool);
            Ok(pool)
        })
        .await?;
    Ok(wire::SetLogDeliveryConfigurationResponse {
        log_delivery_configuration: Some(views::log_delivery(&pool)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    const GROUP: &str = "arn:aws:logs:us-east-1:000000000000:log-group:pool";

    fn messages() -> Value {
        json!({
            "EventSource": "userNotification", "LogLevel": "ERROR",
            "CloudWatchLogsConfiguration": { "LogGroupArn": GROUP },
        })
    }

    fn activity(name: &str, destination: Value) -> Value {
        json!({ "EventSource": "userAuthEvents", "LogLevel": "INFO", name: destination })
    }

    #[tokio::test]
    async fn what_is_set_is_read_back_and_replaced() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolTier": "PLUS" })).await;
        let of_pool = json!({ "UserPoolId": pool });
        let described = world.ok("DescribeUserPool", of_pool.clone()).await;
        let stream = json!({ "StreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/pool" });
        for list in [
            json!([messages()]),
            json!([activity("FirehoseConfiguration", stream), messages()]),
            json!([activity("S3Configuration", json!({ "BucketArn": "arn:aws:s3:::pool" }))]),
            json!([activity("CloudWatchLogsConfiguration", json!({ "LogGroupArn": GROUP }))]),
            json!([]),
        ] {
            let configuration = json!({ "UserPoolId": pool, "LogConfigurations": list });
            let expected = json!({ "LogDeliveryConfiguration": configuration });
            assert_eq!(world.ok("SetLogDeliveryConfiguration", configuration).await, expected);
            assert_eq!(world.ok("GetLogDeliveryConfiguration", of_pool.clone()).await, expected);
            assert_eq!(
                world.ok("DescribeUserPool", of_pool.clone()).await,
                described,
                "nothing is told of it"
            );
            world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "UserPoolTier": "PLUS" })).await;
            assert_eq!(world.ok("GetLogDeliveryConfiguration", of_pool.clone()).await, expected);
        }
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let set = json!({ "UserPoolId": pool, "LogConfigurations": [messages()] });
        let before = world.ok("SetLogDeliveryConfiguration", set).await;
        let check = async |list: Value, expected: &str| {
            let input = json!({ "UserPoolId": pool, "LogConfigurations": list });
            assert_eq!(world.fails("SetLogDeliveryConfiguration", input).await, expected, "{list}");
            let kept = world.ok("GetLogDeliveryConfiguration", json!({ "UserPoolId": pool })).await;
            assert_eq!(kept, before);
        };
        let mut nowhere = messages();
        nowhere["CloudWatchLogsConfiguration"] = Value::Null;
        check(
            json!([nowhere, nowhere]),
            "InvalidParameterException: Request validation Failed. Following event sources in request have no \
             destination: [userNotification]. Following event sources appear more then once in a request: \
             [userNotification].",
        )
        .await;
        check(
            json!([messages(), messages()]),
            "InvalidParameterException: Request validation Failed. Following event sources appear more then once in \
             a request: [userNotification].",
        )
        .await;
        let mut noisy = messages();
        noisy["LogLevel"] = json!("INFO");
        check(
            json!([noisy]),
            "InvalidParameterException: Invalid log level for event source userNotification.",
        )
        .await;
        let mut two = messages();
        two["S3Configuration"] = json!({ "BucketArn": "arn:aws:s3:::pool" });
        check(
            json!([two]),
            "InvalidParameterException: Invalid log destination for event source userNotification.",
        )
        .await;
        check(
            json!([activity("CloudWatchLogsConfiguration", json!({ "LogGroupArn": GROUP }))]),
            "FeatureUnavailableInTierException: Export of user activity needs the PLUS tier.",
        )
        .await;
        let three = json!({ "UserPoolId": pool, "LogConfigurations": [messages(), messages(), messages()] });
        let failure = world.fails("SetLogDeliveryConfiguration", three).await;
        assert!(failure.starts_with("InvalidParameterException: 1 validation error"), "{failure}");
        let input = json!({ "UserPoolId": "us-east-1_none", "LogConfigurations": [] });
        assert_eq!(
            world.fails("SetLogDeliveryConfiguration", input).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
