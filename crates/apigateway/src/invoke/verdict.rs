//! What an authorizer would answer, for people whose gateway is another tool: `POST /_awsemu/authorize`.
//!
//! Also for the COGNITO_USER_POOLS authorizers of REST APIs, which are not offered otherwise.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html>

use cognito_core::{Time, ids};
use cognito_ops::{ApiError, App, Site, Unverified};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::authorizer::{claims, identity, of_token};
use super::call::{Claims, Refusal};
use super::context::claim_text;
use crate::model::Authorizer;

/// What is asked. `token` is the value of the header, with or without `Bearer`.
#[derive(Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
enum Question {
    /// A JWT authorizer of an HTTP API, on a route with these scopes.
    #[serde(rename = "JWT")]
    Jwt {
        token: String,
        issuer: String,
        audience: Vec<String>,
        #[serde(default)]
        scopes: Vec<String>,
    },
    /// An authorizer of a REST API, on a method with these scopes.
    #[serde(rename = "COGNITO_USER_POOLS")]
    UserPools {
        token: String,
        provider_arns: Vec<String>,
        #[serde(default)]
        scopes: Vec<String>,
    },
}

/// The answer to a question, both as JSON: `allow`, the `status` that the caller of the API sees, and either the
/// `context` that the integration gets or the `reason`, with the `message` and the `www_authenticate` of the answer.
///
/// # Errors
/// 400 if the question is none; 500 if the store fails.
pub async fn verdict(app: &App, site: &Site, question: &[u8]) -> Result<String, ApiError> {
    let question = serde_json::from_slice(question).map_err(|error| {
        let text = format!("The body must be a JSON object like {{\"type\": \"JWT\", \"token\": ..., \"issuer\": ..., \"audience\": [...], \"scopes\": [...]}} or {{\"type\": \"COGNITO_USER_POOLS\", \"token\": ..., \"provider_arns\": [...], \"scopes\": [...]}}: {error}.");
        ApiError::bad_tool_request(&text)
    })?;
    let now = app.now().await?;
    let outcome = match question {
        Question::Jwt { token, issuer, audience, scopes } => {
            let authorizer = Authorizer {
                api_id: String::new(),
                id: String::new(),
                name: String::new(),
                identity_source: String::new(),
                issuer,
                audience,
            };
            let token = identity::bare(&token);
            of_token(app, site, now, token.as_deref(), &authorizer, &scopes).await.map(|claims| {
                let Claims { claims, scopes } = claims;
                json!({ "jwt": { "claims": texts(&claims), "scopes": scopes } })
            })
        }
        Question::UserPools { token, provider_arns, scopes } => {
            let token = identity::bare(&token);
            let claims = of_pools(app, site, now, token.as_deref(), &provider_arns, &scopes).await;
            claims.map(|claims| json!({ "claims": texts(&claims) }))
        }
    };
    let verdict = match outcome {
        Ok(context) => json!({ "allow": true, "status": 200, "context": context }),
        Err(Refusal { status: 500.., .. }) => return Err(ApiError::internal()),
        Err(Refusal { status, message, challenge, authorizer_error, .. }) => json!({
            "allow": false,
            "status": status,
            "message": message,
            "reason": authorizer_error,
            "www_authenticate": challenge,
        }),
    };
    Ok(verdict.to_string())
}

fn texts(claims: &Map<String, Value>) -> Map<String, Value> {
    let text = |(name, claim): (&String, &Value)| Some((name.clone(), claim_text(claim)?.into()));
    claims.iter().filter_map(text).collect()
}

