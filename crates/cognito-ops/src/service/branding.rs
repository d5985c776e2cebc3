//! A branding style as it is described: with its images, and with the defaults if they are asked for.

use cognito_core::branding::{Asset, Branding};
use cognito_store::Txn;

use crate::prelude::*;

/// What a description of a style contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What was set.
    Set,
    /// What was set over the defaults: ReturnMergedResources. There are no default images.
    Merged,
}

impl Extent {
    pub(crate) fn of(merged: Option<bool>) -> Self {
        if merged == Some(true) { Self::Merged } else { Self::Set }
    }
}

/// Describes a style.
pub(crate) async fn described(
    txn: &mut Txn,
    branding: &Branding,
    extent: Extent,
) -> Reply<wire::ManagedLoginBrandingType> {
    let mut assets = Vec::with_capacity(branding.slots.len());
    for slot in &branding.slots {
        assets.extend(txn.branding_asset(branding, &slot.name).await?.map(|asset| views::asset(&asset)));
    }
    let settings = match extent {
        Extent::Set => branding.settings.clone(),
        Extent::Merged => Some(branding.merged_settings()),
    };
    Ok(views::branding(branding, settings, assets))
}

/// Saves a style with the images that came with a request.
pub(crate) async fn save(txn: &mut Txn, branding: &Branding, assets: &[Asset]) -> Reply<()> {
    for asset in assets {
        // Only what was read is written over.
        txn.branding_asset(branding, &asset.slot.name).await?;
        txn.save(asset);
    }
    if branding.slots.is_empty() {
        txn.purge(branding.inside());
    }
    txn.save(branding);
    Ok(())
}

/// Deletes a style and its images.
pub(crate) fn delete(txn: &mut Txn, branding: &Branding) {
    txn.purge(branding.inside());
    txn.delete(branding);
}
