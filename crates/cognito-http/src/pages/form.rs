//! What a page is made of: each view as a form, so that one template shows them all.

use cognito_ops::page::{
    Asks, CodeSource, Factor, FeedbackValueType, Field as Attribute, First, KnownUser, Names, Page, Picture,
    Policy, SignIn, SignUp, TermsLinks, View,
};

use super::field::{self, Field};
use super::qr::Qr;
use super::texts::Texts;

/// A page as a form.
#[derive(Default)]
pub(super) struct Form<'a> {
    /// What tests call it.
    pub name: &'static str,
    pub title: &'a str,
    pub lead: Option<String>,
    /// Where it is sent, from the root of the pages.
    pub action: String,
    pub hidden: Vec<(&'static str, &'a str)>,
    pub fields: Vec<Field<'a>>,
    /// The rules of a new password.
    pub rules: Vec<String>,
    pub submit: Option<Submit<'a>>,
    /// Where the password is replaced.
    pub forgot: Option<String>,
    pub choices: Vec<Choice<'a>>,
    /// Where another code is asked for, and for whom.
    pub resend: Option<(String, &'a str)>,
    pub qr: Option<Qr<'a>>,
    pub passkey: Option<Passkey<'a>>,
    pub providers: Vec<Provider<'a>>,
    pub links: Vec<Link<'a>>,
    pub terms: Option<&'a TermsLinks>,
    /// The users to sign in with a click.
    pub users: &'a [KnownUser],
}

/// The button that sends a form.
pub(super) struct Submit<'a> {
    pub name: &'static str,
    pub text: &'a str,
}

/// A button that chooses a factor.
pub(super) struct Choice<'a> {
    pub value: &'static str,
    pub text: &'a str,
}

/// What the script asks the browser for.
pub(super) struct Passkey<'a> {
    /// `get` or `create`.
    pub ceremony: &'static str,
    pub options: &'a str,
}

/// A link to an identity provider.
pub(super) struct Provider<'a> {
    pub name: &'a str,
    pub query: &'a str,
    pub text: String,
    pub icon: Option<Picture>,
    /// The class of its colours.
    pub class: Option<String>,
}

/// A link to another page.
pub(super) struct Link<'a> {
    pub before: Option<&'a str>,
    pub text: &'a str,
    pub href: String,
    pub testid: &'static str,
}

/// Makes the form of a page. `root` leads to the root of the pages.
pub(super) fn form<'a>(page: &'a Page, texts: &'a Texts, root: &'a str) -> Form<'a> {
    let maker = Maker { page, texts, root };
    match &page.view {
        View::SignIn(view) => sign_in(page, view, texts, root),
        View::SignUp(view) => sign_up(page, view, texts, root),
        View::FirstFactor { username, factors } => maker.first_factor(username, factors),
        View::Passkey { options } => maker.passkey(options),
        View::Code { source, destination } => maker.code(*source, destination.as_deref()),
        View::SelectMfa(factors) => {
            Form { name: "select-mfa", title: texts.choose_mfa, ..maker.factors(factors) }
        }
        View::MfaSetup(factors) => Form {
            name: "mfa-setup",
            title: texts.set_up_mfa,
            lead: Some(texts.choose_mfa.to_owned()),
            ..maker.factors(factors)
        },
        View::Authenticator { secret, uri } => maker.authenticator(secret, uri),
        View::MfaEmail => maker.mfa_email(),
        View::NewPassword { policy, fields } => maker.new_password(policy, fields),
        View::Confirm { username } => maker.confirm(username),
        View::ForgotPassword { names, username } => maker.forgot_password(*names, username),
        View::ConfirmForgotPassword { username, policy } => maker.confirm_forgot_password(username, policy),
        View::AddPasskey { options, back } => maker.add_passkey(options, back),
        View::Verified => Form { name: "verified", ..titled(verified(page, texts)) },
        View::Feedback(said) => {
            let lead = match said {
                FeedbackValueType::Valid => texts.feedback_valid,
                FeedbackValueType::Invalid => texts.feedback_invalid,
            };
            Form { name: "feedback", lead: Some(lead.to_owned()), ..titled(texts.feedback) }
        }
        View::Unavailable => {
            let lead = Some(texts.unavailable_hint.to_owned());
            Form { name: "unavailable", lead, ..titled(texts.unavailable) }
        }
        View::Error => Form { name: "error", lead: Some(texts.error_hint.to_owned()), ..titled(texts.error) },
    }
}

