//! The validator's cases: a request, and the message that it gets.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Operation as _, ops, sample};

/// `expected` is empty when the request is valid.
#[track_caller]
fn check(operation: &str, mut input: Value, expected: &str) {
    let model = Model::cognito_idp();
    let operation = model.operation(operation).expect("the model has the operation");
    let message = validate(model, operation, &mut input).err().map(|invalid| invalid.message());
    assert_eq!(message.unwrap_or_default(), expected);
}

fn many(violations: &[&str]) -> String {
    format!("{} validation errors detected: {}", violations.len(), violations.join("; "))
}

#[test]
fn valid_requests() {
    check("ListUserPools", json!({"MaxResults": 60}), "");
    check("AdminGetUser", json!({"UserPoolId": "local_1", "Username": "jane", "Unknown": {"a": [null]}}), "");
    check(
        "InitiateAuth",
        json!({
            "ClientId": "1example", "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "jane", "PASSWORD": "in side"},
            "ClientMetadata": {}, "AnalyticsMetadata": {}
        }),
        "",
    );
}

#[test]
fn missing_members() {
    let required = "Value null at 'userPoolId' failed to satisfy constraint: Member must not be null";
    check("DescribeUserPool", json!({}), &format!("1 validation error detected: {required}"));
    check(
        "DescribeUserPool",
        json!({"UserPoolId": null}),
        &format!("1 validation error detected: {required}"),
    );
    check(
        "AdminGetUser",
        json!({}),
        &many(&[required, "Value null at 'username' failed to satisfy constraint: Member must not be null"]),
    );
}

