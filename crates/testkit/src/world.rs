//! `World`: the whole service in the process, with a store in memory, a clock that is moved by hand and randomness
//! that is the same each time.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::thread;
use std::time::Duration;

use cognito_core::{Kind, Span, Time};
use cognito_jwt::{KeyError, SigningKey};
use cognito_ops::{
    App, Call, Caller, Clock, IdpClient, IssuerForm, KeySource, MessageQuery, NoMailer, Ports, Rng, Scope,
    Settings, Site, Triggers,
};
use cognito_store::{Engine, SqliteEngine, Store};
use serde_json::{Value, json};

use crate::functions::Functions;
use crate::idps::Idps;
use crate::witness::Witness;

/// When a world begins: 2026-01-07T09:08:07Z.
pub const BEGINNING: Time = Time(1_767_776_887_000);

/// The base URL of a world.
pub const BASE: &str = "http://localhost:4566";

/// The service in a test.
pub struct World {
    /// The service.
    pub app: App,
    /// The Lambda functions; none at first.
    pub functions: Arc<Functions>,
    /// The identity providers; none at first.
    pub idps: Arc<Idps>,
    clock: Arc<FakeClock>,
    witness: Arc<Witness>,
}

/// An error as a test reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `UserNotFoundException`
    pub code: String,
    /// `User does not exist.`
    pub message: String,
}

impl World {
    /// A new world without pools.
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// A new world with settings.
    pub async fn with(settings: Settings) -> Self {
        let engine = SqliteEngine::ephemeral().expect("an engine in memory opens");
        let witness = Arc::new(Witness::new(engine));
        let clock = Arc::new(FakeClock(AtomicI64::new(BEGINNING.0)));
        let functions = Arc::<Functions>::default();
        let idps = Arc::<Idps>::default();
        let ports = Ports {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            rng: Arc::new(SeededRng(AtomicU64::new(1))),
            keys: Arc::new(FixedKeys(AtomicUsize::new(0))),
            triggers: Arc::clone(&functions) as Arc<dyn Triggers>,
            mailer: Arc::new(NoMailer),
            idps: Arc::clone(&idps) as Arc<dyn IdpClient>,
        };
        let settings = Settings { strict: true, ..settings };
        let store = Store::new(Arc::clone(&witness) as Arc<dyn Engine>);
        let app = App::open(store, ports, settings).await.expect("the service opens");
        Self { app, functions, idps, clock, witness }
    }

