//! A world in which the samples of the model mean something: its ids, names, tokens and codes exist.

use cognito_api::model::{Model, Operation, ShapeKind};
use cognito_core::secret;
use cognito_ops::Settings;
use serde_json::{Value, json};
use testkit::world::{merged, password_auth, text};
use testkit::{World, srp};

pub const PASSWORD: &str = "Passw0rd!";
const CODE: &str = "123456";

/// A pool with two clients, a group and four users, of whom one is signed in and one is asked for a new password.
pub struct Fixture {
    pub world: World,
    pool: String,
    client: String,
    confidential: String,
    secret: String,
    /// Anna's.
    secret_hash: String,
    tokens: Value,
    /// Of a new password, and of a choice.
    sessions: [Value; 2],
}

impl Fixture {
    pub async fn new() -> Self {
        let world = World::with(Settings { fixed_code: Some(CODE.to_owned()), ..Settings::default() }).await;
        let factors = ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"];
        let settings = json!({
            "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"], "UserPoolTags": { "a": "b" },
            "DeviceConfiguration": { "DeviceOnlyRememberedOnUserPrompt": true },
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": factors } },
        });
        let pool = world.pool(settings).await;
        let mfa = json!({
            "UserPoolId": pool, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "WebAuthnConfiguration": { "RelyingPartyId": "localhost" },
        });
        world.ok("SetUserPoolMfaConfig", mfa).await;
        let flows = ["USER_PASSWORD", "ADMIN_USER_PASSWORD", "USER_SRP", "USER", "CUSTOM", "REFRESH_TOKEN"];
        let flows = flows.map(|flow| format!("ALLOW_{flow}_AUTH"));
        let client = world.client(&pool, json!({ "ExplicitAuthFlows": flows })).await;
        let confidential = world.client(&pool, json!({ "GenerateSecret": true })).await;
        let described = json!({ "UserPoolId": pool, "ClientId": confidential });
        let described = world.ok("DescribeUserPoolClient", described).await;
        let secret = text(&described["UserPoolClient"]["ClientSecret"]);
        let secret_hash = secret::secret_hash("anna", &confidential, &secret);
        world.user(&pool, "anna", PASSWORD).await;
        let user = |name: &str| json!({ "UserPoolId": pool, "Username": name });
        let email = json!([{ "Name": "email", "Value": "anna@example.com" }, { "Name": "email_verified", "Value": "true" }]);
        let attributes = merged(user("anna"), json!({ "UserAttributes": email }));
        world.ok("AdminUpdateUserAttributes", attributes).await;
        world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "admins" })).await;
        let member = merged(user("anna"), json!({ "GroupName": "admins" }));
        world.ok("AdminAddUserToGroup", member).await;
        let email = json!([{ "Name": "email", "Value": "bert@example.com" }]);
        let bert =
            json!({ "ClientId": client, "Username": "bert", "Password": PASSWORD, "UserAttributes": email });
        world.ok("SignUp", bert).await;
        let invited = json!({ "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" });
        world.ok("AdminCreateUser", merged(user("carla"), invited)).await;
        world.user(&pool, "dora", PASSWORD).await;
        world.ok("AdminDisableUser", user("dora")).await;
        let tokens = world.sign_in(&client, "anna", PASSWORD).await;
        let asked = world.ok("InitiateAuth", password_auth(&client, "carla", PASSWORD)).await;
        let choose =
            json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": "anna" } });
        let chosen = world.ok("InitiateAuth", choose).await;
        let sessions = [asked["Session"].clone(), chosen["Session"].clone()];
        world.written();
        Self { world, pool, client, confidential, secret, secret_hash, tokens, sessions }
    }

    /// Puts what exists in this world into the members that name it. Where there are several values, `choose` takes one;
    /// it also decides whether a member stays as it is.
    pub fn ground(&self, input: &mut Value, choose: &mut dyn FnMut(usize) -> usize) {
        for (name, value) in input.as_object_mut().expect("a request is an object") {
            let known = self.known(name);
            if !known.is_empty() && choose(8) < 7 {
                *value = known[choose(known.len())].clone();
            }
        }
    }

    /// Values that mean something for a member of that name, the best first.
    fn known(&self, member: &str) -> Vec<Value> {
        let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{}", self.pool);
        match member {
            "UserPoolId" => vec![json!(self.pool)],
            "ResourceArn" => vec![json!(arn)],
            "ClientId" => vec![json!(self.client), json!(self.confidential)],
            "Username" => {
                ["anna", "bert", "carla", "dora", "nobody", "anna@example.com"].map(Value::from).into()
            }
            "AccessToken" => vec![self.tokens["AccessToken"].clone(), self.tokens["IdToken"].clone()],
            "RefreshToken" | "Token" => vec![self.tokens["RefreshToken"].clone()],
            "Session" => self.sessions.to_vec(),
            "DeviceKey" => vec![self.tokens["NewDeviceMetadata"]["DeviceKey"].clone()],
            "SecretHash" => vec![json!(self.secret_hash), json!("wrong")],
            "ClientSecret" => vec![json!(self.secret)],
            "GroupName" => vec![json!("admins"), json!("nothing")],
            "Password" | "ProposedPassword" | "PreviousPassword" | "TemporaryPassword" => {
                vec![json!(PASSWORD), json!("Other-w0rd"), json!("weak")]
            }
            "ConfirmationCode" | "Code" => vec![json!(CODE), json!("000000")],
            "AttributeName" => ["email", "phone_number", "nickname"].map(Value::from).into(),
            "UserAttributes" => vec![
                json!([{ "Name": "email", "Value": "e@example.com" }, { "Name": "nickname", "Value": "E" }]),
                json!([{ "Name": "email", "Value": "anna@example.com" }, { "Name": "email_verified", "Value": "true" }]),
                json!([{ "Name": "custom:none", "Value": "" }]),
            ],
            "UserAttributeNames" => vec![json!(["nickname"]), json!(["email"]), json!(["sub"])],
            "AuthParameters" => vec![
                json!({ "USERNAME": "anna", "PASSWORD": PASSWORD }),
                json!({ "REFRESH_TOKEN": self.tokens["RefreshToken"] }),
                json!({ "USERNAME": "carla", "PASSWORD": PASSWORD }),
                json!({ "USERNAME": "bert", "PASSWORD": "wrong", "SECRET_HASH": "x" }),
                json!({ "USERNAME": "anna", "SRP_A": srp::Client::new(&[7; 32]).srp_a() }),
                json!({ "USERNAME": "anna", "SRP_A": "0", "PREFERRED_CHALLENGE": "PASSWORD_SRP" }),
                json!({ "USERNAME": "anna", "PREFERRED_CHALLENGE": "EMAIL_OTP" }),
            ],
            "ChallengeResponses" => vec![
                json!({ "USERNAME": "carla", "NEW_PASSWORD": PASSWORD }),
                json!({ "USERNAME": "carla", "NEW_PASSWORD": "weak", "userAttributes.email": "c@example.com" }),
                json!({ "USERNAME": "anna", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD }),
                json!({ "USERNAME": "anna", "ANSWER": "EMAIL_OTP" }),
                json!({ "USERNAME": "anna", "EMAIL_OTP_CODE": CODE, "SOFTWARE_TOKEN_MFA_CODE": CODE }),
                json!({ "USERNAME": "anna", "ANSWER": "WEB_AUTHN", "CREDENTIAL": "{}" }),
            ],
            _ => Vec::new(),
        }
    }
}

/// The member of an operation's input that a violation's path begins with, by AWS's name.
pub fn member_of<'m>(model: &'m Model, operation: &Operation, path: &str) -> &'m str {
    let first = path.split('.').next().unwrap_or_default();
    let ShapeKind::Structure { members, .. } = &model.shape(operation.input).kind else {
        panic!("a request is a structure")
    };
    let member = members.iter().find(|member| lower_first(&member.name) == first);
    &member.unwrap_or_else(|| panic!("{} has no member {path}", operation.name)).name
}

/// A member's name as paths write it.
pub fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
