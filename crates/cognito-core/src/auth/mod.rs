//! Sign-in: one pure machine, which every door (operations, pages) drives.

mod custom;
mod flow;
mod mfa;
mod new_password;

pub use custom::{Round, Verdict};
pub use flow::{Event, Outcome, Proof, Refused, State, Subject, begin, step};
pub use mfa::{Decision, decide};
pub use new_password::{NewPassword, missing_attributes};
