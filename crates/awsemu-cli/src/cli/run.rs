//! From the words of the command line to the command that they mean.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{ArgMatches, Args as _, Command};
use cognito_api::model::{Model, Operation};

use super::call::call;
use super::command::{HELP, Purpose, SERVICES, help_commands, model_of, operation_named, with_operations};
use super::errors::CliError;
use super::globals::Globals;
use super::help;
use super::names::kebab;
use super::output::emit;
use crate::config::Environment;

/// Parses the command line; `None` if it asked for help or the version, which are printed then.
///
/// # Errors
/// `CliError::Usage` if the words can't be understood.
pub fn parse(program: Command, words: Vec<String>) -> Result<Option<ArgMatches>, CliError> {
    let mut words = globals_behind_command(words);
    if words.len() > 2 && words[1] == "help" && SERVICES.contains(&words[2].as_str()) {
        // `awsemu help cognito-idp` means `awsemu cognito-idp help`.
        words[1..].rotate_left(1);
    }
    let service = words.get(1).and_then(|word| model_of(word));
    let mut named = None;
    let program = if let Some(model) = service {
        let operations: Vec<&Operation> =
            words[2..].iter().filter_map(|word| operation_named(model, word)).collect();
        if let [.., before, last] = words.as_mut_slice()
            && last == "help"
            && operation_named(model, before).is_some()
        {
            *last = "--help".to_owned();
        }
        named = operations.first().copied();
        program.mut_subcommand(&model.service().id, |service| service_command(service, model, operations))
    } else {
        program
    };
    match program.try_get_matches_from(words) {
        Ok(matches) => Ok(Some(matches)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            emit::print(&error.render().to_string())?;
            Ok(None)
        }
        Err(error) => Err(usage(&error, service, named)),
    }
}

/// Runs `awsemu cognito-idp` or `awsemu apigatewayv2` with its parsed options.
///
/// # Errors
/// Whatever stands in the way; see [`CliError`].
pub fn service(
    model: &Model,
    matches: &ArgMatches,
    globals: &Globals,
    environment: &Environment,
) -> Result<(), CliError> {
    match matches.subcommand() {
        None if matches.get_flag(HELP) => emit::print(&help::service(model)),
        None => {
            let message = "the following arguments are required: operation".to_owned();
            Err(CliError::Usage { message, help: help_commands(&model.service().id, None) })
        }
        Some(("help", _)) => emit::print(&help::service(model)),
        Some((name, matches)) => {
            let operation = operation_named(model, name)
                .ok_or_else(|| CliError::Other(format!("the operation {name} is not in the model")))?;
            if matches.get_flag(HELP) {
                return emit::print(&help::operation(model, operation));
            }
            call(model, operation, matches, globals, environment)
        }
    }
}

/// The service's command with the operations that the words name; with the bare names of all if they name none.
fn service_command(service: Command, model: &Model, mut operations: Vec<&Operation>) -> Command {
    operations.dedup_by(|one, other| one.name == other.name);
    let known = !operations.is_empty();
    let service = with_operations(service, model, operations, Purpose::Parsing);
    if known {
        return service;
    }
    let names = model.operations().iter().map(|operation| Command::new(kebab(&operation.name)));
    service.subcommands(names).subcommand(Command::new("help"))
}

/// Global options may stand before the command, as in `aws --region x cognito-idp ...`: moves them behind it.
fn globals_behind_command(words: Vec<String>) -> Vec<String> {
    let before = |words: &[String]| {
        let options = Globals::augment_args(Command::new("awsemu"));
        let mut index = 1;
        while let Some(option) = words.get(index).and_then(|word| word.strip_prefix("--")) {
            let name = option.split('=').next().unwrap_or_default();
            let arg = options.get_arguments().find(|arg| arg.get_long() == Some(name))?;
            index += if arg.get_action().takes_values() && !option.contains('=') { 2 } else { 1 };
        }
        words.get(index).map(|_| index)
    };
    match words.get(1) {
        Some(word) if word.starts_with("--") => match before(&words) {
            Some(index) => {
                let mut moved = vec![words[0].clone(), words[index].clone()];
                moved.extend_from_slice(&words[1..index]);
                moved.extend_from_slice(&words[index + 1..]);
                moved
            }
            None => words,
        },
        _ => words,
    }
}

