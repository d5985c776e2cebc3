//! The in-process world and the fakes that the tests of awsemu stand on.

pub mod functions;
pub mod postgres;
pub mod srp;
pub mod witness;
pub mod world;

pub use functions::Functions;
pub use world::{Failure, World};
