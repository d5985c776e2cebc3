//! The model's regular expressions: Java's syntax, the whole string, compiled at their first use.

use std::sync::OnceLock;

use fancy_regex::Regex;

mod java;

/// AWS checks and prints this for passwords, while the model says `[\S]+`: blanks may stand inside
/// (spec/protocol.md, section 1.3, seen on AWS).
const PASSWORD: &str = r"^[\S]+.*[\S]+$";

/// A pattern of the model.
pub(crate) struct Pattern {
    /// As it is printed in a violation.
    printed: String,
    /// For a pattern that is one repeated class: its ASCII members. Nearly every request ends here, and so
    /// the large Unicode classes are seldom compiled.
    ascii: Option<java::AsciiClass>,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern of the shape `name`.
    pub(crate) fn new(name: &str, pattern: &str) -> Self {
        let printed = if name == "PasswordType" { PASSWORD } else { pattern };
        Self { printed: printed.to_owned(), ascii: java::ascii_class(printed), regex: OnceLock::new() }
    }

    /// As it is printed in a violation.
    pub(crate) fn printed(&self) -> &str {
        &self.printed
    }

    /// Whether the whole text matches. A text on which the engine gives up (too much backtracking) does not.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match &self.ascii {
            Some(class) if text.is_ascii() => class.matches(text.as_bytes()),
            _ => self.regex().is_some_and(|regex| regex.is_match(text).unwrap_or(false)),
        }
    }

    /// `None` when the pattern cannot be compiled: then nothing matches. A test compiles all of the model's.
    fn regex(&self) -> Option<&Regex> {
        let compile = || Regex::new(&java::translate(&self.printed)).ok();
        self.regex.get_or_init(compile).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, ShapeKind};

    fn patterns() -> impl Iterator<Item = (&'static str, &'static Pattern)> {
        let model = Model::cognito_idp();
        let operations = model.operations().iter();
        let mut open: Vec<_> =
            operations.flat_map(|operation| [Some(operation.input), operation.output]).flatten().collect();
        let mut seen = std::collections::HashSet::new();
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            match &model.shape(id).kind {
                ShapeKind::Structure { members, .. } => {
                    open.extend(members.iter().map(|member| member.shape))
                }
                ShapeKind::List { member, .. } => open.push(*member),
                ShapeKind::Map { key, value, .. } => open.extend([*key, *value]),
                _ => found.extend(model.pattern(id).map(|pattern| (model.shape(id).name.as_str(), pattern))),
            }
        }
        found.into_iter()
    }

    #[test]
    fn each_pattern_compiles() {
        assert!(patterns().count() > 60);
        for (name, pattern) in patterns() {
            assert!(pattern.regex().is_some(), "{name}: {}", pattern.printed());
        }
    }

    #[test]
    fn the_short_cut_agrees_with_the_engine() {
        let mut with_short_cut = 0;
        for (name, pattern) in patterns() {
            let (Some(class), Some(regex)) = (&pattern.ascii, pattern.regex()) else { continue };
            with_short_cut += 1;
            assert_eq!(class.matches(b""), regex.is_match("").unwrap(), "{name}");
            for byte in 0..128_u8 {
                let text = char::from(byte).to_string();
                assert_eq!(class.matches(text.as_bytes()), regex.is_match(&text).unwrap(), "{name} {text:?}");
                let text = format!("{text}{text}");
                assert_eq!(class.matches(text.as_bytes()), regex.is_match(&text).unwrap(), "{name} {text:?}");
            }
        }
        assert!(with_short_cut > 25, "{with_short_cut}");
    }

    #[track_caller]
    fn check(name: &str, accepted: &[&str], rejected: &[&str]) {
        let (_, pattern) = patterns().find(|(shape, _)| *shape == name).expect("the shape has a pattern");
        for text in accepted {
            assert!(pattern.matches(text), "{name} should accept {text:?}");
        }
        for text in rejected {
            assert!(!pattern.matches(text), "{name} should reject {text:?}");
        }
    }

    #[test]
    fn ids_and_names() {
        check(
            "UserPoolIdType",
            &["eu-west-1_aB3", "local_1"],
            &["", "eu-west-1", "eu-west-1_", "eü_1", "a_b c", "a_b\n"],
        );
        check("ClientIdType", &["1example23456789", "a+b_c"], &["", "a-b", "ä", "a b"]);
        check("UserPoolNameType", &["My pool, v1.0 = @+-", "a\tb"], &["", "a/b", "ü", "a\u{a0}b"]);
        check("UsernameType", &["jane", "jané@example.com", "名前", "a$b"], &["", "a b", "a\tb", "\u{1}"]);
        check("AttributeNameType", &["custom:a b", "a\tb"], &["", "\u{1}", "a\u{200b}"]);
        check("DeviceKeyType", &["eu-west-1_0a-f"], &["x_g", "_a"]);
        check(
            "ManagedLoginBrandingIdType",
            &["3e2f7d1c-0a1b-4c2d-8e3f-0123456789ab"],
            &["3e2f7d1c-0a1b-5c2d-8e3f-0123456789ab"],
        );
        check(
            "SessionIdType",
            &["tkn0123456789abcdefghijklmno"],
            &["tkn0123456789abcdefghijklmn", "abc0123456789abcdefghijklmno"],
        );
        check("ResourceIdType", &["Ab-_ 9"], &["", "a.b"]);
        check("ProviderNameTypeV2", &["Google", "abc"], &["ab", "_abc", "ab_"]);
    }

    #[test]
    fn passwords_and_codes() {
        check(
            "PasswordType",
            &["ab", "Passw0rd!", "in side", "pässwörd"],
            &["", "a", " ab", "ab ", "a\nb", "ab\n"],
        );
        check("ConfirmationCodeType", &["123456", "é"], &["", "12 34", "12\n"]);
        check("SoftwareTokenMFAUserCodeType", &["123456"], &["12345a", "١٢٣"]);
        check("TokenModelType", &["aB-_=.9"], &["", "a b", "a+b"]);
        check("SecretHashType", &["ab+/="], &["", "a-b"]);
        check("HexStringType", &["09afAF"], &["", "g"]);
    }

    #[test]
    fn addresses_and_texts() {
        check(
            "ArnType",
            &["arn:aws:iam::123456789012:role/x", "arn:aws:lambda:us-east-1:1:function:f:v"],
            &["arn:aws", "arn:aws:iam::x:role"],
        );
        check("OptionalArnType", &["", "arn:aws:iam::1:x"], &["x"]);
        check("S3BucketType", &["my.bucket-1_", ""], &["bucket.", "a/b"]);
        check("EmailAddressType", &["a@b", "a@b@c"], &["@b", "a@", "a b@c"]);
        check("EmailVerificationMessageType", &["Your code: {####}.\n", "{####}"], &["{###}", "no code"]);
        check("EmailVerificationMessageByLinkType", &["{##Click##}", "x {####} y"], &["{#Click#}"]);
        check("SmsVerificationMessageType", &["code {####}"], &["{###}", "a\n{####}"]);
        check("SmsInviteMessageType", &["", "any\nthing \u{1}"], &[]);
        check("RedirectUrlType", &["https://example.com/cb?x=1"], &["", "a b"]);
        check("ScopeType", &["openid", "a/b"], &["", "a\"b", "a b", "a\\b"]);
        check("ResourceServerScopeNameType", &["read"], &["a/b"]);
        check("LanguageIdType", &["cognito:chinese-simplified"], &["cognito:klingon", "cognito:english\n"]);
        check("GetDerivedTokenTokenModelType", &["aB-9_+/=."], &["", "a:b"]);
    }

    #[test]
    fn long_texts_end_soon() {
        let bucket = "a".repeat(1024);
        check("S3BucketType", &[&bucket], &[&format!("{bucket}.")]);
        // Beyond what the backtracking engine allows itself, a text counts as not matching; its length is
        // long refused by then.
        let (_, pattern) = patterns().find(|(shape, _)| *shape == "S3BucketType").unwrap();
        assert!(!pattern.matches(&"a".repeat(2_000_000)));
        let (_, pattern) = patterns().find(|(shape, _)| *shape == "PasswordType").unwrap();
        assert!(pattern.matches(&"a".repeat(100_000)));
        assert!(!pattern.matches(&" ".repeat(100_000)));
    }
}
