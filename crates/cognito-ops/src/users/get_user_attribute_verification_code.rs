//! GetUserAttributeVerificationCode: sends the caller a code for an e-mail address or a phone number.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserAttributeVerificationCode.html>

use cognito_core::attempts::Limited;
use cognito_core::code::Purpose;
use cognito_core::delivery::{Destination, Medium};
use cognito_core::template::Occasion;
use cognito_core::user::User;

use crate::prelude::*;
use crate::service::codes::{self, Delivery};
use crate::service::{access, usage};
use crate::triggers::{self, Trigger};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetUserAttributeVerificationCodeRequest,
) -> Reply<wire::GetUserAttributeVerificationCodeResponse> {
    let medium = Medium::of_attribute(&input.attribute_name).ok_or_else(errors::attribute_has_no_code)?;
    let token = access::verify(ctx, &input.access_token).await?;
    let pool = access::signed(&mut ctx.read(), &token).await?.pool;
    triggers::call(&pool, Trigger::CustomMessage)?;
    let destination = ctx
        .write(async |txn| {
            let access::Signed { pool, client, user } = access::signed(txn, &token).await?;
            usage::count(txn, &pool, Limited::GetUserAttributeVerificationCode, &user.username).await?;
            let destination = destination(&user, medium)?;
            let occasion = Occasion::VerifyAttribute;
            let delivery = Delivery { pool: &pool, user: &user, occasion, destination: &destination };
            let purpose = Purpose::Attribute(input.attribute_name.clone());
            codes::send(ctx, txn, &delivery, purpose, Some(&client.id)).await?;
            Ok(destination)
        })
        .await?;
    ctx.app().outbox.announce();
    Ok(wire::GetUserAttributeVerificationCodeResponse {
        code_delivery_details: Some(views::delivery(&destination)),
    })
}

/// The value that waits for verification, or else the present one.
fn destination(user: &User, medium: Medium) -> Reply<Destination> {
    let name = medium.attribute();
    let address = user.pending.get(name).map(String::as_str).or_else(|| user.attribute(name));
    let address = address.ok_or_else(|| errors::attribute_without_value(name))?.to_owned();
    Ok(Destination { medium, address })
}
