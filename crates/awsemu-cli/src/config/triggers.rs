//! Which target answers for which Lambda function: `--trigger`, then `[[triggers.target]]`.

use cognito_ops::{ArnPattern, FunctionMap, Target, Unmapped};

use super::file::{TargetSection, TriggersSection, UnmappedMode};

/// Puts the map together: the options come first.
///
/// # Errors
/// A text that names the target and what is wrong with it.
pub fn functions(options: &[String], section: TriggersSection) -> Result<FunctionMap, String> {
    let named = options.iter().map(|option| parse(option));
    let filed = section.target.into_iter().map(read);
    let targets = named.chain(filed).collect::<Result<_, _>>()?;
    let unmapped = match section.unmapped {
        UnmappedMode::Refuse => Unmapped::Refuse,
        UnmappedMode::Skip => Unmapped::Skip,
    };
    Ok(FunctionMap::new(targets, unmapped))
}

/// `GLOB=KIND:VALUE`.
fn parse(option: &str) -> Result<(ArnPattern, Target), String> {
    let parts = option.split_once('=').and_then(|(arn, target)| Some((arn, target, target.split_once(':')?)));
    let Some((arn, target, (kind, text))) = parts else {
        return Err(format!(
            "--trigger {option}: give GLOB=KIND:VALUE, such as '*:pre-sign-up=node:handler.js'"
        ));
    };
    // A bare URL is what `http:` means.
    let (kind, text) = if text.starts_with("//") { ("http", target) } else { (kind, text) };
    let target = Target::parse(kind, text).map_err(|problem| format!("--trigger {arn}: {problem}"))?;
    Ok((ArnPattern::new(arn), target))
}

fn read(section: TargetSection) -> Result<(ArnPattern, Target), String> {
    let TargetSection { arn, invoke, http, command, node, python, answer } = section;
    let fail = |problem: &str| format!("triggers.target {arn:?}: {problem}");
    if arn.is_empty() {
        return Err(fail("arn is missing"));
    }
    let texts =
        [("invoke", invoke), ("http", http), ("command", command), ("node", node), ("python", python)];
    let texts = texts.into_iter().filter_map(|(kind, text)| Some(Target::parse(kind, &text?)));
    let mut targets: Vec<_> = texts.chain(answer.map(|members| Ok(Target::answer(members)))).collect();
    match (targets.pop(), targets.is_empty()) {
        (Some(target), true) => Ok((ArnPattern::new(&arn), target.map_err(|problem| fail(&problem))?)),
        _ => Err(fail("give exactly one of invoke, http, command, node, python and answer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        check("*:f=invoke:http://localhost:3001", "Invoke");
        check("*:f=http:http://localhost:3000/f?a=b", "Http");
        check("*:f=http://localhost:3000/f", "Http");
        check("*:f=https://example.test", "Http");
        check("*:f=command:A=1 python3 f.py", "Command");
        check("*:f=node:f.js#go", "Command");
        check("*=answer:{\"autoConfirmUser\":true}", "Answer");
        check("*", "--trigger *: give GLOB=KIND:VALUE, such as '*:pre-sign-up=node:handler.js'");
        check("*=node", "--trigger *=node: give GLOB=KIND:VALUE, such as '*:pre-sign-up=node:handler.js'");
        check("*=file:///f", "--trigger *: the URL must begin with http:// or https://, not file:");
        check("*=python:", "--trigger *: python is empty");
    }

    #[test]
    fn sections() {
        let section = |arn: &str| TargetSection { arn: arn.to_owned(), ..TargetSection::default() };
        let check = |section, expected: &str| {
            let found = read(section).map_or_else(|error| error, |(_, target)| format!("{target:?}"));
            assert_eq!(found, expected);
        };
        let node = Some("f.js".to_owned());
        check(TargetSection { node: node.clone(), ..section("*") }, "Command");
        check(TargetSection { answer: Some(serde_json::Map::new()), ..section("*") }, "Answer");
        check(TargetSection { node: node.clone(), ..section("") }, "triggers.target \"\": arn is missing");
        let one = "triggers.target \"*\": give exactly one of invoke, http, command, node, python and answer";
        check(section("*"), one);
        check(TargetSection { node: node.clone(), python: node, ..section("*") }, one);
        let http = Some("localhost".to_owned());
        let problem = "triggers.target \"*\": the URL cannot be read: relative URL without a base";
        check(TargetSection { http, ..section("*") }, problem);
    }

    fn check(option: &str, expected: &str) {
        let found = parse(option).map_or_else(|error| error, |(_, target)| format!("{target:?}"));
        assert_eq!(found, expected, "{option}");
    }
}
