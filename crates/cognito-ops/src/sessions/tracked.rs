//! The sessions of a user, for the user and for administrators.

use std::sync::Arc;

use cognito_core::Kind;
use cognito_core::client::Client;
use cognito_core::family::{BY_USER, Family};
use cognito_core::oauth::BrowserSession;
use cognito_core::user::User;
use cognito_store::{IndexRange, Txn};

use crate::oauth::browser;
use crate::prelude::*;
use crate::service::pages;

/// The longest page, which holds all sessions of a user whose sign-ins were tracked from the first on.
const MOST: usize = 125;
/// The most sessions of browsers on it; the rest is for the token sessions, of which there are at most 100.
const BROWSERS: usize = 25;

/// A page of sessions in the order of their sign-ins, those of browsers first. `current` is the caller's own.
pub(super) async fn page(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    user: &User,
    token: Option<&str>,
    current: Option<&Family>,
) -> Reply<(Vec<wire::SessionDescriptionType>, Option<String>)> {
    let list = ["ListUserSessions", user.pool_id.as_str(), user.sub.as_str()];
    let after = pages::cursor(ctx, &list, token)?;
    let browsers = if token.is_none() { browsers(ctx, txn, user).await? } else { Vec::new() };
    let range = IndexRange::prefix(Kind::Family, BY_USER, Family::user_prefix(user)).after(after);
    let (families, next) = txn.scan::<Family>(range, MOST - browsers.len()).await?;
    let active = families.iter().filter(|family| family.is_active(user, ctx.now()));
    let tokens = active.map(|family| {
        let is_own = current.is_some_and(|own| own.id == family.id);
        views::token_session(family, is_own)
    });
    let sessions = browsers.iter().map(|session| views::browser_session(session)).chain(tokens);
    Ok((sessions.collect(), pages::token(ctx, &list, next)?))
}

/// The latest sessions of browsers, if they go on, in the order of their sign-ins.
async fn browsers(ctx: &Ctx<'_>, txn: &mut Txn, user: &User) -> Reply<Vec<Arc<BrowserSession>>> {
    let mut active = Vec::new();
    for session in txn.browser_sessions(user, BROWSERS).await?.into_iter().rev() {
        let client = txn.get::<Client>(&Client::key_of(&user.pool_id, &session.client_id)).await?;
        if session.is_active(client.as_deref(), ctx.now()) {
            active.push(session);
        }
    }
    Ok(active)
}

