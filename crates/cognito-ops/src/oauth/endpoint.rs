//! The endpoints of a pool: their paths, the methods that they take, who may read their answers, and what answers.

use super::answer::Answer;
use super::visit::Visit;
use super::{authorize, error_page, logout, register, revoke, token, user_info};
use crate::app::{App, Inner};
use crate::ctx::Ctx;
use crate::errors::Reply;
use crate::federation;
use crate::managed_login::{challenge, confirm, feedback, forgot_password, passkey, sign_in, sign_up};

/// An endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `/oauth2/authorize`
    Authorize,
    /// `/oauth2/token`
    Token,
    /// `/oauth2/userInfo`
    UserInfo,
    /// `/oauth2/revoke`
    Revoke,
    /// `/oauth2/register`
    Register,
    /// `/logout`
    Logout,
    /// `/login`
    Login,
    /// `/challenge`
    Challenge,
    /// `/error`
    Error,
    /// `/oauth2/idpresponse`
    IdpResponse,
    /// `/saml2/idpresponse`
    SamlResponse,
    /// `/saml2/logout`
    SamlLogout,
    /// `/signup`
    SignUp,
    /// `/confirm`
    Confirm,
    /// `/resendcode`
    ResendCode,
    /// `/confirmUser`
    ConfirmUser,
    /// `/authEventFeedback`: our own.
    AuthEventFeedback,
    /// `/forgotPassword`
    ForgotPassword,
    /// `/confirmForgotPassword`
    ConfirmForgotPassword,
    /// `/passkeys/add`
    AddPasskey,
}

/// Whose pages may read the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Those of every origin, without credentials.
    Everyone,
    /// Our own.
    Own,
}

impl Endpoint {
    const ALL: &[Self] = &[
        Self::Authorize,
        Self::Token,
        Self::UserInfo,
        Self::Revoke,
        Self::Register,
        Self::Logout,
        Self::Login,
        Self::Challenge,
        Self::Error,
        Self::IdpResponse,
        Self::SamlResponse,
        Self::SamlLogout,
        Self::SignUp,
        Self::Confirm,
        Self::ResendCode,
        Self::ConfirmUser,
        Self::AuthEventFeedback,
        Self::ForgotPassword,
        Self::ConfirmForgotPassword,
        Self::AddPasskey,
    ];

    /// The endpoint of a path.
    pub fn of(path: &str) -> Option<Self> {
        // AWS writes this one in two ways.
        let path = if path == "/confirmforgotPassword" { "/confirmForgotPassword" } else { path };
        Self::ALL.iter().copied().find(|endpoint| endpoint.path() == path)
    }

    /// Its path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Authorize => "/oauth2/authorize",
            Self::Token => "/oauth2/token",
            Self::UserInfo => "/oauth2/userInfo",
            Self::Revoke => "/oauth2/revoke",
            Self::Register => "/oauth2/register",
            Self::Logout => "/logout",
            Self::Login => "/login",
            Self::Challenge => "/challenge",
            Self::Error => "/error",
            Self::IdpResponse => "/oauth2/idpresponse",
            Self::SamlResponse => "/saml2/idpresponse",
            Self::SamlLogout => "/saml2/logout",
            Self::SignUp => "/signup",
            Self::Confirm => "/confirm",
            Self::ResendCode => "/resendcode",
            Self::ConfirmUser => "/confirmUser",
            Self::AuthEventFeedback => "/authEventFeedback",
            Self::ForgotPassword => "/forgotPassword",
            Self::ConfirmForgotPassword => "/confirmForgotPassword",
            Self::AddPasskey => "/passkeys/add",
        }
    }

    /// Whether it answers `GET` and `HEAD`.
    pub const fn takes_get(self) -> bool {
        !matches!(self, Self::Token | Self::Revoke | Self::Register | Self::SamlResponse | Self::SamlLogout)
    }

    /// Whether it answers `POST`.
    pub const fn takes_post(self) -> bool {
        !matches!(
            self,
            Self::Authorize | Self::Logout | Self::Error | Self::ConfirmUser | Self::AuthEventFeedback
        )
    }

    /// Whether what is posted to it comes from pages of ours alone. Apps post to the others, and identity providers.
    pub const fn takes_own_forms_only(self) -> bool {
        matches!(self.readers(), Readers::Own)
            && !matches!(self, Self::IdpResponse | Self::SamlResponse | Self::SamlLogout)
    }

    /// Whose pages may read its answers.
    pub const fn readers(self) -> Readers {
        match self {
            Self::Token | Self::UserInfo | Self::Revoke | Self::Register => Readers::Everyone,
            _ => Readers::Own,
        }
    }
}

impl App {
    /// Answers a request to an endpoint of a pool.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn visit(&self, endpoint: Endpoint, visit: Visit) -> Reply<Answer> {
        self.0.visit(endpoint, &visit).await
    }
}

impl Inner {
    async fn visit(&self, endpoint: Endpoint, visit: &Visit) -> Reply<Answer> {
        let ctx: &Ctx<'_> = &self.ctx(&visit.caller).await?;
        match endpoint {
            Endpoint::Authorize => authorize::answer(ctx, visit).await,
            Endpoint::Token => token::answer(ctx, visit).await,
            Endpoint::UserInfo => user_info::answer(ctx, visit).await,
            Endpoint::Revoke => revoke::answer(ctx, visit).await,
            Endpoint::Register => register::answer(ctx, visit).await,
            Endpoint::Logout => logout::answer(ctx, visit).await,
            Endpoint::Login => sign_in::answer(ctx, visit).await,
            Endpoint::Challenge => challenge::answer(ctx, visit).await,
            Endpoint::IdpResponse => federation::callback(ctx, visit).await,
            Endpoint::SamlResponse => federation::saml::answer(ctx, visit).await,
            Endpoint::SamlLogout => federation::saml::signed_out(ctx, visit).await,
            Endpoint::SignUp => sign_up::answer(ctx, visit).await,
            Endpoint::Confirm => confirm::answer(ctx, visit).await,
            Endpoint::ResendCode => confirm::resend(ctx, visit).await,
            Endpoint::ConfirmUser => confirm::by_link(ctx, visit).await,
            Endpoint::AuthEventFeedback => feedback::by_link(ctx, visit).await,
            Endpoint::ForgotPassword => forgot_password::answer(ctx, visit).await,
            Endpoint::ConfirmForgotPassword => forgot_password::confirm(ctx, visit).await,
            Endpoint::AddPasskey => passkey::answer(ctx, visit).await,
            Endpoint::Error => Ok(error_page::answer(visit)),
        }
    }
}
