//! Misuse of sign-in and sign-up: those cases of section 10.4 of `security-cases` of the specification that belong to no
//! operation alone. The others stand below the operations and challenges: A3 and A8 in `auth/srp.rs`, A5, A9 and A10 in
//! `auth/code.rs`, A6 in core's `auth/tests.rs`, A7 in `auth/factor.rs`; A2 is measured (docs/benchmarks.md).

use cognito_core::Span;
use cognito_core::secret::secret_hash;
use serde_json::{Map, Value, json};
use testkit::World;
use testkit::world::{Failure, attribute_list, claims, merged, password_auth};

use super::fixture::PASSWORD;

const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";
const LOCKED: &str = "NotAuthorizedException: Password attempts exceeded";
const UNAUTHORIZED: &str = "NotAuthorizedException: A client attempted to write unauthorized attribute";

/// The input of an operation for a name.
type InputFor<'a> = Box<dyn Fn(&str) -> Value + 'a>;

/// What an answer looks like to somebody who does not know what to expect: random and secret parts left out.
fn face(answer: Result<Value, Failure>) -> Value {
    match answer {
        Ok(answer) => faceless(&answer),
        Err(failure) => json!(format!("{}: {}", failure.code, failure.message)),
    }
}

fn faceless(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), faceless(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(faceless).collect(),
        // The form of a secret is told by its length; SRP_B has leading zeros now and then.
        Value::String(text) if text.len() > 40 => json!(text.len() / 8),
        other => other.clone(),
    }
}

#[tokio::test]
async fn a1_one_who_exists_and_one_who_does_not() {
    let world = World::new().await;
    let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
    let pool = world
        .pool(json!({ "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"], "Policies": policies }))
        .await;
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"];
    let hiding = json!({ "PreventUserExistenceErrors": "ENABLED", "ExplicitAuthFlows": flows });
    let client = world.client(&pool, hiding).await;
    let (real, fake) = ("anna@example.com", "abba@example.com");
    let input = json!({
        "UserPoolId": pool, "Username": real, "MessageAction": "SUPPRESS",
        "UserAttributes": attribute_list(json!({ "email": real, "email_verified": "true" })),
    });
    world.ok("AdminCreateUser", input).await;
    let password = json!({ "UserPoolId": pool, "Username": real, "Password": PASSWORD, "Permanent": true });
    world.ok("AdminSetUserPassword", password).await;

    let srp_a = testkit::srp::Client::new(&[9; 32]).srp_a();
    let auth = |flow: &str, parameters: Value| json!({ "AuthFlow": flow, "AuthParameters": parameters });
    let cases: Vec<(&str, InputFor)> = vec![
        (
            "InitiateAuth",
            Box::new(|name| auth("USER_PASSWORD_AUTH", json!({ "USERNAME": name, "PASSWORD": "Wrong-1x" }))),
        ),
        ("InitiateAuth", Box::new(|name| auth("USER_SRP_AUTH", json!({ "USERNAME": name, "SRP_A": srp_a })))),
        ("InitiateAuth", Box::new(|name| auth("USER_AUTH", json!({ "USERNAME": name })))),
        (
            "InitiateAuth",
            Box::new(|name| {
                auth("USER_AUTH", json!({ "USERNAME": name, "PREFERRED_CHALLENGE": "EMAIL_OTP" }))
            }),
        ),
        (
            "InitiateAuth",
            Box::new(|name| {
                auth("USER_AUTH", json!({ "USERNAME": name, "PREFERRED_CHALLENGE": "PASSWORD" }))
            }),
        ),
        ("ForgotPassword", Box::new(|name| json!({ "Username": name }))),
        (
            "ConfirmForgotPassword",
            Box::new(|name| json!({ "Username": name, "ConfirmationCode": "000000", "Password": PASSWORD })),
        ),
    ];
    for (operation, input) in cases {
        let ask = async |name: &str| {
            let input = merged(input(name), json!({ "ClientId": client }));
            face(world.call(operation, input).await)
        };
        let (known, unknown) = (ask(real).await, ask(fake).await);
        let same = Value::from(known.to_string().replace(real, "*").replace("a***@e***", "*"));
        let other = Value::from(unknown.to_string().replace(fake, "*").replace("a***@e***", "*"));
        let ids = |text: &Value| {
            let text = text.as_str().unwrap_or_default();
            // User ids are as random as anything.
            let mut parts: Vec<&str> = text.split('"').collect();
            parts.iter_mut().for_each(|part| {
                if part.len() == 36 && part.matches('-').count() == 4 || part.len() == 32 {
                    *part = "id";
                }
            });
            parts.join("\"")
        };
        assert_eq!(ids(&same), ids(&other), "{operation}");
    }
}

