//! ListGroups: the groups of a pool, by name.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListGroups.html>

use cognito_core::Kind;
use cognito_core::group::{self, Group};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

/// The largest page.
const MOST: usize = 60;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::ListGroupsRequest) -> Reply<wire::ListGroupsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let list = ["ListGroups", pool.id.as_str()];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let range = IndexRange::prefix(Kind::Group, group::BY_NAME, format!("{}/", pool.id)).after(after);
    let (groups, next) = txn.scan::<Group>(range, pages::size(input.limit, MOST)).await?;
    Ok(wire::ListGroupsResponse {
        groups: Some(groups.iter().map(|group| views::group(group)).collect()),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn names(answer: &Value) -> Vec<&str> {
        let groups = answer["Groups"].as_array().expect("a list of groups");
        groups.iter().map(|group| group["GroupName"].as_str().expect("a name")).collect()
    }

    #[tokio::test]
    async fn pages_by_name() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let input = json!({ "UserPoolId": pool, "Limit": 2 });
        assert_eq!(world.ok("ListGroups", input.clone()).await, json!({ "Groups": [] }));
        let first =
            world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "c", "Precedence": 1 })).await;
        for name in ["a", "d", "b"] {
            world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": name })).await;
        }
        world.ok("CreateGroup", json!({ "UserPoolId": other, "GroupName": "z" })).await;
        let all = world.ok("ListGroups", json!({ "UserPoolId": pool })).await;
        assert_eq!((names(&all), all.get("NextToken")), (vec!["a", "b", "c", "d"], None));
        assert_eq!(all["Groups"][2], first["Group"]);
        let page = world.ok("ListGroups", input.clone()).await;
        assert_eq!(names(&page), ["a", "b"]);
        let token = json!({ "NextToken": page["NextToken"] });
        let page = world.ok("ListGroups", merged(input, token.clone())).await;
        assert_eq!((names(&page), page.get("NextToken")), (vec!["c", "d"], None));
        let failure = world.fails("ListGroups", merged(json!({ "UserPoolId": other }), token)).await;
        assert_eq!(failure, "InvalidParameterException: Invalid pagination token.");
    }
}