/// clap's complaint without its own hints at the usage.
fn usage(error: &Error, service: Option<&Model>, operation: Option<&Operation>) -> CliError {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = ["\n\nUsage:", "\n\nFor more information"].iter().filter_map(|mark| text.find(mark)).min();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let message = "the following arguments are required: command".to_owned();
        return CliError::Usage { message, help: vec!["awsemu help".to_owned()] };
    }
    let message = unknown_operation(error).filter(|_| service.is_some() && operation.is_none());
    let message = message.unwrap_or_else(|| text[..end.unwrap_or(text.len())].trim_end().to_owned());
    let help = match service {
        Some(model) => help_commands(&model.service().id, operation),
        None => vec!["awsemu help".to_owned()],
    };
    CliError::Usage { message, help }
}

/// What to say about a word that is no operation: the word, and the operations most like it.
fn unknown_operation(error: &Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let mut message = format!("argument operation: Found invalid choice: '{word}'");
    if let Some(ContextValue::Strings(similar)) = error.get(ContextKind::SuggestedSubcommand) {
        // clap puts the best one last.
        let best = similar.iter().rev().take(3).map(|name| format!("\n  * {name}")).collect::<String>();
        message.push_str(&format!("\n\nMaybe you meant:\n{best}"));
    }
    Some(message)
}