/// What forms are made of.
struct Maker<'a> {
    page: &'a Page,
    texts: &'a Texts,
    root: &'a str,
}

impl<'a> Maker<'a> {
    /// A page with the request of the app.
    fn to(&self, path: &str) -> String {
        format!("{path}?{}", self.page.query)
    }

    /// The answer to a challenge, with a way back.
    fn challenge(&self) -> Form<'a> {
        Form { action: self.to("challenge"), links: vec![self.back()], ..Form::default() }
    }

    fn back(&self) -> Link<'a> {
        let href = format!("{}{}", self.root, self.to("login"));
        Link { before: None, text: self.texts.back, href, testid: "sign-in-link" }
    }

    fn next(&self) -> Option<Submit<'a>> {
        Some(Submit { name: "signInSubmitButton", text: self.texts.next })
    }

    fn first_factor(&self, username: &str, factors: &[First]) -> Form<'a> {
        let texts = self.texts;
        Form {
            name: "first-factor",
            title: texts.choose_factor,
            lead: Some(texts.signing_in_as.replace("{0}", username)),
            ..first_factor(self.challenge(), factors, texts, self.to("forgotPassword"))
        }
    }

    fn passkey(&self, options: &'a str) -> Form<'a> {
        Form {
            name: "passkey",
            title: self.texts.passkey,
            lead: Some(self.texts.passkey_hint.to_owned()),
            passkey: Some(Passkey { ceremony: "get", options }),
            submit: Some(Submit { name: "passkeyButton", text: self.texts.use_passkey }),
            ..self.challenge()
        }
    }

    fn code(&self, source: CodeSource, destination: Option<&str>) -> Form<'a> {
        let texts = self.texts;
        Form {
            name: "code",
            title: texts.enter_code,
            lead: Some(match (source, destination) {
                (CodeSource::Authenticator, _) => texts.code_by_app.to_owned(),
                (_, Some(destination)) => texts.code_sent.replace("{0}", destination),
                (_, None) => texts.code_sent_somewhere.to_owned(),
            }),
            fields: vec![field::code(texts)],
            submit: self.next(),
            ..self.challenge()
        }
    }

    fn factors(&self, factors: &[Factor]) -> Form<'a> {
        let choices = factors.iter().map(|factor| mfa(*factor, self.texts)).collect();
        Form { choices, ..self.challenge() }
    }

    fn authenticator(&self, secret: &'a str, uri: &str) -> Form<'a> {
        Form {
            name: "totp-setup",
            title: self.texts.set_up_app,
            lead: Some(self.texts.scan.to_owned()),
            qr: Qr::new(secret, uri),
            fields: vec![field::code(self.texts)],
            submit: self.next(),
            ..self.challenge()
        }
    }

    fn mfa_email(&self) -> Form<'a> {
        let email = field::text("email", "email", "email");
        Form {
            name: "email-setup",
            title: self.texts.set_up_mfa,
            fields: vec![Field { label: self.texts.email.into(), kind: "email", ..email }],
            submit: self.next(),
            ..self.challenge()
        }
    }

    fn new_password(&self, policy: &Policy, fields: &'a [Attribute]) -> Form<'a> {
        let passwords = field::new_passwords(self.texts).into_iter();
        Form {
            name: "new-password",
            title: self.texts.new_password_needed,
            rules: rules(policy, self.texts),
            fields: passwords.chain(attributes(fields, self.texts)).collect(),
            submit: Some(Submit { name: "reset_password", text: self.texts.change_password }),
            ..self.challenge()
        }
    }

    fn confirm(&self, username: &'a str) -> Form<'a> {
        let texts = self.texts;
        Form {
            name: "confirm",
            title: texts.confirm_account,
            lead: Some(texts.confirm_hint.to_owned()),
            action: self.to("confirm"),
            hidden: known(username),
            fields: unknown(username, texts).into_iter().chain([field::code(texts)]).collect(),
            submit: Some(Submit { name: "confirm", text: texts.confirm_account }),
            resend: (!username.is_empty()).then(|| (self.to("resendcode"), username)),
            links: vec![self.back()],
            ..Form::default()
        }
    }

    fn forgot_password(&self, names: Names, username: &'a str) -> Form<'a> {
        Form {
            name: "forgot-password",
            title: self.texts.forgot_password,
            lead: Some(self.texts.reset_hint.to_owned()),
            action: self.to("forgotPassword"),
            fields: vec![field::username(names, username, self.texts)],
            submit: Some(Submit { name: "reset_my_password", text: self.texts.reset_password }),
            links: vec![self.back()],
            ..Form::default()
        }
    }

    fn confirm_forgot_password(&self, username: &'a str, policy: &Policy) -> Form<'a> {
        let passwords = field::new_passwords(self.texts);
        Form {
            name: "confirm-forgot-password",
            title: self.texts.new_password_needed,
            action: self.to("confirmForgotPassword"),
            hidden: known(username),
            rules: rules(policy, self.texts),
            fields: [field::code(self.texts)].into_iter().chain(passwords).collect(),
            submit: Some(Submit { name: "reset_password", text: self.texts.change_password }),
            links: vec![self.back()],
            ..Form::default()
        }
    }

    fn add_passkey(&self, options: &'a str, back: &str) -> Form<'a> {
        let texts = self.texts;
        Form {
            name: "add-passkey",
            title: texts.add_passkey,
            lead: Some(texts.add_passkey_hint.to_owned()),
            action: self.to("passkeys/add"),
            passkey: Some(Passkey { ceremony: "create", options }),
            submit: Some(Submit { name: "passkeyButton", text: texts.add_passkey }),
            links: vec![Link {
                before: None,
                text: texts.cancel,
                href: back.to_owned(),
                testid: "cancel-link",
            }],
            ..Form::default()
        }
    }
}

fn titled(title: &str) -> Form<'_> {
    Form { title, ..Form::default() }
}

fn verified<'a>(page: &Page, texts: &'a Texts) -> &'a str {
    match page.notice {
        Some(cognito_ops::page::Notice::Confirmed) => texts.verified,
        _ => texts.not_verified,
    }
}

fn sign_in<'a>(page: &'a Page, view: &'a SignIn, texts: &'a Texts, root: &str) -> Form<'a> {
    let to = |path: &str| format!("{path}?{}", page.query);
    let mut fields = vec![field::username(view.names, &view.username, texts)];
    if view.asks == Asks::Password {
        fields.push(field::password("signInFormPassword", "current-password", texts));
    }
    let sign_up = Link {
        before: Some(texts.no_account),
        text: texts.sign_up,
        href: format!("{root}{}", to("signup")),
        testid: "sign-up-link",
    };
    let providers = view.providers.iter().map(|provider| Provider {
        name: &provider.name,
        query: &provider.query,
        text: texts.continue_with.replace("{0}", display(&provider.name)),
        icon: page.look.icon_of(&provider.name),
        class: page.look.button_of(&provider.name),
    });
    let mut providers: Vec<_> = providers.collect();
    providers.sort_by_key(|provider| page.look.rank_of(provider.name));
    let form = Form {
        name: "sign-in",
        title: texts.sign_in,
        providers,
        links: view.sign_up.then_some(sign_up).into_iter().collect(),
        terms: view.terms.as_ref(),
        users: &view.users,
        ..Form::default()
    };
    let text = match view.asks {
        Asks::Nothing => return form,
        Asks::Name => texts.next,
        Asks::Password => texts.sign_in,
    };
    Form {
        action: to("login"),
        fields,
        submit: Some(Submit { name: "signInSubmitButton", text }),
        forgot: (view.asks == Asks::Password).then(|| to("forgotPassword")),
        ..form
    }
}

