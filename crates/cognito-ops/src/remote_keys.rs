//! The signing keys of issuers elsewhere: fetched by HTTP when they are needed, and kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cognito_jwt::{KeyError, KeySet, KeySetLimits, VerifyError};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::issuers::Unverified;
use crate::ports::{IdpClient, IdpError, IdpRequest};

/// How long keys are good: API Gateway's two hours.
const GOOD_FOR: Duration = Duration::from_secs(2 * 60 * 60);

/// How long an issuer is left alone after it was asked, whatever it has answered: tokens that name keys which nobody
/// has, or a dead issuer, must not make this server call it again and again.
const PAUSE: Duration = Duration::from_secs(5);

/// How long it may take to get the keys of an issuer, all in all. API Gateway's.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// How long it may take to get a JWKS document: as long as everything else that an identity provider is asked for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many bytes each document may have. API Gateway's.
const LONGEST: usize = 150_000;

/// Of how many issuers keys are kept.
const PLACES: usize = 200;

/// Where keys are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// Where the discovery document of an issuer says: that of an authorizer, which takes RSA signatures only.
    Issuer(String),
    /// The JWKS document at this URL: that of an identity provider, which may sign with ECDSA as well.
    Jwks(String),
}

/// The keys of issuers elsewhere, by where they are.
#[derive(Default)]
pub(crate) struct RemoteKeys(Mutex<HashMap<Place, Arc<Slot>>>);

/// What is known of one place.
#[derive(Default)]
struct Slot {
    held: Mutex<Held>,
    /// Taken by who fetches; the others wait for it.
    flight: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Held {
    keys: Option<(Arc<KeySet>, Instant)>,
    /// When the issuer was asked last.
    asked: Option<Instant>,
}

impl RemoteKeys {
    /// The claims of a token that was signed with a key of this place.
    ///
    /// # Errors
    /// [`Unverified`]
    pub(crate) async fn verify(
        &self,
        idps: &Arc<dyn IdpClient>,
        place: &Place,
        token: &str,
    ) -> Result<Map<String, Value>, Unverified> {
        let kid = cognito_jwt::unverified_header(token)?.kid;
        let keys = self.keys(idps, place, &kid).await?;
        Ok(match place {
            Place::Issuer(_) => cognito_jwt::verify(token, &keys)?,
            Place::Jwks(_) => cognito_jwt::verify_any(token, &keys)?,
        })
    }

    /// Forgets what is known of a place. What a fetch brings that is under way is forgotten with it.
    pub(crate) fn forget(&self, place: &Place) {
        locked(&self.0).remove(place);
    }

    /// The keys of a place, if the one of this name is among them.
    async fn keys(
        &self,
        idps: &Arc<dyn IdpClient>,
        place: &Place,
        kid: &str,
    ) -> Result<Arc<KeySet>, Unverified> {
        let slot = self.slot(place);
        if let Some(answer) = slot.answer(kid) {
            return answer;
        }
        let flight = Arc::clone(&slot.flight).lock_owned().await;
        // Whoever came first has asked for all.
        if let Some(answer) = slot.answer(kid) {
            return answer;
        }
        let (idps, place, asked) = (Arc::clone(idps), place.clone(), Arc::clone(&slot));
        // A task of its own: a caller who goes away does not end it for those who wait.
        let task = tokio::spawn(async move {
            asked.put(fetch(&*idps, &place).await);
            drop(flight);
        });
        if let Err(error) = task.await {
            tracing::error!(%error, "the keys of an issuer were not fetched");
        }
        slot.answer(kid).unwrap_or(Err(Unverified::NoKeys))
    }

    /// What is known of a place. Where too many are known, the one that was asked least recently is forgotten.
    fn slot(&self, place: &Place) -> Arc<Slot> {
        let mut slots = locked(&self.0);
        if let Some(slot) = slots.get(place) {
            return Arc::clone(slot);
        }
        if slots.len() >= PLACES {
            let oldest = slots.iter().min_by_key(|(_, slot)| locked(&slot.held).asked);
            if let Some(oldest) = oldest.map(|(place, _)| place.clone()) {
                slots.remove(&oldest);
            }
        }
        Arc::clone(slots.entry(place.clone()).or_default())
    }
}

impl Slot {
    fn answer(&self, kid: &str) -> Option<Result<Arc<KeySet>, Unverified>> {
        locked(&self.held).answer(kid, Instant::now())
    }

