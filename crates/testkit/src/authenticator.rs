//! A software authenticator, with the browser around it: it makes passkeys and signs with them, and it lies where a
//! test tells it to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

use crate::world::{Failure, World, merged, text};

/// The flag that says that somebody touched the authenticator.
pub const USER_PRESENT: u8 = 0x01;
/// The flag that says that the authenticator knows who did.
pub const USER_VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One passkey and the browser that asks for it. What is public is what it says; a test may change it.
pub struct Authenticator {
    key: PKey<Private>,
    /// The COSE key without its algorithm.
    cose: Vec<(Cbor, Cbor)>,
    /// The COSE number of the algorithm that it says its key is for.
    pub algorithm: i32,
    /// The credential id.
    pub credential: Vec<u8>,
    /// The page that asks.
    pub origin: String,
    /// The RP id that it answers for, if not the one that it is asked for.
    pub rp_id: Option<String>,
    /// The challenge that it answers, if not the one that it is asked for.
    pub challenge: Option<String>,
    /// The `type` of the client data, if not the right one.
    pub ceremony: Option<&'static str>,
    /// [`USER_PRESENT`] and [`USER_VERIFIED`].
    pub flags: u8,
    /// How often it says that it has signed. Each signature adds one, unless it is 0.
    pub sign_count: u32,
    /// How many bytes are missing at the end of the attestation object.
    pub cut: usize,
    /// `authenticatorAttachment`
    pub attachment: Value,
    /// `transports`
    pub transports: Value,
    /// `userHandle`: what it was given at the registration.
    pub user_handle: Option<String>,
}

impl Authenticator {
    /// With a key on P-256.
    pub fn es256(origin: &str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256 is known");
        let key = EcKey::generate(&group).expect("a key is made");
        let (mut x, mut y) = (BigNum::new().expect("a number"), BigNum::new().expect("a number"));
        let mut context = BigNumContext::new().expect("a context");
        let point = key.public_key();
        point.affine_coordinates(&group, &mut x, &mut y, &mut context).expect("a point has coordinates");
        let bytes = |number: &BigNum| number.to_vec_padded(32).expect("32 bytes are enough");
        let cose = [(1, Cbor::from(2)), (-1, Cbor::from(1)), (-2, bytes(&x).into()), (-3, bytes(&y).into())];
        Self::new(origin, PKey::from_ec_key(key).expect("a key"), cose, -7)
    }

    /// With an RSA key, for PKCS #1 v1.5.
    pub fn rs256(origin: &str, bits: u32) -> Self {
        let key = Rsa::generate(bits).expect("a key is made");
        let cose = [(1, Cbor::from(3)), (-1, key.n().to_vec().into()), (-2, key.e().to_vec().into())];
        Self::new(origin, PKey::from_rsa(key).expect("a key"), cose, -257)
    }

    /// With a key on Ed25519, which Cognito does not take.
    pub fn ed25519(origin: &str) -> Self {
        let key = PKey::generate_ed25519().expect("a key is made");
        let public = key.raw_public_key().expect("a public key");
        Self::new(origin, key, [(1, Cbor::from(1)), (-1, Cbor::from(6)), (-2, public.into())], -8)
    }

    fn new<const N: usize>(origin: &str, key: PKey<Private>, cose: [(i32, Cbor); N], algorithm: i32) -> Self {
        let public = key.public_key_to_der().expect("a public key");
        Self {
            key,
            cose: cose.map(|(label, value)| (label.into(), value)).to_vec(),
            algorithm,
            credential: sha256(&public).to_vec(),
            origin: origin.to_owned(),
            rp_id: None,
            challenge: None,
            ceremony: None,
            flags: USER_PRESENT | USER_VERIFIED,
            sign_count: 0,
            cut: 0,
            attachment: json!("platform"),
            transports: json!(["internal"]),
            user_handle: None,
        }
    }

    /// The credential id, as it stands in JSON.
    pub fn id(&self) -> String {
        base64url(&self.credential)
    }

