//! Sign-up, codes and users.

texts! {
    /// [CAP-floci]
    user_exists() = UsernameExistsException, "User already exists";
    /// [MSG1]
    user_account_exists() = UsernameExistsException, "User account already exists";
    /// [MSG1]
    account_with_attribute_exists(attribute: &str) = UsernameExistsException, "An account with the given {attribute} already exists.";
    /// [DG managing-errors], [MSG]
    alias_exists(attribute: &str) = AliasExistsException, "An account with the {attribute} already exists.";
    /// [MSG]
    user_cannot_be_confirmed(status: &str) = NotAuthorizedException, "User cannot be confirmed. Current status is {status}";
    /// [MSG1]
    user_already_confirmed() = InvalidParameterException, "User is already confirmed.";
    /// unverified
    resend_without_auto_verification() = InvalidParameterException, "Cannot resend codes. Auto verification not turned on.";
    /// [MSG1]
    sign_up_not_permitted() = NotAuthorizedException, "SignUp is not permitted for this user pool";
    /// [CAP-floci]
    code_mismatch() = CodeMismatchException, "Invalid verification code provided, please try again.";
    /// [MSG]
    code_expired() = ExpiredCodeException, "Invalid code provided, please request a code again.";
    /// [MSG]
    attempt_limit_exceeded() = LimitExceededException, "Attempt limit exceeded, please try after some time.";
    /// [MSG]
    no_recovery_address() = InvalidParameterException, "Cannot reset password for the user as there is no registered/verified email or phone_number";
    /// [MSG]
    password_cannot_be_reset() = NotAuthorizedException, "User password cannot be reset in the current state.";
    /// [MSG1]
    contact_administrator() = NotAuthorizedException, "Contact administrator to reset password.";
    /// [MSG1]
    resend_not_possible(username: &str) = UnsupportedUserStateException, "Resend not possible. {username} status is not FORCE_CHANGE_PASSWORD";
    /// [MSG]
    username_should_be_email() = InvalidParameterException, "Username should be an email.";
    /// unverified, after the e-mail text
    username_should_be_phone_number() = InvalidParameterException, "Username should be a phone number.";
    /// [MSG]
    username_should_be_email_or_phone_number() = InvalidParameterException, "Username should be either an email or a phone number.";
    /// [MSG]
    username_like_email() = InvalidParameterException, "Username cannot be of email format, since user pool is configured for email alias.";
    /// unverified, after the e-mail text
    username_like_phone_number() = InvalidParameterException, "Username cannot be of phone number format, since user pool is configured for phone number alias.";
    /// [MSG] for email; [FIELD] cognito-local, issue 102
    username_differs_from_attribute(name: &str) = InvalidParameterException, "User {name} should be empty or same as username, since username attribute is {name}.";
    /// unverified
    requested_attribute_unknown() = InvalidParameterException, "One or more requested attributes do not exist in user pool.";
    /// [FIELD] aws-sdk-js, issues 2570 and 3091
    requested_attribute_missing() = InvalidParameterException, "One or more requested attributes do not exist.";
    /// [FIELD] amplify-js, issue 1669
    preferred_username_too_early() = InvalidParameterException, "Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.";
    /// [MSG]
    unauthorized_attribute() = NotAuthorizedException, "A client attempted to write unauthorized attribute";
    /// unverified
    attribute_twice(name: &str) = InvalidParameterException, "Attribute {name} was given more than once.";
    /// unverified
    password_needed() = InvalidParameterException, "Password is required.";
    /// unverified
    attribute_has_no_code() = InvalidParameterException, "Only email and phone_number can be verified.";
    /// unverified
    attribute_without_value(name: &str) = InvalidParameterException, "User has no value for attribute {name}.";
    /// unverified
    attribute_cannot_be_deleted(name: &str) = InvalidParameterException, "user.{name}: Attribute cannot be deleted.";
}
