//! What is told of users who do not exist where their existence is hidden: the same each time, and of the same form.

use cognito_core::client::Client;
use cognito_core::code::{Code, Purpose};
use cognito_core::delivery::{Destination, Medium};
use cognito_core::ids;
use cognito_core::pool::{Pool, Recovery};
use cognito_core::schema;
use cognito_core::webauthn::Allowed;
use cognito_store::Txn;
use openssl::sha::Sha256;

use crate::prelude::*;

/// A `sub` for a name that no user has: what a code for it can be stored under.
///
/// That of a `sub` is itself, as with users whose name it is. Its second half proves that it is ours.
pub(crate) fn sub(ctx: &Ctx<'_>, pool: &Pool, name: &str) -> String {
    let name = pool.case().fold(name);
    if let Some(half) = name.get(..18).and_then(|half| u64::from_str_radix(&half.replace('-', ""), 16).ok())
        && completed(ctx, pool, half) == name
    {
        return name;
    }
    let derived = ctx.app().installation.derive("sub", &[&pool.id, &name]);
    let half = derived.first_chunk().copied().map_or(0, u64::from_be_bytes);
    // The version of the UUID is in the first half (RFC 9562, section 5.4).
    completed(ctx, pool, half & !0xf000 | 0x4000)
}

fn completed(ctx: &Ctx<'_>, pool: &Pool, half: u64) -> String {
    let rest = ctx.app().installation.derive("sub-rest", &[&pool.id, &half.to_string()]);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&half.to_be_bytes());
    bytes[8..].copy_from_slice(&rest[..8]);
    ids::uuid(bytes)
}

/// The passkey that the name seems to have: every second name has one, so that neither having one nor having none
/// tells whether there is such a user.
pub(crate) fn passkey(ctx: &Ctx<'_>, pool: &Pool, name: &str) -> Option<Allowed> {
    let parts = [pool.id.as_str(), &pool.case().fold(name)];
    let [coin, ..] = ctx.app().installation.derive("has passkey", &parts);
    if coin % 2 == 0 {
        return None;
    }
    let id = ctx.app().installation.derive("passkey", &parts);
    Some(Allowed { id: id.to_vec(), transports: ["hybrid", "internal"].map(str::to_owned).to_vec() })
}

/// The salt of a password that nobody has.
pub(crate) fn salt(ctx: &Ctx<'_>, pool: &Pool, sub: &str) -> Vec<u8> {
    let derived = ctx.app().installation.derive("salt", &[&pool.id, sub]);
    derived[..cognito_core::srp::SALT].to_vec()
}

/// The SRP verifier of a password that nobody has. An exchange over it costs as much as over any other.
pub(crate) fn verifier(ctx: &Ctx<'_>, pool: &Pool, sub: &str) -> Vec<u8> {
    let seed = ctx.app().installation.derive("verifier", &[&pool.id, sub]);
    let part = |number: u8| {
        let mut part = Sha256::new();
        part.update(&seed);
        part.update(&[number]);
        part.finish()
    };
    (0..12).flat_map(part).collect()
}

/// Where a code for the name would go by a medium.
pub(crate) fn destination_by(ctx: &Ctx<'_>, pool: &Pool, name: &str, medium: Medium) -> Destination {
    let is_address = match medium {
        Medium::Email => schema::is_email(name),
        Medium::Sms => schema::is_phone_number(name),
    };
    let address = if is_address { name.to_owned() } else { address(ctx, pool, name, medium) };
    Destination { medium, address }
}

/// Where a code for the name would go. A name that is an address is that address.
pub(crate) fn destination(ctx: &Ctx<'_>, pool: &Pool, name: &str) -> Destination {
    if schema::is_email(name) {
        return Destination { medium: Medium::Email, address: name.to_owned() };
    }
    if schema::is_phone_number(name) {
        return Destination { medium: Medium::Sms, address: name.to_owned() };
    }
    destination_by(ctx, pool, name, medium(pool))
}

/// Keeps a code for the name that nobody gets, so that guesses at it are answered like guesses at a real one; says
/// where it would go.
pub(crate) async fn code(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    client: &Client,
    name: &str,
    purpose: Purpose,
) -> Reply<Destination> {
    let sub = sub(ctx, pool, name);
    txn.get::<Code>(&Code::key_of(&pool.id, &sub, &purpose)).await?;
    let mut code = Code::new(&pool.id, &sub, purpose, ids::digits(&ctx.words::<6>()), ctx.now());
    code.client_id = Some(client.id.clone());
    txn.save(&code);
    Ok(destination(ctx, pool, name))
}

