//! StartUserImportJob: begins to import users. The work is done in the background (`work.rs`).
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_StartUserImportJob.html>

use super::upload;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::StartUserImportJobRequest,
) -> Reply<wire::StartUserImportJobResponse> {
    let job = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut job = (*txn.import_job(&pool, &input.job_id).await?).clone();
            job.start(&pool, ctx.now())?;
            if txn.running_import(&pool).await?.is_some() {
                return Err(errors::other_import_running());
            }
            txn.save(&job);
            // Who changes or deletes the pool at this moment begins again, and finds the job.
            txn.save(&*pool);
            Ok(job)
        })
        .await?;
    ctx.app().imports.notify_one();
    let job = views::import_job(&job, upload::link(ctx, &job), ctx.now());
    Ok(wire::StartUserImportJobResponse { user_import_job: Some(job) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::text;

    use crate::imports::testing::{create, described, ended, started};

    async fn world() -> (World, String) {
        let world = World::new().await;
        let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"] })).await;
        (world, pool)
    }

    fn input(job: &Value) -> Value {
        json!({ "UserPoolId": job["UserPoolId"], "JobId": job["JobId"] })
    }

    /// A job with a file.
    async fn ready(world: &World, pool: &str) -> Value {
        let job = create(world, pool).await;
        world.upload(&text(&job["PreSignedUrl"]), &[Some(b"a")]).await.unwrap();
        job
    }

    const OTHER: &str = "PreconditionNotMetException: Another user import job of the account is running.";

    #[tokio::test]
    async fn the_answer_is_the_job() {
        let (world, pool) = world().await;
        let job = started(&world, &pool, "a").await;
        assert_eq!(job["StartDate"], 1_767_776_887);
        assert_eq!(described(&world, &job).await, job);
    }

    #[tokio::test]
    async fn jobs_that_cannot_be_started() {
        let (world, pool) = world().await;
        let precondition = |text: &str| format!("PreconditionNotMetException: {text}");
        let job = create(&world, &pool).await;
        assert_eq!(
            world.fails("StartUserImportJob", input(&job)).await,
            precondition(&format!("No csv file was uploaded for {}", text(&job["JobId"])))
        );
        let late = ready(&world, &pool).await;
        let job = started(&world, &pool, "a").await;
        let not = |status: &str| {
            precondition(&format!("A user import job in the status {status} cannot be started."))
        };
        assert_eq!(world.fails("StartUserImportJob", input(&job)).await, not("Pending"));
        ended(&world, &job).await;
        assert_eq!(world.fails("StartUserImportJob", input(&job)).await, not("Failed"));
        world.advance(Span::days(1));
        assert_eq!(world.fails("StartUserImportJob", input(&late)).await, not("Expired"));

        let pool = world.pool(json!({})).await;
        let job = ready(&world, &pool).await;
        assert_eq!(
            world.fails("StartUserImportJob", input(&job)).await,
            precondition("The user pool has no auto-verified attribute.")
        );
        assert_eq!(
            world.fails("StartUserImportJob", json!({ "UserPoolId": pool, "JobId": "import-none" })).await,
            "ResourceNotFoundException: User import job import-none does not exist."
        );
    }

    #[tokio::test]
    async fn an_account_has_one_running_job_in_a_region() {
        let (world, pool) = world().await;
        let first = started(&world, &pool, "a").await;
        let second = ready(&world, &pool).await;
        assert_eq!(world.fails("StartUserImportJob", input(&second)).await, OTHER);
        let mut caller = World::caller();
        caller.scope.as_mut().unwrap().region = "eu-west-1".to_owned();
        let abroad = json!({ "PoolName": "pool", "AutoVerifiedAttributes": ["email"] });
        let abroad = world.call_as(caller, "CreateUserPool", abroad).await.unwrap();
        started(&world, &text(&abroad["UserPool"]["Id"]), "a").await;
        ended(&world, &first).await;
        world.ok("StartUserImportJob", input(&second)).await;
    }

    #[tokio::test]
    async fn of_two_at_once_one_is_started() {
        let (world, pool) = world().await;
        let jobs = [ready(&world, &pool).await, ready(&world, &pool).await];
        let answers = world.at_once("StartUserImportJob", jobs.iter().map(input).collect());
        let refused: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        let refused: Vec<_> =
            refused.iter().map(|failure| format!("{}: {}", failure.code, failure.message)).collect();
        assert_eq!(refused, [OTHER]);
    }
}
