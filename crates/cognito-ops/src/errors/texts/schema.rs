//! Schema and passwords.

texts! {
    /// [MSG]
    invalid_email() = InvalidParameterException, "Invalid email address format.";
    /// [MSG]
    invalid_phone_number() = InvalidParameterException, "Invalid phone number format.";
    /// [MSG]
    attribute_without_type(name: &str) = InvalidParameterException, "Attributes did not conform to the schema: Type for attribute {{{name}}} could not be determined";
    /// [MSG1]
    attribute_not_in_schema(name: &str) = InvalidParameterException, "user.{name}: Attribute does not exist in the schema.";
    /// [MSG1]
    attribute_immutable(name: &str) = InvalidParameterException, "user.{name}: Attribute cannot be updated.";
    /// [MSG]
    attributes_required(list: &str) = InvalidParameterException, "Attributes did not conform to the schema: {list}";
    /// unverified
    attribute_constraint(name: &str, rule: &str) = InvalidParameterException, "Attributes did not conform to the schema: {name}: {rule}";
    /// [MSG]
    password_policy(rule: &str) = InvalidPasswordException, "Password did not conform with policy: {rule}";
    /// unverified; the code is AWS's
    password_used_before() = PasswordHistoryPolicyViolationException, "Password has been used before.";
}
