//! Begins sign-ins by SRP and prepares their proofs, for `cargo xtask bench`:
//! `srp_proofs <port> <client id> <pool id> <password> <count> <username>...`
//!
//! Prints a line of JSON for each: the input of InitiateAuth, and that of the answer to PASSWORD_VERIFIER.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{SystemTime, UNIX_EPOCH};

use cognito_core::Time;
use serde_json::{Value, json};
use testkit::srp::{Client, timestamp};
use testkit::world::text;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, client_id, pool_id, password, count, usernames @ ..] = arguments.as_slice() else {
        return Err("usage: srp_proofs <port> <client id> <pool id> <password> <count> <username>...".into());
    };
    let (port, count): (u16, usize) = (port.parse()?, count.parse()?);
    let (_, pool_name) = pool_id.split_once('_').ok_or("a pool id has a `_`")?;
    for (number, username) in usernames.iter().cycle().take(count).enumerate() {
        let mut a = [0x5a; 32];
        a[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let client = Client::new(&a);
        let parameters = json!({ "USERNAME": username, "SRP_A": client.srp_a() });
        let start =
            json!({ "ClientId": client_id, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
        let asked = call(port, "InitiateAuth", &start)?;
        let parameters = &asked["ChallengeParameters"];
        let user_id = text(&parameters["USER_ID_FOR_SRP"]);
        let now = timestamp(now()?);
        let answer = json!({
            "ClientId": client_id,
            "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeResponses": {
                "USERNAME": user_id,
                "TIMESTAMP": now,
                "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE": client.answer(pool_name, &user_id, password, parameters, &now),
            },
        });
        println!("{}", json!([start, answer]));
    }
    Ok(())
}

fn now() -> Result<Time, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "the server that is measured has a real clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Time(i64::try_from(now.as_millis())?))
}

fn call(port: u16, operation: &str, input: &Value) -> Result<Value, Box<dyn Error>> {
    let body = input.to_string();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\n\
         X-Amz-Target: AWSCognitoIdentityProviderService.{operation}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer is no HTTP")?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(format!("{operation}: {head} {body}").into());
    }
    Ok(serde_json::from_str(body)?)
}
