//! `--query`: a JMESPath expression over the answer. <https://jmespath.org/specification.html>

use jmespath::Expression;
use serde_json::Value;

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
        let expression = jmespath::compile(text).map_err(|error| {
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
        serde_json::to_value(&*found).map_err(|error| failed(&error))
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
    fn bad_queries() {
        assert_eq!(Query::parse("a[").err().unwrap().exit_code(), 252);
        let query = Query::parse("length(a)").unwrap();
        assert_eq!(query.apply(&json!({"a": 1})).unwrap_err().exit_code(), 255);
    }
}
