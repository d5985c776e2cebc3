//! An authenticator app (RFC 6238), written from the RFC and not from what it tests.

use cognito_core::Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Value, json};

use crate::World;
use crate::world::text;

/// An app that was given a secret.
#[derive(Clone, Debug)]
pub struct App {
    secret_code: String,
}

impl App {
    /// An app with a secret in Base32, as a person would type it.
    pub fn new(secret_code: &str) -> Self {
        Self { secret_code: secret_code.to_owned() }
    }

    /// The secret.
    pub fn secret_code(&self) -> &str {
        &self.secret_code
    }

    /// The six digits that it shows.
    pub fn code(&self, now: Time) -> String {
        let bits: String = self.secret_code.chars().map(|c| format!("{:05b}", digit(c))).collect();
        let bytes: Vec<u8> = bits
            .as_bytes()
            .chunks_exact(8)
            .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).expect("bits"), 2).expect("bits"))
            .collect();
        let key = PKey::hmac(&bytes).expect("a key");
        let mut signer = Signer::new(MessageDigest::sha1(), &key).expect("a signer");
        signer.update(&(now.seconds() / 30).to_be_bytes()).expect("an HMAC");
        let mac = signer.sign_to_vec().expect("an HMAC");
        let at = usize::from(mac[19] % 16);
        let number = u32::from_be_bytes(mac[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

fn digit(c: char) -> u32 {
    match c {
        'A'..='Z' => c as u32 - 'A' as u32,
        '2'..='7' => c as u32 - '2' as u32 + 26,
        _ => panic!("{c} is no Base32 digit"),
    }
}

impl World {
    /// A pool whose users can have every second factor: `mode` is OPTIONAL or ON.
    pub async fn mfa_pool(&self, mode: &str) -> String {
        let pool = self.pool(json!({})).await;
        let role = "arn:aws:iam::000000000000:role/sms";
        let input = json!({
            "UserPoolId": pool, "MfaConfiguration": mode,
            "SmsMfaConfiguration": { "SmsConfiguration": { "SnsCallerArn": role } },
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "EmailMfaConfiguration": {},
        });
        self.ok("SetUserPoolMfaConfig", input).await;
        pool
    }

    /// Asks for a secret, with `AccessToken` or `Session`; gives the app and the new session.
    pub async fn associate(&self, input: Value) -> (App, Value) {
        let answer = self.ok("AssociateSoftwareToken", input).await;
        (App::new(&text(&answer["SecretCode"])), answer["Session"].clone())
    }

    /// Registers an app for the user of an access token. Its code of now is used up.
    pub async fn enrol(&self, access_token: &Value) -> App {
        let (app, _) = self.associate(json!({ "AccessToken": access_token })).await;
        let verify = json!({ "AccessToken": access_token, "UserCode": app.code(self.now()) });
        self.ok("VerifySoftwareToken", verify).await;
        app
    }
}
