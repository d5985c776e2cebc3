//! `cargo xtask pg [command...]`: a throw-away PostgreSQL, and the contract on it.

use std::process::Command;

#[path = "../../crates/testkit/src/postgres.rs"]
#[expect(dead_code, reason = "tests make databases of their own with it, xtask does not")]
mod postgres;

/// Starts PostgreSQL, runs the command with its URL in `AWSEMU_TEST_PG`, and stops it.
/// Without a command, the contract suite runs.
pub fn run(args: &[String]) -> Result<(), String> {
    let default = ["cargo", "test", "-p", "cognito-store-pg"].map(str::to_owned);
    let args = if args.is_empty() { &default[..] } else { args };
    let status = with_postgres(|url| {
        println!("{}={url}", postgres::VARIABLE);
        Command::new(&args[0]).args(&args[1..]).env(postgres::VARIABLE, url).status()
    })?;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{}` ended with {status}", args.join(" "))),
        Err(error) => Err(format!("failed to run `{}`: {error}", args[0])),
    }
}

/// Calls `f` with the URL of a throw-away PostgreSQL, and stops it afterwards.
pub fn with_postgres<T>(f: impl FnOnce(&str) -> T) -> Result<T, String> {
    let postgres = postgres::Postgres::start()?;
    Ok(f(&postgres.url()))
}
