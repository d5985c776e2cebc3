//! The flows of the pages, one file each. They call the operations, and sign in through `auth::login`.

pub(crate) mod challenge;
pub(crate) mod confirm;
pub(crate) mod feedback;
pub(crate) mod forgot_password;
mod language;
mod mfa_setup;
pub mod page;
pub(crate) mod passkey;
mod refusal;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod stage;
mod terms;
#[cfg(test)]
mod tests;
mod user_list;