#[test]
fn bounds_patterns_and_enums() {
    check(
        "DescribeUserPool",
        json!({"UserPoolId": "MyPool"}),
        r"1 validation error detected: Value 'MyPool' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+",
    );
    check(
        "ListUserPools",
        json!({"MaxResults": 61}),
        "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60",
    );
    check(
        "ListUserPools",
        json!({"MaxResults": 0}),
        "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
    check(
        "CreateUserPool",
        json!({"PoolName": "p", "MfaConfiguration": "false"}),
        "1 validation error detected: Value 'false' at 'mfaConfiguration' failed to satisfy constraint: Member must satisfy enum value set: [OFF, ON, OPTIONAL]",
    );
    check(
        "CreateUserPool",
        json!({"PoolName": "p", "Policies": {"PasswordPolicy": {"MinimumLength": 100}}}),
        "1 validation error detected: Value '100' at 'policies.passwordPolicy.minimumLength' failed to satisfy constraint: Member must have value less than or equal to 99",
    );
}

#[test]
fn custom_domains_are_domains() {
    check("DescribeUserPoolDomain", json!({"Domain": "login.example.com"}), "");
    check(
        "DescribeUserPoolDomain",
        json!({"Domain": ""}),
        "1 validation error detected: Value '' at 'domain' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
}

#[test]
fn sensitive_values_are_not_repeated() {
    check(
        "SignUp",
        json!({"ClientId": "1example", "Username": "a b", "Password": " hunter2"}),
        &many(&[
            r"Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+",
            r"Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$",
        ]),
    );
    check(
        "SignUp",
        json!({"ClientId": "1example", "Username": ""}),
        &many(&[
            "Value at 'username' failed to satisfy constraint: Member must have length greater than or equal to 1",
            r"Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+",
        ]),
    );
}

#[test]
fn lengths_count_characters() {
    let name = |letter: &str, times| json!({"PoolName": "p", "SmsAuthenticationMessage": format!("{{####}}{}", letter.repeat(times))});
    check("CreateUserPool", name("ü", 134), "");
    let long = format!("{{####}}{}", "ü".repeat(135));
    check(
        "CreateUserPool",
        name("ü", 135),
        &format!(
            "1 validation error detected: Value '{long}' at 'smsAuthenticationMessage' failed to satisfy constraint: Member must have length less than or equal to 140"
        ),
    );
}

#[test]
fn lists_and_maps() {
    check(
        "AdminCreateUser",
        json!({"UserPoolId": "local_1", "Username": "jane", "UserAttributes": [{"Name": "email"}, {"Value": "x"}]}),
        "1 validation error detected: Value null at 'userAttributes.2.member.name' failed to satisfy constraint: Member must not be null",
    );
    check(
        "CreateUserPoolClient",
        json!({"UserPoolId": "local_1", "ClientName": "c", "AllowedOAuthFlows": ["code", "codes"]}),
        "1 validation error detected: Value '[code, codes]' at 'allowedOAuthFlows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [code, implicit, client_credentials]]",
    );
    check(
        "CreateUserPoolClient",
        json!({"UserPoolId": "local_1", "ClientName": "c", "AllowedOAuthFlows": ["code", "code", "code", "code"]}),
        "1 validation error detected: Value '[code, code, code, code]' at 'allowedOAuthFlows' failed to satisfy constraint: Member must have length less than or equal to 3",
    );
    check(
        "TagResource",
        json!({"ResourceArn": "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/x", "Tags": {"": "a"}}),
        "1 validation error detected: Value '{=a}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
    );
    check(
        "AdminDeleteUserAttributes",
        json!({"UserPoolId": "local_1", "Username": "jane", "UserAttributeNames": ["email", null]}),
        "1 validation error detected: Value null at 'userAttributeNames.2.member' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn wrong_types_are_found_before_constraints() {
    check("ListUserPools", json!([]), "The request must be a structure");
    check("ListUserPools", json!({"MaxResults": "10"}), "The value at 'maxResults' must be a 32-bit integer");
    check("ListUserPools", json!({"MaxResults": 1.5}), "The value at 'maxResults' must be a 32-bit integer");
    check("ListUserPools", json!({"MaxResults": 1.0}), "The value at 'maxResults' must be a 32-bit integer");
    check(
        "ListUserPools",
        json!({"MaxResults": 2_147_483_648_u64}),
        "The value at 'maxResults' must be a 32-bit integer",
    );
    check(
        "ListUserPools",
        json!({"MaxResults": u64::MAX}),
        "The value at 'maxResults' must be a 32-bit integer",
    );
    check("AdminGetUser", json!({"Username": 7}), "The value at 'username' must be a string");
    check(
        "AdminGetUser",
        json!({"UserPoolId": [], "Username": "x"}),
        "The value at 'userPoolId' must be a string",
    );
    check(
        "AdminCreateUser",
        json!({"UserAttributes": {"Name": "a"}}),
        "The value at 'userAttributes' must be a list",
    );
    check(
        "AdminCreateUser",
        json!({"UserAttributes": ["a"]}),
        "The value at 'userAttributes.1.member' must be a structure",
    );
    check(
        "AdminCreateUser",
        json!({"ForceAliasCreation": "true"}),
        "The value at 'forceAliasCreation' must be a boolean",
    );
    check(
        "InitiateAuth",
        json!({"AuthParameters": {"USERNAME": 1}}),
        "The value at 'authParameters.USERNAME.member' must be a string",
    );
    check("InitiateAuth", json!({"AuthParameters": "x"}), "The value at 'authParameters' must be a map");
    check(
        "SetUICustomization",
        json!({"ImageFile": "?"}),
        "The value at 'imageFile' must be a base64 string",
    );
}

#[test]
fn nulls_are_dropped() {
    let model = Model::cognito_idp();
    let mut input = json!({
        "UserPoolId": "local_1", "Username": "jane", "DesiredDeliveryMediums": null,
        "ClientMetadata": {"a": null, "b": "c"}, "UserAttributes": [{"Name": "email", "Value": null}]
    });
    let operation = model.operation("AdminCreateUser").unwrap();
    validate(model, operation, &mut input).unwrap();
    let expected = json!({
        "UserPoolId": "local_1", "Username": "jane", "ClientMetadata": {"b": "c"}, "UserAttributes": [{"Name": "email"}]
    });
    assert_eq!(input, expected);
}

#[test]
fn documents_are_left_alone() {
    let model = Model::cognito_idp();
    let operation = model.operation("CreateManagedLoginBranding").unwrap();
    let mut input =
        json!({"UserPoolId": "local_1", "ClientId": "1example", "Settings": {"a": [null, {"b": null}]}});
    let before = input.clone();
    validate(model, operation, &mut input).unwrap();
    assert_eq!(input, before);
}

#[test]
fn messages_stay_short_and_printable() {
    let model = Model::cognito_idp();
    let operation = model.operation("AdminCreateUser").unwrap();
    let mut input = json!({"UserPoolId": format!("a\r\n\u{7f}{}", "x".repeat(100_000)), "UserAttributes": vec![json!({}); 10_000]});
    let message = validate(model, operation, &mut input).unwrap_err().message();
    assert!(message.starts_with(r"100 validation errors detected: Value 'a\r\n\u{7f}xxx"), "{message}");
    assert!(message.len() < 9_000, "{}", message.len());
    assert!(!message.contains(char::is_control));
}

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~]{0,20}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("aGk=")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let name = prop_oneof!["[A-Z][a-z]{1,8}", Just("Name".to_owned()), Just("Value".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..3).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

/// The JSON pointers of all values.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                pointers(element, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(entries) => {
            for (name, entry) in entries {
                pointers(entry, &format!("{pointer}/{name}"), found);
            }
        }
        _ => {}
    }
}

fn deserialises<O: crate::Operation>(input: Value) -> Result<(), String> {
    serde_json::from_value::<O::Input>(input).map(drop).map_err(|e| format!("{}: {e}", O::NAME))
}

type Deserialise = fn(Value) -> Result<(), String>;

fn inputs() -> Vec<(&'static str, Deserialise)> {
    macro_rules! table {
        ($($operation:ident),+) => {
            vec![$((ops::$operation::NAME, deserialises::<ops::$operation> as Deserialise)),+]
        };
    }
    crate::for_each_operation!(table)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// With any value in any place, the validator ends, and what it lets through becomes the type.
    #[test]
    fn what_is_valid_deserialises(
        chosen in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        value in any_json(),
    ) {
        let model = Model::cognito_idp();
        let (name, deserialise) = *chosen.get(&inputs());
        let operation = model.operation(name).expect("the types and the model are of one version");
        let mut input = sample::full(model, operation);
        let mut found = Vec::new();
        pointers(&input, "", &mut found);
        let pointer: &String = place.get(&found);
        *input.pointer_mut(pointer).expect("the pointer comes from the value") = value;
        match validate(model, operation, &mut input) {
            Ok(()) => prop_assert_eq!(deserialise(input), Ok(())),
            Err(invalid) => prop_assert!(!invalid.message().contains(char::is_control)),
        }
    }
}
