//! What the tests of user import share.

use serde_json::{Value, json};
use testkit::World;

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
