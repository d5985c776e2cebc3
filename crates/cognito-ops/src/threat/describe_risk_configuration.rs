//! DescribeRiskConfiguration: what is done about risks in a client, or in all clients without a configuration of their own.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeRiskConfiguration.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeRiskConfigurationRequest,
) -> Reply<wire::DescribeRiskConfigurationResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let configuration = match &input.client_id {
        Some(client_id) => {
            let client = txn.client(&pool, client_id).await?;
            txn.risk_configuration_for(&client).await?
        }
        None => txn.risk_configuration_if_any(&pool.id, None).await?,
    };
    // The Terraform provider takes this for its absence.
    let configuration = configuration.ok_or_else(errors::risk_configuration_not_found)?;
    Ok(wire::DescribeRiskConfigurationResponse {
        risk_configuration: views::risk_configuration(&configuration),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn blocked(range: &str) -> Value {
        json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": [range] } })
    }

    #[tokio::test]
    async fn a_client_inherits_from_its_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let (of_pool, of_client) =
            (json!({ "UserPoolId": pool }), json!({ "UserPoolId": pool, "ClientId": client }));
        let missing = "ResourceNotFoundException: Risk configuration does not exist.";
        let describe = async |of: &Value| world.ok("DescribeRiskConfiguration", of.clone()).await;

        assert_eq!(world.fails("DescribeRiskConfiguration", of_pool.clone()).await, missing);
        assert_eq!(world.fails("DescribeRiskConfiguration", of_client.clone()).await, missing);
        let own = world.ok("SetRiskConfiguration", merged(of_client.clone(), blocked("192.0.2.1/32"))).await;
        assert_eq!(describe(&of_client).await, own);
        assert_eq!(world.fails("DescribeRiskConfiguration", of_pool.clone()).await, missing);
        let all = world.ok("SetRiskConfiguration", merged(of_pool.clone(), blocked("192.0.2.2/32"))).await;
        assert_eq!((describe(&of_client).await, describe(&of_pool).await), (own, all.clone()));
        world.ok("SetRiskConfiguration", of_client.clone()).await;
        assert_eq!(describe(&of_client).await, all);
    }

    #[tokio::test]
    async fn it_goes_with_its_client_and_its_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        let app = json!({ "ClientName": "_custom_id_:app" });
        let client = json!({ "UserPoolId": pool, "ClientId": world.client(&pool, app.clone()).await });
        let missing = "ResourceNotFoundException: Risk configuration does not exist.";
        world.ok("SetRiskConfiguration", merged(client.clone(), blocked("192.0.2.1/32"))).await;
        world.ok("DeleteUserPoolClient", client.clone()).await;
        let none = "ResourceNotFoundException: User pool client app does not exist.";
        assert_eq!(world.fails("DescribeRiskConfiguration", client.clone()).await, none);
        world.client(&pool, app).await;
        assert_eq!(world.fails("DescribeRiskConfiguration", client).await, missing);

        let of_pool = json!({ "UserPoolId": pool });
        world.ok("SetRiskConfiguration", merged(of_pool.clone(), blocked("192.0.2.1/32"))).await;
        world.ok("DeleteUserPool", of_pool.clone()).await;
        world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        assert_eq!(world.fails("DescribeRiskConfiguration", of_pool).await, missing);
    }
}
