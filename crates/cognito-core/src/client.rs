//! App clients: their settings, and what rules read of them. Source: `pools-and-clients` 2.5 of the specification.

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::identity_provider::POOL_ITSELF;
use crate::schema;
use crate::secret;
use crate::time::{Span, Time};

mod oauth;
mod secrets;
mod settings;

pub(crate) use oauth::check_url;
pub use oauth::{OAuthError, SCOPES};
pub use secrets::SecretError;
pub use settings::{Known, SettingsError};

/// The index of clients by their id alone.
pub const BY_ID: &str = "client.id";
/// The index of the clients of a pool in the order of their creation.
pub const BY_CREATION: &str = "client.created";

/// The same, of those that apps registered by themselves and of the others.
pub const BY_TYPE: &str = "client.type";

/// The most clients of a pool.
pub const MAX_CLIENTS: i64 = 1_000;
/// The most secrets of a client.
pub const MAX_SECRETS: usize = 2;

/// An app client of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// The pool.
    pub pool_id: String,
    /// The id.
    pub id: String,
    /// Its secrets, the oldest first; none for a public client.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<ClientSecret>,
    /// All that UpdateUserPoolClient replaces.
    pub settings: Settings,
    /// How long it silently reuses an SSO session, in minutes.
    pub sso_minutes: i32,
    /// Whether the app registered it by itself.
    #[serde(default)]
    pub registered: bool,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// One secret of a client. It is stored in the clear: SECRET_HASH is an HMAC under it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// `<client id>--<epoch seconds of creation>`
    pub id: String,
    /// The secret.
    pub value: String,
    /// When it was added.
    pub created: Time,
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSecret").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The members of a client that UpdateUserPoolClient replaces as a whole, as they were given: what was left out is
/// absent, and its default acts. Rules read them through [`Client`]'s methods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// ClientName
    pub name: String,
    /// RefreshTokenValidity in units of `units`, 30 days if absent.
    pub refresh_token_validity: i32,
    /// AccessTokenValidity
    pub access_token_validity: Option<i32>,
    /// IdTokenValidity
    pub id_token_validity: Option<i32>,
    /// TokenValidityUnits, completed.
    pub units: Option<wire::TokenValidityUnitsType>,
    /// ReadAttributes
    pub read_attributes: Option<Vec<String>>,
    /// WriteAttributes
    pub write_attributes: Option<Vec<String>>,
    /// ExplicitAuthFlows as given, legacy names included.
    pub explicit_auth_flows: Option<Vec<wire::ExplicitAuthFlowsType>>,
    /// SupportedIdentityProviders
    pub supported_identity_providers: Option<Vec<String>>,
    /// CallbackURLs
    pub callback_urls: Option<Vec<String>>,
    /// LogoutURLs
    pub logout_urls: Option<Vec<String>>,
    /// DefaultRedirectURI
    pub default_redirect_uri: Option<String>,
    /// AllowedOAuthFlows
    pub allowed_oauth_flows: Option<Vec<wire::OAuthFlowType>>,
    /// AllowedOAuthScopes
    pub allowed_oauth_scopes: Option<Vec<String>>,
    /// AllowedOAuthFlowsUserPoolClient
    pub allowed_oauth_flows_user_pool_client: bool,
    /// AnalyticsConfiguration
    pub analytics_configuration: Option<wire::AnalyticsConfigurationType>,
    /// PreventUserExistenceErrors
    pub prevent_user_existence_errors: Option<wire::PreventUserExistenceErrorTypes>,
    /// EnableTokenRevocation
    pub enable_token_revocation: bool,
    /// EnablePropagateAdditionalUserContextData
    pub enable_propagate_additional_user_context_data: bool,
    /// AuthSessionValidity in minutes.
    pub auth_session_validity: i32,
    /// RefreshTokenRotation
    pub refresh_token_rotation: Option<wire::RefreshTokenRotationType>,
}

