//! What pages show. How they look, and in which words, is the business of HTTP.

pub use cognito_api::wire::FeedbackValueType;
pub use cognito_core::auth::First;
pub use cognito_core::domain::LoginPages;
pub use cognito_core::look::{Align, Bar, Logo, Look, Picture};
pub use cognito_core::mfa::Factor;
pub use cognito_core::oauth::interaction::{Notice, PARAMETER as INTERACTION};
pub use cognito_core::password::Policy;
pub use cognito_core::schema::DataType;

pub use super::language::Language;

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// In which language it is.
    pub language: Language,
    /// What it looks like.
    pub look: Look,
    /// The request of the app, which every link and form hands on.
    pub query: String,
    /// The name of what the tab is in the middle of. Forms hand it on; links leave it behind.
    pub interaction: Option<String>,
    /// The proof that a form is ours.
    pub csrf: String,
    /// What happened before.
    pub notice: Option<Notice>,
    /// What it is for.
    pub view: View,
}

/// What a page is for.
#[derive(Clone, Debug)]
pub enum View {
    /// The sign-in.
    SignIn(SignIn),
    /// The choice of the first factor of a sign-in.
    FirstFactor {
        /// The name as typed.
        username: String,
        /// What may be chosen.
        factors: Vec<First>,
    },
    /// A passkey is asked for.
    Passkey {
        /// PublicKeyCredentialRequestOptionsJSON
        options: String,
    },
    /// A code is asked for.
    Code {
        /// Where it comes from.
        source: CodeSource,
        /// Where it was sent, masked.
        destination: Option<String>,
    },
    /// The choice of the second factor.
    SelectMfa(Vec<Factor>),
    /// The choice of a second factor to set up.
    MfaSetup(Vec<Factor>),
    /// An authenticator app is set up.
    Authenticator {
        /// The secret in base32.
        secret: String,
        /// The same as `otpauth:` URI, for the QR code.
        uri: String,
    },
    /// An e-mail address for codes is asked for.
    MfaEmail,
    /// A new password is required.
    NewPassword {
        /// What it must be like.
        policy: Policy,
        /// The required attributes that the user lacks.
        fields: Vec<Field>,
    },
    /// The registration.
    SignUp(SignUp),
    /// A registration is confirmed with a code.
    Confirm {
        /// The name as typed.
        username: String,
    },
    /// A password is forgotten.
    ForgotPassword {
        /// What users sign in with.
        names: Names,
        /// The name to begin with.
        username: String,
    },
    /// A forgotten password is replaced, with a code.
    ConfirmForgotPassword {
        /// The name as typed.
        username: String,
        /// What the new one must be like.
        policy: Policy,
    },
    /// A passkey is registered.
    AddPasskey {
        /// PublicKeyCredentialCreationOptionsJSON
        options: String,
        /// Where the app waits.
        back: String,
    },
    /// The link of a message has confirmed the registration, or not: then the notice says why.
    Verified,
    /// The link of a notice has said of a sign-in whether it was the user's.
    Feedback(FeedbackValueType),
    /// A request that is not in order.
    Error,
    /// The client has no style, on a domain of managed login.
    Unavailable,
}

/// The sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// What users sign in with.
    pub names: Names,
    /// The name to begin with.
    pub username: String,
    /// What is asked for.
    pub asks: Asks,
    /// Whether visitors may sign up.
    pub sign_up: bool,
    /// The identity providers to choose from.
    pub providers: Vec<Provider>,
    /// The documents that the app wants to be known.
    pub terms: Option<TermsLinks>,
    /// The users to sign in with a click, in development.
    pub users: Vec<KnownUser>,
}

/// A user of the list that is shown in development.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownUser {
    /// The username.
    pub username: String,
    /// What the user signs in with.
    pub label: String,
}

/// What a sign-in begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Name and password.
    Password,
    /// The name; how to go on is chosen then.
    Name,
    /// Nothing: users of the pool itself do not sign in here.
    Nothing,
}

/// The registration.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// What users sign in with.
    pub names: Names,
    /// The name as typed.
    pub username: String,
    /// What the password must be like.
    pub policy: Policy,
    /// Whether there must be one.
    pub needs_password: bool,
    /// The attributes that are asked for.
    pub fields: Vec<Field>,
    /// The documents that the app wants to be known.
    pub terms: Option<TermsLinks>,
}

/// What users sign in with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// A username of their own.
    pub username: bool,
    /// Their e-mail address.
    pub email: bool,
    /// Their phone number.
    pub phone_number: bool,
}

/// An attribute that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its full name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// What was typed before.
    pub value: String,
}

/// An identity provider to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// The query of `/oauth2/authorize` that leads there.
    pub query: String,
}

/// Links to the documents of the app; both begin with `https://`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsLinks {
    /// The terms of use.
    pub terms_of_use: String,
    /// The privacy policy.
    pub privacy_policy: String,
}

/// Where a code comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeSource {
    /// It was sent by SMS.
    Sms,
    /// It was sent by e-mail.
    Email,
    /// An authenticator app shows it.
    Authenticator,
}

impl Names {
    /// What users are registered by: aliases of a username come with the attributes.
    #[must_use]
    pub fn for_sign_up(self) -> Self {
        if self.username { Self { username: true, ..Self::default() } } else { self }
    }
}

impl Page {
    /// The page about a request that is not in order.
    pub fn error() -> Self {
        Self::without_request(Language::En, None, View::Error)
    }

    /// A page that goes with no request of an app.
    pub(crate) fn without_request(language: Language, notice: Option<Notice>, view: View) -> Self {
        let (query, interaction, csrf) = Default::default();
        Self { language, look: Look::plain(), query, interaction, csrf, notice, view }
    }
}
