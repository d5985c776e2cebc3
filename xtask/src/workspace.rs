//! Where the workspace is, its files, and how commands are run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the root `Cargo.toml`.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask lies in the workspace").to_path_buf()
}

/// `cargo` in the root of the workspace, the same one that started us.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command to its end with our standard output and error.
pub fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("failed to run {}: {error}", describe(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", describe(command))) }
}

/// Runs a command and returns its standard output.
pub fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("failed to run {}: {error}", describe(command)))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", describe(command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{} wrote no UTF-8", describe(command)))
}

/// Whether a command exists and succeeds; it is not heard.
pub fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let silent = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    silent.is_ok_and(|status| status.success())
}

/// Reads a text file below the root.
pub fn read(path: impl AsRef<Path>) -> Result<String, String> {
    let path = root().join(path);
    fs::read_to_string(&path).map_err(|error| format!("failed to read {}: {error}", path.display()))
}

/// Writes `text` to a file below the root or, with `check`, only demands that the file is the same.
pub fn write_or_compare(path: &str, text: &str, check: bool, command: &str) -> Result<(), String> {
    if check {
        return match read(path)? == text {
            true => Ok(()),
            false => Err(format!("{path} is out of date: run `{command}`")),
        };
    }
    fs::write(root().join(path), text).map_err(|error| format!("failed to write {path}: {error}"))
}

/// The names in a folder below the root, sorted; none if there is no such folder.
pub fn names_in(folder: impl AsRef<Path>) -> Result<Vec<String>, String> {
    let path = root().join(folder);
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |error| format!("failed to read {}: {error}", path.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Every Rust file that people write, relative to the root: not `generated/`, not `target/`.
pub fn rust_files() -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        collect(Path::new(folder), &mut files)?;
    }
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    for name in names_in(folder)? {
        let path = folder.join(&name);
        if root().join(&path).is_dir() {
            if !matches!(name.as_str(), "generated" | "target" | "node_modules") {
                collect(&path, files)?;
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    format!("`{}`", words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}
