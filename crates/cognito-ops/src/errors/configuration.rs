//! Errors of the settings of pools and clients, translated once.

use std::collections::BTreeSet;

use cognito_api::wire::EventSourceName;
use cognito_core::branding::{AssetError, BrandingError};
use cognito_core::client::{self, OAuthError, SecretError};
use cognito_core::domain::DomainError;
use cognito_core::identity_provider::{DetailsError, ProviderError};
use cognito_core::log_delivery::LogDeliveryError;
use cognito_core::pool::{self, DeletionError, FactorsError, Feature, NotEnabled, ReplicaError, TagError};
use cognito_core::resource_server::RepeatedScope;
use cognito_core::schema::DefinitionError;
use cognito_core::terms::BadLink;
use cognito_core::threat::{RiskError, Unprotected};
use cognito_core::tracking::TrackingError;
use cognito_core::ui_customization::{CssError, LooksError};

use super::{ApiError, texts};

impl From<pool::SettingsError> for ApiError {
    fn from(error: pool::SettingsError) -> Self {
        use pool::SettingsError as Refused;
        match error {
            Refused::TwoValidities => texts::two_password_validities(),
            Refused::Tier(feature) => not_in_tier(feature),
            Refused::OnlyPasskeys => texts::only_passkeys(),
            Refused::OneTimeCodesWithMfa => texts::one_time_codes_with_mfa(),
            Refused::AdminOnlyAndMore => texts::admin_only_and_more(),
            Refused::RepeatedRecovery => texts::repeated_recovery(),
            Refused::RepeatedLevel => texts::repeated_level(),
            Refused::TwoTokenTriggers => texts::two_token_triggers(),
            Refused::AliasesAndUsernameAttributes => texts::aliases_and_username_attributes(),
            Refused::RequiredPreferredUsername => texts::required_preferred_username(),
            Refused::Factors(error) => error.into(),
            Refused::Schema(error) => error.into(),
            Refused::Tags(error) => error.into(),
        }
    }
}

impl From<DeletionError> for ApiError {
    fn from(error: DeletionError) -> Self {
        match error {
            DeletionError::Protected => texts::deletion_protected(),
            DeletionError::Domain => texts::pool_has_domain(),
            DeletionError::Replica => texts::pool_has_replica(),
        }
    }
}

impl From<ReplicaError> for ApiError {
    fn from(error: ReplicaError) -> Self {
        match error {
            ReplicaError::Tier => not_in_tier(Feature::Replication),
            ReplicaError::Key => texts::replica_needs_key(),
            ReplicaError::NotARegion => texts::not_a_region(),
            ReplicaError::Primary => texts::region_of_primary(),
            ReplicaError::Exists => texts::replica_exists(),
            ReplicaError::Missing => texts::replica_not_found(),
            ReplicaError::Active => texts::replica_active(),
            ReplicaError::Tags(error) => error.into(),
        }
    }
}

impl From<NotEnabled> for ApiError {
    fn from(error: NotEnabled) -> Self {
        match error {
            NotEnabled::PrimaryOnly => texts::primary_only(),
            NotEnabled::Inactive => texts::replica_inactive(),
        }
    }
}

impl From<FactorsError> for ApiError {
    fn from(error: FactorsError) -> Self {
        match error {
            FactorsError::NoSms => texts::mfa_without_sms(),
            FactorsError::TurnedOn => texts::mfa_turned_on(),
            FactorsError::NoFactor => texts::mfa_without_factor(),
            FactorsError::FactorWithoutMfa => texts::factor_without_mfa(),
            FactorsError::SmsNotConfigured => texts::sms_not_configured(),
            FactorsError::EmailForBoth => texts::email_mfa_and_recovery(),
        }
    }
}

impl From<DefinitionError> for ApiError {
    fn from(error: DefinitionError) -> Self {
        match error {
            DefinitionError::NoName => texts::attribute_needs_name(),
            DefinitionError::Standard(name) => texts::standard_attribute(&name),
            DefinitionError::RequiredCustom => texts::required_custom_attribute(),
            DefinitionError::Taken { name, given } => texts::attribute_taken(&name, &given),
            DefinitionError::TooMany => texts::too_many_custom_attributes(),
            DefinitionError::NotANumber(name) => texts::attribute_limit(&name),
            DefinitionError::TooLong(name) => texts::attribute_too_long(&name),
            DefinitionError::LengthsCrossed(name) => texts::attribute_lengths_crossed(&name),
            DefinitionError::ValuesCrossed(name) => texts::attribute_values_crossed(&name),
        }
    }
}

