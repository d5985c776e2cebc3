//! Tests of the engine as a whole: what is accepted, each attack, and whatever bytes may come.

mod attacks;
mod bytes;
mod encrypted;
mod metadata;
mod requests;
mod responses;
mod vectors;

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::ResponseError;
use crate::testing::{Answer, IdentityProvider, fresh_key};
use crate::{Encryption, Expected, Identity, Initiator, Metadata, Response, ServiceKey};

const NOW: i64 = 1_795_606_200;
const AUDIENCE: &str = "urn:amazon:cognito:sp:us-east-1_AbCdEf123";
const RECIPIENT: &str = "http://localhost:9229/saml2/idpresponse";
const REQUEST: &str = "_request-1";

static IDP: LazyLock<IdentityProvider> =
    LazyLock::new(|| IdentityProvider::new("https://idp.example.com").unwrap());
static STRANGER: LazyLock<IdentityProvider> =
    LazyLock::new(|| IdentityProvider::new("https://idp.example.com").unwrap());
static POOL_KEY: LazyLock<ServiceKey> = LazyLock::new(|| fresh_key().unwrap());
static METADATA: LazyLock<Metadata> =
    LazyLock::new(|| Metadata::parse(&IDP.metadata("https://idp.example.com")).unwrap());

fn expected() -> Expected<'static> {
    Expected {
        metadata: &METADATA,
        audience: AUDIENCE,
        recipient: RECIPIENT,
        initiator: Initiator::ServiceProvider { request_id: REQUEST },
        encryption: Encryption::None,
        now: NOW,
    }
}

fn answer() -> Answer {
    Answer {
        request_id: Some(REQUEST.to_owned()),
        audience: AUDIENCE.to_owned(),
        recipient: RECIPIENT.to_owned(),
        assertion_id: "_assertion-1".to_owned(),
        name_id: "Alice@example.com".to_owned(),
        attributes: vec![
            ("email".to_owned(), vec!["alice@example.com".to_owned()]),
            ("groups".to_owned(), vec!["admins".to_owned(), "users & more".to_owned()]),
        ],
        now: NOW,
    }
}

/// A signed assertion in a response.
fn good() -> String {
    IDP.response(&answer(), &IDP.sign(&IDP.assertion(&answer())).unwrap())
}

fn verify(xml: &str, expected: &Expected<'_>) -> Result<Identity, ResponseError> {
    Response::decode(&STANDARD.encode(xml))?.verify(expected)
}
