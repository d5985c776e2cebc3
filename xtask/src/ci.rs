//! `cargo xtask ci`: everything that CI runs, step by step; it stops at the first step that fails.

use std::process::Command;
use std::time::Instant;

use crate::workspace::{cargo, names_in, root, run as execute};
use crate::{codegen, coverage, deps, pg, setup, tidy};

type Step = (&'static str, fn() -> Result<(), String>);

/// The steps in their order: the quick ones first, those that compile most last.
const STEPS: [Step; 9] = [
    ("setup", setup::run),
    ("fmt", fmt),
    ("deps", deps::run),
    ("tidy", tidy::run),
    ("codegen", generated_files),
    ("clippy", clippy),
    ("test", test),
    ("examples", examples),
    ("docs", docs),
];

/// One build for the tests, the binary that they start and the examples: with the same features, so that
/// nothing is compiled twice.
const BUILD: [&str; 5] = ["build", "--workspace", "--bins", "--tests", "--examples"];

/// The binary that [`BUILD`] makes, relative to the root.
const BINARY: &str = "target/debug/awsemu";

/// The crates whose examples are documentation, and so have to run.
const CRATES_WITH_EXAMPLES: [&str; 2] = ["cognito-core", "cognito-ops"];

/// Runs all steps, or those that are named.
pub fn run(names: &[&str]) -> Result<(), String> {
    let begin = Instant::now();
    for (name, step) in chosen(names)? {
        println!("--- {name}");
        let begin = Instant::now();
        step().map_err(|error| format!("step {name} failed: {error}"))?;
        println!("--- {name}: passed in {:.1} s", begin.elapsed().as_secs_f32());
    }
    println!("--- all passed in {:.1} s", begin.elapsed().as_secs_f32());
    Ok(())
}

fn chosen(names: &[&str]) -> Result<Vec<Step>, String> {
    if names.is_empty() {
        return Ok(STEPS.to_vec());
    }
    let find = |name: &&str| {
        let step = STEPS.iter().find(|(known, _)| known == name).copied();
        step.ok_or_else(|| {
            let known: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
            format!("there is no step `{name}`; the steps are {}", known.join(", "))
        })
    };
    names.iter().map(find).collect()
}

fn fmt() -> Result<(), String> {
    execute(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<(), String> {
    execute(&mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))
}

fn generated_files() -> Result<(), String> {
    codegen::run(true)?;
    coverage::run(true)
}

fn test() -> Result<(), String> {
    execute(&mut cargo(&BUILD))?;
    pg::with_postgres(|url| {
        let mut tests = cargo(&["test", "--workspace"]);
        tests.env("AWSEMU_TEST_PG", url).env("AWSEMU_TEST_BINARY", root().join(BINARY));
        execute(&mut tests)
    })?
}

fn examples() -> Result<(), String> {
    execute(&mut cargo(&BUILD))?;
    for crate_name in CRATES_WITH_EXAMPLES {
        for file in names_in(format!("crates/{crate_name}/examples"))? {
            let Some(name) = file.strip_suffix(".rs") else { continue };
            println!("{crate_name}: {name}");
            execute(Command::new(root().join("target/debug/examples").join(name)).current_dir(root()))?;
        }
    }
    Ok(())
}

fn docs() -> Result<(), String> {
    execute(cargo(&["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"))
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn steps_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap().len(), super::STEPS.len());
        let names: Vec<&str> = chosen(&["tidy", "fmt"]).unwrap().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["tidy", "fmt"]);
        assert!(
            chosen(&["test", "tests"]).unwrap_err().starts_with("there is no step `tests`; the steps are")
        );
    }
}
