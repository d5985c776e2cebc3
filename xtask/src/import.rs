//! `cargo xtask import`: renews the API models from the newest `botocore` on PyPI.
//!
//! Facts only: shapes, members, constraints, errors, kind of authentication and paginators. The vendor's
//! prose stays behind. One operation, exception or shape a line, so that a diff can be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::workspace::read;

/// An API that is described by a model of ours.
struct Api {
    /// The command's name, and that of the model's file.
    id: &'static str,
    /// Where botocore keeps it.
    folder: &'static str,
    /// Our own lines about its operations.
    summaries: &'static str,
    /// The file with the operations of which only name, method and path are taken.
    left_out: Option<&'static str>,
}

const APIS: [Api; 2] = [
    Api {
        id: "cognito-idp",
        folder: "botocore/data/cognito-idp/2016-04-18",
        summaries: "summaries.toml",
        left_out: None,
    },
    Api {
        id: "apigatewayv2",
        folder: "botocore/data/apigatewayv2/2018-11-29",
        summaries: "apigatewayv2_summaries.toml",
        left_out: Some("tests/apigatewayv2_not_yet.txt"),
    },
];

/// Who may call, where botocore's documentation says so and its facts do not: GetClientToken takes no IAM credentials,
/// GetDerivedToken takes them or the client's secret.
const DOCUMENTED_AUTH: [(&str, &str); 2] = [("GetClientToken", "none"), ("GetDerivedToken", "optional")];

/// Values of enums that botocore's documentation names and its facts leave out: GetClientToken demands this flow.
const DOCUMENTED_VALUES: [(&str, &str); 1] = [("ExplicitAuthFlowsType", "ALLOW_CLIENT_TOKEN_AUTH")];

/// Downloads botocore and writes the models in `crates/cognito-api/model/`.
///
/// Needs `python3` with pip, which unpacks the wheel as well. The hand-written summaries beside the
/// models are only read: an operation without a summary is reported.
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
    APIS.iter().try_for_each(|api| import_api(folder, &version, api))
}

