//! The list of the pool's users on the sign-in page, in development: a click on one stands for the password.

use cognito_core::Kind;
use cognito_core::names::SignInNames;
use cognito_core::pool::Pool;
use cognito_core::user::{self, Status, User};
use cognito_store::IndexRange;

use crate::prelude::*;

use super::page::KnownUser;

/// How many users are looked at: those that were made first.
const MOST: usize = 20;

/// The users who may be picked; none unless it is configured.
pub(super) async fn of(ctx: &Ctx<'_>, pool: &Pool) -> Reply<Vec<KnownUser>> {
    if !ctx.app().settings.user_list {
        return Ok(Vec::new());
    }
    let range = IndexRange::prefix(Kind::User, user::BY_CREATION, format!("{}/", pool.id));
    let (users, _) = ctx.read().scan::<User>(range, MOST).await?;
    let users = users.iter().filter(|user| user.enabled && user.status != Status::ExternalProvider);
    Ok(users.map(|user| KnownUser { username: user.username.clone(), label: label(pool, user) }).collect())
}

/// The name that the user would type.
fn label(pool: &Pool, user: &User) -> String {
    let typed = match &pool.sign_in {
        SignInNames::Username { .. } => None,
        SignInNames::Attributes(_) => user.attribute("email").or_else(|| user.attribute("phone_number")),
    };
    typed.unwrap_or(&user.username).to_owned()
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::json;
    use testkit::browser::views::{KnownUser, Notice};
    use testkit::browser::{Browser, Content, Endpoint, View, away, member, page, whole_page};
    use testkit::{Settings, World};

    use crate::oauth::testing::Scene;

    async fn scene(user_list: bool) -> Scene {
        let world = World::with(Settings { user_list, ..Settings::default() }).await;
        Scene::on(world, json!({}), json!({})).await
    }

    async fn listed(browser: &mut Browser<'_>, query: &str) -> Vec<KnownUser> {
        match page(&browser.get(Endpoint::Login, query).await) {
            View::SignIn(view) => view.users.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn off_unless_configured() {
        let scene = scene(false).await;
        let (query, mut browser) = (scene.query(&[]), scene.browser());
        assert_eq!(listed(&mut browser, &query).await, []);
        let csrf = browser.csrf(&query).await;
        let form = [("_csrf", csrf.as_str()), ("pick", "alice")];
        let answer = browser.submit(Endpoint::Login, &query, &form).await;
        assert!(matches!(&whole_page(&answer).notice, Some(Notice::Refused(_))), "{answer:?}");
        assert!(!browser.cookies.contains_key(&format!("cognito-{}", scene.pool)));
    }

    #[tokio::test]
    async fn a_click_signs_in() {
        let scene = scene(true).await;
        scene.world.user(&scene.pool, "bob", "Abcdef1!").await;
        let bob = json!({ "UserPoolId": scene.pool, "Username": "bob" });
        scene.world.ok("AdminDisableUser", bob).await;
        let (query, mut browser) = (scene.query(&[]), scene.browser());
        let alice = KnownUser { username: "alice".to_owned(), label: "alice".to_owned() };
        assert_eq!(listed(&mut browser, &query).await, [alice]);
        // P1: only a form of ours does it.
        let foreign = browser.post(Endpoint::Login, &query, &[("pick", "alice")]).await;
        assert!(matches!(foreign.content, Content::Page { status: 403, .. }), "{foreign:?}");
        let csrf = browser.csrf(&query).await;
        let form = [("_csrf", csrf.as_str()), ("pick", "alice")];
        let location = away(&browser.post(Endpoint::Login, &query, &form).await);
        assert!(member(&location, "code").is_some(), "{location}");
        let again = away(&browser.get(Endpoint::Authorize, &query).await);
        assert!(member(&again, "code").is_some(), "there is a session: {again}");

        let csrf = browser.csrf(&query).await;
        for (name, expected) in [("bob", "User is disabled."), ("nobody", "User does not exist.")] {
            let form = [("_csrf", csrf.as_str()), ("pick", name)];
            let answer = browser.submit(Endpoint::Login, &query, &form).await;
            assert_eq!(whole_page(&answer).notice, Some(Notice::Refused(expected.to_owned())));
        }
    }

    /// The click stands for the password, not for a second factor.
    #[tokio::test]
    async fn second_factors_are_asked() {
        let scene = scene(true).await;
        let factors = json!({
            "UserPoolId": scene.pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
        });
        scene.world.ok("SetUserPoolMfaConfig", factors).await;
        scene.world.advance(Span::seconds(1));
        let (query, mut browser) = (scene.query(&[]), scene.browser());
        let csrf = browser.csrf(&query).await;
        let form = [("_csrf", csrf.as_str()), ("pick", "alice")];
        let answer = browser.submit(Endpoint::Login, &query, &form).await;
        assert!(matches!(page(&answer), View::MfaSetup(_)), "{answer:?}");
    }
}
