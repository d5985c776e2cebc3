//! `awsemu completions`: scripts that make a shell complete commands and options.

use clap::Command;
use clap_complete::Shell;

use super::command::{Purpose, SERVICES, model_of, with_operations};
use super::errors::CliError;
use super::output::emit;

/// Prints the script for a shell; `program` is the program's command without the operations of the service.
///
/// # Errors
/// When standard output can't be written.
pub fn completions(program: Command, shell: Shell) -> Result<(), CliError> {
    emit::print(&script(program, shell))
}

fn script(program: Command, shell: Shell) -> String {
    let mut program = SERVICES.into_iter().fold(program, |program, name| {
        program.mut_subcommand(name, |service| match model_of(name) {
            Some(model) => with_operations(service, model, model.operations(), Purpose::Completing),
            None => service,
        })
    });
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn check(shell: Shell) {
        let script = script(crate::Cli::command(), shell);
        for word in [
            "admin-set-user-mfa-preference",
            "user-pool-id",
            "ALLOW_USER_SRP_AUTH",
            "endpoint-url",
            "create-authorizer",
            "messages",
        ] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }

    #[test]
    fn shells() {
        check(Shell::Bash);
        check(Shell::Zsh);
        check(Shell::Fish);
    }
}
