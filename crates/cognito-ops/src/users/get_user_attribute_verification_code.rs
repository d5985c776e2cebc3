//! GetUserAttributeVerificationCode: sends the caller a code for an e-mail address or a phone number.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserAttributeVerificationCode.html>

use cognito_core::attempts::Limited;
use cognito_core::code::Purpose;
use cognito_core::delivery::{Destination, Medium};
use cognito_core::template::Occasion;
use cognito_core::user::User;

use crate::prelude::*;
use crate::service::messages::{self, Letter};
use crate::service::{access, codes, usage};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetUserAttributeVerificationCodeRequest,
) -> Reply<wire::GetUserAttributeVerificationCodeResponse> {
    let medium = Medium::of_attribute(&input.attribute_name).ok_or_else(errors::attribute_has_no_code)?;
    let token = access::verify(ctx, &input.access_token).await?;
    let (signed, fresh) = ctx
        .write(async |txn| {
            let signed = access::signed(txn, &token).await?;
            let (pool, user) = (&signed.pool, &signed.user);
            usage::count(txn, pool, Limited::GetUserAttributeVerificationCode, &user.username).await?;
            let destination = destination(user, medium)?;
            let purpose = Purpose::Attribute(input.attribute_name.clone());
            let fresh = codes::make(ctx, txn, user, destination, purpose, Some(&signed.client.id)).await?;
            Ok((signed, fresh))
        })
        .await?;
    let letter = Letter {
        pool: &signed.pool,
        client: Some(&signed.client),
        user: &signed.user,
        occasion: Occasion::VerifyAttribute,
        destination: &fresh.destination,
        code: &fresh.code,
    };
    messages::deliver(ctx, &letter, input.client_metadata.as_ref()).await?;
    Ok(wire::GetUserAttributeVerificationCodeResponse {
        code_delivery_details: Some(views::delivery(&fresh.destination)),
    })
}

/// The value that waits for verification, or else the present one.
fn destination(user: &User, medium: Medium) -> Reply<Destination> {
    let name = medium.attribute();
    let address = user.pending.get(name).map(String::as_str).or_else(|| user.attribute(name));
    let address = address.ok_or_else(|| errors::attribute_without_value(name))?.to_owned();
    Ok(Destination { medium, address })
}
