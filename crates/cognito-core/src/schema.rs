//! The attribute schema of a pool: standard and custom attributes, their types, limits and who may write them.
//! Source: `pools-and-clients` 2.2 of the specification.

use serde::{Deserialize, Serialize};

mod definition;

pub use definition::DefinitionError;

/// The most custom attributes of a pool.
pub const MAX_CUSTOM: usize = 50;
/// The longest attribute value in characters.
pub const MAX_VALUE: usize = 2048;

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataType {
    /// Text.
    String,
    /// A whole number.
    Number,
    /// A moment; only for custom attributes.
    DateTime,
    /// `true` or `false`.
    Boolean,
}

/// One attribute of the schema, under its full name (`custom:` or `dev:custom:` included).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// The full name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Whether only administrators may write it.
    pub developer_only: bool,
    /// Whether it may change after creation.
    pub mutable: bool,
    /// Whether every user needs it.
    pub required: bool,
    /// The lower limit (length or value), as the client wrote it.
    pub min: Option<String>,
    /// The upper limit (length or value), as the client wrote it.
    pub max: Option<String>,
}

/// The schema: attributes in the order in which DescribeUserPool gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema(pub Vec<Attribute>);

/// Why a value was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// The schema has no such attribute.
    #[error("attribute is not in the schema")]
    Unknown(String),
    /// It can be written only when the user is created, or never.
    #[error("attribute is immutable")]
    Immutable(String),
    /// An e-mail address of the wrong form.
    #[error("not an e-mail address")]
    EmailFormat,
    /// A phone number of the wrong form.
    #[error("not a phone number")]
    PhoneFormat,
    /// A required attribute is missing.
    #[error("required attributes are missing")]
    Required(Vec<String>),
    /// The value is too short, too long, too small, too large or not of the type.
    #[error("value does not fit the schema")]
    Constraint {
        /// The attribute.
        name: String,
        /// What it should be.
        rule: Rule,
    },
}

/// The rule that a value broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// At least so many characters.
    Shorter(usize),
    /// At most so many characters.
    Longer(usize),
    /// A value below the limit.
    Below(String),
    /// A value above the limit.
    Above(String),
    /// Not of the type.
    Type(DataType),
}

const STRINGS: [&str; 10] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
];

impl Attribute {
    fn standard(name: &str, data_type: DataType, min: Option<&str>, max: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            data_type,
            developer_only: false,
            mutable: true,
            required: false,
            min: min.map(str::to_owned),
            max: max.map(str::to_owned),
        }
    }

    /// Whether it is one of the pool's own attributes, not of the OIDC standard.
    pub fn is_custom(&self) -> bool {
        is_custom(&self.name)
    }

    /// Whether a user can do without it once it has a value.
    pub fn is_deletable(&self) -> bool {
        self.mutable && !self.required
    }
}

/// Whether a full name is that of a custom attribute.
pub fn is_custom(name: &str) -> bool {
    name.starts_with("custom:") || name.starts_with("dev:custom:")
}

impl Default for Schema {
    /// The 20 standard attributes.
    fn default() -> Self {
        let string = |name: &str| Attribute::standard(name, DataType::String, Some("0"), Some("2048"));
        let flag = |name: &str| Attribute::standard(name, DataType::Boolean, None, None);
        let mut all = vec![Attribute {
            mutable: false,
            required: true,
            ..Attribute::standard("sub", DataType::String, Some("1"), Some("2048"))
        }];
        all.extend(STRINGS.map(string));
        all.push(flag("email_verified"));
        all.push(string("gender"));
        all.push(Attribute::standard("birthdate", DataType::String, Some("10"), Some("10")));
        all.extend(["zoneinfo", "locale", "phone_number"].map(string));
        all.push(flag("phone_number_verified"));
        all.push(string("address"));
        all.push(Attribute::standard("updated_at", DataType::Number, Some("0"), None));
        Self(all)
    }
}

impl Schema {
    /// The attribute of that full name.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.0.iter().find(|attribute| attribute.name == name)
    }

    /// The attribute of that full name, to be redefined while the pool is created.
    fn get_mut(&mut self, name: &str) -> Option<&mut Attribute> {
        self.0.iter_mut().find(|attribute| attribute.name == name)
    }

    /// How many custom attributes there are.
    pub fn custom(&self) -> usize {
        self.0.iter().filter(|attribute| attribute.is_custom()).count()
    }

    /// The names of the attributes that users need, `sub` left out.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|a| a.required && a.name != "sub").map(|a| a.name.as_str())
    }

    /// Checks a value that is written to a user who is being created. `sub` is never written.
    ///
    /// # Errors
    /// Every kind but [`AttributeError::Required`].
    pub fn check_new(&self, name: &str, value: &str) -> Result<(), AttributeError> {
        let attribute = self.get(name).ok_or_else(|| AttributeError::Unknown(name.to_owned()))?;
        if name == "sub" {
            return Err(AttributeError::Immutable(name.to_owned()));
        }
        attribute.check(value)
    }

    /// Checks a value that replaces another; an empty one deletes the attribute.
    ///
    /// # Errors
    /// Every kind but [`AttributeError::Required`] (which is known only when all attributes are written).
    pub fn check_update(&self, name: &str, value: &str) -> Result<(), AttributeError> {
        let attribute = self.get(name).ok_or_else(|| AttributeError::Unknown(name.to_owned()))?;
        if !attribute.mutable {
            return Err(AttributeError::Immutable(name.to_owned()));
        }
        if value.is_empty() { Ok(()) } else { attribute.check(value) }
    }

    /// Checks that `has` knows every required attribute.
    ///
    /// # Errors
    /// [`AttributeError::Required`] with all that are missing, in schema order.
    pub fn check_required(&self, has: impl Fn(&str) -> bool) -> Result<(), AttributeError> {
        let missing: Vec<String> = self.required().filter(|name| !has(name)).map(str::to_owned).collect();
        if missing.is_empty() { Ok(()) } else { Err(AttributeError::Required(missing)) }
    }
}

