//! TARGET_ACR_VALUES, ACCESS_TOKEN and MAX_AGE: a level of assurance that a sign-in is to reach.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html>

use cognito_core::Span;
use cognito_core::auth::{self, First, Level, Method, Subject};
use cognito_core::pool::Feature;
use cognito_core::user::User;

use super::start::Start;
use super::turn::{self, Room, Turn};
use crate::prelude::*;
use crate::service::{access, passkeys};

/// What a client wants with TARGET_ACR_VALUES, and what an access token is worth for it.
pub(super) struct Target {
    pub(super) level: Level,
    /// What the token's sign-in proved, as far as it leads to the level.
    pub(super) credit: Vec<Method>,
}

/// Reads what is wanted: the first of the levels that the user can reach with the factors on offer.
pub(super) async fn target(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    start: &Start<'_>,
    turn: &Turn,
    offer: &[First],
) -> Reply<Option<Target>> {
    let token = start.parameters.get("ACCESS_TOKEN");
    let Some(values) = start.parameters.get("TARGET_ACR_VALUES") else {
        return if token.is_some() { Err(errors::access_token_without_target()) } else { Ok(None) };
    };
    room.pool.settings.needs(Feature::StepUp, true)?;
    let names = room.pool.settings.acr_configuration.as_ref();
    let wanted = auth::levels_named(names, values);
    if wanted.is_empty() {
        return Err(errors::no_known_level());
    }
    let subject = Subject { pool: room.pool, client: room.client };
    let level = auth::reachable(subject, &turn.user, offer, &wanted);
    let level = level.map_err(|refused| turn::refusal(room.client, refused))?;
    let credit = match token {
        Some(token) => credit(ctx, start, turn, token, level).await?,
        None => Vec::new(),
    };
    Ok(Some(Target { level, credit }))
}

/// The first of the levels that a user can reach.
pub(crate) async fn reachable(
    ctx: &Ctx<'_>,
    subject: Subject<'_>,
    user: &User,
    wanted: &[Level],
) -> Reply<Option<Level>> {
    let txn = &mut ctx.read();
    let passkeys = passkeys::can_sign_in(ctx, txn, subject.pool, Some(user), &user.username).await?;
    Ok(auth::reachable(subject, user, &auth::offered(subject.pool, user, passkeys), wanted).ok())
}

/// What the sign-in of an access token proved. It is worth nothing if it is older than MAX_AGE, or if the level wants
/// another first factor.
async fn credit(
    ctx: &Ctx<'_>,
    start: &Start<'_>,
    turn: &Turn,
    token: &str,
    level: Level,
) -> Reply<Vec<Method>> {
    let signed = access::caller(ctx, token).await?;
    let User { sub, pool_id, .. } = &turn.user;
    if !turn.exists || signed.user.sub != *sub || signed.pool.id != *pool_id {
        return Err(errors::access_token_of_another());
    }
    let age = ctx.now() - signed.family.auth_time;
    let fresh = match start.parameters.get("MAX_AGE") {
        Some(text) => age <= Span::seconds(text.parse().map_err(|_| errors::invalid_max_age())?),
        None => true,
    };
    if !fresh {
        return Ok(Vec::new());
    }
    let methods = &signed.family.methods;
    if Level::of(methods).is_some_and(|reached| reached >= level) {
        return Err(errors::level_already_reached());
    }
    Ok(if methods.contains(&Method::Password) { methods.clone() } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::world::{claims, merged};

    use crate::auth::testing::{PASSWORD, Scene};

    async fn asked(scene: &Scene, more: Value) -> Value {
        scene.initiate("USER_AUTH", merged(json!({ "USERNAME": "alice" }), more)).await
    }

    async fn with_app() -> (Scene, testkit::totp::App, Value) {
        let scene = Scene::with_mfa("OPTIONAL").await;
        let start = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
        let tokens = scene.initiate("USER_PASSWORD_AUTH", start).await["AuthenticationResult"].clone();
        let app = scene.world.enrol(&tokens["AccessToken"]).await;
        scene.world.advance(Span::minutes(1));
        (scene, app, tokens)
    }

    const FOUR: &str = "urn:cognito:loa:4";

    #[tokio::test]
    async fn a_level_asks_for_the_factors_that_it_needs() {
        let (scene, app, _) = with_app().await;
        let parameters = json!({
            "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD, "TARGET_ACR_VALUES": format!("x {FOUR}"),
        });
        let first = asked(&scene, parameters).await;
        assert_eq!(first["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": app.code(scene.world.now()) });
        let answer = scene.respond(&first, code).await;
        for token in ["AccessToken", "IdToken"] {
            let claims = claims(&answer["AuthenticationResult"][token]);
            assert_eq!((&claims["acr"], &claims["amr"]), (&json!(FOUR), &json!(["pwd", "otp", "mfa"])));
        }
        let refresh = json!({ "REFRESH_TOKEN": answer["AuthenticationResult"]["RefreshToken"] });
        let refreshed = scene.initiate("REFRESH_TOKEN_AUTH", refresh).await;
        assert_eq!(claims(&refreshed["AuthenticationResult"]["IdToken"])["acr"], FOUR);
    }

    #[tokio::test]
    async fn an_access_token_is_worth_what_it_proved() {
        let (scene, app, tokens) = with_app().await;
        let step = |more: Value| {
            let parameters = json!({ "TARGET_ACR_VALUES": FOUR, "ACCESS_TOKEN": tokens["AccessToken"] });
            merged(parameters, more)
        };
        assert!(claims(&tokens["AccessToken"]).get("acr").is_none(), "no level was asked for");
        let first = asked(&scene, step(json!({}))).await;
        assert_eq!(first["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": app.code(scene.world.now()) });
        let answer = scene.respond(&first, code).await;
        let stronger = &answer["AuthenticationResult"]["AccessToken"];
        assert_eq!(claims(stronger)["acr"], FOUR);

        let stale = asked(&scene, step(json!({ "MAX_AGE": "30" }))).await;
        assert_eq!(stale["ChallengeName"], "SELECT_CHALLENGE", "the token is older than MAX_AGE");
        let fails = async |parameters: Value| {
            let parameters = merged(json!({ "USERNAME": "alice" }), parameters);
            scene.world.fails("InitiateAuth", scene.start("USER_AUTH", parameters)).await
        };
        assert_eq!(
            fails(step(json!({ "ACCESS_TOKEN": stronger }))).await,
            "InvalidParameterException: The access token already reaches the requested level."
        );
        assert_eq!(
            fails(json!({ "ACCESS_TOKEN": stronger })).await,
            "InvalidParameterException: ACCESS_TOKEN needs TARGET_ACR_VALUES."
        );
        assert_eq!(
            fails(json!({ "TARGET_ACR_VALUES": "gold" })).await,
            "InvalidParameterException: None of TARGET_ACR_VALUES is a level of the user pool."
        );
        scene.world.user(&scene.pool, "bob", PASSWORD).await;
        assert_eq!(
            fails(json!({ "USERNAME": "bob", "TARGET_ACR_VALUES": FOUR })).await,
            "NotAuthorizedException: The user has no authentication factors that reach any of TARGET_ACR_VALUES."
        );
        assert_eq!(
            fails(step(json!({ "USERNAME": "bob", "TARGET_ACR_VALUES": "urn:cognito:loa:1" }))).await,
            "NotAuthorizedException: The access token was issued for another user."
        );
    }
}
