//! Signature version 4 of a request, in the `Authorization` header.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::fmt::Write as _;

use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::sign::Signer;

/// Who signs.
#[derive(Clone, PartialEq)]
pub struct Credentials {
    /// The access key id.
    pub access_key: String,
    /// The secret access key.
    pub secret_key: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credentials").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// What is signed.
pub struct Request<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The absolute path, already percent-encoded.
    pub path: &'a str,
    /// The query, sorted and percent-encoded; empty if there is none.
    pub query: &'a str,
    /// The headers to be signed: names in lower case, in any order. `host` and `x-amz-date` belong here.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

/// Where and when the signature is valid.
pub struct Scope<'a> {
    /// The region's name.
    pub region: &'a str,
    /// The signing name of the service, such as `cognito-idp`.
    pub service: &'a str,
    /// The time as in `x-amz-date`: `20150830T123600Z`.
    pub date: &'a str,
}

/// The value of the `Authorization` header.
///
/// # Errors
/// When OpenSSL fails (it has no HMAC or no SHA-256).
pub fn authorization(
    credentials: &Credentials,
    request: &Request<'_>,
    scope: &Scope<'_>,
) -> Result<String, ErrorStack> {
    let mut headers = request.headers.to_vec();
    headers.sort_unstable();
    let signed = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let day = &scope.date[..scope.date.len().min(8)];
    let credential_scope = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);

    let mut canonical = format!("{}\n{}\n{}\n", request.method, request.path, request.query);
    for (name, value) in &headers {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(canonical, "{name}:{value}");
    }
    let _ = write!(canonical, "\n{signed}\n{}", hex(&sha256(request.body)?));

    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{credential_scope}\n{}",
        scope.date,
        hex(&sha256(canonical.as_bytes())?)
    );
    let mut key = hmac(format!("AWS4{}", credentials.secret_key).as_bytes(), day)?;
    for part in [scope.region, scope.service, "aws4_request"] {
        key = hmac(&key, part)?;
    }
    let signature = hex(&hmac(&key, &text)?);
    Ok(format!(
        "AWS4-HMAC-SHA256 Credential={}/{credential_scope}, SignedHeaders={signed}, Signature={signature}",
        credentials.access_key
    ))
}

fn sha256(data: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    hash(MessageDigest::sha256(), data).map(|digest| digest.to_vec())
}

fn hmac(key: &[u8], text: &str) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: Scope<'static> = Scope { region: "us-east-1", service: "service", date: "20150830T123600Z" };

    fn example() -> Credentials {
        Credentials {
            access_key: "AKIDEXAMPLE".into(),
            secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        }
    }

    fn check(request: &Request<'_>, signed: &str, signature: &str) {
        assert_eq!(
            authorization(&example(), request, &SCOPE).unwrap(),
            format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders={signed}, Signature={signature}"
            )
        );
    }

    /// The cases `get-vanilla`, `post-vanilla` and `post-x-www-form-urlencoded` of AWS's test suite for signature version 4.
    #[test]
    fn published_vectors() {
        let headers = [("x-amz-date", "20150830T123600Z"), ("host", "example.amazonaws.com")];
        check(
            &Request { method: "GET", path: "/", query: "", headers: &headers, body: b"" },
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        );
        check(
            &Request { method: "POST", path: "/", query: "", headers: &headers, body: b"" },
            "host;x-amz-date",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        );
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ];
        check(
            &Request { method: "POST", path: "/", query: "", headers: &headers, body: b"Param1=value1" },
            "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        );
    }

    #[test]
    fn credentials_hide_their_secret() {
        assert_eq!(format!("{:?}", example()), "Credentials { access_key: \"AKIDEXAMPLE\", .. }");
    }
}