    /// Keys that are still good stay if there are no newer ones.
    fn put(&self, keys: Option<KeySet>) {
        let now = Instant::now();
        let mut held = locked(&self.held);
        held.asked = Some(now);
        if let Some(keys) = keys {
            held.keys = Some((Arc::new(keys), now));
        }
    }
}

impl Held {
    /// `None`: the issuer is to be asked.
    fn answer(&self, kid: &str, now: Instant) -> Option<Result<Arc<KeySet>, Unverified>> {
        let good = self.keys.as_ref().filter(|(_, fetched)| now.duration_since(*fetched) < GOOD_FOR);
        let missing = match good {
            Some((keys, _)) if keys.get(kid).is_some() => return Some(Ok(Arc::clone(keys))),
            Some(_) => Unverified::Token(VerifyError::UnknownKey),
            None => Unverified::NoKeys,
        };
        self.asked.filter(|asked| now.duration_since(*asked) < PAUSE).map(|_| Err(missing))
    }
}

/// A panic while the lock was held leaves what is still whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why an issuer's keys cannot be had. For the log: clients are told none of it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Idp(#[from] IdpError),
    #[error("failed to get a document: the status is {0}")]
    Status(u16),
    #[error("failed to read a document of more than {LONGEST} bytes")]
    TooLong,
    #[error("failed to read the discovery document: {0}")]
    Discovery(&'static str),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("failed to get the keys in time")]
    TimedOut,
}

async fn fetch(idps: &dyn IdpClient, place: &Place) -> Option<KeySet> {
    let patience = match place {
        Place::Issuer(_) => TIMEOUT,
        Place::Jwks(_) => PATIENCE,
    };
    let fetched = tokio::time::timeout(patience, key_set(idps, place)).await;
    match fetched.unwrap_or(Err(Failure::TimedOut)) {
        Ok(keys) => Some(keys),
        Err(error) => {
            tracing::info!(?place, %error, "an issuer's keys cannot be had");
            None
        }
    }
}

async fn key_set(idps: &dyn IdpClient, place: &Place) -> Result<KeySet, Failure> {
    let text = match place {
        Place::Jwks(url) => document(idps, url.clone()).await?,
        Place::Issuer(url) => {
            let discovery = format!("{}/.well-known/openid-configuration", url.trim_end_matches('/'));
            let discovered = document(idps, discovery).await?;
            document(idps, jwks_uri(url, &discovered)?).await?
        }
    };
    Ok(KeySet::from_json(&text, KeySetLimits { bytes: LONGEST, ..KeySetLimits::default() })?)
}

async fn document(idps: &dyn IdpClient, url: String) -> Result<String, Failure> {
    let answer = idps.send(IdpRequest { url, limit: Some(LONGEST), ..IdpRequest::default() }).await?;
    if answer.status != 200 {
        return Err(Failure::Status(answer.status));
    }
    // A client may be one that knows no limit.
    if answer.body.len() > LONGEST {
        return Err(Failure::TooLong);
    }
    String::from_utf8(answer.body).map_err(|_| Failure::Discovery("it is not UTF-8"))
}

/// Where the keys of an issuer are. Its document must be about this issuer (OpenID Connect Discovery 1.0, section
/// 4.3), and must not lead from https to http.
fn jwks_uri(issuer: &str, document: &str) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Document {
        issuer: String,
        jwks_uri: String,
    }
    let document: Document =
        serde_json::from_str(document).map_err(|_| Failure::Discovery("issuer or jwks_uri is missing"))?;
    if document.issuer != issuer {
        return Err(Failure::Discovery("it is about another issuer"));
    }
    if issuer.starts_with("https:") && !document.jwks_uri.starts_with("https:") {
        return Err(Failure::Discovery("the keys are not behind https"));
    }
    Ok(document.jwks_uri)
}

#[cfg(test)]
mod tests;
