//! Lambda triggers. Functions cannot be mapped to ARNs yet, so a pool that names a function for an occasion gets
//! what AWS answers for a function that cannot be invoked: the operation is refused, never done without it.

use cognito_core::pool::Pool;

use crate::errors::{self, Reply};

/// An occasion on which a function may be called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trigger {
    PreSignUp,
    PostConfirmation,
    PreAuthentication,
    PostAuthentication,
    PreTokenGeneration,
    UserMigration,
    CustomMessage,
}

/// Calls the function of an occasion, if the pool names one.
pub(crate) fn call(pool: &Pool, trigger: Trigger) -> Reply<()> {
    let lambda = &pool.settings.lambda_config;
    let (name, arn) = match trigger {
        Trigger::PreSignUp => ("PreSignUp", &lambda.pre_sign_up),
        Trigger::PostConfirmation => ("PostConfirmation", &lambda.post_confirmation),
        Trigger::PreAuthentication => ("PreAuthentication", &lambda.pre_authentication),
        Trigger::PostAuthentication => ("PostAuthentication", &lambda.post_authentication),
        Trigger::UserMigration => ("UserMigration", &lambda.user_migration),
        Trigger::CustomMessage => ("CustomMessage", &lambda.custom_message),
        Trigger::PreTokenGeneration => {
            let configured =
                lambda.pre_token_generation_config.is_some() || lambda.pre_token_generation.is_some();
            return refuse("PreTokenGeneration", configured);
        }
    };
    refuse(name, arn.is_some())
}

fn refuse(name: &str, configured: bool) -> Reply<()> {
    if configured { Err(errors::trigger_failed(name, "ResourceNotFoundException")) } else { Ok(()) }
}
