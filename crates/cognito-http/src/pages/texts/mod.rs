//! What the pages say: one table a language, each of them complete or it does not compile.

use cognito_ops::page::Language;

mod de;
mod en;
mod es;
mod fr;
mod id;
mod it;
mod ja;
mod ko;
mod pt_br;
mod zh_cn;
mod zh_tw;

/// What the pages say in one language. `{0}` is where a value goes.
pub(super) struct Texts {
    /// The heading and the button of the sign-in.
    pub sign_in: &'static str,
    /// The heading and the button of the registration.
    pub sign_up: &'static str,
    /// The label of a username.
    pub username: &'static str,
    /// The label of an e-mail address.
    pub email: &'static str,
    /// The label of a phone number.
    pub phone_number: &'static str,
    /// Between two names that a user may sign in with.
    pub or: &'static str,
    /// The label of a password.
    pub password: &'static str,
    /// The label of a new password.
    pub new_password: &'static str,
    /// The label of a new password, typed again.
    pub confirm_password: &'static str,
    /// The label of a code.
    pub code: &'static str,
    /// A button that leads on.
    pub next: &'static str,
    /// A link that leads back to the app.
    pub cancel: &'static str,
    /// A link back to the sign-in.
    pub back: &'static str,
    /// The link and the heading of a forgotten password.
    pub forgot_password: &'static str,
    /// Before the link to the registration.
    pub no_account: &'static str,
    /// Before the link to the sign-in.
    pub have_account: &'static str,
    /// A button that leads to the provider {0}.
    pub continue_with: &'static str,
    /// Between the form and the providers.
    pub or_continue: &'static str,
    /// The heading of the choice of a first factor.
    pub choose_factor: &'static str,
    /// A button that goes on with the password.
    pub with_password: &'static str,
    /// A button that has a code sent by e-mail.
    pub with_email_code: &'static str,
    /// A button that has a code sent by SMS.
    pub with_sms_code: &'static str,
    /// A button that goes on with a passkey.
    pub with_passkey: &'static str,
    /// Whose sign-in it is: {0}.
    pub signing_in_as: &'static str,
    /// The heading where a code is asked for.
    pub enter_code: &'static str,
    /// A code was sent to {0}.
    pub code_sent: &'static str,
    /// A code was sent.
    pub code_sent_somewhere: &'static str,
    /// Where the code of an authenticator app is.
    pub code_by_app: &'static str,
    /// The heading of the choice of a second factor.
    pub choose_mfa: &'static str,
    /// The second factor by SMS.
    pub mfa_sms: &'static str,
    /// The second factor by e-mail.
    pub mfa_email: &'static str,
    /// The second factor of an authenticator app.
    pub mfa_app: &'static str,
    /// The heading where a second factor is set up.
    pub set_up_mfa: &'static str,
    /// The heading where an authenticator app is set up.
    pub set_up_app: &'static str,
    /// What to do with the QR code.
    pub scan: &'static str,
    /// Before the secret for those who cannot scan.
    pub type_key: &'static str,
    /// What the picture is.
    pub qr_code: &'static str,
    /// The heading where a new password is required.
    pub new_password_needed: &'static str,
    /// A button that replaces the password.
    pub change_password: &'static str,
    /// The heading and the button of the confirmation.
    pub confirm_account: &'static str,
    /// What the confirmation needs.
    pub confirm_hint: &'static str,
    /// A button that has another code sent.
    pub resend: &'static str,
    /// What happens after the name of a forgotten password.
    pub reset_hint: &'static str,
    /// A button that has a code sent for a forgotten password.
    pub reset_password: &'static str,
    /// The heading of the sign-in with a passkey.
    pub passkey: &'static str,
    /// What to do with a passkey.
    pub passkey_hint: &'static str,
    /// The button that asks for a passkey.
    pub use_passkey: &'static str,
    /// The heading and the button of the registration of a passkey.
    pub add_passkey: &'static str,
    /// What a passkey is good for.
    pub add_passkey_hint: &'static str,
    /// The browser or the user has refused the passkey.
    pub passkey_failed: &'static str,
    /// Passkeys need JavaScript.
    pub needs_script: &'static str,
    /// The two new passwords differ.
    pub passwords_differ: &'static str,
    /// The registration is confirmed.
    pub confirmed: &'static str,
    /// The password is replaced.
    pub password_changed: &'static str,
    /// The sign-in took too long.
    pub expired: &'static str,
    /// The heading after the link of a message.
    pub verified: &'static str,
    /// The heading after a link that confirmed nothing.
    pub not_verified: &'static str,
    /// The heading after the link of a notice.
    pub feedback: &'static str,
    /// The user has said of a sign-in that it was the user's.
    pub feedback_valid: &'static str,
    /// The user has said of a sign-in that it was somebody else's.
    pub feedback_invalid: &'static str,
    /// The heading of the page about a request that is not in order.
    pub error: &'static str,
    /// What happened to a request that is not in order.
    pub error_hint: &'static str,
    /// The heading of the page where a client has no style.
    pub unavailable: &'static str,
    /// What to do where a client has no style.
    pub unavailable_hint: &'static str,
    /// Above the users to sign in by a click, in development.
    pub pick_user: &'static str,
    /// Before the rules of passwords.
    pub password_rules: &'static str,
    /// At least {0} characters.
    pub rule_length: &'static str,
    /// A lower-case letter.
    pub rule_lower: &'static str,
    /// An upper-case letter.
    pub rule_upper: &'static str,
    /// A digit.
    pub rule_number: &'static str,
    /// A symbol.
    pub rule_symbol: &'static str,
    /// After the label of what may be left out.
    pub optional: &'static str,
    /// The link to the terms of use.
    pub terms_of_use: &'static str,
    /// The link to the privacy policy.
    pub privacy_policy: &'static str,
    /// The attribute `name`.
    pub name: &'static str,
    /// The attribute `given_name`.
    pub given_name: &'static str,
    /// The attribute `family_name`.
    pub family_name: &'static str,
    /// The attribute `middle_name`.
    pub middle_name: &'static str,
    /// The attribute `nickname`.
    pub nickname: &'static str,
    /// The attribute `preferred_username`.
    pub preferred_username: &'static str,
    /// The attribute `profile`.
    pub profile: &'static str,
    /// The attribute `picture`.
    pub picture: &'static str,
    /// The attribute `website`.
    pub website: &'static str,
    /// The attribute `gender`.
    pub gender: &'static str,
    /// The attribute `birthdate`.
    pub birthdate: &'static str,
    /// The attribute `zoneinfo`.
    pub zoneinfo: &'static str,
    /// The attribute `locale`.
    pub locale: &'static str,
    /// The attribute `address`.
    pub address: &'static str,
}

impl Texts {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::De => &de::TEXTS,
            Language::En => &en::TEXTS,
            Language::Es => &es::TEXTS,
            Language::Fr => &fr::TEXTS,
            Language::Id => &id::TEXTS,
            Language::It => &it::TEXTS,
            Language::Ja => &ja::TEXTS,
            Language::Ko => &ko::TEXTS,
            Language::PtBr => &pt_br::TEXTS,
            Language::ZhCn => &zh_cn::TEXTS,
            Language::ZhTw => &zh_tw::TEXTS,
        }
    }
}