/// A way to begin a sign-in, as ExplicitAuthFlows allows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowedFlow {
    /// ALLOW_ADMIN_USER_PASSWORD_AUTH
    AdminUserPassword,
    /// ALLOW_USER_PASSWORD_AUTH
    UserPassword,
    /// ALLOW_USER_SRP_AUTH
    UserSrp,
    /// ALLOW_CUSTOM_AUTH
    Custom,
    /// ALLOW_USER_AUTH
    UserAuth,
    /// ALLOW_REFRESH_TOKEN_AUTH
    RefreshToken,
}

impl Client {
    /// The record key.
    pub fn key_of(pool_id: &str, id: &str) -> String {
        format!("{pool_id}/{id}")
    }

    /// The value of [`BY_TYPE`] up to the moment of the creation.
    pub fn type_prefix(pool_id: &str, registered: bool) -> String {
        format!("{pool_id}/{registered}/")
    }

    /// Whether a flow is allowed. Without ExplicitAuthFlows: SRP, custom and refresh; legacy values allow
    /// SRP and refresh beside their own flow (`verified-on-aws`).
    pub fn allows(&self, flow: AllowedFlow) -> bool {
        use wire::ExplicitAuthFlowsType as Explicit;
        let flows = self.settings.explicit_auth_flows.as_deref().unwrap_or_default();
        let has = |wanted: Explicit| self.lists(wanted);
        let legacy_only = flows.iter().all(|flow| {
            matches!(
                flow,
                Explicit::AdminNoSrpAuth | Explicit::CustomAuthFlowOnly | Explicit::UserPasswordAuth
            )
        });
        match flow {
            AllowedFlow::AdminUserPassword => {
                has(Explicit::AllowAdminUserPasswordAuth) || has(Explicit::AdminNoSrpAuth)
            }
            AllowedFlow::UserPassword => {
                has(Explicit::AllowUserPasswordAuth) || has(Explicit::UserPasswordAuth)
            }
            AllowedFlow::UserSrp => {
                has(Explicit::AllowUserSrpAuth) || (legacy_only && !has(Explicit::CustomAuthFlowOnly))
            }
            AllowedFlow::Custom => {
                has(Explicit::AllowCustomAuth) || has(Explicit::CustomAuthFlowOnly) || flows.is_empty()
            }
            AllowedFlow::UserAuth => has(Explicit::AllowUserAuth),
            AllowedFlow::RefreshToken => has(Explicit::AllowRefreshTokenAuth) || legacy_only,
        }
    }

    /// Whether ExplicitAuthFlows has a value.
    pub fn lists(&self, flow: wire::ExplicitAuthFlowsType) -> bool {
        self.settings.explicit_auth_flows.iter().flatten().any(|listed| *listed == flow)
    }

    /// AllowedOAuthScopes
    pub fn scopes(&self) -> &[String] {
        self.settings.allowed_oauth_scopes.as_deref().unwrap_or_default()
    }

    /// Whether it may use a flow of the OAuth endpoints.
    pub fn allows_oauth(&self, flow: wire::OAuthFlowType) -> bool {
        let flows = self.settings.allowed_oauth_flows.as_deref().unwrap_or_default();
        self.settings.allowed_oauth_flows_user_pool_client && flows.contains(&flow)
    }

    /// Whether its users may sign in with a provider; `None` is the pool itself, which a client without a list has.
    pub fn offers(&self, provider: Option<&str>) -> bool {
        let listed = self.settings.supported_identity_providers.as_deref().unwrap_or_default();
        match provider {
            None if listed.is_empty() => true,
            provider => listed.iter().any(|name| name == provider.unwrap_or(POOL_ITSELF)),
        }
    }

    /// Whether the existence of users is hidden (PreventUserExistenceErrors is ENABLED).
    pub fn hides_users(&self) -> bool {
        self.settings.prevent_user_existence_errors == Some(wire::PreventUserExistenceErrorTypes::Enabled)
    }

    /// Whether it has a secret, so that SECRET_HASH is needed.
    pub fn is_confidential(&self) -> bool {
        !self.secrets.is_empty()
    }

    /// Whether a text is one of its secrets, in constant time.
    pub fn has_secret(&self, secret: &str) -> bool {
        self.secrets
            .iter()
            .fold(false, |found, own| found | secret::equal(own.value.as_bytes(), secret.as_bytes()))
    }

