//! The end of a sign-in at an identity provider, of whatever kind: back to the app.

use cognito_api::ErrorCode;
use cognito_core::identity_provider::IdentityProvider;
use cognito_core::oauth::authorize::Denied;

use super::sign_in::{ExternalIdentity, sign_in};
use crate::oauth::answer::{Answer, Content};
use crate::oauth::authorize::Place;
use crate::oauth::conclude::{Origin, conclude};
use crate::prelude::*;

/// Signs in whom the provider has named, and sends the browser back to the app, with a code or with what is wrong.
pub(crate) async fn complete(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    provider: &IdentityProvider,
    external: &ExternalIdentity,
) -> Reply<Answer> {
    match sign_in(ctx, &place.pool, &place.client, provider, external).await {
        Ok(signed_in) => {
            conclude(
                ctx,
                place,
                &signed_in,
                Some(Origin { provider: &provider.name, saml: external.saml.as_ref() }),
            )
            .await
        }
        Err(error) if error.status() < 500 => Ok(refuse(place, &error)),
        Err(error) => Err(error),
    }
}

/// Tells the app why there is no sign-in.
pub(crate) fn refuse(place: &Place<'_>, error: &ApiError) -> Answer {
    let mut text = error.message().to_owned();
    // AWS leaves a blank behind what a function says ([FIELD]).
    if error.is(ErrorCode::UserLambdaValidationException) {
        text.push(' ');
    }
    let location = place.request.deny(Denied::InvalidRequest, Some(&text));
    Content::Away(location).into()
}
