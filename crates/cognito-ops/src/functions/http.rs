//! Functions behind HTTP: Lambda's Invoke API, and plain URLs.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use std::error::Error;
use std::sync::OnceLock;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Map, Value};

use super::answer::{self, LONGEST};
use super::fail::Failure;

/// A URL, called without redirects and without the environment's proxies.
pub(super) struct Endpoint {
    url: Url,
    /// Made when it is needed: OpenSSL reads the system's certificates for it, which takes 50 ms, also for http.
    client: OnceLock<Client>,
}

impl Endpoint {
    pub fn new(url: &str) -> Result<Self, String> {
        // The text itself is left out: it may hold a password.
        let url = Url::parse(url).map_err(|error| format!("the URL cannot be read: {error}"))?;
        match url.scheme() {
            "http" | "https" => Ok(Self { url, client: OnceLock::new() }),
            other => Err(format!("the URL must begin with http:// or https://, not {other}:")),
        }
    }

    /// Calls a function of the Invoke API.
    pub async fn invoke(&self, arn: &str, event: &Value) -> Result<Value, Failure> {
        let answer = self.post(self.invocation_url(arn), event).await?;
        if let Some(name) = answer.error_name() {
            return Err(Failure::failed(name, format!("the Invoke API answered {}", answer.status)));
        }
        if answer.headers.contains_key("x-amz-function-error") {
            return Err(Failure::function(answer.object().map_or_else(String::new, |body| message(&body))));
        }
        answer::read(&answer.body)
    }

    /// Gives the event to the URL itself.
    pub async fn exchange(&self, event: &Value) -> Result<Value, Failure> {
        let answer = self.post(self.url.clone(), event).await?;
        match answer.status.is_success() {
            true => answer::read(&answer.body),
            false => match answer.object().and_then(|body| answer::error_message(&body)) {
                Some(message) => Err(Failure::function(message)),
                None => Err(Failure::unavailable(format!("the URL answered {}", answer.status))),
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
        let request = self.client()?.post(url).header(CONTENT_TYPE, "application/json");
        let request = request.header("x-amz-invocation-type", "RequestResponse").body(event.to_string());
        Answer::read(request.send().await.map_err(unreachable)?).await
    }

    fn client(&self) -> Result<&Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().map_err(unreachable)?;
        Ok(self.client.get_or_init(|| client))
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    async fn read(mut response: Response) -> Result<Self, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LONGEST {
                return Err(Failure::unrecognizable("the answer is longer than 6 MB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status: response.status(), headers: response.headers().clone(), body })
    }

    fn object(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// AWS's name of an error of the Invoke API itself; `None` if the function was called.
    fn error_name(&self) -> Option<String> {
        if self.status.is_success() {
            return None;
        }
        let header = self.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
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

/// The causes of a failed request, without its URL, which may hold a password.
fn unreachable(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    Failure::unavailable(text)
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
