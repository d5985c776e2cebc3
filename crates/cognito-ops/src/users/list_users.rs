//! ListUsers: the users of a pool, all or those that a filter finds.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html>

use cognito_core::Kind;
use cognito_core::filter::{Comparison, Filter};
use cognito_core::pool::Pool;
use cognito_core::user::{self, User};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

/// The largest page.
const MOST: usize = 60;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::ListUsersRequest) -> Reply<wire::ListUsersResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let text = input.filter.as_deref().unwrap_or_default();
    let filter = Filter::parse(text)?;
    // An empty list asks for nothing in particular.
    let wanted = input.attributes_to_get.filter(|names| !names.is_empty());
    if wanted.iter().flatten().any(|name| pool.schema.get(name).is_none()) {
        return Err(errors::requested_attribute_unknown());
    }
    let list = ["ListUsers", &pool.id, text];
    let after = pages::cursor(ctx, &list, input.pagination_token.as_deref())?;
    let range = range(&pool, filter.as_ref()).after(after);
    let (users, next) = txn.scan::<User>(range, pages::size(input.limit, MOST)).await?;
    // The index folds and shortens values: what it finds is looked at again.
    let users = users.iter().filter(|user| filter.as_ref().is_none_or(|filter| user.passes(filter)));
    let users = users.map(|user| match &wanted {
        Some(names) => views::user_with(user, names).ok_or_else(errors::requested_attribute_missing),
        None => Ok(views::user(user)),
    });
    Ok(wire::ListUsersResponse {
        users: Some(users.collect::<Reply<_>>()?),
        pagination_token: pages::token(ctx, &list, next)?,
    })
}

