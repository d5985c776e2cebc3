//! `cargo xtask tidy`: holds the sources against the rules of `docs/style.md` that a program can check.

use std::collections::BTreeMap;
use std::path::Path;

use crate::areas::areas;
use crate::operations::{operations, snake_case};
use crate::source::Source;
use crate::workspace::{names_in, read, rust_files};

/// The longest file, in lines.
const FILE_LINES: usize = 500;

/// The longest function outside tests, in lines.
const FUNCTION_LINES: usize = 80;

/// What no code contains, and what to do instead.
const NOT_IN_CODE: [(&str, &str); 5] = [
    ("[allow(", "use #[expect(lint, reason = \"...\")]"),
    ("[ignore", "assert what happens now and say why it is wrong"),
    ("[should_panic", "assert on the value that comes back"),
    ("todo!(", "write it, or answer with an honest error"),
    ("unimplemented!(", "write it, or answer with an honest error"),
];

/// What no comment contains.
const NOT_IN_COMMENTS: [&str; 3] = ["FIXME", "XXX", "TODO"];

/// Prints every broken rule.
pub fn run() -> Result<(), String> {
    let mut complaints = Vec::new();
    for path in rust_files()? {
        complaints.extend(file(&path, &read(&path)?));
    }
    complaints.extend(operation_files()?);
    for complaint in &complaints {
        eprintln!("tidy: {complaint}");
    }
    match complaints.len() {
        0 => Ok(()),
        count => Err(format!("{count} rules are broken")),
    }
}

fn file(path: &Path, text: &str) -> Vec<String> {
    let path = path.display();
    let source = Source::parse(text);
    let mut complaints = Vec::new();
    if !text.starts_with("//! ") {
        complaints.push(format!("{path}:1: the first line is no `//!` that says what the file is"));
    }
    let lines = text.lines().count();
    if lines > FILE_LINES {
        complaints.push(format!("{path}: has {lines} lines, {FILE_LINES} are the limit: split it"));
    }
    for (line, code) in source.code.iter().enumerate() {
        for (forbidden, instead) in NOT_IN_CODE.iter().filter(|(forbidden, _)| code.contains(forbidden)) {
            complaints.push(format!("{path}:{}: `{forbidden}`: {instead}", line + 1));
        }
    }
    for (line, comment) in source.comments.iter().enumerate() {
        for word in NOT_IN_COMMENTS.iter().filter(|word| comment.contains(**word)) {
            complaints.push(format!("{path}:{}: {word}: do it, or write an issue", line + 1));
        }
    }
    for (line, name, length) in source.functions() {
        if length > FUNCTION_LINES && !is_test(&path.to_string()) {
            let limit = format!("{FUNCTION_LINES} are the limit: split it");
            complaints.push(format!("{path}:{line}: `{name}` has {length} lines, {limit}"));
        }
    }
    complaints
}

/// Files that hold nothing but tests.
fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs")
}

/// The file of each operation links AWS's page of it, so that a reader can compare.
fn operation_files() -> Result<Vec<String>, String> {
    let operations: BTreeMap<String, String> =
        operations()?.into_iter().map(|operation| (snake_case(&operation.name), operation.name)).collect();
    let mut complaints = Vec::new();
    for area in areas() {
        let folder = format!("crates/cognito-ops/src/{area}");
        for name in names_in(&folder)? {
            let Some(operation) = name.strip_suffix(".rs").and_then(|stem| operations.get(stem)) else {
                continue;
            };
            let path = format!("{folder}/{name}");
            let page = format!("API_{operation}.html");
            if !read(&path)?.contains(&page) {
                complaints.push(format!("{path}: does not link {page}"));
            }
        }
    }
    Ok(complaints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_keep_the_rules() {
        assert_eq!(run(), Ok(()));
    }

    #[test]
    fn rules() {
        check("//! A file.\n\nfn main() {}\n", "");
        check("fn main() {}\n", "a.rs:1: the first line is no `//!` that says what the file is");
        check("//! A.\n#[allow(dead_code)]\n", "a.rs:2: `[allow(`: use #[expect(lint, reason = \"...\")]");
        check("//! A.\nfn f() { todo!() }\n", "a.rs:2: `todo!(`: write it, or answer with an honest error");
        check("//! A.\nfn f() { \"todo!()\"; } // no todo!()\n", "");
        check("//! A.\n// FIXME later\n", "a.rs:2: FIXME: do it, or write an issue");
        check("//! A.\nfn f() { \"FIXME\" }\n", "");
        let long = format!("//! A.\nfn f() {{\n{}}}\n", "    g();\n".repeat(FUNCTION_LINES));
        check(&long, "a.rs:2: `f` has 82 lines, 80 are the limit: split it");
        let long = format!("//! A.\n{}", "// b\n".repeat(FILE_LINES));
        check(&long, "a.rs: has 501 lines, 500 are the limit: split it");
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(file(Path::new("a.rs"), text).join("\n"), expected, "{text}");
    }
}
