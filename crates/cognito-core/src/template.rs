//! The texts of messages: the pool's templates, or our own words where it has none, or what CustomMessage says.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-message-customizations.html>

use cognito_api::wire;

use crate::delivery::Medium;
use crate::pool::Pool;

/// Stands for the code or the temporary password.
pub const CODE: &str = "{####}";
/// Stands for the username.
pub const USERNAME: &str = "{username}";

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The code of a sign-up.
    SignUp,
    /// The code of a sign-up, once more.
    ResendCode,
    /// An invitation with a temporary password.
    Invitation,
    /// The code for a forgotten password.
    ForgotPassword,
    /// The code for a changed attribute.
    UpdateAttribute,
    /// The code for an attribute, asked for by the user.
    VerifyAttribute,
    /// The code of a sign-in: a first or a second factor.
    Authentication,
    /// A sign-in that looks risky. It is told in the words of the risk configuration.
    AccountTakeover,
}

impl Occasion {
    /// The end of the trigger source of CustomMessage and of custom senders.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "SignUp",
            Self::ResendCode => "ResendCode",
            Self::Invitation => "AdminCreateUser",
            Self::ForgotPassword => "ForgotPassword",
            Self::UpdateAttribute => "UpdateUserAttribute",
            Self::VerifyAttribute => "VerifyUserAttribute",
            Self::Authentication => "Authentication",
            Self::AccountTakeover => "AccountTakeOverNotification",
        }
    }
}

/// A message before its placeholders are filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    subject: String,
    body: String,
}

/// What stands in the place of the placeholders.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// Of `{username}`.
    pub username: &'a str,
    /// Of `{####}`.
    pub code: &'a str,
    /// The address behind the words of `{##words##}`; only where a link confirms.
    pub link: Option<&'a str>,
}

/// A text with its placeholders filled.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The subject; SMS has none.
    pub subject: Option<String>,
    /// The body.
    pub body: String,
}

/// What CustomMessage says. What is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Custom {
    /// `smsMessage`
    pub sms_message: Option<String>,
    /// `emailMessage`
    pub email_message: Option<String>,
    /// `emailSubject`
    pub email_subject: Option<String>,
}

/// Why what CustomMessage says cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustomError {
    /// E-mails have texts of their own only where the pool sends them through SES.
    #[error("an e-mail of a pool that does not send through SES")]
    NotDeveloper,
    /// A text is too long.
    #[error("too long")]
    TooLong,
    /// The body lacks the code, or an invitation lacks the username.
    #[error("a placeholder is missing")]
    NoPlaceholder,
}

/// The most characters of an SMS, and of the subject of an e-mail.
const MAX_SHORT: usize = 140;
/// The most characters of the body of an e-mail.
const MAX_EMAIL: usize = 20_000;

impl Template {
    /// What the pool says on an occasion.
    pub fn of(pool: &Pool, occasion: Occasion, medium: Medium) -> Self {
        let (subject, body) = match occasion {
            Occasion::Invitation => invitation(pool, medium),
            Occasion::Authentication => sign_in(pool, medium),
            _ if is_link(pool, occasion, medium) => link(pool),
            _ => verification(pool, medium),
        };
        Self { subject: subject.to_owned(), body: body.to_owned() }
    }

    /// Says what CustomMessage says instead.
    ///
    /// # Errors
    /// [`CustomError`]
    pub fn customize(
        self,
        pool: &Pool,
        occasion: Occasion,
        medium: Medium,
        custom: Custom,
    ) -> Result<Self, CustomError> {
        let (subject, body, most) = match medium {
            Medium::Sms => (None, custom.sms_message, MAX_SHORT),
            Medium::Email => (custom.email_subject, custom.email_message, MAX_EMAIL),
        };
        let account = pool.settings.email_configuration.email_sending_account;
        if medium == Medium::Email
            && (subject.is_some() || body.is_some())
            && account != Some(wire::EmailSendingAccountType::Developer)
        {
            return Err(CustomError::NotDeveloper);
        }
        if is_longer(subject.as_deref(), MAX_SHORT) || is_longer(body.as_deref(), most) {
            return Err(CustomError::TooLong);
        }
        if let Some(body) = &body {
            let code = body.contains(CODE) || (is_link(pool, occasion, medium) && link_words(body).is_some());
            let username = occasion != Occasion::Invitation || body.contains(USERNAME);
            if !code || !username {
                return Err(CustomError::NoPlaceholder);
            }
        }
        Ok(Self { subject: subject.unwrap_or(self.subject), body: body.unwrap_or(self.body) })
    }

