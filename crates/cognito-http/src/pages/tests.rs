//! What stands in the HTML: escaping, headers, languages.

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use cognito_ops::page::{
    Asks, CodeSource, DataType, Factor, FeedbackValueType, Field, First, KnownUser, Language, Look, Names,
    Notice, Page, Policy, Provider, SignIn, SignUp, TermsLinks, View,
};

use super::response;

const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

fn policy() -> Policy {
    Policy { minimum_length: 8, uppercase: true, lowercase: true, numbers: true, symbols: true }
}

fn field(name: &str) -> Field {
    Field { name: name.to_owned(), data_type: DataType::String, value: EVIL.to_owned() }
}

/// Every view, with something evil wherever a text goes.
fn views() -> Vec<View> {
    let evil = || EVIL.to_owned();
    let names = Names { username: true, email: true, phone_number: true };
    let terms = TermsLinks {
        terms_of_use: format!("https://example.com/{EVIL}"),
        privacy_policy: format!("https://example.com/{EVIL}"),
    };
    let providers = vec![Provider { name: evil(), query: evil() }];
    let sign_in = |asks| {
        View::SignIn(SignIn {
            names,
            username: evil(),
            asks,
            sign_up: true,
            providers: providers.clone(),
            terms: Some(terms.clone()),
            users: vec![KnownUser { username: evil(), label: evil() }],
        })
    };
    vec![
        sign_in(Asks::Password),
        sign_in(Asks::Name),
        sign_in(Asks::Nothing),
        View::FirstFactor { username: evil(), factors: First::ALL.to_vec() },
        View::Passkey { options: evil() },
        View::Code { source: CodeSource::Sms, destination: Some(evil()) },
        View::Code { source: CodeSource::Authenticator, destination: None },
        View::SelectMfa(Factor::ALL.to_vec()),
        View::MfaSetup(Factor::ALL.to_vec()),
        View::Authenticator { secret: evil(), uri: format!("otpauth://totp/{EVIL}") },
        View::MfaEmail,
        View::NewPassword { policy: policy(), fields: vec![field("given_name"), field(EVIL)] },
        View::SignUp(SignUp {
            names,
            username: evil(),
            policy: policy(),
            needs_password: false,
            fields: vec![field("email"), field(&format!("custom:{EVIL}"))],
            terms: Some(terms.clone()),
        }),
        View::Confirm { username: evil() },
        View::ForgotPassword { names, username: evil() },
        View::ConfirmForgotPassword { username: evil(), policy: policy() },
        View::AddPasskey { options: evil(), back: format!("https://app.example/{EVIL}") },
        View::Verified,
        View::Feedback(FeedbackValueType::Valid),
        View::Feedback(FeedbackValueType::Invalid),
        View::Error,
        View::Unavailable,
    ]
}

fn page(language: Language, notice: Option<Notice>, view: View) -> Page {
    let (query, csrf, interaction) = (EVIL.to_owned(), EVIL.to_owned(), Some(EVIL.to_owned()));
    Page { language, look: Look::plain(), query, interaction, csrf, notice, view }
}

async fn html(page: &Page) -> String {
    let answer = response(StatusCode::OK, page, "../");
    let body = to_bytes(answer.into_body()).await.expect("a body in memory");
    String::from_utf8(body.to_vec()).expect("UTF-8")
}

/// P3 and P4: nothing that comes from a request, a user or a setting becomes markup.
#[actix_web::test]
async fn nothing_is_markup() {
    for view in views() {
        let name = format!("{view:?}");
        let html = html(&page(Language::En, Some(Notice::Refused(EVIL.to_owned())), view)).await;
        assert!(!html.contains("<script>") && !html.contains("<img src=x"), "{name}: {html}");
        assert!(!html.contains(" style=") && !html.contains("javascript:"), "{name}: {html}");
        assert!(!html.contains("value=\"\"'"), "{name}: {html}");
    }
}

/// Forms go on with what the tab is in the middle of; links leave it behind.
#[actix_web::test]
async fn forms_stay_in_their_tab() {
    for view in views() {
        let page = Page { interaction: Some("tab".to_owned()), ..page(Language::En, None, view) };
        let html = html(&page).await;
        for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(!link.contains("interaction"), "{link}");
        }
        for action in html.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(action.ends_with("&#38;interaction=tab"), "{action}");
        }
    }
}

/// P5
#[actix_web::test]
async fn headers() {
    let answer = response(StatusCode::OK, &page(Language::En, None, View::Error), "");
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let policy = header(CONTENT_SECURITY_POLICY);
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert_eq!(header(REFERRER_POLICY), "no-referrer");
}

/// A page that carries a message is no better: what it carries comes from whoever posts.
#[actix_web::test]
async fn what_is_carried_is_no_markup() {
    for language in Language::ALL {
        let fields = [("SAMLResponse", EVIL.to_owned()), ("RelayState", EVIL.to_owned())];
        let answer = super::post(language, "idpresponse", &fields, "../");
        let policy = answer.headers().get(CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
        assert!(policy.is_some_and(|policy| policy.contains("frame-ancestors 'none'")), "{policy:?}");
        let body = to_bytes(answer.into_body()).await.expect("a body in memory");
        let html = String::from_utf8(body.to_vec()).expect("UTF-8");
        assert!(!html.contains("<script>") && !html.contains("<img"), "{html}");
        assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{html}");
        assert_eq!(html.matches("value=\"&#34;&#39;&#62;&#60;script&#62;").count(), 2, "{html}");
    }
}

/// Each language says each page in its own words, and nothing is left to fill in.
#[actix_web::test]
async fn languages() {
    for language in Language::ALL {
        for view in views() {
            let html = html(&page(language, None, view)).await;
            assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{language:?}");
            assert!(!html.contains("{0}"), "{language:?}: {html}");
        }
    }
    let german = html(&page(Language::De, Some(Notice::PasswordChanged), View::Error)).await;
    assert!(german.contains("Ihr Passwort wurde geändert."), "{german}");
}

/// What test suites and password managers look for.
#[actix_web::test]
async fn names_that_others_know() {
    let html = html(&page(Language::En, None, views().remove(0))).await;
    for known in [
        "id=\"signInFormUsername\" name=\"username\"",
        "id=\"signInFormPassword\" name=\"password\" type=\"password\"",
        "name=\"_csrf\"",
        "name=\"signInSubmitButton\"",
        "autocomplete=\"current-password\"",
        "autocomplete=\"username\"",
        "data-testid=\"username\"",
    ] {
        assert!(html.contains(known), "{known}: {html}");
    }
}
