//! Checks the signature of a request: key, date, headers and body.

use std::fmt::{self, Write};
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;

use super::{Authorization, Refused};
use crate::percent;

/// How far the date of a request may be from now, either way.
const TOLERANCE: Duration = Duration::from_secs(15 * 60);

/// A key whose signatures are accepted when signatures are verified.
#[derive(Clone)]
pub struct AccessKey {
    /// The access key id.
    pub id: String,
    /// The secret access key. It is not printed by `Debug`.
    pub secret: String,
    /// The account (12 digits) that the key belongs to; `None`: the id, if that is 12 digits, else `000000000000`.
    pub account: Option<String>,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccessKey")
            .field("id", &self.id)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// What is signed of a request, as it was received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedRequest<'a> {
    pub method: &'a str,
    /// Still percent-encoded.
    pub path: &'a str,
    /// Still percent-encoded, without `?`; empty if there is none.
    pub query: &'a str,
    /// Every header: lower-case name, value; in the order received.
    pub headers: &'a [(&'a str, &'a [u8])],
    pub body: &'a [u8],
}

/// Finds the key that signed the request. `now` is in seconds since 1970, by the clock that callers have too.
pub(crate) fn verify<'k>(
    authorization: &Authorization<'_>,
    request: &SignedRequest<'_>,
    keys: &'k [AccessKey],
    now: i64,
) -> Result<&'k AccessKey, Refused> {
    let key = keys.iter().find(|key| key.id == authorization.access_key_id).ok_or(Refused::UnknownKey)?;
    check_signed_headers(authorization, request)?;
    let timestamp = signing_time(authorization, request)?;
    let dated = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", timestamp)
        .and_then(|time| jiff::tz::TimeZone::UTC.to_timestamp(time))
        .map_err(|_| incomplete("Date must be in ISO-8601 'basic format', YYYYMMDDTHHMMSSZ."))?;
    if dated.as_second().abs_diff(now) > TOLERANCE.as_secs() {
        return Err(Refused::Expired);
    }
    let body_hash = hex(&sha256(request.body));
    // Whoever sends a body's hash must send the right one; a body that isn't signed at all is never accepted.
    if header_values(request, "x-amz-content-sha256").any(|claimed| claimed != body_hash.as_bytes()) {
        return Err(Refused::Mismatch);
    }
    let canonical = canonical_request(request, authorization.signed_headers, &body_hash);
    let expected =
        signature(authorization, &key.secret, timestamp, &canonical).map_err(|_| Refused::Mismatch)?;
    let claimed = authorization.signature.as_bytes();
    match claimed.len() == expected.len() && openssl::memcmp::eq(claimed, expected.as_bytes()) {
        true => Ok(key),
        false => Err(Refused::Mismatch),
    }
}

/// `host` and every `x-amz-*` header must be covered by the signature, else a proxy could exchange them.
fn check_signed_headers(
    authorization: &Authorization<'_>,
    request: &SignedRequest<'_>,
) -> Result<(), Refused> {
    let signed = |name: &str| authorization.signed_headers.split(';').any(|signed| signed == name);
    if !signed("host") && !signed(":authority") {
        return Err(incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."));
    }
    match request.headers.iter().find(|(name, _)| name.starts_with("x-amz-") && !signed(name)) {
        Some((name, _)) => {
            Err(Refused::Incomplete(format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.")))
        }
        None => Ok(()),
    }
}

/// The date of the signature, which must be of the day in the credential scope.
fn signing_time<'a>(
    authorization: &Authorization<'_>,
    request: &SignedRequest<'a>,
) -> Result<&'a str, Refused> {
    let timestamp = header_values(request, "x-amz-date")
        .chain(header_values(request, "date"))
        .next()
        .and_then(|value| std::str::from_utf8(value).ok())
        .ok_or_else(|| {
            incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        })?;
    match timestamp.starts_with(authorization.date) {
        true => Ok(timestamp),
        false => Err(Refused::Mismatch),
    }
}

fn canonical_request(request: &SignedRequest<'_>, signed_headers: &str, body_hash: &str) -> String {
    let mut text = String::with_capacity(512);
    text.push_str(request.method);
    text.push('\n');
    // Encoded once more than it was sent: only S3 signs the path as it is.
    percent::encode(request.path.as_bytes(), true, &mut text);
    text.push('\n');
    push_canonical_query(request.query, &mut text);
    text.push('\n');
    for name in signed_headers.split(';') {
        text.push_str(name);
        text.push(':');
        for (index, value) in header_values(request, name).enumerate() {
            if index > 0 {
                text.push(',');
            }
            push_trimmed(value, &mut text);
        }
        text.push('\n');
    }
    text.push('\n');
    text.push_str(signed_headers);
    text.push('\n');
    text.push_str(body_hash);
    text
}

/// Parameters sorted by encoded name, then by encoded value.
fn push_canonical_query(query: &str, into: &mut String) {
    let recode = |text: &str| {
        let mut encoded = String::new();
        percent::encode(&percent::decode(text), false, &mut encoded);
        encoded
    };
    let mut parameters: Vec<(String, String)> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            (recode(name), recode(value))
        })
        .collect();
    parameters.sort_unstable();
    for (index, (name, value)) in parameters.iter().enumerate() {
        let separator = if index > 0 { "&" } else { "" };
        // Writing to a String can't fail.
        let _ = write!(into, "{separator}{name}={value}");
    }
}

