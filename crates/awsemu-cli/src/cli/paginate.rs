//! Automatic paging: follows the pages of a list operation, with `--max-items` and tokens as the AWS CLI makes them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cognito_api::model::Paginator;
use serde_json::{Map, Value};

use super::errors::CliError;

/// The member of a truncated answer, and within tokens the number of elements of the page that were shown already.
const NEXT_TOKEN: &str = "NextToken";
const TRUNCATED: &str = "boto_truncate_amount";

/// What the user wants of the pages.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Paging {
    /// Where to go on: the `NextToken` of an earlier answer.
    pub starting_token: Option<String>,
    /// How many elements the service shall send in a page.
    pub page_size: Option<i64>,
    /// How many elements to show in all.
    pub max_items: Option<usize>,
}

/// The state of a walk through pages. It does no I/O: it says what to ask for, and is told the answers.
pub struct Pages<'a> {
    paginator: &'a Paginator,
    input: Map<String, Value>,
    max_items: Option<usize>,
    /// The elements at the start of the first page that were shown by an earlier command.
    skip: usize,
    shown: usize,
    /// The service's token of the page that is asked for next.
    token: Option<String>,
    finished: bool,
    resume_token: Option<String>,
}

impl<'a> Pages<'a> {
    /// Begins a walk with the operation's input.
    ///
    /// # Errors
    /// `CliError::Parameter` if the starting token isn't one of this operation.
    pub fn new(
        paginator: &'a Paginator,
        paging: &Paging,
        mut input: Map<String, Value>,
    ) -> Result<Self, CliError> {
        let (token, skip) = match &paging.starting_token {
            Some(text) => parse_token(text, &paginator.input_token)?,
            None => (None, 0),
        };
        if let Some(size) = paging.page_size {
            input.insert(paginator.limit_key.clone(), Value::from(size));
        }
        let max_items = paging.max_items;
        Ok(Self { paginator, input, max_items, skip, shown: 0, token, finished: false, resume_token: None })
    }

    /// The input that asks for the next page; `None` after the last one.
    pub fn next_input(&self) -> Option<Value> {
        if self.finished {
            return None;
        }
        let mut input = self.input.clone();
        if let Some(token) = &self.token {
            input.insert(self.paginator.input_token.clone(), Value::String(token.clone()));
        }
        Some(Value::Object(input))
    }

    /// Takes the service's answer and gives the part of it that is to be shown: the list, if there is one.
    ///
    /// # Errors
    /// If the service gave the same token twice.
    pub fn accept(&mut self, mut answer: Value) -> Result<Map<String, Value>, CliError> {
        let next = answer.get(&self.paginator.output_token).and_then(Value::as_str);
        let next = next.filter(|token| !token.is_empty()).map(str::to_owned);
        let mut page = Map::new();
        let list = answer.as_object_mut().and_then(|answer| answer.remove(&self.paginator.result_key));
        let skipped = std::mem::take(&mut self.skip);
        let mut kept = 0;
        let mut cut = false;
        if let Some(Value::Array(mut list)) = list {
            list.drain(..skipped.min(list.len()));
            if let Some(max_items) = self.max_items {
                cut = self.shown + list.len() > max_items;
                list.truncate(max_items - self.shown);
            }
            kept = list.len();
            page.insert(self.paginator.result_key.clone(), Value::Array(list));
        }
        self.shown += kept;
        if cut {
            self.finished = true;
            self.resume_token = Some(self.make_token(self.token.as_deref(), Some(skipped + kept)));
        } else if next.is_none() {
            self.finished = true;
        } else if self.max_items == Some(self.shown) {
            self.finished = true;
            self.resume_token = Some(self.make_token(next.as_deref(), None));
        } else if next == self.token {
            let text = "Error during pagination: The same next token was received twice";
            return Err(CliError::Other(text.to_owned()));
        }
        self.token = next;
        Ok(page)
    }

    /// The token with which a later command goes on; there is one after an answer that was cut short.
    pub fn resume_token(&self) -> Option<&str> {
        self.resume_token.as_deref()
    }

