//! The commands of `awsemu cognito-idp` and `awsemu apigatewayv2`, made from the models of their APIs.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use cognito_api::model::{Model, Operation, ShapeKind};

use super::input::members;
use super::names::kebab;

/// The commands of the services.
pub const SERVICES: [&str; 2] = ["cognito-idp", "apigatewayv2"];
/// The option with all of an input as JSON.
pub const INPUT_JSON: &str = "cli-input-json";
/// The option with all of an input as YAML.
pub const INPUT_YAML: &str = "cli-input-yaml";
/// The option that prints a skeleton instead of calling.
pub const SKELETON: &str = "generate-cli-skeleton";
/// The option with an earlier command's `NextToken`.
pub const STARTING_TOKEN: &str = "starting-token";
/// The option with the number of elements in a page.
pub const PAGE_SIZE: &str = "page-size";
/// The option with the number of elements to show.
pub const MAX_ITEMS: &str = "max-items";
/// The option that shows help.
pub const HELP: &str = "show-help";

/// Adds the help option and the commands of these operations to the service's command.
///
/// Only the chosen operation is built when a command is run: building all of them takes longer than the call.
pub fn with_operations<'a>(
    service: Command,
    model: &Model,
    operations: impl IntoIterator<Item = &'a Operation>,
    purpose: Purpose,
) -> Command {
    let help =
        Arg::new(HELP).long("help").short('h').action(ArgAction::SetTrue).global(true).help("Show help");
    let commands = operations.into_iter().map(|operation| command(model, operation, purpose));
    service
        .arg(help)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .args_override_self(true)
        .subcommands(commands)
}

/// What the commands are made for.
#[derive(Copy, Clone, PartialEq)]
pub enum Purpose {
    /// To parse a command line: the service judges the values of enums.
    Parsing,
    /// To write a shell's completions: the values of enums are offered.
    Completing,
}

/// The model of a service's command.
pub fn model_of(word: &str) -> Option<&'static Model> {
    [Model::cognito_idp, Model::apigatewayv2]
        .into_iter()
        .zip(SERVICES)
        .find(|(_, service)| *service == word)
        .map(|(model, _)| model())
}

/// The operation that a word of the command line names.
pub fn operation_named<'a>(model: &'a Model, word: &str) -> Option<&'a Operation> {
    model.operations().iter().find(|operation| kebab(&operation.name) == word)
}

/// A member's option, such as `--user-pool-id`.
pub fn flag(member: &str) -> String {
    format!("--{}", kebab(member))
}

/// The id of a boolean member's `--no-...` option.
pub fn negated(member: &str) -> String {
    format!("no-{member}")
}

/// The commands that show help on the way to an operation of a service.
pub fn help_commands(service: &str, operation: Option<&Operation>) -> Vec<String> {
    let mut commands = vec!["awsemu help".to_owned(), format!("awsemu {service} help")];
    commands.extend(operation.map(|operation| format!("awsemu {service} {} help", kebab(&operation.name))));
    commands
}

fn command(model: &Model, operation: &Operation, purpose: Purpose) -> Command {
    let mut command = Command::new(kebab(&operation.name))
        .about(operation.summary.clone())
        .disable_help_flag(true)
        .infer_long_args(true)
        .args_override_self(true);
    for member in members(model, operation) {
        let paged = operation
            .paginator
            .as_ref()
            .is_some_and(|paginator| [&paginator.input_token, &paginator.limit_key].contains(&&member.name));
        let name = kebab(&member.name);
        let arg = Arg::new(member.name.clone()).long(name.clone()).hide(paged);
        let arg = match &model.shape(member.shape).kind {
            ShapeKind::Boolean => {
                let no =
                    Arg::new(negated(&member.name)).long(format!("no-{name}")).action(ArgAction::SetTrue);
                command = command.arg(no.conflicts_with(member.name.clone()));
                arg.action(ArgAction::SetTrue)
            }
            ShapeKind::List { member, .. } => offering(model, *member, arg.num_args(0..), purpose),
            ShapeKind::Integer { .. } | ShapeKind::Long { .. } => {
                arg.num_args(1).allow_negative_numbers(true)
            }
            _ => offering(model, member.shape, arg.num_args(1), purpose),
        };
        command = command.arg(arg);
    }
    if operation.paginator.is_some() {
        command = command
            .arg(Arg::new(STARTING_TOKEN).long(STARTING_TOKEN).num_args(1))
            .arg(Arg::new(PAGE_SIZE).long(PAGE_SIZE).num_args(1).value_parser(value_parser!(i64)))
            .arg(Arg::new(MAX_ITEMS).long(MAX_ITEMS).num_args(1).value_parser(value_parser!(usize)));
    }
    command
        .arg(Arg::new(INPUT_JSON).long(INPUT_JSON).num_args(1))
        .arg(Arg::new(INPUT_YAML).long(INPUT_YAML).num_args(1).conflicts_with(INPUT_JSON))
        .arg(Arg::new(SKELETON).long(SKELETON).num_args(0..=1).default_missing_value("input").value_parser([
            "input",
            "yaml-input",
            "output",
        ]))
}

/// Offers the values of an enum where a shell asks for them.
fn offering(model: &Model, shape: cognito_api::model::ShapeId, arg: Arg, purpose: Purpose) -> Arg {
    match &model.shape(shape).kind {
        ShapeKind::String { values, .. } if purpose == Purpose::Completing && !values.is_empty() => {
            arg.value_parser(PossibleValuesParser::new(values))
        }
        _ => arg,
    }
}
