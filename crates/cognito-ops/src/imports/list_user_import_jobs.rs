//! ListUserImportJobs: the import jobs of a pool, newest first.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserImportJobs.html>

use cognito_core::Kind;
use cognito_core::import::{BY_CREATION, ImportJob};
use cognito_store::IndexRange;

use super::upload;
use crate::prelude::*;
use crate::service::pages;

/// The longest page: the model allows to ask for more than a list may have.
const MOST: usize = 50;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListUserImportJobsRequest,
) -> Reply<wire::ListUserImportJobsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let list = ["ListUserImportJobs", pool.id.as_str()];
    let after = pages::cursor(ctx, &list, input.pagination_token.as_deref())?;
    let all = IndexRange::prefix(Kind::ImportJob, BY_CREATION, format!("{}/", pool.id));
    let size = pages::size(Some(input.max_results), MOST);
    let (jobs, next) = txn.scan::<ImportJob>(all.descending().after(after), size).await?;
    let view = |job: &ImportJob| views::import_job(job, upload::link(ctx, job), ctx.now());
    Ok(wire::ListUserImportJobsResponse {
        user_import_jobs: Some(jobs.iter().map(|job| view(job)).collect()),
        pagination_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    use crate::imports::testing::create;

    #[tokio::test]
    async fn newest_first() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let input = json!({ "UserPoolId": pool, "MaxResults": 2 });
        assert_eq!(world.ok("ListUserImportJobs", input.clone()).await, json!({ "UserImportJobs": [] }));
        let mut expected = Vec::new();
        for _ in 0..3 {
            world.advance(Span::seconds(1));
            expected.insert(0, create(&world, &pool).await);
        }
        create(&world, &other).await;
        let page = world.ok("ListUserImportJobs", input.clone()).await;
        assert_eq!(page["UserImportJobs"], Value::from(&expected[..2]));
        let token = json!({ "PaginationToken": page["PaginationToken"] });
        let rest = world.ok("ListUserImportJobs", merged(input, token.clone())).await;
        assert_eq!(rest, json!({ "UserImportJobs": expected[2..] }));
        let all = world.ok("ListUserImportJobs", json!({ "UserPoolId": pool, "MaxResults": 60 })).await;
        assert_eq!(all, json!({ "UserImportJobs": expected }));
        let foreign = merged(json!({ "UserPoolId": other, "MaxResults": 2 }), token);
        assert_eq!(
            world.fails("ListUserImportJobs", foreign).await,
            "InvalidParameterException: Invalid pagination token."
        );
    }
}
