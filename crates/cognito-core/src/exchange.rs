//! Token exchange (RFC 8693): what the token of GetDerivedToken may do, and for whom it says that it acts.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetDerivedToken.html>

use cognito_api::wire::{self, ExplicitAuthFlowsType as Flow};
use serde_json::{Map, Value, json};

use crate::time::Time;

/// The most actors that a token names: each exchange may add one, and a token must not grow without end.
pub const MAX_ACTORS: usize = 8;

/// Why a token is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// Both Audiences and Resources were given.
    #[error("both an audience and a resource")]
    TwoTargets,
    /// ActorToken without ActorTokenType.
    #[error("an actor's token without its type")]
    ActorWithoutType,
    /// ActorTokenType or ActorTokenProviderName without ActorToken (RFC 8693, section 2.1).
    #[error("the type of an actor's token that is not there")]
    TypeWithoutActor,
    /// The token would name more than [`MAX_ACTORS`].
    #[error("too many actors")]
    TooManyActors,
    /// An ID token is wanted, and the subject is a client.
    #[error("an ID token about no user")]
    NoUser,
}

/// Where the new token is to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A service by any name.
    Audience(String),
    /// A resource server of the pool, by its identifier.
    Resource(String),
}

/// A token as it stands in the request.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The token.
    pub token: &'a str,
    /// What it is said to be.
    pub kind: wire::TokenTypeIdentifierType,
    /// The third party that issued it, by its name in the pool.
    pub provider: Option<&'a str>,
}

/// What a request says, once it does not contradict itself.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The token that is exchanged.
    pub subject: Sent<'a>,
    /// The token of who will act for the subject.
    pub actor: Option<Sent<'a>>,
    /// Where the new token is to be used.
    pub target: Option<Target>,
}

