//! The fields of forms: labels, types, and what browsers may fill in.

use std::borrow::Cow;

use cognito_ops::page::{DataType, Field as Attribute, Names};

use super::texts::Texts;

/// A field with its label.
pub(super) struct Field<'a> {
    pub id: Cow<'a, str>,
    pub name: Cow<'a, str>,
    pub label: Cow<'a, str>,
    /// The `type` of the input.
    pub kind: &'static str,
    pub value: &'a str,
    pub autocomplete: Option<&'static str>,
    /// Whether a keyboard of digits is enough.
    pub numeric: bool,
    /// Whether keyboards are to leave it as it is typed.
    pub plain: bool,
    pub required: bool,
    /// Whether the rules of passwords stand below.
    pub rules: bool,
}

/// A required field of text.
pub(super) fn text<'a>(name: &'a str, id: &'a str, autocomplete: &'static str) -> Field<'a> {
    Field {
        id: id.into(),
        name: name.into(),
        label: Cow::default(),
        kind: "text",
        value: "",
        autocomplete: Some(autocomplete),
        numeric: false,
        plain: true,
        required: true,
        rules: false,
    }
}

/// The name that a user signs in with.
pub(super) fn username<'a>(names: Names, value: &'a str, texts: &'a Texts) -> Field<'a> {
    let labels = [
        (names.username, texts.username),
        (names.email, texts.email),
        (names.phone_number, texts.phone_number),
    ];
    let labels: Vec<_> = labels.into_iter().filter(|(set, _)| *set).map(|(_, label)| label).collect();
    let kind = match names {
        Names { username: false, email: true, phone_number: false } => "email",
        Names { username: false, email: false, phone_number: true } => "tel",
        _ => "text",
    };
    let label = labels.join(&format!(" {} ", texts.or));
    Field { label: label.into(), kind, value, ..text("username", "signInFormUsername", "username") }
}

/// A password.
pub(super) fn password<'a>(id: &'static str, autocomplete: &'static str, texts: &'a Texts) -> Field<'a> {
    Field { label: texts.password.into(), kind: "password", ..text("password", id, autocomplete) }
}

/// A new password, twice.
pub(super) fn new_passwords(texts: &Texts) -> [Field<'_>; 2] {
    let field = |name, label: &'static str| Field {
        label: label.into(),
        kind: "password",
        ..text(name, name, "new-password")
    };
    let new = Field { rules: true, ..field("new_password", texts.new_password) };
    [new, field("confirm_password", texts.confirm_password)]
}

/// A code.
pub(super) fn code(texts: &Texts) -> Field<'_> {
    Field { label: texts.code.into(), numeric: true, ..text("code", "code", "one-time-code") }
}

/// An attribute of the user.
pub(super) fn attribute<'a>(attribute: &'a Attribute, texts: &'a Texts) -> Field<'a> {
    let name = attribute.name.as_str();
    let (label, kind, autocomplete) = match name {
        "email" => (texts.email, "email", Some("email")),
        "phone_number" => (texts.phone_number, "tel", Some("tel")),
        "name" => (texts.name, "text", Some("name")),
        "given_name" => (texts.given_name, "text", Some("given-name")),
        "family_name" => (texts.family_name, "text", Some("family-name")),
        "middle_name" => (texts.middle_name, "text", Some("additional-name")),
        "nickname" => (texts.nickname, "text", Some("nickname")),
        "preferred_username" => (texts.preferred_username, "text", None),
        "profile" => (texts.profile, "url", None),
        "picture" => (texts.picture, "url", Some("photo")),
        "website" => (texts.website, "url", Some("url")),
        "gender" => (texts.gender, "text", Some("sex")),
        "birthdate" => (texts.birthdate, "date", Some("bday")),
        "zoneinfo" => (texts.zoneinfo, "text", None),
        "locale" => (texts.locale, "text", None),
        "address" => (texts.address, "text", Some("street-address")),
        own => (own.strip_prefix("custom:").unwrap_or(own), "text", None),
    };
    let full = format!("userAttributes.{name}");
    Field {
        id: full.clone().into(),
        name: full.into(),
        label: label.into(),
        kind,
        value: &attribute.value,
        autocomplete,
        numeric: attribute.data_type == DataType::Number,
        plain: false,
        required: true,
        rules: false,
    }
}
