//! Passwords that were imported as hashes of another system, until they are used for the first time.

use std::sync::Arc;

use cognito_core::password::Password;
use cognito_core::pool::Pool;
use cognito_core::user::User;
use tokio::sync::Semaphore;

use crate::ctx::Ctx;
use crate::errors::{ApiError, Reply};
use crate::prelude::*;

/// How many hashes are computed at the same time: each may take 64 MB.
const AT_ONCE: usize = 2;

/// Who computes hashes.
pub(crate) struct Hashing(Semaphore);

impl Default for Hashing {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// The user with the password for good, if it is the one of the imported hash; else as before.
pub(crate) async fn adopt(ctx: &Ctx<'_>, pool: &Pool, user: Arc<User>, password: &str) -> Reply<Arc<User>> {
    let Some(opened) = open(ctx, pool, &user, password).await? else { return Ok(user) };
    ctx.write(async |txn| match txn.get::<User>(&user.key()).await? {
        Some(stored) if stored.imported == user.imported => {
            let mut adopted = (*stored).clone();
            adopted.adopt_password(opened.clone());
            txn.save(&adopted);
            Ok(Arc::new(adopted))
        }
        // It was used or replaced meanwhile: what is there now counts.
        Some(stored) => Ok(stored),
        None => Ok(Arc::clone(&user)),
    })
    .await
}

/// The password as one of ours, if it is the one of the imported hash.
pub(crate) async fn open(ctx: &Ctx<'_>, pool: &Pool, user: &User, password: &str) -> Reply<Option<Password>> {
    let Some(imported) = user.imported.clone() else { return Ok(None) };
    let permit = ctx.app().hashing.0.acquire().await;
    let _permit = permit.map_err(|error| ApiError::internal().because(error))?;
    let (pool_id, username, password) = (pool.id.clone(), user.username.clone(), password.to_owned());
    Ok(ctx.blocking(move || imported.open(&pool_id, &username, &password)).await??)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, password_auth, text};

    use crate::imports::testing::{csv, csv_with_hashes, ended, started, started_with};

    /// Of `Abcdef1!`, by Python's hashlib, with small parameters.
    const PBKDF2: &str =
        "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$3.TTx2HGSDTCNV1AYbldibsc81zJjyhHY3/X3OWHPsw";
    const SCRYPT: &str = "16$8$1$000102030405060708090a0b0c0d0e0f$bd80c45757c37aef89610b30a2678339a1bf25b8a92d315c379528b92f11b9f9";
    const PASSWORD: &str = "Abcdef1!";
    const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";

    struct Scene {
        world: World,
        pool: String,
        client: String,
    }

