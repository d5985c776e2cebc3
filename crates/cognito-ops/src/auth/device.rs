//! DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER: a device proves the password that it made when it was confirmed.
//! Source: `auth-flows` 4.5 of the specification.

use std::sync::Arc;

use cognito_core::auth::{Event, Proof, State};
use cognito_core::device::Device;
use cognito_core::session::Material;
use cognito_store::Txn;

use super::answer::{self, Answer};
use super::describe::Described;
use super::respond::Respond;
use super::secret_block::{self, Claim, Offer};
use super::sessions;
use super::srp;
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;

/// Takes SRP_A, and answers with DEVICE_PASSWORD_VERIFIER.
pub(super) async fn begin(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let a = srp::public_value(answer.responses.require("SRP_A")?)?;
    let mut read = ctx.read();
    let waiting = waiting(&mut read, room, answer).await?;
    let turn = Turn::load_by(ctx, &mut read, room.pool, answer, &waiting).await?;
    let device = find(&mut read, &turn, answer).await?;
    let offer = Offer::new(ctx, a, &device.salt, &device.verifier).await?;
    let session = ctx
        .write(async |txn| {
            let mut turn = Turn::load_by(ctx, txn, room.pool, answer, &waiting).await?;
            turn.use_up(txn);
            Ok(answer::open_session(ctx, txn, room, &turn, State::DeviceVerifier, Material::None))
        })
        .await?;
    let hash = sessions::hash(&session);
    let mut parameters = offer.challenge(ctx, secret_block::DEVICE, room, &turn, &hash)?;
    parameters.insert("DEVICE_KEY".to_owned(), device.key.clone());
    // pycognito reads it.
    parameters.insert("USERNAME".to_owned(), turn.user.username.clone());
    let name = wire::ChallengeNameType::DevicePasswordVerifier;
    Ok(Answer::challenge(Described { name, parameters, available: None }, session))
}

/// Takes the proof. A wrong one uses the session up.
pub(super) async fn verify(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let claim = Claim::read(answer)?;
    let block = secret_block::open(ctx, secret_block::DEVICE, room, answer, &claim)?;
    let mut read = ctx.read();
    let turn = Turn::load_by(ctx, &mut read, room.pool, answer, block.session()).await?;
    let device = find(&mut read, &turn, answer).await?;
    let run = block.exchange(&device.group_key, &device.key, &device.verifier);
    let proof = claim.prove(ctx, &run).await?;
    let load = async |txn: &mut Txn, pool: &_| Turn::load_by(ctx, txn, pool, answer, block.session()).await;
    let decide = async |txn: &mut Txn, turn: &mut Turn| {
        let same = find(txn, turn, answer).await?.verifier == device.verifier;
        if same && proof == Proof::Right {
            return Ok(Ok(Event::Device));
        }
        turn.use_up(txn);
        Ok(Err(errors::incorrect_username_or_password()))
    };
    turn::take(ctx, room, &Provisions::default(), load, decide).await
}

/// The hash of the session that waits for the device. Clients that proved the password without a session go on without
/// one, as pycognito does: then it is their newest.
async fn waiting(txn: &mut Txn, room: &Room<'_>, answer: &Respond<'_>) -> Reply<String> {
    if let Some(session) = answer.session {
        return Ok(sessions::hash(session));
    }
    let (name, key) = (answer.responses.require("USERNAME")?, answer.responses.require("DEVICE_KEY")?);
    let user = txn.user_if_any(room.pool, name).await?.ok_or_else(errors::invalid_session)?;
    let session = txn.session_of_device(&user, room.client, key).await?;
    Ok(session.ok_or_else(errors::invalid_session)?.hash.clone())
}

