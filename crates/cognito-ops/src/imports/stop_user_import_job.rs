//! StopUserImportJob: ends an import before its next part. Users who were imported stay.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_StopUserImportJob.html>

use super::upload;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::StopUserImportJobRequest,
) -> Reply<wire::StopUserImportJobResponse> {
    let job = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut job = (*txn.import_job(&pool, &input.job_id).await?).clone();
            job.stop(ctx.now())?;
            txn.save(&job);
            Ok(job)
        })
        .await?;
    ctx.app().imports.notify_one();
    let job = views::import_job(&job, upload::link(ctx, &job), ctx.now());
    Ok(wire::StopUserImportJobResponse { user_import_job: Some(job) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    use crate::imports::testing::{create, ended, started};

    #[tokio::test]
    async fn only_running_jobs_stop() {
        let world = World::new().await;
        let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"] })).await;
        let stop = async |job: &serde_json::Value| {
            world.call("StopUserImportJob", json!({ "UserPoolId": pool, "JobId": job["JobId"] })).await
        };
        let not = |status: &str| format!("A user import job in the status {status} cannot be stopped.");
        let failure = stop(&create(&world, &pool).await).await.unwrap_err();
        assert_eq!((failure.code.as_str(), failure.message), ("PreconditionNotMetException", not("Created")));

        let job = started(&world, &pool, "a").await;
        assert_eq!(stop(&job).await.unwrap()["UserImportJob"]["Status"], "Stopping");
        assert_eq!(stop(&job).await.unwrap_err().message, not("Stopping"));
        let job = ended(&world, &job).await;
        assert_eq!((&job["Status"], &job["ImportedUsers"]), (&json!("Stopped"), &json!(0)));
        assert_eq!(stop(&job).await.unwrap_err().message, not("Stopped"));
    }
}
