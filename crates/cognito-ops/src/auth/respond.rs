//! The answer to a challenge: which one, and whose session it is.

use super::answer::Answer;
use super::parameters::Parameters;
use super::start::Door;
use super::turn::Room;
use super::{choice, code, custom, device, factor, new_password, passkey, password, srp, watch};
use crate::prelude::*;
use crate::triggers::Metadata;

/// The answer to a challenge.
pub(super) struct Respond<'a> {
    pub(super) door: Door<'a>,
    pub(super) client_id: &'a str,
    pub(super) challenge: wire::ChallengeNameType,
    pub(super) session: Option<&'a str>,
    pub(super) responses: Parameters,
    pub(super) metadata: Option<&'a Metadata>,
}

/// Takes the answer.
pub(super) async fn respond(ctx: &Ctx<'_>, answer: Respond<'_>) -> Reply<Answer> {
    use wire::ChallengeNameType as Name;
    let (pool, client) = answer.door.find(&mut ctx.read(), answer.client_id).await?;
    let name = answer.responses.require("USERNAME")?;
    answer.door.check_secret_hash(&client, name, &answer.responses)?;
    let room = Room { door: answer.door, pool: &pool, client: &client, metadata: answer.metadata };
    if pool.is_protected() {
        watch::admit(ctx, &room, &answer.responses).await?;
    }
    match answer.challenge {
        Name::SelectChallenge => choice::select(ctx, &room, &answer).await,
        Name::Password => password::answer(ctx, &room, &answer).await,
        Name::PasswordSrp => srp::answer_srp_a(ctx, &room, &answer).await,
        Name::PasswordVerifier => srp::verify(ctx, &room, &answer).await,
        Name::EmailOtp | Name::SmsOtp | Name::SmsMfa => code::answer(ctx, &room, &answer).await,
        Name::SoftwareTokenMfa => code::answer_software_token(ctx, &room, &answer).await,
        Name::WebAuthn => passkey::answer(ctx, &room, &answer).await,
        Name::NewPasswordRequired => new_password::answer(ctx, &room, &answer).await,
        Name::SelectMfaType => factor::select(ctx, &room, &answer).await,
        Name::MfaSetup => factor::set_up(ctx, &room, &answer).await,
        Name::DeviceSrpAuth => device::begin(ctx, &room, &answer).await,
        Name::DevicePasswordVerifier => device::verify(ctx, &room, &answer).await,
        Name::CustomChallenge => custom::answer(ctx, &room, &answer).await,
        // The name of a flow, which is asked of nobody.
        Name::AdminNoSrpAuth => Err(errors::invalid_session()),
    }
}
