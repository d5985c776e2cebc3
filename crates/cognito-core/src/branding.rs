//! Branding styles: the settings and images of the managed login pages of one app client.
//! Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-brandingeditor.html>

use cognito_api::wire;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::Time;

mod asset;
mod settings;

pub use asset::{Asset, AssetError, Slot, SlotName};
pub(crate) use settings::is_color;
pub use settings::{DEFAULTS, merge};

/// The index of styles by pool and client.
pub const BY_CLIENT: &str = "branding.client";
/// The most styles of a pool.
pub const MAX_STYLES: usize = 20;

/// The style of a client. Its images are records of their own, so that a page is shown without reading them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branding {
    /// The pool.
    pub pool_id: String,
    /// The id.
    pub id: String,
    /// The client.
    pub client_id: String,
    /// UseCognitoProvidedValues: there are neither settings nor images.
    pub defaults: bool,
    /// What was set, without the defaults.
    pub settings: Option<Value>,
    /// The images, in the order in which they came.
    pub slots: Vec<Slot>,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// What a request sets. What is left out stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// UseCognitoProvidedValues.
    pub defaults: Option<bool>,
    /// Settings.
    pub settings: Option<Value>,
    /// Assets.
    pub assets: Option<Vec<wire::AssetType>>,
}

/// Why a style is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrandingError {
    /// UseCognitoProvidedValues together with settings or images.
    #[error("the defaults together with settings or images")]
    DefaultsAndMore,
    /// The member of the settings that is not what it must be.
    #[error("the setting {0}")]
    Setting(String),
    /// More images than a style may have.
    #[error("too many images")]
    TooManyAssets,
    /// An image.
    #[error("the image {0}: {1}")]
    Asset(SlotName, AssetError),
}

impl Branding {
    /// Makes the style of a client, and its images.
    ///
    /// # Errors
    /// [`BrandingError`]
    pub fn new(
        id: String,
        pool_id: &str,
        client_id: &str,
        change: Change,
        now: Time,
    ) -> Result<(Self, Vec<Asset>), BrandingError> {
        let mut branding = Self {
            pool_id: pool_id.to_owned(),
            id,
            client_id: client_id.to_owned(),
            defaults: false,
            settings: None,
            slots: Vec::new(),
            created: now,
            modified: now,
        };
        let assets = branding.change(change, now)?;
        Ok((branding, assets))
    }

    /// Changes what is given, and gives the images that are to be stored. Settings are merged into those that were set
    /// before, and an image takes the place of the one of its slot: what is more than a request can hold comes in
    /// several. That settings are merged down to their single values is unverified: the model only says that those that
    /// are not given are preserved. The defaults take the place of everything.
    ///
    /// # Errors
    /// [`BrandingError`], and then nothing was changed.
    pub fn change(&mut self, change: Change, now: Time) -> Result<Vec<Asset>, BrandingError> {
        let given = change.settings.is_some() || change.assets.as_ref().is_some_and(|list| !list.is_empty());
        if change.defaults == Some(true) && given {
            return Err(BrandingError::DefaultsAndMore);
        }
        change.settings.as_ref().map_or(Ok(()), settings::check)?;
        let assets = self.assets(change.assets.unwrap_or_default())?;
        let mut slots = self.slots.clone();
        for asset in &assets {
            slots.retain(|slot| slot.name != asset.slot.name);
            slots.push(asset.slot.clone());
        }
        if slots.len() > MAX_ASSETS {
            return Err(BrandingError::TooManyAssets);
        }
        self.slots = slots;
        if let Some(more) = change.settings {
            merge(self.settings.get_or_insert_with(|| Value::Object(Default::default())), more);
        }
        if let Some(defaults) = change.defaults.or(given.then_some(false)) {
            self.defaults = defaults;
        }
        if self.defaults {
            (self.settings, self.slots) = (None, Vec::new());
        }
        self.modified = now;
        Ok(assets)
    }

    fn assets(&self, given: Vec<wire::AssetType>) -> Result<Vec<Asset>, BrandingError> {
        let mut assets: Vec<Asset> = Vec::with_capacity(given.len());
        for asset in given {
            let name = SlotName::of(&asset);
            let refused = |error| BrandingError::Asset(name.clone(), error);
            let asset = Asset::new(&self.pool_id, &self.id, asset).map_err(refused)?;
            if assets.iter().any(|other| other.slot.name == name) {
                return Err(refused(AssetError::Twice));
            }
            assets.push(asset);
        }
        Ok(assets)
    }

    /// The settings over the defaults.
    pub fn merged_settings(&self) -> Value {
        let mut merged = DEFAULTS.clone();
        self.settings.iter().for_each(|settings| merge(&mut merged, settings.clone()));
        merged
    }

    /// The record key.
    pub fn key_of(pool_id: &str, id: &str) -> String {
        format!("{pool_id}/{id}")
    }

    /// What the keys of its images begin with.
    pub fn inside(&self) -> String {
        format!("{}/{}/", self.pool_id, self.id)
    }

