//! Domains and what their login pages show.

texts! {
    /// [FIELD] amplify-cli, issue 3854; content-analysis-on-aws, issue 8
    domain_reserved(word: &str) = InvalidParameterException, "Domain cannot contain reserved word: {word}";
    /// [FIELD] terraform-aws-cognito-user-pool (mineiros-io), issue 69
    domain_characters() = InvalidParameterException, r"The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and hyphens. Please enter a different name that follows this format: ^[a-z0-9](?:[a-z0-9\-]{{0,61}}[a-z0-9])?$";
    /// [MSG1]
    domain_taken() = InvalidParameterException, "Domain already associated with another user pool.";
    /// [FIELD] aws-cdk, issue 10062
    pool_already_has_domain() = InvalidParameterException, "User pool already has a domain configured.";
    /// [FIELD] amplify-cli, its end-to-end tests
    domain_not_found() = InvalidParameterException, "No such domain or user pool exists.";
    /// unverified
    domain_not_qualified() = InvalidParameterException, "The custom domain is not a fully qualified domain name of lower-case letters, numbers and hyphens.";
    /// unverified; the rule is [M]
    domain_certificate() = InvalidParameterException, "The certificate of a custom domain must be one of AWS Certificate Manager in us-east-1.";
    /// unverified
    managed_login_version() = InvalidParameterException, "ManagedLoginVersion must be 1 or 2.";
    /// unverified; the rule is [M]
    only_custom_domains() = InvalidParameterException, "CustomDomainConfig and Routing can only be set for custom domains.";
    /// unverified
    terms_exist(name: &str) = TermsExistsException, "The app client has terms documents of the name {name} already.";
    /// unverified
    terms_not_found(which: &str) = ResourceNotFoundException, "Terms {which} do not exist.";
    /// unverified
    bad_link(link: &str) = InvalidParameterException, "{link} is not a link to a page by HTTPS.";
    /// [TF], its test of aws_cognito_user_pool_ui_customization
    looks_need_domain() = InvalidParameterException, "There has to be an existing domain associated with this user pool";
    /// unverified
    css_syntax() = InvalidParameterException, "The CSS is not a list of rules.";
    /// unverified
    css_selector(selector: &str) = InvalidParameterException, "The CSS has a selector that cannot be customized: {selector}";
    /// unverified
    css_declaration(declaration: &str) = InvalidParameterException, "The CSS has a declaration that is not allowed: {declaration}";
    /// unverified
    logo_format() = InvalidParameterException, "The image must be a PNG or a JPEG.";
    /// unverified
    too_many_custom_domains() = LimitExceededException, "The account has reached its number of custom domains in the region.";
}
