//! Settings of pools.

texts! {
    /// [FIELD] measured at AWS by who wrote it for floci (pull request 2867), "then" included
    log_sources(detail: &str) = InvalidParameterException, "Request validation Failed. {detail}";
    /// unverified; the rule is [DG exporting-quotas-and-usage]
    log_level(source: &str) = InvalidParameterException, "Invalid log level for event source {source}.";
    /// unverified; the rule is [DG exporting-quotas-and-usage]
    log_destination(source: &str) = InvalidParameterException, "Invalid log destination for event source {source}.";
    /// [FIELD]: several clients match on it
    two_password_validities() = InvalidParameterException, "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays";
    /// unverified
    only_passkeys() = InvalidParameterException, "WEB_AUTHN cannot be the only allowed first authentication factor.";
    /// unverified
    one_time_codes_with_mfa() = InvalidParameterException, "EMAIL_OTP and SMS_OTP cannot be allowed first authentication factors while MFA is required.";
    /// unverified
    admin_only_and_more() = InvalidParameterException, "admin_only cannot be combined with other account recovery mechanisms.";
    /// unverified
    repeated_recovery() = InvalidParameterException, "Account recovery mechanisms must have different names and priorities.";
    /// unverified
    repeated_level() = InvalidParameterException, "The AcrValue of each level must be unique, default names included.";
    /// unverified
    two_token_triggers() = InvalidParameterException, "PreTokenGeneration and PreTokenGenerationConfig must have the same Lambda function.";
    /// unverified
    aliases_and_username_attributes() = InvalidParameterException, "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.";
    /// unverified
    required_preferred_username() = InvalidParameterException, "preferred_username cannot be required, since user pool is configured for preferred_username alias.";
    /// [FIELD] CloudFormation coverage roadmap, issue 2221
    mfa_without_sms() = InvalidParameterException, "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
    /// [FIELD] CloudFormation coverage roadmap, issue 1176
    mfa_turned_on() = InvalidParameterException, "Cannot turn MFA functionality ON, once the user pool has been created.";
    /// [FIELD] aws-sdk-js, issue 4186
    mfa_without_factor() = InvalidParameterException, "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
    /// [FIELD] terraform-aws-cognito-user-pool, issue 74
    factor_without_mfa() = InvalidParameterException, "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    /// unverified
    sms_not_configured() = InvalidParameterException, "SMS configuration is required for SMS MFA.";
    /// unverified
    email_mfa_and_recovery() = InvalidParameterException, "Email MFA cannot be used while account recovery is by email only.";
    /// unverified
    attribute_needs_name() = InvalidParameterException, "Attributes must have a name.";
    /// [MSG1]
    standard_attribute(name: &str) = InvalidParameterException, "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}";
    /// [MSG1]
    required_custom_attribute() = InvalidParameterException, "Required custom attributes are not supported currently.";
    /// [MSG1]
    attribute_taken(name: &str, given: &str) = InvalidParameterException, "{name}: Existing attribute already has name {given}.";
    /// unverified; the number is AWS's
    too_many_custom_attributes() = InvalidParameterException, "A user pool cannot have more than 50 custom attributes.";
    /// unverified
    attribute_limit(name: &str) = InvalidParameterException, "user.{name}: The limits must be whole numbers, and those of a length not negative.";
    /// [MSG1]
    attribute_too_long(name: &str) = InvalidParameterException, "user.{name}: String attributes cannot have a length of more than 2048";
    /// [MSG1]
    attribute_lengths_crossed(name: &str) = InvalidParameterException, "user.{name}: Max length cannot be less than min length.";
    /// [MSG1]
    attribute_values_crossed(name: &str) = InvalidParameterException, "user.{name}: Max value cannot be less than min value.";
    /// unverified; the number is AWS's
    too_many_tags() = InvalidParameterException, "A user pool cannot have more than 50 tags.";
    /// unverified
    reserved_tag() = InvalidParameterException, "Tag keys cannot begin with aws:, which is reserved.";
    /// Our own.
    invalid_custom_pool_id() = InvalidParameterException, "The value of the tag _custom_id_ must be <region>_<name> with the region of the caller, or the name alone; the name has only letters and digits.";
    /// Our own.
    pool_id_taken(id: &str) = InvalidParameterException, "A user pool with the ID {id} already exists.";
    /// unverified
    invalid_resource_arn() = InvalidParameterException, "The resource ARN is not that of a user pool.";
}
