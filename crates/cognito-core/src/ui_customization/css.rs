//! The style sheets that are taken: rules for the classes that Cognito lets be styled, with plain declarations.

/// The classes that can be styled, without `-customizable`.
const CLASSES: [&str; 15] = [
    "background",
    "banner",
    "errorMessage",
    "idpButton",
    "idpDescription",
    "inputField",
    "label",
    "legalText",
    "logo",
    "passwordCheck-notValid",
    "passwordCheck-valid",
    "redirect",
    "socialButton",
    "submitButton",
    "textDescription",
];

/// The states of an element that can be styled.
const STATES: [&str; 3] = ["active", "focus", "hover"];

/// Why a style sheet is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CssError {
    /// It is not a list of rules.
    #[error("not a list of rules")]
    Syntax,
    /// A selector of something that cannot be styled.
    #[error("the selector {0}")]
    Selector(String),
    /// A declaration that loads something, or that is none.
    #[error("the declaration {0}")]
    Declaration(String),
}

/// Checks a style sheet.
pub(super) fn check(css: &str) -> Result<(), CssError> {
    let css = without_comments(css)?;
    let mut rest = css.trim();
    while !rest.is_empty() {
        let (selectors, after) = rest.split_once('{').ok_or(CssError::Syntax)?;
        let (declarations, after) = after.split_once('}').ok_or(CssError::Syntax)?;
        for selector in selectors.split(',').map(str::trim) {
            if !is_selector(selector) {
                return Err(CssError::Selector(selector.to_owned()));
            }
        }
        for declaration in declarations.split(';').map(str::trim).filter(|text| !text.is_empty()) {
            if !is_declaration(declaration) {
                return Err(CssError::Declaration(declaration.to_owned()));
            }
        }
        rest = after.trim_start();
    }
    Ok(())
}

/// The style sheet as it is checked. As it is served, too: what a browser takes for a comment depends on the quotes around
/// it, and we count no quotes.
pub(super) fn without_comments(css: &str) -> Result<String, CssError> {
    let mut parts = css.split("/*");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, after) = part.split_once("*/").ok_or(CssError::Syntax)?;
        plain.push(' ');
        plain.push_str(after);
    }
    Ok(plain)
}

fn is_selector(selector: &str) -> bool {
    let (class, state) =
        selector.split_once(':').map_or((selector, None), |(class, state)| (class, Some(state)));
    let name = class.strip_prefix('.').and_then(|class| class.strip_suffix("-customizable"));
    name.is_some_and(|name| CLASSES.contains(&name)) && state.is_none_or(|state| STATES.contains(&state))
}

/// A property and a value of characters that neither end the sheet nor load or run anything: `url(...)` needs a quote,
/// a colon or a slash to leave the page, an escape a backslash.
fn is_declaration(declaration: &str) -> bool {
    let Some((property, value)) = declaration.split_once(':') else { return false };
    let (property, value) = (property.trim_end(), value.trim());
    !property.is_empty()
        && property.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        && !value.is_empty()
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b" #%.,()!+-'\"\t\r\n".contains(&b))
        && !["url(", "expression("].iter().any(|call| value.to_ascii_lowercase().contains(call))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets() {
        let check = |css: &str, expected: Result<(), CssError>| assert_eq!(check(css), expected, "{css}");
        check("", Ok(()));
        check(" /* nothing { */ ", Ok(()));
        check(".label-customizable {font-weight: 400;}", Ok(()));
        check(
            ".logo-customizable {\n\tmax-width: 80%;\n\tmax-height: 30%\n}\n.background-customizable{}",
            Ok(()),
        );
        check(
            ".submitButton-customizable:hover, .idpButton-customizable:hover { color: #fff !important; }",
            Ok(()),
        );
        check(
            ".inputField-customizable { font-family: 'Open Sans', Arial; background: rgba(0, 0, 0, .5) }",
            Ok(()),
        );
        for broken in ["color: red", ".label-customizable {", "}", "/* open"] {
            check(broken, Err(CssError::Syntax));
        }
        for selector in [
            "body",
            "*",
            ".label",
            ".other-customizable",
            ".label-customizable p",
            "",
            ".label-customizable:before",
        ] {
            check(&format!("{selector} {{ color: red }}"), Err(CssError::Selector(selector.to_owned())));
        }
        check(
            "@import 'x'; .label-customizable {}",
            Err(CssError::Selector("@import 'x'; .label-customizable".to_owned())),
        );
        for declaration in [
            "color",
            "color:",
            "background: url(https://evil.example)",
            "background: URL(x)",
            "width: expression(alert(1))",
            "color: \\72 ed",
            "color: </style>",
            "Color: red",
        ] {
            let css = format!(".label-customizable {{ {declaration} }}");
            check(&css, Err(CssError::Declaration(declaration.to_owned())));
        }
    }
}
