//! How messages travel: in the query of a redirect or in a form (SAML Bindings 3.4 and 3.5).

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{ResponseError, SamlError};
use crate::key::ServiceKey;
use crate::metadata::{Binding, Endpoint};
use crate::names;
use crate::signature;

/// The most characters of a message: Amazon Cognito's quota.
pub const MESSAGE_LIMIT: usize = 100_000;

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Whether a message asks or answers, which is the name of its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// `SAMLRequest`
    Request,
    /// `SAMLResponse`
    Response,
}

impl Message {
    /// The name of the parameter or form field.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// How the browser brings a message to the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is redirected to this URL.
    Redirect(String),
    /// It posts a form.
    Post {
        /// To this URL.
        action: String,
        /// With these fields.
        fields: Vec<(&'static str, String)>,
    },
}

/// Packs a message for an endpoint, signed if there is a key.
pub(crate) fn deliver(
    message: Message,
    text: &str,
    endpoint: &Endpoint,
    relay_state: Option<&str>,
    key: Option<&ServiceKey>,
) -> Result<Delivery, SamlError> {
    match endpoint.binding {
        Binding::Redirect => {
            redirect(message, text, &endpoint.location, relay_state, key).map(Delivery::Redirect)
        }
        Binding::Post => {
            let signed = key.map(|key| signature::sign(text, key)).transpose()?;
            let mut fields = vec![(message.parameter(), STANDARD.encode(signed.as_deref().unwrap_or(text)))];
            fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
            Ok(Delivery::Post { action: endpoint.location.clone(), fields })
        }
    }
}

/// The signature covers the octets of the query as they are sent, in this order (Bindings 3.4.4.1).
fn redirect(
    message: Message,
    text: &str,
    location: &str,
    relay_state: Option<&str>,
    key: Option<&ServiceKey>,
) -> Result<String, SamlError> {
    let mut query = format!("{}={}", message.parameter(), encode(&STANDARD.encode(deflate(text)?)));
    if let Some(state) = relay_state {
        query.push_str(&format!("&RelayState={}", encode(state)));
    }
    if let Some(key) = key {
        query.push_str(&format!("&SigAlg={}", encode(names::RSA_SHA256)));
        let signature = STANDARD.encode(key.sign(query.as_bytes())?);
        query.push_str(&format!("&Signature={}", encode(&signature)));
    }
    let (address, fragment) = location.split_once('#').map_or((location, None), |(a, f)| (a, Some(f)));
    let joint = if address.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    Ok(format!("{address}{joint}{query}{fragment}"))
}

fn encode(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, RESERVED)
}

fn deflate(text: &str) -> Result<Vec<u8>, SamlError> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .map_err(|e| SamlError::Build(e.to_string()))
}

/// The XML in a form field.
pub(crate) fn decode(field: &str) -> Result<String, ResponseError> {
    if field.len() > MESSAGE_LIMIT {
        return Err(ResponseError::TooLong);
    }
    let field: String = field.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(field).map_err(|_| ResponseError::Encoding)?;
    String::from_utf8(bytes).map_err(|_| ResponseError::Encoding)
}
