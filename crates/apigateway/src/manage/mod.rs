//! The management API: what it takes to create, change and list HTTP APIs.
//!
//! [`call`] performs an operation. HTTP, signatures and origins are the business of `cognito-http`.

mod apis;
mod authorizers;
mod call;
mod check;
mod ctx;
mod deploy;
mod deployments;
mod integrations;
mod lists;
mod routes;
mod stages;
mod tags;
mod views;

#[cfg(test)]
mod tests;

pub use call::{Answer, Call, call};
