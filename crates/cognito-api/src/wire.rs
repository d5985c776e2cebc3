//! The types that travel: structures and enums under AWS's own names.
//!
//! Write them `wire::UserType`, never by a bare import: the prefix tells wire types from domain types.

// The generated lists are long and have one home; this module is that home's public name.
pub use crate::generated::enums::*;
pub use crate::generated::types::*;
pub use crate::operation::NoOutput;
pub use crate::scalars::{Blob, Timestamp};
pub use crate::sensitive::Sensitive;
