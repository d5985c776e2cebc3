//! DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse: challenges of the app's own.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html>

use cognito_core::auth::{Round, Verdict};

use super::{About, Metadata, Trigger};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// What CreateAuthChallenge made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Created {
    /// For the client, as ChallengeParameters.
    pub(crate) public: Metadata,
    /// For VerifyAuthChallengeResponse.
    pub(crate) private: Metadata,
    /// `challengeMetadata` of the round.
    pub(crate) metadata: Option<String>,
}

/// Asks what comes next after these rounds.
pub(crate) async fn define(
    _ctx: &Ctx<'_>,
    about: About<'_>,
    _rounds: &[Round],
    _metadata: Option<&Metadata>,
) -> Reply<Verdict> {
    super::call(about.pool, Trigger::DefineAuthChallenge)?;
    Ok(Verdict::Fail)
}

/// Makes the next CUSTOM_CHALLENGE.
pub(crate) async fn create(
    _ctx: &Ctx<'_>,
    about: About<'_>,
    _rounds: &[Round],
    _metadata: Option<&Metadata>,
) -> Reply<Created> {
    super::call(about.pool, Trigger::CreateAuthChallenge)?;
    Ok(Created::default())
}

/// Whether an answer is right.
pub(crate) async fn verify(
    _ctx: &Ctx<'_>,
    about: About<'_>,
    _private: &Metadata,
    _answer: &str,
    _metadata: Option<&Metadata>,
) -> Reply<bool> {
    super::call(about.pool, Trigger::VerifyAuthChallengeResponse)?;
    Ok(false)
}