fn address(ctx: &Ctx<'_>, pool: &Pool, name: &str, medium: Medium) -> String {
    let derived = ctx.app().installation.derive("destination", &[&pool.id, &pool.case().fold(name)]);
    match medium {
        Medium::Email => {
            let letter = |byte: u8| char::from(b'a' + byte % 26);
            format!("{}@{}", letter(derived[0]), letter(derived[1]))
        }
        Medium::Sms => {
            let last = u16::from_be_bytes([derived[0], derived[1]]) % 10_000;
            format!("+1000000{last:04}")
        }
    }
}

/// The medium that users of the pool most likely have.
fn medium(pool: &Pool) -> Medium {
    let verifies = |medium: Medium| pool.auto_verifies(medium.attribute());
    if verifies(Medium::Email) {
        Medium::Email
    } else if verifies(Medium::Sms) || pool.recovery() == [Recovery::Phone] {
        Medium::Sms
    } else {
        Medium::Email
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::srp::{Client, timestamp};
    use testkit::world::{attribute_list, merged, text};

    /// A pool with alice, whose name has an address, and bob, who has only signed up; and a client that hides them.
    async fn hiding() -> (World, String, String) {
        let world = World::new().await;
        let factors = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
        let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"], "Policies": factors })).await;
        let flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
        let client = json!({ "PreventUserExistenceErrors": "ENABLED", "ExplicitAuthFlows": flows });
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let email = |name: &str| attribute_list(json!({ "email": format!("{name}@example.com") }));
        let verified = merged_list(email("alice"), json!({ "email_verified": "true" }));
        let alice = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": verified });
        world.ok("AdminUpdateUserAttributes", alice).await;
        let bob = json!({ "ClientId": client, "Username": "bob", "Password": "Abcdef1!" });
        world.ok("SignUp", merged(bob, json!({ "UserAttributes": email("bob") }))).await;
        (world, pool, client)
    }

    fn merged_list(list: Value, more: Value) -> Value {
        let (list, more) = (list.as_array().cloned(), attribute_list(more).as_array().cloned());
        Value::Array([list.unwrap_or_default(), more.unwrap_or_default()].concat())
    }

    /// The answer to PASSWORD_VERIFIER of one who does not know the password.
    fn wrong_proof(world: &World, pool: &str, client: &str, srp: &Client, asked: &Value) -> Value {
        let parameters = &asked["ChallengeParameters"];
        let user_id = text(&parameters["USER_ID_FOR_SRP"]);
        let now = timestamp(world.now());
        let (_, pool_name) = pool.split_once('_').expect("a pool id has a `_`");
        let signature = srp.answer(pool_name, &user_id, "Wr0ng-pass", parameters, &now);
        let responses = json!({
            "USERNAME": user_id, "TIMESTAMP": now, "PASSWORD_CLAIM_SIGNATURE": signature,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
        });
        json!({ "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses })
    }

    /// A write waits for the disk, so its absence could be noticed by the clock.
    #[tokio::test]
    async fn as_much_is_written_for_one_who_does_not_exist() {
        let (world, pool, client) = hiding().await;
        let srp = Client::new(&[0x5a; 32]);
        let start = |flow: &str, parameters: Value| json!({ "ClientId": client, "AuthFlow": flow, "AuthParameters": parameters });
        let named = |name: &str| json!({ "ClientId": client, "Username": name });
        let reset = json!({ "ConfirmationCode": "000000", "Password": "Bcdefg2!" });
        for (exists, missing) in [("alice", "nobody"), ("bob", "nobody")] {
            let inputs = async |name: &str| {
                let begin = start("USER_SRP_AUTH", json!({ "USERNAME": name, "SRP_A": srp.srp_a() }));
                let asked = world.ok("InitiateAuth", begin.clone()).await;
                let code = json!({ "USERNAME": name, "PREFERRED_CHALLENGE": "EMAIL_OTP" });
                let password = json!({ "USERNAME": name, "PASSWORD": "Wr0ng-pass" });
                [
                    ("InitiateAuth", begin),
                    ("RespondToAuthChallenge", wrong_proof(&world, &pool, &client, &srp, &asked)),
                    ("InitiateAuth", start("USER_PASSWORD_AUTH", password)),
                    ("InitiateAuth", start("USER_AUTH", code)),
                    ("ForgotPassword", named(name)),
                    ("ConfirmForgotPassword", merged(named(name), reset.clone())),
                    ("ResendConfirmationCode", named(name)),
                ]
            };
            for (there, not_there) in inputs(exists).await.into_iter().zip(inputs(missing).await) {
                let written = async |(operation, input): (&str, Value)| {
                    world.written();
                    let refused = world.call(operation, input).await.is_err();
                    (refused, world.written())
                };
                let operation = there.0;
                assert_eq!(written(there).await, written(not_there).await, "{operation} of {exists}");
            }
        }
        let messages = world.all_messages(&pool).await;
        assert!(
            messages.len() > 2 && messages.iter().all(|message| message["username"] != ""),
            "{messages:?}"
        );
    }
}