/// The device of the sign-in, which must be the one that the answer names, and still be trusted if it was.
async fn find(txn: &mut Txn, turn: &Turn, answer: &Respond<'_>) -> Reply<Arc<Device>> {
    let key = answer.responses.require("DEVICE_KEY")?;
    let known = turn.journey.device.as_ref().filter(|device| device.key == key);
    let known = known.ok_or_else(errors::device_not_found)?;
    let key = Device::key_of(&turn.user.pool_id, &turn.user.sub, &known.key);
    let device = txn.get::<Device>(&key).await?.filter(|device| device.remembered || !known.remembered);
    device.ok_or_else(errors::device_not_found)
}

#[cfg(test)]
mod tests {
    use cognito_core::{Span, ids};
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::srp::{self, Client, device_verifier};
    use testkit::world::{attribute_list, claims, merged, text};

    const PASSWORD: &str = "Abcdef1!";
    const DEVICE_PASSWORD: &str = "what the device made up";
    const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";
    const MISSING: &str = "ResourceNotFoundException: Device does not exist.";

    /// A pool that wants a code by SMS of each sign-in, unless it is from a remembered device.
    struct Story {
        world: World,
        pool: String,
        client: String,
    }

    /// A device that knows its names and its password.
    struct Phone {
        key: String,
        group_key: String,
        /// The tokens of the sign-in that it was offered with.
        tokens: Value,
    }

