//! Reads the model's file, one line of which describes one operation or shape.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::{Auth, Http, Member, Model, Operation, Paginator, Place, Service, Shape, ShapeId, ShapeKind};

/// The model from its text and that of its summaries, lines of the form `Name = "Sentence."`.
pub(super) fn model(text: &str, summaries: &str) -> Result<Model, String> {
    let file: File = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut lines = file.shapes.0;
    lines.sort_unstable_by(|left, right| left.0.cmp(&right.0));
    let names: Vec<String> = lines.iter().map(|(name, _)| name.clone()).collect();
    let shapes: Vec<Shape> =
        lines.into_iter().map(|(name, line)| shape(name, line, &names)).collect::<Result<_, String>>()?;
    let summaries: HashMap<&str, &str> = summaries
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, summary)| (name, summary.trim().trim_matches('"')))
        .collect();
    let mut operations = Vec::with_capacity(file.operations.0.len());
    for (name, line) in file.operations.0 {
        let summary = summaries.get(name.as_str()).copied().unwrap_or_default().to_owned();
        operations.push(operation(name, line, summary, &names)?);
    }
    operations.sort_unstable_by(|left, right| left.name.cmp(&right.name));
    let patterns = shapes.iter().map(|_| OnceLock::new()).collect();
    let other = |(name, line): (String, String)| Ok((name, http(&line)?));
    let others = file.others.0.into_iter().map(other).collect::<Result<_, String>>()?;
    Ok(Model { service: file.service.into(), operations, others, shapes, patterns })
}

/// Method, path and status: `POST /v2/apis/{apiId}/routes 201`.
fn http(line: &str) -> Result<Http, String> {
    let odd = || format!("an odd call: {line}");
    let [method, path, status] =
        <[&str; 3]>::try_from(line.split(' ').collect::<Vec<_>>()).map_err(|_| odd())?;
    let path = path.strip_prefix('/').ok_or_else(odd)?.split('/').map(str::to_owned).collect();
    Ok(Http { method: method.to_owned(), path, status: status.parse().map_err(|_| odd())? })
}

fn operation(
    name: String,
    line: OperationLine,
    summary: String,
    names: &[String],
) -> Result<Operation, String> {
    let auth = match line.auth.as_deref() {
        None => Auth::Iam,
        Some("none") => Auth::None,
        Some("optional") => Auth::Optional,
        Some(other) => return Err(format!("{name} has the unknown kind of authentication {other}")),
    };
    Ok(Operation {
        name,
        http: line.http.as_deref().map(http).transpose()?,
        input: find(names, &line.input)?,
        output: line.output.map(|output| find(names, &output)).transpose()?,
        errors: line.errors,
        auth,
        paginator: line.paginator.map(Paginator::from),
        summary,
    })
}

fn shape(name: String, line: ShapeLine, names: &[String]) -> Result<Shape, String> {
    let part =
        |part: &Option<String>| find(names, part.as_deref().ok_or_else(|| format!("{name} lacks a part"))?);
    let count = |bound: Option<i64>| bound.map(|bound| u64::try_from(bound).unwrap_or_default());
    let (least, most) = (count(line.min), count(line.max));
    let kind = match line.kind.as_str() {
        "structure" => {
            let members = members(line.members.0, &line.required, &line.places, names)?;
            ShapeKind::Structure { members, document: line.document }
        }
        "list" => ShapeKind::List { member: part(&line.member)?, min: least, max: most },
        "map" => ShapeKind::Map { key: part(&line.key)?, value: part(&line.value)?, min: least, max: most },
        "string" => ShapeKind::String { min: least, max: most, pattern: line.pattern, values: line.values },
        "integer" => ShapeKind::Integer { min: line.min, max: line.max },
        "long" => ShapeKind::Long { min: line.min, max: line.max },
        "double" => ShapeKind::Double,
        "boolean" => ShapeKind::Boolean,
        "timestamp" => ShapeKind::Timestamp,
        "blob" => ShapeKind::Blob { min: least, max: most },
        other => return Err(format!("{name} is of the unknown type {other}")),
    };
    Ok(Shape { name, kind, sensitive: line.sensitive })
}

fn members(
    members: Vec<(String, String)>,
    required: &[String],
    places: &HashMap<String, String>,
    names: &[String],
) -> Result<Vec<Member>, String> {
    let member = |(name, shape): (String, String)| {
        let required = required.contains(&name);
        let place = match places.get(&name).and_then(|place| place.split_once(' ')) {
            None => Place::Body,
            Some(("uri", named)) => Place::Path(named.to_owned()),
            Some(("querystring", named)) => Place::Query(named.to_owned()),
            Some((other, _)) => return Err(format!("{name} stands in the unknown place {other}")),
        };
        Ok(Member { name, shape: find(names, &shape)?, required, place })
    };
    members.into_iter().map(member).collect()
}

/// The place of a name among the sorted names of all shapes.
fn find(names: &[String], name: &str) -> Result<ShapeId, String> {
    let index = names.binary_search_by(|candidate| candidate.as_str().cmp(name));
    index
        .ok()
        .and_then(|index| u32::try_from(index).ok())
        .map(ShapeId)
        .ok_or_else(|| format!("no shape {name}"))
}

#[derive(Deserialize)]
struct File {
    service: ServiceLine,
    operations: Pairs<OperationLine>,
    #[serde(default)]
    others: Pairs<String>,
    shapes: Pairs<ShapeLine>,
}

#[derive(Deserialize)]
struct ServiceLine {
    id: String,
    #[serde(default)]
    target_prefix: String,
    json_version: String,
    api_version: String,
    full_name: String,
    signing_name: String,
}

impl From<ServiceLine> for Service {
    fn from(line: ServiceLine) -> Self {
        let ServiceLine { id, target_prefix, json_version, api_version, full_name, signing_name } = line;
        Self { id, target_prefix, json_version, api_version, full_name, signing_name }
    }
}

#[derive(Deserialize)]
struct OperationLine {
    http: Option<String>,
    input: String,
    output: Option<String>,
    errors: Vec<String>,
    auth: Option<String>,
    paginator: Option<PaginatorLine>,
}

#[derive(Deserialize)]
struct PaginatorLine {
    input_token: String,
    output_token: String,
    limit_key: String,
    result_key: String,
}

impl From<PaginatorLine> for Paginator {
    fn from(line: PaginatorLine) -> Self {
        let PaginatorLine { input_token, output_token, limit_key, result_key } = line;
        Self { input_token, output_token, limit_key, result_key }
    }
}

#[derive(Deserialize)]
struct ShapeLine {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    members: Pairs<String>,
    #[serde(default)]
    places: HashMap<String, String>,
    #[serde(default)]
    required: Vec<String>,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<String>,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    document: bool,
    member: Option<String>,
    key: Option<String>,
    value: Option<String>,
}

/// A JSON object as pairs in its order.
struct Pairs<T>(Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PairsVisitor<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            pairs.push((name, value));
        }
        Ok(Pairs(pairs))
    }
}
