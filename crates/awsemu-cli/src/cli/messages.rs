//! `awsemu messages`: the e-mails and SMS that would have been sent, with their codes.

use std::time::Duration;

use clap::Args;

use super::call::runtime;
use super::errors::CliError;
use super::globals::Globals;
use super::request::Client;
use super::settings::Settings;
use crate::config::Environment;

/// The options of `awsemu messages`.
#[derive(Debug, Args)]
pub struct Options {
    /// Wait for a message if there is none yet, such as 10s, 500ms or 1m
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub wait: Option<Duration>,
    /// Show only messages of this user pool
    #[arg(long)]
    pub user_pool_id: Option<String>,
    /// Show only messages to this user, by any name that the user could sign in with
    #[arg(long)]
    pub username: Option<String>,
    /// Show only messages to this e-mail address or phone number
    #[arg(long)]
    pub to: Option<String>,
    /// The options of every client command.
    #[command(flatten)]
    pub globals: Globals,
}

/// Gets the messages from the server, newest first, and prints them.
///
/// # Errors
/// Whatever stands in the way; see [`CliError`].
pub fn messages(options: &Options, environment: &Environment) -> Result<(), CliError> {
    let mut settings = Settings::resolve(&options.globals, environment)?;
    let output = settings.output(&options.globals)?;
    let wait = options.wait.map(|wait| format!("{}ms", wait.as_millis()));
    // The server is silent while it waits.
    settings.read_timeout = settings.read_timeout.map(|timeout| timeout + options.wait.unwrap_or_default());
    let query: Vec<(&str, &str)> = [
        ("user_pool_id", &options.user_pool_id),
        ("username", &options.username),
        ("to", &options.to),
        ("wait", &wait),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    .collect();
    let found =
        runtime()?.block_on(async { Client::new(&settings)?.get("/_awsemu/messages", &query).await })?;
    output.print("Messages", found)
}

/// A length of time: a number with `ms`, `s` or `m`; seconds without one of them.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| "expected a time such as 10s, 500ms or 1m".to_owned())?;
    let milliseconds = match &text[digits.len()..] {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        other => return Err(format!("unknown unit '{other}': use ms, s or m")),
    };
    milliseconds.map(Duration::from_millis).ok_or_else(|| "the time is too long".to_owned())
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
        check("2h", None);
        check("s", None);
        check("-1s", None);
        check("99999999999999999999s", None);
        check("18446744073709551615s", None);
    }
}
