//! Tokens that an attacker would make: the parts of a JWT taken apart, changed, and signed by whatever is at hand.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use serde_json::Value;

use crate::world::{signing_keys, text};

/// A JWT in its parts.
#[derive(Clone, Debug)]
pub struct Forgery {
    /// The JOSE header.
    pub header: Value,
    /// The text of the claims, which need not be well-formed JSON.
    pub claims: String,
    signature: String,
}

impl Forgery {
    /// Takes a token apart.
    pub fn of(token: &Value) -> Self {
        let token = text(token);
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else { panic!("{token} is no JWT") };
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("a JWT is Base64");
        Self {
            header: serde_json::from_slice(&decoded(header)).expect("a header is JSON"),
            claims: String::from_utf8(decoded(claims)).expect("claims are UTF-8"),
            signature: signature.to_owned(),
        }
    }

    /// Sets a member of the header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    /// Sets a claim, or removes it where the value is null.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: Value) -> Self {
        let mut claims: Value = serde_json::from_str(&self.claims).expect("claims are JSON");
        let claims = claims.as_object_mut().expect("claims are an object");
        claims.remove(name);
        if !value.is_null() {
            claims.insert(name.to_owned(), value);
        }
        self.claims = Value::Object(claims.clone()).to_string();
        self
    }

    /// The token with the signature that it had.
    pub fn unsigned(&self) -> String {
        format!("{}.{}", self.signed_part(), self.signature)
    }

    /// The token with this signature.
    pub fn with_signature(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.signed_part(), URL_SAFE_NO_PAD.encode(signature))
    }

    /// The token signed by the key of the pool that its header names: what nobody outside can make, to show that claims
    /// are looked at too.
    pub fn signed_by_the_pool(&self) -> String {
        let kid = text(&self.header["kid"]);
        let key = signing_keys().iter().find(|key| key.kid() == kid).expect("a world's key");
        self.rs256(&PKey::private_key_from_der(&key.to_der()).expect("a key in DER"))
    }

    /// The token signed by an RSA key.
    pub fn rs256(&self, key: &PKey<Private>) -> String {
        self.with_signature(&sign(key, &self.signed_part()))
    }

    /// The token signed by HMAC under these bytes.
    pub fn hs256(&self, secret: &[u8]) -> String {
        let key = PKey::hmac(secret).expect("a key");
        self.with_signature(&sign(&key, &self.signed_part()))
    }

    fn signed_part(&self) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}", encode(&self.header.to_string()), encode(&self.claims))
    }
}

fn sign(key: &PKey<Private>, signed: &str) -> Vec<u8> {
    let mut signer = Signer::new(MessageDigest::sha256(), key).expect("a signer");
    signer.sign_oneshot_to_vec(signed.as_bytes()).expect("a signature")
}