    /// The value of [`BY_CLIENT`].
    pub fn client_value(pool_id: &str, client_id: &str) -> String {
        format!("{pool_id}/{client_id}")
    }
}

/// The most images of a style: as many as a request may have.
const MAX_ASSETS: usize = 40;

impl Entity for Branding {
    const KIND: Kind = Kind::Branding;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::unique(BY_CLIENT, Self::client_value(&self.pool_id, &self.client_id))]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn image(category: &str, mode: &str, bytes: &[u8]) -> wire::AssetType {
        let value = json!({ "Category": category, "ColorMode": mode, "Extension": "PNG" });
        let asset: wire::AssetType = serde_json::from_value(value).unwrap();
        wire::AssetType { bytes: Some(wire::Blob(bytes.to_vec())), ..asset }
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn style(change: Change) -> Result<Branding, BrandingError> {
        Branding::new("1".to_owned(), "us-east-1_A", "app", change, Time(0)).map(|(branding, _)| branding)
    }

    fn settings(settings: Value) -> Change {
        Change { settings: Some(settings), ..Change::default() }
    }

    fn defaults(defaults: bool) -> Change {
        Change { defaults: Some(defaults), ..Change::default() }
    }

    fn assets(assets: &[wire::AssetType]) -> Change {
        Change { assets: Some(assets.to_vec()), ..Change::default() }
    }

    #[test]
    fn the_defaults_stand_alone() {
        assert!(style(defaults(true)).unwrap().defaults);
        assert!(!style(Change::default()).unwrap().defaults);
        let logo = assets(&[image("FORM_LOGO", "LIGHT", PNG)]);
        for more in [settings(json!({})), logo.clone()] {
            let both = Change { defaults: Some(true), ..more };
            assert_eq!(style(both), Err(BrandingError::DefaultsAndMore));
        }
        assert!(style(Change { assets: Some(Vec::new()), ..defaults(true) }).unwrap().defaults);
        let mut branding = style(logo).unwrap();
        branding.change(defaults(true), Time(1)).unwrap();
        assert!(branding.defaults && branding.slots.is_empty());
        branding.change(settings(json!({ "categories": {} })), Time(2)).unwrap();
        assert!(!branding.defaults);
        assert_eq!((branding.created, branding.modified), (Time(0), Time(2)));
    }

    #[test]
    fn changes_leave_what_is_not_given() {
        let radius = |name: &str, radius: f64| json!({ "components": { name: { "borderRadius": radius } } });
        let mut branding = style(settings(radius("form", 4.0))).unwrap();
        branding.change(settings(radius("alert", 2.0)), Time(1)).unwrap();
        branding.change(settings(radius("alert", 3.0)), Time(2)).unwrap();
        let both =
            json!({ "components": { "form": { "borderRadius": 4.0 }, "alert": { "borderRadius": 3.0 } } });
        assert_eq!(branding.settings, Some(both));
        assert_eq!(branding.merged_settings()["components"]["form"]["borderRadius"], 4.0);
        assert_eq!(branding.merged_settings()["categories"]["global"], DEFAULTS["categories"]["global"]);
        let (light, dark) = (image("FORM_LOGO", "LIGHT", PNG), image("FORM_LOGO", "DARK", PNG));
        branding.change(assets(std::slice::from_ref(&light)), Time(3)).unwrap();
        branding.change(assets(&[dark, light]), Time(4)).unwrap();
        let names: Vec<_> = branding.slots.iter().map(|slot| slot.name.to_string()).collect();
        assert_eq!(names, ["FORM_LOGO-DARK", "FORM_LOGO-LIGHT"]);
    }

    #[test]
    fn refused_changes_change_nothing() {
        let logo = image("FORM_LOGO", "LIGHT", PNG);
        let mut branding = style(assets(std::slice::from_ref(&logo))).unwrap();
        let before = branding.clone();
        let name = SlotName::of(&logo);
        let refused = |error| BrandingError::Asset(name.clone(), error);
        let bare = wire::AssetType { bytes: None, ..logo.clone() };
        for (change, error) in [
            (assets(&[logo.clone(), logo.clone()]), refused(AssetError::Twice)),
            (assets(&[bare]), refused(AssetError::Empty)),
            (settings(json!({ "x": 1 })), BrandingError::Setting("x".to_owned())),
        ] {
            assert_eq!(branding.change(change, Time(1)), Err(error));
            assert_eq!(branding, before);
        }
        let icon = |n: usize| {
            let resource_id = Some(format!("provider {n}"));
            wire::AssetType { resource_id, ..image("IDP_BUTTON_ICON", "LIGHT", PNG) }
        };
        let icons: Vec<_> = (0..40).map(icon).collect();
        assert_eq!(branding.change(assets(&icons), Time(1)), Err(BrandingError::TooManyAssets));
        branding.change(assets(&icons[1..]), Time(1)).unwrap();
    }
}
