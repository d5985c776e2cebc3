//! Errors of the layers below, translated once.

use cognito_core::attempts::LimitReached;
use cognito_core::auth::Refused;
use cognito_core::claims::OverridesError;
use cognito_core::clock::ClockError;
use cognito_core::code::CodeError;
use cognito_core::delivery::RecoveryError;
use cognito_core::device::{ForeignDevice, SecretError};
use cognito_core::exchange::{ExchangeError, MAX_ACTORS};
use cognito_core::family::RefreshError;
use cognito_core::filter::FilterError;
use cognito_core::import::{FileError, JobError};
use cognito_core::mfa::PreferenceError;
use cognito_core::password::PolicyError;
use cognito_core::provisioned_limit::LimitError;
use cognito_core::schema::{AttributeError, DataType, Rule};
use cognito_core::session::SessionError;
use cognito_core::template::CustomError;
use cognito_core::user::{AutomaticError, ConfirmError};
use cognito_core::webauthn::{NotOffered, PasskeyError};
use cognito_jwt::VerifyError;
use cognito_store::StoreError;
use cognito_store::find::{FindError, Missing};

use super::{ApiError, texts};

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => texts::too_many_requests().because(error),
            // Who may take a name has looked for it before: this is the loser of a race.
            StoreError::Taken { .. } => texts::concurrent_modification().because(error),
            _ => Self::internal().because(error),
        }
    }
}

impl From<ClockError> for ApiError {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Backwards => texts::clock_backwards(),
            ClockError::OutOfRange => texts::clock_range(),
        }
    }
}

impl From<FindError> for ApiError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Missing(Missing::Pool(id)) => texts::pool_not_found(&id),
            FindError::Missing(Missing::Client(id)) => texts::client_not_found(&id),
            FindError::Missing(Missing::User) => texts::user_not_found(),
            FindError::Missing(Missing::Group) => texts::group_not_found(),
            FindError::Missing(Missing::Device) => texts::device_not_found(),
            FindError::Missing(Missing::ResourceServer(identifier)) => {
                texts::resource_server_not_found(&identifier)
            }
            FindError::Missing(Missing::Terms(id)) => texts::terms_not_found(&id),
            FindError::Missing(Missing::Provider(name)) => texts::provider_not_found(&name),
            FindError::Missing(Missing::Branding(id)) => texts::branding_not_found(&id),
            FindError::Missing(Missing::ImportJob(id)) => texts::import_job_not_found(&id),
            FindError::Missing(Missing::Domain) => texts::domain_not_found(),
            FindError::Store(error) => error.into(),
        }
    }
}

impl From<JobError> for ApiError {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Closed => Self::upload_denied(),
            JobError::NoFile(id) => texts::no_import_file(&id),
            JobError::NothingVerified => texts::nothing_auto_verified(),
            JobError::NotStartable(status) => texts::import_job_not_startable(status.as_str()),
            JobError::NotRunning(status) => texts::import_job_not_running(status.as_str()),
        }
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::TooLarge => Self::too_large(),
            FileError::LongLine => Self::import_file_line(),
            FileError::NotUtf8 => Self::import_file_encoding(),
        }
    }
}

impl From<ExchangeError> for ApiError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::TwoTargets => texts::audience_and_resource(),
            ExchangeError::ActorWithoutType => texts::actor_without_type(),
            ExchangeError::TypeWithoutActor => texts::type_without_actor(),
            ExchangeError::TooManyActors => texts::too_many_actors(MAX_ACTORS),
            ExchangeError::NoUser => texts::id_token_without_user(),
        }
    }
}

impl From<openssl::error::ErrorStack> for ApiError {
    fn from(error: openssl::error::ErrorStack) -> Self {
        Self::internal().because(error)
    }
}

impl From<VerifyError> for ApiError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Signature | VerifyError::Algorithm | VerifyError::UnknownKey => {
                texts::access_token_signature()
            }
            VerifyError::Malformed => texts::invalid_access_token(),
        }
    }
}

impl From<ConfirmError> for ApiError {
    fn from(ConfirmError(status): ConfirmError) -> Self {
        texts::user_cannot_be_confirmed(status.as_str())
    }
}

impl From<AutomaticError> for ApiError {
    fn from(error: AutomaticError) -> Self {
        match error {
            AutomaticError::Unconfirmed => texts::verified_without_confirmation(),
            AutomaticError::NoAddress(attribute) => texts::verified_without_address(attribute),
        }
    }
}

impl From<CodeError> for ApiError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Mismatch => texts::code_mismatch(),
            CodeError::Expired => texts::code_expired(),
            CodeError::Limit => texts::attempt_limit_exceeded(),
        }
    }
}

impl From<OverridesError> for ApiError {
    fn from(error: OverridesError) -> Self {
        texts::trigger_unrecognizable().because(error)
    }
}

impl From<CustomError> for ApiError {
    fn from(error: CustomError) -> Self {
        texts::trigger_unrecognizable().because(error)
    }
}

impl From<LimitReached> for ApiError {
    fn from(LimitReached: LimitReached) -> Self {
        texts::attempt_limit_exceeded()
    }
}

impl From<RecoveryError> for ApiError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::NoAddress => texts::no_recovery_address(),
            RecoveryError::AdminOnly => texts::contact_administrator(),
        }
    }
}

impl From<ForeignDevice> for ApiError {
    fn from(ForeignDevice: ForeignDevice) -> Self {
        texts::invalid_device_key()
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Salt => texts::invalid_device_salt(),
            SecretError::Verifier => texts::invalid_device_verifier(),
        }
    }
}

