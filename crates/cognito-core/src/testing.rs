//! What tests of rules begin with.

use serde_json::{Value, json};

use crate::client::{Client, Settings};
use crate::mfa::Mfa;
use crate::names::Case;
use crate::password::Password;
use crate::pool::Pool;
use crate::time::Time;
use crate::user::{Status, User};

/// A pool as CreateUserPool makes it; `more` is merged into the request.
pub fn pool(more: Value) -> Pool {
    let request = serde_json::from_value(merged(json!({ "PoolName": "pool" }), more)).unwrap();
    let id = "us-east-1_AbCdEf123".to_owned();
    Pool::new(id, "000000000000".to_owned(), "us-east-1".to_owned(), request, Time(0)).unwrap()
}

/// A confirmed user with a password and no attributes.
pub fn user() -> User {
    User {
        pool_id: "us-east-1_AbCdEf123".to_owned(),
        username: "alice".to_owned(),
        sub: "34c84488-e0e1-40ae-92ee-991ad1a898c8".to_owned(),
        case: Case::Sensitive,
        attributes: Vec::new(),
        pending: Default::default(),
        aliases: Vec::new(),
        status: Status::Confirmed,
        enabled: true,
        password: Some(Password::new("us-east-1_AbCdEf123", "alice", "Abcdef1!", [7; 16]).unwrap()),
        imported: None,
        former_passwords: Vec::new(),
        mfa: Mfa::default(),
        sign_outs: 0,
        created: Time(0),
        modified: Time(0),
    }
}

/// A client as CreateUserPoolClient makes it.
pub fn client(pool: &Pool) -> Client {
    let request = json!({ "UserPoolId": pool.id, "ClientId": "client" });
    let request = serde_json::from_value(request).unwrap();
    Client {
        pool_id: pool.id.clone(),
        id: "client".to_owned(),
        secrets: Vec::new(),
        settings: Settings::new("app".to_owned(), request, pool, false, &Default::default()).unwrap(),
        sso_minutes: crate::tracking::SSO_MINUTES,
        registered: false,
        created: Time(0),
        modified: Time(0),
    }
}

fn merged(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}
