//! The Node clients: scripts of `tests/clients`, run with the packages that `xtask setup` installed.

use std::process::Command;

use super::python::{finish, workspace};

/// Runs a script, such as `browser/passkey.mjs`, to its end; its output is shown if it fails.
pub fn run(script: &str, arguments: &[&str]) {
    let packages = workspace().join("target/clients/node");
    assert!(packages.exists(), "there are no Node clients: run cargo xtask setup");
    let mut command = Command::new("node");
    command.arg(workspace().join("tests/clients").join(script)).args(arguments);
    command.env("NODE_CLIENTS", packages);
    finish(script, command);
}
