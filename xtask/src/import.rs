//! `cargo xtask import`: renews the API model from the newest `botocore` on PyPI.
//!
//! Facts only: shapes, members, constraints, errors, kind of authentication and paginators. The vendor's
//! prose stays behind. One operation, exception or shape a line, so that a diff can be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

const SERVICE_FOLDER: &str = "botocore/data/cognito-idp/2016-04-18";

/// Who may call, where botocore's documentation says so and its facts do not: GetClientToken takes no IAM credentials,
/// GetDerivedToken takes them or the client's secret.
const DOCUMENTED_AUTH: [(&str, &str); 2] = [("GetClientToken", "none"), ("GetDerivedToken", "optional")];

/// Values of enums that botocore's documentation names and its facts leave out: GetClientToken demands this flow.
const DOCUMENTED_VALUES: [(&str, &str); 1] = [("ExplicitAuthFlowsType", "ALLOW_CLIENT_TOKEN_AUTH")];

/// Downloads botocore and writes `crates/cognito-api/model/cognito-idp.json`.
///
/// Needs `python3` with pip, which unpacks the wheel as well. The hand-written `summaries.toml` beside the
/// model is only read: an operation without a summary is reported.
pub fn run() -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("awsemu-import-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|e| format!("failed to make {}: {e}", folder.display()))?;
    let outcome = import(&folder);
    // A left-over folder in the temporary directory does no harm, so its removal may fail.
    let _ = fs::remove_dir_all(&folder);
    outcome
}

fn import(folder: &Path) -> Result<(), String> {
    let version = download(folder)?;
    let service = read_json(&folder.join(SERVICE_FOLDER), "service-2.json")?;
    let paginators = read_json(&folder.join(SERVICE_FOLDER), "paginators-1.json")?;
    let model_folder = model_folder();
    let path = model_folder.join("cognito-idp.json");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let after = compact(&format!("botocore {version}"), &service, &paginators)?;
    fs::write(&path, &after).map_err(|e| format!("failed to write {}: {e}", path.display()))?;
    report(&before, &after, &service, &model_folder)?;
    println!("{} is from botocore {version}; now run `cargo xtask codegen`", path.display());
    Ok(())
}

/// The folder of the model and its summaries.
fn model_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cognito-api/model")
}

/// Fetches and unpacks the newest wheel; returns its version.
fn download(folder: &Path) -> Result<String, String> {
    python(folder, &["-m", "pip", "download", "--quiet", "--no-deps", "-d", ".", "botocore"])?;
    let wheel = fs::read_dir(folder)
        .map_err(|e| format!("failed to read {}: {e}", folder.display()))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .find(|name| name.starts_with("botocore-") && name.ends_with(".whl"))
        .ok_or("pip left no botocore wheel behind")?;
    python(folder, &["-m", "zipfile", "-e", &wheel, "."])?;
    wheel.split('-').nth(1).map(str::to_owned).ok_or_else(|| format!("no version in the name {wheel}"))
}

