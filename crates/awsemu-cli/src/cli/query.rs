//! `--query`: a JMESPath expression over the answer. <https://jmespath.org/specification.html>

use std::collections::HashMap;

use jmespath::Expression;
use jmespath::ast::Ast;
use serde_json::{Map, Value};

use super::errors::CliError;

/// A parsed query.
pub struct Query {
    expression: Expression<'static>,
}

impl Query {
    /// Parses the expression.
    ///
    /// # Errors
    /// `CliError::Parameter` with the place of the mistake.
    pub fn parse(text: &str) -> Result<Self, CliError> {
        let expression = jmespath::compile(&with_quoted_literals(text)).map_err(|error| {
            CliError::Parameter(format!("Bad value for --query {text}: {}", error.to_string().trim_end()))
        })?;
        Ok(Self { expression })
    }

    /// The part of the answer that the expression selects; null if there is none.
    ///
    /// # Errors
    /// When a function of the expression gets a value of the wrong type.
    pub fn apply(&self, answer: &Value) -> Result<Value, CliError> {
        let failed = |error: &dyn std::fmt::Display| CliError::Other(format!("the query failed: {error}"));
        let found = self.expression.search(answer).map_err(|error| failed(&error))?;
        let found = serde_json::to_value(&*found).map_err(|error| failed(&error))?;
        let mut orders = Orders::default();
        orders.learn_from_query(self.expression.as_ast());
        orders.learn_from_answer(answer);
        Ok(orders.restored(found))
    }
}

/// The expression with quotes around literals that are no JSON: the AWS CLI takes ``[?Name==`email`]``.
fn with_quoted_literals(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['`', '\'', '"']) {
        let (before, from) = rest.split_at(start);
        quoted.push_str(before);
        let (inside, after) = split_enclosed(from);
        match inside.strip_prefix('`').and_then(|literal| literal.strip_suffix('`')).and_then(as_string) {
            Some(string) => quoted.push_str(&format!("`{string}`")),
            None => quoted.push_str(inside),
        }
        rest = after;
    }
    quoted.push_str(rest);
    quoted
}

/// Splits after the closing twin of the first character; everything if there is none.
fn split_enclosed(text: &str) -> (&str, &str) {
    let mut characters = text.char_indices();
    let wrapper = characters.next().map(|(_, character)| character);
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if Some(character) == wrapper {
            return text.split_at(at + character.len_utf8());
        }
    }
    (text, "")
}

/// A literal that is no JSON as a JSON string, if it can be one.
fn as_string(literal: &str) -> Option<String> {
    let is_json = |text: &str| serde_json::from_str::<Value>(&text.replace("\\`", "`")).is_ok();
    let string = format!("\"{}\"", literal.trim_start());
    (!is_json(literal) && is_json(&string)).then_some(string)
}

/// The orders of members, by their sorted names: the evaluator sorts members, the AWS CLI leaves them as they were.
#[derive(Default)]
struct Orders(HashMap<Vec<String>, Vec<String>>);

impl Orders {
    fn learn(&mut self, names: Vec<String>) {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        self.0.entry(sorted).or_insert(names);
    }

    /// The objects that the expression makes.
    fn learn_from_query(&mut self, node: &Ast) {
        match node {
            Ast::MultiHash { elements, .. } => {
                self.learn(elements.iter().map(|element| element.key.clone()).collect());
                elements.iter().for_each(|element| self.learn_from_query(&element.value));
            }
            Ast::MultiList { elements: nodes, .. } | Ast::Function { args: nodes, .. } => {
                nodes.iter().for_each(|node| self.learn_from_query(node));
            }
            Ast::Comparison { lhs: a, rhs: b, .. }
            | Ast::Condition { predicate: a, then: b, .. }
            | Ast::Projection { lhs: a, rhs: b, .. }
            | Ast::And { lhs: a, rhs: b, .. }
            | Ast::Or { lhs: a, rhs: b, .. }
            | Ast::Subexpr { lhs: a, rhs: b, .. } => {
                [a, b].into_iter().for_each(|node| self.learn_from_query(node))
            }
            Ast::Expref { ast: node, .. }
            | Ast::Flatten { node, .. }
            | Ast::Not { node, .. }
            | Ast::ObjectValues { node, .. } => self.learn_from_query(node),
            Ast::Identity { .. }
            | Ast::Field { .. }
            | Ast::Index { .. }
            | Ast::Literal { .. }
            | Ast::Slice { .. } => {}
        }
    }

