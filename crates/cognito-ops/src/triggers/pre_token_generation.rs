//! PreTokenGeneration: changes the claims of tokens before they are signed.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html>

use std::collections::BTreeMap;

use cognito_api::wire::PreTokenGenerationLambdaVersionType as Version;
use cognito_core::claims::{Changes, Groups, Overrides};
use cognito_core::client::Client;
use cognito_core::group::{self, Group};
use cognito_core::pool::Pool;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// On what occasion tokens are made: the end of the trigger source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A sign-in.
    Authentication,
    /// The first password that a user set.
    NewPasswordChallenge,
    /// A sign-in with a remembered device.
    AuthenticateDevice,
    /// A sign-in at the login pages.
    HostedAuth,
    /// A refresh.
    RefreshTokens,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "TokenGeneration_Authentication",
            Self::NewPasswordChallenge => "TokenGeneration_NewPasswordChallenge",
            Self::AuthenticateDevice => "TokenGeneration_AuthenticateDevice",
            Self::HostedAuth => "TokenGeneration_HostedAuth",
            Self::RefreshTokens => "TokenGeneration_RefreshTokens",
        }
    }
}

/// Asks the function of the pool, if it names one, about the tokens of a user.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    source: Source,
    groups: &[Group],
    scopes: &[&str],
    metadata: Option<&Metadata>,
) -> Reply<Overrides> {
    let Some((version, arn)) = function(about.pool) else { return Ok(Overrides::default()) };
    let mut request = event::request(about, metadata);
    let names: Vec<_> = groups.iter().map(|group| &group.name).collect();
    let roles: Vec<_> = groups.iter().filter_map(|group| group.role_arn.as_ref()).collect();
    let configuration = json!({
        "groupsToOverride": names,
        "iamRolesToOverride": roles,
        "preferredRole": group::preferred_role(groups),
    });
    request.insert("groupConfiguration".to_owned(), configuration);
    match version {
        Version::V1_0 => {
            let event = Event {
                trigger: TRIGGER,
                version: "1",
                source: source.as_str(),
                request,
                response: json!({ "claimsOverrideDetails": null }),
            };
            let response = event.send::<ResponseV1>(ctx, about, arn).await?.unwrap_or_default();
            Ok(response.overrides().check()?)
        }
        Version::V2_0 => ask(ctx, about, arn, "2", source.as_str(), request, scopes).await,
        Version::V3_0 => ask(ctx, about, arn, "3", source.as_str(), request, scopes).await,
    }
}

/// As [`call`], about the access token of a client that acts for itself. Only functions of version V3_0 are asked.
pub(crate) async fn call_for_client(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    scopes: &[&str],
    metadata: Option<&Metadata>,
) -> Reply<Overrides> {
    let Some((Version::V3_0, arn)) = function(pool) else { return Ok(Overrides::default()) };
    let about = About::nobody(pool, client, "ClientCredentials");
    let mut request = event::request(about, metadata);
    request.insert("groupConfiguration".to_owned(), Value::Null);
    ask(ctx, about, arn, "3", "TokenGeneration_ClientCredentials", request, scopes).await
}

const TRIGGER: &str = "PreTokenGeneration";

/// The function, and the version of the events that it takes.
fn function(pool: &Pool) -> Option<(Version, &str)> {
    let lambda = &pool.settings.lambda_config;
    match (&lambda.pre_token_generation_config, &lambda.pre_token_generation) {
        (Some(config), _) => Some((config.lambda_version, &config.lambda_arn)),
        (None, Some(arn)) => Some((Version::V1_0, arn)),
        (None, None) => None,
    }
}

