//! ListUserPools: the pools of an account in a region, in the order in which they were made.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPools.html>

use cognito_core::pool::{BY_ACCOUNT, Pool};
use cognito_core::{Kind, ids};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListUserPoolsRequest,
) -> Reply<wire::ListUserPoolsResponse> {
    let scope = ctx.scope();
    let region = ids::pool_region(&scope.region);
    let list = ["ListUserPools", scope.account.as_str(), region];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let range =
        IndexRange::prefix(Kind::Pool, BY_ACCOUNT, Pool::account_prefix(&scope.account, region)).after(after);
    let (pools, next) = ctx.read().scan::<Pool>(range, pages::size(Some(input.max_results), 60)).await?;
    Ok(wire::ListUserPoolsResponse {
        user_pools: Some(pools.iter().map(|pool| views::pool_description(pool)).collect()),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;

    fn names(answer: &Value) -> Vec<&str> {
        answer["UserPools"].as_array().unwrap().iter().map(|pool| pool["Name"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn pages() {
        let world = World::new().await;
        assert_eq!(world.ok("ListUserPools", json!({ "MaxResults": 60 })).await, json!({ "UserPools": [] }));
        for name in ["b", "a", "c"] {
            world.pool(json!({ "PoolName": name })).await;
            world.advance(Span::seconds(1));
        }
        let first = world.ok("ListUserPools", json!({ "MaxResults": 2 })).await;
        assert_eq!(names(&first), ["b", "a"]);
        let id = first["UserPools"][0]["Id"].clone();
        let expected = json!({
            "Id": id, "Name": "b", "LambdaConfig": {},
            "CreationDate": 1_767_776_887, "LastModifiedDate": 1_767_776_887
        });
        assert_eq!(first["UserPools"][0], expected);
        let token = first["NextToken"].clone();
        let last = world.ok("ListUserPools", json!({ "MaxResults": 2, "NextToken": token })).await;
        assert_eq!(names(&last), ["c"]);
        assert_eq!(last.get("NextToken"), None);
        let all = world.ok("ListUserPools", json!({ "MaxResults": 3 })).await;
        assert_eq!(all.get("NextToken"), None);
    }

    #[tokio::test]
    async fn accounts_and_regions_are_apart() {
        let world = World::new().await;
        let caller = |(account, region): (&str, &str)| {
            let mut caller = World::caller();
            let scope = caller.scope.as_mut().unwrap();
            (scope.account, scope.region) = (account.to_owned(), region.to_owned());
            caller
        };
        let home = ("000000000000", "us-east-1");
        let make = async |who: (&str, &str), name: &str| {
            let answer =
                world.call_as(caller(who), "CreateUserPool", json!({ "PoolName": name })).await.unwrap();
            answer["UserPool"]["Arn"].as_str().unwrap().to_owned()
        };
        assert!(make(home, "one").await.starts_with("arn:aws:cognito-idp:us-east-1:000000000000:userpool/"));
        make(home, "two").await;
        let foreign = ("111111111111", "us-east-1");
        assert!(make(foreign, "foreign").await.contains(":us-east-1:111111111111:"));
        let far = ("000000000000", "eu-west-1");
        assert!(make(far, "far").await.contains(":eu-west-1:000000000000:userpool/eu-west-1_"));
        // Pool ids cannot carry what is no region, so such callers are in us-east-1.
        let nowhere = ("000000000000", "local");
        assert!(make(nowhere, "three").await.contains(":us-east-1:000000000000:userpool/us-east-1_"));

        let list = async |who: (&str, &str)| {
            let answer =
                world.call_as(caller(who), "ListUserPools", json!({ "MaxResults": 60 })).await.unwrap();
            let mut names: Vec<String> = names(&answer).into_iter().map(str::to_owned).collect();
            names.sort();
            names
        };
        assert_eq!(list(home).await, ["one", "three", "two"]);
        assert_eq!(list(nowhere).await, ["one", "three", "two"]);
        assert_eq!(list(foreign).await, ["foreign"]);
        assert_eq!(list(far).await, ["far"]);

        // A token is good for its own list only.
        let token = world.ok("ListUserPools", json!({ "MaxResults": 1 })).await["NextToken"].clone();
        let request = json!({ "MaxResults": 1, "NextToken": token });
        let failure = world.call_as(caller(foreign), "ListUserPools", request).await.unwrap_err();
        assert_eq!(failure.message, "Invalid pagination token.");
        let forged = json!({ "MaxResults": 1, "NextToken": "AAAA" });
        assert_eq!(
            world.fails("ListUserPools", forged).await,
            "InvalidParameterException: Invalid pagination token."
        );
    }
}
