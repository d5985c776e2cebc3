//! POST /oauth2/token: tokens for a code, for a refresh token, or for a client itself.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html>

use cognito_api::wire::OAuthFlowType;
use cognito_core::client::Client;
use cognito_core::oauth::token::{Grant, TokenError};
use cognito_core::pool::Pool;
use serde_json::{Value, json};

use super::answer::Answer;
use super::caller::{self, Refused};
use super::redeem;
use super::visit::Visit;
use crate::prelude::*;
use crate::service::issue;
use crate::service::{machine, refreshing};
use crate::triggers::pre_token_generation::Source;

pub(super) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    match tokens(ctx, visit).await {
        Ok(body) => Ok(Answer::json(200, body)),
        Err(refused) => refused.answer(400),
    }
}

async fn tokens(ctx: &Ctx<'_>, visit: &Visit) -> Result<Value, Refused> {
    let form = visit.form().ok_or(TokenError::InvalidRequest)?;
    let (pool, client) = caller::client(ctx, visit, form).await?;
    match Grant::read(form)? {
        Grant::Code { code, redirect_uri, verifier } => {
            check_flow(&client, OAuthFlowType::Code)?;
            redeem::code(ctx, &pool, &client, code, redirect_uri, verifier).await
        }
        Grant::Refresh { token } => refresh(ctx, &pool, &client, token).await,
        Grant::Client { scopes, metadata } => {
            check_flow(&client, OAuthFlowType::ClientCredentials)?;
            let granted = machine::scopes(&mut ctx.read(), &pool, &client, scopes.as_deref()).await?;
            let granted = granted.map_err(|_| TokenError::InvalidScope)?;
            let (token, seconds) = machine::token(ctx, &pool, &client, &granted, metadata.as_ref()).await?;
            Ok(json!({ "access_token": token, "expires_in": seconds, "token_type": "Bearer" }))
        }
    }
}

fn check_flow(client: &Client, flow: OAuthFlowType) -> Result<(), TokenError> {
    if client.allows_oauth(flow) { Ok(()) } else { Err(TokenError::UnauthorizedClient) }
}

/// Scopes and resource stay those of the sign-in. A refresh token comes along only if the client rotates them.
async fn refresh(ctx: &Ctx<'_>, pool: &Pool, client: &Client, token: &str) -> Result<Value, Refused> {
    let refreshed = refreshing::refresh(ctx, &client.id, token, None).await.map_err(|error| {
        // What became of the user or the session is nobody's business here.
        if error.status() < 500 { TokenError::InvalidGrant.into() } else { Refused::Failed(error) }
    })?;
    let grant = issue::Grant {
        pool,
        client,
        user: &refreshed.user,
        groups: &refreshed.groups,
        family: &refreshed.family,
        source: Source::RefreshTokens,
        metadata: None,
        nonce: None,
    };
    let tokens = issue::sign(ctx, &grant, refreshed.next).await?;
    Ok(body(&tokens))
}

