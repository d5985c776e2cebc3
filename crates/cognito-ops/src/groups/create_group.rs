//! CreateGroup: makes a group.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html>

use cognito_core::group::{Group, MAX_GROUPS};
use cognito_core::pool::Pool;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateGroupRequest,
) -> Reply<wire::CreateGroupResponse> {
    let groups = ctx.store().counter(&Pool::group_counter(&input.user_pool_id)).await?;
    let group = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            if txn.group_if_any(&pool, &input.group_name).await?.is_some() {
                return Err(errors::group_exists());
            }
            if groups >= MAX_GROUPS {
                return Err(errors::limit_exceeded("The user pool has the most groups that it may have."));
            }
            let group = Group {
                pool_id: pool.id.clone(),
                name: input.group_name.clone(),
                description: input.description.clone(),
                role_arn: input.role_arn.clone(),
                precedence: input.precedence,
                created: ctx.now(),
                modified: ctx.now(),
            };
            txn.insert(&group);
            txn.add(Pool::group_counter(&pool.id), 1);
            Ok(group)
        })
        .await?;
    Ok(wire::CreateGroupResponse { group: Some(views::group(&group)) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    async fn world() -> (World, String) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        (world, pool)
    }

    #[tokio::test]
    async fn gives_back_what_was_set() {
        let (world, pool) = world().await;
        let full = json!({
            "UserPoolId": pool, "GroupName": "staff", "Description": "All of us", "Precedence": 0,
            "RoleArn": "arn:aws:iam::000000000000:role/staff",
        });
        let dates = json!({ "LastModifiedDate": 1_767_776_887, "CreationDate": 1_767_776_887 });
        let answer = world.ok("CreateGroup", full.clone()).await;
        assert_eq!(answer, json!({ "Group": merged(full, dates.clone()) }));
        let bare = json!({ "UserPoolId": pool, "GroupName": "guests" });
        let answer = world.ok("CreateGroup", bare.clone()).await;
        assert_eq!(answer, json!({ "Group": merged(bare, dates) }), "what was left out is absent");
    }

    #[tokio::test]
    async fn names_are_unique_in_a_pool_and_case_sensitive() {
        let (world, pool) = world().await;
        let input = |pool: &str, name: &str| json!({ "UserPoolId": pool, "GroupName": name });
        world.ok("CreateGroup", input(&pool, "staff")).await;
        let exists = "GroupExistsException: A group with the name already exists.";
        assert_eq!(world.fails("CreateGroup", input(&pool, "staff")).await, exists);
        world.ok("CreateGroup", input(&pool, "Staff")).await;
        let other = world.pool(json!({})).await;
        world.ok("CreateGroup", input(&other, "staff")).await;
        let missing = "ResourceNotFoundException: User pool us-east-1_Nowhere00 does not exist.";
        assert_eq!(world.fails("CreateGroup", input("us-east-1_Nowhere00", "staff")).await, missing);
    }

    #[tokio::test]
    async fn one_name_at_once() {
        let (world, pool) = world().await;
        for round in 0..10 {
            let create = json!({ "UserPoolId": pool, "GroupName": format!("staff{round}") });
            let answers = world.at_once("CreateGroup", vec![create; 4]);
            let (winners, losers): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
            assert_eq!(winners.len(), 1);
            for loser in losers {
                assert_eq!(loser.map_err(|failure| failure.code), Err("GroupExistsException".to_owned()));
            }
        }
    }

    #[tokio::test]
    async fn the_model_bounds_the_members() {
        let (world, pool) = world().await;
        let check = async |more: Value| {
            let input = merged(json!({ "UserPoolId": pool, "GroupName": "staff" }), more);
            let failure = world.call("CreateGroup", input).await.unwrap_err();
            assert_eq!(failure.code, "InvalidParameterException");
        };
        check(json!({ "Precedence": -1 })).await;
        check(json!({ "RoleArn": "no arn of at least twenty" })).await;
        check(json!({ "Description": "x".repeat(2049) })).await;
        check(json!({ "GroupName": "two words" })).await;
    }
}
