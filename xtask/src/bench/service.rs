//! What the server serves while it is measured: a pool with 100 users, and the requests about them.

use std::process::Command;

use serde_json::{Value, json};

use super::client::{Connection, Request};
use super::code_flow::{self, CodeFlow};
use super::http_api;
use super::server::Server;
use crate::workspace::{output, root};

/// How many users there are.
pub const USERS: usize = 100;

/// The password of every user.
pub const PASSWORD: &str = "Correct-h0rse";

/// Who proves a password.
#[derive(Clone, Copy)]
pub enum Who {
    /// The users, in turn.
    Users,
    /// Names that no user has, others in each round.
    Nobody(usize),
}

impl Who {
    fn names(self) -> impl Iterator<Item = String> {
        (0..USERS).map(move |number| match self {
            Self::Users => user(number),
            Self::Nobody(round) => format!("nobody{round}{number:03}"),
        })
    }
}

/// A pool with its users and their tokens.
pub struct Service {
    pool: Value,
    client: Value,
    access_tokens: Vec<Value>,
    refresh_tokens: Vec<Value>,
}

impl Service {
    /// Makes the pool and its users, and signs each in once.
    pub fn populate(server: &Server) -> Result<Self, String> {
        let mut connection = Connection::open(server.port())?;
        let mut call = |name: &str, input: Value| {
            let body = connection.send(&Request::operation(name, &input))?;
            if body.is_empty() {
                return Ok(Value::Null);
            }
            serde_json::from_slice::<Value>(&body).map_err(|error| format!("{name} answers no JSON: {error}"))
        };
        let pool = call("CreateUserPool", json!({"PoolName": "bench"}))?["UserPool"]["Id"].clone();
        let flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let client = json!({"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows,
            "PreventUserExistenceErrors": "ENABLED", "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"],
            "SupportedIdentityProviders": ["COGNITO"], "CallbackURLs": [code_flow::CALLBACK]});
        let client = call("CreateUserPoolClient", client)?["UserPoolClient"]["ClientId"].clone();
        let mut service = Self { pool, client, access_tokens: Vec::new(), refresh_tokens: Vec::new() };
        for number in 0..USERS {
            let pool = &service.pool;
            let (name, email) = (user(number), email(number));
            let attributes =
                json!([{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]);
            let create = json!({"UserPoolId": pool, "Username": name, "UserAttributes": attributes,
                "MessageAction": "SUPPRESS"});
            call("AdminCreateUser", create)?;
            call("AdminSetUserPassword", service.password(number))?;
            let tokens = call("InitiateAuth", service.sign_in(number))?["AuthenticationResult"].clone();
            service.access_tokens.push(tokens["AccessToken"].clone());
            service.refresh_tokens.push(tokens["RefreshToken"].clone());
        }
        Ok(service)
    }

    /// Every user signs in with the password.
    pub fn sign_ins(&self) -> Vec<Request> {
        (0..USERS).map(|number| Request::operation("InitiateAuth", &self.sign_in(number))).collect()
    }

    /// Every user gets the password anew.
    pub fn new_passwords(&self) -> Vec<Request> {
        (0..USERS).map(|number| Request::operation("AdminSetUserPassword", &self.password(number))).collect()
    }

    /// Each name tries a wrong password once.
    pub fn refusals(&self, who: Who) -> Vec<Request> {
        let attempt = |name: String| {
            json!({"ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": name, "PASSWORD": "Wr0ng-horse"}})
        };
        who.names().map(|name| Request::operation("InitiateAuth", &attempt(name)).refused()).collect()
    }

    /// Sign-ins by SRP of these users: the beginnings, and the proofs of a password, each good once.
    pub fn exchanges(
        &self,
        port: u16,
        who: Who,
        password: &str,
    ) -> Result<(Vec<Request>, Vec<Request>), String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut command = Command::new(root().join("target/release/examples/srp_proofs"));
        command.arg(port.to_string()).args([text(&self.client), text(&self.pool), password.to_owned()]);
        command.arg(USERS.to_string());
        command.args(who.names());
        let lines = output(&mut command)?;
        let read = |line: &str| {
            let pair: Value =
                serde_json::from_str(line).map_err(|error| format!("srp_proofs prints no JSON: {error}"))?;
            let start = Request::operation("InitiateAuth", &pair[0]);
            Ok((start, Request::operation("RespondToAuthChallenge", &pair[1])))
        };
        let pairs: Vec<_> = lines.lines().map(read).collect::<Result<_, String>>()?;
        Ok(pairs.into_iter().unzip())
    }

    /// Every user's refresh token gives new tokens.
    pub fn refreshes(&self) -> Vec<Request> {
        let refresh = |token| {
            json!({"ClientId": self.client, "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": {"REFRESH_TOKEN": token}})
        };
        let tokens = self.refresh_tokens.iter();
        tokens.map(|token| Request::operation("InitiateAuth", &refresh(token))).collect()
    }

    /// Every user's access token shows the user.
    pub fn get_users(&self) -> Vec<Request> {
        let tokens = self.access_tokens.iter();
        tokens.map(|token| Request::operation("GetUser", &json!({"AccessToken": token}))).collect()
    }

    /// Every user is shown to the administrator.
    pub fn admin_get_users(&self) -> Vec<Request> {
        let get = |number| json!({"UserPoolId": self.pool, "Username": user(number)});
        (0..USERS).map(|number| Request::operation("AdminGetUser", &get(number))).collect()
    }

    /// Every user is found by the address.
    pub fn list_by_email(&self) -> Vec<Request> {
        let list =
            |number| json!({"UserPoolId": self.pool, "Filter": format!("email = \"{}\"", email(number))});
        (0..USERS).map(|number| Request::operation("ListUsers", &list(number))).collect()
    }

    /// The first 60 users.
    pub fn list_page(&self) -> Vec<Request> {
        vec![Request::operation("ListUsers", &json!({"UserPoolId": self.pool, "Limit": 60}))]
    }

    /// A browser in front of the sign-in page, and names that sign in there.
    pub fn code_flow(&self, port: u16) -> Result<CodeFlow, String> {
        CodeFlow::open(port, self.client.as_str().unwrap_or_default(), (0..USERS).map(user).collect())
    }

    /// Calls of an HTTP API in front of an echo, with every user's access token.
    pub fn http_api(&self, port: u16) -> Result<http_api::Calls, String> {
        let text = |value: &'_ Value| value.as_str().unwrap_or_default().to_owned();
        let tokens: Vec<&str> = self.access_tokens.iter().filter_map(Value::as_str).collect();
        http_api::calls(port, &text(&self.pool), &text(&self.client), &tokens)
    }

    /// The pool's public keys.
    pub fn key_set(&self) -> Vec<Request> {
        let pool = self.pool.as_str().unwrap_or_default();
        vec![Request::get(&format!("/{pool}/.well-known/jwks.json"))]
    }

    fn password(&self, number: usize) -> Value {
        json!({"UserPoolId": self.pool, "Username": user(number), "Password": PASSWORD, "Permanent": true})
    }

    fn sign_in(&self, number: usize) -> Value {
        json!({"ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": user(number), "PASSWORD": PASSWORD}})
    }
}

fn user(number: usize) -> String {
    format!("user{number:03}")
}

fn email(number: usize) -> String {
    format!("user{number:03}@example.com")
}
