//! User import and the end of the server that does it.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::database::Database;
use super::server::{Server, Store};

/// So many users that a server can be killed meanwhile.
const USERS: usize = 3_000;

#[test]
fn an_import_goes_on_after_kill_9() {
    let database = Database::create();
    check(Store::Directory);
    check(database.store());
}

fn check(store: Store) {
    let mut server = Server::start(store);
    let pool = json!({ "PoolName": "pool", "AutoVerifiedAttributes": ["email"] });
    let pool = server.ok("CreateUserPool", &pool)["UserPool"]["Id"].clone();
    let role = "arn:aws:iam::000000000000:role/logs";
    let job = json!({ "UserPoolId": pool, "JobName": "job", "CloudWatchLogsRoleArn": role });
    let job = server.ok("CreateUserImportJob", &job)["UserImportJob"].clone();
    let link = job["PreSignedUrl"].as_str().expect("a link");
    let path = link.strip_prefix(&server.url()).expect("a link to the server");
    let answer = server.put(path, file(&server, &pool).as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let job = json!({ "UserPoolId": pool, "JobId": job["JobId"] });
    server.ok("StartUserImportJob", &job);

    let killed = wait(&server, &job, |job| job["ImportedUsers"] != 0);
    server.kill9();
    assert_eq!(killed["Status"], "InProgress");
    server.restart();
    let ended = wait(&server, &job, |job| job["CompletionDate"].is_number());
    assert_eq!((&ended["Status"], &ended["ImportedUsers"]), (&json!("Succeeded"), &json!(USERS)));
    assert_eq!((&ended["SkippedUsers"], &ended["FailedUsers"]), (&json!(0), &json!(0)));
    let pool = server.ok("DescribeUserPool", &json!({ "UserPoolId": pool }));
    assert_eq!(pool["UserPool"]["EstimatedNumberOfUsers"], USERS);
}

fn file(server: &Server, pool: &Value) -> String {
    let header = server.ok("GetCSVHeader", &json!({ "UserPoolId": pool }))["CSVHeader"].clone();
    let columns: Vec<&str> = header.as_array().expect("columns").iter().filter_map(Value::as_str).collect();
    let row = |number: usize| {
        let value = |column: &&str| match *column {
            "cognito:username" => format!("user{number}"),
            "email" => format!("user{number}@example.com"),
            "email_verified" => "true".to_owned(),
            _ => String::new(),
        };
        columns.iter().map(value).collect::<Vec<_>>().join(",") + "\n"
    };
    columns.join(",") + "\n" + &(0..USERS).map(row).collect::<String>()
}

/// The job, as soon as it is as it should be.
fn wait(server: &Server, job: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..6_000 {
        let described = server.ok("DescribeUserImportJob", job)["UserImportJob"].clone();
        if wanted(&described) {
            return described;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the job does not go on; the server wrote:\n{}", server.log());
}