    /// The merged pages, with the `NextToken` of a truncated answer.
    pub fn merged(&self, pages: Vec<Map<String, Value>>) -> Value {
        let mut merged = Map::new();
        for (key, value) in pages.into_iter().flatten() {
            match (merged.get_mut(&key), value) {
                (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
                (_, value) => {
                    merged.insert(key, value);
                }
            }
        }
        if let Some(token) = self.resume_token() {
            merged.insert(NEXT_TOKEN.to_owned(), Value::String(token.to_owned()));
        }
        Value::Object(merged)
    }

    /// The token in botocore's form, base64 of JSON, so that `aws` and `awsemu` understand each other's.
    fn make_token(&self, token: Option<&str>, truncated: Option<usize>) -> String {
        let name = Value::from(self.paginator.input_token.as_str());
        let token = Value::from(token);
        let truncated = truncated.map(|count| format!(", \"{TRUNCATED}\": {count}")).unwrap_or_default();
        BASE64_STANDARD.encode(format!("{{{name}: {token}{truncated}}}"))
    }
}

/// The service's token and the elements to skip, from our token; a text that isn't ours is the service's own token.
fn parse_token(text: &str, input_token: &str) -> Result<(Option<String>, usize), CliError> {
    let bad = || CliError::Parameter(format!("Bad starting token: {text}"));
    let decoded = BASE64_STANDARD.decode(text).ok().and_then(|json| serde_json::from_slice(&json).ok());
    let Some(Value::Object(mut members)) = decoded else { return Ok((Some(text.to_owned()), 0)) };
    let skip = match members.remove(TRUNCATED) {
        None => 0,
        Some(count) => count.as_u64().and_then(|count| usize::try_from(count).ok()).ok_or_else(bad)?,
    };
    let token = match members.remove(input_token) {
        Some(Value::String(token)) => Some(token),
        Some(Value::Null) => None,
        _ => return Err(bad()),
    };
    if members.is_empty() { Ok((token, skip)) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A service with the elements 0 to 6, three in a page unless the request says otherwise.
    fn serve(input: &Value) -> Value {
        let start: usize =
            input.get("Token").and_then(Value::as_str).map_or(0, |token| token.parse().unwrap());
        let size = input.get("Limit").and_then(Value::as_u64).map_or(3, |size| size as usize);
        let end = (start + size).min(7);
        let list: Vec<usize> = (start..end).collect();
        match end {
            7 => json!({ "Items": list }),
            end => json!({ "Items": list, "Token": end.to_string(), "Other": 1 }),
        }
    }

    fn paginator() -> Paginator {
        Paginator {
            input_token: "Token".into(),
            output_token: "Token".into(),
            limit_key: "Limit".into(),
            result_key: "Items".into(),
        }
    }

    fn walk(paging: &Paging) -> (Value, usize) {
        let paginator = paginator();
        let mut pages = Pages::new(&paginator, paging, Map::new()).unwrap();
        let mut all = Vec::new();
        while let Some(input) = pages.next_input() {
            all.push(pages.accept(serve(&input)).unwrap());
        }
        let calls = all.len();
        (pages.merged(all), calls)
    }

    fn check(paging: Paging, items: &[u64], calls: usize, resumes: bool) {
        let (merged, made) = walk(&paging);
        assert_eq!(merged["Items"], json!(items), "{paging:?}");
        assert_eq!(made, calls, "{paging:?}");
        assert_eq!(merged.get(NEXT_TOKEN).is_some(), resumes, "{paging:?}");
    }

    #[test]
    fn walks() {
        let paging = Paging::default();
        check(paging.clone(), &[0, 1, 2, 3, 4, 5, 6], 3, false);
        check(Paging { page_size: Some(7), ..paging.clone() }, &[0, 1, 2, 3, 4, 5, 6], 1, false);
        check(Paging { max_items: Some(2), ..paging.clone() }, &[0, 1], 1, true);
        check(Paging { max_items: Some(3), ..paging.clone() }, &[0, 1, 2], 1, true);
        check(Paging { max_items: Some(5), ..paging.clone() }, &[0, 1, 2, 3, 4], 2, true);
        check(Paging { max_items: Some(7), ..paging.clone() }, &[0, 1, 2, 3, 4, 5, 6], 3, false);
        check(Paging { max_items: Some(99), ..paging.clone() }, &[0, 1, 2, 3, 4, 5, 6], 3, false);
        check(Paging { starting_token: Some("4".into()), ..paging }, &[4, 5, 6], 1, false);
    }

    /// Whatever the size of a helping, the helpings together are the whole list.
    #[test]
    fn helpings_join() {
        for size in 1..8 {
            let mut paging = Paging { max_items: Some(size), ..Paging::default() };
            let mut items = Vec::new();
            loop {
                let (merged, _) = walk(&paging);
                items.extend(merged["Items"].as_array().unwrap().clone());
                match merged.get(NEXT_TOKEN) {
                    Some(token) => paging.starting_token = token.as_str().map(str::to_owned),
                    None => break,
                }
            }
            assert_eq!(Value::Array(items), json!([0, 1, 2, 3, 4, 5, 6]), "helpings of {size}");
        }
    }

    /// The texts are what botocore's `TokenEncoder` makes.
    #[test]
    fn tokens() {
        let token = |max_items| {
            walk(&Paging { max_items: Some(max_items), ..Paging::default() }).0[NEXT_TOKEN].clone()
        };
        assert_eq!(token(2), json!("eyJUb2tlbiI6IG51bGwsICJib3RvX3RydW5jYXRlX2Ftb3VudCI6IDJ9"));
        assert_eq!(token(3), json!("eyJUb2tlbiI6ICIzIn0="));
        assert_eq!(parse_token("eyJUb2tlbiI6ICIzIn0=", "Token").unwrap(), (Some("3".into()), 0));
        assert_eq!(parse_token("opaque", "Token").unwrap(), (Some("opaque".into()), 0));
        assert!(parse_token("eyJUb2tlbiI6ICIzIn0=", "NextToken").is_err());
    }

    #[test]
    fn a_token_twice() {
        let paginator = paginator();
        let mut pages = Pages::new(&paginator, &Paging::default(), Map::new()).unwrap();
        pages.accept(json!({"Items": [1], "Token": "t"})).unwrap();
        assert!(pages.accept(json!({"Items": [1], "Token": "t"})).is_err());
    }
}
