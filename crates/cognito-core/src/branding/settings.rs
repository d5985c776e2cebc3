//! The settings document of a style: its defaults, how documents are merged, and what is taken.

use std::sync::LazyLock;

use serde_json::Value;

use super::BrandingError;

/// Every setting that we know, with our values. The shape is AWS's, the colours are ours.
pub static DEFAULTS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("defaults.json")).expect("our own file is JSON"));

/// Puts a document over another: objects member by member, everything else as a whole.
pub fn merge(base: &mut Value, more: Value) {
    match (base, more) {
        (Value::Object(base), Value::Object(more)) => {
            for (name, value) in more {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, more) => *base = more,
    }
}

/// Checks what a caller sets: the three parts only, and what is known has its type. What AWS added meanwhile, below the
/// parts, is kept as it is.
pub(super) fn check(settings: &Value) -> Result<(), BrandingError> {
    let parts = settings.as_object().ok_or_else(|| BrandingError::Setting("Settings".to_owned()))?;
    if let Some(name) = parts.keys().find(|name| DEFAULTS.get(name.as_str()).is_none()) {
        return Err(BrandingError::Setting(name.clone()));
    }
    check_member("", settings, &DEFAULTS)
}

fn check_member(path: &str, given: &Value, known: &Value) -> Result<(), BrandingError> {
    let fits = match known {
        Value::Object(_) => given.is_object(),
        Value::Array(_) => given.is_array(),
        Value::Bool(_) => given.is_boolean(),
        Value::Number(_) => given.as_f64().is_some_and(|number| number >= 0.0),
        Value::String(text) => given.as_str().is_some_and(|given| !is_color(text) || is_color(given)),
        Value::Null => true,
    };
    if !fits {
        return Err(BrandingError::Setting(path.to_owned()));
    }
    let (Value::Object(given), Value::Object(known)) = (given, known) else { return Ok(()) };
    for (name, given) in given {
        if let Some(known) = known.get(name) {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            check_member(&path, given, known)?;
        }
    }
    Ok(())
}

/// Whether a text is a colour as the settings write it: red, green, blue and opacity in eight hexadecimal digits.
pub(crate) fn is_color(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents() {
        let taken = |settings: Value| assert_eq!(check(&settings), Ok(()), "{settings}");
        taken(json!({}));
        taken(DEFAULTS.clone());
        taken(json!({ "components": { "form": { "borderRadius": 3, "news": { "of": ["AWS"] } } } }));
        taken(json!({ "components": { "idpButton": { "custom": { "Okta": { "any": 1 } } } } }));
        taken(json!({ "components": { "pageText": { "darkMode": { "bodyColor": "A0B1C2D3" } } } }));
        let refused = |settings: Value, path: &str| {
            assert_eq!(check(&settings), Err(BrandingError::Setting(path.to_owned())), "{settings}");
        };
        refused(json!("text"), "Settings");
        refused(json!({ "style": {} }), "style");
        refused(json!({ "components": [] }), "components");
        refused(
            json!({ "categories": { "global": { "colorSchemeMode": 1 } } }),
            "categories.global.colorSchemeMode",
        );
        refused(
            json!({ "categories": { "form": { "displayGraphics": "yes" } } }),
            "categories.form.displayGraphics",
        );
        for radius in [json!(-1), json!("8px"), json!(null)] {
            refused(
                json!({ "components": { "form": { "borderRadius": radius } } }),
                "components.form.borderRadius",
            );
        }
        for color in ["red", "#ffffff", "ffffff", "fffffff;", "} body {"] {
            refused(
                json!({ "components": { "pageBackground": { "lightMode": { "color": color } } } }),
                "components.pageBackground.lightMode.color",
            );
        }
    }

    #[test]
    fn merging() {
        let check = |base: Value, more: Value, expected: Value| {
            let mut merged = base.clone();
            merge(&mut merged, more.clone());
            assert_eq!(merged, expected, "{base} {more}");
        };
        check(
            json!({ "a": { "b": 1, "c": 2 } }),
            json!({ "a": { "b": 3 } }),
            json!({ "a": { "b": 3, "c": 2 } }),
        );
        check(json!({ "a": [1, 2] }), json!({ "a": [3] }), json!({ "a": [3] }));
        check(json!({ "a": 1 }), json!({ "a": { "b": 1 } }), json!({ "a": { "b": 1 } }));
        check(json!({}), json!({ "a": 1 }), json!({ "a": 1 }));
    }
}
