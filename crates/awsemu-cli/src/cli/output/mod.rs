//! How answers are printed: JSON, YAML, text and tables, as the AWS CLI draws them.

pub mod emit;
pub mod json;
pub mod shape;
pub mod table;
pub mod text;
pub mod yaml;
