//! Sends a request and reads its answer: AWS JSON 1.1 over HTTP, signed with SigV4.

use cognito_api::model::{Auth, Model, Operation, ShapeId, ShapeKind};
use cognito_api::rest;
use reqwest::Url;
use serde_json::Value;

use super::errors::CliError;
use super::settings::Settings;
use super::sigv4::{self, Scope};
use super::transport::{Incoming, Outgoing, Transport, host};

/// A client for one endpoint.
pub struct Client<'a> {
    transport: Transport,
    settings: &'a Settings,
}

impl<'a> Client<'a> {
    /// Prepares the client. Nothing is sent yet.
    ///
    /// # Errors
    /// `CliError::Configuration` if the CA bundle can't be read.
    pub fn new(settings: &'a Settings) -> Result<Self, CliError> {
        Ok(Self { transport: Transport::new(settings)?, settings })
    }

    /// Calls the operation; the answer is as the service sent it, `{}` if it was empty.
    ///
    /// # Errors
    /// `CliError::Service` if the service answers with an error, `CliError::Other` if there is no usable answer.
    pub async fn call(&self, model: &Model, operation: &Operation, input: &Value) -> Result<Value, CliError> {
        let service = model.service();
        let Outgoing { method, url, mut headers, body } = self.unsigned(model, operation, input)?;
        let signed = operation.auth != Auth::None && self.settings.credentials.is_some();
        if signed {
            headers.extend(self.signature(
                &service.signing_name,
                &method,
                &url,
                &headers,
                body.as_bytes(),
            )?);
        }
        self.debug(|| {
            let shown = redacted(model, operation.input, input);
            format!("{method} {url} {} (signed: {signed}) {shown}", operation.name)
        });
        let request = Outgoing { method, url, headers, body };
        let Incoming { status, error_type, body: text } = self.transport.send(request).await?;
        if (200..300).contains(&status) {
            let answer = self.answer(model, operation, &text)?;
            self.debug(|| match operation.output {
                Some(shape) => format!("{status} {}", redacted(model, shape, &answer)),
                None => format!("{status}, {} bytes", text.len()),
            });
            return Ok(answer);
        }
        let (code, message) = error_of(status, error_type.as_deref(), &text);
        self.debug(|| format!("{status} {code}"));
        Err(CliError::Service { code, message, operation: operation.name.clone() })
    }

