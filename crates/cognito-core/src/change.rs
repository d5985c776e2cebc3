//! Changes of a user's attributes: what is written at once, what waits for its verification, and where codes go.
//! Source: `users-and-groups` 3.3 of the specification.

use crate::delivery::{Destination, Medium};
use crate::pool::Pool;
use crate::time::Time;
use crate::user::User;

/// Who changes attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The user.
    User,
    /// An administrator, who may say that an address is verified.
    Admin,
}

/// Writes attributes that were checked; an empty value deletes. Gives the addresses to which a code must be sent.
///
/// A new e-mail address or phone number is not verified, unless an administrator says so in the same change. Where the
/// pool wants it verified before it counts, it waits in `pending`, and the present one stays.
pub fn write(
    user: &mut User,
    pool: &Pool,
    writer: Writer,
    attributes: &[(String, String)],
    now: Time,
) -> Vec<Destination> {
    let mut codes = Vec::new();
    // Addresses go first, so that a flag that was sent along is the one that stays.
    for medium in [Medium::Email, Medium::Sms] {
        if let Some((_, value)) = attributes.iter().find(|(name, _)| name == medium.attribute()) {
            let vouched = writer == Writer::Admin && is_vouched(medium, attributes);
            codes.extend(write_address(user, pool, medium, value, vouched));
        }
    }
    for (name, value) in attributes {
        if Medium::of_attribute(name).is_none() {
            user.set(name, value);
        }
    }
    user.rename(&pool.sign_in);
    user.modified = now;
    codes
}

/// Deletes attributes, and what hangs on them: the verification of an address, and the address that waits for it.
pub fn delete<'a>(user: &mut User, pool: &Pool, names: impl IntoIterator<Item = &'a str>, now: Time) {
    for name in names {
        match Medium::of_attribute(name) {
            Some(medium) => delete_address(user, medium),
            None => user.set(name, ""),
        }
    }
    user.rename(&pool.sign_in);
    user.modified = now;
}

fn write_address(
    user: &mut User,
    pool: &Pool,
    medium: Medium,
    value: &str,
    vouched: bool,
) -> Option<Destination> {
    let name = medium.attribute();
    if value.is_empty() {
        delete_address(user, medium);
        return None;
    }
    user.pending.remove(name);
    if user.attribute(name) == Some(value) {
        return None;
    }
    let destination = Destination { medium, address: value.to_owned() };
    if vouched {
        user.set(name, value);
        return None;
    }
    if pool.verifies_before_update(name) {
        user.pending.insert(name.to_owned(), value.to_owned());
        return Some(destination);
    }
    user.set(name, value);
    user.set(&flag(medium), "false");
    pool.auto_verifies(name).then_some(destination)
}

fn delete_address(user: &mut User, medium: Medium) {
    user.pending.remove(medium.attribute());
    user.set(medium.attribute(), "");
    user.set(&flag(medium), "");
}

fn is_vouched(medium: Medium, attributes: &[(String, String)]) -> bool {
    attributes.iter().any(|(name, value)| *name == flag(medium) && value.eq_ignore_ascii_case("true"))
}

