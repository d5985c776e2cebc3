//! Prints how long signing, verifying and making keys takes: `cargo run --release -p cognito-jwt --example timing`.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use cognito_jwt::{KeySet, SigningKey, verify};
use serde_json::json;

const ROUNDS: u32 = 2000;

fn main() -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let keys = (0..20).map(|_| SigningKey::generate()).collect::<Result<Vec<_>, _>>()?;
    println!("generate  {:>8} us", begin.elapsed().as_micros() / 20);
    let key = &keys[0];
    let der = key.to_der();
    measure("from_der", || SigningKey::from_der(&der).is_ok());
    let claims = json!({
        "sub": "4f1e9a52-90a1-70e2-9f3c-2b8f6a0d1c11", "iss": "http://localhost:4566/us-east-1_Abcdefghi",
        "client_id": "1234567890abcdefghijklmnop", "token_use": "access", "jti": "4f1e9a52-90a1-70e2",
        "scope": "aws.cognito.signin.user.admin", "exp": 1_900_000_000, "username": "testuser",
    });
    measure("sign", || key.sign(&claims).is_ok());
    let token = key.sign(&claims)?;
    let set: KeySet = keys.iter().take(2).map(SigningKey::verifying_key).collect();
    measure("verify", || verify(&token, &set).is_ok());
    Ok(())
}

/// The mean time of one call, which must succeed.
fn measure(name: &str, call: impl Fn() -> bool) {
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        assert!(black_box(call()), "{name} failed");
    }
    println!("{name:<9} {:>8.1} us", begin.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
}
