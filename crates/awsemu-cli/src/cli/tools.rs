//! The commands that show what the server keeps for tests and people, and move its clock: `awsemu messages`,
//! `awsemu triggers`, `awsemu clock`.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::call::runtime;
use super::errors::CliError;
use super::globals::Globals;
use super::request::Client;
use super::settings::Settings;
use crate::config::Environment;

/// The options of `awsemu messages`.
#[derive(Debug, Args)]
pub struct MessagesOptions {
    /// Wait for a message if there is none yet, such as 10s, 500ms or 1m
    #[arg(long, value_parser = duration, value_name = "TIME")]
    wait: Option<Duration>,
    /// Show only messages of this user pool
    #[arg(long)]
    user_pool_id: Option<String>,
    /// Show only messages to this user, by any name that the user could sign in with
    #[arg(long)]
    username: Option<String>,
    /// Show only messages to this e-mail address or phone number
    #[arg(long)]
    to: Option<String>,
    /// The options of every client command.
    #[command(flatten)]
    globals: Globals,
}

/// The options of `awsemu triggers`.
#[derive(Debug, Args)]
pub struct TriggersOptions {
    /// Wait for a call if there is none yet, such as 10s, 500ms or 1m
    #[arg(long, value_parser = duration, value_name = "TIME")]
    wait: Option<Duration>,
    /// Show only calls for this user pool
    #[arg(long)]
    user_pool_id: Option<String>,
    /// Show only calls on this occasion, such as PreSignUp_SignUp, or PreSignUp for all of that trigger
    #[arg(long)]
    source: Option<String>,
    /// The options of every client command.
    #[command(flatten)]
    globals: Globals,
}

/// The options of `awsemu clock`.
#[derive(Debug, Args)]
pub struct ClockOptions {
    #[command(subcommand)]
    action: Option<ClockAction>,
    /// The options of every client command.
    #[command(flatten)]
    globals: Globals,
}

#[derive(Debug, Subcommand)]
enum ClockAction {
    /// Show what the clock says (so does no action)
    Show,
    /// Move the clock on
    Advance {
        /// By so much, such as 90s, 10m, 2h or 30d
        #[arg(value_parser = whole_seconds, value_name = "TIME")]
        seconds: u64,
    },
    /// Stop the clock
    Freeze {
        /// At this moment, such as 2026-01-01T00:00:00Z, instead of where it is
        moment: Option<String>,
    },
    /// Let a stopped clock run on from where it is
    Resume,
    /// Make it the system's clock again
    Reset,
}

/// Prints the messages, newest first.
///
/// # Errors
/// Whatever stands in the way; see [`CliError`].
pub fn messages(options: &MessagesOptions, environment: &Environment) -> Result<(), CliError> {
    let query =
        [("user_pool_id", &options.user_pool_id), ("username", &options.username), ("to", &options.to)];
    let title = Title { path: "/_awsemu/messages", name: "Messages" };
    show(title, &query, options.wait, &options.globals, environment)
}

/// Prints the calls of Lambda functions, newest first.
///
/// # Errors
/// Whatever stands in the way; see [`CliError`].
pub fn triggers(options: &TriggersOptions, environment: &Environment) -> Result<(), CliError> {
    let query = [("user_pool_id", &options.user_pool_id), ("source", &options.source)];
    let title = Title { path: "/_awsemu/triggers", name: "Triggers" };
    show(title, &query, options.wait, &options.globals, environment)
}

/// Shows the clock, or moves it and shows it then.
///
/// # Errors
/// Whatever stands in the way; see [`CliError`].
pub fn clock(options: &ClockOptions, environment: &Environment) -> Result<(), CliError> {
    let change = match &options.action {
        None | Some(ClockAction::Show) => None,
        Some(ClockAction::Advance { seconds }) => Some(json!({ "advance_seconds": seconds })),
        Some(ClockAction::Freeze { moment: None }) => Some(json!({ "freeze": true })),
        Some(ClockAction::Freeze { moment: Some(moment) }) => Some(json!({ "freeze": moment })),
        Some(ClockAction::Resume) => Some(json!({ "freeze": false })),
        Some(ClockAction::Reset) => Some(json!({ "reset": true })),
    };
    let settings = Settings::resolve(&options.globals, environment)?;
    let output = settings.output(&options.globals)?;
    let answer = runtime()?.block_on(async {
        let client = Client::new(&settings)?;
        match &change {
            None => client.get("/_awsemu/clock", &[]).await,
            Some(change) => client.post("/_awsemu/clock", change).await,
        }
    })?;
    output.print("Clock", answer)
}

struct Title {
    path: &'static str,
    /// What stands above a table.
    name: &'static str,
}

fn show(
    title: Title,
    query: &[(&str, &Option<String>)],
    wait: Option<Duration>,
    globals: &Globals,
    environment: &Environment,
) -> Result<(), CliError> {
    let mut settings = Settings::resolve(globals, environment)?;
    let output = settings.output(globals)?;
    // The server is silent while it waits.
    settings.read_timeout = settings.read_timeout.map(|timeout| timeout + wait.unwrap_or_default());
    let wait = wait.map(|wait| format!("{}ms", wait.as_millis()));
    let given = query.iter().copied().chain([("wait", &wait)]);
    let query: Vec<(&str, &str)> =
        given.filter_map(|(name, value)| Some((name, value.as_deref()?))).collect();
    let found = runtime()?.block_on(async { Client::new(&settings)?.get(title.path, &query).await })?;
    output.print(title.name, found)
}

/// A length of time: a number with `ms`, `s`, `m`, `h` or `d`; seconds without one of them.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| "expected a time such as 10s, 500ms or 1m".to_owned())?;
    let milliseconds = match &text[digits.len()..] {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        "d" => number.checked_mul(86_400_000),
        other => return Err(format!("unknown unit '{other}': use ms, s, m, h or d")),
    };
    milliseconds.map(Duration::from_millis).ok_or_else(|| "the time is too long".to_owned())
}

fn whole_seconds(text: &str) -> Result<u64, String> {
    let time = duration(text)?;
    if time.subsec_millis() == 0 { Ok(time.as_secs()) } else { Err("expected whole seconds".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(duration(text).ok(), expected.map(Duration::from_millis), "{text}");
    }

    #[test]
    fn durations() {
        check("10s", Some(10_000));
        check("10", Some(10_000));
        check("500ms", Some(500));
        check("2m", Some(120_000));
        check("2h", Some(7_200_000));
        check("1d", Some(86_400_000));
        check("1w", None);
        check("s", None);
        check("-1s", None);
        check("99999999999999999999s", None);
        check("18446744073709551615s", None);
    }
}
