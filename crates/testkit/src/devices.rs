//! `Tracked`: a world for the tests of devices.

use std::ops::Deref;

use crate::World;
use crate::srp::device_verifier;
use crate::world::{merged, text};
use serde_json::{Value, json};

/// The address that the calls of [`Tracked::confirm`] come from.
pub const IP: &str = "192.0.2.1";

/// A world with a pool that tracks devices, a client and the user `alice`.
pub struct Tracked {
    world: World,
    /// The pool.
    pub pool: String,
    /// The client, which allows every flow with a password.
    pub client: String,
}

impl Tracked {
    /// A world with that DeviceConfiguration.
    pub async fn with(configuration: Value) -> Self {
        let world = World::new().await;
        let pool = world.pool(json!({ "DeviceConfiguration": configuration })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        Self { world, pool, client }
    }

    /// A world where devices are remembered at once.
    pub async fn new() -> Self {
        Self::with(json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await
    }

    /// The AuthenticationResult of a sign-in of `alice` from a new device.
    pub async fn tokens(&self) -> Value {
        self.sign_in(&self.client, "alice", "Abcdef1!").await
    }

    /// The AuthenticationResult of a sign-in of `alice` by a server.
    pub async fn admin_tokens(&self) -> Value {
        let input = json!({
            "UserPoolId": self.pool,
            "ClientId": self.client,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "alice", "PASSWORD": "Abcdef1!" },
        });
        self.ok("AdminInitiateAuth", input).await["AuthenticationResult"].clone()
    }

    /// Signs in and confirms the new device. Gives the access token and the key.
    pub async fn confirmed(&self) -> (Value, String) {
        let tokens = self.tokens().await;
        let key = text(&tokens["NewDeviceMetadata"]["DeviceKey"]);
        self.confirm(confirmation(&tokens)).await;
        (tokens["AccessToken"].clone(), key)
    }

    /// ConfirmDevice from [`IP`].
    pub async fn confirm(&self, input: Value) -> Value {
        let caller = cognito_ops::Caller { source_ip: Some(IP.to_owned()), ..World::caller() };
        self.call_as(caller, "ConfirmDevice", input).await.expect("the device is confirmed")
    }

    /// The input of an Admin operation on a device of `alice`.
    pub fn admin(&self, more: Value) -> Value {
        merged(json!({ "UserPoolId": self.pool, "Username": "alice" }), more)
    }
}

impl Deref for Tracked {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// The input of ConfirmDevice for the device that a sign-in was offered.
pub fn confirmation(tokens: &Value) -> Value {
    let device = &tokens["NewDeviceMetadata"];
    let (key, group_key) = (text(&device["DeviceKey"]), text(&device["DeviceGroupKey"]));
    let (verifier, salt) = device_verifier(&group_key, &key, "device password", &[0xa1; 16]);
    json!({
        "AccessToken": tokens["AccessToken"],
        "DeviceKey": key,
        "DeviceSecretVerifierConfig": { "PasswordVerifier": verifier, "Salt": salt },
    })
}
