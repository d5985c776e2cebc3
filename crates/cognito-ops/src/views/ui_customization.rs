//! The looks of classic login pages on the wire.

use cognito_api::wire;
use cognito_core::ui_customization::{Logo, UiCustomization};

use super::timestamp;

/// Looks in full.
pub(crate) fn ui_customization(looks: &UiCustomization) -> wire::UICustomizationType {
    wire::UICustomizationType {
        user_pool_id: Some(looks.pool_id.clone()),
        client_id: Some(wire::Sensitive::new(looks.client_id.clone())),
        image_url: looks.logo.as_ref().map(Logo::url),
        css: looks.css.clone(),
        css_version: looks.css.as_ref().map(|_| looks.modified.as_digits()),
        last_modified_date: Some(timestamp(looks.modified)),
        creation_date: Some(timestamp(looks.created)),
    }
}