#[tokio::test]
async fn a4_the_secret_hash_everywhere() {
    let world = World::new().await;
    let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let flows =
        ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let request = json!({
        "UserPoolId": pool, "ClientName": "app", "GenerateSecret": true, "ExplicitAuthFlows": flows,
    });
    let created = world.ok("CreateUserPoolClient", request).await["UserPoolClient"].clone();
    let (client, secret) = (created["ClientId"].as_str().unwrap(), created["ClientSecret"].as_str().unwrap());
    world.user(&pool, "anna", PASSWORD).await;
    let right = secret_hash("anna", client, secret);
    let hashes = [
        None,
        Some(secret_hash("bert", client, secret)),
        Some(secret_hash("anna", client, "another")),
        Some(secret_hash("anna", "another", secret)),
        Some(right.to_lowercase()),
        Some(format!("{right} ")),
        Some(String::new()),
    ];
    let srp_a = testkit::srp::Client::new(&[9; 32]).srp_a();
    let top = [
        ("SignUp", json!({ "Username": "anna", "Password": PASSWORD })),
        ("ConfirmSignUp", json!({ "Username": "anna", "ConfirmationCode": "000000" })),
        ("ForgotPassword", json!({ "Username": "anna" })),
        (
            "ConfirmForgotPassword",
            json!({ "Username": "anna", "ConfirmationCode": "000000", "Password": PASSWORD }),
        ),
        ("ResendConfirmationCode", json!({ "Username": "anna" })),
    ];
    let start = |flow: &str, parameters: Value| {
        let parameters = merged(json!({ "USERNAME": "anna" }), parameters);
        json!({ "AuthFlow": flow, "AuthParameters": parameters })
    };
    let inside = [
        ("InitiateAuth", start("USER_PASSWORD_AUTH", json!({ "PASSWORD": PASSWORD }))),
        ("InitiateAuth", start("USER_SRP_AUTH", json!({ "SRP_A": srp_a }))),
        ("InitiateAuth", start("USER_AUTH", json!({}))),
        (
            "RespondToAuthChallenge",
            json!({
                "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "x".repeat(40),
                "ChallengeResponses": { "USERNAME": "anna", "NEW_PASSWORD": PASSWORD },
            }),
        ),
    ];
    let check = async |operation: &str, input: Value, hash: Option<&String>| {
        let expected = match hash {
            None => format!("Client {client} is configured with secret but SECRET_HASH was not received"),
            Some(_) => format!("Unable to verify secret hash for client {client}"),
        };
        let input = merged(input, json!({ "ClientId": client }));
        let refused = world.fails(operation, input).await;
        // A hash that is empty or has a blank breaks a constraint of the model where there is one.
        let malformed = hash.is_some_and(|hash| hash.is_empty() || hash.ends_with(' '));
        let good = refused == format!("NotAuthorizedException: {expected}")
            || (malformed
                && refused.starts_with("InvalidParameterException: ")
                && refused.contains("'secretHash'"));
        assert!(good, "{operation} {hash:?}: {refused}");
    };
    for hash in &hashes {
        for (operation, input) in &top {
            let mut input = input.clone();
            if let Some(hash) = hash {
                input["SecretHash"] = json!(hash);
            }
            check(operation, input, hash.as_ref()).await;
        }
        for (operation, input) in &inside {
            let mut input = input.clone();
            let parameters =
                if *operation == "InitiateAuth" { "AuthParameters" } else { "ChallengeResponses" };
            if let Some(hash) = hash {
                input[parameters]["SECRET_HASH"] = json!(hash);
            }
            check(operation, input, hash.as_ref()).await;
        }
    }
    let mut good = start("USER_PASSWORD_AUTH", json!({ "PASSWORD": PASSWORD, "SECRET_HASH": right }));
    good["ClientId"] = json!(client);
    world.ok("InitiateAuth", good).await;
}

