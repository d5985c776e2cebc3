//! The flows of the pages, one file each. They call the same functions as the operations, through `auth::login`.

pub(crate) mod page;
pub(crate) mod sign_in;

pub use page::{Page, View};
