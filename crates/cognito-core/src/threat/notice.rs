//! The e-mail that tells a user of a risky sign-in: the pool's words, or our own where it has none.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-adaptive-authentication.html>

use cognito_api::wire;

use crate::template::html_escaped;
use crate::time::Time;

/// What a notice tells.
pub struct Facts<'a> {
    /// `{username}`
    pub username: &'a str,
    /// `{ip-address}`, `{device-name}`, `{city}` and `{country}`.
    pub context: &'a wire::EventContextDataType,
    /// `{login-time}`
    pub time: Time,
    /// `{one-click-link-valid}`: that it was the user.
    pub valid: &'a str,
    /// `{one-click-link-invalid}`: that it was not.
    pub invalid: &'a str,
}

/// The subject unless the pool has one.
const SUBJECT: &str = "A sign-in to your account";
/// The body unless the pool has one.
const BODY: &str = "There was a sign-in to your account {username} at {login-time} from {ip-address} ({device-name}). \
     <a href=\"{one-click-link-valid}\">It was me</a> or <a href=\"{one-click-link-invalid}\">it was not</a>.";

/// The pool's words for what was done about a sign-in.
fn template(
    configuration: &wire::NotifyConfigurationType,
    action: wire::AccountTakeoverEventActionType,
) -> Option<&wire::NotifyEmailType> {
    use wire::AccountTakeoverEventActionType as Action;
    match action {
        Action::Block => configuration.block_email.as_ref(),
        Action::MfaIfConfigured | Action::MfaRequired => configuration.mfa_email.as_ref(),
        Action::NoAction => configuration.no_action_email.as_ref(),
    }
}

/// The subject and the body in HTML.
pub fn write(
    configuration: &wire::NotifyConfigurationType,
    action: wire::AccountTakeoverEventActionType,
    facts: &Facts<'_>,
) -> (String, String) {
    let template = template(configuration, action);
    let subject = template.map_or(SUBJECT, |template| &template.subject);
    let body = template.and_then(|template| template.html_body.as_deref().or(template.text_body.as_deref()));
    (subject.to_owned(), fill(body.unwrap_or(BODY), facts))
}

/// Fills the placeholders in one pass: what a client says of its device is no template.
fn fill(template: &str, facts: &Facts<'_>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}').and_then(|(name, after)| Some((value(name, facts)?, after))) {
            Some((value, after)) => {
                text.push_str(&html_escaped(&value));
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

fn value(name: &str, facts: &Facts<'_>) -> Option<String> {
    let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
    let wire::EventContextDataType { ip_address, device_name, city, country, .. } = facts.context;
    Some(match name {
        "username" => facts.username.to_owned(),
        "ip-address" => known(ip_address),
        "device-name" => known(device_name),
        "city" => known(city),
        "country" => known(country),
        "login-time" => facts.time.as_iso(),
        "one-click-link-valid" => facts.valid.to_owned(),
        "one-click-link-invalid" => facts.invalid.to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn words() {
        let configuration: wire::NotifyConfigurationType = serde_json::from_value(json!({
            "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
            "BlockEmail": {
                "Subject": "Stopped",
                "HtmlBody": "{username} {ip-address} {device-name} {city} {x} {{login-time}} {one-click-link-valid}",
                "TextBody": "unused",
            },
            "MfaEmail": { "Subject": "Asked", "TextBody": "{one-click-link-invalid} {" },
        }))
        .unwrap();
        let context: Value = json!({ "IpAddress": "192.0.2.1", "DeviceName": "<b>{username}" });
        let context = serde_json::from_value(context).unwrap();
        let facts =
            Facts { username: "al&ice", context: &context, time: Time(0), valid: "/v?a&b", invalid: "/i" };
        let check = |action, subject: &str, body: &str| {
            let written = write(&configuration, action, &facts);
            assert_eq!(written, (subject.to_owned(), body.to_owned()), "{action:?}");
        };
        use wire::AccountTakeoverEventActionType as Action;
        check(
            Action::Block,
            "Stopped",
            "al&amp;ice 192.0.2.1 &lt;b&gt;{username} unknown {x} {1970-01-01T00:00:00Z} /v?a&amp;b",
        );
        check(Action::MfaIfConfigured, "Asked", "/i {");
        check(Action::MfaRequired, "Asked", "/i {");
        let (subject, body) = write(&configuration, Action::NoAction, &facts);
        assert_eq!(subject, SUBJECT);
        assert!(body.contains("href=\"/i\"") && body.contains("al&amp;ice"), "{body}");
    }
}
