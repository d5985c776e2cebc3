//! GET /oauth2/userInfo: what the scopes of an access token tell of its user (OpenID Connect Core 1.0, section 5.3).
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html>

use cognito_core::claims;
use cognito_core::oauth::grant;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Content};
use super::visit::Visit;
use crate::prelude::*;
use crate::service::access::{self, Signed};

const BAD_REQUEST: &str =
    r#"error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint""#;
const BAD_TOKEN: &str = r#"error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out.""#;

pub(super) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let refused = |status, challenge| Ok(Content::Empty { status, challenge: Some(challenge) }.into());
    let Some(token) = visit.bearer() else { return refused(400, BAD_REQUEST) };
    match user_info(ctx, visit, token).await {
        Ok(Some(claims)) => Ok(Answer::json(200, Value::Object(claims))),
        Ok(None) => refused(401, BAD_TOKEN),
        Err(error) if error.status() < 500 => refused(401, BAD_TOKEN),
        Err(error) => Err(error),
    }
}

/// `None` for a token without `openid`, such as those of the API, and on a domain for a token of another pool.
async fn user_info(ctx: &Ctx<'_>, visit: &Visit, token: &str) -> Reply<Option<Map<String, Value>>> {
    let token = access::verify_any(ctx, token).await?;
    let foreign = visit.pool_id().is_some_and(|id| id != token.pool_id);
    if foreign || !token.has_scope("openid") {
        return Ok(None);
    }
    let Signed { client, user, .. } = access::signed(&mut ctx.read(), &token).await?;
    let mut found = Map::new();
    found.insert("sub".to_owned(), json!(user.sub));
    for (name, value) in &user.attributes {
        if client.can_read(name) && grant::tells(|scope| token.has_scope(scope), name) {
            found.extend(claim(name, value));
        }
    }
    found.insert("username".to_owned(), json!(user.username));
    Ok(Some(found))
}

/// As in the ID token, but that flags are text here, and `identities` the text of its JSON.
fn claim(name: &str, value: &str) -> Option<(String, Value)> {
    let claim = match name {
        "identities" => json!(value),
        _ => match claims::attribute(name, value)? {
            Value::Bool(flag) => json!(flag.to_string()),
            claim => claim,
        },
    };
    Some((name.to_owned(), claim))
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::browser::views::LoginPages;
    use testkit::browser::{Body, Content, Endpoint};
    use testkit::world::{attribute_list, merged};

    use crate::oauth::testing::Scene;

    #[tokio::test]
    async fn claims_follow_the_scopes() {
        let scene = Scene::new(json!({})).await;
        let attributes = json!({ "email": "a@example.com", "email_verified": "true", "name": "Alice", "phone_number": "+49151" });
        let update = json!({
            "UserPoolId": scene.pool, "Username": "alice", "UserAttributes": attribute_list(attributes),
        });
        scene.world.ok("AdminUpdateUserAttributes", update).await;
        let check = async |scope: &str, more: Value| {
            let tokens = scene.tokens(&[("scope", scope)]).await;
            let (status, mut found) = scene.user_info(&tokens["access_token"]).await;
            assert_eq!(status, 200);
            assert_eq!(found["sub"].as_str().map(str::len), Some(36));
            found.as_object_mut().unwrap().remove("sub");
            found.as_object_mut().unwrap().remove("phone_number_verified");
            assert_eq!(found, merged(json!({ "username": "alice" }), more), "{scope}");
        };
        let email = json!({ "email": "a@example.com", "email_verified": "true" });
        check("openid email", email.clone()).await;
        check("openid profile", json!({ "name": "Alice" })).await;
        let all = merged(json!({ "name": "Alice", "phone_number": "+49151" }), email);
        check("openid", all).await;
    }

    #[tokio::test]
    async fn refusals() {
        let scene = Scene::new(
            json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }),
        )
        .await;
        let api = scene.world.sign_in(&scene.client, "alice", "Abcdef1!").await;
        assert_eq!(scene.user_info(&api["AccessToken"]).await.0, 401, "tokens of the API have no openid");
        let tokens = scene.tokens(&[("scope", "https://orders.example.com/read")]).await;
        assert_eq!((scene.user_info(&tokens["access_token"]).await.0, tokens.get("id_token")), (401, None));
        let tokens = scene.tokens(&[]).await;
        assert_eq!(scene.user_info(&tokens["id_token"]).await.0, 401);
        assert_eq!(scene.user_info(&json!("x")).await.0, 401);
        for header in [None, Some("Basic eDp4"), Some("Bearer")] {
            let answer = scene.browser().send(Endpoint::UserInfo, "", Body::None, header).await;
            let Content::Empty { status: 400, challenge: Some(challenge) } = answer.content else {
                panic!("{answer:?}")
            };
            assert!(challenge.starts_with(r#"error="invalid_request""#));
        }
        let header = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let mut browser = scene.browser();
        for (pool, expected) in [(scene.pool.clone(), 200), (scene.world.pool(json!({})).await, 401)] {
            browser.at(&pool, LoginPages::Classic);
            let answer = browser.send(Endpoint::UserInfo, "", Body::None, Some(&header)).await;
            let (Content::Json { status, .. } | Content::Empty { status, .. }) = answer.content else {
                panic!("{answer:?}")
            };
            assert_eq!(status, expected, "T4: a domain knows the tokens of its own pool");
        }
        scene.world.advance(Span::hours(1));
        assert_eq!(scene.user_info(&tokens["access_token"]).await.0, 401);
    }
}
