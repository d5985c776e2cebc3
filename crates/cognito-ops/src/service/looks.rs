//! The looks of a client's login pages, and the files that they consist of.

use std::sync::Arc;

use cognito_core::branding::Branding;
use cognito_core::client::Client;
use cognito_core::domain::LoginPages;
use cognito_core::look::{self, CLASSIC_LOGO, CLASSIC_SHEET, Look, MANAGED_SHEET, NO_CLIENT};
use cognito_core::pool::Pool;
use cognito_core::ui_customization::{ALL_CLIENTS, UiCustomization};
use cognito_store::Txn;
use cognito_store::find::FindError;

use crate::prelude::*;

/// A style sheet or a picture of login pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookFile {
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The looks of a client's pages of that kind: see [`Look::of`].
pub(crate) async fn of_client(
    txn: &mut Txn,
    pool: &Pool,
    client: &Client,
    pages: Option<LoginPages>,
) -> Reply<Option<Look>> {
    let style = txn.branding_of_client(client).await?;
    let custom = customization(txn, pool, client).await?;
    Ok(Look::of(&client.id, pages, style.as_deref(), custom.as_deref()))
}

/// A file of the looks of a client, by its name.
pub(crate) async fn file(txn: &mut Txn, client_id: &str, name: &str) -> Reply<Option<LookFile>> {
    let sheet = |text: String| LookFile { media_type: "text/css; charset=utf-8", bytes: text.into_bytes() };
    if client_id == NO_CLIENT {
        return Ok((name == MANAGED_SHEET).then(|| sheet(look::managed_sheet(None))));
    }
    let (pool, client) = match txn.client_by_id(client_id).await {
        Ok(found) => found,
        Err(FindError::Missing(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match name {
        CLASSIC_SHEET => {
            let custom = customization(txn, &pool, &client).await?;
            Ok(Some(sheet(look::classic_sheet(custom.as_deref()))))
        }
        CLASSIC_LOGO => {
            let logo = customization(txn, &pool, &client).await?.and_then(|custom| custom.logo.clone());
            Ok(logo.map(|logo| LookFile { media_type: logo.media_type(), bytes: logo.into_bytes() }))
        }
        MANAGED_SHEET => {
            let style = txn.branding_of_client(&client).await?;
            Ok(Some(sheet(look::managed_sheet(style.as_deref()))))
        }
        _ => match txn.branding_of_client(&client).await? {
            Some(style) => picture(txn, &style, name).await,
            None => Ok(None),
        },
    }
}

async fn picture(txn: &mut Txn, style: &Branding, name: &str) -> Reply<Option<LookFile>> {
    let Some(slot) = style.slots.iter().find(|slot| slot.name.to_string() == name) else { return Ok(None) };
    let asset = txn.branding_asset(style, &slot.name).await?;
    Ok(asset.map(|asset| LookFile { media_type: asset.slot.media_type(), bytes: asset.bytes.clone() }))
}

/// The classic customization of a client, or that of all clients.
async fn customization(txn: &mut Txn, pool: &Pool, client: &Client) -> Reply<Option<Arc<UiCustomization>>> {
    match txn.looks_if_any(pool, &client.id).await? {
        Some(own) => Ok(Some(own)),
        None => Ok(txn.looks_if_any(pool, ALL_CLIENTS).await?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn files() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let bare = world.client(&pool, json!({})).await;
        let image = |category: &str, extension: &str, bytes: &str| json!({ "Category": category, "ColorMode": "LIGHT", "Extension": extension, "Bytes": bytes });
        let style = json!({
            "UserPoolId": pool, "ClientId": client,
            "Settings": { "components": { "pageBackground": { "lightMode": { "color": "01020304" } } } },
            "Assets": [image("FORM_LOGO", "SVG", "PHN2Zy8+"), image("PAGE_BACKGROUND", "PNG", "iVBORw0KGgo=")],
        });
        world.ok("CreateManagedLoginBranding", style).await;
        world.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "shop" })).await;
        let custom = json!({
            "UserPoolId": pool, "CSS": ".label-customizable { color: red }", "ImageFile": "/9j/4A==",
        });
        world.ok("SetUICustomization", custom).await;
        let file = async |client: &str, name: &str| {
            let file = world.app.look_file(client, name).await.expect("an answer");
            file.map(|file| (file.media_type, String::from_utf8_lossy(&file.bytes).into_owned()))
        };
        let css = "text/css; charset=utf-8";
        let check = async |client: &str, name: &str, expected: Option<(&str, &str)>| {
            let found = file(client, name).await;
            let found = found.as_ref().map(|(kind, text)| (*kind, text.as_str()));
            let fits = match (found, expected) {
                (Some((kind, text)), Some((expected, part))) => kind == expected && text.contains(part),
                (found, expected) => found.is_none() && expected.is_none(),
            };
            assert!(fits, "{client} {name}: {found:?}");
        };
        check(&client, "managed.css", Some((css, "--page: #01020304;"))).await;
        check(&client, "managed.css", Some((css, "url(\"PAGE_BACKGROUND-LIGHT\")"))).await;
        check(&bare, "managed.css", Some((css, "--page: #f4f6faff;"))).await;
        check("-", "managed.css", Some((css, "--page: #f4f6faff;"))).await;
        check(&client, "classic.css", Some((css, ".label-customizable { color: red }"))).await;
        check(&client, "logo", Some(("image/jpeg", ""))).await;
        check(&client, "FORM_LOGO-LIGHT", Some(("image/svg+xml", "<svg/>"))).await;
        check(&client, "PAGE_BACKGROUND-LIGHT", Some(("image/png", "PNG"))).await;
        for (client, name) in [
            (client.as_str(), "FORM_LOGO-DARK"),
            (client.as_str(), "../FORM_LOGO-LIGHT"),
            (bare.as_str(), "FORM_LOGO-LIGHT"),
            ("none", "managed.css"),
            ("-", "classic.css"),
        ] {
            check(client, name, None).await;
        }
    }
}
