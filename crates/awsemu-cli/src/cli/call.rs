//! Runs one operation: reads its options, calls the service page by page, prints the answer.

use clap::ArgMatches;
use cognito_api::model::{Model, Operation};
use serde_json::{Map, Value, json};

use super::check::check;
use super::command;
use super::errors::CliError;
use super::globals::{BinaryFormat, Globals};
use super::input::{self, Input};
use super::output::emit::{self, Output};
use super::output::json::json as json_text;
use super::output::shape::shaped;
use super::paginate::Pages;
use super::request::Client;
use super::settings::Settings;
use super::skeleton::{Strings, skeleton, yaml_skeleton};
use super::value::Reader;
use crate::config::Environment;

/// Runs the operation with the options that were given.
///
/// # Errors
/// Whatever stands in the way; see [`CliError`].
pub fn call(
    model: &Model,
    operation: &Operation,
    matches: &ArgMatches,
    globals: &Globals,
    environment: &Environment,
) -> Result<(), CliError> {
    let reader = Reader {
        model,
        home: environment.get("HOME"),
        raw_binary: globals.cli_binary_format == BinaryFormat::RawInBase64Out,
    };
    let wanted = matches.get_one::<String>(command::SKELETON).map(String::as_str);
    match wanted {
        Some("input") => return emit::print(&json_text(&skeleton(model, operation.input, Strings::Empty))),
        Some("yaml-input") => return emit::print(&yaml_skeleton(model, operation.input)),
        _ => {}
    }
    let input = input::read(&reader, operation, matches, globals.no_paginate)?;
    check(model, operation.input, &Value::Object(input.members.clone()))?;
    let settings = Settings::resolve(globals, environment)?;
    let output = settings.output(globals)?;
    if wanted.is_some() {
        let example = operation.output.map_or(json!({}), |shape| skeleton(model, shape, Strings::Names));
        return output.print(&operation.name, example);
    }
    let call = Call { model, operation, settings: &settings, output: &output };
    runtime()?.block_on(call.run(input))
}

/// The runtime of a client: one thread, the process's own.
///
/// # Errors
/// When the system has no room for it.
pub fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Other(format!("failed to start the runtime: {error}")))
}

struct Call<'a> {
    model: &'a Model,
    operation: &'a Operation,
    settings: &'a Settings,
    output: &'a Output,
}

impl Call<'_> {
    async fn run(&self, input: Input) -> Result<(), CliError> {
        let client = Client::new(self.settings)?;
        match (&self.operation.paginator, input.paging) {
            (Some(paginator), Some(paging)) => {
                let pages = Pages::new(paginator, &paging, input.members)?;
                self.pages(&client, pages).await
            }
            _ => {
                let answer = self.answer(&client, &Value::Object(input.members)).await?;
                self.output.print(&self.operation.name, answer)
            }
        }
    }

    async fn pages(&self, client: &Client<'_>, mut pages: Pages<'_>) -> Result<(), CliError> {
        let mut kept: Vec<Map<String, Value>> = Vec::new();
        while let Some(input) = pages.next_input() {
            let page = pages.accept(self.answer(client, &input).await?)?;
            if self.output.format.streams() {
                self.output.print(&self.operation.name, Value::Object(page))?;
            } else {
                kept.push(page);
            }
        }
        if !self.output.format.streams() {
            return self.output.print(&self.operation.name, pages.merged(kept));
        }
        match pages.resume_token() {
            Some(token) => self.output.print(&self.operation.name, self.output.format.resume(token)),
            None => Ok(()),
        }
    }

    /// Calls once; the answer has the form in which it is printed.
    async fn answer(&self, client: &Client<'_>, input: &Value) -> Result<Value, CliError> {
        let answer = client.call(self.model, self.operation, input).await?;
        Ok(match self.operation.output {
            Some(shape) => shaped(self.model, shape, answer, &self.settings.times),
            None => json!({}),
        })
    }
}
