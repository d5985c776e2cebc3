//! `cargo xtask codegen`: writes the Rust types of the API from the compact model.

mod names;
mod render;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Writes `crates/cognito-api/src/generated/`; with `check` compares only and fails when a file is stale.
pub fn run(check: bool) -> Result<(), String> {
    let folder = root().join("crates/cognito-api");
    let mut stale = Vec::new();
    for (name, text) in files(&folder.join("model"))? {
        let path = folder.join("src/generated").join(name);
        if fs::read_to_string(&path).is_ok_and(|current| current == text) {
            continue;
        }
        if check {
            stale.push(name);
        } else {
            fs::write(&path, text).map_err(|e| format!("failed to write {}: {e}", path.display()))?;
            println!("wrote {}", path.display());
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("stale: {} (run `cargo xtask codegen`)", stale.join(", ")))
    }
}

/// The generated files: name and formatted text.
fn files(model_folder: &Path) -> Result<Vec<(&'static str, String)>, String> {
    let model = |name: &str| -> Result<Value, String> {
        serde_json::from_str(&read(&model_folder.join(name))?)
            .map_err(|e| format!("failed to parse {name}: {e}"))
    };
    let (idp, gateway) = ("cognito-idp.json", "apigatewayv2.json");
    let summaries = read(&model_folder.join("summaries.toml"))?;
    let rendered = [
        ("mod.rs", render::module(idp, &["apigatewayv2", "enums", "errors", "ops", "types"])),
        ("enums.rs", render::enums(idp, &model(idp)?)?),
        ("errors.rs", render::errors(idp, &model(idp)?)?),
        ("ops.rs", render::operations(idp, &model(idp)?, &summaries)?),
        ("types.rs", render::types(idp, &model(idp)?)?),
        ("apigatewayv2/mod.rs", render::module(gateway, &["enums", "types"])),
        ("apigatewayv2/enums.rs", render::enums(gateway, &model(gateway)?)?),
        ("apigatewayv2/types.rs", render::types(gateway, &model(gateway)?)?),
    ];
    rendered.into_iter().map(|(name, text)| Ok((name, format(&text)?))).collect()
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("failed to read {}: {e}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Sends the text through rustfmt, so that `cargo fmt --check` and the freshness test agree.
fn format(text: &str) -> Result<String, String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root().join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("failed to run rustfmt: {e}"))?;
    let mut input = rustfmt.stdin.take().ok_or("rustfmt has no standard input")?;
    // rustfmt parses all of its input before it prints, so writing first cannot block both ends.
    input.write_all(text.as_bytes()).map_err(|e| format!("failed to write to rustfmt: {e}"))?;
    drop(input);
    let output = rustfmt.wait_with_output().map_err(|e| format!("failed to wait for rustfmt: {e}"))?;
    if !output.status.success() {
        return Err(format!("rustfmt failed: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|e| format!("rustfmt printed no UTF-8: {e}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_fresh() {
        assert_eq!(super::run(true), Ok(()));
    }
}
