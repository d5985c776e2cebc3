//! `cargo xtask coverage`: writes docs/coverage.md, the table of all operations and their state.

use std::fmt::Write;

use serde_json::Value;

use crate::areas::{area_of, areas};
use crate::operations::{Caller, Operation, not_yet, operations};
use crate::workspace::{read, write_or_compare};

const PAGE: &str = "docs/coverage.md";

/// Writes the page or, with `check`, demands that it is up to date.
pub fn run(check: bool) -> Result<(), String> {
    let operations = operations()?;
    let page = page(&operations, &not_yet(&operations)?) + &gateway()?;
    write_or_compare(PAGE, &page, check, "cargo xtask coverage")
}

fn page(operations: &[Operation], not_yet: &[String]) -> String {
    let working = operations.len() - not_yet.len();
    let mut page = format!(
        "# Coverage\n\nWritten by `cargo xtask coverage` from the API model and `tests/not_yet.txt`. Do not \
         edit.\n\n{working} of {} operations work. Those that do not yet are described, typed, validated and have \
         a command, and answer so.\n",
        operations.len()
    );
    for area in areas() {
        let _ = write!(
            page,
            "\n## {area}\n\n| operation | state | caller | summary |\n| --- | --- | --- | --- |\n"
        );
        for operation in operations.iter().filter(|operation| area_of(&operation.name) == Some(area)) {
            let Operation { name, caller, summary } = operation;
            let state = if not_yet.contains(name) { "not yet" } else { "works" };
            let _ = writeln!(page, "| `{name}` | {state} | {} | {summary} |", words(*caller));
        }
    }
    page
}

/// The section of HTTP APIs: every operation that their model describes works, the others are named only.
fn gateway() -> Result<String, String> {
    const MODEL: &str = "crates/cognito-api/model/apigatewayv2.json";
    let model: Value =
        serde_json::from_str(&read(MODEL)?).map_err(|error| format!("failed to parse {MODEL}: {error}"))?;
    let names = |section: &str| -> Vec<String> {
        model[section].as_object().into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect()
    };
    let (offered, others) = (names("operations"), names("others"));
    Ok(format!(
        "\n## HTTP APIs (apigatewayv2)\n\n{} of {} operations of the management API work: {}.\n\nThe others answer \
         `NotImplementedException` (501): {}.\n",
        offered.len(),
        offered.len() + others.len(),
        offered.join(", "),
        others.join(", ")
    ))
}

fn words(caller: Caller) -> &'static str {
    match caller {
        Caller::Signature => "AWS credentials",
        Caller::SignatureOrNobody => "AWS credentials, or anybody",
        Caller::AccessToken => "access token",
        Caller::AccessTokenOrSession => "access token or session",
        Caller::Nobody => "anybody",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_row() {
        let operations = operations().unwrap();
        let not_yet = not_yet(&operations).unwrap();
        let page = page(&operations, &not_yet);
        for operation in &operations {
            let state = if not_yet.contains(&operation.name) { "not yet" } else { "works" };
            let row = format!("| `{}` | {state} | ", operation.name);
            assert_eq!(page.matches(&row).count(), 1, "{row}");
        }
    }
}
