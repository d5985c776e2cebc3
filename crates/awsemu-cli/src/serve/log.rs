//! The log, on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// What is logged by default: the terminal stays calm.
const DEFAULT: &str = "warn";

/// Our own crates, by the names that their log lines have.
const OWN: [&str; 11] = [
    "apigateway",
    "awsemu",
    "cognito_api",
    "cognito_core",
    "cognito_http",
    "cognito_jwt",
    "cognito_ops",
    "cognito_saml",
    "cognito_store",
    "cognito_store_pg",
    "outbound",
];

/// Begins to log. A plain level is meant for our own crates; the libraries below them stay at `warn`.
///
/// # Errors
/// A text that says what is wrong with the filter.
pub fn start(log: Option<&str>) -> Result<(), String> {
    let directives = directives(log.unwrap_or(DEFAULT));
    let filter = EnvFilter::try_new(&directives).map_err(|error| {
        format!(
            "the log level {:?} is none of error, warn, info, debug, trace and no filter: {error}",
            log.unwrap_or(DEFAULT)
        )
    })?;
    // A second call, which only tests could make, would be refused: then the first log stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    Ok(())
}

fn directives(log: &str) -> String {
    match log.to_ascii_lowercase().as_str() {
        level @ ("info" | "debug" | "trace") => {
            OWN.iter().fold("warn".to_owned(), |text, name| format!("{text},{name}={level}"))
        }
        _ => log.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters() {
        assert_eq!(directives("warn"), "warn");
        assert_eq!(directives("awsemu::access=info"), "awsemu::access=info");
        let info = directives("INFO");
        assert!(
            info.starts_with("warn,apigateway=info,awsemu=info,") && info.contains(",cognito_ops=info"),
            "{info}"
        );
        assert!(start(Some("=,=")).is_err());
    }
}
