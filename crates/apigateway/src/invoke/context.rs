//! `$context`: what mappings and access logs may name of a call.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html>

use serde_json::Value;

use super::call::{Call, Claims, Matched, Place};
use crate::model::Route;

/// What is known of a call.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// The call.
    pub(super) call: &'a Call,
    /// Where it leads.
    pub(super) place: &'a Place,
    /// The route that takes it, if one does.
    pub(super) route: Option<&'a Route>,
    /// The claims of the caller's token, if it passed one.
    pub(super) claims: Option<&'a Claims>,
}

impl<'a> From<&'a Matched<'_>> for Context<'a> {
    fn from(matched: &'a Matched<'_>) -> Self {
        let Matched { call, place, route, claims, .. } = matched;
        Self { call, place, route: Some(route), claims: claims.as_ref() }
    }
}

impl Context<'_> {
    /// The value of `$context.<name>`; `None` if there is none.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        if let Some(claim) = name.strip_prefix("authorizer.claims.") {
            return self.claims?.claims.get(claim).and_then(claim_text);
        }
        let Self { call, place, .. } = self;
        Some(match name {
            "accountId" => place.api.account.clone(),
            "apiId" => place.api.id.clone(),
            "domainName" => call.host.clone(),
            "domainPrefix" => domain_prefix(&call.host).to_owned(),
            "extendedRequestId" | "requestId" => call.request_id.clone(),
            "httpMethod" => call.method.clone(),
            "identity.sourceIp" => call.source_ip?.to_string(),
            "identity.userAgent" => user_agent(call)?,
            "path" => call.raw_path.clone(),
            "protocol" => call.protocol.to_owned(),
            "requestTime" => place.now.as_log(),
            "requestTimeEpoch" => place.now.0.to_string(),
            "routeKey" => self.route?.key.clone(),
            "stage" => place.stage.name.clone(),
            _ => return None,
        })
    }
}

/// The first label of a host.
pub(super) fn domain_prefix(host: &str) -> &str {
    host.split(['.', ':']).next().unwrap_or_default()
}

/// What the caller calls itself.
pub(super) fn user_agent(call: &Call) -> Option<String> {
    call.header("user-agent").next().map(|value| String::from_utf8_lossy(value).into_owned())
}

/// A claim as integrations get it: always a text, arrays as `[a b]`; `None` for null (spec 9.3).
pub(super) fn claim_text(claim: &Value) -> Option<String> {
    match claim {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            Some(format!("[{}]", items.join(" ")))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_texts() {
        let check = |claim: Value, expected: Option<&str>| {
            assert_eq!(claim_text(&claim).as_deref(), expected, "{claim}");
        };
        check(json!("a \"b\""), Some("a \"b\""));
        check(json!(1_767_776_887), Some("1767776887"));
        check(json!(true), Some("true"));
        check(json!(["a", "b c", 1]), Some("[a b c 1]"));
        check(json!([]), Some("[]"));
        check(json!({ "a": [1] }), Some("{\"a\":[1]}"));
        check(Value::Null, None);
    }

    #[test]
    fn prefixes_of_domains() {
        for (host, expected) in
            [("abc.execute-api.us-east-1.localhost:4566", "abc"), ("localhost:1", "localhost")]
        {
            assert_eq!(domain_prefix(host), expected);
        }
    }
}
