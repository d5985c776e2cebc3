//! `awsemu`: an Amazon Cognito user pool outside AWS, and the command line over it.

mod cli;
mod config;
mod serve;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::cli::command::model_of;
use crate::cli::errors::CliError;
use crate::cli::globals::Globals;
use crate::cli::{completions, run, tools};
use crate::config::Environment;
use crate::config::server::ServeOptions;

/// An Amazon Cognito user pool outside AWS
#[derive(Debug, Parser)]
#[command(name = "awsemu", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    Serve(ServeOptions),
    /// Call an operation of Amazon Cognito user pools, as `aws cognito-idp` does
    #[command(name = "cognito-idp")]
    CognitoIdp(Globals),
    /// Call an operation of HTTP APIs, as `aws apigatewayv2` does
    #[command(name = "apigatewayv2")]
    ApiGatewayV2(Globals),
    /// Show the e-mails and SMS that would have been sent, with their codes
    Messages(tools::MessagesOptions),
    /// Show the calls of Lambda functions, with their events and answers
    Triggers(tools::TriggersOptions),
    /// Show or move the clock that tokens, codes, sessions and locks read
    Clock(tools::ClockOptions),
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

fn main() -> ExitCode {
    let environment = Environment::of_process();
    match run::words(std::env::args_os()).and_then(|words| execute(words, &environment)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed too, the exit code says it all.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn execute(words: Vec<String>, environment: &Environment) -> Result<(), CliError> {
    let Some(matches) = run::parse(Cli::command(), words)? else { return Ok(()) };
    let cli = Cli::from_arg_matches(&matches).map_err(|error| CliError::Usage {
        message: error.to_string(),
        help: vec!["awsemu help".to_owned()],
    })?;
    match &cli.command {
        Command::Serve(options) => serve::serve(options.clone(), environment).map_err(CliError::Server),
        Command::CognitoIdp(globals) | Command::ApiGatewayV2(globals) => {
            match matches.subcommand().and_then(|(name, matches)| Some((model_of(name)?, matches))) {
                Some((model, matches)) => run::service(model, matches, globals, environment),
                None => Err(CliError::Other("the command has no model".to_owned())),
            }
        }
        Command::Messages(options) => tools::messages(options, environment),
        Command::Triggers(options) => tools::triggers(options, environment),
        Command::Clock(options) => tools::clock(options, environment),
        Command::Completions { shell } => completions::completions(Cli::command(), *shell),
    }
}
