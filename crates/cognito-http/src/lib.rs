//! HTTP for awsemu: the AWS JSON 1.1 protocol, JWKS and discovery, our own endpoints under `/_awsemu/`, hosts, CORS
//! and the base URL.
//!
//! - [`serve`] runs the server on listening sockets until it is stopped through a [`Stop`].
//! - [`BaseUrl`] and [`IssuerMode`] say how URLs are built.
//! - [`Settings`] is everything that can be set.

mod access_log;
mod answer;
mod api;
mod authority;
mod backend;
mod base_url;
mod body;
mod cors;
mod execute_api;
mod gate;
mod gateway;
mod health;
mod hosts;
mod looks;
mod oauth;
mod pages;
mod percent;
mod request_id;
mod route;
mod server;
mod settings;
mod sigv4;
mod tool;
mod upload;
mod wait;
mod well_known;

#[cfg(test)]
mod tests;

pub use base_url::{BaseUrl, InvalidBaseUrl, IssuerMode};
pub use hosts::InvalidHost;
pub use server::{Stop, serve};
pub use settings::{Iam, Settings, Timeouts};
pub use sigv4::AccessKey;