    /// Whether a SECRET_HASH is right for a user name as typed, under any of its secrets, in constant time.
    pub fn accepts_secret_hash(&self, username: &str, hash: &str) -> bool {
        self.secrets.iter().fold(false, |right, own| {
            let expected = secret::secret_hash(username, &self.id, &own.value);
            right | secret::equal(expected.as_bytes(), hash.as_bytes())
        })
    }

    /// Whether its users may read an attribute. Without a list: all but developer-only ones.
    pub fn can_read(&self, attribute: &str) -> bool {
        match &self.settings.read_attributes {
            _ if attribute == "sub" => true,
            Some(list) => list.iter().any(|name| name == attribute),
            None => !attribute.starts_with("dev:"),
        }
    }

    /// Whether its users may write an attribute. Without a list: all but verification flags and developer-only ones.
    pub fn can_write(&self, attribute: &str) -> bool {
        match &self.settings.write_attributes {
            _ if !is_writable(attribute) => false,
            Some(list) => list.iter().any(|name| name == attribute),
            None => true,
        }
    }

    /// How long access tokens live.
    pub fn access_validity(&self) -> Span {
        let unit = self.settings.units.as_ref().and_then(|units| units.access_token);
        validity(self.settings.access_token_validity, unit, Span::hours(1), wire::TimeUnitsType::Hours)
    }

    /// How long ID tokens live.
    pub fn id_validity(&self) -> Span {
        let unit = self.settings.units.as_ref().and_then(|units| units.id_token);
        validity(self.settings.id_token_validity, unit, Span::hours(1), wire::TimeUnitsType::Hours)
    }

    /// How long refresh tokens live.
    pub fn refresh_validity(&self) -> Span {
        let unit = self.settings.units.as_ref().and_then(|units| units.refresh_token);
        validity(Some(self.settings.refresh_token_validity), unit, Span::days(30), wire::TimeUnitsType::Days)
    }

    /// How long the session of a challenge lives.
    pub fn session_validity(&self) -> Span {
        Span::minutes(i64::from(self.settings.auth_session_validity))
    }

    /// The grace period of refresh token rotation, if it is on.
    pub fn rotation(&self) -> Option<Span> {
        let rotation = self.settings.refresh_token_rotation.as_ref()?;
        let on = rotation.feature == wire::FeatureType::Enabled;
        on.then(|| Span::seconds(i64::from(rotation.retry_grace_period_seconds.unwrap_or(0))))
    }
}

/// A validity in its unit; zero and absence mean the default.
fn validity(
    amount: Option<i32>,
    unit: Option<wire::TimeUnitsType>,
    default: Span,
    default_unit: wire::TimeUnitsType,
) -> Span {
    let Some(amount) = amount.filter(|&amount| amount > 0).map(i64::from) else { return default };
    match unit.unwrap_or(default_unit) {
        wire::TimeUnitsType::Seconds => Span::seconds(amount),
        wire::TimeUnitsType::Minutes => Span::minutes(amount),
        wire::TimeUnitsType::Hours => Span::hours(amount),
        wire::TimeUnitsType::Days => Span::days(amount),
    }
}

impl Entity for Client {
    const KIND: Kind = Kind::Client;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![
            IndexEntry::unique(BY_ID, self.id.clone()),
            IndexEntry::shared(
                BY_TYPE,
                format!("{}{:016x}", Self::type_prefix(&self.pool_id, self.registered), self.created.0),
            ),
            IndexEntry::shared(BY_CREATION, format!("{}/{:016x}", self.pool_id, self.created.0)),
        ]
    }
}

/// Whether an attribute can stand in ReadAttributes or WriteAttributes of a pool's clients.
pub fn is_grantable(schema: &schema::Schema, attribute: &str) -> bool {
    schema.get(attribute).is_some_and(|attribute| !attribute.developer_only)
}

/// Whether users can write an attribute by themselves at all.
fn is_writable(attribute: &str) -> bool {
    !matches!(attribute, "sub" | "identities" | "email_verified" | "phone_number_verified")
        && !attribute.starts_with("dev:")
}