/// Ends a session of the user. `LINKED` ends with a browser's session the tokens that came through it, and with tokens
/// the browser's session that they came through. What is not listed any more is not found.
pub(super) async fn revoke(
    txn: &mut Txn,
    user: &User,
    session_id: &str,
    associated: Option<wire::RevokeAssociatedSessionsType>,
) -> Reply<()> {
    let linked = associated == Some(wire::RevokeAssociatedSessionsType::Linked);
    let mut families = txn.active_families(user).await?;
    let browsers = txn.browser_sessions(user, BROWSERS).await?;
    if let Some(session) = browsers.iter().find(|session| BrowserSession::id_of(&session.hash) == session_id)
    {
        txn.delete(&**session);
        families.retain(|family| linked && family.origin.as_ref() == Some(&session.hash));
    } else {
        families.retain(|family| family.session_id() == session_id);
        let family = families.first().ok_or_else(errors::session_not_found)?;
        if linked {
            browser::end_origin(txn, family).await?;
        }
    }
    for family in families {
        txn.save(&family.ended());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::browser::{Browser, Endpoint, away, member, ours};

    use crate::oauth::testing::{CALLBACK, Scene};

    async fn scene() -> Scene {
        let scene = Scene::new(json!({})).await;
        let set = json!({
            "UserPoolId": scene.pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 },
        });
        scene.world.ok("SetUserPoolSessionConfiguration", set).await;
        scene
    }

    fn alice(scene: &Scene) -> Value {
        json!({ "UserPoolId": scene.pool, "Username": "alice" })
    }

    async fn sessions(scene: &Scene) -> Vec<Value> {
        let answer = scene.world.ok("AdminListUserSessions", alice(scene)).await;
        answer["Sessions"].as_array().unwrap().clone()
    }

    /// The tokens of a browser that is signed in.
    async fn tokens(scene: &Scene, browser: &mut Browser<'_>) -> Value {
        let location = away(&browser.get(Endpoint::Authorize, &scene.query(&[])).await);
        scene.redeem(&member(&location, "code").unwrap(), &[]).await.1
    }

    async fn is_signed_in(scene: &Scene, browser: &mut Browser<'_>) -> bool {
        let query = scene.query(&[("prompt", "none")]);
        member(&away(&browser.get(Endpoint::Authorize, &query).await), "code").is_some()
    }

    #[tokio::test]
    async fn browsers_and_what_came_through_them() {
        let scene = scene().await;
        let mut browser = scene.browser();
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        scene.world.advance(Span::minutes(10));
        let tokens = tokens(&scene, &mut browser).await;
        let [sso, token] = &sessions(&scene).await[..] else { panic!("two sessions") };
        let id = sso["SessionId"].as_str().unwrap();
        assert!(id.len() == 28 && id.starts_with("sso"), "{id}");
        assert_eq!((&sso["SessionType"], &sso["ClientId"]), (&json!("SSO"), &json!(scene.client)));
        assert_eq!((sso.get("OriginSessionId"), &sso["IsCurrentSession"]), (None, &json!(false)));
        assert_eq!(sso["LastActiveDate"], scene.world.now().seconds(), "tokens were granted");
        assert_eq!(sso["CreateDate"], scene.world.now().seconds() - 600);
        assert_eq!(token["OriginSessionId"], sso["SessionId"]);
        scene.world.advance(Span::minutes(50));
        assert_eq!(sessions(&scene).await.len(), 1, "no client takes it any more");
        scene.world.ok("AdminUserGlobalSignOut", alice(&scene)).await;
        assert_eq!(scene.user_info(&tokens["access_token"]).await.0, 401);
    }

    /// As long as some client of the pool takes it for a sign-in, and no longer.
    #[tokio::test]
    async fn how_long_browsers_live() {
        let scene = scene().await;
        let lives = async |browser: &mut Browser<'_>, client: &str, minutes: i64| {
            let mut revoke = alice(&scene);
            browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
            revoke["SessionId"] = sessions(&scene).await[0]["SessionId"].clone();
            scene.world.advance(Span::minutes(minutes));
            let query = scene.query(&[("client_id", client), ("prompt", "none")]);
            let reused = member(&away(&browser.get(Endpoint::Authorize, &query).await), "code").is_some();
            (reused, scene.world.call("AdminRevokeUserSession", revoke).await.is_ok())
        };
        let other = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK], "SupportedIdentityProviders": ["COGNITO"],
        });
        let other = scene.world.client(&scene.pool, other).await;
        assert_eq!(lives(&mut scene.browser(), &scene.client, 59).await, (true, true));
        assert_eq!(lives(&mut scene.browser(), &other, 60).await, (false, false));
        let minutes = json!({
            "UserPoolId": scene.pool, "ClientId": other, "SSOSession": { "MaxValidityMinutes": 90 },
        });
        scene.world.ok("SetUserPoolClientSessionConfiguration", minutes).await;
        assert_eq!(lives(&mut scene.browser(), &scene.client, 60).await, (false, true));
        assert_eq!(lives(&mut scene.browser(), &other, 89).await, (true, true));
        assert_eq!(lives(&mut scene.browser(), &other, 90).await, (false, false));
    }

    /// Of many the latest are listed, in the order of their sign-ins.
    #[tokio::test]
    async fn many_browsers() {
        let scene = scene().await;
        for _ in 0..27 {
            scene.browser().sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
            scene.world.advance(Span::minutes(1));
        }
        let listed = sessions(&scene).await;
        let last = scene.world.now().seconds() - 60;
        assert_eq!(listed.len(), 25);
        assert_eq!(
            (&listed[0]["CreateDate"], &listed[24]["CreateDate"]),
            (&json!(last - 24 * 60), &json!(last))
        );
    }

    #[tokio::test]
    async fn what_ends_together() {
        let scene = scene().await;
        let revoke = async |index: usize, associated: &str| {
            let session = sessions(&scene).await[index]["SessionId"].clone();
            let mut input = alice(&scene);
            input["SessionId"] = session;
            input["RevokeAssociatedSessions"] = json!(associated);
            scene.world.ok("AdminRevokeUserSession", input).await;
        };
        // The session that is ended, whether with what is linked to it, and whether browser and tokens go on.
        for (index, associated, browser_goes_on, tokens_go_on) in [
            (0, "NONE", false, true),
            (0, "LINKED", false, false),
            (1, "NONE", true, false),
            (1, "LINKED", false, false),
        ] {
            let mut browser = scene.browser();
            browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
            let tokens = tokens(&scene, &mut browser).await;
            revoke(index, associated).await;
            assert_eq!(is_signed_in(&scene, &mut browser).await, browser_goes_on, "{index} {associated}");
            let status = scene.user_info(&tokens["access_token"]).await.0;
            assert_eq!(status == 200, tokens_go_on, "{index} {associated}");
            scene.world.advance(Span::days(30));
        }
    }

    #[tokio::test]
    async fn with_a_refresh_token() {
        let scene = scene().await;
        for (associated, goes_on) in [("NONE", true), ("LINKED", false)] {
            let mut browser = scene.browser();
            browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
            let tokens = tokens(&scene, &mut browser).await;
            let revoke = json!({
                "ClientId": scene.client, "Token": tokens["refresh_token"], "RevokeAssociatedSessions": associated,
            });
            scene.world.ok("RevokeToken", revoke).await;
            assert_eq!(is_signed_in(&scene, &mut browser).await, goes_on, "{associated}");
        }
        ours(&scene.browser().get(Endpoint::Authorize, &scene.query(&[])).await);
    }
}
