//! Sign-in: one pure machine, which every door (operations, pages) drives.

mod choice;
mod custom;
mod flow;
mod journey;
mod method;
mod mfa;
mod new_password;
mod wary;

#[cfg(test)]
mod tests;

pub use choice::{First, leading_to, offered, plausible};
pub use custom::{Round, Verdict};
pub use flow::{Event, Outcome, Proof, Refused, State, Subject, begin, begin_choice, judge, reachable, step};
pub use journey::{Flow, Journey, KnownDevice};
pub use method::{Level, Method, Names, amr, level_name, level_named, level_names, levels_named};
pub use mfa::{Decision, decide, may_set_up, usable};
pub use new_password::{NewPassword, missing_attributes};
pub use wary::{has_second_factor, second_look};
