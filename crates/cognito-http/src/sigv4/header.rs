//! The `Authorization` header of a signed request.

use cognito_ops::Scope;

use super::Refused;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The account of access keys that don't name one.
const DEFAULT_ACCOUNT: &str = "000000000000";

/// `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, SignedHeaders=a;b, Signature=<hex>`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Authorization<'a> {
    pub access_key_id: &'a str,
    /// `YYYYMMDD`.
    pub date: &'a str,
    pub region: &'a str,
    pub service: &'a str,
    /// Lower-case names, separated by `;`.
    pub signed_headers: &'a str,
    /// Hexadecimal, if it is right.
    pub signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads the header. `None`: it is of another scheme (`Bearer`, `Basic`), so the request is not signed at all.
    pub fn parse(header: &'a str) -> Option<Result<Self, Refused>> {
        let (algorithm, parameters) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        (algorithm == ALGORITHM).then(|| parse_parameters(parameters))
    }

    /// Account and region: an access key id of 12 digits is the account.
    pub fn scope(&self) -> Scope {
        let id = self.access_key_id;
        let account = match id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) {
            true => id,
            false => DEFAULT_ACCOUNT,
        };
        Scope { account: account.to_owned(), region: self.region.to_owned() }
    }

    /// Refuses signatures for other services than this one.
    pub fn check_service(&self, service: &str) -> Result<(), Refused> {
        if self.service == service { Ok(()) } else { Err(Refused::OtherService) }
    }
}

fn parse_parameters(text: &str) -> Result<Authorization<'_>, Refused> {
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for parameter in text.split(',').map(str::trim).filter(|parameter| !parameter.is_empty()) {
        let Some((name, value)) = parameter.split_once('=') else {
            return Err(incomplete("Invalid key=value pair (missing equal-sign) in Authorization header."));
        };
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(incomplete(&format!("Authorization header has '{name}' parameter twice.")));
        }
    }
    let named = [("Credential", credential), ("Signature", signature), ("SignedHeaders", signed_headers)];
    let missing: Vec<String> = named
        .iter()
        .filter(|(_, value)| value.is_none_or(str::is_empty))
        .map(|(name, _)| format!("Authorization header requires '{name}' parameter."))
        .collect();
    let [(_, Some(credential)), (_, Some(signature)), (_, Some(signed_headers))] = named else {
        return Err(Refused::Incomplete(missing.join(" ")));
    };
    if !missing.is_empty() {
        return Err(Refused::Incomplete(missing.join(" ")));
    }
    let Ok([access_key_id, date, region, service, "aws4_request"]) =
        <[&str; 5]>::try_from(credential.split('/').collect::<Vec<_>>())
    else {
        return Err(incomplete("Credential must be of the form key/date/region/service/aws4_request."));
    };
    if !valid_id(access_key_id) || !valid_date(date) || !valid_region(region) || service.is_empty() {
        return Err(incomplete("Credential has an invalid key id, date, region or service."));
    }
    Ok(Authorization { access_key_id, date, region, service, signed_headers, signature })
}

fn incomplete(detail: &str) -> Refused {
    Refused::Incomplete(detail.to_owned())
}

fn valid_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

fn valid_date(date: &str) -> bool {
    date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit())
}

/// The region becomes a part of pool ids and ARNs.
fn valid_region(region: &str) -> bool {
    (1..=32).contains(&region.len())
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        check_scope("AKIDEXAMPLE/20150830/us-east-1/cognito-idp/aws4_request", "000000000000 us-east-1");
        check_scope(
            "123456789012/20150830/eu-central-1/cognito-idp/aws4_request",
            "123456789012 eu-central-1",
        );
        check_scope("1234567890123/20150830/local/cognito-idp/aws4_request", "000000000000 local");
        check_scope(
            "12345678901a/20150830/us-gov-west-1/cognito-idp/aws4_request",
            "000000000000 us-gov-west-1",
        );
    }

    #[test]
    fn forms() {
        let credential = "Credential=test/20150830/us-east-1/cognito-idp/aws4_request";
        for header in [
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host;x-amz-date, Signature=abc"),
            format!("AWS4-HMAC-SHA256 {credential},SignedHeaders=host;x-amz-date,Signature=abc"),
            format!("AWS4-HMAC-SHA256 Signature=abc, {credential}, SignedHeaders=host;x-amz-date, Extra=1"),
        ] {
            let parsed = Authorization::parse(&header).unwrap().unwrap();
            assert_eq!(parsed.signed_headers, "host;x-amz-date");
            assert_eq!(
                (parsed.access_key_id, parsed.signature, parsed.service),
                ("test", "abc", "cognito-idp")
            );
        }
    }

    #[test]
    fn other_schemes_are_not_signatures() {
        for header in ["Bearer abc", "Basic YTpi", "", "AWS4-HMAC-SHA512 a", "aws4-hmac-sha256 Credential=a"]
        {
            assert_eq!(Authorization::parse(header), None, "{header}");
        }
    }

    #[test]
    fn malformed() {
        let rest = "SignedHeaders=host, Signature=abc";
        check_refused(
            "",
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
        );
        check_refused("x", "Invalid key=value pair (missing equal-sign) in Authorization header.");
        check_refused(rest, "Authorization header requires 'Credential' parameter.");
        check_refused(
            "Credential=a/20150830/r/cognito-idp/aws4_request, SignedHeaders=, Signature=a",
            "Authorization header requires 'SignedHeaders' parameter.",
        );
        check_refused(
            &format!("{rest}, Signature=def"),
            "Authorization header has 'Signature' parameter twice.",
        );
        let form = "Credential must be of the form key/date/region/service/aws4_request.";
        for credential in [
            "a",
            "a/20150830/r/cognito-idp",
            "a/20150830/r/cognito-idp/aws4",
            "a/b/20150830/r/cognito-idp/aws4_request",
        ] {
            check_refused(&format!("Credential={credential}, {rest}"), form);
        }
        let part = "Credential has an invalid key id, date, region or service.";
        for credential in [
            "/20150830/r/cognito-idp/aws4_request",
            "a/2015083/r/cognito-idp/aws4_request",
            "a/2015083x/r/cognito-idp/aws4_request",
            "a/20150830//cognito-idp/aws4_request",
            "a/20150830/US_EAST/cognito-idp/aws4_request",
            "a/20150830/r//aws4_request",
        ] {
            check_refused(&format!("Credential={credential}, {rest}"), part);
        }
    }

    #[test]
    fn services() {
        let header =
            "AWS4-HMAC-SHA256 Credential=a/20150830/r/s3/aws4_request, SignedHeaders=host, Signature=a";
        let parsed = Authorization::parse(header).unwrap().unwrap();
        assert_eq!(parsed.check_service("cognito-idp"), Err(Refused::OtherService));
        assert_eq!(Authorization { service: "cognito-idp", ..parsed }.check_service("cognito-idp"), Ok(()));
    }

    fn check_scope(credential: &str, expected: &str) {
        let header = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=a");
        let scope = Authorization::parse(&header).unwrap().unwrap().scope();
        assert_eq!(format!("{} {}", scope.account, scope.region), expected);
    }

    fn check_refused(parameters: &str, expected: &str) {
        let header = format!("AWS4-HMAC-SHA256 {parameters}");
        let refused = Authorization::parse(&header).unwrap().unwrap_err();
        assert_eq!(refused, Refused::Incomplete(expected.to_owned()));
    }
}
