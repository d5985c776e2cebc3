//! PreAuthentication: may deny a sign-in before the first factor is looked at.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-authentication.html>

use serde::de::IgnoredAny;
use serde_json::json;

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// `validation` is the ClientMetadata of InitiateAuth.
pub(crate) async fn call(ctx: &Ctx<'_>, about: About<'_>, validation: Option<&Metadata>) -> Reply<()> {
    let Some(arn) = &about.pool.settings.lambda_config.pre_authentication else { return Ok(()) };
    let mut request = event::request_for_sign_in(about, None);
    request.insert("validationData".to_owned(), json!(validation));
    let event = Event {
        trigger: "PreAuthentication",
        version: "1",
        source: "PreAuthentication_Authentication",
        request,
        response: json!({}),
    };
    event.send::<IgnoredAny>(ctx, about, arn).await?;
    Ok(())
}
