//! Repository tools: `cargo xtask <command>`. `docs/style.md`, section 8, lists the commands.

mod areas;
mod bench;
mod ci;
mod codegen;
mod coverage;
mod deps;
mod import;
mod operations;
mod pg;
mod setup;
mod source;
mod tidy;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <command>

  setup                install what the tests need (Debian packages, Python clients)
  ci [step]...         everything that CI runs, or only the named steps
  import               renew the API model from the newest botocore
  codegen [--check]    write the generated types, or only compare them
  deps                 hold the crates against the layer table
  tidy                 hold the sources against the repository's rules
  coverage [--check]   write docs/coverage.md, or only compare it
  bench [word]...      measure the release binary, write docs/benchmarks.md; or only print the rows with these words
  pg [command]...      run a command (or the store's contract) on a throw-away PostgreSQL";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["setup"] => setup::run(),
        ["ci", ref steps @ ..] => ci::run(steps),
        ["import"] => import::run(),
        ["codegen"] => codegen::run(false),
        ["codegen", "--check"] => codegen::run(true),
        ["deps"] => deps::run(),
        ["tidy"] => tidy::run(),
        ["coverage"] => coverage::run(false),
        ["coverage", "--check"] => coverage::run(true),
        ["bench", ref words @ ..] => bench::run(words),
        ["pg", ref command @ ..] => {
            pg::run(&command.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
        }
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown command `{}`\n\n{USAGE}", arguments.join(" "))),
    }
}
