//! The in-process world and the fakes that the tests of awsemu stand on.

pub mod authenticator;
pub mod browser;
pub mod devices;
pub mod forgery;
pub mod functions;
pub mod idps;
mod imports;
pub mod logbook;
pub mod postgres;
pub mod srp;
pub mod totp;
pub mod witness;
pub mod world;

// The tests of `cognito-ops` itself know these types only from here.
pub use cognito_ops::{Answer, Endpoint, InvokeError, Settings};
pub use functions::Functions;
pub use logbook::Logbook;
pub use world::{Failure, World};
