//! The main job, with three clients and on both stores: a pool, a user, a sign-in, tokens that verify, and
//! all of it again after the server was killed.

use super::database::Database;
use super::python;
use super::server::{Server, Store};

#[test]
fn boto3_on_a_directory() {
    check(Store::Directory, "walkthrough_boto3.py");
}

#[test]
fn aws_on_a_directory() {
    check(Store::Directory, "walkthrough_aws.py");
}

#[test]
fn awsemu_on_a_directory() {
    check(Store::Directory, "walkthrough_awsemu.py");
}

#[test]
fn boto3_on_postgres() {
    let database = Database::create();
    check(database.store(), "walkthrough_boto3.py");
}

#[test]
fn aws_on_postgres() {
    let database = Database::create();
    check(database.store(), "walkthrough_aws.py");
}

#[test]
fn awsemu_on_postgres() {
    let database = Database::create();
    check(database.store(), "walkthrough_awsemu.py");
}

fn check(store: Store, script: &str) {
    let mut server = Server::start(store);
    let url = server.url();
    let notes = server.folder().join("notes.json").display().to_string();
    python::run(script, &["before", &url, &notes]);
    server.kill9();
    server.restart();
    assert_eq!(server.url(), url);
    python::run(script, &["after", &url, &notes]);
}
