//! SetUICustomization: replaces the style sheet and the logo of the classic login pages of one client or of all.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUICustomization.html>

use cognito_core::ui_customization::{ALL_CLIENTS, UiCustomization};

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetUICustomizationRequest,
) -> Reply<wire::SetUICustomizationResponse> {
    let looks = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            if !pool.has_domain() {
                return Err(errors::looks_need_domain());
            }
            let client_id = input.client_id.as_deref().unwrap_or(ALL_CLIENTS);
            if client_id != ALL_CLIENTS {
                txn.client(&pool, client_id).await?;
            }
            let image = input.image_file.clone().map(|image| image.0);
            let mut looks = UiCustomization::new(&pool.id, client_id, input.css.clone(), image, ctx.now())?;
            if let Some(old) = txn.looks_if_any(&pool, client_id).await? {
                looks.created = old.created;
            }
            if looks.is_empty() {
                txn.delete(&looks);
            } else {
                txn.save(&looks);
            }
            Ok(looks)
        })
        .await?;
    Ok(wire::SetUICustomizationResponse { ui_customization: views::ui_customization(&looks) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    const PNG: &str = "iVBORw0KGgo=";

    #[tokio::test]
    async fn what_is_set_is_read_back_and_replaced() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "shop" })).await;
        let css = json!({ "CSS": ".logo-customizable {\n  max-width: 80%;\n}\n" });
        let image = json!({ "ImageFile": PNG });
        let shown = json!({ "ImageUrl": format!("data:image/png;base64,{PNG}") });
        for (given, client_id) in [(json!({}), "ALL"), (json!({ "ClientId": client }), client.as_str())] {
            let set = async |more: Value| {
                let input = merged(json!({ "UserPoolId": pool }), merged(given.clone(), more));
                world.ok("SetUICustomization", input).await["UICustomization"].clone()
            };
            let of = json!({ "UserPoolId": pool, "ClientId": client_id });
            let first = set(merged(css.clone(), image.clone())).await;
            let began = world.now().seconds();
            let expected = |more: Value, version: &Value| {
                let dates = json!({
                    "CSSVersion": version, "CreationDate": began, "LastModifiedDate": world.now().seconds(),
                });
                merged(merged(of.clone(), dates), more)
            };
            assert_eq!(first, expected(merged(css.clone(), shown.clone()), &first["CSSVersion"]));
            assert_eq!(world.ok("GetUICustomization", of.clone()).await["UICustomization"], first);
            world.advance(Span::seconds(1));
            let second = set(css.clone()).await;
            assert_ne!(second["CSSVersion"], first["CSSVersion"]);
            assert_eq!(second, expected(css.clone(), &second["CSSVersion"]));
            assert_eq!(world.ok("GetUICustomization", of.clone()).await["UICustomization"], second);
        }
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let set = |more: Value| merged(json!({ "UserPoolId": pool }), more);
        let check = async |more: Value, expected: &str| {
            assert_eq!(world.fails("SetUICustomization", set(more)).await, expected);
        };
        let css = |css: &str| json!({ "CSS": css });
        check(
            css(".label-customizable {}"),
            "InvalidParameterException: There has to be an existing domain associated with this user pool",
        )
        .await;
        world.ok("CreateUserPoolDomain", set(json!({ "Domain": "shop" }))).await;
        check(css("x"), "InvalidParameterException: The CSS is not a list of rules.").await;
        check(
            css("body { color: red }"),
            "InvalidParameterException: The CSS has a selector that cannot be customized: body",
        )
        .await;
        check(
            css(".label-customizable { background: url(x) }"),
            "InvalidParameterException: The CSS has a declaration that is not allowed: background: url(x)",
        )
        .await;
        check(
            json!({ "ImageFile": "PHN2Zy8+" }),
            "InvalidParameterException: The image must be a PNG or a JPEG.",
        )
        .await;
        check(
            json!({ "ClientId": "none" }),
            "ResourceNotFoundException: User pool client none does not exist.",
        )
        .await;
        assert_eq!(world.ok("GetUICustomization", set(json!({}))).await, json!({ "UICustomization": {} }));
    }
}
