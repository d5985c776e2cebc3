//! Sign-ins at identity providers of a test.

use cognito_core::Span;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use serde_json::{Map, Value, json};
use testkit::browser::{self, Browser, member as parameter, ours};
use testkit::functions::arn;
use testkit::world::{attribute_map, claims, merged, signing_keys, text};
use testkit::{Answer, Endpoint, InvokeError, World};

mod misuse;
mod saml;
mod sign_in;
mod social;

const IDP: &str = "https://idp.example.com";
const CALLBACK: &str = "https://app.example.com/cb";

/// A pool that trusts `Okta`, with a client for it.
struct Scene {
    world: World,
    pool: String,
    client: String,
}

/// The way to the provider: what it is asked, and by whom.
struct Away<'a> {
    browser: Browser<'a>,
    location: String,
}

impl Scene {
    async fn new(pool: Value, mapping: Value) -> Self {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let details = json!({
            "client_id": "us", "client_secret": "secret", "authorize_scopes": "openid email",
            "attributes_request_method": "GET", "oidc_issuer": IDP, "authorize_url": format!("{IDP}/auth"),
            "token_url": format!("{IDP}/token"), "attributes_url": format!("{IDP}/me"),
            "jwks_uri": format!("{IDP}/jwks"),
        });
        let okta = json!({
            "UserPoolId": pool, "ProviderName": "Okta", "ProviderType": "OIDC", "ProviderDetails": details,
            "AttributeMapping": mapping, "IdpIdentifiers": ["example.com"],
        });
        world.ok("CreateIdentityProvider", okta).await;
        let key = &signing_keys()[3];
        world.idps.answer(&format!("{IDP}/jwks"), 200, &json!({ "keys": [key.public_jwk()] }));
        let client = Self::client(&world, &pool, &["COGNITO", "Okta"]).await;
        Self { world, pool, client }
    }

    async fn client(world: &World, pool: &str, providers: &[&str]) -> String {
        let settings = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email"], "CallbackURLs": [CALLBACK],
            "SupportedIdentityProviders": providers,
        });
        world.client(pool, settings).await
    }

    fn authorize(&self, more: &str) -> String {
        format!("response_type=code&client_id={}&redirect_uri={CALLBACK}&state=s{more}", self.client)
    }

    async fn begin(&self) -> Away<'_> {
        let mut browser = Browser::new(&self.world);
        let location = browser::away(
            &browser.get(Endpoint::Authorize, &self.authorize("&identity_provider=Okta")).await,
        );
        Away { browser, location }
    }

    /// The claims of a good ID token for this browser.
    fn claims(&self, away: &Away<'_>, more: Value) -> Value {
        let base = json!({
            "iss": IDP, "aud": "us", "sub": "u1", "nonce": away.nonce(),
            "exp": self.world.now().seconds() + 60,
        });
        merged(base, more)
    }

    /// Lets the provider answer so.
    fn provide(&self, claims: &Value, info: &Value) {
        self.world.idps.answer(&format!("{IDP}/token"), 200, &tokens(claims));
        self.world.idps.answer(&format!("{IDP}/me"), 200, info);
    }

    /// A whole sign-in; gives where the browser ends.
    async fn sign_in(&self, id: Value, info: Value) -> String {
        let away = self.begin().await;
        self.provide(&self.claims(&away, id), &info);
        browser::away(&away.back().await)
    }

    async fn user(&self, username: &str) -> Value {
        self.world.ok("AdminGetUser", json!({ "UserPoolId": self.pool, "Username": username })).await
    }

    async fn users(&self) -> usize {
        let users = self.world.ok("ListUsers", json!({ "UserPoolId": self.pool })).await;
        users["Users"].as_array().map_or(0, Vec::len)
    }

    /// The tokens for the code that the browser brings to the app.
    async fn tokens(&self, location: &str) -> Value {
        let code = parameter(location, "code").unwrap_or_else(|| panic!("no code: {location}"));
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client.as_str()),
            ("redirect_uri", CALLBACK),
            ("code", code.as_str()),
        ];
        browser::call(&self.world, Endpoint::Token, None, &fields).await.1
    }
}

impl Away<'_> {
    fn asked(&self, name: &str) -> String {
        parameter(&self.location, name).unwrap_or_else(|| panic!("no {name}: {}", self.location))
    }

    fn nonce(&self) -> String {
        self.asked("nonce")
    }

    async fn back(mut self) -> Answer {
        let state = self.asked("state");
        self.browser.get(Endpoint::IdpResponse, &format!("code=c&state={state}")).await
    }
}

fn tokens(claims: &Value) -> Value {
    let id = signing_keys()[3].sign(claims).unwrap();
    json!({ "access_token": "access", "id_token": id, "token_type": "Bearer" })
}

/// A fresh key on P-256.
fn p256() -> EcKey<Private> {
    EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).and_then(|group| EcKey::generate(&group)).unwrap()
}

/// A private key as the details of a provider have it: PKCS #8 in base64.
fn pkcs8(key: &EcKey<Private>) -> String {
    let key = PKey::from_ec_key(key.clone()).unwrap();
    openssl::base64::encode_block(&key.private_key_to_pkcs8().unwrap())
}

fn refused(location: &str) -> Option<String> {
    assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"), "{location}");
    assert_eq!(parameter(location, "state").as_deref(), Some("s"), "{location}");
    assert!(location.starts_with(CALLBACK), "{location}");
    parameter(location, "error_description")
}
