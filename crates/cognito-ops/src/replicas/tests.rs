//! The four operations, and what requests for the secondary's Region see and may do.

use cognito_core::Span;
use serde_json::{Value, json};
use testkit::World;
use testkit::functions::arn;
use testkit::world::{merged, password_auth, text};

const HERE: &str = "us-east-1";
const THERE: &str = "eu-west-1";
const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/mrk-1234abcd12ab34cd56ef1234567890ab";
const ELSEWHERE_ONLY: &str =
    "OperationNotEnabledException: The operation is not enabled in the Region of a secondary replica.";

/// A pool with a replica, inactive.
struct Replicated {
    world: World,
    pool: String,
}

fn key() -> Value {
    json!({ "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY } })
}

impl Replicated {
    async fn new() -> Self {
        let world = World::new().await;
        let pool = world.pool(merged(key(), json!({ "UserPoolTags": { "a": "here" } }))).await;
        let replicated = Self { world, pool };
        let made = json!({ "RegionName": THERE, "UserPoolTags": { "a": "there" } });
        replicated.ok(HERE, "CreateUserPoolReplica", made).await;
        replicated
    }

    /// Calls an operation on the pool, signed for a Region.
    async fn call(&self, region: &str, operation: &str, more: Value) -> Result<Value, String> {
        let input = merged(json!({ "UserPoolId": self.pool }), more);
        let answer = self.world.call_as(World::caller_in(region), operation, input).await;
        answer.map_err(|failure| format!("{}: {}", failure.code, failure.message))
    }

    async fn ok(&self, region: &str, operation: &str, more: Value) -> Value {
        self.call(region, operation, more).await.unwrap_or_else(|failure| panic!("{operation}: {failure}"))
    }

    async fn fails(&self, region: &str, operation: &str, more: Value) -> String {
        self.call(region, operation, more).await.expect_err(operation)
    }

    async fn switch(&self, status: &str) -> Value {
        let switched = json!({ "RegionName": THERE, "Status": status });
        self.ok(HERE, "UpdateUserPoolReplica", switched).await["UserPoolReplica"].clone()
    }

    fn arn(&self, region: &str) -> String {
        format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{}", self.pool)
    }

    fn secondary(&self, status: &str) -> Value {
        json!({ "RegionName": THERE, "Status": status, "Role": "SECONDARY", "UserPoolArn": self.arn(THERE) })
    }

    fn primary(&self) -> Value {
        json!({ "RegionName": HERE, "Status": "ACTIVE", "Role": "PRIMARY", "UserPoolArn": self.arn(HERE) })
    }

    /// The replicas as both Regions list them.
    async fn listed(&self) -> Value {
        let here = self.ok(HERE, "ListUserPoolReplicas", json!({})).await;
        assert_eq!(self.ok(THERE, "ListUserPoolReplicas", json!({})).await, here);
        here["UserPoolReplicas"].clone()
    }
}

#[tokio::test]
async fn a_life() {
    let world = World::new().await;
    let pool = world.pool(key()).await;
    let replicated = Replicated { world, pool };
    assert_eq!(replicated.listed().await, json!([replicated.primary()]));
    let made = replicated.ok(HERE, "CreateUserPoolReplica", json!({ "RegionName": THERE })).await;
    assert_eq!(made["UserPoolReplica"], replicated.secondary("CREATING"));
    let both = |status: &str| json!([replicated.primary(), replicated.secondary(status)]);
    assert_eq!(replicated.listed().await, both("INACTIVE"));

    assert_eq!(replicated.switch("ACTIVE").await, replicated.secondary("ACTIVE"));
    assert_eq!(replicated.switch("ACTIVE").await, replicated.secondary("ACTIVE"));
    assert_eq!(replicated.listed().await, both("ACTIVE"));
    let delete = json!({ "RegionName": THERE });
    assert_eq!(
        replicated.fails(HERE, "DeleteUserPoolReplica", delete.clone()).await,
        "InvalidParameterException: A replica can only be deleted while it is INACTIVE."
    );
    let off = json!({ "RegionName": THERE, "Status": "INACTIVE" });
    let switched = replicated.ok(THERE, "UpdateUserPoolReplica", off).await;
    assert_eq!(switched["UserPoolReplica"], replicated.secondary("INACTIVE"));

    assert_eq!(replicated.fails(THERE, "DeleteUserPoolReplica", delete.clone()).await, ELSEWHERE_ONLY);
    let deleted = replicated.ok(HERE, "DeleteUserPoolReplica", delete.clone()).await;
    assert_eq!(deleted["UserPoolReplica"], replicated.secondary("DELETING"));
    assert_eq!(replicated.listed().await, json!([replicated.primary()]));
    let missing = "ResourceNotFoundException: The user pool has no replica in this Region.";
    assert_eq!(replicated.fails(HERE, "DeleteUserPoolReplica", delete).await, missing);
    let on = json!({ "RegionName": THERE, "Status": "ACTIVE" });
    assert_eq!(replicated.fails(HERE, "UpdateUserPoolReplica", on).await, missing);
}

#[tokio::test]
async fn refusals() {
    let replicated = Replicated::new().await;
    let world = &replicated.world;
    let plain = world.pool(json!({})).await;
    let lite = world.pool(merged(key(), json!({ "UserPoolTier": "LITE" }))).await;
    let fresh = world.pool(key()).await;
    let check = async |pool: &str, more: Value, expected: &str| {
        let input = merged(json!({ "UserPoolId": pool, "RegionName": THERE }), more);
        assert_eq!(world.fails("CreateUserPoolReplica", input).await, expected);
    };
    check(
        &lite,
        json!({}),
        "FeatureUnavailableInTierException: Multi-Region replication needs the ESSENTIALS tier.",
    )
    .await;
    let no_key = "InvalidParameterException: A user pool with a replica must have a multi-Region customer managed \
                  key in its KeyConfiguration.";
    check(&plain, json!({}), no_key).await;
    let primary = "InvalidParameterException: RegionName is the Region of the primary user pool.";
    check(&fresh, json!({ "RegionName": HERE }), primary).await;
    let nowhere = json!({ "RegionName": "nowhere" });
    check(&fresh, nowhere, "InvalidParameterException: RegionName is not the name of a Region.").await;
    let reserved = "InvalidParameterException: Tag keys cannot begin with aws:, which is reserved.";
    check(&fresh, json!({ "UserPoolTags": { "aws:x": "" } }), reserved).await;
    let second = "LimitExceededException: A user pool can have one secondary replica.";
    for region in [THERE, "us-west-2"] {
        check(&replicated.pool, json!({ "RegionName": region }), second).await;
    }
    let gone = "ResourceNotFoundException: User pool us-east-1_none does not exist.";
    check("us-east-1_none", json!({}), gone).await;

    for (operation, more) in [
        ("UpdateUserPoolReplica", json!({ "RegionName": HERE, "Status": "INACTIVE" })),
        ("DeleteUserPoolReplica", json!({ "RegionName": HERE })),
    ] {
        assert_eq!(replicated.fails(HERE, operation, more).await, primary, "{operation}");
    }
    let token = json!({ "NextToken": "AAAA" });
    assert_eq!(
        replicated.fails(HERE, "ListUserPoolReplicas", token).await,
        "InvalidParameterException: Invalid pagination token."
    );
}

#[tokio::test]
async fn the_pool_stays_fit_for_its_replica() {
    let replicated = Replicated::new().await;
    let no_key = "InvalidParameterException: A user pool with a replica must have a multi-Region customer managed \
                  key in its KeyConfiguration.";
    assert_eq!(replicated.fails(HERE, "UpdateUserPool", json!({})).await, no_key);
    replicated.ok(HERE, "UpdateUserPool", merged(key(), json!({ "PoolName": "renamed" }))).await;
    assert_eq!(
        replicated.fails(HERE, "DeleteUserPool", json!({})).await,
        "InvalidParameterException: User pool cannot be deleted. It has a replica that should be deleted first."
    );
    replicated.ok(HERE, "DeleteUserPoolReplica", json!({ "RegionName": THERE })).await;
    replicated.ok(HERE, "UpdateUserPool", json!({})).await;
    replicated.ok(HERE, "DeleteUserPool", json!({})).await;
}

#[tokio::test]
async fn seen_from_both_regions() {
    let replicated = Replicated::new().await;
    let domain = format!("prefix-{}", replicated.pool.to_lowercase().replace('_', "-"));
    replicated.ok(HERE, "CreateUserPoolDomain", json!({ "Domain": domain })).await;
    let here = replicated.ok(HERE, "DescribeUserPool", json!({})).await["UserPool"].clone();
    let mut expected = here.clone();
    expected["Arn"] = json!(replicated.arn(THERE));
    expected["UserPoolTags"] = json!({ "a": "there" });
    assert_eq!(here["UserPoolTags"], json!({ "a": "here" }));
    assert_eq!(expected.as_object_mut().unwrap().remove("Domain"), Some(json!(domain)));
    assert_eq!(replicated.ok(THERE, "DescribeUserPool", json!({})).await["UserPool"], expected);

    replicated.world.advance(Span::seconds(1));
    let other = replicated.world.pool(json!({})).await;
    let list = async |region: &str| {
        let input = json!({ "MaxResults": 60 });
        let answer =
            replicated.world.call_as(World::caller_in(region), "ListUserPools", input).await.unwrap();
        let pools = answer["UserPools"].as_array().unwrap().clone();
        pools.into_iter().map(|pool| (text(&pool["Id"]), pool["ReplicaRegions"].clone())).collect::<Vec<_>>()
    };
    let both = (replicated.pool.clone(), json!([HERE, THERE]));
    assert_eq!(list(HERE).await, [both.clone(), (other.clone(), Value::Null)]);
    assert_eq!(list(THERE).await, [both]);
    assert_eq!(list("eu-west-2").await, []);
    replicated.ok(HERE, "DeleteUserPoolReplica", json!({ "RegionName": THERE })).await;
    assert_eq!(list(THERE).await, []);
    assert_eq!(list(HERE).await, [(replicated.pool.clone(), Value::Null), (other, Value::Null)]);
}

#[tokio::test]
async fn tags_are_apart() {
    let replicated = Replicated::new().await;
    let call = async |region: &str, operation: &str, more: Value| {
        let input = merged(json!({ "ResourceArn": replicated.arn(region) }), more);
        replicated.world.call_as(World::caller_in(region), operation, input).await
    };
    let tags =
        async |region: &str| call(region, "ListTagsForResource", json!({})).await.unwrap()["Tags"].clone();
    call(THERE, "TagResource", json!({ "Tags": { "b": "new" } })).await.unwrap();
    assert_eq!(tags(THERE).await, json!({ "a": "there", "b": "new" }));
    call(THERE, "UntagResource", json!({ "TagKeys": ["a"] })).await.unwrap();
    assert_eq!(tags(THERE).await, json!({ "b": "new" }));
    assert_eq!(tags(HERE).await, json!({ "a": "here" }));
    assert_eq!(
        call("eu-west-2", "ListTagsForResource", json!({})).await.unwrap_err().code,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn signing_in_at_the_secondary() {
    let replicated = Replicated::new().await;
    let client = replicated.world.client(&replicated.pool, json!({})).await;
    replicated.world.user(&replicated.pool, "alice", "Abcdef1!").await;
    let sign_in = json!({
        "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "alice", "PASSWORD": "Abcdef1!" },
    });
    let alice = json!({ "Username": "alice" });
    let inactive = "OperationNotEnabledException: The replica of the user pool in this Region is not active.";
    assert_eq!(replicated.fails(THERE, "AdminInitiateAuth", sign_in.clone()).await, inactive);
    assert_eq!(replicated.ok(THERE, "AdminGetUser", alice.clone()).await["Username"], "alice");

    replicated.switch("ACTIVE").await;
    let tokens =
        replicated.ok(THERE, "AdminInitiateAuth", sign_in.clone()).await["AuthenticationResult"].clone();
    let user = json!({ "AccessToken": tokens["AccessToken"] });
    for region in [HERE, THERE] {
        let refresh = json!({
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": tokens["RefreshToken"] },
        });
        replicated.ok(region, "AdminInitiateAuth", refresh).await;
        let answer =
            replicated.world.call_as(World::caller_in(region), "GetUser", user.clone()).await.unwrap();
        assert_eq!(answer["Username"], "alice");
    }
    replicated.ok(THERE, "AdminUserGlobalSignOut", alice).await;
    assert!(replicated.world.fails("GetUser", user).await.starts_with("NotAuthorizedException: "));

    replicated.switch("INACTIVE").await;
    assert_eq!(replicated.fails(THERE, "AdminInitiateAuth", sign_in.clone()).await, inactive);
    replicated.ok(HERE, "AdminInitiateAuth", sign_in).await;
}

#[tokio::test]
async fn changing_at_the_secondary() {
    let replicated = Replicated::new().await;
    replicated.world.user(&replicated.pool, "alice", "Abcdef1!").await;
    replicated.switch("ACTIVE").await;
    for (operation, more) in [
        ("UpdateUserPool", key()),
        ("DeleteUserPool", json!({})),
        ("CreateUserPoolClient", json!({ "ClientName": "new" })),
        ("CreateGroup", json!({ "GroupName": "new" })),
        ("AdminCreateUser", json!({ "Username": "new" })),
        ("AdminSetUserPassword", json!({ "Username": "alice", "Password": "Abcdef2!" })),
        ("CreateUserPoolReplica", json!({ "RegionName": "us-west-2" })),
    ] {
        assert_eq!(replicated.fails(THERE, operation, more).await, ELSEWHERE_ONLY, "{operation}");
    }
    // The model lists no OperationNotEnabledException for these.
    let provider = json!({ "ProviderName": "google" });
    assert_eq!(
        replicated.fails(THERE, "DeleteIdentityProvider", provider).await,
        ELSEWHERE_ONLY.replace("OperationNotEnabled", "InvalidParameter")
    );
    assert_eq!(replicated.ok(HERE, "ListGroups", json!({})).await, json!({ "Groups": [] }));
    assert_eq!(replicated.ok(HERE, "DescribeUserPool", json!({})).await["UserPool"]["Name"], "pool");

    // Other Regions have no replica, and no rules: pools are found by their id, whatever the caller signs for.
    replicated.ok("eu-west-2", "CreateGroup", json!({ "GroupName": "new" })).await;
}

/// Users' requests are not signed; the name of the endpoint says which Region they call.
#[tokio::test]
async fn users_at_the_endpoint_of_the_secondary() {
    let replicated = Replicated::new().await;
    let client = replicated.world.client(&replicated.pool, json!({})).await;
    replicated.world.user(&replicated.pool, "alice", "Abcdef1!").await;
    let call = async |region: &str, operation: &str, input: Value| {
        let answer = replicated.world.call_as(World::unsigned_caller_in(region), operation, input).await;
        answer.map_err(|failure| format!("{}: {}", failure.code, failure.message))
    };
    let sign_in = password_auth(&client, "alice", "Abcdef1!");
    let inactive = "OperationNotEnabledException: The replica of the user pool in this Region is not active.";
    let tokens = call(HERE, "InitiateAuth", sign_in.clone()).await.unwrap()["AuthenticationResult"].clone();
    let user = json!({ "AccessToken": tokens["AccessToken"] });
    assert_eq!(call(THERE, "InitiateAuth", sign_in.clone()).await.unwrap_err(), inactive);
    assert_eq!(call(THERE, "GetUser", user.clone()).await.unwrap_err(), inactive);

    replicated.switch("ACTIVE").await;
    call(THERE, "InitiateAuth", sign_in).await.unwrap();
    assert_eq!(call(THERE, "GetUser", user.clone()).await.unwrap()["Username"], "alice");
    let refresh = json!({ "ClientId": client, "RefreshToken": tokens["RefreshToken"] });
    call(THERE, "GetTokensFromRefreshToken", refresh).await.unwrap();
    let sign_up = json!({ "ClientId": client, "Username": "bob", "Password": "Abcdef1!" });
    for (operation, input) in [
        ("SignUp", sign_up.clone()),
        ("ForgotPassword", json!({ "ClientId": client, "Username": "alice" })),
        ("DeleteUser", user.clone()),
        ("GetUserAttributeVerificationCode", merged(user.clone(), json!({ "AttributeName": "email" }))),
    ] {
        assert_eq!(call(THERE, operation, input).await.unwrap_err(), ELSEWHERE_ONLY, "{operation}");
    }
    call(HERE, "SignUp", sign_up.clone()).await.unwrap();
    call("eu-west-2", "GetUser", user.clone()).await.unwrap();

    // What is wrong with a request comes from its operation.
    let unknown = merged(sign_up, json!({ "ClientId": "unknown" }));
    let gone = "ResourceNotFoundException: User pool client unknown does not exist.";
    assert_eq!(call(THERE, "SignUp", unknown).await.unwrap_err(), gone);
    for token in ["a.b.c", "nothing"] {
        let answer = call(THERE, "GetUser", json!({ "AccessToken": token })).await.unwrap_err();
        assert!(answer.starts_with("NotAuthorizedException: "), "{answer}");
    }
    let revoke = json!({ "ClientId": client, "Token": tokens["RefreshToken"] });
    call(THERE, "RevokeToken", revoke).await.unwrap();
    assert!(call(HERE, "GetUser", user).await.unwrap_err().starts_with("NotAuthorizedException: "));
}

/// Who is not there yet comes with a sign-in at the primary only: a secondary makes no users.
#[tokio::test]
async fn nobody_is_brought_to_the_secondary() {
    let replicated = Replicated::new().await;
    let (world, functions) =
        (&replicated.world, json!({ "LambdaConfig": { "UserMigration": arn("migrate") } }));
    replicated.ok(HERE, "UpdateUserPool", merged(key(), functions)).await;
    let client = world.client(&replicated.pool, json!({})).await;
    let found = json!({ "userAttributes": { "email": "a@example.com" }, "finalUserStatus": "CONFIRMED" });
    world.functions.respond("migrate", found);
    replicated.switch("ACTIVE").await;
    let sign_in = password_auth(&client, "alice", "Abcdef1!");
    let by_admin = json!({ "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "UserPoolId": replicated.pool });
    let unknown = "User does not exist.";
    for (caller, operation, more) in [
        (World::unsigned_caller_in(THERE), "InitiateAuth", json!({})),
        (World::caller_in(THERE), "AdminInitiateAuth", by_admin),
    ] {
        let refused = world.call_as(caller, operation, merged(sign_in.clone(), more)).await.unwrap_err();
        assert_eq!((refused.code.as_str(), refused.message.as_str()), ("UserNotFoundException", unknown));
    }
    assert_eq!(world.functions.events(), Vec::<Value>::new());
    assert_eq!(replicated.ok(HERE, "ListUsers", json!({})).await, json!({ "Users": [] }));
    world.call_as(World::unsigned_caller_in(HERE), "InitiateAuth", sign_in.clone()).await.unwrap();
    world.call_as(World::unsigned_caller_in(THERE), "InitiateAuth", sign_in).await.unwrap();
}

/// Pools of the Region and replicas in it are one list, in the order in which they came there.
#[tokio::test]
async fn pages_of_pools_with_replicas() {
    let world = World::new().await;
    let mut expected = Vec::new();
    let mut primaries = Vec::new();
    for _ in 0..2 {
        primaries.push(world.pool(key()).await);
    }
    for pool in primaries.iter().rev() {
        world.advance(Span::seconds(1));
        let replica = json!({ "UserPoolId": pool, "RegionName": THERE });
        world.ok("CreateUserPoolReplica", replica).await;
        expected.push(pool.clone());
        world.advance(Span::seconds(1));
        let own =
            world.call_as(World::caller_in(THERE), "CreateUserPool", json!({ "PoolName": "own" })).await;
        expected.push(text(&own.unwrap()["UserPool"]["Id"]));
    }
    let page = async |region: &str, token: Value| {
        let input = merged(json!({ "MaxResults": 1 }), token);
        world.call_as(World::caller_in(region), "ListUserPools", input).await
    };
    let (mut listed, mut token) = (Vec::new(), json!({}));
    while listed.len() <= expected.len() {
        let answer = page(THERE, token.clone()).await.unwrap();
        listed.extend(answer["UserPools"].as_array().unwrap().iter().map(|pool| text(&pool["Id"])));
        let Some(next) = answer.get("NextToken") else { break };
        token = json!({ "NextToken": next });
    }
    assert_eq!(listed, expected);
    assert_eq!(page(HERE, token).await.unwrap_err().code, "InvalidParameterException", "another list");
}
