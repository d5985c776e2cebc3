//! Java's regular expressions as those of the `fancy-regex` crate.
//!
//! They differ in what the model uses: `\w`, `\d` and `\s` are ASCII in Java, `.` leaves out five line
//! terminators, and the characters `&`, `~` and `-` are plainer inside of a class.

/// What stands between brackets.
struct Class {
    negated: bool,
    items: Vec<Item>,
}

enum Item {
    Range(char, char),
    /// `\w`, `\d`, `\s` and their opposites `\W`, `\D`, `\S`.
    Shorthand(char),
    /// `\p{L}`: the name of a Unicode category.
    Category(String),
}

/// A pattern of the form `[...]+` or `[...]*`, reduced to its ASCII characters.
pub(super) struct AsciiClass {
    members: u128,
    may_be_empty: bool,
}

impl AsciiClass {
    /// Whether all bytes, which must be ASCII, are in the class.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        if text.is_empty() {
            self.may_be_empty
        } else {
            text.iter().all(|byte| self.members >> byte & 1 == 1)
        }
    }
}

/// The short cut for a pattern that is one repeated class.
pub(super) fn ascii_class(pattern: &str) -> Option<AsciiClass> {
    let pattern = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).unwrap_or(pattern);
    let (class, rest) = class(pattern.strip_prefix('[')?)?;
    let may_be_empty = match rest {
        "+" => false,
        "*" => true,
        _ => return None,
    };
    let mut members = 0;
    for byte in 0..128_u8 {
        let found = class.items.iter().try_fold(false, |found, item| Some(found | item.has(byte)?))?;
        if found != class.negated {
            members |= 1 << byte;
        }
    }
    Some(AsciiClass { members, may_be_empty })
}

impl Item {
    /// Whether an ASCII character belongs to the item; `None` for a category not known here.
    fn has(&self, byte: u8) -> Option<bool> {
        let white = matches!(byte, b'\t'..=b'\r' | b' ');
        Some(match self {
            Self::Range(first, last) => (*first..=*last).contains(&char::from(byte)),
            Self::Shorthand('w') => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::Shorthand('W') => !(byte.is_ascii_alphanumeric() || byte == b'_'),
            Self::Shorthand('d') => byte.is_ascii_digit(),
            Self::Shorthand('D') => !byte.is_ascii_digit(),
            Self::Shorthand('s') => white,
            Self::Shorthand(_) => !white,
            Self::Category(name) => match name.as_str() {
                "L" => byte.is_ascii_alphabetic(),
                "N" => byte.is_ascii_digit(),
                "M" => false,
                "Z" => byte == b' ',
                "S" => matches!(byte, b'$' | b'+' | b'<' | b'=' | b'>' | b'^' | b'`' | b'|' | b'~'),
                "P" => byte.is_ascii_punctuation() && !Self::Category("S".to_owned()).has(byte)?,
                _ => return None,
            },
        })
    }

    fn translated(&self) -> String {
        match self {
            Self::Range(first, last) => {
                format!("\\x{{{:X}}}-\\x{{{:X}}}", u32::from(*first), u32::from(*last))
            }
            Self::Shorthand(letter) => shorthand(*letter).to_owned(),
            Self::Category(name) => format!("\\p{{{name}}}"),
        }
    }
}

/// Java's ASCII meaning of `\w` and its kin, as a class.
fn shorthand(letter: char) -> &'static str {
    match letter {
        'w' => "[0-9A-Z_a-z]",
        'W' => "[^0-9A-Z_a-z]",
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => "[\\x09-\\x0D\\x20]",
        _ => "[^\\x09-\\x0D\\x20]",
    }
}

