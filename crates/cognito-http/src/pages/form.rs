//! What a page is made of: each view as a form, so that one template shows them all.

use cognito_ops::page::{
    Asks, CodeSource, Factor, Field as Attribute, First, Names, Page, Picture, Policy, SignIn, SignUp,
    TermsLinks, View,
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
}

/// A link to another page.
pub(super) struct Link<'a> {
    pub before: Option<&'a str>,
    pub text: &'a str,
    pub href: String,
    pub testid: &'static str,
}

/// Makes the form of a page. `root` leads to the root of the pages.
pub(super) fn form<'a>(page: &'a Page, texts: &'a Texts, root: &str) -> Form<'a> {
    let to = |path: &str| format!("{path}?{}", page.query);
    let challenge = || Form { action: to("login"), hidden: vec![("step", "challenge")], ..Form::default() };
    let next = Some(Submit { name: "signInSubmitButton", text: texts.next });
    let back = || Link {
        before: None,
        text: texts.back,
        href: format!("{root}{}", to("login")),
        testid: "sign-in-link",
    };
    match &page.view {
        View::SignIn(view) => sign_in(page, view, texts, root),
        View::SignUp(view) => sign_up(page, view, texts, root),
        View::FirstFactor { username, factors } => Form {
            name: "first-factor",
            title: texts.choose_factor,
            lead: Some(texts.signing_in_as.replace("{0}", username)),
            links: vec![back()],
            ..first_factor(challenge(), factors, texts, to("forgotPassword"))
        },
        View::Passkey { options } => Form {
            name: "passkey",
            title: texts.passkey,
            lead: Some(texts.passkey_hint.to_owned()),
            passkey: Some(Passkey { ceremony: "get", options }),
            submit: Some(Submit { name: "passkeyButton", text: texts.use_passkey }),
            links: vec![back()],
            ..challenge()
        },
        View::Code { source, destination } => Form {
            name: "code",
            title: texts.enter_code,
            lead: Some(match (source, destination) {
                (CodeSource::Authenticator, _) => texts.code_by_app.to_owned(),
                (_, Some(destination)) => texts.code_sent.replace("{0}", destination),
                (_, None) => texts.code_sent_somewhere.to_owned(),
            }),
            fields: vec![field::code(texts)],
            submit: next,
            links: vec![back()],
            ..challenge()
        },
        View::SelectMfa(factors) => Form {
            name: "select-mfa",
            title: texts.choose_mfa,
            choices: factors.iter().map(|factor| mfa(*factor, texts)).collect(),
            links: vec![back()],
            ..challenge()
        },
        View::MfaSetup(factors) => Form {
            name: "mfa-setup",
            title: texts.set_up_mfa,
            lead: Some(texts.choose_mfa.to_owned()),
            choices: factors.iter().map(|factor| mfa(*factor, texts)).collect(),
            links: vec![back()],
            ..challenge()
        },
        View::Authenticator { secret, uri } => Form {
            name: "totp-setup",
            title: texts.set_up_app,
            lead: Some(texts.scan.to_owned()),
            qr: Qr::new(secret, uri),
            fields: vec![field::code(texts)],
            submit: next,
            links: vec![back()],
            ..challenge()
        },
        View::MfaEmail => Form {
            name: "email-setup",
            title: texts.set_up_mfa,
            fields: vec![Field {
                label: texts.email.into(),
                kind: "email",
                ..field::text("email", "email", "email")
            }],
            submit: next,
            links: vec![back()],
            ..challenge()
        },
        View::NewPassword { policy, fields } => Form {
            name: "new-password",
            title: texts.new_password_needed,
            rules: rules(policy, texts),
            fields: field::new_passwords(texts).into_iter().chain(attributes(fields, texts)).collect(),
            submit: Some(Submit { name: "reset_password", text: texts.change_password }),
            ..challenge()
        },
        View::Confirm { username } => Form {
            name: "confirm",
            title: texts.confirm_account,
            lead: Some(texts.confirm_hint.to_owned()),
            action: to("confirm"),
            hidden: known(username),
            fields: unknown(username, texts).into_iter().chain([field::code(texts)]).collect(),
            submit: Some(Submit { name: "confirm", text: texts.confirm_account }),
            resend: (!username.is_empty()).then(|| (to("resendcode"), username.as_str())),
            links: vec![back()],
            ..Form::default()
        },
        View::ForgotPassword { names, username } => Form {
            name: "forgot-password",
            title: texts.forgot_password,
            lead: Some(texts.reset_hint.to_owned()),
            action: to("forgotPassword"),
            fields: vec![field::username(*names, username, texts)],
            submit: Some(Submit { name: "reset_my_password", text: texts.reset_password }),
            links: vec![back()],
            ..Form::default()
        },
        View::ConfirmForgotPassword { username, policy } => Form {
            name: "confirm-forgot-password",
            title: texts.new_password_needed,
            action: to("confirmForgotPassword"),
            hidden: known(username),
            rules: rules(policy, texts),
            fields: [field::code(texts)].into_iter().chain(field::new_passwords(texts)).collect(),
            submit: Some(Submit { name: "reset_password", text: texts.change_password }),
            links: vec![back()],
            ..Form::default()
        },
        View::AddPasskey { options, back } => Form {
            name: "add-passkey",
            title: texts.add_passkey,
            lead: Some(texts.add_passkey_hint.to_owned()),
            action: to("passkeys/add"),
            passkey: Some(Passkey { ceremony: "create", options }),
            submit: Some(Submit { name: "passkeyButton", text: texts.add_passkey }),
            links: vec![Link { before: None, text: texts.cancel, href: back.clone(), testid: "cancel-link" }],
            ..Form::default()
        },
        View::Verified => Form { name: "verified", ..titled(verified(page, texts)) },
        View::Error => Form { name: "error", lead: Some(texts.error_hint.to_owned()), ..titled(texts.error) },
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
    });
    let form = Form {
        name: "sign-in",
        title: texts.sign_in,
        providers: providers.collect(),
        links: view.sign_up.then_some(sign_up).into_iter().collect(),
        terms: view.terms.as_ref(),
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
        hidden: vec![("step", "challenge"), ("factor", "PASSWORD")],
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
