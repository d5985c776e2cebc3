//! Branding styles on the wire.

use cognito_api::wire;
use cognito_core::branding::{Asset, Branding};
use serde_json::Value;

use super::timestamp;

/// A style with its images. Without settings it has none, without images an empty list.
pub(crate) fn branding(
    branding: &Branding,
    settings: Option<Value>,
    assets: Vec<wire::AssetType>,
) -> wire::ManagedLoginBrandingType {
    wire::ManagedLoginBrandingType {
        managed_login_branding_id: Some(branding.id.clone()),
        user_pool_id: Some(branding.pool_id.clone()),
        use_cognito_provided_values: Some(branding.defaults),
        settings,
        assets: Some(assets),
        creation_date: Some(timestamp(branding.created)),
        last_modified_date: Some(timestamp(branding.modified)),
    }
}

/// An image of a style.
pub(crate) fn asset(asset: &Asset) -> wire::AssetType {
    let name = &asset.slot.name;
    wire::AssetType {
        category: name.category,
        color_mode: name.mode,
        extension: asset.slot.extension,
        bytes: Some(wire::Blob(asset.bytes.clone())),
        resource_id: name.resource.clone(),
    }
}
