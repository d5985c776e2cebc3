//! Every operation of Amazon Cognito user pools, in process.
//!
//! [`App`] is the whole service: open one on a store, and call operations by name with JSON ([`App::call`]) or by
//! type ([`App::invoke`]). No HTTP is involved.

mod app;
mod auth;
mod call;
mod clients;
mod ctx;
mod devices;
mod errors;
mod federation;
mod functions;
mod groups;
mod idps;
mod imports;
mod issuers;
mod limits;
mod login;
mod managed_login;
mod mfa;
mod oauth;
mod passwords;
mod pools;
mod ports;
mod prelude;
mod remote_keys;
mod replicas;
mod service;
mod sessions;
mod signup;
mod site;
#[cfg(feature = "smtp")]
mod smtp;
mod table;
mod threat;
mod tokens;
mod triggers;
mod users;
mod views;
mod webauthn;

pub use app::{App, Settings};
pub use call::{Call, Caller, Scope};
pub use cognito_core::oauth::Parameters;
pub use errors::{ApiError, Code, Reply};
pub use functions::{ArnPattern, FunctionMap, Target, Unmapped};
pub use idps::HttpIdps;
pub use imports::upload::UploadPath;
pub use issuers::Unverified;
pub use managed_login::page::{self, Page, View};
pub use oauth::{
    Answer, Body, CalledDomain, Content, Cookie, Endpoint, Readers, Visit, is_login_cookie, is_prefix_domain,
};
pub use outbound::Guard;
pub use ports::{
    Clock, IdpAnswer, IdpClient, IdpError, IdpMethod, IdpRequest, InvokeError, KeySource, Mail, Mailer,
    NoFunctions, NoIdps, NoMailer, OsRng, Ports, Rng, SystemClock, Triggers,
};
pub use service::log_delivery::FailureLog;
pub use service::looks::LookFile;
pub use service::outbox::MessageQuery;
pub use service::recorder::TriggerQuery;
pub use site::{IssuerForm, Site, endpoint_region};
#[cfg(feature = "smtp")]
pub use smtp::SmtpMailer;
pub use table::offered;
