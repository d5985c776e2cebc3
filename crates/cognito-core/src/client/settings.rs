//! The settings of a client from a request: what it leaves out gets AWS's default, and what contradicts is refused.
//! Source: `pools-and-clients` 2.5 and `verified-on-aws` of the specification.

use std::collections::BTreeSet;

use cognito_api::wire;

use super::oauth::{self, OAuthError};
use super::{Settings, is_grantable, is_writable, validity};
use crate::pool::{Feature, Pool};
use crate::schema::Schema;
use crate::time::Span;

/// AuthSessionValidity unless the request says, in minutes.
const SESSION_MINUTES: i32 = 3;

/// Why settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// ALLOW_ values stand beside others in ExplicitAuthFlows.
    #[error("old and new names of auth flows")]
    MixedFlows,
    /// ALLOW_CLIENT_TOKEN_AUTH stands beside another flow.
    #[error("client tokens beside another flow")]
    ClientTokenAndMore,
    /// ALLOW_CLIENT_TOKEN_AUTH without a secret.
    #[error("client tokens without a secret")]
    ClientTokenWithoutSecret,
    /// The pool's tier does not have the feature.
    #[error("the tier does not have the feature")]
    Tier(Feature),
    /// A validity is out of its range.
    #[error("a validity out of range")]
    Validity,
    /// Access or ID tokens would outlive refresh tokens.
    #[error("tokens outlive the refresh token")]
    OutlivesRefreshToken,
    /// Refresh tokens are rotated, and REFRESH_TOKEN_AUTH is allowed.
    #[error("rotation beside ALLOW_REFRESH_TOKEN_AUTH")]
    RotationWithRefreshFlow,
    /// ReadAttributes names what cannot be read.
    #[error("read attributes")]
    ReadAttributes,
    /// WriteAttributes names what cannot be written, or leaves out what is required.
    #[error("write attributes")]
    WriteAttributes,
    /// EnablePropagateAdditionalUserContextData without a secret.
    #[error("context data without a secret")]
    ContextDataWithoutSecret,
    /// The pool has no such identity provider.
    #[error("no such identity provider")]
    Provider {
        /// Its name.
        provider: String,
        /// The pool.
        pool_id: String,
    },
    /// The OAuth members are refused.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
}

/// What the pool has of what a request names.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Those of the scopes that resource servers have.
    pub scopes: BTreeSet<String>,
    /// Those of the identity providers that there are, `COGNITO` among them.
    pub providers: BTreeSet<String>,
}

impl Settings {
    /// The settings that a request makes, whatever they were before. `name` is the name if the request has none;
    /// `confidential` says whether the client has a secret.
    ///
    /// # Errors
    /// [`SettingsError`]
    pub fn new(
        name: String,
        request: wire::UpdateUserPoolClientRequest,
        pool: &Pool,
        confidential: bool,
        known: &Known,
    ) -> Result<Self, SettingsError> {
        let units = request.token_validity_units.map(completed);
        let settings = Self {
            name: request.client_name.unwrap_or(name),
            refresh_token_validity: refresh_validity(request.refresh_token_validity, units.as_ref()),
            access_token_validity: request.access_token_validity,
            id_token_validity: request.id_token_validity,
            units,
            read_attributes: request.read_attributes,
            write_attributes: request.write_attributes,
            explicit_auth_flows: request.explicit_auth_flows,
            supported_identity_providers: request.supported_identity_providers,
            callback_urls: request.callback_urls,
            logout_urls: request.logout_urls,
            default_redirect_uri: request.default_redirect_uri,
            allowed_oauth_flows: request.allowed_oauth_flows,
            allowed_oauth_scopes: request.allowed_oauth_scopes,
            allowed_oauth_flows_user_pool_client: request
                .allowed_oauth_flows_user_pool_client
                .unwrap_or(false),
            analytics_configuration: request.analytics_configuration,
            prevent_user_existence_errors: request.prevent_user_existence_errors,
            enable_token_revocation: request.enable_token_revocation.unwrap_or(true),
            enable_propagate_additional_user_context_data: request
                .enable_propagate_additional_user_context_data
                .unwrap_or(false),
            auth_session_validity: request.auth_session_validity.unwrap_or(SESSION_MINUTES),
            refresh_token_rotation: request.refresh_token_rotation,
        };
        settings.check(pool, confidential, known)?;
        Ok(settings)
    }

