//! PreTokenGeneration: changes the claims of tokens before they are signed.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html>

use cognito_core::group::Group;

use super::{About, Metadata, Trigger};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// On what occasion tokens are made: the end of the trigger source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A sign-in.
    Authentication,
    /// The first password that a user set.
    NewPasswordChallenge,
    /// A sign-in with a remembered device.
    AuthenticateDevice,
    /// A refresh.
    RefreshTokens,
}

/// Asks the function of the pool, if it names one.
pub(crate) async fn call(
    _ctx: &Ctx<'_>,
    about: About<'_>,
    _source: Source,
    _groups: &[Group],
    _metadata: Option<&Metadata>,
) -> Reply<()> {
    super::call(about.pool, Trigger::PreTokenGeneration)
}
