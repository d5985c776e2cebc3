//! DescribeUserImportJob: how far an import job is.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserImportJob.html>

use super::upload;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeUserImportJobRequest,
) -> Reply<wire::DescribeUserImportJobResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let job = txn.import_job(&pool, &input.job_id).await?;
    let job = views::import_job(&job, upload::link(ctx, &job), ctx.now());
    Ok(wire::DescribeUserImportJobResponse { user_import_job: Some(job) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    use crate::imports::testing::{create, described};

    #[tokio::test]
    async fn as_it_was_made() {
        let world = World::new().await;
        let job = create(&world, &world.pool(json!({})).await).await;
        assert_eq!(described(&world, &job).await, job);
    }

    #[tokio::test]
    async fn a_job_of_another_pool() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let id = create(&world, &pool).await["JobId"].clone();
        assert_eq!(
            world.fails("DescribeUserImportJob", json!({ "UserPoolId": other, "JobId": id })).await,
            format!("ResourceNotFoundException: User import job {} does not exist.", id.as_str().unwrap())
        );
    }
}