    /// The caller of a test: signed, account 000000000000, region us-east-1.
    pub fn caller() -> Caller {
        Caller {
            scope: Some(Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() }),
            region: None,
            site: Site { base: BASE.into(), issuer: IssuerForm::Base, domain: None },
            request_id: "test".to_owned(),
            source_ip: None,
            user_agent: None,
        }
    }

    /// The same caller in another region.
    pub fn caller_in(region: &str) -> Caller {
        let scope = Scope { account: "000000000000".to_owned(), region: region.to_owned() };
        Caller { scope: Some(scope), ..Self::caller() }
    }

    /// One who has not signed, at the endpoint of a region.
    pub fn unsigned_caller_in(region: &str) -> Caller {
        Caller { scope: None, region: Some(region.to_owned()), ..Self::caller() }
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// What the operation answers.
    pub async fn call(&self, operation: &str, input: Value) -> Result<Value, Failure> {
        self.call_as(Self::caller(), operation, input).await
    }

    /// Calls an operation as somebody else.
    ///
    /// # Errors
    /// What the operation answers.
    pub async fn call_as(&self, caller: Caller, operation: &str, input: Value) -> Result<Value, Failure> {
        let body = input.to_string();
        match self.app.call(Call { operation, body: body.as_bytes(), caller }).await {
            Ok(answer) if answer.is_empty() => Ok(Value::Null),
            Ok(answer) => Ok(serde_json::from_slice(&answer).expect("an answer is JSON")),
            Err(error) => Err(Failure { code: error.name().to_owned(), message: error.message().to_owned() }),
        }
    }

    /// Calls an operation with each of these inputs at the same moment, on as many threads.
    ///
    /// The answers stand in the order of the inputs.
    pub fn at_once(&self, operation: &str, inputs: Vec<Value>) -> Vec<Result<Value, Failure>> {
        self.all_at_once(inputs.into_iter().map(|input| (operation, input)).collect())
    }

    /// The same with an operation for each input.
    pub fn all_at_once(&self, calls: Vec<(&str, Value)>) -> Vec<Result<Value, Failure>> {
        let barrier = Barrier::new(calls.len());
        let call = |operation, input| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            barrier.wait();
            runtime.expect("a runtime starts").block_on(self.call(operation, input))
        };
        let call = &call;
        thread::scope(|scope| {
            let threads: Vec<_> = calls
                .into_iter()
                .map(|(operation, input)| scope.spawn(move || call(operation, input)))
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("the call does not panic")).collect()
        })
    }

    /// Calls an operation that must succeed.
    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        let shown = input.to_string();
        match self.call(operation, input).await {
            Ok(answer) => answer,
            Err(failure) => panic!("{operation} {shown} failed: {}: {}", failure.code, failure.message),
        }
    }

    /// Calls an operation that must fail, and gives `<code>: <message>`.
    pub async fn fails(&self, operation: &str, input: Value) -> String {
        let shown = input.to_string();
        match self.call(operation, input).await {
            Ok(answer) => panic!("{operation} {shown} succeeded: {answer}"),
            Err(failure) => format!("{}: {}", failure.code, failure.message),
        }
    }

    /// Moves the clock.
    pub fn advance(&self, span: Span) {
        self.clock.0.fetch_add(span.0, Ordering::SeqCst);
    }

    /// What the clock says.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The kinds of the records that were written or deleted since the last time that it was asked.
    pub fn written(&self) -> Vec<Kind> {
        self.witness.written()
    }

    /// A new pool's id. `more` is merged into the request.
    pub async fn pool(&self, more: Value) -> String {
        let answer = self.ok("CreateUserPool", merged(json!({ "PoolName": "pool" }), more)).await;
        text(&answer["UserPool"]["Id"])
    }

    /// A new client's id, which allows every flow with a password. `more` is merged into the request.
    pub async fn client(&self, pool: &str, more: Value) -> String {
        let flows =
            ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let base = json!({ "UserPoolId": pool, "ClientName": "client", "ExplicitAuthFlows": flows });
        let answer = self.ok("CreateUserPoolClient", merged(base, more)).await;
        text(&answer["UserPoolClient"]["ClientId"])
    }

    /// A confirmed user with that password.
    pub async fn user(&self, pool: &str, username: &str, password: &str) {
        let base = json!({ "UserPoolId": pool, "Username": username, "MessageAction": "SUPPRESS" });
        self.ok("AdminCreateUser", base).await;
        let set =
            json!({ "UserPoolId": pool, "Username": username, "Password": password, "Permanent": true });
        self.ok("AdminSetUserPassword", set).await;
    }

    /// Signs in with a password, and gives the AuthenticationResult.
    pub async fn sign_in(&self, client: &str, username: &str, password: &str) -> Value {
        let answer = self.ok("InitiateAuth", password_auth(client, username, password)).await;
        answer["AuthenticationResult"].clone()
    }

    /// The messages to a user, newest first.
    pub async fn messages(&self, pool: &str, username: &str) -> Vec<Value> {
        self.sent(pool, Some(username.to_owned())).await
    }

    /// The messages to everybody of a pool, newest first.
    pub async fn all_messages(&self, pool: &str) -> Vec<Value> {
        self.sent(pool, None).await
    }

    async fn sent(&self, pool: &str, username: Option<String>) -> Vec<Value> {
        let query = MessageQuery { user_pool_id: Some(pool.to_owned()), username, to: None };
        let answer = self.app.messages(&query, Duration::ZERO).await.expect("messages can be read");
        serde_json::from_str(&answer).expect("messages are a JSON array")
    }

    /// The code in the newest message to a user.
    pub async fn code(&self, pool: &str, username: &str) -> String {
        let messages = self.messages(pool, username).await;
        text(&messages.first().unwrap_or_else(|| panic!("{username} got no message"))["code"])
    }
}

/// The input of InitiateAuth for USER_PASSWORD_AUTH.
pub fn password_auth(client: &str, username: &str, password: &str) -> Value {
    json!({
        "ClientId": client,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": username, "PASSWORD": password },
    })
}

/// The claims of a JWT, not verified.
pub fn claims(token: &Value) -> Value {
    let (_, claims) =
        cognito_jwt::unverified_claims(token.as_str().expect("a token is a string")).expect("a JWT");
    Value::Object(claims)
}

/// A JSON string's text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string")).to_owned()
}

/// The members of an object as a list of AttributeType.
pub fn attribute_list(object: Value) -> Value {
    let Value::Object(object) = object else { panic!("{object} is no object") };
    object.into_iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
}

/// A list of AttributeType as an object, without `sub`.
pub fn attribute_map(list: &Value) -> Value {
    let list = list.as_array().unwrap_or_else(|| panic!("{list} is no list"));
    let pairs = list.iter().map(|attribute| (text(&attribute["Name"]), attribute["Value"].clone()));
    Value::Object(pairs.filter(|(name, _)| name != "sub").collect())
}

/// The members of both; those of `more` win.
pub fn merged(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

struct FakeClock(AtomicI64);

impl Clock for FakeClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// SplitMix64: the same bytes in each run, different ones at each call.
struct SeededRng(AtomicU64);

impl Rng for SeededRng {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A few keys that are made once a process: making one takes a tenth of a second.
struct FixedKeys(AtomicUsize);

/// The keys that the pools of all worlds share.
pub fn signing_keys() -> &'static [SigningKey] {
    static KEYS: OnceLock<Vec<SigningKey>> = OnceLock::new();
    KEYS.get_or_init(|| (0..4).map(|_| SigningKey::generate().expect("a key")).collect())
}

impl KeySource for FixedKeys {
    fn ready(&self) -> Option<SigningKey> {
        let keys = signing_keys();
        Some(keys[self.0.fetch_add(1, Ordering::SeqCst) % keys.len()].clone())
    }

    fn generate(&self) -> Result<SigningKey, KeyError> {
        SigningKey::generate()
    }
}
