//! GetLogDeliveryConfiguration: where the logs of a pool go; an empty list if none are wanted (unverified).
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetLogDeliveryConfiguration.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetLogDeliveryConfigurationRequest,
) -> Reply<wire::GetLogDeliveryConfigurationResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    Ok(wire::GetLogDeliveryConfigurationResponse {
        log_delivery_configuration: Some(views::log_delivery(&pool)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn an_empty_list_in_a_new_pool() {
        let world = World::new().await;
        let of_pool = json!({ "UserPoolId": world.pool(json!({})).await });
        let answer = world.ok("GetLogDeliveryConfiguration", of_pool.clone()).await;
        let expected = json!({ "UserPoolId": of_pool["UserPoolId"], "LogConfigurations": [] });
        assert_eq!(answer, json!({ "LogDeliveryConfiguration": expected }));
        assert_eq!(
            world.fails("GetLogDeliveryConfiguration", json!({ "UserPoolId": "us-east-1_none" })).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