/// The tokens as this endpoint names them.
pub(super) fn body(tokens: &wire::AuthenticationResultType) -> Value {
    let mut body = serde_json::Map::new();
    let members = [
        ("id_token", &tokens.id_token),
        ("access_token", &tokens.access_token),
        ("refresh_token", &tokens.refresh_token),
    ];
    for (name, token) in members {
        if let Some(token) = token {
            body.insert(name.to_owned(), json!(token.as_str()));
        }
    }
    body.insert("expires_in".to_owned(), json!(tokens.expires_in));
    body.insert("token_type".to_owned(), json!("Bearer"));
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::browser::{self, Endpoint, member};
    use testkit::functions::arn;
    use testkit::world::{attribute_list, claims};

    use crate::oauth::testing::{CALLBACK, CHALLENGE, ORDERS, SECRET, Scene, VERIFIER, error};

    const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

    #[tokio::test]
    async fn the_tokens_of_a_code() {
        let scene = Scene::new(json!({})).await;
        let attributes =
            attribute_list(json!({ "email": "a@example.com", "name": "Alice", "phone_number": "+49151" }));
        let update = json!({ "UserPoolId": scene.pool, "Username": "alice", "UserAttributes": attributes });
        scene.world.ok("AdminUpdateUserAttributes", update).await;
        let signed_in_at = scene.world.now().seconds();
        let code = scene.code(&[PKCE[0], PKCE[1], ("nonce", "n"), ("scope", "openid email")]).await;
        scene.world.advance(Span::minutes(4));
        let (status, tokens) = scene.redeem(&code, &[("code_verifier", VERIFIER)]).await;
        assert_eq!(
            (status, &tokens["token_type"], &tokens["expires_in"]),
            (200, &json!("Bearer"), &json!(3600))
        );
        assert!(tokens["refresh_token"].is_string());
        let (access, id) = (claims(&tokens["access_token"]), claims(&tokens["id_token"]));
        assert_eq!((&access["scope"], &access["version"]), (&json!("openid email"), &json!(2)));
        assert_eq!((access.get("aud"), access.get("email"), access.get("nonce")), (None, None, None));
        assert_eq!((&access["auth_time"], &id["auth_time"]), (&json!(signed_in_at), &json!(signed_in_at)));
        assert_eq!(
            (&id["nonce"], &id["email"], id.get("name")),
            (&json!("n"), &json!("a@example.com"), None)
        );
        let hash = openssl::sha::sha256(tokens["access_token"].as_str().unwrap().as_bytes());
        use base64::Engine as _;
        let at_hash = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..16]);
        assert_eq!(id["at_hash"], at_hash);
        let refresh =
            [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        let (status, new) = scene.token(&refresh).await;
        assert_eq!((status, new.get("refresh_token")), (200, None));
        let (access, id) = (claims(&new["access_token"]), claims(&new["id_token"]));
        assert_eq!((&access["scope"], &access["version"]), (&json!("openid email"), &json!(2)));
        assert_eq!((id.get("nonce"), id.get("name"), &id["auth_time"]), (None, None, &json!(signed_in_at)));
    }

    /// O1: in turn and at once.
    #[tokio::test]
    async fn a_code_is_good_once() {
        let scene = Scene::new(json!({})).await;
        let code = scene.code(&[]).await;
        let (status, tokens) = scene.redeem(&code, &[]).await;
        assert_eq!((status, scene.user_info(&tokens["access_token"]).await.0), (200, 200));
        assert_eq!(error(scene.redeem(&code, &[]).await), "400 invalid_grant");
        assert_eq!(
            scene.user_info(&tokens["access_token"]).await.0,
            401,
            "what the first use began has ended"
        );
        let code = scene.code(&[]).await;
        let (a, b) = tokio::join!(scene.redeem(&code, &[]), scene.redeem(&code, &[]));
        assert_eq!(a.0.min(b.0), 200, "{a:?} {b:?}");
        assert_eq!(a.0.max(b.0), 400, "{a:?} {b:?}");
    }

    /// O1: who could not have redeemed a code does not end what it began either.
    #[tokio::test]
    async fn a_used_code_in_wrong_hands() {
        let callbacks = [CALLBACK, "https://app.example/other"];
        let scene = Scene::new(json!({ "ClientSecret": SECRET, "CallbackURLs": callbacks })).await;
        let code = scene.code(&PKCE).await;
        let right = [("client_secret", SECRET), ("code_verifier", VERIFIER)];
        let (status, tokens) = scene.redeem(&code, &right).await;
        assert_eq!(status, 200, "{tokens}");
        let again = async |more: &[(&str, &str)], expected: &str| {
            let mut form = right.to_vec();
            form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
            let refused = error(scene.redeem(&code, &[&form, more].concat()).await);
            (refused == expected, scene.user_info(&tokens["access_token"]).await.0)
        };
        for secret in ["", "x"] {
            assert_eq!(again(&[("client_secret", secret)], "400 invalid_client").await, (true, 200));
        }
        for verifier in ["", CHALLENGE] {
            assert_eq!(again(&[("code_verifier", verifier)], "400 invalid_grant").await, (true, 200));
        }
        assert_eq!(again(&[("redirect_uri", callbacks[1])], "400 invalid_grant").await, (true, 200));
        assert_eq!(again(&[], "400 invalid_grant").await, (true, 401));
    }

    /// O2
    #[tokio::test]
    async fn a_code_is_bound() {
        let scene = Scene::new(json!({ "CallbackURLs": [CALLBACK, "https://app.example/other"] })).await;
        let code = scene.code(&[]).await;
        let fails = async |more: &[(&str, &str)]| error(scene.redeem(&code, more).await);
        assert_eq!(fails(&[("redirect_uri", "https://app.example/other")]).await, "400 invalid_grant");
        assert_eq!(fails(&[("redirect_uri", "")]).await, "400 invalid_request");
        assert_eq!(fails(&[("code", "00000000-0000-4000-8000-000000000000")]).await, "400 invalid_grant");
        let other = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK],
        });
        let other = scene.world.client(&scene.pool, other).await;
        let form = [
            ("client_id", other.as_str()),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ];
        assert_eq!(
            error(browser::call(&scene.world, Endpoint::Token, None, &form).await),
            "400 invalid_grant"
        );
        assert_eq!(scene.redeem(&code, &[]).await.0, 200, "none of it used the code up");
        let late = scene.code(&[]).await;
        scene.world.advance(Span::minutes(5));
        assert_eq!(error(scene.redeem(&late, &[]).await), "400 invalid_grant");
        let code = scene.code(&[]).await;
        scene.world.ok("AdminDisableUser", json!({ "UserPoolId": scene.pool, "Username": "alice" })).await;
        assert_eq!(error(scene.redeem(&code, &[]).await), "400 invalid_grant");
    }

    /// O3, O4
    #[tokio::test]
    async fn proof_keys() {
        let scene = Scene::new(json!({})).await;
        let with = scene.code(&PKCE).await;
        for verifier in ["", CHALLENGE, &"a".repeat(42), &"a".repeat(129)] {
            assert_eq!(error(scene.redeem(&with, &[("code_verifier", verifier)]).await), "400 invalid_grant");
        }
        assert_eq!(scene.redeem(&with, &[("code_verifier", VERIFIER)]).await.0, 200);
        let without = scene.code(&[]).await;
        assert_eq!(error(scene.redeem(&without, &[("code_verifier", VERIFIER)]).await), "400 invalid_grant");
    }

    /// O14, O15, O16
    #[tokio::test]
    async fn clients_say_who_they_are() {
        use base64::Engine as _;
        let scene = Scene::new(json!({ "ClientSecret": SECRET })).await;
        let basic = |secret: &str| {
            let pair = format!("{}:{secret}", scene.client);
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
        };
        let fails = async |endpoint, header: Option<&str>, form: &[(&str, &str)]| {
            let base = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x")];
            error(browser::call(&scene.world, endpoint, header, &[&base, form].concat()).await)
        };
        let id = ("client_id", scene.client.as_str());
        let secret = ("client_secret", SECRET);
        assert_eq!(fails(Endpoint::Token, None, &[id]).await, "400 invalid_client");
        assert_eq!(fails(Endpoint::Revoke, None, &[id]).await, "401 invalid_client");
        assert_eq!(fails(Endpoint::Token, None, &[id, ("client_secret", "x")]).await, "400 invalid_client");
        assert_eq!(
            fails(Endpoint::Token, None, &[("client_id", "none"), secret]).await,
            "400 invalid_client"
        );
        assert_eq!(fails(Endpoint::Token, Some(&basic("x")), &[]).await, "400 invalid_client");
        assert_eq!(fails(Endpoint::Token, Some(&basic(SECRET)), &[id, secret]).await, "400 invalid_request");
        assert_eq!(fails(Endpoint::Token, Some(&basic(SECRET)), &[]).await, "400 invalid_grant");
        assert_eq!(fails(Endpoint::Token, None, &[id, secret]).await, "400 invalid_grant");
        let query = browser::parameters(&[id, secret]).encode();
        let form = browser::parameters(&[("grant_type", "refresh_token"), ("refresh_token", "x"), id]);
        let answer = scene.browser().send(Endpoint::Token, &query, browser::Body::Form(form), None).await;
        let shown = format!("{:?}", answer.content);
        assert!(shown.contains("invalid_client"), "a secret in the query is none: {shown}");
    }

    /// O17, but for the method, which HTTP refuses.
    #[tokio::test]
    async fn only_forms() {
        let scene = Scene::new(json!({})).await;
        for body in [browser::Body::Json(b"{}".to_vec()), browser::Body::Other] {
            let answer = scene.browser().send(Endpoint::Token, "", body, None).await;
            assert!(format!("{:?}", answer.content).contains("invalid_request"));
        }
        assert_eq!(error(scene.token(&[("grant_type", "password")]).await), "400 unsupported_grant_type");
    }

    /// O11, O13
    #[tokio::test]
    async fn machines() {
        let all = [format!("{ORDERS}/read"), format!("{ORDERS}/write")];
        let client = json!({
            "ClientSecret": SECRET, "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": all,
        });
        let scene = Scene::new(client).await;
        let ask = async |more: &[(&str, &str)]| {
            let base = [("grant_type", "client_credentials"), ("client_secret", SECRET)];
            scene.token(&[&base, more].concat()).await
        };
        let (status, tokens) = ask(&[]).await;
        let names: Vec<_> = tokens.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((status, names.join(" ").as_str()), (200, "access_token expires_in token_type"));
        let found = claims(&tokens["access_token"]);
        assert_eq!((&found["sub"], found.get("username")), (&json!(scene.client), None));
        assert_eq!(found["scope"], all.join(" "));
        let (_, tokens) = ask(&[("scope", &all[1])]).await;
        assert_eq!(claims(&tokens["access_token"])["scope"], all[1]);
        assert_eq!(scene.user_info(&tokens["access_token"]).await.0, 401);
        for scope in ["openid", "email", "*", "https://orders.example.com/none"] {
            assert_eq!(error(ask(&[("scope", scope)]).await), "400 invalid_scope", "{scope}");
        }
        assert_eq!(error(ask(&[("aws_client_metadata", "x")]).await), "400 invalid_request");
        let user = Scene::new(json!({})).await;
        assert_eq!(
            error(user.token(&[("grant_type", "client_credentials")]).await),
            "400 unauthorized_client"
        );
    }

    #[tokio::test]
    async fn functions_are_asked() {
        let lambda = json!({ "LambdaConfig": { "PreTokenGenerationConfig": {
            "LambdaArn": arn("token"), "LambdaVersion": "V2_0",
        } } });
        let scene = Scene::with(lambda, json!({})).await;
        let generation = json!({ "scopesToAdd": ["more"], "claimsToAddOrOverride": { "a": 1 } });
        let changes = json!({ "accessTokenGeneration": generation });
        scene.world.functions.respond("token", json!({ "claimsAndScopeOverrideDetails": changes }));
        let tokens = scene.tokens(&[("scope", "openid")]).await;
        let access = claims(&tokens["access_token"]);
        assert_eq!((&access["scope"], &access["a"]), (&json!("openid more"), &json!(1)));
        let event = scene.world.functions.events().remove(0);
        assert_eq!(event["triggerSource"], "TokenGeneration_HostedAuth");
        assert_eq!(event["request"]["scopes"], json!(["openid"]));
        scene.world.functions.respond("token", json!({ "claimsAndScopeOverrideDetails": 1 }));
        let code = scene.code(&[]).await;
        let (status, answer) = scene.redeem(&code, &[]).await;
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_grant")));
    }

    #[tokio::test]
    async fn rotation() {
        let rotation =
            json!({ "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 } });
        let client = json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"], "RefreshTokenRotation": rotation["RefreshTokenRotation"] });
        let scene = Scene::new(client).await;
        let tokens = scene.tokens(&[]).await;
        let refresh = async |token: &Value| {
            let token = token.as_str().unwrap();
            scene.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
        };
        let (status, new) = refresh(&tokens["refresh_token"]).await;
        assert_eq!(status, 200);
        assert_ne!(new["refresh_token"], tokens["refresh_token"]);
        scene.world.advance(Span::seconds(1));
        assert_eq!(error(refresh(&tokens["refresh_token"]).await), "400 invalid_grant");
        assert_eq!(error(refresh(&new["refresh_token"]).await), "400 invalid_grant", "reuse ended all of it");
    }

    /// A scope of an attribute that the client may not read, and the bound resource.
    #[tokio::test]
    async fn attributes_and_resources() {
        let scene = Scene::new(json!({ "ReadAttributes": ["name"] })).await;
        let code = scene.code(&[("scope", "openid email")]).await;
        assert_eq!(error(scene.redeem(&code, &[]).await), "400 invalid_grant");
        let tokens = scene.tokens(&[("scope", "openid"), ("resource", ORDERS)]).await;
        assert_eq!(claims(&tokens["access_token"])["aud"], ORDERS);
        assert_eq!(claims(&tokens["id_token"])["aud"], scene.client);
        let refresh =
            [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        assert_eq!(claims(&scene.token(&refresh).await.1["access_token"])["aud"], ORDERS);
    }

    #[tokio::test]
    async fn the_implicit_flow() {
        let scene = Scene::new(json!({ "AllowedOAuthFlows": ["implicit"] })).await;
        let implicit = [("response_type", "token"), ("nonce", "n"), ("scope", "openid")];
        let location = scene.browser().sign_in(&scene.query(&implicit), "alice", "Abcdef1!").await;
        assert!(location.starts_with(&format!("{CALLBACK}#id_token=")), "{location}");
        assert_eq!(member(&location, "refresh_token"), None);
        assert_eq!(member(&location, "expires_in").as_deref(), Some("3600"));
        assert_eq!(member(&location, "token_type").as_deref(), Some("bearer"));
        let id = claims(&json!(member(&location, "id_token")));
        assert_eq!((&id["nonce"], id["at_hash"].is_string()), (&json!("n"), true));
        assert_eq!(scene.user_info(&json!(member(&location, "access_token"))).await.0, 200);
        let list = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        let tracking = json!({
            "UserPoolId": scene.pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 },
        });
        scene.world.ok("SetUserPoolSessionConfiguration", tracking).await;
        let listed = async || scene.world.ok("AdminListUserSessions", list.clone()).await["Sessions"].clone();
        assert_eq!(listed().await[0]["ClientId"], scene.client);
        scene.world.advance(Span::hours(1));
        assert_eq!(listed().await, json!([]), "the session has no refresh token that prolongs it");
        let plain = [("response_type", "token"), ("scope", "https://orders.example.com/read")];
        let location = scene.browser().sign_in(&scene.query(&plain), "alice", "Abcdef1!").await;
        assert!(location.starts_with(&format!("{CALLBACK}#access_token=")), "{location}");
    }
}
