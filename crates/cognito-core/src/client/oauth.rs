//! The OAuth members of a client's settings.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>

use std::collections::BTreeSet;

use cognito_api::wire;

use super::Settings;

/// The scopes that every pool has.
pub const SCOPES: [&str; 5] = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/// Why OAuth members are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// client_credentials stands beside another flow.
    #[error("client_credentials beside another flow")]
    ClientCredentialsAndMore,
    /// client_credentials without a secret.
    #[error("client_credentials without a secret")]
    ClientCredentialsWithoutSecret,
    /// A scope that is about users, with client_credentials.
    #[error("a scope of users with client_credentials")]
    ScopeOfUsers(String),
    /// A scope that the pool does not have.
    #[error("no such scope")]
    Scope(String),
    /// AllowedOAuthFlowsUserPoolClient is true without flows or scopes.
    #[error("OAuth without flows or scopes")]
    NothingAllowed,
    /// Not an absolute URL of a scheme that may be redirected to, or it has a fragment.
    #[error("not a redirect URL")]
    Url(String),
    /// `http` with a host other than the local one.
    #[error("http beyond the local host")]
    PlainHttp(String),
    /// DefaultRedirectURI is not among CallbackURLs.
    #[error("a default redirect URI that is no callback URL")]
    DefaultRedirect,
}

/// Checks the OAuth members. `custom` are those of the scopes that resource servers of the pool have. That AWS takes them while AllowedOAuthFlowsUserPoolClient is false, against its
/// documentation, is on record: <https://github.com/hashicorp/terraform-provider-aws/issues/34945>.
pub(super) fn check(
    settings: &Settings,
    confidential: bool,
    custom: &BTreeSet<String>,
) -> Result<(), OAuthError> {
    let flows = settings.allowed_oauth_flows.as_deref().unwrap_or_default();
    let scopes = settings.allowed_oauth_scopes.as_deref().unwrap_or_default();
    if settings.allowed_oauth_flows_user_pool_client && (flows.is_empty() || scopes.is_empty()) {
        return Err(OAuthError::NothingAllowed);
    }
    check_scopes(flows, scopes, confidential, custom)?;
    let callbacks = settings.callback_urls.as_deref().unwrap_or_default();
    let logouts = settings.logout_urls.as_deref().unwrap_or_default();
    callbacks.iter().chain(logouts).try_for_each(|url| check_url(url))?;
    match &settings.default_redirect_uri {
        Some(default) if !callbacks.contains(default) => Err(OAuthError::DefaultRedirect),
        _ => Ok(()),
    }
}

fn check_scopes(
    flows: &[wire::OAuthFlowType],
    scopes: &[String],
    confidential: bool,
    custom: &BTreeSet<String>,
) -> Result<(), OAuthError> {
    let for_clients = flows.contains(&wire::OAuthFlowType::ClientCredentials);
    if for_clients && flows.iter().any(|flow| *flow != wire::OAuthFlowType::ClientCredentials) {
        return Err(OAuthError::ClientCredentialsAndMore);
    }
    if for_clients && !confidential {
        return Err(OAuthError::ClientCredentialsWithoutSecret);
    }
    for scope in scopes {
        match SCOPES.contains(&scope.as_str()) {
            true if for_clients => return Err(OAuthError::ScopeOfUsers(scope.clone())),
            false if !custom.contains(scope) => return Err(OAuthError::Scope(scope.clone())),
            _ => {}
        }
    }
    Ok(())
}

/// An absolute URL without a fragment: https, http to the local host, or a scheme of an app.
/// Schemes that a browser runs or reads are refused; that is our own rule.
pub(crate) fn check_url(url: &str) -> Result<(), OAuthError> {
    let wrong = || OAuthError::Url(url.to_owned());
    let (scheme, rest) = url.split_once(':').ok_or_else(wrong)?;
    let letters = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(letters);
    if !named || rest.is_empty() || url.contains(['#', '\\']) || url.contains(char::is_whitespace) {
        return Err(wrong());
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => host(rest).map(drop).ok_or_else(wrong),
        "http" => match host(rest).ok_or_else(wrong)? {
            "localhost" | "127.0.0.1" | "[::1]" => Ok(()),
            _ => Err(OAuthError::PlainHttp(url.to_owned())),
        },
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" => Err(wrong()),
        _ => Ok(()),
    }
}

/// The host of what follows `https:`, without user and port; None if it has none, or a user.
fn host(rest: &str) -> Option<&str> {
    let authority = rest.strip_prefix("//")?.split(['/', '?']).next()?;
    let host = match authority.find(']') {
        Some(end) if authority.starts_with('[') => &authority[..=end],
        _ => authority.split(':').next()?,
    };
    (!host.is_empty() && !authority.contains('@')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let check =
            |url: &str, expected: Result<(), OAuthError>| assert_eq!(check_url(url), expected, "{url}");
        for good in [
            "https://example.com/callback",
            "https://example.com",
            "http://localhost",
            "http://localhost:3000/a?b=c",
            "http://127.0.0.1:8080/",
            "http://[::1]:8080/",
            "myapp://callback",
            "com.example.app:/oauth",
            "HTTPS://example.com/",
        ] {
            check(good, Ok(()));
        }
        for bad in [
            "",
            "/callback",
            "example.com/callback",
            "https://",
            "https:///x",
            "https:x",
            "https://a/#b",
            "://x",
            "1a://x",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://user@example.com/",
            "https://a\\b/",
            "myapp:",
        ] {
            check(bad, Err(OAuthError::Url(bad.to_owned())));
        }
        for plain in
            ["http://example.com/", "http://localhost.example.com/", "http://127.0.0.2/", "http://[::2]/"]
        {
            check(plain, Err(OAuthError::PlainHttp(plain.to_owned())));
        }
    }

    #[test]
    fn scopes() {
        use wire::OAuthFlowType::{ClientCredentials, Code, Implicit};
        let check = |flows: &[wire::OAuthFlowType],
                     scopes: &[&str],
                     secret: bool,
                     expected: Result<(), OAuthError>| {
            let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
            let custom = BTreeSet::from(["a/b".to_owned()]);
            assert_eq!(check_scopes(flows, &scopes, secret, &custom), expected, "{flows:?} {scopes:?}");
        };
        check(&[Code, Implicit], &SCOPES, false, Ok(()));
        check(&[Code], &["openid", "a/b"], false, Ok(()));
        check(&[Code], &["openid", "a/c"], false, Err(OAuthError::Scope("a/c".to_owned())));
        check(&[Code], &["a"], false, Err(OAuthError::Scope("a".to_owned())));
        check(&[Code, ClientCredentials], &[], true, Err(OAuthError::ClientCredentialsAndMore));
        check(&[ClientCredentials], &[], false, Err(OAuthError::ClientCredentialsWithoutSecret));
        check(&[ClientCredentials], &[], true, Ok(()));
        check(&[ClientCredentials], &["openid"], true, Err(OAuthError::ScopeOfUsers("openid".to_owned())));
        check(&[ClientCredentials], &["a/b"], true, Ok(()));
        check(&[ClientCredentials], &["a/c"], true, Err(OAuthError::Scope("a/c".to_owned())));
    }
}