impl From<RefreshError> for ApiError {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Unknown | RefreshError::Device => texts::invalid_refresh_token(),
            RefreshError::Revoked => texts::refresh_token_revoked(),
            RefreshError::Expired => texts::refresh_token_expired(),
            RefreshError::Reused => texts::refresh_token_reused(),
        }
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Used => texts::session_used(),
            SessionError::Expired => texts::session_expired(),
            SessionError::Foreign => texts::invalid_session(),
        }
    }
}

impl From<NotOffered> for ApiError {
    fn from(error: NotOffered) -> Self {
        match error {
            NotOffered::NotEnabled => texts::passkeys_not_enabled(),
            NotOffered::NoRelyingParty => texts::no_relying_party(),
        }
    }
}

/// At a registration. A sign-in only says that the passkey was refused.
impl From<PasskeyError> for ApiError {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Malformed | PasskeyError::Ceremony => texts::passkey_malformed(),
            PasskeyError::Challenge => texts::passkey_challenge_not_found(),
            PasskeyError::Client => texts::passkey_client_mismatch(),
            PasskeyError::Origin => texts::passkey_origin_not_allowed(),
            PasskeyError::RelyingParty => texts::passkey_relying_party_mismatch(),
            PasskeyError::NotPresent | PasskeyError::NotVerified | PasskeyError::Unsupported => {
                texts::passkey_not_supported()
            }
            PasskeyError::Signature | PasskeyError::SignCount | PasskeyError::Foreign => {
                texts::passkey_refused()
            }
        }
    }
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        match error {
            FilterError::Syntax => texts::filter_syntax(),
            FilterError::Attribute(name) => texts::filter_attribute(&name),
        }
    }
}

impl From<LimitError> for ApiError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Attributes => texts::limit_attributes(),
            LimitError::Unknown(category) => texts::limit_not_found(&category),
            LimitError::Fixed(category) => texts::limit_not_adjustable(category),
            LimitError::TooLow(free) => texts::limit_too_low(free),
            LimitError::TooHigh(most) => texts::limit_too_high(most),
        }
    }
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        texts::password_policy(match error {
            PolicyError::Short => "Password not long enough",
            PolicyError::Long => "Password too long",
            PolicyError::Uppercase => "Password must have uppercase characters",
            PolicyError::Lowercase => "Password must have lowercase characters",
            PolicyError::Numeric => "Password must have numeric characters",
            PolicyError::Symbol => "Password must have symbol characters",
            PolicyError::Blank => "Password must not begin or end with a blank",
        })
    }
}

impl From<AttributeError> for ApiError {
    fn from(error: AttributeError) -> Self {
        match error {
            AttributeError::Unknown(name) => texts::attribute_not_in_schema(&name),
            AttributeError::Immutable(name) => texts::attribute_immutable(&name),
            AttributeError::EmailFormat => texts::invalid_email(),
            AttributeError::PhoneFormat => texts::invalid_phone_number(),
            AttributeError::Required(names) => {
                let list: Vec<_> =
                    names.iter().map(|name| format!("{name}: The attribute is required")).collect();
                texts::attributes_required(&list.join("\n"))
            }
            AttributeError::Constraint { name, rule } => texts::attribute_constraint(&name, &describe(&rule)),
        }
    }
}

/// A broken rule in words. Unverified.
fn describe(rule: &Rule) -> String {
    match rule {
        Rule::Shorter(min) => format!("String must have at least {min} characters"),
        Rule::Longer(max) => format!("String must have at most {max} characters"),
        Rule::Below(min) => format!("Number must be at least {min}"),
        Rule::Above(max) => format!("Number must be at most {max}"),
        Rule::Type(DataType::Boolean) => "Value must be true or false".to_owned(),
        Rule::Type(DataType::Number) => "Value must be a whole number".to_owned(),
        Rule::Type(DataType::DateTime) => "Value must be a date".to_owned(),
        Rule::Type(DataType::String) => "Value must be a string".to_owned(),
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::WrongPassword => texts::incorrect_username_or_password(),
            Refused::Disabled => texts::user_disabled(),
            Refused::NotConfirmed => texts::user_not_confirmed(),
            Refused::ResetRequired => texts::password_reset_required(),
            Refused::TemporaryPasswordExpired => texts::temporary_password_expired(),
            Refused::AttributeGiven(name) => texts::attribute_already_provided(&name),
            Refused::AttributesMissing(names) => texts::new_password_attributes_missing(&names.join(", ")),
            Refused::NotOffered => texts::no_first_factor(),
            Refused::OutOfReach => texts::level_out_of_reach(),
            Refused::Denied => texts::incorrect_username_or_password(),
            Refused::UnknownChallenge => texts::trigger_unrecognizable(),
            Refused::NoFactor => texts::no_second_factor(),
            Refused::OutOfTurn => texts::invalid_session(),
        }
    }
}

impl From<PreferenceError> for ApiError {
    fn from(error: PreferenceError) -> Self {
        match error {
            PreferenceError::NotRegistered(factor) => texts::factor_not_registered(factor.as_str()),
            PreferenceError::NotEnabled(factor) => texts::preferred_factor_not_enabled(factor.as_str()),
            PreferenceError::TwoPreferred => texts::two_preferred_factors(),
            PreferenceError::Required(factor) => texts::factor_required(factor.as_str()),
            PreferenceError::PasskeysAreSingleFactor => texts::passkeys_are_single_factor(),
            PreferenceError::PasskeysAlone => texts::passkeys_need_a_factor(),
        }
    }
}