    impl Story {
        async fn new() -> Self {
            let world = World::new().await;
            let pool = json!({
                "MfaConfiguration": "ON",
                "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" },
                "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Name": "verified_email", "Priority": 1 }] },
                "DeviceConfiguration": {
                    "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true,
                },
            });
            let pool = world.pool(pool).await;
            let flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
            let hidden = json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED" });
            let client = world.client(&pool, hidden).await;
            world.user(&pool, "alice", PASSWORD).await;
            let phone = json!({ "phone_number": "+15555550100", "phone_number_verified": "true" });
            let update =
                json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attribute_list(phone) });
            world.ok("AdminUpdateUserAttributes", update).await;
            Self { world, pool, client }
        }

        /// USER_SRP_AUTH and PASSWORD_VERIFIER. Gives what is asked after them.
        async fn sign_in(&self, device_key: Option<&str>) -> Value {
            let device = device_key.map_or(json!({}), |key| json!({ "DEVICE_KEY": key }));
            let (challenge, proof) = self.password(device.clone()).await;
            self.ok(&challenge, merged(proof, device)).await
        }

        /// USER_SRP_AUTH. Gives the challenge, and the proof that it wants.
        async fn password(&self, device: Value) -> (Value, Value) {
            let srp = Client::new(&[0x11; 128]);
            let parameters = merged(json!({ "USERNAME": "alice", "SRP_A": srp.srp_a() }), device);
            let challenge = self.world.ok("InitiateAuth", self.start("USER_SRP_AUTH", parameters)).await;
            let asked = &challenge["ChallengeParameters"];
            let (pool_name, user_id) = (ids::pool_name(&self.pool), text(&asked["USER_ID_FOR_SRP"]));
            let proof = self.proof(&srp, (pool_name, &user_id, PASSWORD), asked);
            (challenge, proof)
        }

        /// A sign-in from a new device, which is confirmed and, if wished, remembered.
        async fn register(&self, status: &str) -> Phone {
            let challenge = self.sign_in(None).await;
            let tokens = self.code(&challenge).await["AuthenticationResult"].clone();
            let offer = &tokens["NewDeviceMetadata"];
            let (key, group_key) = (text(&offer["DeviceKey"]), text(&offer["DeviceGroupKey"]));
            let (verifier, salt) = device_verifier(&group_key, &key, DEVICE_PASSWORD, &[0xa1; 16]);
            let own = json!({ "AccessToken": tokens["AccessToken"], "DeviceKey": key });
            let config = json!({ "PasswordVerifier": verifier, "Salt": salt });
            let confirm = merged(own.clone(), json!({ "DeviceSecretVerifierConfig": config }));
            let answer = self.world.ok("ConfirmDevice", confirm).await;
            assert_eq!(answer["UserConfirmationNecessary"], true);
            let update = merged(own, json!({ "DeviceRememberedStatus": status }));
            self.world.ok("UpdateDeviceStatus", update).await;
            // The next code is a later one.
            self.world.advance(Span(1));
            Phone { key, group_key, tokens }
        }

        /// Answers SMS_MFA with the code that was sent.
        async fn code(&self, challenge: &Value) -> Value {
            assert_eq!(challenge["ChallengeName"], "SMS_MFA");
            let code = self.world.code(&self.pool, "alice").await;
            self.ok(challenge, json!({ "USERNAME": "alice", "SMS_MFA_CODE": code })).await
        }

        /// Answers DEVICE_SRP_AUTH, and gives the next challenge with the proof that it wants.
        async fn prove(&self, phone: &Phone, challenge: &Value, password: &str) -> (Value, Value) {
            assert_eq!(challenge["ChallengeName"], "DEVICE_SRP_AUTH");
            let srp = Client::new(&[0x22; 128]);
            let device = json!({ "DEVICE_KEY": phone.key });
            let begin = merged(json!({ "USERNAME": "alice", "SRP_A": srp.srp_a() }), device.clone());
            let challenge = self.ok(challenge, begin).await;
            assert_eq!(challenge["ChallengeName"], "DEVICE_PASSWORD_VERIFIER");
            let asked = &challenge["ChallengeParameters"];
            assert_eq!(asked["DEVICE_KEY"], phone.key);
            let proof = self.proof(&srp, (&phone.group_key, &phone.key, password), asked);
            (challenge, merged(proof, device))
        }

        fn proof(&self, srp: &Client, (group, id, password): (&str, &str, &str), asked: &Value) -> Value {
            let timestamp = srp::timestamp(self.world.now());
            json!({
                "USERNAME": "alice",
                "PASSWORD_CLAIM_SIGNATURE": srp.answer(group, id, password, asked, &timestamp),
                "PASSWORD_CLAIM_SECRET_BLOCK": asked["SECRET_BLOCK"],
                "TIMESTAMP": timestamp,
            })
        }

        fn start(&self, flow: &str, parameters: Value) -> Value {
            json!({ "ClientId": self.client, "AuthFlow": flow, "AuthParameters": parameters })
        }

        fn respond(&self, challenge: &Value, responses: Value) -> Value {
            json!({
                "ClientId": self.client,
                "ChallengeName": challenge["ChallengeName"],
                "Session": challenge["Session"],
                "ChallengeResponses": responses,
            })
        }

        async fn ok(&self, challenge: &Value, responses: Value) -> Value {
            self.world.ok("RespondToAuthChallenge", self.respond(challenge, responses)).await
        }

        async fn fails(&self, challenge: &Value, responses: Value) -> String {
            self.world.fails("RespondToAuthChallenge", self.respond(challenge, responses)).await
        }
    }

    #[tokio::test]
    async fn a_remembered_device_stands_for_the_second_factor_until_it_is_forgotten() {
        let story = Story::new().await;
        let phone = story.register("remembered").await;
        story.world.advance(Span::days(1));

        let challenge = story.sign_in(Some(&phone.key)).await;
        let (challenge, proof) = story.prove(&phone, &challenge, DEVICE_PASSWORD).await;
        let tokens = story.ok(&challenge, proof).await["AuthenticationResult"].clone();
        assert_eq!(claims(&tokens["AccessToken"])["device_key"], phone.key);
        assert_eq!(tokens.get("NewDeviceMetadata"), None, "it is not new");
        let own = json!({ "AccessToken": tokens["AccessToken"], "DeviceKey": phone.key });
        let device = story.world.ok("GetDevice", own.clone()).await["Device"].clone();
        let day = 86_400;
        assert_eq!(device["DeviceCreateDate"], 1_767_776_887);
        assert_eq!(device["DeviceLastAuthenticatedDate"], 1_767_776_887 + day);

        let refresh = |tokens: &Value| {
            let parameters = json!({ "REFRESH_TOKEN": tokens["RefreshToken"], "DEVICE_KEY": phone.key });
            story.start("REFRESH_TOKEN_AUTH", parameters)
        };
        for tokens in [&phone.tokens, &tokens] {
            story.world.ok("InitiateAuth", refresh(tokens)).await;
        }
        story.world.ok("ForgetDevice", own).await;
        for tokens in [&phone.tokens, &tokens] {
            let failure = story.world.fails("InitiateAuth", refresh(tokens)).await;
            assert_eq!(failure, "NotAuthorizedException: Invalid Refresh Token");
        }
        let named = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD, "DEVICE_KEY": phone.key });
        assert_eq!(
            story.world.fails("InitiateAuth", story.start("USER_PASSWORD_AUTH", named)).await,
            MISSING
        );
        assert_eq!(story.sign_in(None).await["ChallengeName"], "SMS_MFA");
    }

    /// [AMP]
    #[tokio::test]
    async fn the_device_may_be_named_with_the_proof_of_the_password() {
        let story = Story::new().await;
        let phone = story.register("remembered").await;
        let (challenge, proof) = story.password(json!({})).await;
        let unknown = merged(proof.clone(), json!({ "DEVICE_KEY": "us-east-1_0" }));
        assert_eq!(story.fails(&challenge, unknown).await, MISSING);
        let named = merged(proof, json!({ "DEVICE_KEY": phone.key }));
        let challenge = story.ok(&challenge, named).await;
        let (challenge, proof) = story.prove(&phone, &challenge, DEVICE_PASSWORD).await;
        let answer = story.ok(&challenge, proof).await;
        assert_eq!(claims(&answer["AuthenticationResult"]["AccessToken"])["device_key"], phone.key);
    }

    #[tokio::test]
    async fn a_device_that_is_not_remembered_saves_no_code() {
        let story = Story::new().await;
        let phone = story.register("not_remembered").await;
        let challenge = story.sign_in(Some(&phone.key)).await;
        let challenge = story.code(&challenge).await;
        let (challenge, proof) = story.prove(&phone, &challenge, DEVICE_PASSWORD).await;
        let tokens = story.ok(&challenge, proof).await["AuthenticationResult"].clone();
        assert_eq!(claims(&tokens["AccessToken"])["device_key"], phone.key);
        assert_eq!(tokens.get("NewDeviceMetadata"), None);
    }

    #[tokio::test]
    async fn proofs_that_are_refused() {
        let story = Story::new().await;
        let (phone, other) = (story.register("remembered").await, story.register("remembered").await);

        let asked = story.sign_in(Some(&phone.key)).await;
        let (challenge, proof) = story.prove(&phone, &asked, "another password").await;
        assert_eq!(story.fails(&challenge, proof.clone()).await, WRONG);
        let used = "NotAuthorizedException: Invalid session for the user, session can only be used once.";
        assert_eq!(story.fails(&challenge, proof).await, used, "a wrong proof uses it up");

        let asked = story.sign_in(Some(&phone.key)).await;
        let srp_a = Client::new(&[0x22; 128]).srp_a();
        let foreign = json!({ "USERNAME": "alice", "DEVICE_KEY": other.key, "SRP_A": srp_a });
        assert_eq!(story.fails(&asked, foreign).await, MISSING, "another device than was named");
        let zero = json!({ "USERNAME": "alice", "DEVICE_KEY": phone.key, "SRP_A": "00" });
        assert_eq!(story.fails(&asked, zero).await, WRONG);
        let (challenge, proof) = story.prove(&phone, &asked, DEVICE_PASSWORD).await;
        let late = merged(proof.clone(), json!({ "TIMESTAMP": "Wed Jan 7 09:08:06 UTC 2026" }));
        assert_eq!(story.fails(&challenge, late).await, WRONG, "the time is signed");

        let asked = story.sign_in(Some(&phone.key)).await;
        let (challenge, proof) = story.prove(&phone, &asked, DEVICE_PASSWORD).await;
        story.ok(&challenge, proof.clone()).await;
        assert_eq!(story.fails(&challenge, proof).await, used, "a replay");
    }

    /// pycognito sends no session at all.
    #[tokio::test]
    async fn the_session_may_be_left_out() {
        let story = Story::new().await;
        let phone = story.register("remembered").await;
        let bare = |name: &str| json!({ "ChallengeName": name });
        let srp = Client::new(&[0x22; 128]);
        let device = json!({ "USERNAME": "alice", "DEVICE_KEY": phone.key });
        let begin = merged(device.clone(), json!({ "SRP_A": srp.srp_a() }));
        let invalid = "NotAuthorizedException: Invalid session for the user.";
        assert_eq!(
            story.fails(&bare("DEVICE_SRP_AUTH"), begin.clone()).await,
            invalid,
            "no password was proven"
        );

        story.sign_in(Some(&phone.key)).await;
        let other = story.register("remembered").await;
        let foreign = merged(begin.clone(), json!({ "DEVICE_KEY": other.key }));
        assert_eq!(
            story.fails(&bare("DEVICE_SRP_AUTH"), foreign).await,
            invalid,
            "it waits for another device"
        );
        let client = story.world.client(&story.pool, json!({})).await;
        let foreign =
            merged(story.respond(&bare("DEVICE_SRP_AUTH"), begin.clone()), json!({ "ClientId": client }));
        assert_eq!(story.world.fails("RespondToAuthChallenge", foreign).await, invalid);

        let challenge = story.ok(&bare("DEVICE_SRP_AUTH"), begin.clone()).await;
        assert_eq!(story.fails(&bare("DEVICE_SRP_AUTH"), begin.clone()).await, invalid, "it is answered");
        let asked = &challenge["ChallengeParameters"];
        assert_eq!(asked["USERNAME"], "alice");
        let proof = story.proof(&srp, (&phone.group_key, &phone.key, DEVICE_PASSWORD), asked);
        let proof = merged(proof, device);
        let tokens = story.ok(&bare("DEVICE_PASSWORD_VERIFIER"), proof.clone()).await;
        assert_eq!(claims(&tokens["AuthenticationResult"]["AccessToken"])["device_key"], phone.key);
        let used = "NotAuthorizedException: Invalid session for the user, session can only be used once.";
        assert_eq!(story.fails(&bare("DEVICE_PASSWORD_VERIFIER"), proof).await, used);

        story.sign_in(Some(&phone.key)).await;
        story.world.advance(Span::minutes(3));
        let expired = "NotAuthorizedException: Invalid session for the user, session is expired.";
        assert_eq!(story.fails(&bare("DEVICE_SRP_AUTH"), begin).await, expired);
    }

    #[tokio::test]
    async fn no_device_comes_before_the_password() {
        let story = Story::new().await;
        let phone = story.register("remembered").await;
        let srp = Client::new(&[0x22; 128]);
        let parameters = json!({ "USERNAME": "alice", "SRP_A": srp.srp_a(), "DEVICE_KEY": phone.key });
        let challenge =
            story.world.ok("InitiateAuth", story.start("USER_SRP_AUTH", parameters.clone())).await;
        let skipped = merged(challenge, json!({ "ChallengeName": "DEVICE_SRP_AUTH" }));
        let invalid = "NotAuthorizedException: Invalid session for the user.";
        assert_eq!(story.fails(&skipped, parameters).await, invalid);
    }

    #[tokio::test]
    async fn a_device_key_does_not_tell_whether_a_user_exists() {
        let story = Story::new().await;
        let srp_a = Client::new(&[0x11; 128]).srp_a();
        for username in ["alice", "nobody"] {
            for flow in ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"] {
                let parameters = json!({
                    "USERNAME": username, "SRP_A": srp_a, "PASSWORD": "a guess", "DEVICE_KEY": "us-east-1_0",
                });
                let failure = story.world.fails("InitiateAuth", story.start(flow, parameters)).await;
                assert_eq!(failure, MISSING, "{username} {flow}");
            }
        }
    }
}
