//! What is refused before and after a redirect URI is trusted, and what is granted.

use cognito_api::wire;

use super::*;
use crate::testing;

const BASE: &str = "response_type=code&client_id=client&redirect_uri=https%3A%2F%2Fapp.example%2Fcb";

fn client() -> Client {
    let mut client = testing::client(&testing::pool(serde_json::json!({})));
    client.id = "client".to_owned();
    let settings = &mut client.settings;
    settings.callback_urls = Some(vec!["https://app.example/cb".to_owned()]);
    settings.allowed_oauth_flows = Some(vec![wire::OAuthFlowType::Code]);
    settings.allowed_oauth_flows_user_pool_client = true;
    let scopes = ["openid", "email", "orders/read", "orders/gone"];
    settings.allowed_oauth_scopes = Some(scopes.map(str::to_owned).to_vec());
    client
}

fn run(query: &str) -> Result<AuthorizationRequest, Refusal> {
    let parameters = Parameters::parse(query);
    let client = client();
    let trusted = Draft::new(&parameters).and_then(|draft| draft.trust(&client)).map_err(Refusal::Page)?;
    let scopes = BTreeSet::from(["orders/read".to_owned()]);
    trusted.check(&Facts { scopes, resource: query.contains("known"), classic: false })
}

/// What follows the redirect URI, or what the page is about.
fn refused(query: &str) -> String {
    match run(query) {
        Ok(request) => panic!("{query} is taken: {request:?}"),
        Err(Refusal::Page(error)) => format!("page {error}"),
        Err(Refusal::Redirect(location)) => {
            location.strip_prefix("https://app.example/cb").expect("the client's own URI").to_owned()
        }
    }
}

/// O5: the redirect URI is compared letter by letter.
#[test]
fn other_redirect_uris() {
    for uri in [
        "https://evil.example/cb",
        "https://app.example/cb/x",
        "https://app.example/cb?x=1",
        "https://app.example/cb#x",
        "https://app.example/cb/",
        "https://APP.example/cb",
        "https://app.example@evil.example/cb",
        "https://app.example\\@evil.example/cb",
        "https://app.example/%2e%2e/cb",
        "https://app.example:444/cb",
        "http://app.example/cb",
        "https://127.0.0.1/cb",
        "javascript:alert(1)",
        "//app.example/cb",
    ] {
        let query = Parameters::default()
            .with("response_type", "code")
            .with("client_id", "client")
            .with("redirect_uri", uri);
        assert_eq!(refused(&query.encode()), "page redirect_mismatch", "{uri}");
    }
    let encoded = "response_type=code&client_id=client&redirect_uri=https%3A%2F%2Fapp.example%252Fcb";
    assert_eq!(refused(encoded), "page redirect_mismatch");
}

/// O6: two of what decides whom to trust.
#[test]
fn repeated_before_trust() {
    for name in ["redirect_uri=https%3A%2F%2Fapp.example%2Fcb", "client_id=client"] {
        assert_eq!(refused(&format!("{BASE}&{name}")), "page invalid_request");
    }
    assert_eq!(refused("response_type=code"), "page invalid_request");
    assert_eq!(refused("response_type=code&client_id=client"), "page invalid_request");
}

/// O4, O10, O11, O12, O18: what the app is told.
#[test]
fn refused_by_redirect() {
    let check = |more: &str, expected: &str| {
        assert_eq!(refused(&format!("{BASE}&state=s&{more}")), expected, "{more}");
    };
    let invalid = "?state=s&error=invalid_request";
    let scope = "?error_description=invalid_scope&state=s&error=invalid_request";
    check("scope=openid+phone", scope);
    check("scope=email", scope);
    check("scope=*", scope);
    check("scope=+", scope);
    check("scope=%22openid%22", scope);
    check("scope=openid%09email", scope);
    check("scope=other%2Fread", scope);
    check("scope=aws.cognito.signin.user.admin", scope);
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    check(&format!("code_challenge={challenge}"), invalid);
    check(&format!("code_challenge={challenge}&code_challenge_method=plain"), invalid);
    check("code_challenge=short&code_challenge_method=S256", invalid);
    check("code_challenge_method=S256", invalid);
    check("resource=https%3A%2F%2Fknown.example%23x", invalid);
    check("resource=known", invalid);
    check("resource=http%3A%2F%2Fknown.example", invalid);
    check("resource=https%3A%2F%2Fother.example", invalid);
    check("resource=https%3A%2F%2Fknown.example&resource=https%3A%2F%2Fknown.example", invalid);
    check("prompt=none+login", invalid);
    check("prompt=create", invalid);
    check("nonce=a&nonce=b", invalid);
    for age in ["-1", "soon", "1.5", "4294967296", "1&max_age=2"] {
        check(&format!("max_age={age}"), invalid);
    }
    assert_eq!(refused(&format!("{BASE}&state=a&state=b")), "?error=invalid_request");
    let typed = |kind: &str| BASE.replace("response_type=code", &format!("response_type={kind}"));
    for kind in ["code+id_token", "none", "id_token", ""] {
        assert_eq!(refused(&typed(kind)), "?error=invalid_request", "{kind}");
    }
    assert_eq!(refused(&typed("token")), "#error=unauthorized_client");
}

/// O8: what is echoed cannot end a header.
#[test]
fn echoes() {
    let location = refused(&format!("{BASE}&scope=*&state=a%0D%0ASet-Cookie%3A+x%E2%98%83"));
    assert_eq!(
        location,
        "?error_description=invalid_scope&state=a%0D%0ASet-Cookie%3A+x%E2%98%83&error=invalid_request"
    );
}

#[test]
fn sessions() {
    let check = |more: &str, age: i64, expected: bool| {
        let request = run(&format!("{BASE}{more}")).expect("it is in order");
        let now = Time(0) + Span::days(1);
        assert_eq!(request.takes_session(now - Span::seconds(age), now), expected, "{more} {age}");
    };
    check("", 3_600, true);
    check("&prompt=none", 3_600, true);
    check("&prompt=login", 0, false);
    check("&prompt=select_account+consent", 0, false);
    check("&max_age=60", 60, true);
    check("&max_age=60", 61, false);
    check("&max_age=0", 0, false);
}

#[test]
fn granted() {
    let scopes = |more: &str| run(&format!("{BASE}{more}")).expect("it is in order").granted.scopes.join(" ");
    assert_eq!(scopes(""), "openid email orders/read", "all, but what its resource server lost");
    assert_eq!(scopes("&scope=openid"), "openid");
    assert_eq!(scopes("&scope=email+openid+email"), "email openid");
    assert_eq!(scopes("&scope=orders%2Fread+orders%2Fgone"), "orders/read");
    let request = run(&format!(
        "{BASE}&resource=https%3A%2F%2Fknown.example&nonce=n&login_hint=a&lang=de&prompt=login&idp_identifier=i\
         &response_mode=form_post"
    ))
    .expect("it is in order");
    assert_eq!(request.granted.resource.as_deref(), Some("https://known.example"));
    assert_eq!(request.provider, Some(ProviderHint::Identifier("i".to_owned())));
    assert!(!request.takes_session(Time(0), Time(0)));
    assert_eq!(request.with_code("c"), "https://app.example/cb?code=c");
    assert_eq!(
        request.with_tokens(None, "t", 3600),
        "https://app.example/cb#access_token=t&token_type=bearer&expires_in=3600"
    );
}
