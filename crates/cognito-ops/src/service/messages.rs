//! Messages to users: what is said, and that it is sent. Outside the write that made the code.

use cognito_core::client::Client;
use cognito_core::delivery::Destination;
use cognito_core::pool::Pool;
use cognito_core::template::Occasion;
use cognito_core::user::User;

use crate::ctx::Ctx;
use crate::errors::Reply;
use crate::service::codes::{self, Delivery};
use crate::triggers::{self, Metadata, Trigger};

/// A message with a code or a temporary password.
pub(crate) struct Letter<'a> {
    pub(crate) pool: &'a Pool,
    /// The app client; administrators' operations have none.
    pub(crate) client: Option<&'a Client>,
    pub(crate) user: &'a User,
    pub(crate) occasion: Occasion,
    pub(crate) destination: &'a Destination,
    /// What takes the place of `{####}`.
    pub(crate) code: &'a str,
}

/// Asks the pool's functions what to say, and sends it.
pub(crate) async fn deliver(ctx: &Ctx<'_>, letter: &Letter<'_>, _metadata: Option<&Metadata>) -> Reply<()> {
    let Letter { pool, user, occasion, destination, code, .. } = *letter;
    triggers::call(pool, Trigger::CustomMessage)?;
    let delivery = Delivery { pool, user, occasion, destination };
    ctx.write(async |txn| {
        codes::post(ctx, txn, &delivery, code);
        Ok(())
    })
    .await
}
