//! What a browser brings along: its session, what it is in the middle of, and the proof that a form is ours.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_core::client::Client;
use cognito_core::family::Family;
use cognito_core::ids;
use cognito_core::oauth::{BrowserSession, Interaction, Stage, interaction};
use cognito_core::pool::Pool;
use cognito_core::secret;
/// What is stored of a secret text.
pub(crate) use cognito_core::secret::digest as hash;
use cognito_core::user::User;
use cognito_store::Txn;

use super::answer::Cookie;
use super::authorize::Place;
use super::visit::Visit;
use crate::prelude::*;

/// A cookie that a pool sets.
#[derive(Clone, Copy)]
pub(crate) enum Name {
    /// The session: who has it is signed in.
    Session,
    /// What tells the browser from others: the `_csrf` of forms is made of it, and what its tabs are in the middle of is
    /// bound to it.
    Browser,
    /// The language of the pages.
    Language,
}

impl Name {
    const ALL: [Self; 3] = [Self::Session, Self::Browser, Self::Language];

    /// Its name without the pool.
    fn text(self) -> &'static str {
        match self {
            Self::Session => "cognito",
            Self::Browser => "XSRF-TOKEN",
            Self::Language => "lang",
        }
    }

    /// Its name, with the pool in it.
    fn of(self, pool: &Pool) -> String {
        format!("{}-{}", self.text(), pool.id)
    }

    /// Its value, if the browser has it.
    pub(crate) fn value<'a>(self, visit: &'a Visit, pool: &Pool) -> Option<&'a str> {
        visit.cookies.get(&self.of(pool)).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Sets it.
    pub(crate) fn set(self, pool: &Pool, value: String) -> Cookie {
        Cookie { name: self.of(pool), value: Some(value) }
    }

    /// Takes it away.
    pub(crate) fn clear(self, pool: &Pool) -> Cookie {
        Cookie { name: self.of(pool), value: None }
    }
}

/// Whether a cookie of this name is one that a pool sets.
pub fn is_login_cookie(name: &str) -> bool {
    let pool = |own: Name| name.strip_prefix(own.text())?.strip_prefix('-');
    Name::ALL.into_iter().filter_map(pool).any(ids::is_pool_id)
}

/// A value for a cookie or a state that nobody guesses: 256 bits.
pub(crate) fn secret_text(ctx: &Ctx<'_>) -> String {
    URL_SAFE_NO_PAD.encode(ctx.bytes::<32>())
}

/// What tells the browser from others, and the cookie for it if it has none. A sign-in leaves it: other tabs have forms.
fn mark(ctx: &Ctx<'_>, visit: &Visit, pool: &Pool) -> (String, Option<Cookie>) {
    match Name::Browser.value(visit, pool) {
        Some(value) => (value.to_owned(), None),
        None => {
            let value = secret_text(ctx);
            (value.clone(), Some(Name::Browser.set(pool, value)))
        }
    }
}

/// The `_csrf` for the forms of a page, and the cookie that it is made of if the browser has none.
pub(crate) fn csrf(ctx: &Ctx<'_>, visit: &Visit, pool: &Pool) -> (String, Option<Cookie>) {
    let (mark, cookie) = mark(ctx, visit, pool);
    (csrf_of(ctx, pool, &mark), cookie)
}

/// Whether the form that was posted is one that we gave to this browser.
pub(crate) fn is_ours(ctx: &Ctx<'_>, visit: &Visit, pool: &Pool) -> bool {
    let given = visit.form().and_then(|form| form.field("_csrf"));
    let (Some(given), Some(mark)) = (given, Name::Browser.value(visit, pool)) else { return false };
    secret::equal(csrf_of(ctx, pool, mark).as_bytes(), given.as_bytes())
}

fn csrf_of(ctx: &Ctx<'_>, pool: &Pool, mark: &str) -> String {
    URL_SAFE_NO_PAD.encode(ctx.app().installation.derive("csrf", &[&pool.id, mark]))
}

