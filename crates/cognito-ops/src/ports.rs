//! What the service needs from outside: time, randomness and keys. Each has a real and a fake implementation.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use cognito_core::Time;
use cognito_jwt::{KeyError, KeyReserve, SigningKey};
use serde_json::Value;

use crate::service::log_delivery::FailureLog;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}

/// Gives random bytes fit for secrets.
pub trait Rng: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Gives signing keys for new pools.
pub trait KeySource: Send + Sync {
    /// A key that is ready now, if there is one.
    fn ready(&self) -> Option<SigningKey>;

    /// Makes a key, which takes tens to hundreds of milliseconds.
    ///
    /// # Errors
    /// If OpenSSL cannot.
    fn generate(&self) -> Result<SigningKey, KeyError>;
}

/// Calls Lambda functions.
#[async_trait]
pub trait Triggers: Send + Sync {
    /// Gives a function an event, waits no longer than `patience`, and gives back the JSON that it answers.
    /// `None` means that there is nothing behind the ARN and that this is to be passed over, as if the pool did not
    /// name a function.
    ///
    /// # Errors
    /// [`InvokeError`]
    async fn invoke(
        &self,
        arn: &str,
        event: &Value,
        patience: Duration,
    ) -> Result<Option<Value>, InvokeError>;
}

/// Why a function gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The function itself failed: its `errorMessage`.
    #[error("the function failed: {0}")]
    Function(String),
    /// It could not be invoked: AWS's name of the reason, such as `ResourceNotFoundException`.
    #[error("the function could not be invoked: {0}")]
    Failed(String),
    /// It did not answer in time.
    #[error("the function did not answer in time")]
    TimedOut,
    /// It answered no JSON, or too much.
    #[error("the function's answer cannot be read")]
    Unrecognizable,
}

/// No functions: every ARN is unknown.
#[derive(Clone, Copy, Debug)]
pub struct NoFunctions;

#[async_trait]
impl Triggers for NoFunctions {
    async fn invoke(
        &self,
        _arn: &str,
        _event: &Value,
        _patience: Duration,
    ) -> Result<Option<Value>, InvokeError> {
        Err(InvokeError::Failed("ResourceNotFoundException".to_owned()))
    }
}

/// Sends e-mails. They are kept for `/_awsemu/messages` in any case.
pub trait Mailer: Send + Sync {
    /// Takes an e-mail and sends it in the background. Whether that succeeds is nothing to the caller.
    fn post(&self, mail: Mail);
}

/// An e-mail.
#[derive(Clone)]
pub struct Mail {
    /// The sender, if the pool names one: `name@example.com` or `Name <name@example.com>`.
    pub from: Option<String>,
    /// Where answers go, if the pool says so.
    pub reply_to: Option<String>,
    /// The receiver.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text, in HTML.
    pub html: String,
    /// Who is told if it cannot be sent, where the pool wants that.
    pub failures: Option<FailureLog>,
}

/// No mail server: e-mails are only kept.
#[derive(Clone, Copy, Debug)]
pub struct NoMailer;

impl Mailer for NoMailer {
    fn post(&self, _mail: Mail) {}
}

/// Talks to identity providers, whose URLs come from who configures a pool: guards against addresses that nobody may
/// be sent to, redirects, long answers and long waits are the client's.
#[async_trait]
pub trait IdpClient: Send + Sync {
    /// Sends a request, and gives the answer whatever its status is.
    ///
    /// # Errors
    /// [`IdpError`]
    async fn send(&self, request: IdpRequest) -> Result<IdpAnswer, IdpError>;
}

/// A request to an identity provider.
#[derive(Clone, Default)]
pub struct IdpRequest {
    /// How it is sent.
    pub method: IdpMethod,
    /// Where to.
    pub url: String,
    /// The access token of an `Authorization` header.
    pub bearer: Option<String>,
    /// The fields of a form in the body; only of a POST.
    pub form: Vec<(String, String)>,
    /// How many bytes the body of the answer may have; `None`: as many as the client allows.
    pub limit: Option<usize>,
}

/// How a request is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdpMethod {
    /// GET
    #[default]
    Get,
    /// POST
    Post,
}

/// What an identity provider answers.
#[derive(Clone)]
pub struct IdpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer. What went wrong is for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("failed to reach the identity provider: {0}")]
pub struct IdpError(pub String);

/// No identity providers: none can be reached.
#[derive(Clone, Copy, Debug)]
pub struct NoIdps;

#[async_trait]
impl IdpClient for NoIdps {
    async fn send(&self, _request: IdpRequest) -> Result<IdpAnswer, IdpError> {
        Err(IdpError("no client is configured".to_owned()))
    }
}

/// The ports of an [`App`](crate::App).
#[derive(Clone)]
pub struct Ports {
    /// The one clock that tokens, codes, sessions and locks read.
    pub clock: Arc<dyn Clock>,
    /// The source of ids, codes, salts and secrets.
    pub rng: Arc<dyn Rng>,
    /// The source of signing keys.
    pub keys: Arc<dyn KeySource>,
    /// The Lambda functions that pools name.
    pub triggers: Arc<dyn Triggers>,
    /// Where e-mails go.
    pub mailer: Arc<dyn Mailer>,
    /// The way to identity providers.
    pub idps: Arc<dyn IdpClient>,
}

impl Ports {
    /// The system's clock and randomness, keys from a reserve, no functions, no mail server and no way to
    /// identity providers.
    pub fn real(reserve: KeyReserve) -> Self {
        Self {
            clock: Arc::new(SystemClock),
            rng: Arc::new(OsRng),
            keys: Arc::new(reserve),
            triggers: Arc::new(NoFunctions),
            mailer: Arc::new(NoMailer),
            idps: Arc::new(NoIdps),
        }
    }
}

/// The system's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock port")]
        let now = SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// OpenSSL's random generator, seeded by the system.
#[derive(Clone, Copy, Debug)]
pub struct OsRng;

impl Rng for OsRng {
    fn fill(&self, buffer: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the Rng port")]
        openssl::rand::rand_bytes(buffer).expect("without randomness nothing can go on");
    }
}

impl KeySource for KeyReserve {
    fn ready(&self) -> Option<SigningKey> {
        self.take_ready()
    }

    fn generate(&self) -> Result<SigningKey, KeyError> {
        SigningKey::generate()
    }
}
