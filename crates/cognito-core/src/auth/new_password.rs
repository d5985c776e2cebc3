//! The answer to NEW_PASSWORD_REQUIRED. Source: `auth-flows` 4.2 of the specification.

use crate::auth::flow::{Refused, Subject};
use crate::password::Password;
use crate::pool::Pool;
use crate::time::Time;
use crate::user::User;

/// A new password and the attributes that came with it.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// What is to be stored of the password; the policy was checked before.
    pub password: Password,
    /// Attributes by name; each was checked against the schema.
    pub attributes: Vec<(String, String)>,
}

/// The required attributes that the user has no value for.
pub fn missing_attributes(pool: &Pool, user: &User) -> Vec<String> {
    pool.schema.required().filter(|name| user.attribute(name).is_none()).map(str::to_owned).collect()
}

impl NewPassword {
    /// Gives the user the password and the attributes.
    pub(super) fn apply(self, subject: Subject<'_>, user: &mut User, now: Time) -> Result<(), Refused> {
        let given = |name: &str| self.attributes.iter().any(|(n, value)| n == name && !value.is_empty());
        if let Some((name, _)) = self.attributes.iter().find(|(name, _)| user.attribute(name).is_some()) {
            return Err(Refused::AttributeGiven(name.clone()));
        }
        let missing: Vec<String> =
            missing_attributes(subject.pool, user).into_iter().filter(|name| !given(name)).collect();
        if !missing.is_empty() {
            return Err(Refused::AttributesMissing(missing));
        }
        for (name, value) in &self.attributes {
            user.set(name, value);
        }
        user.rename(&subject.pool.sign_in);
        user.set_password(self.password, subject.pool.password_history(), now);
        Ok(())
    }
}
