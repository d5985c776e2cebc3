//! Bodies that are no proper JSON, and JSON at its limits.

use cognito_api::model::Model;
use cognito_api::sample;
use cognito_ops::Call;
use serde_json::{Value, json};
use testkit::World;

use super::fixture::Fixture;

const BROKEN: &str = "SerializationException: The request body is not valid JSON.";
const NO_OBJECT: &str = "SerializationException: The request body must be a JSON object.";

/// The error that the bytes get, or nothing.
async fn answer(fixture: &Fixture, operation: &str, body: &[u8]) -> String {
    let call = Call { operation, body, caller: World::caller() };
    fixture.world.app.call(call).await.map_or_else(|error| error.to_string(), |_| String::new())
}

#[tokio::test]
async fn broken_json() {
    let fixture = Fixture::new().await;
    let nested = |open: &str, close: &str| {
        format!("{{\"a\":{}1{}}}", open.repeat(10_000), close.repeat(10_000)).into_bytes()
    };
    let broken: [(&str, &[u8]); 22] = [
        ("a brace", b"{"),
        ("half a string", br#"{"UserPoolId": "us-"#),
        ("single quotes", b"{'a': 1}"),
        ("a bare name", b"{a: 1}"),
        ("a comma", br#"{"a": 1,}"#),
        ("a comment", br#"{"a": 1 /* one */}"#),
        ("something after", br#"{"a": 1} {}"#),
        ("a brace too many", b"{}}"),
        ("a byte order mark", b"\xef\xbb\xbf{}"),
        ("UTF-16", b"{\x00}\x00"),
        ("no UTF-8", b"{\"a\": \"\xff\xfe\"}"),
        ("a surrogate in UTF-8", b"{\"a\": \"\xed\xa0\x80\"}"),
        ("an overlong slash", b"{\"a\": \"\xc0\xaf\"}"),
        ("half a pair", br#"{"a": "\ud83d"}"#),
        ("a pair the wrong way round", br#"{"a": "\udc00\ud800"}"#),
        ("a control character", b"{\"a\": \"\x01\"}"),
        ("a hexadecimal number", br#"{"a": 0x10}"#),
        ("a leading zero", br#"{"a": 01}"#),
        ("no number", br#"{"a": NaN}"#),
        ("a number without end", br#"{"a": 1e999}"#),
        ("deep lists", &nested("[", "]")),
        ("deep objects", &nested("{\"a\":", "}")),
    ];
    for operation in Model::cognito_idp().operations() {
        for (what, body) in broken {
            assert_eq!(answer(&fixture, &operation.name, body).await, BROKEN, "{}: {what}", operation.name);
        }
        for body in ["null", "[]", "[{}]", "\"{}\"", "1", "true"] {
            assert_eq!(answer(&fixture, &operation.name, body.as_bytes()).await, NO_OBJECT, "{body}");
        }
    }
    assert_eq!(fixture.world.written(), []);
}

/// Members that the model doesn't know mean nothing, whatever they are; so does the case of a name.
#[tokio::test]
async fn unknown_members() {
    let fixture = Fixture::new().await;
    let model = Model::cognito_idp();
    let long = "9".repeat(300);
    for operation in model.operations().iter().filter(|operation| operation.name.starts_with("Describe")) {
        let mut input = sample::minimal(model, operation);
        fixture.ground(&mut input, &mut |_| 0);
        let plain = fixture.world.call(&operation.name, input.clone()).await;
        for more in [json!([[[{}]]]), json!({ "UserPoolId": 7 }), Value::Null, json!(1e300), json!("\u{0}")] {
            let mut input = input.clone();
            input["unknown"] = more.clone();
            input["userPoolId"] = json!([]);
            input[""] = more;
            assert_eq!(fixture.world.call(&operation.name, input).await, plain, "{}", operation.name);
        }
        let mut body = input.to_string();
        body.truncate(body.len() - 1);
        let body = format!("{body}, \"unknown\": {long}, \"UnknowN\": -{long}.5e-9}}");
        let expected = plain.err().map(|failure| format!("{}: {}", failure.code, failure.message));
        assert_eq!(answer(&fixture, &operation.name, body.as_bytes()).await, expected.unwrap_or_default());
    }
}

/// Of two equal names the last one counts, as with most JSON readers.
#[tokio::test]
async fn a_name_twice() {
    let fixture = Fixture::new().await;
    let body = r#"{"PoolName": 1, "PoolName": "first", "PoolName": "second"}"#;
    let call = Call { operation: "CreateUserPool", body: body.as_bytes(), caller: World::caller() };
    let created: Value = serde_json::from_slice(&fixture.world.app.call(call).await.unwrap()).unwrap();
    assert_eq!(created["UserPool"]["Name"], "second");
}

#[tokio::test]
async fn numbers() {
    let fixture = Fixture::new().await;
    let type_error = "SerializationException: The value at 'maxResults' must be a 32-bit integer";
    for (number, expected) in [
        ("60", ""),
        ("2147483648", type_error),
        ("-2147483649", type_error),
        ("9223372036854775808", type_error),
        ("18446744073709551616", type_error),
        ("1e1", type_error),
        ("1.0", type_error),
        ("0.1", type_error),
        ("\"60\"", type_error),
        (
            "2147483647",
            "InvalidParameterException: 1 validation error detected: Value '2147483647' at 'maxResults' failed to \
             satisfy constraint: Member must have value less than or equal to 60",
        ),
        (
            "0",
            "InvalidParameterException: 1 validation error detected: Value '0' at 'maxResults' failed to satisfy \
             constraint: Member must have value greater than or equal to 1",
        ),
    ] {
        let body = format!("{{\"MaxResults\": {number}}}");
        assert_eq!(answer(&fixture, "ListUserPools", body.as_bytes()).await, expected, "{number}");
    }
}

#[tokio::test]
async fn an_empty_body_is_an_empty_object() {
    let fixture = Fixture::new().await;
    for operation in Model::cognito_idp().operations() {
        let empty = answer(&fixture, &operation.name, b"{}").await;
        for body in [b"".as_slice(), b" \r\n\t"] {
            assert_eq!(answer(&fixture, &operation.name, body).await, empty, "{}", operation.name);
        }
    }
}
