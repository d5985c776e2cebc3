//! The help texts of the service and of each operation, made from the API's model.

use std::fmt::Write as _;

use clap::Args as _;
use cognito_api::model::{Member, Model, Operation, ShapeId, ShapeKind};

use super::command::flag;
use super::globals::Globals;
use super::input::members;
use super::names::kebab;

/// How deep the shorthand of an option is spelled out.
const DEPTH: usize = 4;

/// The service's help: how to use it, and every operation.
pub fn service(model: &Model) -> String {
    let name = &model.service().id;
    let mut out = format!(
        "NAME\n    {name} - {}\n\nSYNOPSIS\n    awsemu {name} <operation> [options]\n    awsemu {name} <operation> help\n\nOPERATIONS\n",
        model.service().full_name
    );
    for operation in model.operations() {
        let _ = writeln!(out, "    {}\n        {}", kebab(&operation.name), operation.summary);
    }
    out.push_str(&global_options());
    out
}

/// An operation's help: what it does, its options with their types and constraints, its output.
pub fn operation(model: &Model, operation: &Operation) -> String {
    let name = kebab(&operation.name);
    let hidden = |member: &Member| {
        let paginator = operation.paginator.as_ref();
        paginator
            .is_some_and(|paginator| [&paginator.input_token, &paginator.limit_key].contains(&&member.name))
    };
    let shown: Vec<&Member> = members(model, operation).iter().filter(|member| !hidden(member)).collect();
    let mut out =
        format!("NAME\n    {name} - {}\n\nDESCRIPTION\n    {}\n", operation.summary, reference(operation));
    let _ = writeln!(out, "\nSYNOPSIS\n    awsemu {} {name}", model.service().id);
    for member in &shown {
        let usage = usage(model, member);
        let _ =
            if member.required { writeln!(out, "      {usage}") } else { writeln!(out, "      [{usage}]") };
    }
    let paging: &[(&str, &str)] = match operation.paginator {
        Some(_) => &[
            ("--starting-token <value>", "Go on where an earlier answer ended: its NextToken."),
            ("--page-size <value>", "How many elements to ask for in each call."),
            ("--max-items <value>", "How many elements to show in all."),
        ],
        None => &[],
    };
    let common = [
        ("--cli-input-json <value>", "All of the input as JSON, or file://path; options go before it."),
        ("--cli-input-yaml <value>", "All of the input as YAML, or file://path; options go before it."),
        (
            "--generate-cli-skeleton [input|yaml-input|output]",
            "Print an input to be filled in, or an example of the output; nothing is sent.",
        ),
    ];
    for (usage, _) in paging.iter().chain(&common) {
        let _ = writeln!(out, "      [{usage}]");
    }
    out.push_str("\nOPTIONS\n");
    for member in &shown {
        option(&mut out, model, member);
    }
    for (usage, text) in paging.iter().chain(&common) {
        let _ = writeln!(out, "    {usage}\n        {text}\n");
    }
    output(&mut out, model, operation);
    if !operation.errors.is_empty() {
        let _ = writeln!(out, "ERRORS\n    {}\n", operation.errors.join("\n    "));
    }
    out.push_str(global_options().trim_start_matches('\n'));
    out
}

/// The operation's output members with their types.
fn output(out: &mut String, model: &Model, operation: &Operation) {
    out.push_str("OUTPUT\n");
    let members = match operation.output.map(|shape| &model.shape(shape).kind) {
        Some(ShapeKind::Structure { members, .. }) => members.as_slice(),
        _ => &[],
    };
    if members.is_empty() {
        out.push_str("    None\n");
    }
    for member in members {
        let _ = writeln!(out, "    {} ({})", member.name, type_name(model, member.shape));
    }
    out.push('\n');
}

fn usage(model: &Model, member: &Member) -> String {
    match model.shape(member.shape).kind {
        ShapeKind::Boolean => format!("{} | --no-{}", flag(&member.name), kebab(&member.name)),
        ShapeKind::List { .. } => format!("{} <value> ...", flag(&member.name)),
        _ => format!("{} <value>", flag(&member.name)),
    }
}

fn option(out: &mut String, model: &Model, member: &Member) {
    let required = if member.required { ", required" } else { "" };
    let kind = type_name(model, member.shape);
    let _ = writeln!(out, "    {} ({kind}{required})", usage(model, member));
    for line in constraints(model, member.shape) {
        let _ = writeln!(out, "        {line}");
    }
    match &model.shape(member.shape).kind {
        ShapeKind::Structure { document: true, .. } => out.push_str("        JSON only\n"),
        ShapeKind::Structure { .. } | ShapeKind::Map { .. } => {
            let _ = writeln!(out, "        Shorthand: {}", shorthand(model, member.shape, 0));
        }
        ShapeKind::List { member, .. } => {
            for line in constraints(model, *member) {
                let _ = writeln!(out, "        Each: {line}");
            }
            if matches!(model.shape(*member).kind, ShapeKind::Structure { .. } | ShapeKind::Map { .. }) {
                let _ = writeln!(out, "        Shorthand: {} ...", shorthand(model, *member, 0));
            }
        }
        _ => {}
    }
    out.push('\n');
}

