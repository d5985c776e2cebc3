//! What the tests of challenges begin with: a pool, a client of every flow, a user, and answers.

use serde_json::{Value, json};
use testkit::World;
use testkit::world::{attribute_list, merged};

pub(super) const PASSWORD: &str = "Abcdef1!";
pub(super) const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";
pub(super) const INVALID_SESSION: &str = "NotAuthorizedException: Invalid session for the user.";
pub(super) const USED_SESSION: &str =
    "NotAuthorizedException: Invalid session for the user, session can only be used once.";
pub(super) const EXPIRED_SESSION: &str =
    "NotAuthorizedException: Invalid session for the user, session is expired.";

/// A world with a pool and a client.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) pool: String,
    pub(super) client: String,
}

impl Scene {
    /// `pool` is merged into CreateUserPool, `client` into CreateUserPoolClient. Alice is a confirmed user.
    pub(super) async fn new(pool: Value, client: Value) -> Self {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        Self::of(world, pool, client).await
    }

    /// With a pool whose users can have every second factor.
    pub(super) async fn with_mfa(mode: &str) -> Self {
        let world = World::new().await;
        let pool = world.mfa_pool(mode).await;
        Self::of(world, pool, json!({})).await
    }

    pub(super) async fn of(world: World, pool: String, client: Value) -> Self {
        let flows = [
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_USER_AUTH",
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ];
        let client = merged(json!({ "ExplicitAuthFlows": flows }), client);
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", PASSWORD).await;
        Self { world, pool, client }
    }

    /// The input of InitiateAuth.
    pub(super) fn start(&self, flow: &str, parameters: Value) -> Value {
        json!({ "ClientId": self.client, "AuthFlow": flow, "AuthParameters": parameters })
    }

    /// What InitiateAuth answers.
    pub(super) async fn initiate(&self, flow: &str, parameters: Value) -> Value {
        self.world.ok("InitiateAuth", self.start(flow, parameters)).await
    }

    /// The input of RespondToAuthChallenge to what was asked before, as alice.
    pub(super) fn answer(&self, asked: &Value, responses: Value) -> Value {
        json!({
            "ClientId": self.client,
            "ChallengeName": asked["ChallengeName"],
            "Session": asked["Session"],
            "ChallengeResponses": merged(json!({ "USERNAME": "alice" }), responses),
        })
    }

    pub(super) async fn respond(&self, asked: &Value, responses: Value) -> Value {
        self.world.ok("RespondToAuthChallenge", self.answer(asked, responses)).await
    }

    pub(super) async fn refuses(&self, asked: &Value, responses: Value) -> String {
        self.world.fails("RespondToAuthChallenge", self.answer(asked, responses)).await
    }

    /// Gives alice attributes.
    pub(super) async fn attributes(&self, attributes: Value) {
        let input = json!({
            "UserPoolId": self.pool, "Username": "alice", "UserAttributes": attribute_list(attributes),
        });
        self.world.ok("AdminUpdateUserAttributes", input).await;
    }

    /// Alice as an administrator names her.
    pub(super) fn alice(&self) -> Value {
        json!({ "UserPoolId": self.pool, "Username": "alice" })
    }

    /// What an administrator calls.
    pub(super) async fn admin(&self, operation: &str, more: Value) -> Value {
        self.world.ok(operation, merged(self.alice(), more)).await
    }

    pub(super) async fn code(&self) -> String {
        self.world.code(&self.pool, "alice").await
    }
}

/// Whether an answer is tokens.
pub(super) fn is_signed_in(answer: &Value) -> bool {
    answer["AuthenticationResult"]["AccessToken"].is_string()
        && answer.get("ChallengeName").is_none()
        && answer["ChallengeParameters"] == json!({})
}
