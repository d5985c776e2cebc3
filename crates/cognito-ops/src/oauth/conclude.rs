//! The end of a sign-in at the pages: the browser has a session, and goes back to the app with a code or tokens.

use cognito_core::oauth::authorize::{Denied, Response};
use cognito_core::oauth::{AuthorizationCode, BrowserSession, code};
use cognito_core::saml::SamlSession;
use cognito_core::session::Owner;
use cognito_core::user::User;
use cognito_store::Txn;

use super::answer::{Answer, Content};
use super::assurance;
use super::authorize::Place;
use super::browser::{self, Name};
use crate::auth::login::SignedIn;
use crate::prelude::*;
use crate::service::issue::{self, Beginning, Begun, Grant, Tracking};
use crate::triggers::pre_token_generation::Source;

/// What goes back to the app.
enum Return {
    Code(String),
    Tokens(Box<Begun>),
}

/// The identity provider that signed a user in.
pub(crate) struct Origin<'a> {
    /// Its name.
    pub(crate) provider: &'a str,
    /// The session there, if it speaks SAML.
    pub(crate) saml: Option<&'a SamlSession>,
}

/// Ends a sign-in: a new session of the browser in the place of the old one, and the way back to the app. `origin` is
/// the identity provider, if one signed the user in.
pub(crate) async fn conclude(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    signed_in: &SignedIn,
    origin: Option<Origin<'_>>,
) -> Reply<Answer> {
    let Place { visit, pool, .. } = place;
    let cookie = browser::secret_text(ctx);
    let user = &signed_in.user;
    let session = BrowserSession {
        pool_id: pool.id.clone(),
        hash: browser::hash(&cookie),
        user: user.key(),
        sub: user.sub.clone(),
        client_id: place.client.id.clone(),
        last: ctx.activity(),
        auth_time: ctx.now(),
        minutes: pool.sso_minutes,
        methods: signed_in.methods.clone(),
        acr: signed_in.acr.clone(),
        provider: origin.as_ref().map(|origin| origin.provider.to_owned()),
        saml: origin.and_then(|origin| origin.saml.cloned()),
    };
    let back = ctx
        .write(async |txn| {
            browser::end_session(txn, visit, pool).await?;
            browser::close_interaction(txn, visit, pool).await?;
            txn.save(&session);
            back(ctx, txn, place, &session, user, signed_in.event.as_deref()).await
        })
        .await?;
    Ok(go(ctx, place, user, back).await?.with([Name::Session.set(pool, cookie)]))
}

/// The way back to the app of a browser that has a session already.
pub(crate) async fn again(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    session: &BrowserSession,
    user: &User,
) -> Reply<Answer> {
    let back = ctx.write(async |txn| back(ctx, txn, place, session, user, None).await).await?;
    go(ctx, place, user, back).await
}

async fn back(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    place: &Place<'_>,
    session: &BrowserSession,
    user: &User,
    event: Option<&str>,
) -> Reply<Return> {
    let Place { pool, client, request, .. } = place;
    let acr = session.acr.clone().or_else(|| assurance::acr(place, session));
    if request.response == Response::Code {
        let text = ctx.uuid();
        txn.save(&AuthorizationCode {
            pool_id: pool.id.clone(),
            hash: browser::hash(&text),
            client_id: client.id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            granted: request.granted.clone(),
            nonce: request.nonce.clone(),
            owner: Owner::of(user),
            session: session.hash.clone(),
            auth_time: session.auth_time,
            methods: session.methods.clone(),
            event: event.map(str::to_owned),
            acr,
            expires: ctx.now() + code::VALIDITY,
            family: None,
        });
        return Ok(Return::Code(text));
    }
    let beginning = Beginning {
        pool,
        client,
        user,
        tracking: Tracking::Off,
        methods: &session.methods,
        event: event.map(str::to_owned),
        acr,
        granted: Some(request.granted.clone()),
        auth_time: session.auth_time,
        refreshes: false,
        origin: Some(&session.hash),
    };
    Ok(Return::Tokens(Box::new(issue::begin(ctx, txn, beginning).await?)))
}

/// Signs the tokens of the implicit flow, which never has a refresh token, outside the write.
async fn go(ctx: &Ctx<'_>, place: &Place<'_>, user: &User, back: Return) -> Reply<Answer> {
    let Place { pool, client, request, .. } = place;
    let begun = match back {
        Return::Code(code) => return Ok(Content::Away(request.with_code(&code)).into()),
        Return::Tokens(begun) => begun,
    };
    let Begun { family, groups, .. } = *begun;
    let grant = Grant {
        pool,
        client,
        user,
        groups: &groups,
        family: &family,
        source: Source::HostedAuth,
        metadata: None,
        nonce: request.nonce.as_deref(),
    };
    let location = match issue::sign(ctx, &grant, None).await {
        Ok(tokens) => {
            let text = |token: &Option<wire::Sensitive<String>>| {
                token.as_ref().map(|token| token.as_str().to_owned()).unwrap_or_default()
            };
            let id = tokens.id_token.as_ref().map(|token| token.as_str());
            request.with_tokens(id, &text(&tokens.access_token), tokens.expires_in.unwrap_or_default())
        }
        Err(refusal) if refusal.status() < 500 => {
            issue::withdraw(ctx, &family).await?;
            request.deny(Denied::InvalidRequest, Some(refusal.message()))
        }
        Err(error) => return Err(error),
    };
    Ok(Content::Away(location).into())
}
