//! Identity providers, and the users that come from them.

texts! {
    /// [FIELD] cloudformation-coverage-roadmap, issue 1287
    provider_exists(name: &str, pool_id: &str) = DuplicateProviderException, "{name} already exists in user pool {pool_id}";
    /// [FIELD] aws-cli, issue 3179; terraform-provider-aws, issue 4822
    provider_type(name: &str, kind: &str) = InvalidParameterException, "Provider {name} cannot be of type {kind}.";
    /// unverified
    provider_not_found(name: &str) = ResourceNotFoundException, "Identity provider {name} does not exist.";
    /// unverified
    unsupported_provider(name: &str) = UnsupportedIdentityProviderException, "{name} is no identity provider that can be changed.";
    /// unverified
    provider_detail_missing(name: &str) = InvalidParameterException, "Missing required provider detail: {name}.";
    /// unverified
    provider_detail_value(name: &str) = InvalidParameterException, "Invalid value of the provider detail {name}.";
    /// [FIELD] three projects that create OIDC providers
    well_known_unreachable() = InvalidParameterException, "Unable to contact well-known endpoint";
    /// unverified
    metadata_unreachable() = InvalidParameterException, "Unable to retrieve the SAML metadata from MetadataURL.";
    /// unverified
    metadata_refused(why: &str) = InvalidParameterException, "The SAML metadata cannot be used: {why}.";
    /// unverified
    mapped_attribute(name: &str) = InvalidParameterException, "The attribute {name} of the attribute mapping does not exist in the user pool.";
    /// unverified
    identifier_taken(identifier: &str) = InvalidParameterException, "The identifier {identifier} is already in use in the user pool.";
    /// unverified; the rule is [M]
    levels_need_oidc() = InvalidParameterException, "AcrMapping can only be set for OIDC providers.";
    /// unverified; the rule is [M]
    unknown_level(level: &str) = InvalidParameterException, "AcrMapping has no level {level}.";
    /// [FIELD] amplify-js, issue 13334
    source_is_local() = InvalidParameterException, "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser";
    /// [FIELD] aws-sdk-net, issue 1000
    source_has_signed_up() = InvalidParameterException, "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link";
    /// [FIELD] several projects that link in the pre-sign-up trigger
    already_linked() = InvalidParameterException, "SourceUser is already linked to DestinationUser";
    /// unverified
    linked_to_another() = AliasExistsException, "SourceUser is already linked to another user";
    /// unverified; the rule is [M]
    source_needs_subject(provider: &str) = InvalidParameterException, "ProviderAttributeName must be Cognito_Subject for {provider}.";
    /// unverified; the rule is [M]
    source_attribute_not_mapped(name: &str) = InvalidParameterException, "{name} is not mapped from an attribute of the identity provider.";
    /// unverified
    identity_member_missing(name: &str) = InvalidParameterException, "{name} is missing, empty or too long.";
    /// unverified; the rule is [M]
    local_user_by_subject() = InvalidParameterException, "ProviderAttributeName must be Cognito_Subject for users of the user pool.";
    /// [FIELD] without the username at its end, which the client has no use for
    found_an_entry() = UsernameExistsException, "Already found an entry for username";
    /// unverified
    subject_unusable() = InvalidParameterException, "The identity provider names the user in a way that cannot be taken over.";
    /// unverified
    mapped_value_too_long(attribute: &str) = InvalidParameterException, "user.{attribute}: The value is longer than 2048 characters.";
    /// [MSG1]
    federated_attributes_required(names: &str) = InvalidParameterException, "attributes required: [{names}]";
    /// [FIELD] amplify-js and the forums; said at the second sign-in
    federated_attribute_immutable(attribute: &str) = InvalidParameterException, "user.{attribute}: Attribute cannot be updated.\n";
    /// unverified
    code_not_exchanged() = InvalidParameterException, "Exception processing authorization code";
    /// unverified
    id_token_refused() = InvalidParameterException, "The ID token of the identity provider was refused.";
    /// unverified
    other_provider_answered() = InvalidParameterException, "Another identity provider has answered.";
    /// unverified
    user_info_refused() = InvalidParameterException, "The attributes of the user could not be read from the identity provider.";
    /// unverified
    provider_not_offered() = InvalidParameterException, "Login option is not available. Please try another one";
    /// [FIELD] repost "Invalid SAML response received: ..."; the reasons behind it are ours.
    saml_refused(reason: &str) = InvalidParameterException, "Invalid SAML response received: {reason}";
    /// [FIELD] what those see whose pool takes no sign-in that the provider begins.
    saml_unasked() = InvalidParameterException, "Invalid samlResponse or relayState from identity provider";
    /// What the identity provider itself says.
    provider_said(text: &str) = InvalidParameterException, "{text}";
}
