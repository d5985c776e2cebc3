//! The answer to a challenge: which one, and whose session it is.

use super::answer::Answer;
use super::new_password;
use super::parameters::Parameters;
use super::start::Door;
use crate::prelude::*;
use crate::service::secret_hash;

/// The answer to a challenge.
pub(super) struct Respond<'a> {
    pub(super) door: Door<'a>,
    pub(super) client_id: &'a str,
    pub(super) challenge: wire::ChallengeNameType,
    pub(super) session: Option<&'a str>,
    pub(super) responses: Parameters,
}

/// Takes the answer.
pub(super) async fn respond(ctx: &Ctx<'_>, answer: Respond<'_>) -> Reply<Answer> {
    let (pool, client) = answer.door.find(&mut ctx.read(), answer.client_id).await?;
    let name = answer.responses.require("USERNAME")?;
    secret_hash::check(&client, name, answer.responses.get("SECRET_HASH"))?;
    match answer.challenge {
        wire::ChallengeNameType::NewPasswordRequired => {
            new_password::answer(ctx, &pool, &client, &answer).await
        }
        other => Err(ApiError::not_implemented(other.as_str())),
    }
}
