//! What the tests of user import share.

use serde_json::{Value, json};
use testkit::World;
use testkit::world::{merged, text};

/// A role that nobody assumes.
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/logs";

/// Makes a job.
pub(crate) async fn create(world: &World, pool: &str) -> Value {
    create_with(world, pool, json!({})).await
}

/// Makes a job; `more` is merged into the request.
async fn create_with(world: &World, pool: &str, more: Value) -> Value {
    let input = json!({ "UserPoolId": pool, "JobName": "job", "CloudWatchLogsRoleArn": ROLE });
    world.ok("CreateUserImportJob", merged(input, more)).await["UserImportJob"].clone()
}

/// The job as it is now.
pub(crate) async fn described(world: &World, job: &Value) -> Value {
    let input = json!({ "UserPoolId": job["UserPoolId"], "JobId": job["JobId"] });
    world.ok("DescribeUserImportJob", input).await["UserImportJob"].clone()
}

/// A file with these rows: names of columns and values. What a row leaves out is empty.
pub(crate) async fn csv(world: &World, pool: &str, rows: &[Vec<(&str, &str)>]) -> String {
    table(&columns(world, pool).await, rows)
}

/// As [`csv`], with a column of password hashes.
pub(crate) async fn csv_with_hashes(world: &World, pool: &str, rows: &[Vec<(&str, &str)>]) -> String {
    let mut columns = columns(world, pool).await;
    columns.push("password_hash".to_owned());
    table(&columns, rows)
}

async fn columns(world: &World, pool: &str) -> Vec<String> {
    let answer = world.ok("GetCSVHeader", json!({ "UserPoolId": pool })).await;
    answer["CSVHeader"].as_array().unwrap().iter().map(text).collect()
}

fn table(columns: &[String], rows: &[Vec<(&str, &str)>]) -> String {
    let line = |row: &Vec<(&str, &str)>| {
        let value = |column| row.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value);
        columns.iter().map(value).collect::<Vec<_>>().join(",") + "\r\n"
    };
    columns.join(",") + "\r\n" + &rows.iter().map(line).collect::<String>()
}

/// A job with a file, started.
pub(crate) async fn started(world: &World, pool: &str, file: &str) -> Value {
    started_with(world, pool, file, json!({})).await
}

/// As [`started`]; `more` is merged into the request that makes the job.
pub(crate) async fn started_with(world: &World, pool: &str, file: &str, more: Value) -> Value {
    let job = create_with(world, pool, more).await;
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
pub(crate) async fn ended(world: &World, job: &Value) -> Value {
    world.app.import_users().await.expect("the store works");
    described(world, job).await
}