fn flag(medium: Medium) -> String {
    format!("{}_verified", medium.attribute())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A pool that auto-verifies `email` and perhaps wants it verified first.
    fn pool(verify_first: bool) -> Pool {
        let first: &[&str] = if verify_first { &["email"] } else { &[] };
        serde_json::from_value(json!({
            "id": "us-east-1_AbCdEf123", "region": "us-east-1", "account": "000000000000",
            "sign_in": { "Username": { "aliases": ["Email"] } },
            "schema": [], "tags": {}, "created": 0, "modified": 0,
            "settings": {
                "name": "pool", "policies": {}, "deletion_protection": "INACTIVE", "lambda_config": {},
                "auto_verified_attributes": ["email"], "verification_message_template": {}, "mfa": "OFF",
                "user_attribute_update_settings": { "AttributesRequireVerificationBeforeUpdate": first },
                "email_configuration": {}, "admin_create_user_config": {}, "tier": "ESSENTIALS",
            },
        }))
        .unwrap()
    }

    fn user() -> User {
        let mut user: User = serde_json::from_value(json!({
            "pool_id": "us-east-1_AbCdEf123", "username": "alice", "sub": "34c84488-e0e1-40ae-92ee-991ad1a898c8",
            "case": "Sensitive", "status": "Confirmed", "enabled": true, "password": null, "sign_outs": 0,
            "attributes": [["email", "a@x.com"], ["email_verified", "true"], ["name", "A"]],
            "created": 0, "modified": 0,
        }))
        .unwrap();
        user.rename(&pool(false).sign_in);
        user
    }

    /// The attributes as `name=value`, then `~value` for what waits, `@name` for aliases and `>address` for codes.
    fn shown(user: &User, codes: &[Destination]) -> String {
        let mut parts: Vec<_> =
            user.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        parts.extend(user.pending.values().map(|value| format!("~{value}")));
        parts.extend(user.aliases.iter().map(|alias| format!("@{alias}")));
        parts.extend(codes.iter().map(|code| format!(">{}", code.address)));
        parts.join(" ")
    }

    fn check(writer: Writer, verify_first: bool, attributes: &[(&str, &str)], expected: &str) {
        let attributes: Vec<_> = attributes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let mut user = user();
        let codes = write(&mut user, &pool(verify_first), writer, &attributes, Time(5));
        assert_eq!(shown(&user, &codes), expected, "{writer:?} {verify_first} {attributes:?}");
        assert_eq!(user.modified, Time(5));
    }

    #[test]
    fn addresses() {
        use Writer::{Admin, User};
        let new = ("email", "b@x.com");
        let changed = "email=b@x.com email_verified=false name=A >b@x.com";
        check(User, false, &[new], changed);
        check(Admin, false, &[new], changed);
        check(Admin, false, &[("email_verified", "false"), new], changed);
        check(
            Admin,
            false,
            &[("email_verified", "True"), new],
            "email=b@x.com email_verified=True name=A @b@x.com",
        );
        check(User, true, &[new], "email=a@x.com email_verified=true name=A ~b@x.com @a@x.com >b@x.com");
        check(Admin, true, &[new], "email=a@x.com email_verified=true name=A ~b@x.com @a@x.com >b@x.com");
        check(
            Admin,
            true,
            &[new, ("email_verified", "true")],
            "email=b@x.com email_verified=true name=A @b@x.com",
        );
        check(User, false, &[("email", "a@x.com")], "email=a@x.com email_verified=true name=A @a@x.com");
        check(User, false, &[("email", ""), ("name", "")], "");
        check(Admin, false, &[("email_verified", "false")], "email=a@x.com email_verified=false name=A");
        let phone = "email=a@x.com email_verified=true name=A phone_number=+4912345 phone_number_verified=false @a@x.com";
        check(User, false, &[("phone_number", "+4912345")], phone);
    }

    #[test]
    fn a_value_that_waits_is_replaced_and_withdrawn() {
        let pool = pool(true);
        let mut user = user();
        let mut change = |value: &str| {
            let codes =
                write(&mut user, &pool, Writer::User, &[("email".to_owned(), value.to_owned())], Time(5));
            shown(&user, &codes)
        };
        let present = "email=a@x.com email_verified=true name=A";
        assert_eq!(change("b@x.com"), format!("{present} ~b@x.com @a@x.com >b@x.com"));
        assert_eq!(change("c@x.com"), format!("{present} ~c@x.com @a@x.com >c@x.com"));
        assert_eq!(change("a@x.com"), format!("{present} @a@x.com"));
    }

    #[test]
    fn deleting() {
        let mut user = user();
        user.pending.insert("email".to_owned(), "b@x.com".to_owned());
        delete(&mut user, &pool(true), ["email", "nickname"], Time(5));
        assert_eq!(shown(&user, &[]), "name=A");
    }
}