async fn ask(
    ctx: &Ctx<'_>,
    about: About<'_>,
    arn: &str,
    version: &'static str,
    source: &str,
    mut request: Map<String, Value>,
    scopes: &[&str],
) -> Reply<Overrides> {
    request.insert("scopes".to_owned(), json!(scopes));
    let response = json!({ "claimsAndScopeOverrideDetails": null });
    let event = Event { trigger: TRIGGER, version, source, request, response };
    let response = event.send::<ResponseV2>(ctx, about, arn).await?.unwrap_or_default();
    Ok(response.overrides().check()?)
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseV1 {
    claims_override_details: Option<DetailsV1>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsV1 {
    claims_to_add_or_override: Option<BTreeMap<String, String>>,
    claims_to_suppress: Option<Vec<String>>,
    #[serde(default, deserialize_with = "even_null")]
    group_override_details: Option<Option<GroupDetails>>,
}

impl ResponseV1 {
    fn overrides(self) -> Overrides {
        let details = self.claims_override_details.unwrap_or_default();
        let add = details.claims_to_add_or_override.unwrap_or_default();
        let add = add.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        Overrides {
            id: Changes { add, suppress: details.claims_to_suppress.unwrap_or_default() },
            groups: details.group_override_details.map(groups),
            ..Overrides::default()
        }
    }
}

/// Of versions 2 and 3.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseV2 {
    claims_and_scope_override_details: Option<DetailsV2>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsV2 {
    id_token_generation: Option<Generation>,
    access_token_generation: Option<Generation>,
    #[serde(default, deserialize_with = "even_null")]
    group_override_details: Option<Option<GroupDetails>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generation {
    claims_to_add_or_override: Option<Map<String, Value>>,
    claims_to_suppress: Option<Vec<String>>,
    scopes_to_add: Option<Vec<String>>,
    scopes_to_suppress: Option<Vec<String>>,
}

impl Generation {
    fn changes(&mut self) -> Changes {
        Changes {
            add: self.claims_to_add_or_override.take().unwrap_or_default(),
            suppress: self.claims_to_suppress.take().unwrap_or_default(),
        }
    }
}

impl ResponseV2 {
    fn overrides(self) -> Overrides {
        let details = self.claims_and_scope_override_details.unwrap_or_default();
        let mut id = details.id_token_generation.unwrap_or_default();
        let mut access = details.access_token_generation.unwrap_or_default();
        Overrides {
            id: id.changes(),
            access: access.changes(),
            scopes_to_add: access.scopes_to_add.unwrap_or_default(),
            scopes_to_suppress: access.scopes_to_suppress.unwrap_or_default(),
            groups: details.group_override_details.map(groups),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupDetails {
    groups_to_override: Option<Vec<String>>,
    iam_roles_to_override: Option<Vec<String>>,
    preferred_role: Option<String>,
}

/// Without the member the groups stay; `null` or an empty object suppresses them.
fn even_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

fn groups(details: Option<GroupDetails>) -> Groups {
    let details = details.unwrap_or_default();
    Groups {
        groups: details.groups_to_override.unwrap_or_default(),
        roles: details.iam_roles_to_override.unwrap_or_default(),
        preferred_role: details.preferred_role,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::functions::arn;
    use testkit::world::{claims, password_auth, text};

    const ROLE: &str = "arn:aws:iam::000000000000:role/admins";
    const UNRECOGNIZABLE: &str = "InvalidLambdaResponseException: Unrecognizable lambda output";

    /// A pool whose function takes events of that version, and `alice` in the group `admins`.
    async fn world(version: &str) -> (World, String, String) {
        let world = World::new().await;
        let config = json!({ "LambdaVersion": version, "LambdaArn": arn("token") });
        let pool = world.pool(json!({ "LambdaConfig": { "PreTokenGenerationConfig": config } })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let group = json!({ "UserPoolId": pool, "GroupName": "admins", "RoleArn": ROLE });
        world.ok("CreateGroup", group).await;
        let member = json!({ "UserPoolId": pool, "GroupName": "admins", "Username": "alice" });
        world.ok("AdminAddUserToGroup", member).await;
        (world, pool, client)
    }

    /// The claims of the ID and of the access token of a sign-in after which the function responds so.
    async fn tokens(version: &str, response: Value) -> (Value, Value) {
        let (world, _, client) = world(version).await;
        world.functions.respond("token", response);
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        (claims(&tokens["IdToken"]), claims(&tokens["AccessToken"]))
    }

    async fn refused(version: &str, response: Value) -> String {
        let (world, _, client) = world(version).await;
        world.functions.respond("token", response);
        world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await
    }

    #[tokio::test]
    async fn the_events() {
        for (version, number) in [("V1_0", "1"), ("V2_0", "2"), ("V3_0", "3")] {
            let (world, pool, client) = world(version).await;
            world.functions.respond("token", json!({}));
            let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
            let mut request = json!({
                "userAttributes": {
                    "sub": claims(&tokens["IdToken"])["sub"], "cognito:user_status": "CONFIRMED",
                },
                "groupConfiguration": {
                    "groupsToOverride": ["admins"], "iamRolesToOverride": [ROLE], "preferredRole": ROLE,
                },
            });
            let mut response = json!({ "claimsOverrideDetails": null });
            if number != "1" {
                request["scopes"] = json!(["aws.cognito.signin.user.admin"]);
                response = json!({ "claimsAndScopeOverrideDetails": null });
            }
            let event = |source: &str| {
                json!({
                    "version": number,
                    "triggerSource": source,
                    "region": "us-east-1",
                    "userPoolId": pool,
                    "userName": "alice",
                    "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
                    "request": request,
                    "response": response,
                })
            };
            let refresh = json!({
                "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": { "REFRESH_TOKEN": tokens["RefreshToken"] },
            });
            world.ok("InitiateAuth", refresh).await;
            let expected = [event("TokenGeneration_Authentication"), event("TokenGeneration_RefreshTokens")];
            assert_eq!(world.functions.events(), expected);
        }
    }

    #[tokio::test]
    async fn the_old_member_names_a_function_of_version_1() {
        let (world, pool, client) = world("V2_0").await;
        let lambda = json!({ "PreTokenGeneration": arn("token") });
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "LambdaConfig": lambda })).await;
        world.functions.respond("token", json!({}));
        world.sign_in(&client, "alice", "Abcdef1!").await;
        assert_eq!(world.functions.events()[0]["version"], "1");
    }

    #[tokio::test]
    async fn version_1_changes_the_id_token_and_the_groups() {
        let details = json!({
            "claimsToAddOrOverride": { "tenant": "t", "sub": "forged" },
            "claimsToSuppress": ["cognito:username", "event_id"],
            "groupOverrideDetails": {
                "groupsToOverride": ["guests"], "iamRolesToOverride": [], "preferredRole": null,
            },
        });
        let (id, access) = tokens("V1_0", json!({ "claimsOverrideDetails": details })).await;
        assert_eq!(id["tenant"], "t");
        assert_eq!(access.get("tenant"), None);
        assert_eq!(id["sub"], access["sub"]);
        assert_eq!(id["cognito:username"], "alice");
        for token in [&id, &access] {
            assert_eq!(token["cognito:groups"], json!(["guests"]));
        }
        assert_eq!(id.get("cognito:roles"), None);
        assert_eq!(id.get("cognito:preferred_role"), None);
    }

    #[tokio::test]
    async fn groups_stay_unless_they_are_spoken_of() {
        for (details, expected) in [
            (json!(null), json!(["admins"])),
            (json!({}), json!(["admins"])),
            (json!({ "groupOverrideDetails": null }), Value::Null),
            (json!({ "groupOverrideDetails": {} }), Value::Null),
        ] {
            let (id, access) = tokens("V1_0", json!({ "claimsOverrideDetails": details })).await;
            assert_eq!(
                (&id["cognito:groups"], &access["cognito:groups"]),
                (&expected, &expected),
                "{details}"
            );
            let details = json!({ "claimsAndScopeOverrideDetails": details });
            let (id, access) = tokens("V2_0", details.clone()).await;
            assert_eq!(
                (&id["cognito:groups"], &access["cognito:groups"]),
                (&expected, &expected),
                "{details}"
            );
        }
    }

    #[tokio::test]
    async fn version_2_changes_both_tokens() {
        let details = json!({
            "idTokenGeneration": { "claimsToAddOrOverride": { "n": 1, "list": [true] } },
            "accessTokenGeneration": {
                "claimsToAddOrOverride": { "tenant": { "id": 7 }, "client_id": "forged", "exp": 0 },
                "claimsToSuppress": ["cognito:groups"],
                "scopesToAdd": ["api/read"],
                "scopesToSuppress": ["phone"],
            },
        });
        let (id, access) = tokens("V2_0", json!({ "claimsAndScopeOverrideDetails": details })).await;
        assert_eq!((&id["n"], &id["list"]), (&json!(1), &json!([true])));
        assert_eq!(id["cognito:groups"], json!(["admins"]));
        assert_eq!(access["tenant"], json!({ "id": 7 }));
        assert_eq!(access.get("cognito:groups"), None);
        assert_eq!(access["scope"], "aws.cognito.signin.user.admin api/read");
        assert_eq!(access["client_id"], id["aud"]);
        assert_eq!(access["exp"], id["exp"]);
    }

    #[tokio::test]
    async fn without_its_scope_a_token_is_for_others() {
        let (world, _, client) = world("V2_0").await;
        let access = json!({ "scopesToSuppress": ["aws.cognito.signin.user.admin"] });
        let details = json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": access } });
        world.functions.respond("token", details);
        let token = text(&world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"]);
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": token })).await,
            "NotAuthorizedException: Access Token does not have required scopes"
        );
    }

    #[tokio::test]
    async fn answers_that_cannot_be_used() {
        let version_1 = |details: Value| json!({ "claimsOverrideDetails": details });
        let number = version_1(json!({ "claimsToAddOrOverride": { "n": 1 } }));
        assert_eq!(refused("V1_0", number).await, UNRECOGNIZABLE);
        assert_eq!(refused("V1_0", version_1(json!({ "claimsToSuppress": "email" }))).await, UNRECOGNIZABLE);
        let version_2 = |member: &str, generation: Value| json!({ "claimsAndScopeOverrideDetails": { member: generation } });
        for (member, generation) in [
            ("accessTokenGeneration", json!({ "scopesToAdd": ["a b"] })),
            ("accessTokenGeneration", json!({ "claimsToSuppress": vec!["a"; 5_001] })),
            ("idTokenGeneration", json!({ "claimsToAddOrOverride": { "address": {} } })),
            ("groupOverrideDetails", json!({ "groupsToOverride": "admins" })),
        ] {
            assert_eq!(refused("V2_0", version_2(member, generation)).await, UNRECOGNIZABLE, "{member}");
        }
    }
}