fn range(pool: &Pool, filter: Option<&Filter>) -> IndexRange {
    let Some(filter) = filter else {
        return IndexRange::prefix(Kind::User, user::BY_CREATION, format!("{}/", pool.id));
    };
    let value = User::attribute_value(&pool.id, &filter.attribute, &filter.value);
    match filter.comparison {
        Comparison::Equals => IndexRange::exact(Kind::User, user::BY_ATTRIBUTE, value),
        Comparison::StartsWith => IndexRange::prefix(Kind::User, user::BY_ATTRIBUTE, value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_list, merged};

    /// A world with a pool of users, made one second after another, each with these attributes.
    async fn world(users: &[(&str, Value)]) -> (World, String) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        for (username, attributes) in users {
            let attributes = attribute_list(attributes.clone());
            let create = json!({ "UserPoolId": pool, "Username": username, "UserAttributes": attributes });
            world.ok("AdminCreateUser", create).await;
            world.advance(cognito_core::Span::seconds(1));
        }
        (world, pool)
    }

    fn names(answer: &Value) -> Vec<&str> {
        let users = answer["Users"].as_array().expect("a list of users");
        users.iter().map(|user| user["Username"].as_str().expect("a username")).collect()
    }

    #[tokio::test]
    async fn empty() {
        let (world, pool) = world(&[]).await;
        assert_eq!(world.ok("ListUsers", json!({ "UserPoolId": pool })).await, json!({ "Users": [] }));
    }

    #[tokio::test]
    async fn a_user_as_it_is_listed() {
        let (world, pool) = world(&[("alice", json!({ "name": "A" }))]).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        let expected = json!({
            "Username": "alice", "Attributes": user["UserAttributes"], "UserCreateDate": user["UserCreateDate"],
            "UserLastModifiedDate": user["UserLastModifiedDate"], "Enabled": true, "UserStatus": "FORCE_CHANGE_PASSWORD",
        });
        assert_eq!(
            world.ok("ListUsers", json!({ "UserPoolId": pool })).await,
            json!({ "Users": [expected] })
        );
    }

    #[tokio::test]
    async fn pages_in_the_order_of_creation() {
        let (world, pool) =
            world(&[("c", json!({})), ("a", json!({})), ("d", json!({})), ("b", json!({}))]).await;
        let input = json!({ "UserPoolId": pool, "Limit": 2 });
        let first = world.ok("ListUsers", input.clone()).await;
        assert_eq!(names(&first), ["c", "a"]);
        let token = json!({ "PaginationToken": first["PaginationToken"] });
        let second = world.ok("ListUsers", merged(input.clone(), token.clone())).await;
        assert_eq!(names(&second), ["d", "b"]);
        assert_eq!(second.get("PaginationToken"), None, "the last page is full, and the last");
        let all = world.ok("ListUsers", json!({ "UserPoolId": pool, "Limit": 0 })).await;
        assert_eq!(names(&all), ["c", "a", "d", "b"]);

        let invalid = "InvalidParameterException: Invalid pagination token.";
        let filtered = merged(merged(input.clone(), token.clone()), json!({ "Filter": "name = \"A\"" }));
        assert_eq!(world.fails("ListUsers", filtered).await, invalid);
        let other = json!({ "UserPoolId": world.pool(json!({})).await });
        assert_eq!(world.fails("ListUsers", merged(other, token.clone())).await, invalid);
        assert_eq!(
            world.fails("ListUsers", merged(input.clone(), json!({ "PaginationToken": "abc" }))).await,
            invalid
        );
        world.advance(cognito_core::Span::hours(1));
        assert_eq!(world.fails("ListUsers", merged(input, token)).await, invalid);
    }

    #[tokio::test]
    async fn at_most_60() {
        let users: Vec<_> = (0..61).map(|i| (format!("user{i:02}"), json!({}))).collect();
        let users: Vec<_> =
            users.iter().map(|(name, attributes)| (name.as_str(), attributes.clone())).collect();
        let (world, pool) = world(&users).await;
        let first = world.ok("ListUsers", json!({ "UserPoolId": pool })).await;
        assert_eq!(names(&first).len(), 60);
        let next = json!({ "UserPoolId": pool, "PaginationToken": first["PaginationToken"] });
        assert_eq!(names(&world.ok("ListUsers", next).await), ["user60"]);
        let failure = world.call("ListUsers", json!({ "UserPoolId": pool, "Limit": 61 })).await.unwrap_err();
        assert_eq!(failure.code, "InvalidParameterException");
    }

    #[tokio::test]
    async fn filters() {
        let alice = json!({
            "email": "Alice@example.com", "phone_number": "+12065550100", "name": "Alice \"Al\" A", "given_name": "Alice",
            "family_name": "Adams", "preferred_username": "al",
        });
        let bob = json!({ "email": "bob@example.com", "given_name": "Bob", "family_name": "Adamson" });
        let (world, pool) = world(&[("alice", alice), ("Bob", bob), ("bobby", json!({}))]).await;
        world.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "bobby" })).await;
        let set =
            json!({ "UserPoolId": pool, "Username": "alice", "Password": "Abcdef1!", "Permanent": true });
        world.ok("AdminSetUserPassword", set).await;
        let check = async |filter: &str, expected: &[&str]| {
            let answer = world.ok("ListUsers", json!({ "UserPoolId": pool, "Filter": filter })).await;
            let mut found = names(&answer);
            found.sort_unstable();
            assert_eq!(found, expected, "{filter}");
        };
        check("", &["Bob", "alice", "bobby"]).await;
        check("email = \"alice@EXAMPLE.com\"", &["alice"]).await;
        check("email = \"alice@example\"", &[]).await;
        check("email ^= \"alice@example\"", &["alice"]).await;
        check("phone_number ^= \"+1206\"", &["alice"]).await;
        check("name = \"alice \\\"al\\\" a\"", &["alice"]).await;
        check("given_name = \"bob\"", &["Bob"]).await;
        check("family_name = \"adams\"", &["alice"]).await;
        check("family_name ^= \"adams\"", &["Bob", "alice"]).await;
        check("preferred_username = \"AL\"", &["alice"]).await;
        check("username ^= \"bob\"", &["bobby"]).await;
        check("username = \"Bob\"", &["Bob"]).await;
        check("cognito:user_status = \"confirmed\"", &["alice"]).await;
        check("cognito:user_status = \"FORCE_CHANGE_PASSWORD\"", &["Bob", "bobby"]).await;
        check("status = \"Enabled\"", &["Bob", "alice"]).await;
        check("status = \"Disabled\"", &["bobby"]).await;
        check("status = \"disabled\"", &[]).await;
        let sub = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "Bob" })).await;
        let sub = sub["UserAttributes"][0]["Value"].as_str().expect("a sub").to_owned();
        check(&format!("sub = \"{sub}\""), &["Bob"]).await;
        check(&format!("sub ^= \"{}\"", &sub[..18]), &["Bob"]).await;

        let fails = async |filter: &str, expected: &str| {
            let failure = world.fails("ListUsers", json!({ "UserPoolId": pool, "Filter": filter })).await;
            assert_eq!(failure, format!("InvalidParameterException: {expected}"));
        };
        fails("custom:foo = \"x\"", "Invalid search attribute: custom:foo").await;
        fails("email = x", "Error while parsing filter.").await;
    }

    #[tokio::test]
    async fn pages_of_what_a_filter_finds() {
        let user = |name: &str| json!({ "family_name": name });
        let users = [("a", user("Adams")), ("b", user("Baker")), ("c", user("Adamson")), ("d", user("ADAM"))];
        let (world, pool) = world(&users).await;
        let input = json!({ "UserPoolId": pool, "Filter": "family_name ^= \"adam\"", "Limit": 2 });
        let first = world.ok("ListUsers", input.clone()).await;
        assert_eq!(names(&first), ["d", "a"]);
        let token = json!({ "PaginationToken": first["PaginationToken"] });
        let second = world.ok("ListUsers", merged(input, token)).await;
        assert_eq!((names(&second), second.get("PaginationToken")), (vec!["c"], None));
    }

    #[tokio::test]
    async fn long_values_are_compared_in_full() {
        let long = "x".repeat(256);
        let (world, pool) =
            world(&[("a", json!({ "name": long })), ("b", json!({ "name": format!("{long}y") }))]).await;
        let filter = format!("name ^= \"{}\"", "x".repeat(200));
        let answer = world.ok("ListUsers", json!({ "UserPoolId": pool, "Filter": filter })).await;
        assert_eq!(names(&answer), ["a", "b"]);
    }

    #[tokio::test]
    async fn only_the_attributes_that_are_asked_for() {
        let (world, pool) =
            world(&[("a", json!({ "name": "A", "nickname": "Al" })), ("b", json!({ "name": "B" }))]).await;
        let get = async |names: Value| {
            let answer = world.ok("ListUsers", json!({ "UserPoolId": pool, "AttributesToGet": names })).await;
            [answer["Users"][0]["Attributes"].clone(), answer["Users"][1]["Attributes"].clone()]
        };
        let name = |value: &str| json!({ "Name": "name", "Value": value });
        assert_eq!(get(json!(["name"])).await, [json!([name("A")]), json!([name("B")])]);
        assert_eq!(get(json!([])).await[1].as_array().map(Vec::len), Some(2), "sub and name");
        let nickname = json!({ "UserPoolId": pool, "AttributesToGet": ["name", "nickname"] });
        assert_eq!(
            world.fails("ListUsers", nickname.clone()).await,
            "InvalidParameterException: One or more requested attributes do not exist.",
            "b has no nickname"
        );
        let only_a = merged(nickname, json!({ "Filter": "name = \"A\"" }));
        let found = world.ok("ListUsers", only_a).await["Users"][0]["Attributes"].clone();
        assert_eq!(found, json!([name("A"), { "Name": "nickname", "Value": "Al" }]));
        let unknown = json!({ "UserPoolId": pool, "AttributesToGet": ["name", "custom:foo"] });
        let failure = world.fails("ListUsers", unknown).await;
        assert_eq!(
            failure,
            "InvalidParameterException: One or more requested attributes do not exist in user pool."
        );
    }

    #[tokio::test]
    async fn users_of_other_pools_are_not_listed() {
        let (world, pool) = world(&[("alice", json!({ "name": "A" }))]).await;
        let other = world.pool(json!({})).await;
        for filter in ["", "name = \"A\"", "username = \"alice\""] {
            let answer = world.ok("ListUsers", json!({ "UserPoolId": other, "Filter": filter })).await;
            assert_eq!(answer, json!({ "Users": [] }));
        }
        assert_eq!(names(&world.ok("ListUsers", json!({ "UserPoolId": pool })).await), ["alice"]);
        let failure = world.fails("ListUsers", json!({ "UserPoolId": "us-east-1_Nowhere00" })).await;
        assert_eq!(failure, "ResourceNotFoundException: User pool us-east-1_Nowhere00 does not exist.");
    }
}