fn type_name(model: &Model, shape: ShapeId) -> String {
    match &model.shape(shape).kind {
        ShapeKind::Structure { document: true, .. } => "document".to_owned(),
        ShapeKind::Structure { .. } => "structure".to_owned(),
        ShapeKind::List { member, .. } => format!("list of {}", type_name(model, *member)),
        ShapeKind::Map { value, .. } => format!("map of {}", type_name(model, *value)),
        ShapeKind::String { .. } => "string".to_owned(),
        ShapeKind::Integer { .. } => "integer".to_owned(),
        ShapeKind::Long { .. } => "long".to_owned(),
        ShapeKind::Boolean => "boolean".to_owned(),
        ShapeKind::Double => "double".to_owned(),
        ShapeKind::Timestamp => "timestamp".to_owned(),
        ShapeKind::Blob { .. } => "blob".to_owned(),
    }
}

fn constraints(model: &Model, shape: ShapeId) -> Vec<String> {
    let mut lines = Vec::new();
    let counted = |min: Option<u64>, max: Option<u64>| {
        range(min.map(|bound| bound.to_string()), max.map(|bound| bound.to_string()))
    };
    match &model.shape(shape).kind {
        ShapeKind::String { min, max, pattern, values } => {
            lines.extend(counted(*min, *max).map(|range| format!("{range} characters")));
            lines.extend(pattern.as_ref().map(|pattern| format!("Pattern: {pattern}")));
            if !values.is_empty() {
                lines.push(format!("One of: {}", values.join(", ")));
            }
        }
        ShapeKind::List { min, max, .. } => {
            lines.extend(counted(*min, *max).map(|range| format!("{range} elements")))
        }
        ShapeKind::Map { min, max, .. } => {
            lines.extend(counted(*min, *max).map(|range| format!("{range} entries")))
        }
        ShapeKind::Blob { min, max } => {
            lines.extend(counted(*min, *max).map(|range| format!("{range} bytes")))
        }
        ShapeKind::Integer { min, max } | ShapeKind::Long { min, max } => {
            lines.extend(range(min.map(|bound| bound.to_string()), max.map(|bound| bound.to_string())));
        }
        ShapeKind::Structure { .. } | ShapeKind::Double | ShapeKind::Boolean | ShapeKind::Timestamp => {}
    }
    lines
}

fn range(min: Option<String>, max: Option<String>) -> Option<String> {
    match (min, max) {
        (None, None) => None,
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("at least {min}")),
        (None, Some(max)) => Some(format!("at most {max}")),
    }
}

/// The shorthand form of a shape, such as `Name=string,Value=string`.
fn shorthand(model: &Model, shape: ShapeId, depth: usize) -> String {
    let braced = |text: String| if depth == 0 { text } else { format!("{{{text}}}") };
    match &model.shape(shape).kind {
        _ if depth > DEPTH => "...".to_owned(),
        ShapeKind::Structure { document: true, .. } => "document".to_owned(),
        ShapeKind::Structure { members, .. } => {
            let parts: Vec<_> = members
                .iter()
                .map(|member| format!("{}={}", member.name, shorthand(model, member.shape, depth + 1)))
                .collect();
            braced(parts.join(","))
        }
        ShapeKind::Map { value, .. } => {
            let value = shorthand(model, *value, depth + 1);
            braced(format!("KeyName1={value},KeyName2={value}"))
        }
        ShapeKind::List { member, .. } => {
            let element = shorthand(model, *member, depth + 1);
            format!("[{element},{element}]")
        }
        _ => type_name(model, shape),
    }
}

/// AWS's page of an operation; that of REST APIs is arranged by path.
fn reference(operation: &Operation) -> String {
    match &operation.http {
        None => format!(
            "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_{}.html",
            operation.name
        ),
        Some(_) => "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/".to_owned(),
    }
}

fn global_options() -> String {
    let mut out = String::from("\nGLOBAL OPTIONS\n");
    for arg in Globals::augment_args(clap::Command::new("awsemu")).get_arguments() {
        let name = arg.get_long().unwrap_or_default();
        let takes_value = arg.get_action().takes_values();
        let choices: Vec<_> =
            arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let value = match (takes_value, choices.is_empty()) {
            (false, _) => String::new(),
            (true, true) => " <value>".to_owned(),
            (true, false) => format!(" {}", choices.join("|")),
        };
        let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(out, "    --{name}{value}\n        {text}.");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service() {
        let text = service(Model::cognito_idp());
        assert_eq!(
            text.matches("\n        ").count(),
            141 + 15,
            "one text for each operation and global option"
        );
        assert!(text.contains("    set-ui-customization\n"), "{text}");
    }

    #[test]
    fn an_operation() {
        let model = Model::cognito_idp();
        let text = operation(model, model.operation("AdminSetUserPassword").unwrap());
        let start = text.split("OUTPUT").next().unwrap();
        assert!(
            start.contains("    awsemu cognito-idp admin-set-user-password\n      --user-pool-id <value>\n"),
            "{text}"
        );
        assert!(start.contains("    --username <value> (string, required)\n"), "{text}");
        assert!(start.contains("[--permanent | --no-permanent]"), "{text}");
        assert!(start.contains("    --permanent | --no-permanent (boolean)\n"), "{text}");
    }

    #[test]
    fn all_operations_have_help() {
        for model in [Model::cognito_idp(), Model::apigatewayv2()] {
            check_help(model);
        }
    }

    fn check_help(model: &Model) {
        for item in model.operations() {
            let text = operation(model, item);
            for part in ["NAME\n", "SYNOPSIS\n", "OPTIONS\n", "OUTPUT\n", "GLOBAL OPTIONS\n"] {
                assert!(text.contains(part), "{}: {text}", item.name);
            }
        }
    }
}
