//! Functions behind HTTP: Lambda's Invoke API, and plain URLs.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use std::time::Duration;

use outbound::{Client, Guard, Request, Response};
use reqwest::Url;
use serde_json::{Map, Value};

use super::answer::{self, LONGEST};
use super::fail::Failure;

/// As long as the longest function may take; who calls it waits less.
const TIMEOUT: Duration = Duration::from_secs(900);

/// A URL. It comes from who configures the server, so what runs beside the server may be meant.
pub(super) struct Endpoint {
    url: Url,
    client: Client,
}

impl Endpoint {
    pub fn new(url: &str) -> Result<Self, String> {
        // The text itself is left out: it may hold a password.
        let url = Url::parse(url).map_err(|error| format!("the URL cannot be read: {error}"))?;
        match url.scheme() {
            "http" | "https" => Ok(Self { url, client: Client::new(Guard { private: true }) }),
            other => Err(format!("the URL must begin with http:// or https://, not {other}:")),
        }
    }

    /// Calls a function of the Invoke API.
    pub async fn invoke(&self, arn: &str, event: &Value) -> Result<Value, Failure> {
        let answer = self.post(self.invocation_url(arn), event).await?;
        if let Some(name) = answer.error_name() {
            return Err(Failure::failed(name, format!("the Invoke API answered {}", answer.0.status)));
        }
        if answer.header("x-amz-function-error").is_some() {
            return Err(Failure::function(answer.object().map_or_else(String::new, |body| message(&body))));
        }
        answer::read(&answer.0.body)
    }

    /// Gives the event to the URL itself.
    pub async fn exchange(&self, event: &Value) -> Result<Value, Failure> {
        let answer = self.post(self.url.clone(), event).await?;
        match answer.is_success() {
            true => answer::read(&answer.0.body),
            false => match answer.object().and_then(|body| answer::error_message(&body)) {
                Some(message) => Err(Failure::function(message)),
                None => Err(Failure::unavailable(format!("the URL answered {}", answer.0.status))),
            },
        }
    }

    /// `<base>/2015-03-31/functions/<name>/invocations`. The name alone, since not every emulator takes ARNs.
    fn invocation_url(&self, arn: &str) -> Url {
        let mut parts = arn.splitn(8, ':').skip(5);
        let (name, qualifier) = match (parts.next(), parts.next(), parts.next()) {
            (Some("function"), Some(name), qualifier) => (name, qualifier),
            _ => (arn, None),
        };
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["2015-03-31", "functions", name, "invocations"]);
        }
        if let Some(qualifier) = qualifier {
            url.query_pairs_mut().append_pair("Qualifier", qualifier);
        }
        url
    }

    async fn post(&self, url: Url, event: &Value) -> Result<Answer, Failure> {
        let headers = [("content-type", "application/json"), ("x-amz-invocation-type", "RequestResponse")];
        let request = Request {
            method: "POST".to_owned(),
            url: url.into(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.into())).into(),
            body: event.to_string().into(),
            timeout: TIMEOUT,
            limit: LONGEST,
        };
        match self.client.send(request).await {
            Ok(response) => Ok(Answer(response)),
            Err(outbound::Failure::TooLong(_)) => {
                Err(Failure::unrecognizable("the answer is longer than 6 MB"))
            }
            Err(failure) => Err(Failure::unavailable(failure.to_string())),
        }
    }
}

struct Answer(Response);

impl Answer {
    fn is_success(&self) -> bool {
        (200..300).contains(&self.0.status)
    }

    fn header(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_ref())
    }

    fn object(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.0.body).ok()
    }

    /// AWS's name of an error of the Invoke API itself; `None` if the function was called.
    fn error_name(&self) -> Option<String> {
        if self.is_success() {
            return None;
        }
        let header = self.header("x-amzn-errortype").and_then(|value| std::str::from_utf8(value).ok());
        let body = self.object();
        let kind = body.as_ref().and_then(|body| body.get("__type").or_else(|| body.get("Type"))?.as_str());
        let name = header.or(kind).unwrap_or_default();
        // `ResourceNotFoundException:http://...` in the header, `com.amazonaws.lambda#...` in the body.
        let name = name.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default();
        let known = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        Some(if known { name } else { "ServiceException" }.to_owned())
    }
}

/// The message of an answer that is known to be an error.
fn message(body: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    body.get("errorMessage").map(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        check("http://localhost:3001", arn, "http://localhost:3001/2015-03-31/functions/f/invocations");
        check("http://h/base/", arn, "http://h/base/2015-03-31/functions/f/invocations");
        check(
            "http://h",
            &format!("{arn}:live"),
            "http://h/2015-03-31/functions/f/invocations?Qualifier=live",
        );
        check("http://h", "a/../b?c", "http://h/2015-03-31/functions/a%2F..%2Fb%3Fc/invocations");
        check("http://h", "", "http://h/2015-03-31/functions//invocations");
    }

    #[test]
    fn other_schemes() {
        for url in ["file:///etc/passwd", "ftp://h", "localhost:3001", "/path", "", "http://"] {
            assert!(Endpoint::new(url).is_err(), "{url}");
        }
        assert!(!Endpoint::new("ftp://u:s3cret@h").err().unwrap().contains("s3cret"));
    }

    fn check(base: &str, arn: &str, expected: &str) {
        assert_eq!(Endpoint::new(base).unwrap().invocation_url(arn).as_str(), expected);
    }
}