impl Attribute {
    fn check(&self, value: &str) -> Result<(), AttributeError> {
        match self.name.as_str() {
            "email" if !is_email(value) => return Err(AttributeError::EmailFormat),
            "phone_number" if !is_phone_number(value) => return Err(AttributeError::PhoneFormat),
            _ => {}
        }
        let broken = match self.data_type {
            DataType::String => self.check_length(value),
            DataType::Number => self.check_number(value),
            DataType::Boolean => {
                let flag = value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
                (!flag).then_some(Rule::Type(DataType::Boolean))
            }
            DataType::DateTime => (value.chars().count() > MAX_VALUE).then_some(Rule::Longer(MAX_VALUE)),
        };
        match broken {
            Some(rule) => Err(AttributeError::Constraint { name: self.name.clone(), rule }),
            None => Ok(()),
        }
    }

    fn check_length(&self, value: &str) -> Option<Rule> {
        let length = value.chars().count();
        let limit = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<usize>().ok());
        let min = limit(&self.min).unwrap_or(0);
        let max = limit(&self.max).unwrap_or(MAX_VALUE).min(MAX_VALUE);
        if length < min {
            Some(Rule::Shorter(min))
        } else if length > max {
            Some(Rule::Longer(max))
        } else {
            None
        }
    }

    fn check_number(&self, value: &str) -> Option<Rule> {
        let Ok(number) = value.parse::<i128>() else { return Some(Rule::Type(DataType::Number)) };
        let limit = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<i128>().ok());
        if let Some(min) = limit(&self.min)
            && number < min
        {
            return Some(Rule::Below(min.to_string()));
        }
        if let Some(max) = limit(&self.max)
            && number > max
        {
            return Some(Rule::Above(max.to_string()));
        }
        None
    }
}

/// Whether a text is an e-mail address as Cognito takes them: something, `@`, a domain; no blanks or control characters.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@')
    };
    plain(local)
        && plain(domain)
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..")
}

/// Whether a text is `+` and 1 to 15 digits of which the first is not zero (ITU-T E.164).
pub fn is_phone_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, expected: &str) {
        let mut schema = Schema::default();
        schema.0.push(Attribute {
            mutable: false,
            ..Attribute::standard("custom:once", DataType::String, Some("2"), Some("3"))
        });
        schema.0.push(Attribute::standard("custom:n", DataType::Number, Some("-5"), Some("10")));
        let result = match schema.check_new(name, value) {
            Ok(()) => "ok".to_owned(),
            Err(error) => format!("{error:?}"),
        };
        assert!(result.starts_with(expected), "{name}={value}: {result}");
    }

    #[test]
    fn values() {
        check("email", "a@example.com", "ok");
        check("email", "a@", "EmailFormat");
        check("email", "a b@example.com", "EmailFormat");
        check("email", "a@b@c.example", "EmailFormat");
        check("phone_number", "+4915112345678", "ok");
        check("phone_number", "+0151", "PhoneFormat");
        check("phone_number", "015112345678", "PhoneFormat");
        check("birthdate", "2000-01-01", "ok");
        check("birthdate", "2000-1-1", "Constraint");
        check("email_verified", "True", "ok");
        check("email_verified", "yes", "Constraint");
        check("updated_at", "-1", "Constraint");
        check("updated_at", "1e3", "Constraint");
        check("custom:once", "ab", "ok");
        check("custom:once", "äöüß", "Constraint { name: \"custom:once\", rule: Longer(3) }");
        check("custom:n", "-6", "Constraint");
        check("custom:n", "10", "ok");
        check("custom:other", "x", "Unknown");
        check("sub", "x", "Immutable");
    }

    #[test]
    fn standard_attributes() {
        let schema = Schema::default();
        assert_eq!(schema.0.len(), 20);
        assert_eq!(schema.required().count(), 0);
        assert_eq!(schema.check_update("sub", "x"), Err(AttributeError::Immutable("sub".into())));
        assert_eq!(schema.check_update("email", ""), Ok(()));
    }
}