impl From<TagError> for ApiError {
    fn from(error: TagError) -> Self {
        match error {
            TagError::TooMany => texts::too_many_tags(),
            TagError::Reserved => texts::reserved_tag(),
            TagError::CustomId => texts::invalid_custom_pool_id(),
        }
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Public => texts::public_client_has_no_secrets(),
            SecretError::TooMany => texts::too_many_secrets(),
            SecretError::Same => texts::secret_exists(),
            SecretError::Unknown => texts::client_secret_not_found(),
            SecretError::Last => texts::last_secret(),
        }
    }
}

impl From<client::SettingsError> for ApiError {
    fn from(error: client::SettingsError) -> Self {
        use client::SettingsError as Refused;
        match error {
            Refused::MixedFlows => texts::mixed_auth_flows(),
            Refused::ClientTokenAndMore => texts::client_token_and_more(),
            Refused::ClientTokenWithoutSecret => texts::client_token_without_secret(),
            Refused::Tier(feature) => not_in_tier(feature),
            Refused::Validity => texts::token_validity_range(),
            Refused::OutlivesRefreshToken => texts::tokens_outlive_refresh_token(),
            Refused::RotationWithRefreshFlow => texts::rotation_with_refresh_flow(),
            Refused::ReadAttributes => texts::invalid_read_attributes(),
            Refused::WriteAttributes => texts::invalid_write_attributes(),
            Refused::ContextDataWithoutSecret => texts::context_data_without_secret(),
            Refused::Provider { provider, pool_id } => texts::provider_does_not_exist(&provider, &pool_id),
            Refused::OAuth(error) => error.into(),
        }
    }
}

impl From<OAuthError> for ApiError {
    fn from(error: OAuthError) -> Self {
        match error {
            OAuthError::ClientCredentialsAndMore => texts::client_credentials_and_more(),
            OAuthError::ClientCredentialsWithoutSecret => texts::client_credentials_without_secret(),
            OAuthError::ScopeOfUsers(scope) => texts::scope_of_users(&scope),
            OAuthError::Scope(scope) => texts::invalid_scope(&scope),
            OAuthError::NothingAllowed => texts::oauth_needs_flows_and_scopes(),
            OAuthError::Url(url) => texts::invalid_redirect_url(&url),
            OAuthError::PlainHttp(url) => texts::plain_http_url(&url),
            OAuthError::DefaultRedirect => texts::default_redirect_uri(),
        }
    }
}

impl From<TrackingError> for ApiError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::Tier => not_in_tier(Feature::SessionTracking),
            TrackingError::Off => texts::session_tracking_off(),
        }
    }
}

impl From<LogDeliveryError> for ApiError {
    fn from(error: LogDeliveryError) -> Self {
        match error {
            LogDeliveryError::Sources { nowhere, repeated } => {
                let clause = |sources: BTreeSet<EventSourceName>, what: &str| {
                    let names: Vec<_> = sources.into_iter().map(EventSourceName::as_str).collect();
                    (!names.is_empty())
                        .then(|| format!("Following event sources {what}: [{}].", names.join(", ")))
                };
                let nowhere = clause(nowhere, "in request have no destination");
                let repeated = clause(repeated, "appear more then once in a request");
                texts::log_sources(&[nowhere, repeated].into_iter().flatten().collect::<Vec<_>>().join(" "))
            }
            LogDeliveryError::Level(source) => texts::log_level(source.as_str()),
            LogDeliveryError::Destination(source) => texts::log_destination(source.as_str()),
            LogDeliveryError::Tier => not_in_tier(Feature::ActivityExport),
        }
    }
}

impl From<RepeatedScope> for ApiError {
    fn from(RepeatedScope(name): RepeatedScope) -> Self {
        texts::repeated_scope(&name)
    }
}

