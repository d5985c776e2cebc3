//! The rows of a file, by the dialect of AWS: `\,` is a comma of a value, nothing is quoted, blanks around values count
//! for nothing, and the columns may have any order.

use cognito_api::wire::{PasswordHashingAlgorithmType, UserPoolMfaType};

use super::{MFA_ENABLED, PASSWORD_HASH, USERNAME, header};
use crate::mfa::Factor;
use crate::password::{HashError, ImportedPassword};
use crate::pool::Pool;
use crate::schema::Schema;
use crate::srp;
use crate::user::{Status, User};

/// The longest row in characters.
pub(super) const MAX_CHARACTERS: usize = 16_000;

/// A row that is right as far as can be told without the other users of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The username.
    pub username: String,
    /// What stands in the other columns, without those that are empty.
    pub attributes: Vec<(String, String)>,
    /// Whether the user is to have a second factor, if the row says so.
    pub mfa: Option<bool>,
    /// The hash of the password, if there is one.
    pub hash: Option<String>,
}

/// What is wrong with a row. It names no values, since it goes to the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// It has more than 16,000 characters.
    #[error("the row is too long")]
    TooLong,
    /// It has more or fewer values than the header has columns.
    #[error("the row has another number of values than the header has columns")]
    Columns,
    /// It has no username, or one with a blank in it.
    #[error("the row has no username without blanks")]
    Username,
    /// The flag is none, or does not suit the pool.
    #[error("cognito:mfa_enabled is not what the user pool requires")]
    Mfa,
    /// No address that the pool verifies is verified.
    #[error("no auto-verified attribute is set to true")]
    Unverified,
    /// An address is verified and is not there.
    #[error("{0} is verified and has no value")]
    NoAddress(&'static str),
    /// A birthdate is not `mm/dd/yyyy`.
    #[error("birthdate is not of the form mm/dd/yyyy")]
    Birthdate,
    /// A required attribute has no value.
    #[error("{0} is required and has no value")]
    Required(String),
}

/// The columns of a header, in its order; `None` if they are not exactly those of the pool. That of hashes is needed where
/// the job has an algorithm, and may be there where it has none.
pub fn columns(
    line: &str,
    schema: &Schema,
    algorithm: Option<PasswordHashingAlgorithmType>,
) -> Option<Vec<String>> {
    let columns = values(line);
    let mut given: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut expected: Vec<&str> = header(schema).collect();
    if algorithm.is_some() || given.contains(&PASSWORD_HASH) {
        expected.push(PASSWORD_HASH);
    }
    given.sort_unstable();
    expected.sort_unstable();
    (given == expected).then_some(columns)
}

impl Row {
    /// Reads a row below these columns.
    ///
    /// # Errors
    /// [`RowError`]
    pub fn read(line: &str, columns: &[String], pool: &Pool) -> Result<Self, RowError> {
        if line.chars().count() > MAX_CHARACTERS {
            return Err(RowError::TooLong);
        }
        let values = values(line);
        if values.len() != columns.len() {
            return Err(RowError::Columns);
        }
        let mut row = Self { username: String::new(), attributes: Vec::new(), mfa: None, hash: None };
        for (column, value) in columns.iter().zip(values).filter(|(_, value)| !value.is_empty()) {
            match column.as_str() {
                USERNAME => row.username = value,
                PASSWORD_HASH => row.hash = Some(value),
                MFA_ENABLED => row.mfa = Some(flag(&value).ok_or(RowError::Mfa)?),
                "email_verified" | "phone_number_verified" => {
                    row.attributes.push((column.clone(), value.to_ascii_lowercase()));
                }
                _ => row.attributes.push((column.clone(), value)),
            }
        }
        row.check(pool)?;
        Ok(row)
    }

    /// Makes the user whom this row describes, and who has no password yet, one who was imported: the password is reset
    /// with a code, unless the user can do without. That a row with a phone number switches on codes by SMS is unverified.
    pub fn complete(&self, user: &mut User, pool: &Pool) {
        user.status = match user.can_do_without_password(pool) {
            true => Status::Confirmed,
            false => Status::ResetRequired,
        };
        if self.mfa == Some(true) && user.attribute("phone_number").is_some() {
            user.mfa.enabled.insert(Factor::Sms);
            user.mfa.preferred = Some(Factor::Sms);
        }
    }