#[tokio::test]
async fn a11_a12_guessing_at_once_is_locked_out_and_a_lock_ends() {
    let world = World::new().await;
    let pool = world.pool(json!({})).await;
    let client = world.client(&pool, json!({})).await;
    world.user(&pool, "anna", PASSWORD).await;
    let guesses = (0..12).map(|i| password_auth(&client, "anna", &format!("Guess-{i}x"))).collect();
    let answers = world.at_once("InitiateAuth", guesses);
    let said = |text: &str| {
        let said = |answer: &&Result<Value, Failure>| {
            answer.as_ref().is_err_and(|failure| text.ends_with(&failure.message))
        };
        answers.iter().filter(said).count()
    };
    assert_eq!((said(WRONG), said(LOCKED)), (5, 7), "{answers:?}");
    assert_eq!(world.fails("InitiateAuth", password_auth(&client, "anna", PASSWORD)).await, LOCKED);
    world.advance(Span::seconds(1));
    world.sign_in(&client, "anna", PASSWORD).await;
    // An attacker who never stops locks for a quarter of an hour at most.
    for _ in 0..40 {
        let _ = world.call("InitiateAuth", password_auth(&client, "anna", "Guess-1x")).await;
        world.advance(Span::minutes(1));
    }
    world.advance(Span::minutes(15));
    world.sign_in(&client, "anna", PASSWORD).await;
}

#[tokio::test]
async fn a13_codes_of_others_and_of_before() {
    let world = World::new().await;
    let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let client = world.client(&pool, json!({})).await;
    let other = world.client(&pool, json!({})).await;
    for name in ["anna", "bert"] {
        let email = attribute_list(json!({ "email": format!("{name}@example.com") }));
        let input =
            json!({ "ClientId": client, "Username": name, "Password": PASSWORD, "UserAttributes": email });
        world.ok("SignUp", input).await;
    }
    let confirm = |client: &str, name: &str, code: &str| json!({ "ClientId": client, "Username": name, "ConfirmationCode": code });
    let (annas, berts) = (world.code(&pool, "anna").await, world.code(&pool, "bert").await);
    let mismatch = "CodeMismatchException: Invalid verification code provided, please try again.";
    if annas != berts {
        assert_eq!(world.fails("ConfirmSignUp", confirm(&client, "anna", &berts)).await, mismatch);
    }
    assert_eq!(
        world.fails("ConfirmSignUp", confirm(&other, "anna", &annas)).await,
        mismatch,
        "another client's"
    );
    world.advance(Span::seconds(1));
    world.ok("ResendConfirmationCode", json!({ "ClientId": client, "Username": "anna" })).await;
    let newer = world.code(&pool, "anna").await;
    if newer != annas {
        assert_eq!(
            world.fails("ConfirmSignUp", confirm(&client, "anna", &annas)).await,
            mismatch,
            "replaced"
        );
    }
    world.ok("ConfirmSignUp", confirm(&client, "anna", &newer)).await;
    let again = world.fails("ConfirmSignUp", confirm(&client, "anna", &newer)).await;
    assert_eq!(again, "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED");
    let wrong = if berts == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(world.fails("ConfirmSignUp", confirm(&client, "bert", wrong)).await, mismatch);
    }
    let limit = "LimitExceededException: Attempt limit exceeded, please try after some time.";
    assert_eq!(world.fails("ConfirmSignUp", confirm(&client, "bert", &berts)).await, limit);
}

