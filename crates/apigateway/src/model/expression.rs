//! The expressions of parameter mappings: `$request.header.x`, `/pets/${request.path.id}`, or a text. Pure.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html>

/// A piece of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A text as it stands.
    Text(&'a str),
    /// The name of a variable, such as `request.header.x`.
    Variable(&'a str),
}

/// What an expression is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A request.
    Request,
    /// An answer.
    Answer,
}

/// Headers that no mapping may change.
const RESERVED: [&str; 18] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-location",
    "forwarded",
    "keep-alive",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// How the names of further ones begin.
const RESERVED_BEGINNINGS: [&str; 4] = ["access-control-", "apigw-", "x-amz-", "x-amzn-"];

/// Whether no mapping may change this header.
pub fn is_reserved(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    RESERVED.contains(&header.as_str())
        || RESERVED_BEGINNINGS.iter().any(|beginning| header.starts_with(beginning))
}

/// The pieces of an expression; `None` if it cannot be read. A `$` in front is a variable to the end, `${...}` one
/// inside a text.
pub fn pieces(expression: &str) -> Option<Vec<Piece<'_>>> {
    if let Some(name) = expression.strip_prefix('$').filter(|name| !name.starts_with('{')) {
        return Some(vec![Piece::Variable(name)]);
    }
    let mut pieces = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find("${") {
        let (text, behind) = rest.split_at(start);
        let (name, after) = behind[2..].split_once('}')?;
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        pieces.push(Piece::Variable(name));
        rest = after;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Some(pieces)
}

/// Whether an expression can be read, and names only what there is.
pub fn is_known(expression: &str, side: Side) -> bool {
    let is_known = |piece: &Piece<'_>| match piece {
        Piece::Text(_) => true,
        Piece::Variable(name) => is_variable(name, side),
    };
    pieces(expression).is_some_and(|pieces| pieces.iter().all(is_known))
}

fn is_variable(name: &str, side: Side) -> bool {
    let named = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty());
    // Neither recursive descent nor filters.
    let is_body = |body: &str| {
        name == body || named(&format!("{body}.")) && !name.contains("..") && !name.contains('?')
    };
    let of_side = match side {
        Side::Request => {
            named("request.header.")
                || named("request.querystring.")
                || named("request.path.")
                || name == "request.path"
                || is_body("request.body")
        }
        Side::Answer => named("response.header.") || is_body("response.body"),
    };
    of_side || named("context.") || named("stageVariables.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        let check = |expression: &str, expected: &str| {
            let shown = pieces(expression).map_or("none".to_owned(), |pieces| format!("{pieces:?}"));
            assert_eq!(shown, expected, "{expression}");
        };
        check("$request.path", "[Variable(\"request.path\")]");
        check("a", "[Text(\"a\")]");
        check("", "[Text(\"\")]");
        check("/x/${request.path.id}", "[Text(\"/x/\"), Variable(\"request.path.id\")]");
        check("${a}${b} c", "[Variable(\"a\"), Variable(\"b\"), Text(\" c\")]");
        check("5 $ ${a", "none");
    }

    #[test]
    fn what_is_known() {
        let check = |expression: &str, expected: [bool; 2]| {
            let found = [Side::Request, Side::Answer].map(|side| is_known(expression, side));
            assert_eq!(found, expected, "{expression}");
        };
        check("text", [true, true]);
        check("$context.requestId", [true, true]);
        check("${stageVariables.x}-${context.apiId}", [true, true]);
        for request in ["header.x", "querystring.x", "path", "path.id", "body", "body.a.b[0]"] {
            check(&format!("$request.{request}"), [true, false]);
        }
        check("$response.header.x", [false, true]);
        check("$response.body.x", [false, true]);
        for unknown in ["$request", "$request.header.", "$request.body..x", "$other.x", "$5", "${x", "${}"] {
            check(unknown, [false, false]);
        }
    }

    #[test]
    fn reserved_headers() {
        for header in ["Authorization", "via", "X-Amzn-Trace-Id", "access-control-allow-origin", "apigw-x"] {
            assert!(is_reserved(header), "{header}");
        }
        for header in ["x-user", "host", "x-forwarded-port", "content-type"] {
            assert!(!is_reserved(header), "{header}");
        }
    }
}
