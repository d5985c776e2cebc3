//! DescribeManagedLoginBrandingByClient: the branding style of an app client.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeManagedLoginBrandingByClient.html>

use crate::prelude::*;
use crate::service::branding::{self, Extent};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeManagedLoginBrandingByClientRequest,
) -> Reply<wire::DescribeManagedLoginBrandingByClientResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let client = txn.client(&pool, &input.client_id).await?;
    let style = txn.branding_of_client(&client).await?;
    let style = style.ok_or_else(|| errors::client_without_branding(&client.id))?;
    let extent = Extent::of(input.return_merged_resources);
    let style = branding::described(&mut txn, &style, extent).await?;
    Ok(wire::DescribeManagedLoginBrandingByClientResponse { managed_login_branding: Some(style) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn a_client_without_a_style() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let of = |client: &str| json!({ "UserPoolId": pool, "ClientId": client });
        assert_eq!(
            world.fails("DescribeManagedLoginBrandingByClient", of(&client)).await,
            format!("ResourceNotFoundException: User pool client {client} has no managed login branding.")
        );
        assert_eq!(
            world.fails("DescribeManagedLoginBrandingByClient", of("none")).await,
            "ResourceNotFoundException: User pool client none does not exist."
        );
    }
}