    /// Fills the placeholders.
    pub fn fill(&self, medium: Medium, values: Values<'_>) -> Text {
        Text {
            subject: (medium == Medium::Email).then(|| fill(&self.subject, values)),
            body: fill(&self.body, values),
        }
    }
}

fn is_longer(text: Option<&str>, most: usize) -> bool {
    text.is_some_and(|text| text.chars().count() > most)
}

/// Whether the message confirms a sign-up by a link.
pub fn is_link(pool: &Pool, occasion: Occasion, medium: Medium) -> bool {
    let option = pool.settings.verification_message_template.default_email_option;
    medium == Medium::Email
        && matches!(occasion, Occasion::SignUp | Occasion::ResendCode)
        && option == Some(wire::DefaultEmailOptionType::ConfirmWithLink)
}

/// The query of the link that confirms a sign-up.
pub fn confirmation_query(client_id: &str, username: &str, code: &str) -> String {
    let username = percent_encoded(username);
    format!("client_id={client_id}&user_name={username}&confirmation_code={code}")
}

/// A text that is safe to stand in HTML.
pub fn html_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text as a value in a query: all but the unreserved characters of RFC 3986 escaped.
pub fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}

fn invitation(pool: &Pool, medium: Medium) -> (&str, &str) {
    let template = pool.settings.admin_create_user_config.invite_message_template.as_ref();
    let body = match medium {
        Medium::Email => template.and_then(|template| template.email_message.as_deref()),
        Medium::Sms => template.and_then(|template| template.sms_message.as_deref()),
    };
    let subject = template.and_then(|template| template.email_subject.as_deref());
    (
        subject.unwrap_or("Your temporary password"),
        body.unwrap_or("Your username is {username} and your temporary password is {####}."),
    )
}

fn sign_in(pool: &Pool, medium: Medium) -> (&str, &str) {
    let email = pool.factors.email.as_ref();
    let body = match medium {
        Medium::Email => email.and_then(|email| email.message.as_deref()),
        Medium::Sms => pool.settings.sms_authentication_message.as_deref(),
    };
    let subject = email.and_then(|email| email.subject.as_deref());
    (subject.unwrap_or("Your authentication code"), body.unwrap_or("Your authentication code is {####}."))
}

fn link(pool: &Pool) -> (&str, &str) {
    let template = &pool.settings.verification_message_template;
    (
        template.email_subject_by_link.as_deref().unwrap_or("Your verification link"),
        template.email_message_by_link.as_deref().unwrap_or("{##Verify your e-mail address##}"),
    )
}

fn verification(pool: &Pool, medium: Medium) -> (&str, &str) {
    let template = &pool.settings.verification_message_template;
    let body = match medium {
        Medium::Email => template.email_message.as_deref(),
        Medium::Sms => template.sms_message.as_deref(),
    };
    (
        template.email_subject.as_deref().unwrap_or("Your verification code"),
        body.unwrap_or("Your verification code is {####}."),
    )
}

