//! Every constraint of every operation, broken alone and together with others.

use cognito_api::model::{Model, Operation, ShapeKind};
use cognito_api::sample::{self, Breakage, breakages};
use serde_json::{Value, json};

use super::fixture::{Fixture, lower_first, member_of};

#[tokio::test]
async fn each_alone() {
    let fixture = Fixture::new().await;
    let model = Model::cognito_idp();
    let mut seen = 0;
    for operation in model.operations() {
        for breakage in breakages(model, operation) {
            let input = grounded(&fixture, operation, &breakage);
            let answer = fixture.world.fails(&operation.name, input).await;
            assert_eq!(
                answer,
                format!("InvalidParameterException: {}", breakage.message),
                "{}",
                operation.name
            );
            seen += 1;
        }
    }
    assert!(seen > 1500, "only {seen} constraints");
    assert_eq!(fixture.world.written(), [], "an invalid request changed something");
}

/// The requests above are not refused for other reasons: with the constraint kept, most do what they say.
#[tokio::test]
async fn none_broken() {
    let model = Model::cognito_idp();
    let (mut done, mut refused) = (0, Vec::new());
    for name in cognito_ops::offered() {
        let fixture = Fixture::new().await;
        let mut input = sample::minimal(model, model.operation(name).expect("the model has what is offered"));
        fixture.ground(&mut input, &mut |_| 0);
        match fixture.world.call(name, input).await {
            Ok(_) => done += 1,
            Err(failure) => refused.push(format!("{name}: {failure:?}")),
        }
    }
    assert!(done > 35, "only {done} were done, and not {refused:#?}");
}

#[tokio::test]
async fn all_required_members_missing() {
    let fixture = Fixture::new().await;
    let model = Model::cognito_idp();
    for operation in model.operations() {
        let missing: Vec<String> = required(model, operation)
            .map(|name| {
                let path = lower_first(name);
                format!("Value null at '{path}' failed to satisfy constraint: Member must not be null")
            })
            .collect();
        if !missing.is_empty() {
            let answer = fixture.world.fails(&operation.name, json!({})).await;
            assert_eq!(answer, together(&missing), "{}", operation.name);
        }
    }
    assert_eq!(fixture.world.written(), []);
}

/// In each member one constraint is broken: all violations are told, in the order of the members.
#[tokio::test]
async fn all_members_broken() {
    let fixture = Fixture::new().await;
    let model = Model::cognito_idp();
    for operation in model.operations() {
        let mut input = sample::full(model, operation);
        let mut violations = Vec::new();
        let mut last = "";
        for breakage in breakages(model, operation) {
            let member = member_of(model, operation, &breakage.path);
            let Some(violation) = breakage.message.strip_prefix("1 validation error detected: ") else {
                continue;
            };
            if member == last {
                continue;
            }
            last = member;
            put(&mut input, member, breakage.input.get(member));
            violations.push(violation.to_owned());
        }
        if !violations.is_empty() {
            let answer = fixture.world.fails(&operation.name, input).await;
            assert_eq!(answer, together(&violations), "{}", operation.name);
        }
    }
    assert_eq!(fixture.world.written(), []);
}

/// The broken request with everything else as it exists in the world.
fn grounded(fixture: &Fixture, operation: &Operation, breakage: &Breakage) -> Value {
    let member = member_of(Model::cognito_idp(), operation, &breakage.path);
    let mut input = breakage.input.clone();
    fixture.ground(&mut input, &mut |_| 0);
    put(&mut input, member, breakage.input.get(member));
    input
}

fn put(input: &mut Value, member: &str, value: Option<&Value>) {
    let object = input.as_object_mut().expect("a request is an object");
    match value {
        Some(value) => object.insert(member.to_owned(), value.clone()),
        None => object.shift_remove(member),
    };
}

fn required<'m>(model: &'m Model, operation: &Operation) -> impl Iterator<Item = &'m String> {
    let ShapeKind::Structure { members, .. } = &model.shape(operation.input).kind else {
        panic!("a request is a structure")
    };
    members.iter().filter(|member| member.required).map(|member| &member.name)
}

/// The one answer to several violations. AWS's text has no end; ours has one.
fn together(violations: &[String]) -> String {
    const LONGEST: usize = 8192;
    let (count, plural) = (violations.len(), if violations.len() == 1 { "" } else { "s" });
    let text = format!("{count} validation error{plural} detected: {}", violations.join("; "));
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push_str("...");
    }
    format!("InvalidParameterException: {short}")
}
