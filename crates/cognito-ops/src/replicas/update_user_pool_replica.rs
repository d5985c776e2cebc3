//! UpdateUserPoolReplica: lets users sign in at the secondary replica of a pool, or no more.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolReplica.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateUserPoolReplicaRequest,
) -> Reply<wire::UpdateUserPoolReplicaResponse> {
    let switched = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            let replica = pool.switch_replica(&input.region_name, input.status)?;
            txn.save(&pool);
            Ok(views::secondary_replica(&pool, &replica))
        })
        .await?;
    Ok(wire::UpdateUserPoolReplicaResponse { user_pool_replica: Some(switched) })
}