/// The claims of a token of one of these pools: an ID token where no scope is wanted, else an access token that has one.
/// The message of an expired token is unverified, and that of a missing scope.
async fn of_pools(
    app: &App,
    site: &Site,
    now: Time,
    token: Option<&str>,
    arns: &[String],
    scopes: &[String],
) -> Result<Map<String, Value>, Refusal> {
    let refused = |reason: &str| Refusal { challenge: None, ..Refusal::unauthorized("", reason) };
    let token = token.ok_or_else(|| refused("there is no token"))?;
    let mut reason = "the token is of none of the pools".to_owned();
    let mut found = None;
    for arn in arns {
        // Anything else is no pool of ours, and nothing is to be asked for it.
        let pool = arn.rsplit_once(":userpool/").map(|(_, pool)| pool).filter(|pool| ids::is_pool_id(pool));
        let Some(issuer) = pool.map(|pool| site.issuer(pool)) else { continue };
        match app.verify_issued(site, &issuer, token).await {
            Ok(claims) if claims.get("iss").and_then(Value::as_str) == Some(&*issuer) => found = Some(claims),
            Err(Unverified::Failed(error)) => return Err(super::place::failed(error)),
            Err(Unverified::Token(error)) => reason = error.to_string(),
            Ok(_) | Err(Unverified::NoKeys) => {}
        }
    }
    let claims = found.ok_or_else(|| refused(&reason))?;
    claims::in_time(&claims, now).map_err(|problem| Refusal {
        message: "The incoming token has expired",
        ..refused(problem.text())
    })?;
    let wanted = if scopes.is_empty() { "id" } else { "access" };
    if claims.get("token_use").and_then(Value::as_str) != Some(wanted) {
        return Err(refused(&format!("the token is not an {wanted} token")));
    }
    if !scopes.is_empty() && !claims::scopes(&claims).iter().any(|scope| scopes.contains(scope)) {
        return Err(refused(&format!("expected scopes: [{}]", scopes.join(" "))));
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use testkit::world::{World, text};

    use super::*;

    #[tokio::test]
    async fn verdicts() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let client = world.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] })).await;
        world.user(&pool, "jane", "Passw0rd!").await;
        let tokens = world.sign_in(&client, "jane", "Passw0rd!").await;
        let (access, id) = (text(&tokens["AccessToken"]), text(&tokens["IdToken"]));
        let site = World::caller().site;
        let ask = async |question: Value| {
            let verdict = verdict(&world.app, &site, question.to_string().as_bytes()).await;
            serde_json::from_str::<Value>(&verdict.expect("a question")).expect("JSON")
        };
        let jwt = |token: &str, scopes: &[&str]| json!({ "type": "JWT", "token": token, "issuer": site.issuer(&pool), "audience": [client], "scopes": scopes });
        let verdict = ask(jwt(&format!("Bearer {access}"), &["aws.cognito.signin.user.admin"])).await;
        assert_eq!((&verdict["allow"], &verdict["status"]), (&json!(true), &json!(200)), "{verdict}");
        assert_eq!(verdict["context"]["jwt"]["scopes"], json!(["aws.cognito.signin.user.admin"]));
        // Claims are texts.
        assert!(verdict["context"]["jwt"]["claims"]["exp"].is_string(), "{verdict}");
        let verdict = ask(jwt(&access, &["other"])).await;
        assert_eq!((&verdict["allow"], &verdict["status"]), (&json!(false), &json!(403)), "{verdict}");
        let verdict = ask(jwt("x.e30", &[])).await;
        assert_eq!(
            (&verdict["status"], &verdict["message"]),
            (&json!(401), &json!("Unauthorized")),
            "{verdict}"
        );

        let arn = |pool: &str| format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}");
        let pools = async |token: &str, pools: &[&str], scopes: &[&str]| {
            let arns: Vec<String> = pools.iter().map(|pool| arn(pool)).collect();
            let question = json!({ "type": "COGNITO_USER_POOLS", "token": token, "provider_arns": arns, "scopes": scopes });
            let verdict = ask(question).await;
            (verdict["status"].as_u64(), verdict["reason"].as_str().unwrap_or_default().to_owned())
        };
        let passes = (Some(200), String::new());
        assert_eq!(pools(&id, &[&pool], &[]).await, passes);
        assert_eq!(pools(&id, &[&pool, &other], &[]).await, passes);
        assert_eq!(pools(&access, &[&pool], &["x", "aws.cognito.signin.user.admin"]).await, passes);
        assert_eq!(
            pools(&access, &[&pool], &[]).await,
            (Some(401), "the token is not an id token".to_owned())
        );
        assert_eq!(
            pools(&id, &[&pool], &["x"]).await,
            (Some(401), "the token is not an access token".to_owned())
        );
        assert_eq!(pools(&access, &[&pool], &["x"]).await, (Some(401), "expected scopes: [x]".to_owned()));
        assert_eq!(pools("", &[&pool], &[]).await, (Some(401), "there is no token".to_owned()));
        for (token, of) in [(&*id, &*other), (&*id, ""), ("a.b.c", &*pool)] {
            assert_eq!(pools(token, &[of], &[]).await.0, Some(401), "{of}");
        }
        assert_eq!(pools(&id, &[], &[]).await.0, Some(401));
        world.advance(cognito_core::Span::hours(1));
        assert_eq!(pools(&id, &[&pool], &[]).await, (Some(401), "the token has expired".to_owned()));
    }

    #[tokio::test]
    async fn what_is_no_question() {
        let world = World::new().await;
        for question in [
            "",
            "[]",
            "{}",
            r#"{"type":"JWT"}"#,
            r#"{"type":"LAMBDA","token":"x"}"#,
            r#"{"type":"COGNITO_USER_POOLS","token":"x","provider_arns":[],"scope":[]}"#,
        ] {
            let error = verdict(&world.app, &World::caller().site, question.as_bytes()).await;
            assert_eq!(error.expect_err("no question").status(), 400, "{question}");
        }
    }
}