/// The session of the browser and its user, if the client takes it for a sign-in.
pub(crate) async fn session(
    txn: &mut Txn,
    visit: &Visit,
    pool: &Pool,
    client: &Client,
) -> Reply<Option<(Arc<BrowserSession>, Arc<User>)>> {
    let Some(session) = any_session(txn, visit, pool).await? else { return Ok(None) };
    let user = txn.get::<User>(&session.user).await?;
    Ok(user.filter(|user| session.is_good(client, user, txn.now())).map(|user| (session, user)))
}

/// The session of the browser, whether or not a client still takes it.
async fn any_session(txn: &mut Txn, visit: &Visit, pool: &Pool) -> Reply<Option<Arc<BrowserSession>>> {
    let Some(cookie) = Name::Session.value(visit, pool) else { return Ok(None) };
    Ok(txn.get::<BrowserSession>(&BrowserSession::key_of(&pool.id, &hash(cookie))).await?)
}

/// Ends the session of the browser on our side: the cookie is worth nothing any more. To be called inside a write.
pub(crate) async fn end_session(
    txn: &mut Txn,
    visit: &Visit,
    pool: &Pool,
) -> Reply<Option<Arc<BrowserSession>>> {
    let session = any_session(txn, visit, pool).await?;
    if let Some(session) = &session {
        txn.delete(&**session);
    }
    Ok(session)
}

/// Ends the session of the browser that a token family came through. To be called inside a write.
pub(crate) async fn end_origin(txn: &mut Txn, family: &Family) -> Reply<()> {
    let Some(origin) = &family.origin else { return Ok(()) };
    if let Some(session) = txn.get::<BrowserSession>(&BrowserSession::key_of(&family.pool_id, origin)).await?
    {
        txn.delete(&*session);
    }
    Ok(())
}

/// What a tab of this browser is in the middle of, by its name.
pub(crate) async fn interaction(
    txn: &mut Txn,
    visit: &Visit,
    pool: &Pool,
    name: &str,
) -> Reply<Option<Arc<Interaction>>> {
    let Some(mark) = Name::Browser.value(visit, pool) else { return Ok(None) };
    Ok(txn.get::<Interaction>(&Interaction::key_of(&pool.id, &hash_of(mark, name))).await?)
}

/// Remembers what a tab of the browser is in the middle of by a new name, and forgets what it was in the middle of. The
/// answer is the cookie that it is bound to, if the browser has none.
pub(crate) async fn open_interaction(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    name: &str,
    stage: Stage,
) -> Reply<Option<Cookie>> {
    let Place { visit, pool, request, .. } = place;
    let (mark, cookie) = mark(ctx, visit, pool);
    let interaction = Interaction {
        pool_id: pool.id.clone(),
        hash: hash_of(&mark, name),
        request: request.clone(),
        stage,
        expires: ctx.now() + interaction::VALIDITY,
    };
    ctx.write(async |txn| {
        close_interaction(txn, visit, pool).await?;
        txn.save(&interaction);
        Ok(())
    })
    .await?;
    Ok(cookie)
}

/// Forgets what the tab is in the middle of. To be called inside a write.
pub(crate) async fn close_interaction(txn: &mut Txn, visit: &Visit, pool: &Pool) -> Reply<()> {
    let Some(name) = visit.interaction() else { return Ok(()) };
    if let Some(interaction) = interaction(txn, visit, pool, name).await? {
        txn.delete(&*interaction);
    }
    Ok(())
}

fn hash_of(mark: &str, name: &str) -> String {
    hash(format!("{mark}.{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_cookies() {
        let check = |name: &str, expected: bool| assert_eq!(is_login_cookie(name), expected, "{name}");
        for own in Name::ALL {
            check(&format!("{}-us-east-1_AbCdEf123", own.text()), true);
        }
        for name in ["cognito", "cognito-", "cognito-x", "Cognito-us-east-1_A", "us-east-1_A", "session", ""]
        {
            check(name, false);
        }
    }
}
