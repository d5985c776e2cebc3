//! CreateManagedLoginBranding: gives an app client a branding style, without which managed login shows it an error.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateManagedLoginBranding.html>

use cognito_core::Kind;
use cognito_core::branding::{BY_CLIENT, Branding, Change, MAX_STYLES};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::branding::{self, Extent};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateManagedLoginBrandingRequest,
) -> Reply<wire::CreateManagedLoginBrandingResponse> {
    let id = ctx.uuid();
    let managed_login_branding = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let client = txn.client(&pool, &input.client_id).await?;
            let change = Change {
                defaults: input.use_cognito_provided_values,
                settings: input.settings.clone(),
                assets: input.assets.clone(),
            };
            let (style, assets) = Branding::new(id.clone(), &pool.id, &client.id, change, ctx.now())?;
            if txn.branding_of_client(&client).await?.is_some() {
                return Err(errors::branding_exists());
            }
            let all = IndexRange::prefix(Kind::Branding, BY_CLIENT, format!("{}/", pool.id));
            if txn.scan::<Branding>(all, MAX_STYLES).await?.0.len() >= MAX_STYLES {
                return Err(errors::limit_exceeded(
                    "The user pool has reached its number of branding styles.",
                ));
            }
            branding::save(txn, &style, &assets).await?;
            branding::described(txn, &style, Extent::Set).await
        })
        .await?;
    Ok(wire::CreateManagedLoginBrandingResponse { managed_login_branding: Some(managed_login_branding) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, text};

    fn logo(mode: &str) -> Value {
        json!({ "Category": "FORM_LOGO", "ColorMode": mode, "Extension": "PNG", "Bytes": "iVBORw0KGgo=" })
    }

    #[tokio::test]
    async fn what_is_set_is_read_back() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let icon = json!({
            "Category": "IDP_BUTTON_ICON", "ColorMode": "DYNAMIC", "Extension": "SVG", "Bytes": "PHN2Zy8+",
            "ResourceId": "My IdP",
        });
        let settings = json!({ "components": { "form": { "borderRadius": 4.0 } } });
        let now = world.now().seconds();
        for (given, expected) in [
            (
                json!({ "UseCognitoProvidedValues": true }),
                json!({ "UseCognitoProvidedValues": true, "Assets": [] }),
            ),
            (json!({}), json!({ "UseCognitoProvidedValues": false, "Assets": [] })),
            (
                json!({ "Settings": settings }),
                json!({ "UseCognitoProvidedValues": false, "Settings": settings, "Assets": [] }),
            ),
            (
                json!({ "Settings": settings, "Assets": [icon, logo("LIGHT")], "UseCognitoProvidedValues": false }),
                json!({ "UseCognitoProvidedValues": false, "Settings": settings, "Assets": [icon, logo("LIGHT")] }),
            ),
        ] {
            let client = world.client(&pool, json!({})).await;
            let which = json!({ "UserPoolId": pool, "ClientId": client });
            let created = world.ok("CreateManagedLoginBranding", merged(which.clone(), given)).await;
            let id = text(&created["ManagedLoginBranding"]["ManagedLoginBrandingId"]);
            let base = json!({
                "ManagedLoginBrandingId": id, "UserPoolId": pool, "CreationDate": now, "LastModifiedDate": now,
            });
            assert_eq!(created, json!({ "ManagedLoginBranding": merged(base, expected) }));
            assert_eq!(world.ok("DescribeManagedLoginBrandingByClient", which).await, created);
            let by_id = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id });
            assert_eq!(world.ok("DescribeManagedLoginBranding", by_id).await, created);
        }
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let client = world.client(&pool, json!({})).await;
        let check = async |more: Value, expected: &str| {
            let input = merged(json!({ "UserPoolId": pool, "ClientId": client }), more);
            assert_eq!(world.fails("CreateManagedLoginBranding", input).await, expected);
        };
        let both = "InvalidParameterException: Settings and Assets cannot be set when UseCognitoProvidedValues is true.";
        check(json!({ "UseCognitoProvidedValues": true, "Settings": {} }), both).await;
        check(json!({ "UseCognitoProvidedValues": true, "Assets": [logo("LIGHT")] }), both).await;
        check(
            json!({ "Settings": { "components": { "form": { "borderRadius": "x" } } } }),
            "InvalidParameterException: Invalid value in the branding settings: components.form.borderRadius",
        )
        .await;
        check(
            json!({ "Assets": [logo("DARK"), logo("DARK")] }),
            "InvalidParameterException: The asset FORM_LOGO-DARK is given twice.",
        )
        .await;
        check(
            json!({ "Assets": [merged(logo("DARK"), json!({ "Extension": "SVG" }))] }),
            "InvalidParameterException: The bytes of the asset FORM_LOGO-DARK are not a file of its extension and \
             category.",
        )
        .await;
        let bare = json!({ "Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "PNG" });
        check(
            json!({ "Assets": [bare] }),
            "InvalidParameterException: The asset FORM_LOGO-DARK has no bytes.",
        )
        .await;
        // <svg onload=''/>
        let script = json!({ "Extension": "SVG", "Bytes": "PHN2ZyBvbmxvYWQ9JycvPg==" });
        check(
            json!({ "Assets": [merged(logo("DARK"), script)] }),
            "InvalidParameterException: The asset FORM_LOGO-DARK is a picture with a script, an event handler or \
             foreign content.",
        )
        .await;
        check(
            json!({ "UserPoolId": other }),
            &format!("ResourceNotFoundException: User pool client {client} does not exist."),
        )
        .await;
        check(
            json!({ "UserPoolId": "us-east-1_none" }),
            "ResourceNotFoundException: User pool us-east-1_none does not exist.",
        )
        .await;
        world.ok("CreateManagedLoginBranding", json!({ "UserPoolId": pool, "ClientId": client })).await;
        check(
            json!({}),
            "ManagedLoginBrandingExistsException: The app client has a managed login branding style already.",
        )
        .await;
    }

    #[tokio::test]
    async fn twenty_in_a_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let create = async || {
            let client = world.client(&pool, json!({})).await;
            json!({ "UserPoolId": pool, "ClientId": client, "UseCognitoProvidedValues": true })
        };
        for _ in 0..20 {
            world.ok("CreateManagedLoginBranding", create().await).await;
        }
        assert_eq!(
            world.fails("CreateManagedLoginBranding", create().await).await,
            "LimitExceededException: The user pool has reached its number of branding styles."
        );
    }

    #[tokio::test]
    async fn one_of_two_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let create = json!({ "UserPoolId": pool, "ClientId": client, "Assets": [logo("LIGHT")] });
        let answers = world.at_once("CreateManagedLoginBranding", vec![create; 2]);
        let failures: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].code, "ManagedLoginBrandingExistsException");
    }
}