fn import_api(folder: &Path, version: &str, api: &Api) -> Result<(), String> {
    let service = read_json(&folder.join(api.folder), "service-2.json")?;
    let paginators = read_json(&folder.join(api.folder), "paginators-1.json")?;
    let left_out = api.left_out.map(read).transpose()?.unwrap_or_default();
    let left_out: BTreeSet<&str> = left_out.lines().collect();
    let model_folder = model_folder();
    let path = model_folder.join(format!("{}.json", api.id));
    let before = fs::read_to_string(&path).unwrap_or_default();
    let after = compact(&format!("botocore {version}"), api.id, &service, &paginators, &left_out)?;
    fs::write(&path, &after).map_err(|e| format!("failed to write {}: {e}", path.display()))?;
    report(&before, &after, &model_folder.join(api.summaries))?;
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

/// The text of the compact model. Of the operations that are left out it says only how they are called, so that they
/// can be told from those that do not exist.
fn compact(
    source: &str,
    id: &str,
    service: &Value,
    paginators: &Value,
    left_out: &BTreeSet<&str>,
) -> Result<String, String> {
    let all = object(service, "operations")?;
    let shapes = object(service, "shapes")?;
    let rest = service["metadata"]["protocol"] == "rest-json";
    let is_offered = |name: &String| !left_out.contains(name.as_str());
    let operations: Map<String, Value> = all
        .iter()
        .filter(|(name, _)| is_offered(name))
        .map(|(name, op)| (name.clone(), op.clone()))
        .collect();
    let reachable = reachable(&operations, shapes)?;

    let mut text = format!("{{\n\"source\":{},\n\"service\":{},\n", json!(source), metadata(id, service)?);
    section(
        &mut text,
        "operations",
        operations
            .iter()
            .map(|(name, operation)| (name, line_of_operation(name, operation, paginators, rest))),
    );
    text.push_str(",\n");
    if !left_out.is_empty() {
        let others = all.iter().filter(|(name, _)| !is_offered(name));
        section(&mut text, "others", others.map(|(name, operation)| (name, http(operation))));
        text.push_str(",\n");
    }
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

fn metadata(id: &str, service: &Value) -> Result<Value, String> {
    let fact = |name: &str| {
        let fact = &service["metadata"][name];
        if fact.is_string() { Ok(fact.clone()) } else { Err(format!("the metadata lacks `{name}`")) }
    };
    let mut line = Map::new();
    line.insert("id".into(), id.into());
    // A REST API has none: method and path name the operation.
    if let Ok(prefix) = fact("targetPrefix") {
        line.insert("target_prefix".into(), prefix);
    }
    line.insert("json_version".into(), fact("jsonVersion")?);
    line.insert("api_version".into(), fact("apiVersion")?);
    line.insert("full_name".into(), fact("serviceFullName")?);
    // botocore leaves the signing name out where it is the end point's prefix.
    line.insert("signing_name".into(), fact("signingName").or_else(|_| fact("endpointPrefix"))?);
    Ok(Value::Object(line))
}

/// How an operation of a REST API is called: `POST /v2/apis 201`.
fn http(operation: &Value) -> Value {
    let http = &operation["http"];
    let text = |name: &str| http[name].as_str().unwrap_or_default();
    let status = http["responseCode"].as_u64().unwrap_or(200);
    format!("{} {} {status}", text("method"), text("requestUri")).into()
}

fn line_of_operation(name: &str, operation: &Value, paginators: &Value, rest: bool) -> Value {
    let mut line = Map::new();
    if rest {
        line.insert("http".into(), http(operation));
    }
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
    // Times in ISO 8601 are texts for whoever reads and writes JSON.
    let is_text = shape["type"] == "timestamp" && shape["timestampFormat"] == "iso8601";
    line.insert("type".into(), if is_text { "string".into() } else { shape["type"].clone() });
    if let Some(members) = shape["members"].as_object() {
        let shapes = members.iter().map(|(name, member)| (name.clone(), member["shape"].clone()));
        line.insert("members".into(), Value::Object(shapes.collect()));
        let places: Map<String, Value> = members
            .iter()
            .filter_map(|(name, member)| {
                let (place, named) = (member["location"].as_str()?, member["locationName"].as_str()?);
                Some((name.clone(), format!("{place} {named}").into()))
            })
            .collect();
        if !places.is_empty() {
            line.insert("places".into(), Value::Object(places));
        }
    }
    for (bound, value) in ["min", "max"].into_iter().zip(bounds_in_name(name)) {
        line.insert(bound.into(), value.into());
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

/// The bounds that some shapes have in their name alone: `StringWithLengthBetween1And128`.
fn bounds_in_name(name: &str) -> Vec<i64> {
    let number = |text: &str| {
        let text = text.replace("Minus", "-");
        match text.strip_suffix('K') {
            Some(thousands) => thousands.parse::<i64>().map(|number| number * 1024),
            None => text.parse(),
        }
    };
    let bounds = name.split_once("WithLengthBetween").and_then(|(_, bounds)| bounds.split_once("And"));
    let Some((least, most)) = bounds else { return Vec::new() };
    number(least).into_iter().chain(number(most)).collect()
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
fn report(before: &str, after: &str, summaries: &Path) -> Result<(), String> {
    let old: BTreeSet<&str> = before.lines().collect();
    let new: BTreeSet<&str> = after.lines().collect();
    println!("{} lines gone, {} lines new", old.difference(&new).count(), new.difference(&old).count());
    let text =
        fs::read_to_string(summaries).map_err(|e| format!("failed to read {}: {e}", summaries.display()))?;
    let known: BTreeSet<&str> =
        text.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    let model: Value = serde_json::from_str(after).map_err(|e| format!("the model is not JSON: {e}"))?;
    let operations = object(&model, "operations")?;
    println!("{} operations", operations.len());
    for name in operations.keys().filter(|name| !known.contains(name.as_str())) {
        println!("{name} has no summary: write one into {}", summaries.display());
    }
    for name in known.iter().filter(|name| !operations.contains_key(**name)) {
        println!("{name} is gone from the API: remove its summary from {}", summaries.display());
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
        let text = compact("botocore 1", "x", &service, &paginators, &BTreeSet::new()).unwrap();
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
        let auth =
            |name, operation: Value| line_of_operation(name, &operation, &json!({}), false)["auth"].clone();
        assert_eq!(auth("GetDerivedToken", json!({})), "optional");
        assert_eq!(auth("GetDerivedToken", json!({"authtype": "none"})), "none");
        assert_eq!(auth("SignUp", json!({})), Value::Null);
        let values =
            |values: Value| line_of_shape("ExplicitAuthFlowsType", &json!({"enum": values}))["enum"].clone();
        assert_eq!(values(json!(["A"])), json!(["A", "ALLOW_CLIENT_TOKEN_AUTH"]));
        assert_eq!(values(json!(["ALLOW_CLIENT_TOKEN_AUTH", "A"])), json!(["ALLOW_CLIENT_TOKEN_AUTH", "A"]));
    }

    #[test]
    fn a_rest_service() {
        let service = json!({
            "metadata": {"protocol": "rest-json", "endpointPrefix": "x", "jsonVersion": "1.1", "apiVersion": "1", "serviceFullName": "The X"},
            "operations": {
                "Get": {"http": {"method": "GET", "requestUri": "/v2/{id}"}, "input": {"shape": "GetRequest"}},
                "Make": {"http": {"method": "POST", "requestUri": "/v2", "responseCode": 201}},
            },
            "shapes": {
                "GetRequest": {"type": "structure", "members": {"Id": {"shape": "Name", "location": "uri", "locationName": "id"}, "At": {"shape": "Time", "locationName": "at"}}},
                "Name": {"type": "string"},
                "Time": {"type": "timestamp", "timestampFormat": "iso8601"},
            },
        });
        let text = compact("botocore 1", "xv2", &service, &json!({}), &BTreeSet::from(["Make"])).unwrap();
        let expected = r#"{
"source":"botocore 1",
"service":{"id":"xv2","json_version":"1.1","api_version":"1","full_name":"The X","signing_name":"x"},
"operations":{
"Get":{"http":"GET /v2/{id} 200","input":"GetRequest","errors":[]}
},
"others":{
"Make":"POST /v2 201"
},
"exceptions":{

},
"shapes":{
"GetRequest":{"type":"structure","members":{"Id":"Name","At":"Time"},"places":{"Id":"uri id"}},
"Name":{"type":"string"},
"Time":{"type":"string"}
}
}
"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn bounds_in_names() {
        let check = |name: &str, expected: &[i64]| assert_eq!(bounds_in_name(name), expected, "{name}");
        check("StringWithLengthBetween1And128", &[1, 128]);
        check("StringWithLengthBetween0And32K", &[0, 32_768]);
        check("IntegerWithLengthBetweenMinus1And86400", &[-1, 86_400]);
        check("Id", &[]);
    }
}
