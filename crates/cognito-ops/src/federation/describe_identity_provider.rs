//! DescribeIdentityProvider: what a pool knows of an identity provider, secrets among it.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeIdentityProvider.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeIdentityProviderRequest,
) -> Reply<wire::DescribeIdentityProviderResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let provider = txn.provider(&pool, &input.provider_name).await?;
    Ok(wire::DescribeIdentityProviderResponse { identity_provider: views::identity_provider(&provider) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn unknown_provider() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let which = json!({ "UserPoolId": pool, "ProviderName": "Google" });
        assert_eq!(
            world.fails("DescribeIdentityProvider", which).await,
            "ResourceNotFoundException: Identity provider Google does not exist."
        );
    }
}
