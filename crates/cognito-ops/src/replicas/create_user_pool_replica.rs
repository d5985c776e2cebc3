//! CreateUserPoolReplica: makes the secondary replica of a pool, which is there at once; AWS needs minutes. The answer
//! says CREATING as AWS's does, so that clients wait for INACTIVE.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolReplica.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateUserPoolReplicaRequest,
) -> Reply<wire::CreateUserPoolReplicaResponse> {
    let tags = input.user_pool_tags.unwrap_or_default();
    let made = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            let replica = pool.replicate(&input.region_name, tags.clone(), ctx.now())?;
            txn.save(&pool);
            Ok(views::secondary_replica(&pool, &replica))
        })
        .await?;
    let creating = wire::UserPoolReplicaType { status: Some(wire::ReplicaStatusType::Creating), ..made };
    Ok(wire::CreateUserPoolReplicaResponse { user_pool_replica: Some(creating) })
}
