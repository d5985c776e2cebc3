//! The whole service in process, without HTTP: a pool, a client, a user, a sign-in, the ID token verified with the
//! pool's JWKS, and a clock that is moved: `cargo run -p cognito-ops --example in_process`.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cognito_api::{ops, wire};
use cognito_core::{Span, Time};
use cognito_jwt::{KeyReserve, KeySet, KeySetLimits};
use cognito_ops::{App, Call, Caller, Clock, IssuerForm, Ports, Scope, Settings, Site};
use cognito_store::{SqliteEngine, Store};
use serde_json::{Value, json};

const PASSWORD: &str = "Passw0rd!";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::new(Arc::new(SqliteEngine::ephemeral()?));
    let clock = Arc::new(Watch(AtomicI64::new(1_767_776_887_000)));
    let ports = Ports { clock: Arc::clone(&clock) as Arc<dyn Clock>, ..Ports::real(KeyReserve::start(2)) };
    let app = App::open(store, ports, Settings::default()).await?;

    // By type: the compiler knows every member of request and answer.
    let request = wire::CreateUserPoolRequest { pool_name: "example".to_owned(), ..Default::default() };
    let answer = app.invoke::<ops::CreateUserPool>(caller(), &request).await?;
    let pool = answer.user_pool.and_then(|pool| pool.id).ok_or("CreateUserPool gave no id")?;

    // By name: JSON in, JSON out, as over HTTP.
    let client = json!({
        "UserPoolId": pool, "ClientName": "app",
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    });
    let client = call(&app, "CreateUserPoolClient", &client).await?["UserPoolClient"]["ClientId"].clone();
    let user = json!({ "UserPoolId": pool, "Username": "anna", "MessageAction": "SUPPRESS" });
    call(&app, "AdminCreateUser", &user).await?;
    let password = json!({ "UserPoolId": pool, "Username": "anna", "Password": PASSWORD, "Permanent": true });
    call(&app, "AdminSetUserPassword", &password).await?;
    let sign_in = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "anna", "PASSWORD": PASSWORD },
    });
    let tokens = call(&app, "InitiateAuth", &sign_in).await?["AuthenticationResult"].clone();

    // The signature is the verifier's business; issuer, audience, use and expiry are its caller's.
    let jwks = app.jwks(&pool).await?.ok_or("the pool has no JWKS")?;
    let keys = KeySet::from_json(&jwks, KeySetLimits::default())?;
    let claims = cognito_jwt::verify(text(&tokens["IdToken"])?, &keys)?;
    assert_eq!(claims["iss"], site().issuer(&pool));
    assert_eq!(claims["aud"], client);
    assert_eq!(claims["token_use"], "id");
    assert!(claims["exp"].as_i64() > Some(app.now().await?.seconds()));
    println!("{} is signed in to {}", claims["cognito:username"], claims["iss"]);

    let me = json!({ "AccessToken": tokens["AccessToken"] });
    call(&app, "GetUser", &me).await?;
    clock.advance(Span::hours(2));
    let expired = call(&app, "GetUser", &me).await.map_err(|error| error.to_string());
    assert_eq!(expired, Err("NotAuthorizedException: Access Token has expired".to_owned()));
    println!("two hours later: the access token has expired");
    Ok(())
}

/// A clock that is moved by hand. A program that wants the real time leaves the port of `Ports::real` as it is.
struct Watch(AtomicI64);

impl Watch {
    fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for Watch {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// Who calls: administrators' operations want account and region, which HTTP takes from the signature.
fn caller() -> Caller {
    Caller {
        scope: Some(Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() }),
        region: None,
        site: site(),
        request_id: "example".to_owned(),
        source_ip: None,
        user_agent: None,
    }
}

/// The base of issuers. Nothing listens there.
fn site() -> Site {
    Site { base: "https://id.example.com".into(), issuer: IssuerForm::Base, domain: None }
}

async fn call(app: &App, operation: &str, input: &Value) -> Result<Value, Box<dyn Error>> {
    let body = input.to_string();
    let answer = app.call(Call { operation, body: body.as_bytes(), caller: caller() }).await?;
    // Operations without output answer nothing at all.
    if answer.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&answer)?) }
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("{value} is no string"))
}