    /// The request of an operation, in the protocol of its service.
    fn unsigned(&self, model: &Model, operation: &Operation, input: &Value) -> Result<Outgoing, CliError> {
        let service = model.service();
        let mut url = self.settings.endpoint.clone();
        if operation.http.is_none() {
            let headers = vec![
                ("content-type", format!("application/x-amz-json-{}", service.json_version)),
                ("x-amz-target", format!("{}.{}", service.target_prefix, operation.name)),
            ];
            return Ok(Outgoing { method: "POST".to_owned(), url, headers, body: input.to_string() });
        }
        let request = rest::request(model, operation, input).ok_or_else(|| {
            CliError::Parameter("Parameter validation failed:\nAn id or name in the path is empty".to_owned())
        })?;
        url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), request.path));
        url.set_query(Some(request.query.as_str()).filter(|query| !query.is_empty()));
        let headers = match request.body.is_empty() {
            true => Vec::new(),
            false => vec![("content-type", "application/json".to_owned())],
        };
        Ok(Outgoing { method: request.method.to_owned(), url, headers, body: request.body })
    }

    /// The answer with the model's names.
    fn answer(&self, model: &Model, operation: &Operation, text: &str) -> Result<Value, CliError> {
        if text.trim().is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        let answer = serde_json::from_str(text).map_err(|error| {
            CliError::Other(format!("Unable to parse the response of {}: {error}", self.settings.endpoint))
        })?;
        Ok(match (&operation.http, operation.output) {
            (Some(_), Some(shape)) => rest::inner(model, shape, answer),
            _ => answer,
        })
    }

    /// Gets the JSON behind a path of awsemu's own, such as `/_awsemu/messages`, beside the endpoint.
    ///
    /// # Errors
    /// `CliError::Other` if there is no answer, or one with another status than 200.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, CliError> {
        self.tool("GET", path, query, String::new()).await
    }

    /// The same with a body that changes something.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, CliError> {
        self.tool("POST", path, &[], body.to_string()).await
    }

    async fn tool(
        &self,
        method: &'static str,
        path: &str,
        query: &[(&str, &str)],
        body: String,
    ) -> Result<Value, CliError> {
        let mut url = self.settings.endpoint.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.debug(|| format!("{method} {url} {body}"));
        let request = Outgoing { method: method.to_owned(), url: url.clone(), headers: Vec::new(), body };
        let Incoming { status, body: text, .. } = self.transport.send(request).await?;
        if status != 200 {
            let (_, message) = error_of(status, None, &text);
            return Err(CliError::Other(format!("{url} answered {status}: {message}")));
        }
        serde_json::from_str(&text)
            .map_err(|error| CliError::Other(format!("{url} did not answer with JSON: {error}")))
    }

    /// The headers that sign a request.
    fn signature(
        &self,
        service: &str,
        method: &str,
        url: &Url,
        headers: &[(&'static str, String)],
        body: &[u8],
    ) -> Result<Vec<(&'static str, String)>, CliError> {
        let Some(credentials) = &self.settings.credentials else { return Ok(Vec::new()) };
        let date = now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let host = host(url);
        let mut added = vec![("x-amz-date", date.clone())];
        added.extend(credentials.session_token.clone().map(|token| ("x-amz-security-token", token)));
        let mut signed = vec![("host", host.as_str())];
        signed.extend(headers.iter().chain(&added).map(|(name, value)| (*name, value.as_str())));
        // Encoded once more than it is sent: only S3 signs the path as it is.
        let path = url.path().replace('%', "%25");
        let query = url.query().unwrap_or_default();
        let request = sigv4::Request { method, path: &path, query, headers: &signed, body };
        let scope = Scope { region: &self.settings.region, service, date: &date };
        let authorization = sigv4::authorization(credentials, &request, &scope)
            .map_err(|error| CliError::Other(format!("failed to sign the request: {error}")))?;
        added.push(("authorization", authorization));
        Ok(added)
    }

    fn debug(&self, text: impl FnOnce() -> String) {
        if self.settings.debug {
            eprintln!("awsemu: {}", text());
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a signature bears the real time; the client has no clock to move"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// The code and the text of an error answer.
fn error_of(status: u16, header: Option<&str>, body: &str) -> (String, String) {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |names: [&str; 2]| names.iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned);
    let code = text(["__type", "code"])
        .or_else(|| header.map(str::to_owned))
        .map(|code| {
            code.rsplit('#').next().unwrap_or_default().split(':').next().unwrap_or_default().to_owned()
        })
        .filter(|code| !code.is_empty());
    let reason = reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let message = text(["message", "Message"]);
    match code {
        Some(code) => (code, message.unwrap_or_default()),
        None => (status.to_string(), message.or_else(|| reason.map(str::to_owned)).unwrap_or_default()),
    }
}

/// The value with `***` in place of everything that the model calls sensitive.
pub fn redacted(model: &Model, shape: ShapeId, value: &Value) -> Value {
    let shape = model.shape(shape);
    if shape.sensitive {
        return Value::String("***".to_owned());
    }
    match (&shape.kind, value) {
        (ShapeKind::Structure { members, document: false }, Value::Object(given)) => given
            .iter()
            .map(|(name, value)| {
                let member = members.iter().find(|member| member.name == *name);
                let shown = member
                    .map_or(Value::String("***".to_owned()), |member| redacted(model, member.shape, value));
                (name.clone(), shown)
            })
            .collect(),
        (ShapeKind::List { member, .. }, Value::Array(list)) => {
            list.iter().map(|element| redacted(model, *member, element)).collect()
        }
        // Maps carry passwords, codes and secrets under keys that the model doesn't name.
        (ShapeKind::Map { .. }, Value::Object(given)) => {
            given.keys().map(|key| (key.clone(), Value::String("***".to_owned()))).collect()
        }
        (ShapeKind::Structure { document: true, .. } | ShapeKind::Blob { .. }, _) => {
            Value::String("***".to_owned())
        }
        (_, value) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(status: u16, header: Option<&'static str>, body: &str, code: &str, message: &str) {
        assert_eq!(error_of(status, header, body), (code.to_owned(), message.to_owned()));
    }

    #[test]
    fn errors() {
        check(
            400,
            None,
            r#"{"__type":"UserNotFoundException","message":"no"}"#,
            "UserNotFoundException",
            "no",
        );
        check(400, None, r#"{"__type":"com.aws#X","Message":"no"}"#, "X", "no");
        check(400, Some("X:http://..."), r#"{"message":"no"}"#, "X", "no");
        check(404, None, "<html>", "404", "Not Found");
        check(599, None, "", "599", "");
    }

    #[test]
    fn secrets_are_not_shown() {
        let model = Model::cognito_idp();
        let operation = model.operation("AdminInitiateAuth").unwrap();
        let input = json!({"UserPoolId": "p", "AuthParameters": {"PASSWORD": "secret"}, "AuthFlow": "X", "Foreign": "secret"});
        let shown = redacted(model, operation.input, &input).to_string();
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains(r#""UserPoolId":"p""#), "{shown}");
    }
}
