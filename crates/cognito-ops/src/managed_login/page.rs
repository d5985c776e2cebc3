//! What pages show. How they look is the business of HTTP.

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// What went wrong before, for the user.
    pub notice: Option<String>,
    /// What it is for.
    pub view: View,
}

/// What a page is for.
#[derive(Clone, Debug)]
pub enum View {
    /// The sign-in with a name and a password.
    SignIn {
        /// The proof that the form is ours.
        csrf: String,
        /// The name to begin with.
        username: String,
    },
    /// A request that is not in order.
    Error,
}

impl Page {
    /// The page about a request that is not in order.
    pub fn error() -> Self {
        Self { notice: None, view: View::Error }
    }
}
