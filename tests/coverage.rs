//! Every operation of the model works or stands in `not_yet.txt`, and the list is true.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::e2e::server::{Server, Store};

const MODEL: &str = include_str!("../crates/cognito-api/model/cognito-idp.json");
const NOT_YET: &str = include_str!("not_yet.txt");

/// The list only shrinks: whoever makes operations work lowers this number.
const LONGEST: usize = 0;

#[test]
fn the_list_only_shrinks() {
    let names: Vec<&str> = NOT_YET.lines().collect();
    assert!(names.is_sorted(), "not_yet.txt is not sorted");
    assert_eq!(names.len(), LONGEST, "set LONGEST to the length of not_yet.txt, which must not grow");
    let unknown: Vec<_> = names.iter().filter(|name| !operations().contains(**name)).collect();
    assert!(unknown.is_empty(), "no operations: {unknown:?}");
}

#[test]
fn the_server_agrees_with_the_list() {
    let server = Server::start(Store::Memory);
    let model = model();
    let mut wrong = Vec::new();
    for name in operations() {
        let input = minimal(&model, &model["operations"][&name]["input"]);
        let answer = server.call(&name, &input);
        let not_yet = NOT_YET.lines().any(|line| line == name);
        let code = answer.json()["__type"].clone();
        // No operation is unknown, and those that work answer by themselves, whatever they answer.
        let right = match answer.status {
            501 => not_yet && code == "NotImplementedException",
            500.. => false,
            _ => !not_yet && code != "UnknownOperationException" && code != "SerializationException",
        };
        if !right {
            wrong.push(format!("{name} {input}: {} {}", answer.status, answer.text()));
        }
    }
    assert!(wrong.is_empty(), "not_yet.txt and the server differ:\n{}", wrong.join("\n"));
    let unknown = server.call("MakeCoffee", &json!({}));
    assert_eq!(unknown.json()["__type"], "UnknownOperationException", "{}", unknown.text());
}

/// The smallest value of a shape that passes validation: required members only.
fn minimal(model: &Value, name: &Value) -> Value {
    let name = name.as_str().expect("shapes are named");
    let shape = &model["shapes"][name];
    let least = |otherwise: u64| shape["min"].as_u64().unwrap_or(otherwise);
    match shape["type"].as_str().expect("a shape has a type") {
        "structure" => {
            let names = shape["required"].as_array().map(Vec::as_slice).unwrap_or_default();
            let member = |name: &Value| {
                let name = name.as_str().expect("members are named");
                (name.to_owned(), minimal(model, &shape["members"][name]))
            };
            names.iter().map(member).collect()
        }
        "list" => (0..least(0)).map(|_| minimal(model, &shape["member"])).collect(),
        "map" => json!({}),
        "integer" | "long" => json!(least(1)),
        "boolean" => json!(false),
        "timestamp" => json!(1_700_000_000),
        _ => shape["enum"].get(0).cloned().unwrap_or_else(|| text(name, least(1))),
    }
}

/// A text of a shape; those with a pattern that letters do not match are listed.
fn text(shape: &str, least: u64) -> Value {
    match shape {
        "ArnType" => json!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Abcdefghi"),
        "DeviceKeyType" => json!("us-east-1_12345678-1234-4234-8234-123456789012"),
        "ManagedLoginBrandingIdType" | "TermsIdType" => json!("12345678-1234-4234-8234-123456789012"),
        "SessionIdType" => json!("sso1234567890123456789012345"),
        "SoftwareTokenMFAUserCodeType" => json!("123456"),
        "TermsNameType" => json!("terms-of-use"),
        "UserImportJobIdType" => json!("import-abcdefghij"),
        "UserPoolIdType" => json!("us-east-1_Abcdefghi"),
        _ => json!("x".repeat(usize::try_from(least.max(5)).expect("texts are short"))),
    }
}

fn operations() -> BTreeSet<String> {
    model()["operations"].as_object().expect("the model has operations").keys().cloned().collect()
}

fn model() -> Value {
    serde_json::from_str(MODEL).expect("the model is JSON")
}