    /// The password that was hashed; `None` if the row has no hash. The salt is random.
    ///
    /// # Errors
    /// [`HashError`]
    pub fn password(
        &self,
        algorithm: Option<PasswordHashingAlgorithmType>,
        user: &User,
        salt: [u8; srp::SALT],
    ) -> Result<Option<ImportedPassword>, HashError> {
        let Some(hash) = &self.hash else { return Ok(None) };
        let algorithm = algorithm.ok_or(HashError::Algorithm)?;
        ImportedPassword::read(algorithm, hash, (&user.pool_id, &user.username), salt).map(Some)
    }

    fn check(&self, pool: &Pool) -> Result<(), RowError> {
        if self.username.is_empty() || self.username.contains(char::is_whitespace) {
            return Err(RowError::Username);
        }
        match (pool.settings.mfa, self.mfa) {
            (UserPoolMfaType::On, Some(false)) | (UserPoolMfaType::Off, Some(true)) => {
                return Err(RowError::Mfa);
            }
            _ => {}
        }
        let mut verified = false;
        for (address, flag) in [("email", "email_verified"), ("phone_number", "phone_number_verified")] {
            if self.get(flag) == Some("true") {
                self.get(address).ok_or(RowError::NoAddress(address))?;
                verified |= pool.auto_verifies(address);
            }
        }
        if !verified {
            return Err(RowError::Unverified);
        }
        if self.get("birthdate").is_some_and(|date| !is_birthdate(date)) {
            return Err(RowError::Birthdate);
        }
        match pool.schema.required().find(|name| self.get(name).is_none()) {
            Some(missing) => Err(RowError::Required(missing.to_owned())),
            None => Ok(()),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// The values of a line.
fn values(line: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut value = String::new();
    for character in line.chars() {
        match character {
            ',' if value.ends_with('\\') => {
                value.pop();
                value.push(',');
            }
            ',' => values.push(std::mem::take(&mut value)),
            other => value.push(other),
        }
    }
    values.push(value);
    values.into_iter().map(|value| value.trim().to_owned()).collect()
}

/// The flag of a text, if it is one.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Whether a date is written `mm/dd/yyyy`.
fn is_birthdate(text: &str) -> bool {
    let parts: Vec<_> = text.split('/').collect();
    let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
    let number = |part: &&str| part.parse::<u16>().unwrap_or(0);
    lengths == [2, 2, 4]
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        && (1..=12).contains(&number(&parts[0]))
        && (1..=31).contains(&number(&parts[1]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing;

    #[test]
    fn dialect() {
        let check = |line: &str, expected: &[&str]| assert_eq!(values(line), expected, "{line}");
        check("a,b", &["a", "b"]);
        check(" a b\t, ,\u{a0}c\r", &["a b", "", "c"]);
        check("", &[""]);
        check(r"a\,b,c", &["a,b", "c"]);
        check(r"a\b\,,\,", &[r"a\b,", ","]);
        check("\"a,b\"", &["\"a", "b\""]);
        check(r"=cmd|'/C calc'!A0,+1\,@x", &["=cmd|'/C calc'!A0", "+1,@x"]);
    }

    #[test]
    fn headers_have_the_columns_of_the_pool_in_any_order() {
        let pool = testing::pool(json!({ "Schema": [{ "Name": "level" }] }));
        let names: Vec<&str> = header(&pool.schema).collect();
        let check = |line: String, good: bool| {
            let found = columns(&line, &pool.schema, None);
            assert_eq!(found, good.then(|| values(&line)), "{line}");
        };
        check(names.join(","), true);
        check(names.iter().rev().copied().collect::<Vec<_>>().join(" , ") + "\r", true);
        check(names[1..].join(","), false);
        check(names.join(",") + ",name", false);
        check(names.join(",") + ",custom:other", false);
        check(names.join(",").replace("nickname", "name"), false);
        check(names.join(",").replace("email,", "Email,"), false);
        check(format!("\u{feff}{}", names.join(",")), false);
        check(String::new(), false);
        check(names.join(",") + ",password_hash", true);
        let hashed = |line: &str| columns(line, &pool.schema, Some(PasswordHashingAlgorithmType::Scrypt));
        assert_eq!(hashed(&names.join(",")), None);
        assert!(hashed(&("password_hash,".to_owned() + &names.join(","))).is_some());
    }

    /// A row with these values, in a pool that verifies addresses as it says.
    fn read(pool: Value, row: &[(&str, &str)]) -> Result<Row, RowError> {
        let pool = testing::pool(pool);
        let columns: Vec<String> = header(&pool.schema).map(str::to_owned).collect();
        let value =
            |column: &String| row.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value);
        let line = columns.iter().map(value).collect::<Vec<_>>().join(",");
        Row::read(&line, &columns, &pool)
    }

    const ALICE: [(&str, &str); 3] =
        [(USERNAME, "alice"), ("email", "a@example.com"), ("email_verified", "TRUE")];

    /// ALICE with more.
    fn alice<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        more.iter().copied().chain(ALICE).collect()
    }

    #[test]
    fn a_row_as_it_should_be() {
        let pool = json!({ "AutoVerifiedAttributes": ["email"] });
        let row = read(pool, &alice(&[("address", r"1 Main St\, Town"), (MFA_ENABLED, "False")]));
        let attributes =
            [("email", "a@example.com"), ("email_verified", "true"), ("address", "1 Main St, Town")];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(row, Ok(Row { username: "alice".to_owned(), attributes, mfa: Some(false), hash: None }));
    }

    #[test]
    fn rows_that_are_wrong() {
        let check = |more: &[(&str, &str)], expected: Option<RowError>| {
            let pool = json!({
                "AutoVerifiedAttributes": ["email"],
                "Schema": [{ "Name": "nickname", "Required": true }],
            });
            let row = read(pool, &alice(&[more, &[("nickname", "al")]].concat()));
            assert_eq!(row.err(), expected, "{more:?}");
        };
        check(&[], None);
        check(&[("birthdate", "02/01/1985")], None);
        for bad in ["1985-02-01", "13/01/1985", "02/00/1985", "02/1/19855", "02/01/+985"] {
            check(&[("birthdate", bad)], Some(RowError::Birthdate));
        }
        check(&[("nickname", "")], Some(RowError::Required("nickname".to_owned())));
        check(&[("name", "a,b")], Some(RowError::Columns));
        check(&[(USERNAME, "")], Some(RowError::Username));
        check(&[(USERNAME, "al ice")], Some(RowError::Username));
        check(&[("email_verified", "false")], Some(RowError::Unverified));
        check(&[("email", "")], Some(RowError::NoAddress("email")));
        check(&[("phone_number_verified", "true")], Some(RowError::NoAddress("phone_number")));
        check(&[(MFA_ENABLED, "yes")], Some(RowError::Mfa));
        let only_phone =
            [("email_verified", ""), ("phone_number", "+12065550100"), ("phone_number_verified", "true")];
        check(&only_phone, Some(RowError::Unverified));
        check(&[("profile", &"x".repeat(MAX_CHARACTERS))], Some(RowError::TooLong));
    }

    #[test]
    fn users_who_were_imported() {
        let check = |pool: Value, more: &[(&str, &str)], status: Status, sms: bool| {
            let sms_role = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" });
            let mut request = json!({ "AutoVerifiedAttributes": ["email"], "SmsConfiguration": sms_role });
            request.as_object_mut().unwrap().extend(pool.as_object().unwrap().clone());
            let row = read(request.clone(), &alice(more)).unwrap();
            let mut user = User { attributes: row.attributes.clone(), ..testing::user() };
            row.complete(&mut user, &testing::pool(request));
            assert_eq!(
                (user.status, user.mfa.enabled.contains(&Factor::Sms)),
                (status, sms),
                "{pool} {more:?}"
            );
            assert_eq!(user.mfa.preferred, sms.then_some(Factor::Sms));
        };
        check(json!({}), &[], Status::ResetRequired, false);
        let codes = json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } } });
        check(codes, &[], Status::Confirmed, false);
        let optional = json!({ "MfaConfiguration": "OPTIONAL" });
        let phone = [("phone_number", "+12065550100"), (MFA_ENABLED, "true")];
        check(optional.clone(), &phone, Status::ResetRequired, true);
        check(optional.clone(), &phone[..1], Status::ResetRequired, false);
        check(optional, &phone[1..], Status::ResetRequired, false);
    }

    #[test]
    fn the_second_factor_is_that_of_the_pool() {
        let check = |mode: &str, value: &str, expected: Result<Option<bool>, RowError>| {
            let sms = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" });
            let pool = json!({
                "MfaConfiguration": mode, "SmsConfiguration": sms, "AutoVerifiedAttributes": ["email", "phone_number"],
            });
            let row = read(pool, &alice(&[(MFA_ENABLED, value)]));
            assert_eq!(row.map(|row| row.mfa), expected, "{mode} {value}");
        };
        check("OFF", "", Ok(None));
        check("OFF", "false", Ok(Some(false)));
        check("OFF", "true", Err(RowError::Mfa));
        check("ON", "", Ok(None));
        check("ON", "true", Ok(Some(true)));
        check("ON", "false", Err(RowError::Mfa));
        check("OPTIONAL", "true", Ok(Some(true)));
        check("OPTIONAL", "false", Ok(Some(false)));
    }
}