/// What a provider is called; AWS's names of two of the social ones are no words.
fn display(name: &str) -> &str {
    match name {
        "LoginWithAmazon" => "Amazon",
        "SignInWithApple" => "Apple",
        name => name,
    }
}

fn sign_up<'a>(page: &'a Page, view: &'a SignUp, texts: &'a Texts, root: &str) -> Form<'a> {
    let to = |path: &str| format!("{path}?{}", page.query);
    let password = Field {
        required: view.needs_password,
        rules: true,
        ..field::password("signUpFormPassword", "new-password", texts)
    };
    let mut fields = vec![field::username(view.names.for_sign_up(), &view.username, texts)];
    fields.extend(attributes(&view.fields, texts));
    fields.push(password);
    Form {
        name: "sign-up",
        title: texts.sign_up,
        action: to("signup"),
        fields,
        rules: rules(&view.policy, texts),
        submit: Some(Submit { name: "signUpButton", text: texts.sign_up }),
        links: vec![Link {
            before: Some(texts.have_account),
            text: texts.sign_in,
            href: format!("{root}{}", to("login")),
            testid: "sign-in-link",
        }],
        terms: view.terms.as_ref(),
        ..Form::default()
    }
}

/// A password can be typed at once; what else there is is a button each.
fn first_factor<'a>(form: Form<'a>, factors: &[First], texts: &'a Texts, forgot: String) -> Form<'a> {
    let choices = factors.iter().filter_map(|factor| {
        let text = match factor {
            First::EmailOtp => texts.with_email_code,
            First::SmsOtp => texts.with_sms_code,
            First::WebAuthn => texts.with_passkey,
            First::Password | First::PasswordSrp => return None,
        };
        Some(Choice { value: factor.challenge().as_str(), text })
    });
    let form = Form { choices: choices.collect(), ..form };
    if !factors.contains(&First::Password) {
        return form;
    }
    Form {
        hidden: vec![("factor", "PASSWORD")],
        fields: vec![field::password("signInFormPassword", "current-password", texts)],
        submit: Some(Submit { name: "signInSubmitButton", text: texts.with_password }),
        forgot: Some(forgot),
        ..form
    }
}

