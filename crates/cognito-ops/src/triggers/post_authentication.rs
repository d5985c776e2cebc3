//! PostAuthentication: is told of a sign-in, and may still deny its tokens.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-authentication.html>

use serde::de::IgnoredAny;
use serde_json::json;

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// `new_device` is told where the pool tracks devices.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    new_device: Option<bool>,
    metadata: Option<&Metadata>,
) -> Reply<()> {
    let Some(arn) = &about.pool.settings.lambda_config.post_authentication else { return Ok(()) };
    let mut request = event::request(about, metadata);
    if let Some(new_device) = new_device {
        request.insert("newDeviceUsed".to_owned(), json!(new_device));
    }
    let event = Event {
        trigger: "PostAuthentication",
        version: "1",
        source: "PostAuthentication_Authentication",
        request,
        response: json!({}),
    };
    event.send::<IgnoredAny>(ctx, about, arn).await?;
    Ok(())
}
