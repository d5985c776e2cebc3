//! Which function ARNs a target stands for: a glob.

/// A glob over function ARNs: `*` is any text, `?` any one character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArnPattern(String);

impl ArnPattern {
    /// The glob with this text.
    pub fn new(glob: impl Into<String>) -> Self {
        Self(glob.into())
    }

    /// Whether the glob matches the ARN as it is, or without the version or alias at its end.
    pub fn matches(&self, arn: &str) -> bool {
        glob(self.0.as_bytes(), arn.as_bytes())
            || unqualified(arn).is_some_and(|arn| glob(self.0.as_bytes(), arn.as_bytes()))
    }
}

/// `arn:aws:lambda:<region>:<account>:function:<name>:<qualifier>` without its qualifier, if it has one.
fn unqualified(arn: &str) -> Option<&str> {
    let (function, _) = arn.rsplit_once(':')?;
    (function.split(':').count() == 7).then_some(function)
}

/// Goes back to the last `*` only: an earlier one could not match more.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                from = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:pre-sign-up";

    #[test]
    fn globs() {
        check("*", ARN, true);
        check("", ARN, false);
        check(ARN, ARN, true);
        check("*:pre-sign-up", ARN, true);
        check("*:function:pre-*", ARN, true);
        check("*sign*sign*", ARN, false);
        check("arn:aws:lambda:??-east-1:*", ARN, true);
        check("arn:aws:lambda:??-west-1:*", ARN, false);
        check("pre-sign-up", ARN, false);
        check("*:PRE-SIGN-UP", ARN, false);
        check("*pre-sign-up*", ARN, true);
        check("*up?", ARN, false);
        check(&"*a".repeat(500), &"b".repeat(2000), false);
    }

    #[test]
    fn a_version_or_an_alias_may_be_left_out() {
        let qualified = format!("{ARN}:live");
        check(ARN, &qualified, true);
        check("*:pre-sign-up", &qualified, true);
        check("*:live", &qualified, true);
        check("*:live", ARN, false);
        check(&qualified, ARN, false);
        check("*:function", ARN, false);
    }

    fn check(pattern: &str, arn: &str, expected: bool) {
        assert_eq!(ArnPattern::new(pattern).matches(arn), expected, "{pattern} {arn}");
    }
}