#[tokio::test]
async fn a14_names_of_others() {
    let world = World::new().await;
    let insensitive = json!({
        "AliasAttributes": ["email", "preferred_username"], "UsernameConfiguration": { "CaseSensitive": false },
    });
    let pool = world.pool(insensitive).await;
    let client = world.client(&pool, json!({})).await;
    world.user(&pool, "stra\u{df}e", PASSWORD).await;
    let sign_up = |name: &str| json!({ "ClientId": client, "Username": name, "Password": PASSWORD });
    let exists = "UsernameExistsException: User already exists";
    assert_eq!(world.fails("SignUp", sign_up("STRA\u{df}E")).await, exists);
    world.user(&pool, "zo\u{eb}", PASSWORD).await;
    assert_eq!(
        world.fails("SignUp", sign_up("zoe\u{308}")).await,
        exists,
        "the same letters, composed otherwise"
    );
    assert_eq!(world.fails("SignUp", sign_up("ZO\u{cb}")).await, exists);

    let email =
        |verified: &str| attribute_list(json!({ "email": "a@example.com", "email_verified": verified }));
    let set = |attributes: Value| json!({ "UserPoolId": pool, "Username": "zo\u{eb}", "UserAttributes": attributes });
    world.ok("AdminUpdateUserAttributes", set(email("false"))).await;
    let refused = world.fails("InitiateAuth", password_auth(&client, "a@example.com", PASSWORD)).await;
    assert_eq!(refused, "UserNotFoundException: User does not exist.", "an unverified address is no name");
    world.ok("AdminUpdateUserAttributes", set(email("true"))).await;
    world.sign_in(&client, "A@EXAMPLE.COM", PASSWORD).await;
    let create = |force: bool| {
        json!({
            "UserPoolId": pool, "Username": "thief", "UserAttributes": email("true"),
            "MessageAction": "SUPPRESS", "ForceAliasCreation": force,
        })
    };
    let refused = world.fails("AdminCreateUser", create(false)).await;
    assert_eq!(refused, "UsernameExistsException: An account with the given email already exists.");
    world.ok("AdminCreateUser", create(true)).await;
    let moved = world.fails("InitiateAuth", password_auth(&client, "a@example.com", PASSWORD)).await;
    assert_eq!(moved, WRONG, "the alias is the new user's, who has another password");
    let preferred = attribute_list(json!({ "preferred_username": "thief" }));
    let refused = world.fails("AdminUpdateUserAttributes", set(preferred)).await;
    assert_eq!(refused, "AliasExistsException: An account with the preferred_username already exists.");
}

#[tokio::test]
async fn a15_a16_attributes_that_are_not_ones_own_to_write_or_read() {
    let world = World::new().await;
    let schema = json!([
        { "Name": "plan", "AttributeDataType": "String" },
        { "Name": "internal", "AttributeDataType": "String", "DeveloperOnlyAttribute": true },
    ]);
    let pool = world.pool(json!({ "Schema": schema })).await;
    let lists = json!({ "WriteAttributes": ["name"], "ReadAttributes": ["name"] });
    let client = world.client(&pool, lists).await;
    world.user(&pool, "anna", PASSWORD).await;
    let attributes = json!({ "name": "Anna", "custom:plan": "free", "email": "a@example.com" });
    let set = json!({ "UserPoolId": pool, "Username": "anna", "UserAttributes": attribute_list(attributes) });
    world.ok("AdminUpdateUserAttributes", set).await;
    let tokens = world.sign_in(&client, "anna", PASSWORD).await;
    for name in [
        "email_verified",
        "phone_number_verified",
        "sub",
        "identities",
        "custom:plan",
        "dev:custom:internal",
        "email",
    ] {
        let attributes = json!([{ "Name": name, "Value": "true" }]);
        let update = json!({ "AccessToken": tokens["AccessToken"], "UserAttributes": attributes });
        assert_eq!(world.fails("UpdateUserAttributes", update).await, UNAUTHORIZED, "{name}");
        let register = json!({
            "ClientId": client, "Username": "bert", "Password": PASSWORD, "UserAttributes": attributes,
        });
        assert_eq!(world.fails("SignUp", register).await, UNAUTHORIZED, "{name}");
    }
    let user = world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await;
    let names: Vec<_> =
        user["UserAttributes"].as_array().unwrap().iter().map(|a| a["Name"].clone()).collect();
    assert_eq!(names, ["sub", "name"]);
    let claims = claims(&tokens["IdToken"]);
    assert_eq!(
        (&claims["name"], claims.get("email"), claims.get("custom:plan")),
        (&json!("Anna"), None, None)
    );
}

