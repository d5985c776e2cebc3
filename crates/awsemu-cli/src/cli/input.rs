//! Builds an operation's input from the options of a command.

use clap::ArgMatches;
use cognito_api::model::{Member, Model, Operation, ShapeKind};
use serde_json::{Map, Value};

use super::command::{self, flag};
use super::errors::CliError;
use super::paginate::Paging;
use super::profile::expanded;
use super::value::Reader;

/// An operation's input, and how its pages are followed.
#[derive(Debug, PartialEq)]
pub struct Input {
    /// The members that were given.
    pub members: Map<String, Value>,
    /// `None` if only one call is made.
    pub paging: Option<Paging>,
}

/// Reads the options of the operation.
///
/// # Errors
/// `CliError::Usage` for missing options, `CliError::Parameter` for values that can't be understood.
pub fn read(
    reader: &Reader<'_>,
    operation: &Operation,
    matches: &ArgMatches,
    no_paginate: bool,
) -> Result<Input, CliError> {
    let document = document(reader, matches)?;
    let has_document = document.is_some();
    let mut given = document.unwrap_or_default();
    let document_pages = operation.paginator.as_ref().is_some_and(|paginator| {
        [&paginator.input_token, &paginator.limit_key]
            .into_iter()
            .any(|name| given.contains_key(name.as_str()))
    });
    for member in members(reader.model, operation) {
        if let Some(value) = member_value(reader, member, matches)? {
            given.insert(member.name.clone(), value);
        }
    }
    let paging = paging(operation, matches, no_paginate, document_pages)?;
    default_limit(reader.model, operation, &mut given);
    if !has_document {
        let missing: Vec<String> = members(reader.model, operation)
            .iter()
            .filter(|member| member.required && !given.contains_key(&member.name))
            .map(|member| flag(&member.name))
            .collect();
        if !missing.is_empty() {
            let message = format!("the following arguments are required: {}", missing.join(", "));
            return Err(CliError::Usage {
                message,
                help: command::help_commands(&reader.model.service().id, Some(operation)),
            });
        }
    }
    Ok(Input { members: given, paging })
}

/// The members of an operation's input.
pub fn members<'a>(model: &'a Model, operation: &Operation) -> &'a [Member] {
    match &model.shape(operation.input).kind {
        ShapeKind::Structure { members, .. } => members,
        _ => &[],
    }
}

/// A list operation that requires a page size gets the greatest one, so that `list-user-pools` needs no options.
fn default_limit(model: &Model, operation: &Operation, given: &mut Map<String, Value>) {
    let Some(paginator) = &operation.paginator else { return };
    let limit =
        members(model, operation).iter().find(|member| member.required && member.name == paginator.limit_key);
    if let Some(limit) = limit
        && let ShapeKind::Integer { max, .. } = model.shape(limit.shape).kind
    {
        given.entry(limit.name.clone()).or_insert_with(|| Value::from(max.unwrap_or(60)));
    }
}

fn member_value(
    reader: &Reader<'_>,
    member: &Member,
    matches: &ArgMatches,
) -> Result<Option<Value>, CliError> {
    if matches!(reader.model.shape(member.shape).kind, ShapeKind::Boolean) {
        let on = matches.get_flag(&member.name);
        let off = matches.get_flag(&command::negated(&member.name));
        return Ok((on || off).then_some(Value::Bool(on)));
    }
    if !matches.contains_id(&member.name) {
        return Ok(None);
    }
    let words: Vec<String> =
        matches.get_many::<String>(&member.name).into_iter().flatten().cloned().collect();
    reader.value(member.shape, &words).map(Some).map_err(|reason| unreadable(&flag(&member.name), &reason))
}

fn unreadable(option: &str, reason: &str) -> CliError {
    CliError::Parameter(format!("Error parsing parameter '{option}': {reason}"))
}

/// What `--cli-input-json` or `--cli-input-yaml` holds.
fn document(reader: &Reader<'_>, matches: &ArgMatches) -> Result<Option<Map<String, Value>>, CliError> {
    let json = matches.get_one::<String>(command::INPUT_JSON).map(|text| (command::INPUT_JSON, text));
    let yaml = matches.get_one::<String>(command::INPUT_YAML).map(|text| (command::INPUT_YAML, text));
    let Some((option, text)) = json.or(yaml) else { return Ok(None) };
    let text = match text.strip_prefix("file://") {
        Some(path) => std::fs::read_to_string(expanded(path, reader.home))
            .map_err(|error| unreadable(option, &format!("Unable to load paramfile {text}: {error}")))?,
        None => text.clone(),
    };
    let value = if option == command::INPUT_JSON {
        serde_json::from_str(&text).map_err(|error| unreadable(option, &format!("Invalid JSON: {error}")))?
    } else {
        serde_saphyr::from_str::<Value>(&text)
            .map_err(|error| unreadable(option, &format!("Invalid YAML: {error}")))?
    };
    match value {
        Value::Object(members) => Ok(Some(members)),
        _ => Err(unreadable(option, "Invalid type: expected a structure with the operation's members")),
    }
}

/// How pages are followed. Options that name the service's own token or page size turn it off, as in the AWS CLI.
fn paging(
    operation: &Operation,
    matches: &ArgMatches,
    no_paginate: bool,
    document_pages: bool,
) -> Result<Option<Paging>, CliError> {
    let Some(paginator) = &operation.paginator else { return Ok(None) };
    let paging = Paging {
        starting_token: matches.get_one::<String>(command::STARTING_TOKEN).cloned(),
        page_size: matches.get_one::<i64>(command::PAGE_SIZE).copied(),
        max_items: matches.get_one::<usize>(command::MAX_ITEMS).copied(),
    };
    let own =
        [&paginator.input_token, &paginator.limit_key].into_iter().any(|name| matches.contains_id(name));
    if !(no_paginate || own || document_pages) {
        return Ok(Some(paging));
    }
    let used = [
        (command::STARTING_TOKEN, paging.starting_token.is_some()),
        (command::PAGE_SIZE, paging.page_size.is_some()),
        (command::MAX_ITEMS, paging.max_items.is_some()),
    ];
    let used: Vec<String> =
        used.into_iter().filter(|(_, used)| *used).map(|(option, _)| format!("--{option}")).collect();
    if used.is_empty() {
        return Ok(None);
    }
    Err(CliError::Parameter(format!(
        "Error during pagination: Cannot specify --no-paginate along with pagination arguments: {}",
        used.join(", ")
    )))
}