    fn check(&self, pool: &Pool, confidential: bool, known: &Known) -> Result<(), SettingsError> {
        self.check_flows(pool, confidential)?;
        self.check_validities()?;
        self.check_attributes(&pool.schema)?;
        if self.enable_propagate_additional_user_context_data && !confidential {
            return Err(SettingsError::ContextDataWithoutSecret);
        }
        let mut providers = self.supported_identity_providers.iter().flatten();
        if let Some(unknown) = providers.find(|provider| !known.providers.contains(*provider)) {
            return Err(SettingsError::Provider { provider: unknown.clone(), pool_id: pool.id.clone() });
        }
        Ok(oauth::check(self, confidential, &known.scopes)?)
    }

    fn check_flows(&self, pool: &Pool, confidential: bool) -> Result<(), SettingsError> {
        use wire::ExplicitAuthFlowsType as Explicit;
        let flows = self.explicit_auth_flows.as_deref().unwrap_or_default();
        let new = flows.iter().filter(|flow| flow.as_str().starts_with("ALLOW_")).count();
        if new != 0 && new != flows.len() {
            return Err(SettingsError::MixedFlows);
        }
        if flows.contains(&Explicit::AllowClientTokenAuth) {
            if flows.iter().any(|flow| *flow != Explicit::AllowClientTokenAuth) {
                return Err(SettingsError::ClientTokenAndMore);
            }
            if !confidential {
                return Err(SettingsError::ClientTokenWithoutSecret);
            }
        }
        if flows.contains(&Explicit::AllowUserAuth) && !pool.settings.has(Feature::ChoiceBasedSignIn) {
            return Err(SettingsError::Tier(Feature::ChoiceBasedSignIn));
        }
        let rotation = self.refresh_token_rotation.as_ref();
        let rotates = rotation.is_some_and(|rotation| rotation.feature == wire::FeatureType::Enabled);
        if rotates && flows.contains(&Explicit::AllowRefreshTokenAuth) {
            return Err(SettingsError::RotationWithRefreshFlow);
        }
        Ok(())
    }

    fn check_validities(&self) -> Result<(), SettingsError> {
        let units = self.units.clone().unwrap_or_default();
        let hours = wire::TimeUnitsType::Hours;
        let access = validity(self.access_token_validity, units.access_token, Span::hours(1), hours);
        let id = validity(self.id_token_validity, units.id_token, Span::hours(1), hours);
        let days = wire::TimeUnitsType::Days;
        let refresh = validity(Some(self.refresh_token_validity), units.refresh_token, Span::days(30), days);
        let short = Span::minutes(5)..=Span::days(1);
        let long = Span::hours(1)..=Span::days(3650);
        if !short.contains(&access) || !short.contains(&id) || !long.contains(&refresh) {
            return Err(SettingsError::Validity);
        }
        if access.max(id) > refresh { Err(SettingsError::OutlivesRefreshToken) } else { Ok(()) }
    }

    fn check_attributes(&self, schema: &Schema) -> Result<(), SettingsError> {
        let readable = |name: &String| is_grantable(schema, name);
        if !self.read_attributes.iter().flatten().all(readable) {
            return Err(SettingsError::ReadAttributes);
        }
        let Some(write) = &self.write_attributes else { return Ok(()) };
        let writable = |name: &String| is_grantable(schema, name) && is_writable(name);
        let required = |name: &str| write.iter().any(|given| given == name);
        if write.iter().all(writable) && schema.required().all(required) {
            Ok(())
        } else {
            Err(SettingsError::WriteAttributes)
        }
    }
}

/// Units that were left out are given: hours, hours, days (`verified-on-aws`).
fn completed(units: wire::TokenValidityUnitsType) -> wire::TokenValidityUnitsType {
    wire::TokenValidityUnitsType {
        access_token: units.access_token.or(Some(wire::TimeUnitsType::Hours)),
        id_token: units.id_token.or(Some(wire::TimeUnitsType::Hours)),
        refresh_token: units.refresh_token.or(Some(wire::TimeUnitsType::Days)),
    }
}

