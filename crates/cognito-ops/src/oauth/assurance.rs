//! `acr_values`: the levels of assurance that an app asks for, and whether a session of the browser is good enough.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-step-up-authentication.html>

use cognito_core::auth::{self, Level, Subject};
use cognito_core::oauth::BrowserSession;
use cognito_core::pool::Feature;
use cognito_core::user::User;

use super::authorize::Place;
use crate::auth::level;
use crate::prelude::*;

/// The levels that the app asks for, the best first. Values that are no names of levels are left out, and so is
/// everything in a tier without levels: an app that asks is to look at the `acr` that it gets.
pub(crate) fn wanted(place: &Place<'_>) -> Vec<Level> {
    let settings = &place.pool.settings;
    let values = place.request.acr_values.as_deref().filter(|_| settings.has(Feature::StepUp));
    values.map(|values| auth::levels_named(settings.acr_configuration.as_ref(), values)).unwrap_or_default()
}

/// They as TARGET_ACR_VALUES, if there are any.
pub(crate) fn target(place: &Place<'_>) -> Option<String> {
    let names = place.pool.settings.acr_configuration.as_ref();
    let names: Vec<_> =
        wanted(place).into_iter().filter_map(|level| auth::level_name(names, level)).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// The `acr` of a session, for an app that asks.
pub(super) fn acr(place: &Place<'_>, session: &BrowserSession) -> Option<String> {
    let level = reached(place, session).filter(|_| !wanted(place).is_empty())?;
    auth::level_name(place.pool.settings.acr_configuration.as_ref(), level)
}

/// Whether a session of the browser is as good as the best that the user can do. What an identity provider can do it
/// alone knows: there every level that the app names is good enough.
pub(super) async fn is_enough(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    session: &BrowserSession,
    user: &User,
) -> Reply<bool> {
    let wanted = wanted(place);
    if wanted.is_empty() {
        return Ok(true);
    }
    let needed = match session.provider {
        Some(_) => wanted.into_iter().min(),
        None => {
            let subject = Subject { pool: &place.pool, client: &place.client };
            level::reachable(ctx, subject, user, &wanted).await?
        }
    };
    Ok(needed.is_some_and(|needed| reached(place, session).is_some_and(|reached| reached >= needed)))
}

fn reached(place: &Place<'_>, session: &BrowserSession) -> Option<Level> {
    match &session.acr {
        Some(name) => auth::level_named(place.pool.settings.acr_configuration.as_ref(), name),
        None => Level::of(&session.methods),
    }
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::json;
    use testkit::browser::{Browser, Endpoint, View, away, member, ours, page};
    use testkit::world::claims;

    use crate::oauth::testing::Scene;

    const ONE: &str = "urn:cognito:loa:1";
    const FOUR: &str = "urn:cognito:loa:4";

    async fn reuses(scene: &Scene, browser: &mut Browser<'_>, more: &[(&str, &str)]) -> bool {
        let query = scene.query(&[more, &[("prompt", "none")]].concat());
        member(&away(&browser.get(Endpoint::Authorize, &query).await), "code").is_some()
    }

    #[tokio::test]
    async fn who_asks_is_told() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        let asked = scene.query(&[("acr_values", &format!("other {FOUR} {ONE}"))]);
        let location = browser.sign_in(&asked, "alice", "Abcdef1!").await;
        let (_, tokens) = scene.redeem(&member(&location, "code").unwrap(), &[]).await;
        let id = claims(&tokens["id_token"]);
        assert_eq!((&id["acr"], &id["amr"]), (&json!(ONE), &json!(["pwd"])), "alice can do no better");
        let location = away(&browser.get(Endpoint::Authorize, &scene.query(&[])).await);
        let (_, tokens) = scene.redeem(&member(&location, "code").unwrap(), &[]).await;
        assert_eq!(claims(&tokens["id_token"]).get("acr"), None, "nobody asked");
        assert!(reuses(&scene, &mut browser, &[("acr_values", ONE)]).await);
        assert!(reuses(&scene, &mut browser, &[("acr_values", "unknown")]).await);
        assert!(!reuses(&scene, &mut browser, &[("acr_values", FOUR)]).await, "out of reach");
        scene.world.advance(Span::minutes(5));
        assert!(reuses(&scene, &mut browser, &[("max_age", "300")]).await);
        assert!(!reuses(&scene, &mut browser, &[("max_age", "299")]).await);
    }

    /// A session of a password alone is not enough for an app that asks for more, if the user can do more.
    #[tokio::test]
    async fn a_step_up() {
        let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let scene = Scene::new(json!({ "ExplicitAuthFlows": flows })).await;
        let factors = json!({
            "UserPoolId": scene.pool, "MfaConfiguration": "OPTIONAL",
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
        });
        scene.world.ok("SetUserPoolMfaConfig", factors).await;
        let tokens = scene.world.sign_in(&scene.client, "alice", "Abcdef1!").await;
        let app = scene.world.enrol(&tokens["AccessToken"]).await;
        scene.world.advance(Span::minutes(1));
        let mut browser = scene.browser();
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        let levels = format!("{FOUR} {ONE}");
        let asked = [("acr_values", levels.as_str())];
        assert!(!reuses(&scene, &mut browser, &asked).await);
        let query = scene.query(&asked);
        assert!(ours(&browser.get(Endpoint::Authorize, &query).await).starts_with("login?"));
        let csrf = browser.csrf(&query).await;
        let form = [("_csrf", csrf.as_str()), ("username", "alice"), ("password", "Abcdef1!")];
        let answer = browser.submit(Endpoint::Login, &query, &form).await;
        assert!(matches!(page(&answer), View::Code { .. }), "{answer:?}");
        let code = app.code(scene.world.now());
        let form = [("_csrf", csrf.as_str()), ("code", &code)];
        let location = away(&browser.post(Endpoint::Challenge, &browser.query.clone(), &form).await);
        let (_, tokens) = scene.redeem(&member(&location, "code").unwrap(), &[]).await;
        assert_eq!(claims(&tokens["id_token"])["acr"], FOUR);
        assert!(reuses(&scene, &mut browser, &asked).await);
    }
}
