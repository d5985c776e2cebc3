//! Starting, stopping and crashing of `awsemu serve`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::database::Database;
use super::server::{Server, Store, run_to_end};

#[test]
fn a_stopped_server_ends_well_and_keeps_its_state() {
    let database = Database::create();
    check_stop(Store::Directory);
    check_stop(database.store());
}

fn check_stop(store: Store) {
    let mut server = Server::start(store);
    let pool = server.ok("CreateUserPool", &json!({"PoolName": "kept"}))["UserPool"]["Id"].clone();
    let status = server.terminate();
    assert!(status.success(), "{status}: {}", server.log());
    server.restart();
    let description = server.ok("DescribeUserPool", &json!({"UserPoolId": pool}));
    assert_eq!(description["UserPool"]["Name"], "kept");
}

#[test]
fn a_memory_store_forgets() {
    let mut server = Server::start(Store::Memory);
    server.ok("CreateUserPool", &json!({"PoolName": "forgotten"}));
    server.kill9();
    server.restart();
    assert_eq!(server.ok("ListUserPools", &json!({"MaxResults": 60}))["UserPools"], json!([]));
    assert!(!server.data_dir().exists());
}

#[test]
fn every_acknowledged_write_survives_kill_9() {
    let database = Database::create();
    check_kill(Store::Directory);
    check_kill(database.store());
}

fn check_kill(store: Store) {
    let mut server = Server::start(store);
    let mut pools = Vec::new();
    for round in 0..3 {
        for number in 0..4 {
            let name = format!("pool {round} {number}");
            let output = server.ok("CreateUserPool", &json!({"PoolName": name}));
            pools.push((output["UserPool"]["Id"].clone(), name));
        }
        server.kill9();
        server.restart();
        for (pool, name) in &pools {
            let description = server.ok("DescribeUserPool", &json!({"UserPoolId": pool}));
            assert_eq!(description["UserPool"]["Name"], *name);
        }
    }
}

#[test]
fn two_servers_do_not_share_a_directory() {
    let server = Server::start(Store::Directory);
    // On a port of its own, so that the directory is the only reason to refuse.
    let (status, errors) = run_to_end(server.command(0));
    assert!(!status.success());
    let named = errors.contains(&server.data_dir().display().to_string());
    assert!(named && errors.contains("another awsemu"), "{errors}");
    assert_eq!(server.get("/_awsemu/health").status, 200);
}

#[test]
fn the_state_is_private() {
    let server = Server::start(Store::Directory);
    server.ok("CreateUserPool", &json!({"PoolName": "private"}));
    let mut files = 0;
    for entry in fs::read_dir(server.data_dir()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", entry.path().display());
        files += 1;
    }
    assert!(files > 0, "the data directory is empty");
    let mode = fs::metadata(server.data_dir()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode & 0o077, 0, "the data directory has mode {mode:o}");
}

#[test]
fn health_has_two_addresses() {
    let server = Server::start(Store::Memory);
    for path in ["/_awsemu/health", "/_localstack/health"] {
        let health = server.get(path);
        assert_eq!(health.status, 200, "{path}: {}", health.text());
        assert!(health.json().is_object(), "{path}: {}", health.text());
    }
    let unknown = server.get("/us-east-1_Unknown12/.well-known/jwks.json");
    assert_eq!(unknown.status, 404, "{}", unknown.text());
    assert!(unknown.json().is_object());
}
