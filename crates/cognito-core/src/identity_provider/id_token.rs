//! What the ID token of a provider must say (OpenID Connect Core 1.0, section 3.1.3.7), beside its signature.

use cognito_api::wire::IdentityProviderTypeType as Type;
use serde_json::{Map, Value};

use super::IdentityProvider;
use crate::secret;
use crate::time::Time;

/// Why an ID token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// Another issuer's.
    #[error("the issuer is another")]
    Issuer,
    /// For somebody else.
    #[error("the audience is another")]
    Audience,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Not the answer to this request.
    #[error("the nonce is another")]
    Nonce,
}

impl IdentityProvider {
    /// Checks the claims of an ID token whose signature is good.
    ///
    /// # Errors
    /// [`IdTokenError`]
    pub fn check_id_token(
        &self,
        claims: &Map<String, Value>,
        nonce: &str,
        now: Time,
    ) -> Result<(), IdTokenError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let issuer = text("iss").ok_or(IdTokenError::Issuer)?;
        // Google leaves the scheme out in some of its tokens, as it documents.
        let bare = self.kind == Type::Google && self.issuer() == Some(&format!("https://{issuer}"));
        if self.issuer() != Some(issuer) && !bare {
            return Err(IdTokenError::Issuer);
        }
        let client_id = self.detail("client_id").unwrap_or_default();
        let alone = match claims.get("aud") {
            Some(Value::String(audience)) => audience == client_id,
            Some(Value::Array(audiences)) => {
                let named = audiences.iter().any(|audience| audience == client_id);
                named && (audiences.len() == 1 || text("azp") == Some(client_id))
            }
            _ => false,
        };
        if !alone {
            return Err(IdTokenError::Audience);
        }
        let until = claims.get("exp").and_then(Value::as_f64).ok_or(IdTokenError::Expired)?;
        #[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^52")]
        if now.seconds() as f64 >= until {
            return Err(IdTokenError::Expired);
        }
        if !secret::equal(text("nonce").unwrap_or_default().as_bytes(), nonce.as_bytes()) {
            return Err(IdTokenError::Nonce);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::google_with;
    use super::*;

    fn check(change: (&str, Value), expected: Result<(), IdTokenError>) {
        let mut claims = json!({
            "iss": "https://accounts.google.com", "aud": "id", "exp": 100, "nonce": "n", "sub": "7",
        });
        claims[change.0] = change.1.clone();
        let claims = claims.as_object().unwrap();
        let outcome = google_with(json!({})).check_id_token(claims, "n", Time(99_000));
        assert_eq!(outcome, expected, "{change:?}");
    }

    #[test]
    fn claims_of_id_tokens() {
        check(("sub", json!("8")), Ok(()));
        check(("iss", json!("accounts.google.com")), Ok(()));
        check(("iss", json!("https://evil.example")), Err(IdTokenError::Issuer));
        check(("iss", Value::Null), Err(IdTokenError::Issuer));
        check(("aud", json!(["id"])), Ok(()));
        check(("aud", json!(["id", "other"])), Err(IdTokenError::Audience));
        check(("aud", json!("other")), Err(IdTokenError::Audience));
        check(("aud", json!([])), Err(IdTokenError::Audience));
        check(("exp", json!(99)), Err(IdTokenError::Expired));
        check(("exp", json!("soon")), Err(IdTokenError::Expired));
        check(("nonce", json!("other")), Err(IdTokenError::Nonce));
        check(("nonce", Value::Null), Err(IdTokenError::Nonce));
    }
}