    /// The objects that the expression may select.
    fn learn_from_answer(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                self.learn(members.keys().cloned().collect());
                members.values().for_each(|value| self.learn_from_answer(value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_from_answer(item)),
            _ => {}
        }
    }

    fn restored(&self, value: Value) -> Value {
        match value {
            Value::Object(members) => {
                let mut members: Map<_, _> =
                    members.into_iter().map(|(name, value)| (name, self.restored(value))).collect();
                let mut sorted: Vec<_> = members.keys().cloned().collect();
                sorted.sort_unstable();
                let names = self.0.get(&sorted).unwrap_or(&sorted);
                Value::Object(names.iter().filter_map(|name| members.remove_entry(name)).collect())
            }
            Value::Array(items) => items.into_iter().map(|item| self.restored(item)).collect(),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(query: &str, expected: Value) {
        let answer = json!({"UserPools": [{"Id": "1", "Name": "a", "N": 3}, {"Id": "2", "Name": "b", "N": 12345678901_i64}]});
        assert_eq!(Query::parse(query).unwrap().apply(&answer).unwrap(), expected, "{query}");
    }

    #[test]
    fn queries() {
        check("UserPools[0].Id", json!("1"));
        check("UserPools[].Name", json!(["a", "b"]));
        check("UserPools[?Name=='b'].Id | [0]", json!("2"));
        check("UserPools[].{id:Id,n:N}", json!([{"id": "1", "n": 3}, {"id": "2", "n": 12345678901_i64}]));
        check("length(UserPools)", json!(2));
        check("Nothing.Here", json!(null));
    }

    #[test]
    fn literals_without_quotes() {
        check("UserPools[?Name==`b`].Id | [0]", json!("2"));
        check("UserPools[?Name!=` a`].Id | [0]", json!("2"));
        check("UserPools[?N==`3`].Id | [0]", json!("1"));
        check("UserPools[?Name==`\"b\"`].Id | [0]", json!("2"));
        check(
            "[`a\\`b`, `{\"c\": [1]}`, '`d`', UserPools[0].\"Id\"]",
            json!(["a`b", {"c": [1]}, "`d`", "1"]),
        );
        check("`\u{fc}` == `ü`", json!(true));
    }

    #[test]
    fn members_keep_their_order() {
        let check = |query: &str, expected: &str| {
            let answer = json!({"Z": {"B": 1, "A": {"D": 1, "C": 2}}, "Y": [{"b": 1, "a": 2}], "X": null});
            let found = Query::parse(query).unwrap().apply(&answer).unwrap();
            assert_eq!(found.to_string(), expected, "{query}");
        };
        check("@", r#"{"Z":{"B":1,"A":{"D":1,"C":2}},"Y":[{"b":1,"a":2}],"X":null}"#);
        check("Z", r#"{"B":1,"A":{"D":1,"C":2}}"#);
        check("Y[?a==`2`]", r#"[{"b":1,"a":2}]"#);
        check(
            "{z: Z.A, y: Y[].{n: b, m: {l: a, k: b}}}",
            r#"{"z":{"D":1,"C":2},"y":[{"n":1,"m":{"l":2,"k":1}}]}"#,
        );
        check("[Z, max_by(Y, &a)] | [1].{d: a, c: b}", r#"{"d":2,"c":1}"#);
        check("merge(Z, {Q: `1`})", r#"{"A":{"D":1,"C":2},"B":1,"Q":1}"#);
    }

    #[test]
    fn bad_queries() {
        assert_eq!(Query::parse("a[").err().unwrap().exit_code(), 252);
        let query = Query::parse("length(a)").unwrap();
        assert_eq!(query.apply(&json!({"a": 1})).unwrap_err().exit_code(), 255);
    }
}
