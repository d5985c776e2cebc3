//! What the ID token of a provider must say (OpenID Connect Core 1.0, section 3.1.3.7), beside its signature.

use cognito_api::wire::IdentityProviderTypeType as Type;
use serde_json::{Map, Value};

use super::IdentityProvider;
use super::details::NAMES_ITSELF;
use crate::oauth::interaction::Federation;
use crate::secret;
use crate::time::Time;

/// Seconds by which the clocks of the two sides may differ.
const SKEW: i64 = 60;

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
    /// The user has signed in too long ago.
    #[error("the sign-in is too old")]
    TooOld,
    /// Not the answer to this request.
    #[error("the nonce is another")]
    Nonce,
}

impl IdentityProvider {
    /// Whether an answer with this `iss` is its own (RFC 9207). Who has announced to give it must give it: otherwise
    /// a browser that went to another provider could come back with the code of this one.
    pub fn answers_as(&self, issuer: Option<&str>) -> bool {
        match (issuer, self.issuer()) {
            (Some(issuer), Some(own)) => issuer == own,
            (Some(_), None) => true,
            (None, _) => self.found.get(NAMES_ITSELF).is_none(),
        }
    }

    /// Checks the claims of an ID token whose signature is good.
    ///
    /// # Errors
    /// [`IdTokenError`]
    pub fn check_id_token(
        &self,
        claims: &Map<String, Value>,
        asked: &Federation,
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
        let (named, alone) = match claims.get("aud") {
            Some(Value::String(audience)) => (audience == client_id, true),
            Some(Value::Array(audiences)) => {
                (audiences.iter().any(|audience| audience == client_id), audiences.len() == 1)
            }
            _ => (false, false),
        };
        let authorized = match claims.get("azp") {
            Some(party) => party == client_id,
            None => alone,
        };
        if !named || !authorized {
            return Err(IdTokenError::Audience);
        }
        let until = claims.get("exp").and_then(Value::as_f64).ok_or(IdTokenError::Expired)?;
        #[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^52")]
        if now.seconds() as f64 >= until {
            return Err(IdTokenError::Expired);
        }
        if !secret::equal(text("nonce").unwrap_or_default().as_bytes(), asked.nonce.as_bytes()) {
            return Err(IdTokenError::Nonce);
        }
        // Providers that do not know `max_age`, as Google, do not say when the user signed in either.
        let signed_in = claims.get("auth_time").and_then(Value::as_i64);
        let age = signed_in.map(|then| now.seconds().saturating_sub(then));
        if age.zip(asked.max_age).is_some_and(|(age, most)| age > i64::from(most) + SKEW) {
            return Err(IdTokenError::TooOld);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Endpoints;
    use super::super::tests::google_with;
    use super::*;

    fn asked(max_age: Option<u32>) -> Federation {
        let text = |text: &str| text.to_owned();
        Federation {
            provider: text("Google"),
            state: text("s"),
            nonce: text("n"),
            verifier: text("v"),
            max_age,
        }
    }

    #[test]
    fn ages() {
        let check = |auth_time: Value, max_age: Option<u32>, good: bool| {
            let mut claims =
                json!({ "iss": "https://accounts.google.com", "exp": 9_999, "nonce": "n", "aud": "id" });
            claims["auth_time"] = auth_time.clone();
            let outcome = google_with(json!({})).check_id_token(
                claims.as_object().unwrap(),
                &asked(max_age),
                Time(1_000_000),
            );
            let expected = if good { Ok(()) } else { Err(IdTokenError::TooOld) };
            assert_eq!(outcome, expected, "{auth_time} {max_age:?}");
        };
        check(json!(0), None, true);
        check(json!(900), Some(100), true);
        check(json!(840), Some(100), true);
        check(json!(839), Some(100), false);
        check(json!(939), Some(0), false);
        check(json!(1_100), Some(0), true);
        check(Value::Null, Some(0), true);
        check(json!(0), Some(u32::MAX), true);
    }

    /// Google with an audience and an authorized party.
    fn parties(aud: Value, azp: Value) -> bool {
        let mut claims =
            json!({ "iss": "https://accounts.google.com", "exp": 100, "nonce": "n", "aud": aud });
        if !azp.is_null() {
            claims["azp"] = azp;
        }
        google_with(json!({})).check_id_token(claims.as_object().unwrap(), &asked(None), Time(0)).is_ok()
    }

    #[test]
    fn authorized_parties() {
        assert!(parties(json!("id"), json!("id")));
        assert!(!parties(json!("id"), json!("other")));
        assert!(parties(json!(["id", "other"]), json!("id")));
        assert!(!parties(json!(["id", "other"]), json!("other")));
        assert!(!parties(json!(["id", "other"]), Value::Null));
        assert!(!parties(json!(["other"]), json!("id")));
    }

    #[test]
    fn issuers_of_answers() {
        let google = google_with(json!({}));
        assert!(google.answers_as(None));
        assert!(google.answers_as(Some("https://accounts.google.com")));
        assert!(!google.answers_as(Some("https://evil.example")));
        let mut announced = google;
        let document = json!({
            "issuer": "https://a.example", "authorization_endpoint": "https://a.example/auth",
            "token_endpoint": "https://a.example/token", "jwks_uri": "https://a.example/jwks",
            "authorization_response_iss_parameter_supported": true,
        });
        announced.found =
            Endpoints::from_discovery("https://a.example", document.to_string().as_bytes()).unwrap();
        assert!(!announced.answers_as(None));
        assert!(announced.answers_as(Some("https://a.example")));
        assert!(!announced.answers_as(Some("https://accounts.google.com")));
    }

    fn check(change: (&str, Value), expected: Result<(), IdTokenError>) {
        let mut claims = json!({
            "iss": "https://accounts.google.com", "aud": "id", "exp": 100, "nonce": "n", "sub": "7",
        });
        claims[change.0] = change.1.clone();
        let claims = claims.as_object().unwrap();
        let outcome = google_with(json!({})).check_id_token(claims, &asked(None), Time(99_000));
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
