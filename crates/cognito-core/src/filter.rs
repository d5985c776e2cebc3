//! The filter of ListUsers: `<attribute> = "value"` or `<attribute> ^= "prefix"`.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html>

/// How the value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The whole value.
    Equals,
    /// The beginning of the value.
    StartsWith,
}

/// A parsed filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The attribute, `cognito:user_status` and `status` included.
    pub attribute: String,
    /// The comparison.
    pub comparison: Comparison,
    /// The value, unescaped.
    pub value: String,
}

/// Why a filter was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Not of the grammar.
    #[error("filter is not of the grammar")]
    Syntax,
    /// An attribute that cannot be searched for.
    #[error("attribute cannot be searched for")]
    Attribute(String),
}

/// The attributes that can be searched for.
pub const SEARCHABLE: [&str; 10] = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "cognito:user_status",
    "status",
    "sub",
];

impl Filter {
    /// Parses a filter; `None` for an empty one, which means all users.
    ///
    /// # Errors
    /// [`FilterError`], for what is not of the grammar or not searchable.
    pub fn parse(text: &str) -> Result<Option<Self>, FilterError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let end = text.find(['=', '^']).ok_or(FilterError::Syntax)?;
        let attribute = unquote_name(text[..end].trim())?;
        let rest = &text[end..];
        let (comparison, rest) = if let Some(rest) = rest.strip_prefix("^=") {
            (Comparison::StartsWith, rest)
        } else if let Some(rest) = rest.strip_prefix('=') {
            (Comparison::Equals, rest)
        } else {
            return Err(FilterError::Syntax);
        };
        let value = unquote(rest.trim())?;
        if !SEARCHABLE.contains(&attribute) {
            return Err(FilterError::Attribute(attribute.to_owned()));
        }
        Ok(Some(Self { attribute: attribute.to_owned(), comparison, value }))
    }

    /// Whether the comparison tells upper from lower case.
    pub fn is_case_sensitive(&self) -> bool {
        matches!(self.attribute.as_str(), "username" | "status")
    }

    /// Whether a value passes.
    pub fn accepts(&self, value: &str) -> bool {
        let test = |value: &str, wanted: &str| match self.comparison {
            Comparison::Equals => value == wanted,
            Comparison::StartsWith => value.starts_with(wanted),
        };
        if self.is_case_sensitive() {
            test(value, &self.value)
        } else {
            test(&value.to_lowercase(), &self.value.to_lowercase())
        }
    }
}

/// The attribute name, which may stand in double quotes.
fn unquote_name(text: &str) -> Result<&str, FilterError> {
    let name = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if name.is_empty() || name.contains(|c: char| c == '"' || c.is_whitespace()) {
        return Err(FilterError::Syntax);
    }
    Ok(name)
}

/// The value between double quotes, in which `\"` and `\\` are escapes.
fn unquote(text: &str) -> Result<String, FilterError> {
    let inner = text.strip_prefix('"').ok_or(FilterError::Syntax)?;
    let mut value = String::new();
    let mut chars = inner.chars();
    loop {
        match chars.next().ok_or(FilterError::Syntax)? {
            '"' => break,
            '\\' => value.push(chars.next().ok_or(FilterError::Syntax)?),
            c => value.push(c),
        }
    }
    if chars.as_str().is_empty() { Ok(value) } else { Err(FilterError::Syntax) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let result = match Filter::parse(text) {
            Ok(None) => "all".to_owned(),
            Ok(Some(f)) => {
                let sign = if f.comparison == Comparison::Equals { "=" } else { "^=" };
                format!("{} {sign} {}", f.attribute, f.value)
            }
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(result, expected, "{text}");
    }

    #[test]
    fn grammar() {
        check("", "all");
        check("email = \"a@example.com\"", "email = a@example.com");
        check("email=\"a\"", "email = a");
        check(" sub ^= \"34c8\" ", "sub ^= 34c8");
        check("name = \"say \\\"hi\\\" = ^\"", "name = say \"hi\" = ^");
        check("\"status\" = \"Enabled\"", "status = Enabled");
        check("cognito:user_status = \"CONFIRMED\"", "cognito:user_status = CONFIRMED");
        check("name = \"\"", "name = ");
        for bad in [
            "email",
            "email = a",
            "email = \"a",
            "email = \"a\" b",
            "= \"a\"",
            "email ^ \"a\"",
            "email == \"a\"",
            "a b = \"c\"",
        ] {
            check(bad, "Syntax");
        }
        check("custom:foo = \"x\"", "Attribute(\"custom:foo\")");
    }

    #[test]
    fn comparisons() {
        let filter = |text: &str| Filter::parse(text).unwrap().unwrap();
        assert!(filter("email = \"A@x\"").accepts("a@X"));
        assert!(!filter("username = \"A\"").accepts("a"));
        assert!(filter("name ^= \"al\"").accepts("Alice"));
        assert!(!filter("name = \"al\"").accepts("Alice"));
    }
}
