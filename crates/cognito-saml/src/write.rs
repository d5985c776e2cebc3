//! Writing XML: text and attributes are escaped, and characters that XML cannot carry are left out.

/// A text as it stands between tags and in attributes in double quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A start tag's attributes, each led by a blank. Those without a value are left out.
pub(crate) fn attributes(pairs: &[(&str, Option<&str>)]) -> String {
    let present = pairs.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    present.map(|(name, value)| format!(" {name}=\"{}\"", escape(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Element, parse};

    #[test]
    fn what_is_written_is_read() {
        check("alice");
        check("a \"b\" <c> & 'd'");
        check("ä 漢 😀");
        check("a\tb\nc\rd");
    }

    fn check(text: &str) {
        let xml = format!("<a{}>{}</a>", attributes(&[("b", Some(text)), ("c", None)]), escape(text));
        let document = parse(&xml).unwrap();
        let root = Element::root(&document).unwrap();
        assert_eq!(root.attribute("b"), Some(text), "{xml}");
        assert_eq!(root.attribute("c"), None);
        assert_eq!(root.text(), text, "{xml}");
    }

    #[test]
    fn what_xml_cannot_carry_is_left_out() {
        assert_eq!(escape("a\0b\u{1}\u{ffff}"), "ab");
    }
}
