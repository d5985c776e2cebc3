//! Sign-in: the doors to one machine (`cognito_core::auth`).

mod admin_initiate_auth;
mod admin_respond_to_auth_challenge;
mod answer;
mod choice;
mod code;
mod custom;
mod describe;
mod device;
mod factor;
mod initiate_auth;
pub(crate) mod level;
pub(crate) mod login;
#[cfg(test)]
mod meanwhile;
mod new_password;
mod parameters;
mod passkey;
mod password;
mod refresh;
mod respond;
mod respond_to_auth_challenge;
mod secret_block;
pub(crate) mod sessions;
mod srp;
mod start;
#[cfg(test)]
mod testing;
mod turn;
mod watch;

use crate::table::operations;

operations! {
    AdminInitiateAuth => admin_initiate_auth,
    AdminRespondToAuthChallenge => admin_respond_to_auth_challenge,
    InitiateAuth => initiate_auth,
    RespondToAuthChallenge => respond_to_auth_challenge,
}