/// RefreshTokenValidity in its unit; absent and zero become 30 days.
fn refresh_validity(given: Option<i32>, units: Option<&wire::TokenValidityUnitsType>) -> i32 {
    const DAYS: i32 = 30;
    let default = match units.and_then(|units| units.refresh_token) {
        Some(wire::TimeUnitsType::Seconds) => DAYS * 86_400,
        Some(wire::TimeUnitsType::Minutes) => DAYS * 1_440,
        Some(wire::TimeUnitsType::Hours) => DAYS * 24,
        Some(wire::TimeUnitsType::Days) | None => DAYS,
    };
    given.filter(|&amount| amount > 0).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::client::oauth::OAuthError;
    use crate::time::Time;

    fn pool(request: Value) -> Pool {
        let mut request = request;
        request["PoolName"] = json!("pool");
        let (id, account, region) = ("us-east-1_AbCdEf123", "000000000000", "us-east-1");
        let request = serde_json::from_value(request).unwrap();
        Pool::new(id.to_owned(), account.to_owned(), region.to_owned(), request, Time(0)).unwrap()
    }

    fn settings(pool: &Pool, request: Value) -> Result<Settings, SettingsError> {
        let mut request = request;
        let confidential = request["Secret"].take() == json!(true);
        request["UserPoolId"] = json!(pool.id);
        request["ClientId"] = json!("client");
        let known = Known {
            scopes: BTreeSet::from(["orders/read".to_owned()]),
            providers: BTreeSet::from(["COGNITO".to_owned(), "Okta".to_owned()]),
        };
        Settings::new("name".to_owned(), serde_json::from_value(request).unwrap(), pool, confidential, &known)
    }

    fn good(request: Value) -> Settings {
        settings(&pool(json!({})), request.clone()).unwrap_or_else(|error| panic!("{request}: {error}"))
    }

    fn refused(request: Value, expected: SettingsError) {
        assert_eq!(settings(&pool(json!({})), request.clone()).unwrap_err(), expected, "{request}");
    }

    #[test]
    fn flows() {
        good(
            json!({ "ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"] }),
        );
        good(json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }));
        let mixed = ["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"];
        refused(json!({ "ExplicitAuthFlows": mixed }), SettingsError::MixedFlows);
        let enabled = json!({ "Feature": "ENABLED" });
        let machine = |flows: Value, secret: bool| json!({ "ExplicitAuthFlows": flows, "Secret": secret });
        good(machine(json!(["ALLOW_CLIENT_TOKEN_AUTH"]), true));
        refused(machine(json!(["ALLOW_CLIENT_TOKEN_AUTH"]), false), SettingsError::ClientTokenWithoutSecret);
        for more in ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_TOKEN_EXCHANGE_DELEGATION"] {
            let flows = json!([more, "ALLOW_CLIENT_TOKEN_AUTH"]);
            refused(machine(flows, true), SettingsError::ClientTokenAndMore);
        }
        let rotation = |flows: Value| json!({ "ExplicitAuthFlows": flows, "RefreshTokenRotation": enabled });
        good(rotation(json!(["ALLOW_USER_SRP_AUTH"])));
        refused(rotation(json!(["ALLOW_REFRESH_TOKEN_AUTH"])), SettingsError::RotationWithRefreshFlow);
        let lite = pool(json!({ "UserPoolTier": "LITE" }));
        let error = settings(&lite, json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH"] })).unwrap_err();
        assert_eq!(error, SettingsError::Tier(Feature::ChoiceBasedSignIn));
    }

    #[test]
    fn validities() {
        let request = |access: i32, id: i32, refresh: i32, unit: &str| {
            json!({
                "AccessTokenValidity": access, "IdTokenValidity": id, "RefreshTokenValidity": refresh,
                "TokenValidityUnits": { "AccessToken": unit, "IdToken": unit, "RefreshToken": unit }
            })
        };
        good(request(300, 300, 3_600, "seconds"));
        refused(request(299, 300, 3_600, "seconds"), SettingsError::Validity);
        refused(request(300, 299, 3_600, "seconds"), SettingsError::Validity);
        refused(request(300, 300, 3_599, "seconds"), SettingsError::Validity);
        good(request(1, 1, 1, "days"));
        good(request(1, 1, 3_650, "days"));
        refused(request(1, 1, 3_651, "days"), SettingsError::Validity);
        refused(request(25, 1, 30, "hours"), SettingsError::Validity);
        refused(request(2, 1, 1, "hours"), SettingsError::OutlivesRefreshToken);
        refused(request(60, 61, 60, "minutes"), SettingsError::OutlivesRefreshToken);
        refused(request(i32::MAX, 1, 1, "days"), SettingsError::Validity);
    }

    #[test]
    fn defaults_of_validities() {
        let check = |request: Value, refresh: i32, units: Option<[&str; 3]>| {
            let settings = good(request.clone());
            assert_eq!(settings.refresh_token_validity, refresh, "{request}");
            let units = units.map(|[access, id, refresh]| {
                json!({ "AccessToken": access, "IdToken": id, "RefreshToken": refresh })
            });
            assert_eq!(settings.units.map(|units| serde_json::to_value(units).unwrap()), units, "{request}");
        };
        check(json!({}), 30, None);
        check(json!({ "RefreshTokenValidity": 0 }), 30, None);
        check(json!({ "TokenValidityUnits": {} }), 30, Some(["hours", "hours", "days"]));
        check(
            json!({ "TokenValidityUnits": { "AccessToken": "days" } }),
            30,
            Some(["days", "hours", "days"]),
        );
        check(
            json!({ "TokenValidityUnits": { "RefreshToken": "hours" } }),
            720,
            Some(["hours", "hours", "hours"]),
        );
        check(
            json!({ "TokenValidityUnits": { "RefreshToken": "minutes" } }),
            43_200,
            Some(["hours", "hours", "minutes"]),
        );
        let seconds =
            json!({ "TokenValidityUnits": { "RefreshToken": "seconds" }, "RefreshTokenValidity": 7200 });
        check(seconds, 7_200, Some(["hours", "hours", "seconds"]));
    }

    #[test]
    fn attributes() {
        let pool = pool(json!({ "Schema": [
            { "Name": "email", "Required": true }, { "Name": "a" }, { "Name": "b", "DeveloperOnlyAttribute": true }
        ] }));
        let check = |request: Value, expected: Result<(), SettingsError>| {
            assert_eq!(settings(&pool, request.clone()).map(drop), expected, "{request}");
        };
        check(json!({ "ReadAttributes": ["email", "email_verified", "custom:a", "sub"] }), Ok(()));
        check(json!({ "ReadAttributes": ["custom:x"] }), Err(SettingsError::ReadAttributes));
        check(json!({ "ReadAttributes": ["dev:custom:b"] }), Err(SettingsError::ReadAttributes));
        check(json!({ "WriteAttributes": ["email", "custom:a"] }), Ok(()));
        check(json!({ "WriteAttributes": ["custom:a"] }), Err(SettingsError::WriteAttributes));
        check(json!({ "WriteAttributes": ["email", "email_verified"] }), Err(SettingsError::WriteAttributes));
        check(json!({ "WriteAttributes": ["email", "sub"] }), Err(SettingsError::WriteAttributes));
        check(json!({ "WriteAttributes": ["email", "a"] }), Err(SettingsError::WriteAttributes));
    }

    #[test]
    fn the_rest() {
        let propagate =
            |secret: bool| json!({ "EnablePropagateAdditionalUserContextData": true, "Secret": secret });
        good(propagate(true));
        refused(propagate(false), SettingsError::ContextDataWithoutSecret);
        good(json!({ "SupportedIdentityProviders": ["COGNITO", "Okta"] }));
        let error =
            SettingsError::Provider { provider: "Google".into(), pool_id: "us-east-1_AbCdEf123".into() };
        refused(json!({ "SupportedIdentityProviders": ["COGNITO", "Google"] }), error);
        good(json!({ "AllowedOAuthScopes": ["orders/read"] }));
        let error = OAuthError::Scope("orders/write".to_owned());
        refused(json!({ "AllowedOAuthScopes": ["orders/write"] }), SettingsError::OAuth(error));
        assert_eq!(good(json!({ "ClientName": "new" })).name, "new");
        assert_eq!(good(json!({})).name, "name");
    }
}
