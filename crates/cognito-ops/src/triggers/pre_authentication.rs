//! PreAuthentication: may deny a sign-in before the first factor is looked at.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-authentication.html>

use super::{About, Metadata, Trigger};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// `validation` is the ClientMetadata of InitiateAuth.
pub(crate) async fn call(_ctx: &Ctx<'_>, about: About<'_>, _validation: Option<&Metadata>) -> Reply<()> {
    super::call(about.pool, Trigger::PreAuthentication)
}
