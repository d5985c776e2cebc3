//! Every text that a client can see, with where it comes from.
//!
//! The tags are those of the specification (`shared/spec/README.md`): [MSG] and stronger ones are verified,
//! `unverified` marks a text of our own where AWS's is not known.

use cognito_api::ErrorCode;

use super::ApiError;

macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident($($arg:ident: $type:ty),*) = $code:ident, $text:literal;)*) => {$(
        $(#[$meta])*
        pub(crate) fn $name($($arg: $type),*) -> $crate::errors::ApiError {
            $crate::errors::ApiError::service(cognito_api::ErrorCode::$code, format!($text))
        }
    )*};
}

macro_rules! common {
    ($($(#[$meta:meta])* $name:ident($($arg:ident: $type:ty),*) = $code:literal $status:literal, $text:literal;)*) => {
        impl ApiError {$(
            $(#[$meta])*
            pub fn $name($($arg: $type),*) -> Self {
                Self::common($code, $status, format!($text))
            }
        )*}
    };
}

mod branding;
mod clients;
mod clock;
mod common;
mod devices;
mod domains;
mod federation;
mod imports;
mod limits;
mod missing;
mod passkeys;
mod pool_settings;
mod pools;
mod replicas;
mod schema;
mod secrets;
mod sessions;
mod sign_in;
mod threat;
mod tokens;
mod triggers;
mod users;

pub(crate) use branding::*;
pub(crate) use clients::*;
pub(crate) use clock::*;
pub(crate) use devices::*;
pub(crate) use domains::*;
pub(crate) use federation::*;
pub(crate) use imports::*;
pub(crate) use limits::*;
pub(crate) use missing::*;
pub(crate) use passkeys::*;
pub(crate) use pool_settings::*;
pub(crate) use pools::*;
pub(crate) use replicas::*;
pub(crate) use schema::*;
pub(crate) use secrets::*;
pub(crate) use sessions::*;
pub(crate) use sign_in::*;
pub(crate) use threat::*;
pub(crate) use tokens::*;
pub(crate) use triggers::*;
pub(crate) use users::*;

/// A constraint of the model was broken: the text is the validator's.
pub(crate) fn validation(message: String) -> ApiError {
    ApiError::service(ErrorCode::InvalidParameterException, message)
}
