//! The texts of messages: the pool's templates, or our own words where it has none.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-message-customizations.html>

use crate::delivery::Medium;
use crate::pool::Pool;

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
}

impl Occasion {
    /// The trigger source of the CustomMessage trigger.
    pub const fn trigger_source(self) -> &'static str {
        match self {
            Self::SignUp => "CustomMessage_SignUp",
            Self::ResendCode => "CustomMessage_ResendCode",
            Self::Invitation => "CustomMessage_AdminCreateUser",
            Self::ForgotPassword => "CustomMessage_ForgotPassword",
            Self::UpdateAttribute => "CustomMessage_UpdateUserAttribute",
            Self::VerifyAttribute => "CustomMessage_VerifyUserAttribute",
            Self::Authentication => "CustomMessage_Authentication",
        }
    }
}

/// A text with its placeholders filled.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The subject; SMS has none.
    pub subject: Option<String>,
    /// The body.
    pub body: String,
}

const CODE: &str = "Your verification code is {####}.";
const CODE_SUBJECT: &str = "Your verification code";
const SIGN_IN: &str = "Your authentication code is {####}.";
const SIGN_IN_SUBJECT: &str = "Your authentication code";
const INVITATION: &str = "Your username is {username} and your temporary password is {####}.";
const INVITATION_SUBJECT: &str = "Your temporary password";

/// Writes the message for an occasion: `code` takes the place of `{####}`, `username` that of `{username}`.
pub fn text(pool: &Pool, occasion: Occasion, medium: Medium, username: &str, code: &str) -> Text {
    let (subject, body) = match occasion {
        Occasion::Invitation => invitation(pool, medium),
        Occasion::Authentication => sign_in(pool, medium),
        _ => verification(pool, medium),
    };
    let fill = |template: &str| fill(template, username, code);
    Text { subject: (medium == Medium::Email).then(|| fill(subject)), body: fill(body) }
}

fn invitation(pool: &Pool, medium: Medium) -> (&str, &str) {
    let template = pool.settings.admin_create_user_config.invite_message_template.as_ref();
    let body = match medium {
        Medium::Email => template.and_then(|template| template.email_message.as_deref()),
        Medium::Sms => template.and_then(|template| template.sms_message.as_deref()),
    };
    let subject = template.and_then(|template| template.email_subject.as_deref());
    (subject.unwrap_or(INVITATION_SUBJECT), body.unwrap_or(INVITATION))
}

fn sign_in(pool: &Pool, medium: Medium) -> (&str, &str) {
    let email = pool.factors.email.as_ref();
    let body = match medium {
        Medium::Email => email.and_then(|email| email.message.as_deref()),
        Medium::Sms => pool.settings.sms_authentication_message.as_deref(),
    };
    let subject = email.and_then(|email| email.subject.as_deref());
    (subject.unwrap_or(SIGN_IN_SUBJECT), body.unwrap_or(SIGN_IN))
}

fn verification(pool: &Pool, medium: Medium) -> (&str, &str) {
    let template = &pool.settings.verification_message_template;
    let body = match medium {
        Medium::Email => template.email_message.as_deref(),
        Medium::Sms => template.sms_message.as_deref(),
    };
    (template.email_subject.as_deref().unwrap_or(CODE_SUBJECT), body.unwrap_or(CODE))
}

/// Fills the placeholders in one pass, so that a value that looks like a placeholder stays as it is.
fn fill(template: &str, username: &str, code: &str) -> String {
    let mut text = String::with_capacity(template.len() + username.len() + code.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{####}") {
            text.push_str(code);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("{username}") {
            text.push_str(username);
            rest = after;
        } else {
            text.push('{');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn placeholders() {
        let check = |template: &str, expected: &str| assert_eq!(fill(template, "{####}", "123456"), expected);
        check("{username}: {####}", "{####}: 123456");
        check("{{####}} {", "{123456} {");
        check("none", "none");
    }
}