#[tokio::test]
async fn a17_administrators_sign() {
    let world = World::new().await;
    let pool = world.pool(json!({})).await;
    let unsigned = testkit::World::caller();
    let unsigned = cognito_ops::Caller { scope: None, ..unsigned };
    for name in cognito_ops::offered() {
        let model = cognito_api::model::Model::cognito_idp();
        let operation = model.operation(name).unwrap();
        if operation.auth != cognito_api::model::Auth::Iam {
            continue;
        }
        let answer = world.call_as(unsigned.clone(), name, json!({ "UserPoolId": pool })).await;
        let code = answer.err().map(|failure| failure.code);
        assert_eq!(code.as_deref(), Some("MissingAuthenticationTokenException"), "{name}");
    }
}

#[tokio::test]
async fn a18_odd_passwords() {
    let world = World::new().await;
    let pool = world.pool(json!({})).await;
    let client = world.client(&pool, json!({})).await;
    let longest = format!("Aa1!{}", "x".repeat(252));
    let sign_up =
        |name: &str, password: &str| json!({ "ClientId": client, "Username": name, "Password": password });
    world.ok("SignUp", sign_up("longest", &longest)).await;
    world.ok("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "longest" })).await;
    world.sign_in(&client, "longest", &longest).await;
    let nearly = format!("{}y", &longest[..255]);
    assert_eq!(
        world.fails("InitiateAuth", password_auth(&client, "longest", &nearly)).await,
        WRONG,
        "no byte is cut"
    );
    for bad in [format!("{longest}x"), " Abcdef1!".to_owned(), "Abcdef1! ".to_owned()] {
        let refused = world.fails("SignUp", sign_up("bad", &bad)).await;
        let good = refused.starts_with("InvalidParameterException: ")
            || refused.starts_with("InvalidPasswordException: ");
        assert!(good, "{refused}");
        assert!(!refused.contains(&bad), "{refused}");
    }
    for odd in ["Abc\u{0}def1!", "Abcd\u{1F600}ef1!", "Abc def 1!"] {
        let answer = world.call("SignUp", sign_up("odd", odd)).await;
        if answer.is_ok() {
            world.ok("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "odd" })).await;
            world.sign_in(&client, "odd", odd).await;
            let cut: String = odd.chars().take(3).collect();
            assert_eq!(world.fails("InitiateAuth", password_auth(&client, "odd", &cut)).await, WRONG);
            world.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "odd" })).await;
        }
    }
}

#[tokio::test]
async fn a19_metadata_is_data() {
    let world = World::new().await;
    let pool = world.pool(json!({})).await;
    let client = world.client(&pool, json!({})).await;
    world.user(&pool, "anna", PASSWORD).await;
    let with = |metadata: Value| {
        merged(password_auth(&client, "anna", PASSWORD), json!({ "ClientMetadata": metadata }))
    };
    world.ok("InitiateAuth", with(json!({ "__proto__": "x", "constructor": "y" }))).await;
    let long = world.fails("InitiateAuth", with(json!({ "a": "x".repeat(131_073) }))).await;
    assert!(long.starts_with("InvalidParameterException: 1 validation error detected: "), "{}", &long[..100]);
    let nested = world.fails("InitiateAuth", with(json!({ "a": { "b": "c" } }))).await;
    assert!(nested.starts_with("SerializationException: "), "{nested}");
}
