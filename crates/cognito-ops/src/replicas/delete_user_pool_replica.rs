//! DeleteUserPoolReplica: deletes the secondary replica of a pool, which is gone at once. The answer says DELETING as
//! AWS's does.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPoolReplica.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DeleteUserPoolReplicaRequest,
) -> Reply<wire::DeleteUserPoolReplicaResponse> {
    let gone = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            let replica = pool.delete_replica(&input.region_name)?;
            txn.save(&pool);
            Ok(views::secondary_replica(&pool, &replica))
        })
        .await?;
    let deleting = wire::UserPoolReplicaType { status: Some(wire::ReplicaStatusType::Deleting), ..gone };
    Ok(wire::DeleteUserPoolReplicaResponse { user_pool_replica: Some(deleting) })
}
