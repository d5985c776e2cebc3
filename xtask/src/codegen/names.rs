//! AWS's names as Rust's.

/// A member's name as a field: `SMSMfaSettings` becomes `sms_mfa_settings`, `CallbackURLs` `callback_urls`.
pub(super) fn field(name: &str) -> String {
    let field = words(name).join("_");
    match field.as_str() {
        "type" | "ref" | "use" | "match" | "mod" | "move" | "in" => format!("r#{field}"),
        _ => field,
    }
}

/// The words of a camel-case name, in lower case.
fn words(name: &str) -> Vec<String> {
    // `OAuth` is one word and so is the plural of an acronym.
    let name = name.replace("OAuth", "Oauth").replace("URLs", "Urls");
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let starts = letter.is_uppercase()
            && before.is_none_or(|before| {
                !before.is_uppercase() || letters.get(index + 1).is_some_and(|next| next.is_lowercase())
            });
        match words.last_mut() {
            Some(word) if !starts => word.extend(letter.to_lowercase()),
            _ => words.push(letter.to_lowercase().collect()),
        }
    }
    words
}

/// The name that serde's `rename_all = "PascalCase"` gives to a field.
pub(super) fn pascal(field: &str) -> String {
    field.trim_start_matches("r#").split('_').map(capitalised).collect()
}

/// An enum value as a variant: `ALLOW_USER_AUTH` becomes `AllowUserAuth`, `V1_0` stays.
pub(super) fn variant(value: &str) -> String {
    let mut variant = String::new();
    for word in value.split(['_', '-']) {
        let word = if word.chars().any(char::is_lowercase) { word.to_owned() } else { word.to_lowercase() };
        let digits_meet = variant.ends_with(|last: char| last.is_ascii_digit())
            && word.starts_with(|first: char| first.is_ascii_digit());
        if digits_meet {
            variant.push('_');
        }
        variant.push_str(&capitalised(&word));
    }
    variant
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let check = |name: &str, expected: &str| assert_eq!(field(name), expected);
        check("UserPoolId", "user_pool_id");
        check("SMSMfaSettings", "sms_mfa_settings");
        check("MFAOptions", "mfa_options");
        check("CSS", "css");
        check("CSSVersion", "css_version");
        check("CallbackURLs", "callback_urls");
        check("AllowedOAuthFlowsUserPoolClient", "allowed_oauth_flows_user_pool_client");
        check("KMSKeyID", "kms_key_id");
        check("BlockedIPRangeList", "blocked_ip_range_list");
        check("PrimaryRoute53HealthCheckId", "primary_route53_health_check_id");
        check("S3Bucket", "s3_bucket");
        check("headerName", "header_name");
        check("Type", "r#type");
    }

    #[test]
    fn variants() {
        let check = |value: &str, expected: &str| assert_eq!(variant(value), expected);
        check("ADMIN_NO_SRP_AUTH", "AdminNoSrpAuth");
        check("phone_number", "PhoneNumber");
        check("SignInWithApple", "SignInWithApple");
        check("TLS_V1_2_2021", "TlsV1_2_2021");
        check("V1_0", "V1_0");
        check("N_A", "NA");
        check("SAML2", "Saml2");
    }
}