fn mfa(factor: Factor, texts: &Texts) -> Choice<'_> {
    let text = match factor {
        Factor::Sms => texts.mfa_sms,
        Factor::Email => texts.mfa_email,
        Factor::SoftwareToken => texts.mfa_app,
    };
    Choice { value: factor.as_str(), text }
}

fn attributes<'a>(fields: &'a [Attribute], texts: &'a Texts) -> impl Iterator<Item = Field<'a>> {
    fields.iter().map(|attribute| field::attribute(attribute, texts))
}

/// A name that is known is not asked again.
fn known(username: &str) -> Vec<(&'static str, &str)> {
    if username.is_empty() { Vec::new() } else { vec![("username", username)] }
}

fn unknown<'a>(username: &str, texts: &'a Texts) -> Option<Field<'a>> {
    let names = Names { username: true, ..Names::default() };
    username.is_empty().then(|| field::username(names, "", texts))
}

fn rules(policy: &Policy, texts: &Texts) -> Vec<String> {
    let length = texts.rule_length.replace("{0}", &policy.minimum_length.to_string());
    let flags = [
        (policy.lowercase, texts.rule_lower),
        (policy.uppercase, texts.rule_upper),
        (policy.numbers, texts.rule_number),
        (policy.symbols, texts.rule_symbol),
    ];
    let set = flags.into_iter().filter(|(set, _)| *set).map(|(_, rule)| rule.to_owned());
    [length].into_iter().chain(set).collect()
}
