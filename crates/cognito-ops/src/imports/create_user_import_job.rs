//! CreateUserImportJob: makes a job that imports users, with a link that takes its file for a quarter of an hour.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserImportJob.html>

use cognito_core::import::{BY_CREATION, ImportJob, MAX_JOBS};
use cognito_core::{Kind, ids, password};
use cognito_store::IndexRange;

use super::upload;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateUserImportJobRequest,
) -> Reply<wire::CreateUserImportJobResponse> {
    if !input.password_hashing_algorithm.is_none_or(password::takes) {
        return Err(errors::hashing_algorithm_not_offered());
    }
    let id = ids::import_job_id(&ctx.words());
    let job = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let all = IndexRange::prefix(Kind::ImportJob, BY_CREATION, format!("{}/", pool.id));
            if txn.scan::<ImportJob>(all, MAX_JOBS).await?.0.len() >= MAX_JOBS {
                return Err(errors::limit_exceeded("The user pool has reached its number of import jobs."));
            }
            let (name, role) = (input.job_name.clone(), input.cloud_watch_logs_role_arn.clone());
            let mut job = ImportJob::new(&pool, id.clone(), name, role, ctx.now());
            job.hashing = input.password_hashing_algorithm;
            txn.insert(&job);
            Ok(job)
        })
        .await?;
    let job = views::import_job(&job, upload::link(ctx, &job), ctx.now());
    Ok(wire::CreateUserImportJobResponse { user_import_job: Some(job) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::json;
    use testkit::World;
    use testkit::world::{BASE, merged, text};

    use crate::imports::testing::{ROLE, create};

    #[tokio::test]
    async fn a_job_waits_for_its_file() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let mut job = create(&world, &pool).await;
        let (id, link) = (text(&job["JobId"].take()), text(&job["PreSignedUrl"].take()));
        assert!(id.starts_with("import-") && id.len() == 17, "{id}");
        assert!(link.starts_with(&format!("{BASE}/_awsemu/import/{pool}/{id}/")), "{link}");
        let expected = json!({
            "JobName": "job", "JobId": null, "UserPoolId": pool, "PreSignedUrl": null, "Status": "Created",
            "CloudWatchLogsRoleArn": ROLE, "CreationDate": 1_767_776_887, "ImportedUsers": 0,
            "SkippedUsers": 0, "FailedUsers": 0,
        });
        assert_eq!(job, expected);
        let other = text(&create(&world, &pool).await["PreSignedUrl"]);
        assert_ne!(link.rsplit('/').next(), other.rsplit('/').next());
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let input = json!({ "UserPoolId": pool, "JobName": "job", "CloudWatchLogsRoleArn": ROLE });
        let nowhere = merged(input.clone(), json!({ "UserPoolId": "us-east-1_none" }));
        assert_eq!(
            world.fails("CreateUserImportJob", nowhere).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
        for algorithm in ["BCRYPT", "ARGON2ID"] {
            let hashes = merged(input.clone(), json!({ "PasswordHashingAlgorithm": algorithm }));
            assert_eq!(
                world.fails("CreateUserImportJob", hashes).await,
                "InvalidParameterException: awsemu imports password hashes of SCRYPT and PBKDF2_SHA256 only."
            );
        }
        for _ in 0..1_000 {
            create(&world, &pool).await;
        }
        assert_eq!(
            world.fails("CreateUserImportJob", input).await,
            "LimitExceededException: The user pool has reached its number of import jobs."
        );
    }

    #[tokio::test]
    async fn jobs_expire_and_go_with_their_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        let job = create(&world, &pool).await;
        world.advance(Span::days(1));
        let list = json!({ "UserPoolId": pool, "MaxResults": 1 });
        let listed = world.ok("ListUserImportJobs", list.clone()).await;
        assert_eq!(listed["UserImportJobs"][0], merged(job, json!({ "Status": "Expired" })));
        world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
        world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        assert_eq!(world.ok("ListUserImportJobs", list).await, json!({ "UserImportJobs": [] }));
    }
}