/// Without blanks at both ends, and with one blank for several inside.
fn push_trimmed(value: &[u8], into: &mut String) {
    let value = String::from_utf8_lossy(value);
    for (index, word) in value.split(' ').filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            into.push(' ');
        }
        into.push_str(word);
    }
}

fn header_values<'a>(request: &SignedRequest<'a>, name: &str) -> impl Iterator<Item = &'a [u8]> {
    request.headers.iter().filter(move |(header, _)| *header == name).map(|(_, value)| *value)
}

fn signature(
    authorization: &Authorization<'_>,
    secret: &str,
    timestamp: &str,
    canonical_request: &str,
) -> Result<String, ErrorStack> {
    let Authorization { date, region, service, .. } = authorization;
    let hash = hex(&sha256(canonical_request.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{timestamp}\n{date}/{region}/{service}/aws4_request\n{hash}");
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [*date, *region, *service, "aws4_request", &to_sign] {
        key = hmac(&key, part.as_bytes())?;
    }
    Ok(hex(&key))
}

fn hmac(key: &[u8], data: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(data)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn incomplete(detail: &str) -> Refused {
    Refused::Incomplete(detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys, date and signatures of AWS's published test suite `aws-sig-v4-test-suite`.
    const NOW: i64 = 1_440_938_160; // 2015-08-30T12:36:00Z
    const CREDENTIAL: &str = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
    const GET_VANILLA: &str = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    const POST_VANILLA: &str = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
    const GET_VANILLA_QUERY_ORDER_KEY_CASE: &str =
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    const GET_HEADER_VALUE_TRIM: &str = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736";
    const POST_FORM: &str = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
    const HOST: (&str, &[u8]) = ("host", b"example.amazonaws.com");
    const DATE: (&str, &[u8]) = ("x-amz-date", b"20150830T123600Z");
    const VANILLA: SignedRequest<'static> =
        SignedRequest { method: "GET", path: "/", query: "", headers: &[HOST, DATE], body: b"" };

    #[test]
    fn published_signatures() {
        check(VANILLA, "host;x-amz-date", GET_VANILLA, Ok("AKIDEXAMPLE"));
        check(
            SignedRequest { method: "POST", ..VANILLA },
            "host;x-amz-date",
            POST_VANILLA,
            Ok("AKIDEXAMPLE"),
        );
        let query = SignedRequest { query: "Param2=value2&Param1=value1", ..VANILLA };
        check(query, "host;x-amz-date", GET_VANILLA_QUERY_ORDER_KEY_CASE, Ok("AKIDEXAMPLE"));
        let headers =
            [HOST, ("my-header1", b" value1".as_slice()), ("my-header2", b" \"a   b   c\"".as_slice()), DATE];
        let trim = SignedRequest { headers: &headers, ..VANILLA };
        check(trim, "host;my-header1;my-header2;x-amz-date", GET_HEADER_VALUE_TRIM, Ok("AKIDEXAMPLE"));
        let headers = [HOST, DATE, ("content-type", b"application/x-www-form-urlencoded".as_slice())];
        let form = SignedRequest { method: "POST", headers: &headers, body: b"Param1=value1", ..VANILLA };
        check(form, "content-type;host;x-amz-date", POST_FORM, Ok("AKIDEXAMPLE"));
    }

    /// Made by botocore for this service, with a session token, on 2026-11-23 at 12:00.
    #[test]
    fn a_call_signed_by_botocore() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/cognito-idp/aws4_request, \
            SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
            Signature=bf512b4f1d77acc549828a39fd9c4c992e9f28f0d651ecdc24d7a76089244b03";
        let headers: [(&str, &[u8]); 7] = [
            ("x-amz-target", b"AWSCognitoIdentityProviderService.ListUserPools"),
            ("host", b"localhost:4566"),
            ("content-type", b"application/x-amz-json-1.1"),
            ("x-amz-date", b"20261123T120000Z"),
            ("x-amz-security-token", b"session/token=="),
            ("authorization", header.as_bytes()),
            ("user-agent", b"Boto3"),
        ];
        let body = br#"{"MaxResults":1}"#;
        let request = SignedRequest { method: "POST", headers: &headers, body, ..VANILLA };
        let authorization = Authorization::parse(header).unwrap().unwrap();
        let now = 1_795_435_200; // 2026-11-23T12:00:00Z
        assert_eq!(verify(&authorization, &request, &keys(), now).unwrap().id, "AKIDEXAMPLE");
        let request = SignedRequest { body: br#"{"MaxResults":2}"#, ..request };
        assert_eq!(verify(&authorization, &request, &keys(), now).unwrap_err(), Refused::Mismatch);
    }

    #[test]
    fn anything_changed_is_a_mismatch() {
        let signed = "host;x-amz-date";
        check(SignedRequest { method: "POST", ..VANILLA }, signed, GET_VANILLA, Err(Refused::Mismatch));
        check(SignedRequest { path: "/x", ..VANILLA }, signed, GET_VANILLA, Err(Refused::Mismatch));
        check(SignedRequest { query: "a=b", ..VANILLA }, signed, GET_VANILLA, Err(Refused::Mismatch));
        check(SignedRequest { body: b"{}", ..VANILLA }, signed, GET_VANILLA, Err(Refused::Mismatch));
        let headers = [("host", b"evil.example".as_slice()), DATE];
        check(SignedRequest { headers: &headers, ..VANILLA }, signed, GET_VANILLA, Err(Refused::Mismatch));
        let headers = [HOST, ("x-amz-date", b"20150830T123601Z".as_slice())];
        check(SignedRequest { headers: &headers, ..VANILLA }, signed, GET_VANILLA, Err(Refused::Mismatch));
        let headers = [HOST, ("x-amz-date", b"20150831T000000Z".as_slice())];
        check(SignedRequest { headers: &headers, ..VANILLA }, signed, GET_VANILLA, Err(Refused::Mismatch));
        for wrong in ["", "5", &GET_VANILLA.to_uppercase(), &GET_VANILLA[..63], &format!("{GET_VANILLA}0")] {
            check(VANILLA, signed, wrong, Err(Refused::Mismatch));
        }
    }

    #[test]
    fn what_must_be_signed() {
        let host = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        check(VANILLA, "x-amz-date", GET_VANILLA, Err(incomplete(host)));
        let date = "'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.";
        check(VANILLA, "host", GET_VANILLA, Err(incomplete(date)));
        let headers = [HOST, DATE, ("x-amz-target", b"a".as_slice())];
        let target = "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.";
        check(
            SignedRequest { headers: &headers, ..VANILLA },
            "host;x-amz-date",
            GET_VANILLA,
            Err(incomplete(target)),
        );
        let missing = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
        check(SignedRequest { headers: &[HOST], ..VANILLA }, "host", GET_VANILLA, Err(incomplete(missing)));
        let headers = [HOST, ("date", b"20150830 12:36:00".as_slice())];
        let form = "Date must be in ISO-8601 'basic format', YYYYMMDDTHHMMSSZ.";
        check(
            SignedRequest { headers: &headers, ..VANILLA },
            "host;date",
            GET_VANILLA,
            Err(incomplete(form)),
        );
    }

    #[test]
    fn a_claimed_hash_must_be_the_bodys() {
        for claimed in
            ["UNSIGNED-PAYLOAD", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"]
        {
            let headers = [HOST, DATE, ("x-amz-content-sha256", claimed.as_bytes())];
            let request = SignedRequest { headers: &headers, ..VANILLA };
            check(request, "host;x-amz-content-sha256;x-amz-date", GET_VANILLA, Err(Refused::Mismatch));
        }
    }

    #[test]
    fn fifteen_minutes() {
        for (now, expected) in [
            (NOW + 900, Ok("AKIDEXAMPLE")),
            (NOW + 901, Err(Refused::Expired)),
            (NOW - 900, Ok("AKIDEXAMPLE")),
            (NOW - 901, Err(Refused::Expired)),
        ] {
            check_at(VANILLA, "host;x-amz-date", GET_VANILLA, now, expected);
        }
    }

    #[test]
    fn unknown_keys() {
        let header = "AWS4-HMAC-SHA256 Credential=OTHER/20150830/us-east-1/service/aws4_request, SignedHeaders=host, Signature=a";
        let authorization = Authorization::parse(header).unwrap().unwrap();
        assert_eq!(verify(&authorization, &VANILLA, &keys(), NOW).unwrap_err(), Refused::UnknownKey);
    }

    #[test]
    fn secrets_are_not_printed() {
        assert!(!format!("{:?}", keys()).contains("wJalr"));
    }

    fn keys() -> [AccessKey; 1] {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned();
        [AccessKey { id: "AKIDEXAMPLE".to_owned(), secret, account: None }]
    }

    fn check(
        request: SignedRequest<'_>,
        signed_headers: &str,
        signature: &str,
        expected: Result<&str, Refused>,
    ) {
        check_at(request, signed_headers, signature, NOW, expected);
    }

    fn check_at(
        request: SignedRequest<'_>,
        signed_headers: &str,
        signature: &str,
        now: i64,
        expected: Result<&str, Refused>,
    ) {
        let header =
            format!("AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders={signed_headers}, Signature=x");
        let mut authorization = Authorization::parse(&header).unwrap().unwrap();
        authorization.signature = signature;
        let keys = keys();
        let found = verify(&authorization, &request, &keys, now).map(|key| key.id.as_str());
        assert_eq!(found, expected, "{request:?}");
    }
}
