//! The operations of the API as the model and its neighbours describe them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::workspace::read;

const MODEL: &str = "crates/cognito-api/model/cognito-idp.json";
const SUMMARIES: &str = "crates/cognito-api/model/summaries.toml";

/// The list of operations that do not work yet, one name a line, sorted.
pub const NOT_YET: &str = "tests/not_yet.txt";

/// One operation.
pub struct Operation {
    /// AWS's name.
    pub name: String,
    /// What the caller has to show.
    pub caller: Caller,
    /// What it does, in one sentence of ours.
    pub summary: String,
}

/// What the caller of an operation has to show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Caller {
    /// A SigV4 signature with AWS credentials.
    Signature,
    /// A SigV4 signature with AWS credentials, or what stands in the request itself.
    SignatureOrNobody,
    /// A user's access token.
    AccessToken,
    /// A user's access token, or the session of a sign-in that is under way.
    AccessTokenOrSession,
    /// Nothing, or what stands in the request itself: a password, a code, a client's secret.
    Nobody,
}

/// All operations of the model, sorted by name.
pub fn operations() -> Result<Vec<Operation>, String> {
    let model: Value =
        serde_json::from_str(&read(MODEL)?).map_err(|error| format!("failed to parse {MODEL}: {error}"))?;
    let summaries = summaries(&read(SUMMARIES)?)?;
    let operations = model["operations"].as_object().ok_or("the model has no operations")?;
    let mut list = Vec::new();
    for (name, operation) in operations {
        let summary = summaries.get(name).cloned().ok_or_else(|| format!("{SUMMARIES} lacks {name}"))?;
        let caller = caller(operation, &model["shapes"]);
        list.push(Operation { name: name.clone(), caller, summary });
    }
    list.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(list)
}

fn caller(operation: &Value, shapes: &Value) -> Caller {
    match operation["auth"].as_str() {
        None => return Caller::Signature,
        Some("optional") => return Caller::SignatureOrNobody,
        Some(_) => {}
    }
    let input = &shapes[operation["input"].as_str().unwrap_or_default()];
    let takes_token = input["members"].get("AccessToken").is_some();
    let required = input["required"].as_array();
    match required.is_some_and(|names| names.iter().any(|name| name == "AccessToken")) {
        true => Caller::AccessToken,
        false if takes_token => Caller::AccessTokenOrSession,
        false => Caller::Nobody,
    }
}

/// The operations that stand in [`NOT_YET`]; the file has to be sorted and to know its operations.
pub fn not_yet(operations: &[Operation]) -> Result<Vec<String>, String> {
    let text = read(NOT_YET)?;
    let names: Vec<String> = text.lines().map(str::to_owned).collect();
    if !names.is_sorted_by(|one, other| one < other) {
        return Err(format!("{NOT_YET} is not sorted, or names an operation twice"));
    }
    let known = |name: &String| operations.iter().any(|operation| operation.name == *name);
    match names.iter().find(|name| !known(name)) {
        Some(name) => Err(format!("{NOT_YET} names {name:?}, which is no operation")),
        None => Ok(names),
    }
}

/// `AdminGetUser` as `admin_get_user`; a run of capitals is one word (`GetCSVHeader`, `get_csv_header`).
pub fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (position, letter) in letters.iter().enumerate() {
        let before = position.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(position + 1);
        let starts_word = before.is_some_and(|before| !before.is_uppercase())
            || before.is_some() && after.is_some_and(|after| after.is_lowercase());
        if letter.is_uppercase() && starts_word {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Lines `Name = "text"`; comments and empty lines are skipped. The texts contain no escapes.
fn summaries(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut summaries = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let parts = line.split_once(" = \"").and_then(|(name, rest)| Some((name, rest.strip_suffix('"')?)));
        let (name, summary) = parts.ok_or_else(|| format!("{SUMMARIES} has an odd line: {line}"))?;
        summaries.insert(name.to_owned(), summary.to_owned());
    }
    Ok(summaries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_snake_case() {
        for (name, expected) in [
            ("SignUp", "sign_up"),
            ("AdminGetUser", "admin_get_user"),
            ("GetCSVHeader", "get_csv_header"),
            ("SetUICustomization", "set_ui_customization"),
            ("AdminSetUserMFAPreference", "admin_set_user_mfa_preference"),
            ("StartWebAuthnRegistration", "start_web_authn_registration"),
        ] {
            assert_eq!(snake_case(name), expected);
        }
    }

    #[test]
    fn kinds_of_authentication() {
        let operations = operations().unwrap();
        for (name, expected) in [
            ("AdminGetUser", Caller::Signature),
            ("GetUser", Caller::AccessToken),
            ("AssociateSoftwareToken", Caller::AccessTokenOrSession),
            ("SignUp", Caller::Nobody),
            ("GetDerivedToken", Caller::SignatureOrNobody),
        ] {
            let operation = operations.iter().find(|operation| operation.name == name).unwrap();
            assert_eq!(operation.caller, expected, "{name}");
        }
        assert!(not_yet(&operations).is_ok());
    }
}
