//! DescribeManagedLoginBranding: a branding style by its id.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeManagedLoginBranding.html>

use crate::prelude::*;
use crate::service::branding::{self, Extent};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeManagedLoginBrandingRequest,
) -> Reply<wire::DescribeManagedLoginBrandingResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let style = txn.branding(&pool, &input.managed_login_branding_id).await?;
    let extent = Extent::of(input.return_merged_resources);
    let style = branding::described(&mut txn, &style, extent).await?;
    Ok(wire::DescribeManagedLoginBrandingResponse { managed_login_branding: Some(style) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::{merged, text};

    #[tokio::test]
    async fn with_and_without_the_defaults() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let settings = json!({ "components": { "form": { "borderRadius": 4.0 } } });
        let create = json!({ "UserPoolId": pool, "ClientId": client, "Settings": settings });
        let created = world.ok("CreateManagedLoginBranding", create).await["ManagedLoginBranding"].clone();
        let which =
            json!({ "UserPoolId": pool, "ManagedLoginBrandingId": created["ManagedLoginBrandingId"] });
        let by_client = json!({ "UserPoolId": pool, "ClientId": client });
        for (operation, which) in
            [("DescribeManagedLoginBranding", which), ("DescribeManagedLoginBrandingByClient", by_client)]
        {
            let plain = merged(which.clone(), json!({ "ReturnMergedResources": false }));
            assert_eq!(world.ok(operation, plain).await["ManagedLoginBranding"], created);
            let full = merged(which, json!({ "ReturnMergedResources": true }));
            let full = world.ok(operation, full).await["ManagedLoginBranding"]["Settings"].clone();
            let form = &full["components"]["form"];
            assert_eq!((&form["borderRadius"], &form["logo"]["enabled"]), (&json!(4.0), &json!(false)));
            for part in ["categories", "componentClasses", "components"] {
                assert!(full[part].is_object(), "{part}");
            }
        }
    }

    #[tokio::test]
    async fn of_another_pool() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let client = world.client(&pool, json!({})).await;
        let create = json!({ "UserPoolId": pool, "ClientId": client });
        let created = world.ok("CreateManagedLoginBranding", create).await;
        let id = text(&created["ManagedLoginBranding"]["ManagedLoginBrandingId"]);
        assert_eq!(
            world
                .fails(
                    "DescribeManagedLoginBranding",
                    json!({ "UserPoolId": other, "ManagedLoginBrandingId": id })
                )
                .await,
            format!("ResourceNotFoundException: Managed login branding {id} does not exist.")
        );
    }
}