    fn row<'a>(username: &'a str, email: &'a str, hash: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("cognito:username", username),
            ("email", email),
            ("email_verified", "true"),
            ("password_hash", hash),
        ]
    }

    impl Scene {
        /// A pool with alice, who was imported with a hash.
        async fn new(pool: Value, algorithm: &str, hash: &str) -> Self {
            let world = World::new().await;
            let pool = merged(json!({ "AutoVerifiedAttributes": ["email"] }), pool);
            let pool = world.pool(pool).await;
            let flows = [
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_USER_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ];
            let client = world.client(&pool, json!({ "ExplicitAuthFlows": flows })).await;
            let scene = Self { world, pool, client };
            let job = scene.import(&[row("alice", "a@example.com", hash)], algorithm).await;
            assert_eq!(
                (&job["Status"], &job["PasswordHashingAlgorithm"]),
                (&json!("Succeeded"), &json!(algorithm))
            );
            scene
        }

        async fn import(&self, rows: &[Vec<(&str, &str)>], algorithm: &str) -> Value {
            let file = csv_with_hashes(&self.world, &self.pool, rows).await;
            let more = json!({ "PasswordHashingAlgorithm": algorithm });
            ended(&self.world, &started_with(&self.world, &self.pool, &file, more).await).await
        }

        async fn fails(&self, password: &str) -> String {
            self.world.fails("InitiateAuth", password_auth(&self.client, "alice", password)).await
        }

        async fn status(&self) -> Value {
            let alice = json!({ "UserPoolId": self.pool, "Username": "alice" });
            self.world.ok("AdminGetUser", alice).await["UserStatus"].clone()
        }
    }

    #[tokio::test]
    async fn users_sign_in_with_the_password_that_they_had() {
        for (algorithm, hash) in [("PBKDF2_SHA256", PBKDF2), ("SCRYPT", SCRYPT)] {
            let scene = Scene::new(json!({}), algorithm, hash).await;
            assert_eq!(scene.status().await, "CONFIRMED");
            assert_eq!(scene.fails("Abcdef1?").await, WRONG);
            scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
            scene.world.written();
            // The second time it is a password as any other.
            scene.world.sign_in(&scene.client, "alice", PASSWORD).await;
            assert!(!scene.world.written().contains(&cognito_core::Kind::User));
            assert_eq!(scene.fails("Abcdef1?").await, WRONG);
        }
    }

    #[tokio::test]
    async fn wrong_passwords_lock_as_ever() {
        let scene = Scene::new(json!({}), "SCRYPT", SCRYPT).await;
        for _ in 0..5 {
            assert_eq!(scene.fails("Abcdef1?").await, WRONG);
        }
        assert_eq!(scene.fails(PASSWORD).await, "NotAuthorizedException: Password attempts exceeded");
    }

    #[tokio::test]
    async fn a_choice_goes_on_with_the_password() {
        let scene = Scene::new(json!({}), "SCRYPT", SCRYPT).await;
        let world = &scene.world;
        let parameters = json!({ "USERNAME": "alice" });
        let begin =
            json!({ "ClientId": scene.client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters });
        let asked = world.ok("InitiateAuth", begin.clone()).await;
        assert_eq!(asked["AvailableChallenges"], json!(["PASSWORD"]), "no SRP before the first sign-in");
        let answer = |asked: &Value, password: &str| {
            json!({
                "ClientId": scene.client, "ChallengeName": "SELECT_CHALLENGE", "Session": asked["Session"],
                "ChallengeResponses": { "USERNAME": "alice", "ANSWER": "PASSWORD", "PASSWORD": password },
            })
        };
        assert_eq!(world.fails("RespondToAuthChallenge", answer(&asked, "Abcdef1?")).await, WRONG);
        let asked = world.ok("InitiateAuth", begin.clone()).await;
        let signed_in = world.ok("RespondToAuthChallenge", answer(&asked, PASSWORD)).await;
        assert!(signed_in["AuthenticationResult"].is_object(), "{signed_in}");
        let asked = world.ok("InitiateAuth", begin).await;
        let mut available: Vec<_> =
            asked["AvailableChallenges"].as_array().unwrap().iter().map(text).collect();
        available.sort();
        assert_eq!(available, ["PASSWORD", "PASSWORD_SRP"]);
    }

    #[tokio::test]
    async fn a_new_password_replaces_the_hash() {
        let new = "Bcdefg2!";
        let set = |permanent: bool| json!({ "Username": "alice", "Password": new, "Permanent": permanent });
        for permanent in [true, false] {
            let scene = Scene::new(json!({}), "SCRYPT", SCRYPT).await;
            let input = merged(set(permanent), json!({ "UserPoolId": scene.pool }));
            scene.world.ok("AdminSetUserPassword", input).await;
            assert_eq!(scene.fails(PASSWORD).await, WRONG);
            scene.world.ok("InitiateAuth", password_auth(&scene.client, "alice", new)).await;
        }
    }

    #[tokio::test]
    async fn who_signed_in_by_code_changes_it_only_with_the_old_one() {
        let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] });
        let policies = json!({ "Policies": { "SignInPolicy": factors } });
        let scene = Scene::new(policies, "SCRYPT", SCRYPT).await;
        let (world, client) = (&scene.world, &scene.client);
        let parameters = json!({ "USERNAME": "alice", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
        let begin = json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters });
        let asked = world.ok("InitiateAuth", begin).await;
        let code = world.code(&scene.pool, "alice").await;
        let answer = json!({
            "ClientId": client, "ChallengeName": "EMAIL_OTP", "Session": asked["Session"],
            "ChallengeResponses": { "USERNAME": "alice", "EMAIL_OTP_CODE": code },
        });
        let signed_in = world.ok("RespondToAuthChallenge", answer).await;
        let token = &signed_in["AuthenticationResult"]["AccessToken"];
        let change = |previous: &str| json!({ "AccessToken": token, "PreviousPassword": previous, "ProposedPassword": "Bcdefg2!" });
        assert_eq!(world.fails("ChangePassword", change("Abcdef1?")).await, WRONG);
        world.ok("ChangePassword", change(PASSWORD)).await;
        assert_eq!(scene.fails(PASSWORD).await, WRONG);
        world.sign_in(client, "alice", "Bcdefg2!").await;
    }

    #[tokio::test]
    async fn two_first_sign_ins_at_once() {
        let scene = Scene::new(json!({}), "SCRYPT", SCRYPT).await;
        let input = password_auth(&scene.client, "alice", PASSWORD);
        for answer in scene.world.at_once("InitiateAuth", vec![input.clone(), input]) {
            assert!(answer.unwrap()["AuthenticationResult"].is_object());
        }
    }

    #[tokio::test]
    async fn files_with_hashes() {
        let scene = Scene::new(json!({}), "SCRYPT", SCRYPT).await;
        let rows = [
            row("bob", "b@example.com", SCRYPT),
            row("carol", "c@example.com", ""),
            row("dave", "d@example.com", PBKDF2),
        ];
        let job = scene.import(&rows, "SCRYPT").await;
        assert_eq!((&job["ImportedUsers"], &job["FailedUsers"]), (&json!(2), &json!(1)));
        let carol = json!({ "UserPoolId": scene.pool, "Username": "carol" });
        assert_eq!(scene.world.ok("AdminGetUser", carol).await["UserStatus"], "RESET_REQUIRED");

        // A hash without an algorithm, and an algorithm without hashes.
        let file = csv_with_hashes(&scene.world, &scene.pool, &rows).await;
        let job = ended(&scene.world, &started(&scene.world, &scene.pool, &file).await).await;
        assert_eq!((&job["SkippedUsers"], &job["FailedUsers"]), (&json!(2), &json!(1)));
        let file = csv(&scene.world, &scene.pool, &[row("eve", "e@example.com", "")]).await;
        let more = json!({ "PasswordHashingAlgorithm": "SCRYPT" });
        let job = ended(&scene.world, &started_with(&scene.world, &scene.pool, &file, more).await).await;
        let message = "The header of the CSV file does not have the columns of the user pool.";
        assert_eq!(job["CompletionMessage"], message);
    }
}
