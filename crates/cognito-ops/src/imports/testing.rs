//! What the tests of user import share.

use serde_json::{Value, json};
use testkit::World;
use testkit::world::text;

/// A role that nobody assumes.
pub(super) const ROLE: &str = "arn:aws:iam::000000000000:role/logs";

/// Makes a job.
pub(super) async fn create(world: &World, pool: &str) -> Value {
    let input = json!({ "UserPoolId": pool, "JobName": "job", "CloudWatchLogsRoleArn": ROLE });
    world.ok("CreateUserImportJob", input).await["UserImportJob"].clone()
}

/// The job as it is now.
pub(super) async fn described(world: &World, job: &Value) -> Value {
    let input = json!({ "UserPoolId": job["UserPoolId"], "JobId": job["JobId"] });
    world.ok("DescribeUserImportJob", input).await["UserImportJob"].clone()
}

/// A file with these rows: names of columns and values. What a row leaves out is empty.
pub(super) async fn csv(world: &World, pool: &str, rows: &[Vec<(&str, &str)>]) -> String {
    let answer = world.ok("GetCSVHeader", json!({ "UserPoolId": pool })).await;
    let columns: Vec<String> = answer["CSVHeader"].as_array().unwrap().iter().map(text).collect();
    let line = |row: &Vec<(&str, &str)>| {
        let value = |column| row.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value);
        columns.iter().map(value).collect::<Vec<_>>().join(",") + "\r\n"
    };
    columns.join(",") + "\r\n" + &rows.iter().map(line).collect::<String>()
}

/// A job with a file, started.
pub(super) async fn started(world: &World, pool: &str, file: &str) -> Value {
    let job = create(world, pool).await;
    world
        .upload(&text(&job["PreSignedUrl"]), &[Some(file.as_bytes())])
        .await
        .expect("the link takes the file");
    let input = json!({ "UserPoolId": pool, "JobId": job["JobId"] });
    let started = world.ok("StartUserImportJob", input).await["UserImportJob"].clone();
    assert_eq!(started["Status"], "Pending");
    started
}

/// The job, when there is nothing to do any more.
pub(super) async fn ended(world: &World, job: &Value) -> Value {
    world.app.import_users().await.expect("the store works");
    described(world, job).await
}