/// The words of a process's command line.
///
/// # Errors
/// `CliError::Usage` if one of them isn't UTF-8.
pub fn words(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Vec<String>, CliError> {
    let words = arguments.into_iter().map(|argument| {
        argument.into_string().map_err(|argument| CliError::Usage {
            message: format!("the argument {} isn't UTF-8", argument.to_string_lossy()),
            help: vec!["awsemu help".to_owned()],
        })
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, FromArgMatches as _};
    use cognito_api::model::ShapeKind;
    use cognito_api::sample;
    use serde_json::Value;

    use super::*;
    use crate::Cli;
    use crate::cli::command::flag;
    use crate::cli::input::{self, members};
    use crate::cli::value::Reader;

    fn input(words: &[&str]) -> Result<input::Input, CliError> {
        let model = Model::cognito_idp();
        let words = ["awsemu"].iter().chain(words).map(|word| (*word).to_owned()).collect();
        let matches = parse(Cli::command(), words)?.expect("no help was asked for");
        let service = matches.subcommand_matches(SERVICES[0]).expect("the service's command");
        let globals = Globals::from_arg_matches(service).unwrap();
        let (name, matches) = service.subcommand().expect("an operation");
        let operation = operation_named(model, name).unwrap();
        let reader = Reader { model, home: None, raw_binary: false };
        input::read(&reader, operation, matches, globals.no_paginate)
    }

    fn check(words: &str, expected: &str) {
        let words: Vec<&str> = words.split(' ').collect();
        let outcome = match input(&words) {
            Ok(input) => {
                let paging = input.paging.map_or(String::new(), |paging| {
                    format!(" {:?} {:?} {:?}", paging.starting_token, paging.page_size, paging.max_items)
                });
                format!("{}{paging}", Value::Object(input.members))
            }
            Err(error) => format!("{}: {}", error.exit_code(), error.to_string().lines().last().unwrap()),
        };
        assert_eq!(outcome, expected, "{words:?}");
    }

    #[test]
    fn options() {
        check(
            "cognito-idp admin-get-user --user-pool-id p --username u",
            r#"{"UserPoolId":"p","Username":"u"}"#,
        );
        check(
            "cognito-idp admin-get-user --username=u --user-pool-id=p",
            r#"{"UserPoolId":"p","Username":"u"}"#,
        );
        check(
            "cognito-idp admin-set-user-password --user-pool-id p --username u --password=-x --no-permanent",
            r#"{"UserPoolId":"p","Username":"u","Password":"-x","Permanent":false}"#,
        );
        check(
            "cognito-idp admin-set-user-password --user-pool-id p --username u --password x --permanent",
            r#"{"UserPoolId":"p","Username":"u","Password":"x","Permanent":true}"#,
        );
        check(
            "cognito-idp create-user-pool-client --user-pool-id p --client-name c --explicit-auth-flows A B --callback-urls --refresh-token-validity -1",
            r#"{"UserPoolId":"p","ClientName":"c","RefreshTokenValidity":-1,"ExplicitAuthFlows":["A","B"],"CallbackURLs":[]}"#,
        );
        check("cognito-idp describe-user-pool --user-pool-id a --user-pool-id b", r#"{"UserPoolId":"b"}"#);
        check("cognito-idp describe-user-pool --user-pool-id list-users", r#"{"UserPoolId":"list-users"}"#);
        check(
            "--region x --no-paginate --endpoint-url=http://x cognito-idp list-users --user-pool-id p",
            r#"{"UserPoolId":"p"}"#,
        );
        check(
            "cognito-idp --query x describe-user-pool --user-pool-id a --output text",
            r#"{"UserPoolId":"a"}"#,
        );
    }

    #[test]
    fn documents() {
        check(
            r#"cognito-idp admin-get-user --username v --cli-input-json {"UserPoolId":"p","Username":"u"}"#,
            r#"{"UserPoolId":"p","Username":"v"}"#,
        );
        check(
            "cognito-idp admin-get-user --cli-input-yaml [p]",
            "252: Error parsing parameter 'cli-input-yaml': Invalid type: expected a structure with the operation's members",
        );
        check("cognito-idp admin-get-user --cli-input-yaml UserPoolId:\tp", r#"{"UserPoolId":"p"}"#);
        check(
            "cognito-idp admin-get-user --cli-input-json x",
            "252: Error parsing parameter 'cli-input-json': Invalid JSON: expected value at line 1 column 1",
        );
    }

    #[test]
    fn paging() {
        check("cognito-idp list-user-pools", r#"{"MaxResults":60} None None None"#);
        check("cognito-idp list-user-pools --max-results 5", r#"{"MaxResults":5}"#);
        check("cognito-idp list-user-pools --no-paginate", r#"{"MaxResults":60}"#);
        check(
            "cognito-idp list-users --user-pool-id p --max-items 3 --page-size 2 --starting-token t",
            r#"{"UserPoolId":"p"} Some("t") Some(2) Some(3)"#,
        );
        check(
            r#"cognito-idp list-users --cli-input-json {"UserPoolId":"p","Limit":1}"#,
            r#"{"UserPoolId":"p","Limit":1}"#,
        );
        check(
            "cognito-idp list-users --user-pool-id p --limit 1 --max-items 3",
            "252: Error during pagination: Cannot specify --no-paginate along with pagination arguments: --max-items",
        );
    }

    #[test]
    fn mistakes() {
        check(
            "cognito-idp admin-get-user",
            "252: awsemu: error: the following arguments are required: --user-pool-id, --username",
        );
        check(
            "cognito-idp describe-user-pool --user-pool-id",
            "252: awsemu: error: a value is required for '--user-pool-id <UserPoolId>' but none was supplied",
        );
        check(
            "cognito-idp describe-user-pool --user-pol-id p",
            "252:   tip: a similar argument exists: '--user-pool-id'",
        );
        check("cognito-idp describe-user-pol", "252:   * describe-user-pool-client");
        check(
            "cognito-idp list-users --user-pool-id p --limit x",
            "252: Error parsing parameter '--limit': the value must be an integer, received: 'x'",
        );
        check(
            "cognito-idp admin-set-user-password --permanent --no-permanent",
            "252: awsemu: error: the argument '--permanent' cannot be used with '--no-permanent'",
        );
        check("--nope cognito-idp list-users", "252: awsemu: error: unexpected argument '--nope' found");
    }

    /// Every member of every operation can be given by its option, and arrives as it was given.
    #[test]
    fn options_of_all_operations() {
        let model = Model::cognito_idp();
        for operation in model.operations() {
            let sample = sample::full(model, operation);
            let mut words = vec!["awsemu".to_owned(), SERVICES[0].to_owned(), kebab(&operation.name)];
            for member in members(model, operation) {
                let value = &sample[&member.name];
                let option = flag(&member.name);
                match (&model.shape(member.shape).kind, value) {
                    (ShapeKind::Boolean, Value::Bool(true)) => words.push(option),
                    (ShapeKind::Boolean, _) => words.push(format!("--no-{}", kebab(&member.name))),
                    (_, Value::String(text)) => words.push(format!("{option}={text}")),
                    (_, other) => words.extend([option, other.to_string()]),
                }
            }
            let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
            let found = input(&words).unwrap_or_else(|error| panic!("{}: {error}", operation.name));
            assert_eq!(Value::Object(found.members), sample, "{}", operation.name);
        }
    }

    #[test]
    fn the_whole_tree_is_sound() {
        let model = Model::cognito_idp();
        for purpose in [Purpose::Parsing, Purpose::Completing] {
            Cli::command()
                .mut_subcommand(SERVICES[0], |service| {
                    with_operations(service, model, model.operations(), purpose)
                })
                .debug_assert();
        }
    }
}
