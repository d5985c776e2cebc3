//! Which target answers.

use super::*;

#[tokio::test]
async fn the_first_that_matches() {
    let answer = |name: &str| Target::answer(json!({ "by": name }).as_object().unwrap().clone());
    let targets = [("*:greet", "first"), ("*:function:g*", "second"), ("*:other:live", "third")];
    let targets = targets.map(|(glob, name)| (ArnPattern::new(glob), answer(name)));
    let map = FunctionMap::new(targets.into(), Unmapped::Refuse);
    for (arn, expected) in [
        (ARN, "first"),
        ("arn:aws:lambda:us-east-1:000000000000:function:greet:live", "first"),
        ("arn:aws:lambda:us-east-1:000000000000:function:go", "second"),
        ("arn:aws:lambda:us-east-1:000000000000:function:other:live", "third"),
    ] {
        let answer = map.invoke(arn, &event("jane"), LONG).await.unwrap().unwrap();
        assert_eq!(answer["response"], json!({ "by": expected }), "{arn}");
    }
    let other =
        map.invoke("arn:aws:lambda:us-east-1:000000000000:function:other", &event("jane"), LONG).await;
    assert_eq!(other, Err(InvokeError::Failed("ResourceNotFoundException".to_owned())));
}

#[tokio::test]
async fn unmapped_functions_may_be_skipped() {
    let map = FunctionMap::new(Vec::new(), Unmapped::Skip);
    assert_eq!(map.invoke(ARN, &event("jane"), LONG).await, Ok(None));
}

#[test]
fn targets_in_words() {
    check("invoke", "http://u:p4ss@localhost:3001", "Invoke");
    check("http", "https://example.test/f", "Http");
    check("command", "python3 f.py", "Command");
    check("node", "f.js#go", "Command");
    check("python", "f.py", "Command");
    check("answer", r#"{"autoConfirmUser": true}"#, "Answer");
    check("http", "example.test", "the URL cannot be read: relative URL without a base");
    check("invoke", "file:///f", "the URL must begin with http:// or https://, not file:");
    check("answer", "[]", "answer must be a JSON object");
    check("command", "", "command is empty");
    check("ruby", "f.rb", "\"ruby\" is none of invoke, http, command, node, python and answer");
}

fn check(kind: &str, text: &str, expected: &str) {
    let found = Target::parse(kind, text).map_or_else(|error| error, |target| format!("{target:?}"));
    assert_eq!(found, expected, "{kind} {text}");
}