/// Fills the placeholders in one pass, so that a value that looks like a placeholder stays as it is.
fn fill(template: &str, values: Values<'_>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix(CODE) {
            text.push_str(values.code);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(USERNAME) {
            text.push_str(values.username);
            rest = after;
        } else if let (Some(link), Some((words, after))) = (values.link, words_at_start(rest)) {
            text.push_str(&format!("<a href=\"{link}\">{words}</a>"));
            rest = after;
        } else {
            text.push('{');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

/// The words of the first `{##words##}`.
fn link_words(text: &str) -> Option<&str> {
    text.match_indices("{##").find_map(|(at, _)| Some(words_at_start(&text[at..])?.0))
}

/// The words of a `{##words##}` that the text begins with, and what comes after it.
fn words_at_start(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("{##")?.split_once("##}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    #[test]
    fn placeholders() {
        let check = |template: &str, link: Option<&str>, expected: &str| {
            let values = Values { username: "{####}", code: "123456", link };
            assert_eq!(fill(template, values), expected);
        };
        check("{username}: {####}", None, "{####}: 123456");
        check("{{####}} {", None, "{123456} {");
        check("none", None, "none");
        check("{##Click##} {####}", None, "{##Click##} 123456");
        check("{##Click##} {####} {##", Some("/c?a=b&c"), "<a href=\"/c?a=b&c\">Click</a> 123456 {##");
    }

    #[test]
    fn queries() {
        assert_eq!(
            confirmation_query("1a", "a+b@x.com/\u{e4}", "1"),
            "client_id=1a&user_name=a%2Bb%40x.com%2F%C3%A4&confirmation_code=1"
        );
    }

    #[test]
    fn templates_of_pools() {
        let by_link = json!({ "DefaultEmailOption": "CONFIRM_WITH_LINK", "EmailMessageByLink": "{##Go##}", "SmsMessage": "s {####}" });
        let invite =
            json!({ "InviteMessageTemplate": { "EmailSubject": "Hi", "SMSMessage": "i {username} {####}" } });
        let pool = testing::pool(json!({
            "VerificationMessageTemplate": by_link, "AdminCreateUserConfig": invite,
            "SmsAuthenticationMessage": "a {####}",
        }));
        let check = |occasion, medium, expected: &str| {
            let Template { subject, body } = Template::of(&pool, occasion, medium);
            assert_eq!(format!("{subject}|{body}"), expected, "{occasion:?} {medium:?}");
        };
        use Medium::{Email, Sms};
        check(Occasion::SignUp, Email, "Your verification link|{##Go##}");
        check(Occasion::ResendCode, Email, "Your verification link|{##Go##}");
        check(Occasion::SignUp, Sms, "Your verification code|s {####}");
        check(Occasion::ForgotPassword, Email, "Your verification code|Your verification code is {####}.");
        check(Occasion::Authentication, Sms, "Your authentication code|a {####}");
        check(Occasion::Invitation, Sms, "Hi|i {username} {####}");
        check(
            Occasion::Invitation,
            Email,
            "Hi|Your username is {username} and your temporary password is {####}.",
        );
    }

    #[test]
    fn custom_messages() {
        let check = |occasion, medium, developer: bool, custom: [Option<&str>; 3], expected: &str| {
            let account = if developer { "DEVELOPER" } else { "COGNITO_DEFAULT" };
            let pool = testing::pool(json!({ "EmailConfiguration": { "EmailSendingAccount": account } }));
            let shown = format!("{occasion:?} {medium:?} {custom:?}");
            let [sms_message, email_message, email_subject] = custom.map(|text| text.map(str::to_owned));
            let custom = Custom { sms_message, email_message, email_subject };
            let result =
                match Template::of(&pool, occasion, medium).customize(&pool, occasion, medium, custom) {
                    Ok(Template { subject, body }) => format!("{subject}|{body}"),
                    Err(error) => error.to_string(),
                };
            assert_eq!(result, expected, "{shown}");
        };
        use Medium::{Email, Sms};
        use Occasion::{Invitation, SignUp};
        let (long, longest) = ("\u{e4}".repeat(135) + CODE, "\u{e4}".repeat(134) + CODE);
        let default = "Your verification code|Your verification code is {####}.";
        check(SignUp, Sms, false, [None, Some("x"), Some("y")], default);
        check(SignUp, Sms, false, [Some("c {####}"), None, None], "Your verification code|c {####}");
        check(SignUp, Sms, false, [Some("c"), None, None], "a placeholder is missing");
        check(SignUp, Sms, false, [Some(&long), None, None], "too long");
        check(SignUp, Sms, false, [Some(&longest), None, None], &format!("Your verification code|{longest}"));
        check(SignUp, Email, false, [Some("x"), None, None], default);
        let refused = "an e-mail of a pool that does not send through SES";
        check(SignUp, Email, false, [None, Some("c {####}"), None], refused);
        check(SignUp, Email, false, [None, None, Some("s")], refused);
        check(SignUp, Email, true, [None, Some("c {####}"), Some("s")], "s|c {####}");
        check(SignUp, Email, true, [None, Some(&long), Some(&long)], "too long");
        check(SignUp, Email, true, [None, Some(&long), None], &format!("Your verification code|{long}"));
        check(SignUp, Email, true, [None, Some("{##Click##}"), None], "a placeholder is missing");
        check(Invitation, Sms, false, [Some("c {####}"), None, None], "a placeholder is missing");
        let both = "{username} {####}";
        check(Invitation, Sms, false, [Some(both), None, None], &format!("Your temporary password|{both}"));
    }
}
