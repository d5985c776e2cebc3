//! `awsemu serve`: joins store, operations and HTTP, and runs until it is told to stop.

mod listen;
mod log;
mod mail;
mod start;
mod store;

pub use start::serve;
