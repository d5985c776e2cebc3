//! UpdateManagedLoginBranding: adds to the settings and images of a branding style; what is left out stays.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateManagedLoginBranding.html>

use cognito_core::branding::Change;

use crate::prelude::*;
use crate::service::branding::{self, Extent};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateManagedLoginBrandingRequest,
) -> Reply<wire::UpdateManagedLoginBrandingResponse> {
    let (Some(pool_id), Some(id)) = (&input.user_pool_id, &input.managed_login_branding_id) else {
        return Err(errors::branding_not_named());
    };
    let managed_login_branding = ctx
        .write(async |txn| {
            let pool = txn.pool(pool_id).await?;
            let mut style = (*txn.branding(&pool, id).await?).clone();
            let change = Change {
                defaults: input.use_cognito_provided_values,
                settings: input.settings.clone(),
                assets: input.assets.clone(),
            };
            let assets = style.change(change, ctx.now())?;
            branding::save(txn, &style, &assets).await?;
            branding::described(txn, &style, Extent::Set).await
        })
        .await?;
    Ok(wire::UpdateManagedLoginBrandingResponse { managed_login_branding: Some(managed_login_branding) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn image(category: &str, extension: &str, bytes: &str) -> Value {
        json!({ "Category": category, "ColorMode": "LIGHT", "Extension": extension, "Bytes": bytes })
    }

    #[tokio::test]
    async fn what_is_left_out_stays() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let create = json!({ "UserPoolId": pool, "ClientId": client, "UseCognitoProvidedValues": true });
        let created = world.ok("CreateManagedLoginBranding", create).await["ManagedLoginBranding"].clone();
        let which =
            json!({ "UserPoolId": pool, "ManagedLoginBrandingId": created["ManagedLoginBrandingId"] });
        let form = |more: Value| json!({ "components": { "form": more } });
        let (png, svg) = (image("FORM_LOGO", "PNG", "iVBORw0KGgo="), image("FORM_LOGO", "SVG", "PHN2Zy8+"));
        let background = image("PAGE_BACKGROUND", "SVG", "PHN2Zy8+");
        let mut expected = created;
        for (change, then) in [
            (
                json!({ "Settings": form(json!({ "borderRadius": 4.0 })) }),
                json!({ "UseCognitoProvidedValues": false, "Settings": form(json!({ "borderRadius": 4.0 })) }),
            ),
            (json!({ "Assets": [png] }), json!({ "Assets": [png] })),
            (
                json!({ "Settings": form(json!({ "logo": { "enabled": true } })), "Assets": [background] }),
                json!({
                    "Settings": form(json!({ "borderRadius": 4.0, "logo": { "enabled": true } })),
                    "Assets": [png, background],
                }),
            ),
            (json!({ "Assets": [svg] }), json!({ "Assets": [background, svg] })),
            (json!({}), json!({})),
        ] {
            world.advance(Span::seconds(1));
            let modified = json!({ "LastModifiedDate": world.now().seconds() });
            expected = merged(merged(expected, then), modified);
            let answer = world.ok("UpdateManagedLoginBranding", merged(which.clone(), change)).await;
            assert_eq!(answer, json!({ "ManagedLoginBranding": expected }));
            assert_eq!(world.ok("DescribeManagedLoginBranding", which.clone()).await, answer);
        }
        // The defaults take the place of everything.
        let defaults = json!({ "UseCognitoProvidedValues": true });
        let answer = world.ok("UpdateManagedLoginBranding", merged(which.clone(), defaults)).await;
        let style = &answer["ManagedLoginBranding"];
        assert_eq!((style.get("Settings"), &style["Assets"]), (None, &json!([])));
        assert_eq!(world.ok("DescribeManagedLoginBranding", which).await, answer);
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let create = json!({ "UserPoolId": pool, "ClientId": client });
        let created = world.ok("CreateManagedLoginBranding", create).await;
        let id = &created["ManagedLoginBranding"]["ManagedLoginBrandingId"];
        let which = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id });
        let check = async |input: Value, expected: &str| {
            assert_eq!(world.fails("UpdateManagedLoginBranding", input).await, expected);
        };
        check(
            merged(which.clone(), json!({ "UseCognitoProvidedValues": true, "Settings": {} })),
            "InvalidParameterException: Settings and Assets cannot be set when UseCognitoProvidedValues is true.",
        )
        .await;
        check(
            merged(which.clone(), json!({ "Settings": { "extra": {} } })),
            "InvalidParameterException: Invalid value in the branding settings: extra",
        )
        .await;
        let unknown = json!({ "ManagedLoginBrandingId": "3e2f7d1c-0a1b-4c2d-8e3f-0123456789ab" });
        check(
            merged(which.clone(), unknown),
            "ResourceNotFoundException: Managed login branding 3e2f7d1c-0a1b-4c2d-8e3f-0123456789ab does not exist.",
        )
        .await;
        check(
            json!({ "UserPoolId": pool }),
            "InvalidParameterException: UserPoolId and ManagedLoginBrandingId are required.",
        )
        .await;
        assert_eq!(world.ok("DescribeManagedLoginBranding", which).await, created);
    }
}
