//! UpdateGroup: replaces description, role and precedence of a group.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateGroup.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateGroupRequest,
) -> Reply<wire::UpdateGroupResponse> {
    let group = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut group = (*txn.group(&pool, &input.group_name).await?).clone();
            // What is left out stays as it is: Terraform's provider sends only what changed.
            group.description = input.description.clone().or(group.description);
            group.role_arn = input.role_arn.clone().or(group.role_arn);
            group.precedence = input.precedence.or(group.precedence);
            group.modified = ctx.now();
            txn.save(&group);
            Ok(group)
        })
        .await?;
    Ok(wire::UpdateGroupResponse { group: Some(views::group(&group)) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn replaces_what_is_given_and_keeps_the_rest() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let create =
            json!({ "UserPoolId": pool, "GroupName": "staff", "Description": "Old", "Precedence": 5 });
        world.ok("CreateGroup", create).await;
        world.advance(cognito_core::Span::seconds(3));
        let role = "arn:aws:iam::000000000000:role/staff";
        let update = json!({ "UserPoolId": pool, "GroupName": "staff", "Precedence": 0, "RoleArn": role });
        let expected = json!({ "Group": {
            "GroupName": "staff", "UserPoolId": pool, "Description": "Old", "RoleArn": role, "Precedence": 0,
            "LastModifiedDate": 1_767_776_890, "CreationDate": 1_767_776_887,
        } });
        for _ in 0..2 {
            assert_eq!(world.ok("UpdateGroup", update.clone()).await, expected);
        }
        assert_eq!(world.ok("GetGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await, expected);
        let empty = json!({ "UserPoolId": pool, "GroupName": "staff", "Description": "" });
        assert_eq!(world.ok("UpdateGroup", empty).await["Group"]["Description"], "");
    }

    #[tokio::test]
    async fn unknown_group() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let failure = world.fails("UpdateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        assert_eq!(failure, "ResourceNotFoundException: Group not found.");
    }
}