fn python(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("python3")
        .args(arguments)
        .current_dir(folder)
        .status()
        .map_err(|e| format!("failed to run python3: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("`python3 {}` failed: {status}", arguments.join(" "))) }
}

/// Reads `name`, which botocore ships either plain or gzipped.
fn read_json(folder: &Path, name: &str) -> Result<Value, String> {
    let path = folder.join(name);
    if !path.exists() {
        python(folder, &["-m", "gzip", "-d", &format!("{name}.gz")])?;
    }
    let text = fs::read_to_string(&path).map_err(|e| format!("failed to read {}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("failed to parse {}: {e}", path.display()))
}

/// The text of the compact model.
fn compact(source: &str, service: &Value, paginators: &Value) -> Result<String, String> {
    let operations = object(service, "operations")?;
    let shapes = object(service, "shapes")?;
    let reachable = reachable(operations, shapes)?;

    let mut text = format!("{{\n\"source\":{},\n\"service\":{},\n", json!(source), metadata(service)?);
    section(
        &mut text,
        "operations",
        operations.iter().map(|(name, operation)| (name, line_of_operation(name, operation, paginators))),
    );
    text.push_str(",\n");
    let exceptions = shapes.iter().filter(|(_, shape)| shape["exception"] == true);
    section(&mut text, "exceptions", exceptions.map(|(name, shape)| (name, line_of_exception(shape))));
    text.push_str(",\n");
    let shapes = shapes.iter().filter(|(name, _)| reachable.contains(name.as_str()));
    section(&mut text, "shapes", shapes.map(|(name, shape)| (name, line_of_shape(name, shape))));
    text.push_str("\n}\n");
    Ok(text)
}

fn section<'a>(text: &mut String, title: &str, lines: impl Iterator<Item = (&'a String, Value)>) {
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by(|left, right| left.0.cmp(right.0));
    let lines: Vec<String> = lines.iter().map(|(name, line)| format!("{}:{line}", json!(name))).collect();
    text.push_str(&format!("\"{title}\":{{\n{}\n}}", lines.join(",\n")));
}

fn metadata(service: &Value) -> Result<Value, String> {
    let fact = |name: &str| {
        let fact = &service["metadata"][name];
        if fact.is_string() { Ok(fact.clone()) } else { Err(format!("the metadata lacks `{name}`")) }
    };
    Ok(json!({
        "id": fact("endpointPrefix")?,
        "target_prefix": fact("targetPrefix")?,
        "json_version": fact("jsonVersion")?,
        "api_version": fact("apiVersion")?,
        "full_name": fact("serviceFullName")?,
        // botocore leaves the signing name out where it is the end point's prefix.
        "signing_name": fact("signingName").or_else(|_| fact("endpointPrefix"))?,
    }))
}

fn line_of_operation(name: &str, operation: &Value, paginators: &Value) -> Value {
    let mut line = Map::new();
    line.insert("input".into(), operation["input"]["shape"].clone());
    if operation["output"]["shape"].is_string() {
        line.insert("output".into(), operation["output"]["shape"].clone());
    }
    let errors = operation["errors"].as_array().into_iter().flatten();
    line.insert("errors".into(), errors.map(|error| error["shape"].clone()).collect());
    let documented = DOCUMENTED_AUTH.iter().find(|(operation, _)| *operation == name).map(|(_, auth)| *auth);
    if let Some(auth) = if operation["authtype"] == "none" { Some("none") } else { documented } {
        line.insert("auth".into(), auth.into());
    }
    if let Some(paginator) = paginators["pagination"][name].as_object() {
        line.insert("paginator".into(), Value::Object(paginator.clone()));
    }
    Value::Object(line)
}

fn line_of_exception(shape: &Value) -> Value {
    let members: Vec<&String> =
        shape["members"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let mut line = Map::new();
    line.insert("members".into(), json!(members));
    if shape["fault"] == true {
        line.insert("fault".into(), true.into());
    }
    Value::Object(line)
}

fn line_of_shape(name: &str, shape: &Value) -> Value {
    let mut line = Map::new();
    line.insert("type".into(), shape["type"].clone());
    if let Some(members) = shape["members"].as_object() {
        let members = members.iter().map(|(name, member)| (name.clone(), member["shape"].clone()));
        line.insert("members".into(), Value::Object(members.collect()));
    }
    for fact in ["required", "min", "max", "pattern", "enum", "sensitive", "document"] {
        if let Some(value) = shape.get(fact) {
            line.insert(fact.into(), value.clone());
        }
    }
    if let Some(Value::Array(values)) = line.get_mut("enum") {
        for (_, value) in DOCUMENTED_VALUES.iter().filter(|(shape, _)| *shape == name) {
            if !values.iter().any(|known| known == value) {
                values.push(json!(value));
            }
        }
    }
    for part in ["member", "key", "value"] {
        if let Some(value) = shape.get(part) {
            line.insert(part.into(), value["shape"].clone());
        }
    }
    Value::Object(line)
}

/// The names of the shapes that the operations lead to, without the exceptions.
fn reachable<'a>(
    operations: &'a Map<String, Value>,
    shapes: &'a Map<String, Value>,
) -> Result<BTreeSet<&'a str>, String> {
    let ends = operations.values().flat_map(|operation| [&operation["input"], &operation["output"]]);
    let mut open: Vec<&str> = ends.filter_map(|end| end["shape"].as_str()).collect();
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !found.insert(name) {
            continue;
        }
        let shape =
            shapes.get(name).ok_or_else(|| format!("the shape `{name}` is used, but not described"))?;
        let parts = ["member", "key", "value"].into_iter().filter_map(|part| shape.get(part));
        let members = shape["members"].as_object().into_iter().flatten().map(|(_, member)| member);
        open.extend(parts.chain(members).filter_map(|part| part["shape"].as_str()));
    }
    Ok(found)
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, String> {
    value[name].as_object().ok_or_else(|| format!("the model lacks `{name}`"))
}

/// Says how many lines changed and which operations have no summary of ours.
fn report(before: &str, after: &str, service: &Value, model_folder: &Path) -> Result<(), String> {
    let old: BTreeSet<&str> = before.lines().collect();
    let new: BTreeSet<&str> = after.lines().collect();
    println!("{} lines gone, {} lines new", old.difference(&new).count(), new.difference(&old).count());
    let path = model_folder.join("summaries.toml");
    let summaries =
        fs::read_to_string(&path).map_err(|e| format!("failed to read {}: {e}", path.display()))?;
    let known: BTreeSet<&str> =
        summaries.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    let operations = object(service, "operations")?;
    println!("{} operations", operations.len());
    for name in operations.keys().filter(|name| !known.contains(name.as_str())) {
        println!("{name} has no summary: write one into {}", path.display());
    }
    for name in known.iter().filter(|name| !operations.contains_key(**name)) {
        println!("{name} is gone from the API: remove its summary from {}", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_becomes_one_line_a_fact() {
        let service = json!({
            "metadata": {"endpointPrefix": "x", "targetPrefix": "X", "jsonVersion": "1.1", "apiVersion": "1", "serviceFullName": "The X"},
            "operations": {"Get": {"input": {"shape": "GetRequest"}, "errors": [{"shape": "Gone"}], "authtype": "none", "documentation": "prose"}},
            "shapes": {
                "GetRequest": {"type": "structure", "required": ["B"], "members": {"B": {"shape": "Name", "documentation": "prose"}, "A": {"shape": "Name"}}},
                "Name": {"type": "string", "min": 1, "documentation": "prose"},
                "Unused": {"type": "string"},
                "Gone": {"type": "structure", "members": {"message": {"shape": "Unused"}}, "exception": true},
            },
        });
        let paginators = json!({"pagination": {"Get": {"input_token": "T"}}});
        let text = compact("botocore 1", &service, &paginators).unwrap();
        let expected = r#"{
"source":"botocore 1",
"service":{"id":"x","target_prefix":"X","json_version":"1.1","api_version":"1","full_name":"The X","signing_name":"x"},
"operations":{
"Get":{"input":"GetRequest","errors":["Gone"],"auth":"none","paginator":{"input_token":"T"}}
},
"exceptions":{
"Gone":{"members":["message"]}
},
"shapes":{
"GetRequest":{"type":"structure","members":{"B":"Name","A":"Name"},"required":["B"]},
"Name":{"type":"string","min":1}
}
}
"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn what_only_the_documentation_says() {
        let auth = |name, operation: Value| line_of_operation(name, &operation, &json!({}))["auth"].clone();
        assert_eq!(auth("GetDerivedToken", json!({})), "optional");
        assert_eq!(auth("GetDerivedToken", json!({"authtype": "none"})), "none");
        assert_eq!(auth("SignUp", json!({})), Value::Null);
        let values =
            |values: Value| line_of_shape("ExplicitAuthFlowsType", &json!({"enum": values}))["enum"].clone();
        assert_eq!(values(json!(["A"])), json!(["A", "ALLOW_CLIENT_TOKEN_AUTH"]));
        assert_eq!(values(json!(["ALLOW_CLIENT_TOKEN_AUTH", "A"])), json!(["ALLOW_CLIENT_TOKEN_AUTH", "A"]));
    }
}
