//! The Python clients: scripts of `tests/clients/python`, run with the packages that `xtask setup` installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::binary;

/// Runs a script to its end; its output is shown if it fails.
pub fn run(script: &str, arguments: &[&str]) {
    let mut command = command(script);
    command.args(arguments);
    finish(script, command);
}

/// The command that runs a script.
pub fn command(script: &str) -> Command {
    let venv = workspace().join("target/clients/python");
    let python = venv.join("bin/python");
    assert!(python.exists(), "there are no Python clients: run cargo xtask setup");
    let mut command = Command::new(python);
    command.arg(workspace().join("tests/clients/python").join(script));
    // The clients find their commands here and no settings of the person who runs the tests.
    command.env("AWS_PROGRAM", venv.join("bin/aws")).env("AWSEMU_PROGRAM", binary());
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONWARNINGS", "error::SyntaxWarning");
    command
}

/// Runs a client's script, which must succeed.
pub fn finish(script: &str, mut command: Command) {
    let output = command.output().expect("the client starts");
    assert!(
        output.status.success(),
        "{script} failed\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_path_buf()
}