/// The pattern for the engine; it matches whole strings only, as `String.matches` does.
pub(super) fn translate(pattern: &str) -> String {
    let (dot, mut rest) = match pattern.strip_prefix("(?s)") {
        Some(rest) => ("(?s:.)", rest),
        None => ("[^\\n\\r\\x{85}\\x{2028}\\x{2029}]", pattern),
    };
    let mut text = String::from("\\A(?:");
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '[' => match class(rest) {
                Some((class, after)) => {
                    let items: String = class.items.iter().map(Item::translated).collect();
                    text.push_str(&format!("[{}{items}]", if class.negated { "^" } else { "" }));
                    rest = after;
                }
                None => text.push('['),
            },
            '.' => text.push_str(dot),
            '\\' => {
                let Some(escaped) = rest.chars().next() else { break };
                rest = &rest[escaped.len_utf8()..];
                if matches!(escaped, 'w' | 'W' | 'd' | 'D' | 's' | 'S') {
                    text.push_str(shorthand(escaped));
                } else {
                    text.extend(['\\', escaped]);
                }
            }
            _ => text.push(first),
        }
    }
    text.push_str(")\\z");
    text
}

/// Reads a class up to its bracket; returns it and what follows. `None` for a form that the model never had.
fn class(text: &str) -> Option<(Class, &str)> {
    let (negated, mut rest) = match text.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut items = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(']').filter(|_| !items.is_empty()) {
            return Some((Class { negated, items }, after));
        }
        let (item, after) = item(rest)?;
        rest = after;
        // A dash makes a range when characters stand on both sides; else it is a dash.
        if let (Item::Range(first, _), Some(after)) = (&item, rest.strip_prefix('-'))
            && !after.starts_with(']')
            && let Some((Item::Range(last, _), after)) = self::item(after)
        {
            items.push(Item::Range(*first, last));
            rest = after;
        } else {
            items.push(item);
        }
    }
}

/// One character or named set of a class.
fn item(text: &str) -> Option<(Item, &str)> {
    let mut characters = text.chars();
    let single = |character| Item::Range(character, character);
    match characters.next()? {
        '\\' => {}
        // Nested and intersected classes do not occur.
        '[' | '&' => return None,
        character => return Some((single(character), characters.as_str())),
    }
    let item = match characters.next()? {
        letter @ ('w' | 'W' | 'd' | 'D' | 's' | 'S') => Item::Shorthand(letter),
        't' => single('\t'),
        'n' => single('\n'),
        'r' => single('\r'),
        'p' => {
            let (name, after) = characters.as_str().strip_prefix('{')?.split_once('}')?;
            return Some((Item::Category(name.to_owned()), after));
        }
        'x' => {
            let (digits, after) = characters.as_str().split_at_checked(2)?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            return Some((single(char::from_u32(code)?), after));
        }
        letter if letter.is_ascii_alphanumeric() => return None,
        character => single(character),
    };
    Some((item, characters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translating() {
        let check = |java: &str, expected: &str| assert_eq!(translate(java), format!("\\A(?:{expected})\\z"));
        check(r"[\w+]+", r"[[0-9A-Z_a-z]\x{2B}-\x{2B}]+");
        check(r"\w\{a\}", r"[0-9A-Z_a-z]\{a\}");
        check(r"[9-_+]", r"[\x{39}-\x{5F}\x{2B}-\x{2B}]");
        check(r"[0-9-_]", r"[\x{30}-\x{39}\x{2D}-\x{2D}\x{5F}-\x{5F}]");
        check(r"[^_\p{Z}][a-]", r"[^\x{5F}-\x{5F}\p{Z}][\x{61}-\x{61}\x{2D}-\x{2D}]");
        check("(?s).*", "(?s:.)*");
        check(r"a(?<!\.)$", r"a(?<!\.)$");
    }

    #[test]
    fn only_one_repeated_class_has_a_short_cut() {
        assert!(ascii_class(r"^[a-z]+$").is_some());
        assert!(ascii_class(r"[a-z]*").is_some_and(|class| class.matches(b"")));
        assert!(ascii_class(r"[a-z]").is_none());
        assert!(ascii_class(r"[a-z]+x").is_none());
        assert!(ascii_class(r"[\p{Greek}]+").is_none());
    }
}
