//! The client commands: `cognito-idp`, `messages`, `triggers`, `completions`.

pub mod call;
pub mod check;
pub mod command;
pub mod completions;
pub mod errors;
pub mod globals;
pub mod help;
pub mod input;
pub mod names;
pub mod output;
pub mod paginate;
pub mod profile;
pub mod query;
pub mod request;
pub mod run;
pub mod settings;
pub mod shorthand;
pub mod sigv4;
pub mod skeleton;
pub mod timezone;
pub mod tools;
pub mod transport;
pub mod value;
