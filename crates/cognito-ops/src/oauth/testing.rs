//! What the tests of the endpoints begin with: a pool with resource servers, an app and a user.

use serde_json::{Value, json};
use testkit::World;
use testkit::browser::{self, Browser, Endpoint, member};
use testkit::world::merged;

pub(crate) const CALLBACK: &str = "https://app.example/cb";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const SECRET: &str = "0123456789abcdefghijklmnop";
pub(crate) const ORDERS: &str = "https://orders.example.com";

pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) pool: String,
    pub(crate) client: String,
}

impl Scene {
    /// `client` is merged into CreateUserPoolClient. Alice is a confirmed user.
    pub(crate) async fn new(client: Value) -> Self {
        Self::with(json!({}), client).await
    }

    pub(crate) async fn with(pool: Value, client: Value) -> Self {
        Self::on(World::new().await, pool, client).await
    }

    pub(crate) async fn on(world: World, pool: Value, client: Value) -> Self {
        let pool = world.pool(pool).await;
        let scope = |name: &str| json!({ "ScopeName": name, "ScopeDescription": "A scope" });
        let orders = json!({
            "UserPoolId": pool, "Identifier": ORDERS, "Name": "Orders", "Scopes": [scope("read"), scope("write")],
        });
        world.ok("CreateResourceServer", orders).await;
        let base = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email", "profile", format!("{ORDERS}/read")],
            "CallbackURLs": [CALLBACK], "LogoutURLs": ["https://app.example/bye"],
            "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"], "SupportedIdentityProviders": ["COGNITO"],
        });
        let client = world.client(&pool, merged(base, client)).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        Self { world, pool, client }
    }

    /// An authorization request; what `more` names is replaced.
    pub(crate) fn query(&self, more: &[(&str, &str)]) -> String {
        let base = [
            ("response_type", "code"),
            ("client_id", &self.client),
            ("redirect_uri", CALLBACK),
            ("state", "s"),
        ];
        let kept = base.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let all: Vec<_> = kept.chain(more).copied().collect();
        browser::parameters(&all).encode()
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser::new(&self.world)
    }

    /// A code from a sign-in in a new browser.
    pub(crate) async fn code(&self, more: &[(&str, &str)]) -> String {
        let location = self.browser().sign_in(&self.query(more), "alice", "Abcdef1!").await;
        member(&location, "code").unwrap_or_else(|| panic!("no code: {location}"))
    }

    /// Calls the token endpoint as the public client.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let form = [&[("client_id", self.client.as_str())], form].concat();
        browser::call(&self.world, Endpoint::Token, None, &form).await
    }

    /// Redeems a code; what `more` names is replaced, an empty value left out.
    pub(crate) async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let base = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        let kept = base.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let all: Vec<_> = kept.chain(more).filter(|(_, value)| !value.is_empty()).copied().collect();
        self.token(&all).await
    }

    /// The tokens of a sign-in in a new browser.
    pub(crate) async fn tokens(&self, more: &[(&str, &str)]) -> Value {
        let code = self.code(more).await;
        let (status, tokens) = self.redeem(&code, &[]).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// Status and claims of userInfo.
    pub(crate) async fn user_info(&self, access_token: &Value) -> (u16, Value) {
        let header = format!("Bearer {}", access_token.as_str().unwrap_or_default());
        browser::call(&self.world, Endpoint::UserInfo, Some(&header), &[]).await
    }
}

/// What a refused token request answers.
pub(crate) fn error(answer: (u16, Value)) -> String {
    format!("{} {}", answer.0, answer.1["error"].as_str().unwrap_or_default())
}
