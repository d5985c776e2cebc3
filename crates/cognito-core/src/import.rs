//! User import from CSV files. Source: `users-and-groups` 3.7 of the specification.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html>

use crate::schema::Schema;

mod file;
mod job;
mod row;

pub use file::{Cutter, FileError, MAX_BYTES, Part};
pub use job::{BY_ACCOUNT, BY_CREATION, File, ImportJob, JobError, MAX_JOBS, Outcome, State, Step, Tally};
pub use row::{Row, RowError, columns};

/// The column that says whether a user has a second factor.
pub const MFA_ENABLED: &str = "cognito:mfa_enabled";
/// The column of the username.
pub const USERNAME: &str = "cognito:username";

/// The column of password hashes, which only some files have.
pub const PASSWORD_HASH: &str = "password_hash";

/// The columns of a file for a pool with this schema, in AWS's order.
pub fn header(schema: &Schema) -> impl Iterator<Item = &str> {
    let attributes = schema.0.iter().map(|attribute| attribute.name.as_str());
    attributes.filter(|name| *name != "sub").chain([MFA_ENABLED, USERNAME])
}