impl From<DomainError> for ApiError {
    fn from(error: DomainError) -> Self {
        match error {
            DomainError::Characters => texts::domain_characters(),
            DomainError::Reserved(word) => texts::domain_reserved(word),
            DomainError::NotQualified => texts::domain_not_qualified(),
            DomainError::Certificate => texts::domain_certificate(),
            DomainError::Version => texts::managed_login_version(),
            DomainError::Tier(feature) => not_in_tier(feature),
            DomainError::OnlyCustom => texts::only_custom_domains(),
            DomainError::PoolHasDomain => texts::pool_already_has_domain(),
        }
    }
}

impl From<BadLink> for ApiError {
    fn from(BadLink(link): BadLink) -> Self {
        texts::bad_link(&link)
    }
}

impl From<LooksError> for ApiError {
    fn from(error: LooksError) -> Self {
        match error {
            LooksError::Css(CssError::Syntax) => texts::css_syntax(),
            LooksError::Css(CssError::Selector(selector)) => texts::css_selector(&selector),
            LooksError::Css(CssError::Declaration(declaration)) => texts::css_declaration(&declaration),
            LooksError::Image => texts::logo_format(),
        }
    }
}

impl From<BrandingError> for ApiError {
    fn from(error: BrandingError) -> Self {
        match error {
            BrandingError::DefaultsAndMore => texts::defaults_and_more(),
            BrandingError::Setting(path) => texts::branding_setting(&path),
            BrandingError::TooManyAssets => texts::too_many_assets(),
            BrandingError::Asset(name, AssetError::Empty) => texts::asset_without_bytes(&name),
            BrandingError::Asset(name, AssetError::Twice) => texts::asset_twice(&name),
            BrandingError::Asset(name, AssetError::Format) => texts::asset_format(&name),
            BrandingError::Asset(name, AssetError::Active) => texts::asset_active(&name),
        }
    }
}

impl From<RiskError> for ApiError {
    fn from(error: RiskError) -> Self {
        match error {
            RiskError::Range(range) => texts::ip_range(&range),
            RiskError::NothingToNotifyWith => texts::notify_configuration_missing(),
        }
    }
}

impl From<Unprotected> for ApiError {
    fn from(Unprotected: Unprotected) -> Self {
        texts::add_on_not_enabled()
    }
}

fn not_in_tier(feature: Feature) -> ApiError {
    let (name, tier) = match feature {
        Feature::PasswordHistory => ("Password history", "ESSENTIALS"),
        Feature::ChoiceBasedSignIn => ("Choice-based sign-in", "ESSENTIALS"),
        Feature::AccessTokenCustomization => ("Access token customization", "ESSENTIALS"),
        Feature::DynamicClientRegistration => ("Dynamic client registration", "ESSENTIALS"),
        Feature::EmailMfa => ("Email MFA", "ESSENTIALS"),
        Feature::PasskeyMfa => ("MFA with passkeys", "ESSENTIALS"),
        Feature::StepUp => ("Step-up authentication", "ESSENTIALS"),
        Feature::SessionTracking => ("Session tracking", "ESSENTIALS"),
        Feature::ManagedLogin => ("Managed login", "ESSENTIALS"),
        Feature::Replication => ("Multi-Region replication", "ESSENTIALS"),
        Feature::ThreatProtection => ("Threat protection", "PLUS"),
        Feature::ActivityExport => ("Export of user activity", "PLUS"),
    };
    texts::feature_unavailable(&format!("{name} needs the {tier} tier."))
}

impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::NameOfType { name, kind } => texts::provider_type(&name, kind),
            ProviderError::Details(DetailsError::Missing(name)) => texts::provider_detail_missing(name),
            ProviderError::Details(DetailsError::Value(name)) => texts::provider_detail_value(&name),
            ProviderError::Details(DetailsError::Document) => texts::well_known_unreachable(),
            ProviderError::Attribute(name) => texts::mapped_attribute(&name),
            ProviderError::RepeatedIdentifier(identifier) => texts::identifier_taken(&identifier),
            ProviderError::LevelsOfOthers => texts::levels_need_oidc(),
            ProviderError::Level(level) => texts::unknown_level(&level),
        }
    }
}
