//! ListUserPoolReplicas: the primary, and the secondary if there is one: never more than one page.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolReplicas.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListUserPoolReplicasRequest,
) -> Reply<wire::ListUserPoolReplicasResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    if input.next_token.is_some() {
        return Err(errors::invalid_page_token());
    }
    let mut replicas = vec![views::primary_replica(&pool)];
    replicas.extend(pool.replica.iter().map(|replica| views::secondary_replica(&pool, replica)));
    Ok(wire::ListUserPoolReplicasResponse { user_pool_replicas: Some(replicas), next_token: None })
}