impl<'a> Request<'a> {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ExchangeError`]
    pub fn new(input: &'a wire::GetDerivedTokenRequest) -> Result<Self, ExchangeError> {
        let first = |list: &Option<Vec<String>>| list.as_ref().and_then(|list| list.first()).cloned();
        let target = match (first(&input.audiences), first(&input.resources)) {
            (Some(_), Some(_)) => return Err(ExchangeError::TwoTargets),
            (audience, resource) => audience.map(Target::Audience).or(resource.map(Target::Resource)),
        };
        let provider = input.actor_token_provider_name.as_deref();
        let actor = match (&input.actor_token, input.actor_token_type) {
            (Some(token), Some(kind)) => Some(Sent { token, kind, provider }),
            (Some(_), None) => return Err(ExchangeError::ActorWithoutType),
            (None, None) if provider.is_none() => None,
            (None, _) => return Err(ExchangeError::TypeWithoutActor),
        };
        let subject = Sent {
            token: &input.subject_token,
            kind: input.subject_token_type,
            provider: input.subject_token_provider_name.as_deref(),
        };
        Ok(Self { subject, actor, target })
    }

    /// The flow that the client must be allowed: with an actor the token says that somebody acts for the subject.
    pub fn flow(&self) -> Flow {
        match self.actor {
            Some(_) => Flow::AllowTokenExchangeDelegation,
            None => Flow::AllowTokenExchangeImpersonation,
        }
    }
}

/// The scopes of the new token: those of the subject's that are wanted and that the client may ask for; all of the
/// subject's if nothing is said.
pub fn granted_scopes(subject: &[String], wanted: &[String], allowed: &[String]) -> Vec<String> {
    let granted = |scope: &&String| wanted.is_empty() || (wanted.contains(scope) && allowed.contains(scope));
    subject.iter().filter(granted).cloned().collect()
}

/// The actors that a token names, the present one first (RFC 8693, section 4.1).
pub fn actors(claims: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = claims.get("act");
    while let Some(act) = next {
        found.extend(act.get("sub").and_then(Value::as_str).map(str::to_owned));
        next = act.get("act");
    }
    found
}

/// Who acts in the new token, the present actor first: the actor, those through whom it acts, and those who acted for
/// the subject before. `actor` is the actor's subject and its own actors; without one nobody is added.
///
/// # Errors
/// [`ExchangeError::TooManyActors`]
pub fn chain(actor: Option<(&str, &[String])>, subject: &[String]) -> Result<Vec<String>, ExchangeError> {
    let mut chain = Vec::new();
    if let Some((sub, actors)) = actor {
        chain.push(sub.to_owned());
        chain.extend_from_slice(actors);
    }
    chain.extend_from_slice(subject);
    if chain.len() > MAX_ACTORS { Err(ExchangeError::TooManyActors) } else { Ok(chain) }
}

/// Binds the claims of a new token to what it comes from: it ends by then, is for that audience if there is one, and
/// names the actors.
pub fn bind(claims: &mut Map<String, Value>, end: Time, audience: Option<&Value>, actors: &[String]) {
    let exp = claims.get("exp").and_then(Value::as_i64).unwrap_or(i64::MAX);
    claims.insert("exp".to_owned(), json!(exp.min(end.seconds())));
    if let Some(audience) = audience {
        claims.insert("aud".to_owned(), audience.clone());
    }
    let nested = actors.iter().rev().fold(None, |inner: Option<Value>, sub| {
        Some(match inner {
            None => json!({ "sub": sub }),
            Some(act) => json!({ "sub": sub, "act": act }),
        })
    });
    if let Some(act) = nested {
        claims.insert("act".to_owned(), act);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn requests() {
        let check = |more: Value, expected: Result<Flow, ExchangeError>| {
            let mut input =
                json!({ "ClientId": "c", "SubjectToken": "s", "SubjectTokenType": "ACCESS_TOKEN" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let input = serde_json::from_value(input).unwrap();
            assert_eq!(Request::new(&input).map(|request| request.flow()), expected, "{more}");
        };
        check(json!({}), Ok(Flow::AllowTokenExchangeImpersonation));
        check(
            json!({ "ActorToken": "a", "ActorTokenType": "ID_TOKEN" }),
            Ok(Flow::AllowTokenExchangeDelegation),
        );
        check(json!({ "ActorToken": "a" }), Err(ExchangeError::ActorWithoutType));
        check(json!({ "ActorTokenType": "ID_TOKEN" }), Err(ExchangeError::TypeWithoutActor));
        check(json!({ "ActorTokenProviderName": "x" }), Err(ExchangeError::TypeWithoutActor));
        check(json!({ "Audiences": ["a"], "Resources": ["b"] }), Err(ExchangeError::TwoTargets));
        check(json!({ "Audiences": ["a"], "Resources": [] }), Ok(Flow::AllowTokenExchangeImpersonation));
    }

    #[test]
    fn scopes() {
        let check = |subject: &str, wanted: &str, allowed: &str, expected: &str| {
            assert_eq!(granted_scopes(&list(subject), &list(wanted), &list(allowed)), list(expected));
        };
        check("a b", "", "", "a b");
        check("a b", "", "a", "a b");
        check("a b c", "a b", "b c", "b");
        check("a", "b", "a b", "");
        check("", "a", "a", "");
        check("", "", "a", "");
    }

    #[test]
    fn actors_are_nested() {
        let check = |actor: Option<(&str, &str)>, subject: &str, expected: Value| {
            let actor = actor.map(|(sub, actors)| (sub, list(actors)));
            let actor = actor.as_ref().map(|(sub, actors)| (*sub, actors.as_slice()));
            let chain = chain(actor, &list(subject)).unwrap();
            let mut claims = Map::new();
            bind(&mut claims, Time(0), None, &chain);
            assert_eq!(claims.get("act").cloned().unwrap_or_default(), expected);
            assert_eq!(actors(&claims), chain, "what is written is read");
        };
        check(None, "", Value::Null);
        check(None, "x", json!({ "sub": "x" }));
        check(Some(("a", "")), "", json!({ "sub": "a" }));
        check(Some(("a", "b")), "", json!({ "sub": "a", "act": { "sub": "b" } }));
        check(
            Some(("a", "b")),
            "x y",
            json!({
                "sub": "a", "act": { "sub": "b", "act": { "sub": "x", "act": { "sub": "y" } } },
            }),
        );
        let many = list("1 2 3 4 5 6 7 8");
        assert!(chain(None, &many).is_ok());
        assert_eq!(chain(Some(("a", &[])), &many), Err(ExchangeError::TooManyActors));
    }

    #[test]
    fn bounds() {
        let check = |exp: i64, end: i64, expected: i64| {
            let mut claims = Map::from_iter([("exp".to_owned(), json!(exp))]);
            bind(&mut claims, Time::from_seconds(end), Some(&json!("orders")), &[]);
            assert_eq!(Value::Object(claims), json!({ "exp": expected, "aud": "orders" }));
        };
        check(100, 50, 50);
        check(50, 100, 50);
    }
}
