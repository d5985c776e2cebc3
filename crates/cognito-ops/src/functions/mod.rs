//! What stands behind the port [`Triggers`](crate::Triggers).

mod arn_pattern;

pub use arn_pattern::ArnPattern;
