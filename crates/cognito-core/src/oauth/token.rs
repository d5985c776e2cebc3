//! The token request: who asks, and for what. Source: `oauth-and-managed-login` 6.2 of the specification.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::parameters::{Parameters, Repeated, percent_decode};

/// The error of a token request (RFC 6749, section 5.2). AWS answers all of them with status 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// A parameter is missing or repeated, or the body is not a form.
    #[error("invalid_request")]
    InvalidRequest,
    /// The client is unknown, or it is not who it says.
    #[error("invalid_client")]
    InvalidClient,
    /// The code or the refresh token is not good.
    #[error("invalid_grant")]
    InvalidGrant,
    /// The client may not ask so.
    #[error("unauthorized_client")]
    UnauthorizedClient,
    /// No such grant.
    #[error("unsupported_grant_type")]
    UnsupportedGrantType,
    /// A scope that is not the client's.
    #[error("invalid_scope")]
    InvalidScope,
    /// Only refresh tokens can be revoked.
    #[error("unsupported_token_type")]
    UnsupportedTokenType,
}

impl From<Repeated> for TokenError {
    fn from(_: Repeated) -> Self {
        Self::InvalidRequest
    }
}

/// How a client says who it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Its id.
    pub client_id: String,
    /// Its secret; a public client has none.
    pub secret: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Reads them from the `Authorization` header or the body, never from the query, and of the two only one
    /// (RFC 6749, section 2.3.1). A client may repeat its id in the body, as libraries do.
    ///
    /// # Errors
    /// [`TokenError`]
    pub fn read(authorization: Option<&str>, form: &Parameters) -> Result<Self, TokenError> {
        let (client_id, secret) = (form.one("client_id")?, form.one("client_secret")?);
        let Some(authorization) = authorization else {
            let client_id = client_id.ok_or(TokenError::InvalidRequest)?.to_owned();
            return Ok(Self { client_id, secret: secret.map(str::to_owned) });
        };
        let basic = basic(authorization).ok_or(TokenError::InvalidClient)?;
        if secret.is_some() {
            return Err(TokenError::InvalidRequest);
        }
        if client_id.is_some_and(|client_id| client_id != basic.client_id) {
            return Err(TokenError::InvalidClient);
        }
        Ok(basic)
    }
}

/// `Basic` with both parts percent-encoded. A `+` stays: secrets may have it, and many clients do not encode them.
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, secret) = decoded.split_once(':')?;
    let secret = percent_decode(secret);
    Some(Credentials { client_id: percent_decode(client_id), secret: (!secret.is_empty()).then_some(secret) })
}

/// What a client asks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant<'a> {
    /// `authorization_code`
    Code {
        /// The code.
        code: &'a str,
        /// The redirect URI of the authorization request.
        redirect_uri: &'a str,
        /// The PKCE verifier.
        verifier: Option<&'a str>,
    },
    /// `refresh_token`
    Refresh {
        /// The token.
        token: &'a str,
    },
    /// `client_credentials`
    Client {
        /// The scopes that are wanted; `None` means all.
        scopes: Option<Vec<String>>,
        /// `aws_client_metadata`, for the PreTokenGeneration trigger.
        metadata: Option<BTreeMap<String, String>>,
    },
}

impl<'a> Grant<'a> {
    /// Reads the grant.
    ///
    /// # Errors
    /// [`TokenError`]
    pub fn read(form: &'a Parameters) -> Result<Self, TokenError> {
        let required = |name: &'static str| form.one(name)?.ok_or(TokenError::InvalidRequest);
        match required("grant_type")? {
            "authorization_code" => Ok(Self::Code {
                code: required("code")?,
                redirect_uri: required("redirect_uri")?,
                verifier: form.one("code_verifier")?,
            }),
            "refresh_token" => Ok(Self::Refresh { token: required("refresh_token")? }),
            "client_credentials" => {
                let words = |scopes: &str| scopes.split_whitespace().map(str::to_owned).collect();
                let metadata = form.one("aws_client_metadata")?;
                let metadata = metadata.map(serde_json::from_str).transpose();
                Ok(Self::Client {
                    scopes: form.one("scope")?.map(words),
                    metadata: metadata.map_err(|_| TokenError::InvalidRequest)?,
                })
            }
            _ => Err(TokenError::UnsupportedGrantType),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn credentials() {
        let check = |header: Option<&str>, form: &str, expected: &str| {
            let found = match Credentials::read(header, &Parameters::parse(form)) {
                Ok(found) => format!("{} {}", found.client_id, found.secret.unwrap_or_default()),
                Err(error) => error.to_string(),
            };
            assert_eq!(found.trim_end(), expected, "{header:?} {form}");
        };
        check(None, "client_id=a&client_secret=s", "a s");
        check(None, "client_id=a", "a");
        check(None, "", "invalid_request");
        check(None, "client_id=a&client_id=a", "invalid_request");
        check(Some(&header("a:s")), "", "a s");
        check(Some(&header("a:s")), "client_id=a", "a s");
        check(Some(&header("a:s")), "client_id=b", "invalid_client");
        check(Some(&header("a:s")), "client_id=a&client_secret=s", "invalid_request");
        check(Some(&header("a:s:%3A+%25")), "", "a s::+%");
        check(Some(&header("a:")), "", "a");
        check(Some(&header("a")), "", "invalid_client");
        check(Some("Bearer x"), "client_id=a&client_secret=s", "invalid_client");
        check(Some("Basic !"), "", "invalid_client");
    }

    #[test]
    fn grants() {
        let check = |form: &str, expected: Result<(), TokenError>| {
            assert_eq!(Grant::read(&Parameters::parse(form)).map(drop), expected, "{form}");
        };
        check("grant_type=authorization_code&code=c&redirect_uri=u", Ok(()));
        check("grant_type=authorization_code&code=c", Err(TokenError::InvalidRequest));
        check("grant_type=authorization_code&redirect_uri=u", Err(TokenError::InvalidRequest));
        check("grant_type=authorization_code&code=c&code=d&redirect_uri=u", Err(TokenError::InvalidRequest));
        check("grant_type=refresh_token", Err(TokenError::InvalidRequest));
        check("grant_type=client_credentials", Ok(()));
        check("grant_type=client_credentials&aws_client_metadata=%7B%22a%22%3A%22b%22%7D", Ok(()));
        check("grant_type=client_credentials&aws_client_metadata=x", Err(TokenError::InvalidRequest));
        check("grant_type=password", Err(TokenError::UnsupportedGrantType));
        check("", Err(TokenError::InvalidRequest));
    }
}
