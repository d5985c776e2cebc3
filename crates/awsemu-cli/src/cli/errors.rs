//! What can go wrong in a client command, and the exit code that each kind has (as in the AWS CLI 2).
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html>

use std::fmt;

/// An error that ends a client command. Its text is complete: it is printed as it stands.
#[derive(Debug, Clone, PartialEq)]
pub enum CliError {
    /// The command line can't be understood: unknown option, missing parameter, bad shorthand.
    Usage {
        /// What is wrong.
        message: String,
        /// The commands whose help explains it, such as `awsemu cognito-idp help`.
        help: Vec<String>,
    },
    /// A parameter's value can't be used; the way in which it was given is right.
    Parameter(String),
    /// The configuration or the environment isn't usable.
    Configuration(String),
    /// The service answered with an error.
    Service {
        /// The error's name, such as `UserNotFoundException`, or the HTTP status.
        code: String,
        /// The service's text.
        message: String,
        /// The operation's name, such as `AdminGetUser`.
        operation: String,
    },
    /// `awsemu serve` can't start or ended with an error.
    Server(String),
    /// Anything else: no server, a broken answer, an unreadable disk.
    Other(String),
}

impl CliError {
    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::Parameter(_) => 252,
            Self::Configuration(_) => 253,
            Self::Service { .. } => 254,
            Self::Server(_) => 1,
            Self::Other(_) => 255,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { message, help } => {
                writeln!(out, "\nusage: awsemu <command> <operation> [options]")?;
                writeln!(out, "To see help text, you can run:\n")?;
                for command in help {
                    writeln!(out, "  {command}")?;
                }
                write!(out, "\nawsemu: error: {message}")
            }
            Self::Parameter(message) | Self::Configuration(message) | Self::Other(message) => {
                write!(out, "\n{message}")
            }
            Self::Server(message) => write!(out, "awsemu: {message}"),
            Self::Service { code, message, operation } => {
                write!(out, "\nAn error occurred ({code}) when calling the {operation} operation: {message}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: CliError, code: u8, text: &str) {
        assert_eq!(error.exit_code(), code);
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn texts_and_codes() {
        check(
            CliError::Service {
                code: "ResourceNotFoundException".into(),
                message: "User does not exist.".into(),
                operation: "AdminGetUser".into(),
            },
            254,
            "\nAn error occurred (ResourceNotFoundException) when calling the AdminGetUser operation: User does not exist.",
        );
        check(CliError::Configuration("no such profile".into()), 253, "\nno such profile");
        check(CliError::Parameter("bad".into()), 252, "\nbad");
        check(CliError::Other("down".into()), 255, "\ndown");
        check(
            CliError::Usage { message: "what?".into(), help: vec!["awsemu help".into()] },
            252,
            "\nusage: awsemu <command> <operation> [options]\nTo see help text, you can run:\n\n  awsemu help\n\nawsemu: error: what?",
        );
    }
}
