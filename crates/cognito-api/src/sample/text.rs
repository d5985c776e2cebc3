//! Strings that satisfy a shape, and strings that break one of its rules.

use crate::model::{Model, ShapeId, ShapeKind};

/// A text for each pattern of the model: a start, a character that may be repeated after it, and an end.
/// A pattern that is one repeated class takes any of its characters and has no line here.
const TEXTS: &[(&str, &str, char, &str)] = &[
    ("Level[1-4]", "Level1", '1', ""),
    (ARN, "arn:aws:iam::000000000000:role/sample", 'x', ""),
    (OPTIONAL_ARN, "arn:aws:iam::000000000000:role/sample", 'x', ""),
    (
        r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:::[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?",
        "arn:aws:s3:::sample",
        'x',
        "",
    ),
    (r"[\w-]+_[0-9a-f-]+", "us-east-1_0", '0', ""),
    (r"[\w-]+_[0-9a-zA-Z]+", "us-east-1_s", 'x', ""),
    (r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$", "sample", 'x', ""),
    (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "sample@example.com", 'x', ""),
    (EMAIL_CODE, "Code {####}", 'x', ""),
    (EMAIL_LINK, "Click {##here##}", 'x', ""),
    (r".*\{####\}.*", "Code {####}", 'x', ""),
    (r"(?s).*", "sample", 'x', ""),
    (LANGUAGE, "cognito:english", 'x', ""),
    (UUID, "3e2f7d1c-0a1b-4c2d-8e3f-0123456789ab", '0', ""),
    (r"[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+", "sample", 'x', ""),
    (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", "sample", 'x', ""),
    (r"^(tkn|sso)[a-z0-9]{25}$", "tkn0123456789abcdefghijklmno", 'x', ""),
    (r"^(terms-of-use|privacy-policy)$", "terms-of-use", 'x', ""),
    (r"import-[0-9a-zA-Z-]+", "import-s", 'x', ""),
    (r"[0-9]+", "1", '1', ""),
    (r"^[0-9a-fA-F]+$", "0a", '0', ""),
];

const ARN: &str =
    r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?";
const OPTIONAL_ARN: &str =
    r"(arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?)?";
const EMAIL_CODE: &str = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*";
const EMAIL_LINK: &str =
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*";
const LANGUAGE: &str = r"^cognito:(default|dutch|english|french|spanish|german|bahasa-indonesia|italian|japanese|korean|portuguese-brazil|chinese-(simplified|traditional))$";
const UUID: &str =
    r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$";

/// Texts of which at least one breaks any pattern that can be broken; each is repeated to the length wanted.
const STRANGE: &[&str] = &["\u{1}", " ", "!", "x", "{", "é"];

/// Texts that programs trip over: empty, blank, of several scripts, quoting, escaping, direction, zero bytes.
const SELDOM: &[&str] = &[
    "",
    " ",
    "a",
    "0",
    "-1",
    "A b",
    "Ünï@exämple.com",
    "日本語",
    "👩‍👩‍👧",
    "e\u{301}",
    "İ",
    "\u{202e}abc",
    "\u{0}",
    "a\r\nb: c",
    "'; DROP TABLE record; --",
    "../..",
    "a/b=c",
    "%00%2f",
    "{####}",
    "<b>&amp;",
    "null",
    "+15555550100",
    "anna@example.com",
];

/// The longest text that is made where the model has no bound.
const LONG: usize = 3000;

/// A text that satisfies the string shape; an enum's first value.
pub(super) fn valid(model: &Model, id: ShapeId) -> String {
    let ShapeKind::String { min, max, values, .. } = &model.shape(id).kind else { return String::new() };
    if let Some(value) = values.first() {
        return value.clone();
    }
    let (least, most) = (super::length(min.unwrap_or(0)), max.map_or(usize::MAX, super::length));
    let text = of_length(model, id, least);
    // A short bound may cut only texts that consist of one repeated character class.
    if text.chars().count() > most { text.chars().take(most).collect() } else { text }
}

/// The text of the shape's pattern, lengthened to `least` characters.
fn of_length(model: &Model, id: ShapeId, least: usize) -> String {
    let ShapeKind::String { pattern, .. } = &model.shape(id).kind else { return String::new() };
    let line = TEXTS.iter().find(|line| pattern.as_deref() == Some(line.0));
    let (start, filler, end) =
        line.map_or(("sample", 'x', ""), |(_, start, filler, end)| (*start, *filler, *end));
    let missing = least.saturating_sub(start.len() + end.len());
    let filling: String = std::iter::repeat_n(filler, missing).collect();
    format!("{start}{filling}{end}")
}

/// Texts that are seldom thought of, where the shape accepts them.
pub(super) fn strange(model: &Model, id: ShapeId) -> Vec<String> {
    let ShapeKind::String { min, max, values, .. } = &model.shape(id).kind else { return Vec::new() };
    let (least, most) = (super::length(min.unwrap_or(0)), max.map_or(LONG, super::length).min(LONG));
    let fits = |text: &String| {
        (least..=most).contains(&text.chars().count())
            && (values.is_empty() || values.contains(text))
            && model.pattern(id).is_none_or(|pattern| pattern.matches(text))
    };
    let long = of_length(model, id, most);
    SELDOM.iter().map(|text| (*text).to_owned()).chain([long]).filter(fits).collect()
}

/// Texts that are too short, too long or do not match, where the shape has such a rule.
pub(super) fn broken(model: &Model, id: ShapeId) -> Vec<String> {
    let ShapeKind::String { min, max, values, .. } = &model.shape(id).kind else { return Vec::new() };
    if !values.is_empty() {
        return vec!["no such value".to_owned()];
    }
    let mut texts = Vec::new();
    if let Some(least) = min.filter(|least| *least > 0) {
        let short = of_length(model, id, super::length(least));
        texts.push(short.chars().take(super::length(least) - 1).collect());
    }
    if let Some(most) = max {
        texts.push(of_length(model, id, super::length(*most) + 1));
    }
    if let Some(pattern) = model.pattern(id) {
        let length = super::length(min.unwrap_or(1).max(1));
        texts
            .extend(STRANGE.iter().map(|strange| strange.repeat(length)).find(|text| !pattern.matches(text)));
    }
    texts
}
