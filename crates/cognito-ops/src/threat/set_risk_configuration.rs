//! SetRiskConfiguration: replaces what is done about risks, in one client or in all; without any settings it is taken away.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html>
//!
//! Pools of every tier take it, protected or not, as AWS was seen to do: the tier decides whether it is enforced.

use cognito_core::threat::RiskConfiguration;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetRiskConfigurationRequest,
) -> Reply<wire::SetRiskConfigurationResponse> {
    let configuration = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let client_id = input.client_id.as_ref().map(|id| id.as_str());
            if let Some(client_id) = client_id {
                txn.client(&pool, client_id).await?;
            }
            let configuration = RiskConfiguration::new(input.clone(), ctx.now())?;
            // What is replaced must have been read.
            txn.risk_configuration_if_any(&pool.id, client_id).await?;
            if configuration.is_empty() {
                txn.delete(&configuration);
            } else {
                txn.save(&configuration);
            }
            Ok(configuration)
        })
        .await?;
    Ok(wire::SetRiskConfigurationResponse { risk_configuration: views::risk_configuration(&configuration) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn settings() -> Value {
        let mail =
            |subject: &str| json!({ "Subject": subject, "HtmlBody": "<b>Hi</b>", "TextBody": "Hi there" });
        let action = |notify: bool, action: &str| json!({ "Notify": notify, "EventAction": action });
        json!({
            "CompromisedCredentialsRiskConfiguration": {
                "EventFilter": ["SIGN_IN"], "Actions": { "EventAction": "BLOCK" },
            },
            "AccountTakeoverRiskConfiguration": {
                "NotifyConfiguration": {
                    "From": "admin@example.com", "ReplyTo": "help@example.com",
                    "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
                    "BlockEmail": mail("blocked"), "NoActionEmail": mail("seen"), "MfaEmail": mail("asked"),
                },
                "Actions": {
                    "LowAction": action(false, "NO_ACTION"), "MediumAction": action(true, "MFA_IF_CONFIGURED"),
                    "HighAction": action(true, "BLOCK"),
                },
            },
            "RiskExceptionConfiguration": {
                "BlockedIPRangeList": ["192.0.2.0/24"], "SkippedIPRangeList": ["198.51.100.7/32"],
            },
        })
    }

    #[tokio::test]
    async fn what_is_set_is_read_back_and_replaced() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        for of in [json!({ "UserPoolId": pool }), json!({ "UserPoolId": pool, "ClientId": client })] {
            let set = async |more: Value| {
                world.advance(Span::seconds(1));
                let answer = world.ok("SetRiskConfiguration", merged(of.clone(), more.clone())).await;
                let dated = merged(more, json!({ "LastModifiedDate": world.now().seconds() }));
                assert_eq!(answer, json!({ "RiskConfiguration": merged(of.clone(), dated) }));
                answer
            };
            set(settings()).await;
            let second =
                set(json!({ "RiskExceptionConfiguration": { "SkippedIPRangeList": ["::1/128"] } })).await;
            assert_eq!(world.ok("DescribeRiskConfiguration", of.clone()).await, second);
        }
    }

    #[tokio::test]
    async fn without_settings_it_is_gone() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" } })).await;
        let of = json!({ "UserPoolId": pool });
        world.ok("SetRiskConfiguration", merged(of.clone(), settings())).await;
        for _ in 0..2 {
            let answer = world.ok("SetRiskConfiguration", of.clone()).await;
            let bare = json!({ "UserPoolId": pool, "LastModifiedDate": world.now().seconds() });
            assert_eq!(answer, json!({ "RiskConfiguration": bare }));
        }
        assert_eq!(
            world.fails("DescribeRiskConfiguration", of).await,
            "ResourceNotFoundException: Risk configuration does not exist."
        );
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let other = world.pool(json!({})).await;
        let foreign = world.client(&other, json!({})).await;
        let check = async |more: Value, expected: &str| {
            let input = merged(json!({ "UserPoolId": pool }), more);
            assert_eq!(world.fails("SetRiskConfiguration", input).await, expected);
        };
        check(
            json!({ "ClientId": foreign }),
            &format!("ResourceNotFoundException: User pool client {foreign} does not exist."),
        )
        .await;
        check(
            json!({ "UserPoolId": "us-east-1_none" }),
            "ResourceNotFoundException: User pool us-east-1_none does not exist.",
        )
        .await;
        check(
            json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": ["192.0.2.1"] } }),
            "InvalidParameterException: 192.0.2.1 is not an IP address range in CIDR notation.",
        )
        .await;
        let mut silent = settings();
        silent["AccountTakeoverRiskConfiguration"]["NotifyConfiguration"] = Value::Null;
        check(
            silent,
            "InvalidParameterException: NotifyConfiguration is required when an action notifies users.",
        )
        .await;
    }
}