    /// `navigator.credentials.create`: a `RegistrationResponseJSON`.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user_handle = options["user"]["id"].as_str().map(str::to_owned);
        let client_data = self.client_data("webauthn.create", options);
        let mut data = self.data(&options["rp"]["id"], ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.credential.len()).expect("ids are short").to_be_bytes());
        data.extend_from_slice(&self.credential);
        let mut cose = self.cose.clone();
        cose.push((3.into(), self.algorithm.into()));
        data.extend(encoded(&Cbor::Map(cose)));
        let object = [("fmt", "none".into()), ("attStmt", Cbor::Map(Vec::new())), ("authData", data.into())];
        let mut object = encoded(&Cbor::Map(object.map(|(name, value)| (name.into(), value)).to_vec()));
        object.truncate(object.len() - self.cut);
        self.answer(json!({
            "clientDataJSON": base64url(client_data.as_bytes()),
            "attestationObject": base64url(&object),
            "transports": self.transports,
        }))
    }

    /// `navigator.credentials.get`: an `AuthenticationResponseJSON`.
    pub fn get(&mut self, options: &Value) -> Value {
        if self.sign_count > 0 {
            self.sign_count += 1;
        }
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(&options["rpId"], 0);
        let signed = [data.as_slice(), &sha256(client_data.as_bytes())].concat();
        self.answer(json!({
            "clientDataJSON": base64url(client_data.as_bytes()),
            "authenticatorData": base64url(&data),
            "signature": base64url(&self.sign(&signed)),
            "userHandle": self.user_handle,
        }))
    }

    fn answer(&self, response: Value) -> Value {
        json!({
            "id": self.id(),
            "rawId": self.id(),
            "type": "public-key",
            "authenticatorAttachment": self.attachment,
            "clientExtensionResults": {},
            "response": response,
        })
    }

    fn client_data(&self, ceremony: &str, options: &Value) -> String {
        let client_data = json!({
            "type": self.ceremony.unwrap_or(ceremony),
            "challenge": self.challenge.clone().unwrap_or_else(|| text(&options["challenge"])),
            "origin": self.origin,
            "crossOrigin": false,
        });
        client_data.to_string()
    }

    fn data(&self, rp_id: &Value, flags: u8) -> Vec<u8> {
        let rp_id = self.rp_id.clone().unwrap_or_else(|| text(rp_id));
        let mut data = sha256(rp_id.as_bytes()).to_vec();
        data.push(self.flags | flags);
        data.extend_from_slice(&self.sign_count.to_be_bytes());
        data
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        // Ed25519 hashes by itself.
        let hashes = self.key.ec_key().is_ok() || self.key.rsa().is_ok();
        let signer = if hashes {
            Signer::new(MessageDigest::sha256(), &self.key)
        } else {
            Signer::new_without_digest(&self.key)
        };
        signer.and_then(|mut signer| signer.sign_oneshot_to_vec(message)).expect("the key signs")
    }
}

impl World {
    /// A pool that allows passkeys beside passwords, with this WebAuthnConfiguration.
    pub async fn passkey_pool(&self, configuration: Value) -> String {
        let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } });
        let pool = self.pool(json!({ "Policies": policies })).await;
        let mfa = json!({ "UserPoolId": pool, "MfaConfiguration": "OFF" });
        self.ok("SetUserPoolMfaConfig", merged(mfa, json!({ "WebAuthnConfiguration": configuration }))).await;
        pool
    }

    /// Registers a passkey for who has that access token.
    ///
    /// # Errors
    /// What the operations answer.
    pub async fn register_passkey(
        &self,
        access_token: &Value,
        authenticator: &mut Authenticator,
    ) -> Result<Value, Failure> {
        let token = json!({ "AccessToken": access_token });
        let options = self.call("StartWebAuthnRegistration", token.clone()).await?;
        let credential = authenticator.create(&options["CredentialCreationOptions"]);
        self.call("CompleteWebAuthnRegistration", merged(token, json!({ "Credential": credential }))).await
    }
}

/// Bytes as they stand in JSON.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn encoded(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("a vector takes everything");
    bytes
}
