//! Domain becomes wire here, and nowhere else.

mod branding;
mod clients;
mod delivery;
mod devices;
mod domains;
mod groups;
mod identity_providers;
mod imports;
mod limits;
mod passkeys;
mod pools;
mod replicas;
mod sessions;
mod terms;
mod threat;
mod ui_customization;
mod users;

use cognito_api::wire;
use cognito_core::Time;

pub(crate) use branding::*;
pub(crate) use clients::*;
pub(crate) use delivery::*;
pub(crate) use devices::*;
pub(crate) use domains::*;
pub(crate) use groups::*;
pub(crate) use identity_providers::*;
pub(crate) use imports::*;
pub(crate) use limits::*;
pub(crate) use passkeys::*;
pub(crate) use pools::*;
pub(crate) use replicas::*;
pub(crate) use sessions::*;
pub(crate) use terms::*;
pub(crate) use threat::*;
pub(crate) use ui_customization::*;
pub(crate) use users::*;

/// A moment on the wire.
pub(crate) fn timestamp(time: Time) -> wire::Timestamp {
    wire::Timestamp::from_millis(time.0)
}
