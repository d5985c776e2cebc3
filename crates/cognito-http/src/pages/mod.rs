//! The pages, as HTML. One template shows every view; style and script are files of their own.

mod assets;
mod field;
mod form;
mod qr;
mod texts;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType, HeaderValue, REFERRER_POLICY};
use askama::Template;
use cognito_api::wire::AssetCategoryType as Category;
use cognito_ops::page::{Align, Bar, INTERACTION, Language, LoginPages, Look, Notice, Page, Picture};

pub(crate) use assets::Asset;

use form::Form;
use texts::Texts;

/// Nothing but our own, and no script or style in the page. Where forms lead is left open: browsers hold `form-action`
/// against the redirect that answers a form, too, and apps have schemes of their own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "page.html")]
struct Html<'a> {
    lang: &'static str,
    /// From the page to the root of the pages: links are relative, so that they survive proxies.
    root: &'a str,
    csrf: &'a str,
    /// What forms name beside the request of the app.
    tab: String,
    look: &'a Look,
    /// The style sheet of the looks.
    sheet: String,
    classes: String,
    /// The logo above the form, and where along the line.
    logo_above: Option<(Picture, &'static str)>,
    /// The logo in the form.
    logo_inside: Option<(Picture, &'static str)>,
    header_logo: Option<(Picture, &'static str)>,
    footer_logo: Option<(Picture, &'static str)>,
    icon: Option<Picture>,
    /// What went wrong.
    alert: Option<&'a str>,
    /// What went well.
    status: Option<String>,
    texts: &'static Texts,
    form: Form<'a>,
}

/// A form that posts itself; without scripts, a button does.
#[derive(Template)]
#[template(path = "post.html")]
struct Post<'a> {
    lang: &'static str,
    texts: &'static Texts,
    root: &'a str,
    action: &'a str,
    fields: &'a [(&'static str, String)],
}

/// A page that carries a message on to another site.
pub(crate) fn post(
    language: Language,
    action: &str,
    fields: &[(&'static str, String)],
    root: &str,
) -> HttpResponse {
    let (lang, texts) = (language.tag(), Texts::of(language));
    rendered(StatusCode::OK, &Post { lang, texts, root, action, fields })
}

/// A page with its headers.
pub(crate) fn response(status: StatusCode, page: &Page, root: &str) -> HttpResponse {
    rendered(status, &html(page, root))
}

fn rendered(status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(html) => HttpResponse::build(status)
            .insert_header(ContentType::html())
            .insert_header((CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)))
            .insert_header((REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
            .body(html),
        Err(error) => {
            tracing::error!("failed to render a page: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn html<'a>(page: &'a Page, root: &'a str) -> Html<'a> {
    let texts = Texts::of(page.language);
    let look = &page.look;
    let (alert, status) = match &page.notice {
        None => (None, None),
        Some(Notice::Refused(text)) => (Some(text.as_str()), None),
        Some(Notice::PasswordsDiffer) => (Some(texts.passwords_differ), None),
        Some(Notice::Expired) => (Some(texts.expired), None),
        Some(Notice::CodeSent(Some(to))) => (None, Some(texts.code_sent.replace("{0}", to))),
        Some(Notice::CodeSent(None)) => (None, Some(texts.code_sent_somewhere.to_owned())),
        Some(Notice::Confirmed) => (None, Some(texts.confirmed.to_owned())),
        Some(Notice::PasswordChanged) => (None, Some(texts.password_changed.to_owned())),
    };
    let placed = |category, place: Align| Some((look.picture(category)?, place.as_str()));
    let logo = |inside| {
        let logo = look.logo.filter(|logo| logo.inside == inside)?;
        placed(Category::FormLogo, logo.location)
    };
    let bar_logo = |bar: Option<Bar>, category| placed(category, bar?.logo?);
    Html {
        lang: page.language.tag(),
        root,
        csrf: &page.csrf,
        tab: page.interaction.as_ref().map(|name| format!("&{INTERACTION}={name}")).unwrap_or_default(),
        sheet: look.sheet(),
        classes: classes(look),
        logo_above: logo(false),
        logo_inside: logo(true),
        header_logo: bar_logo(look.header, Category::PageHeaderLogo),
        footer_logo: bar_logo(look.footer, Category::PageFooterLogo),
        icon: look.picture(Category::FaviconSvg).or_else(|| look.picture(Category::FaviconIco)),
        look,
        alert,
        status,
        texts,
        form: form::form(page, texts, root),
    }
}

/// The classes that say where the form is, and how close things are.
fn classes(look: &Look) -> String {
    let generation = match look.pages {
        LoginPages::Classic => "classic",
        LoginPages::Managed => "managed",
    };
    let (horizontal, vertical) = (look.location.horizontal.as_str(), look.location.vertical.as_str());
    let density = if look.compact { " compact" } else { "" };
    format!("{generation} horizontal-{horizontal} vertical-{vertical}{density}")
}

#[cfg(test)]
mod tests;
