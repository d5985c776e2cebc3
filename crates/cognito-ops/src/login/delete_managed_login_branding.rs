//! DeleteManagedLoginBranding: takes the branding style from an app client, with its images.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteManagedLoginBranding.html>

use crate::prelude::*;
use crate::service::branding;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DeleteManagedLoginBrandingRequest,
) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let style = txn.branding(&pool, &input.managed_login_branding_id).await?;
        branding::delete(txn, &style);
        Ok(())
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn logo() -> Value {
        json!([{ "Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "SVG", "Bytes": "PHN2Zy8+" }])
    }

    #[tokio::test]
    async fn the_client_can_have_another() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let create = json!({ "UserPoolId": pool, "ClientId": world.client(&pool, json!({})).await });
        let with_logo = merged(create.clone(), json!({ "Assets": logo() }));
        let created = world.ok("CreateManagedLoginBranding", with_logo).await;
        let id = &created["ManagedLoginBranding"]["ManagedLoginBrandingId"];
        let which = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id });
        assert_eq!(world.ok("DeleteManagedLoginBranding", which.clone()).await, Value::Null);
        assert_eq!(
            world.fails("DeleteManagedLoginBranding", which).await,
            format!(
                "ResourceNotFoundException: Managed login branding {} does not exist.",
                id.as_str().expect("an id")
            )
        );
        let other = world.ok("CreateManagedLoginBranding", create).await["ManagedLoginBranding"].clone();
        assert_ne!(&other["ManagedLoginBrandingId"], id);
        assert_eq!(other["Assets"], json!([]));
    }

    #[tokio::test]
    async fn a_style_goes_with_its_client() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let app = json!({ "ClientName": "_custom_id_:app" });
        let client = json!({ "UserPoolId": pool, "ClientId": world.client(&pool, app.clone()).await });
        let with_logo = merged(client.clone(), json!({ "Assets": logo() }));
        let created = world.ok("CreateManagedLoginBranding", with_logo).await;
        let id = &created["ManagedLoginBranding"]["ManagedLoginBrandingId"];
        world.ok("DeleteUserPoolClient", client.clone()).await;
        let gone = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id });
        world.fails("DescribeManagedLoginBranding", gone).await;
        world.client(&pool, app).await;
        assert_eq!(
            world.fails("DescribeManagedLoginBrandingByClient", client).await,
            "ResourceNotFoundException: User pool client app has no managed login branding."
        );
    }
}
