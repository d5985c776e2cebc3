//! Entities: what is stored, under which key, found by which index entries, until when.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::time::Time;

/// The kinds of records. The name of a kind is stored, so it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A user pool.
    Pool,
    /// The two signing keys of a pool.
    Keys,
    /// An app client.
    Client,
    /// A user.
    User,
    /// A group.
    Group,
    /// A user's membership of a group.
    Membership,
    /// A confirmation code.
    Code,
    /// An authentication session: the state behind a challenge.
    Session,
    /// A token family: what a sign-in started.
    Family,
    /// The failed attempts of a user or of a name.
    Attempts,
    /// A message that would have been mailed or sent by SMS.
    Message,
    /// How often a limited operation was called for a user.
    Usage,
    /// A number that is kept, not computed. Changed only by adding to it.
    Counter,
    /// A device of a user.
    Device,
    /// A passkey of a user.
    Passkey,
    /// The registration of a passkey that waits for the authenticator.
    PasskeyRegistration,
    /// A resource server.
    ResourceServer,
    /// A call of a Lambda function, as it was recorded.
    TriggerCall,
    /// How far the clock was moved.
    Clock,
    /// A secret of the installation, such as the key that authenticates page tokens.
    Secret,
    /// A domain of a pool.
    Domain,
    /// Terms documents of an app client.
    Terms,
    /// The looks of classic login pages.
    UiCustomization,
    /// Something that a user did in a pool with threat protection.
    AuthEvent,
    /// What is done about risks in a pool or a client.
    RiskConfiguration,
    /// A branding style of an app client.
    Branding,
    /// An image of a branding style.
    BrandingAsset,
    /// A SAML assertion that was used.
    UsedAssertion,
    /// A SAML logout request that waits for its answer.
    SamlLogout,
    /// An identity provider of a pool.
    IdentityProvider,
    /// Who a user is at an identity provider.
    Identity,
    /// The certificate for SAML of a pool.
    SigningCertificate,
    /// An authorization code.
    AuthorizationCode,
    /// A browser that a user has signed in with.
    BrowserSession,
    /// A browser that is between two pages.
    Interaction,
    /// A job that imports users.
    ImportJob,
    /// A part of the file of such a job.
    ImportPart,
    /// An HTTP API.
    HttpApi,
    /// An authorizer of an HTTP API.
    Authorizer,
    /// A route of an HTTP API.
    Route,
    /// An integration of an HTTP API.
    Integration,
    /// A stage of an HTTP API.
    Stage,
    /// A deployment of an HTTP API.
    Deployment,
    /// The request rate that an account provisioned.
    ProvisionedLimit,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 44] = [
        Kind::Pool,
        Kind::Keys,
        Kind::Client,
        Kind::User,
        Kind::Group,
        Kind::Membership,
        Kind::Code,
        Kind::Session,
        Kind::Family,
        Kind::Attempts,
        Kind::Usage,
        Kind::Message,
        Kind::Device,
        Kind::Passkey,
        Kind::PasskeyRegistration,
        Kind::ResourceServer,
        Kind::TriggerCall,
        Kind::Clock,
        Kind::Domain,
        Kind::Terms,
        Kind::UiCustomization,
        Kind::AuthEvent,
        Kind::RiskConfiguration,
        Kind::Branding,
        Kind::BrandingAsset,
        Kind::UsedAssertion,
        Kind::SamlLogout,
        Kind::IdentityProvider,
        Kind::Identity,
        Kind::SigningCertificate,
        Kind::AuthorizationCode,
        Kind::BrowserSession,
        Kind::Interaction,
        Kind::ImportJob,
        Kind::ImportPart,
        Kind::HttpApi,
        Kind::Authorizer,
        Kind::Route,
        Kind::Integration,
        Kind::Stage,
        Kind::Deployment,
        Kind::ProvisionedLimit,
        Kind::Counter,
        Kind::Secret,
    ];

    /// The name under which the kind is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Pool => "pool",
            Kind::Keys => "keys",
            Kind::Client => "client",
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Membership => "membership",
            Kind::Code => "code",
            Kind::Session => "session",
            Kind::Family => "family",
            Kind::Attempts => "attempts",
            Kind::Usage => "usage",
            Kind::Message => "message",
            Kind::Device => "device",
            Kind::Passkey => "passkey",
            Kind::PasskeyRegistration => "passkey_registration",
            Kind::ResourceServer => "resource_server",
            Kind::TriggerCall => "trigger_call",
            Kind::Clock => "clock",
            Kind::Counter => "counter",
            Kind::Secret => "secret",
            Kind::Domain => "domain",
            Kind::Terms => "terms",
            Kind::UiCustomization => "ui_customization",
            Kind::AuthEvent => "auth_event",
            Kind::RiskConfiguration => "risk_configuration",
            Kind::Branding => "branding",
            Kind::BrandingAsset => "branding_asset",
            Kind::UsedAssertion => "used_assertion",
            Kind::SamlLogout => "saml_logout",
            Kind::IdentityProvider => "identity_provider",
            Kind::Identity => "identity",
            Kind::SigningCertificate => "signing_certificate",
            Kind::AuthorizationCode => "authorization_code",
            Kind::BrowserSession => "browser_session",
            Kind::Interaction => "interaction",
            Kind::ImportJob => "import_job",
            Kind::ImportPart => "import_part",
            Kind::HttpApi => "http_api",
            Kind::Authorizer => "authorizer",
            Kind::Route => "route",
            Kind::Integration => "integration",
            Kind::Stage => "stage",
            Kind::Deployment => "deployment",
            Kind::ProvisionedLimit => "provisioned_limit",
        }
    }
}

/// One secondary key of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndexEntry {
    /// The name of the index, such as `user.alias`. Stored, so it never changes.
    pub index: &'static str,
    /// The value, at most [`IndexEntry::MAX_VALUE`] bytes, free of NUL.
    pub value: String,
    /// Whether at most one record may have this value in this index.
    pub unique: bool,
}

impl IndexEntry {
    /// The longest value in bytes; PostgreSQL refuses index rows of more than 2,704.
    pub const MAX_VALUE: usize = 1024;

    /// An entry that many records may share.
    pub fn shared(index: &'static str, value: impl Into<String>) -> Self {
        Self { index, value: index_value(value.into()), unique: false }
    }

    /// An entry that only one record may have.
    pub fn unique(index: &'static str, value: impl Into<String>) -> Self {
        Self { index, value: index_value(value.into()), unique: true }
    }
}

/// Makes a text fit for an index: no NUL (PostgreSQL has none in `text`), bounded length.
/// Finders pass what they look for through it too.
pub fn index_value(mut value: String) -> String {
    if value.contains('\0') {
        value = value.replace('\0', "\u{fffd}");
    }
    if value.len() > IndexEntry::MAX_VALUE {
        value.truncate(value.floor_char_boundary(IndexEntry::MAX_VALUE));
    }
    value
}

/// Something that is stored: one JSON document with a key.
///
/// The keys and index values of everything that belongs to a pool begin with `<pool id>/`,
/// so that the pool can be purged by prefix; only what must be found without knowing its pool
/// (a client by its id) has global entries, and is then deleted record by record.
pub trait Entity: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The kind of its records.
    const KIND: Kind;

    /// Its key among the records of its kind. It never changes.
    fn key(&self) -> String;

    /// Its secondary keys, without duplicates.
    fn index(&self) -> Vec<IndexEntry> {
        Vec::new()
    }

    /// When it may be swept. An expired record is not found any more, swept or not.
    fn expires(&self) -> Option<Time> {
        None
    }
}
