//! PostAuthentication: is told of a sign-in, and may still deny its tokens.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-authentication.html>

use super::{About, Metadata, Trigger};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// `new_device` is told where the pool tracks devices.
pub(crate) async fn call(
    _ctx: &Ctx<'_>,
    about: About<'_>,
    _new_device: Option<bool>,
    _metadata: Option<&Metadata>,
) -> Reply<()> {
    super::call(about.pool, Trigger::PostAuthentication)
}
