//! What stands behind the port [`Triggers`](crate::Triggers): a map from function ARNs to what answers for them.

mod answer;
mod arn_pattern;
mod chatter;
mod command;
mod fail;
mod function_map;
mod http;
mod process;
mod program;
mod target;

#[cfg(test)]
mod tests;

pub use arn_pattern::ArnPattern;
pub use function_map::{FunctionMap, Unmapped};
pub use target::Target;
