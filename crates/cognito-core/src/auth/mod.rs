//! Sign-in: one pure machine, which every door (operations, pages) drives.

mod flow;
mod mfa;
mod new_password;

pub use flow::{Event, Outcome, Proof, Refused, State, Subject, begin, step};
pub use mfa::{Decision, Factor, decide};
pub use new_password::{NewPassword, missing_attributes};
