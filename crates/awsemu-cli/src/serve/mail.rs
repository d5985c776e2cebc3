//! Where e-mails go: nowhere, or to the server of `[smtp]`.

use std::sync::Arc;

use cognito_ops::{Mailer, NoMailer};

use crate::config::file::SmtpSection;

/// The mailer that the settings name.
///
/// # Errors
/// A text that says what is wrong with the settings.
pub fn mailer(settings: Option<SmtpSection>) -> Result<Arc<dyn Mailer>, String> {
    match settings {
        Some(settings) => smtp(settings).map_err(|problem| format!("smtp: {problem}")),
        None => Ok(Arc::new(NoMailer)),
    }
}

#[cfg(feature = "smtp")]
fn smtp(settings: SmtpSection) -> Result<Arc<dyn Mailer>, String> {
    let SmtpSection { url, from, user, password } = settings;
    let account = match (user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        _ => return Err("user and password belong together".to_owned()),
    };
    Ok(Arc::new(cognito_ops::SmtpMailer::new(&url, &from, account)?))
}

#[cfg(not(feature = "smtp"))]
fn smtp(_settings: SmtpSection) -> Result<Arc<dyn Mailer>, String> {
    Err("this awsemu was built without the feature `smtp`".to_owned())
}
