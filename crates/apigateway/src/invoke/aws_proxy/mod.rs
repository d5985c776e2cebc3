//! AWS_PROXY: hands a call to a Lambda function as an event, and its answer back.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

mod answer;
mod event;

use std::time::Duration;

use cognito_ops::InvokeError;

use super::Gateway;
use super::call::{Answer, Matched, Refusal};
use super::mapping;
use super::outgoing::{self, Draft};
use crate::model::Integration;

/// Hands a call to the function of its integration.
pub(crate) async fn invoke(
    gateway: &Gateway,
    matched: &Matched<'_>,
    integration: &Integration,
) -> Result<Answer, Refusal> {
    let arn = function_arn(&outgoing::with_stage_variables(&integration.uri, matched.place));
    let mut draft = draft(gateway, matched);
    mapping::request(matched, integration, &mut draft);
    let event = match integration.payload_format.as_str() {
        "1.0" => event::of_format_1(matched, &draft),
        _ => event::of_format_2(matched, &draft),
    };
    let patience = Duration::from_millis(integration.timeout_ms.into());
    let given = gateway.app.call_function(arn, event, patience).await.map_err(refusal)?;
    let answer = match integration.payload_format.as_str() {
        "1.0" => answer::of_format_1(given),
        _ => answer::of_format_2(given),
    };
    let answer = answer.map_err(|problem| {
        Refusal::internal(format!("the answer of the function cannot be read: {problem}"))
    })?;
    mapping::answer(matched, integration, answer).await
}

/// What the function gets of the call before anything is mapped.
fn draft(gateway: &Gateway, matched: &Matched<'_>) -> Draft {
    let Matched { call, place, .. } = matched;
    let mut headers = outgoing::headers(call);
    let port = call.host.rsplit_once(':').map_or("80", |(_, port)| port);
    let mut push = |name: &str, value: String| headers.push((name.to_owned(), value.into()));
    push("content-length", call.body.len().to_string());
    push("host", call.host.clone());
    push("x-amzn-trace-id", outgoing::trace_id(gateway, place));
    if let Some(address) = call.source_ip {
        push("x-forwarded-for", address.to_string());
    }
    push("x-forwarded-port", port.to_owned());
    push("x-forwarded-proto", "http".to_owned());
    Draft { path: call.raw_path.clone(), query: call.query.clone(), headers }
}

/// The ARN of the function in the URI by which API Gateway invokes it, or bare.
fn function_arn(uri: &str) -> String {
    let inner = uri.split_once("/functions/").map_or(uri, |(_, behind)| behind);
    inner.strip_suffix("/invocations").unwrap_or(inner).to_owned()
}

/// Why there is no answer, in the gateway's words. That a function that takes too long makes a 503 is unverified.
fn refusal(error: InvokeError) -> Refusal {
    let text = error.to_string();
    match error {
        InvokeError::TimedOut => Refusal::unavailable(text),
        InvokeError::Function(_) | InvokeError::Failed(_) | InvokeError::Unrecognizable => {
            Refusal::internal(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::functions::arn;

    use super::*;
    use crate::invoke::scene::{Scene, shown};

    #[tokio::test]
    async fn a_function_gets_the_event_and_gives_the_answer() {
        let world = World::new().await;
        let given = json!({ "statusCode": 202, "headers": { "X-A": "1" }, "body": "done" });
        world.functions.answer(&arn("pets"), move |_| Ok(given.clone()));
        let invocation = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions";
        let mut scene = Scene::new(&format!("{invocation}/{}/invocations", arn("pets")));
        let spoofed = ["x-forwarded-for", "x-amzn-trace-id", "x-forwarded-host", "content-length"];
        scene.call.headers.extend(spoofed.map(|name| (name.to_owned(), "evil".into())));
        scene
            .integration
            .request_parameters
            .insert("append:header.x-b".to_owned(), "$context.stage".to_owned());
        scene.integration.response_parameters =
            serde_json::from_value(json!({ "202": { "overwrite:statuscode": "203" } })).unwrap();
        let answer = shown(scene.forward(&world).await).await;
        assert_eq!(answer, "203 x-a=1 content-type=text/plain;charset=UTF-8 done");
        let [event] = world.functions.events().try_into().unwrap();
        let headers = event["headers"].as_object().unwrap();
        let mut headers: Vec<_> = headers.iter().filter(|(name, _)| *name != "x-amzn-trace-id").collect();
        headers.sort_by_key(|(name, _)| name.to_owned());
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| (&***name, value.as_str().unwrap())).collect();
        let host = "api0000001.execute-api.us-east-1.localhost:4566";
        assert_eq!(
            headers,
            [
                ("content-length", "0"),
                ("host", host),
                ("user-agent", "curl \"8\""),
                ("x-b", "prod"),
                ("x-forwarded-for", "192.0.2.7"),
                ("x-forwarded-port", "4566"),
                ("x-forwarded-proto", "http")
            ]
        );
        assert!(event["headers"]["x-amzn-trace-id"].as_str().unwrap().starts_with("Root=1-695e2277-"));
        // Such events hold tokens.
        let calls = world.app.trigger_calls(&Default::default(), Duration::ZERO).await.unwrap();
        assert_eq!(calls, "[]");
    }

    #[tokio::test]
    async fn both_formats_go_both_ways() {
        let world = World::new().await;
        world.functions.answer(&arn("pets"), |event| Ok(json!({ "version": event["version"] })));
        let mut scene = Scene::new(&arn("pets"));
        let answer = shown(scene.forward(&world).await).await;
        assert_eq!(answer, "200 content-type=application/json {\\\"version\\\":\\\"2.0\\\"}");
        scene.integration.payload_format = "1.0".to_owned();
        let answer = shown(scene.forward(&world).await).await;
        assert!(answer.starts_with("500 "), "{answer}");
        assert_eq!(world.functions.events()[1]["version"], "1.0");
    }

    #[tokio::test]
    async fn functions_that_fail() {
        let world = World::new().await;
        let check = async |given: Result<Value, InvokeError>, expected: &str| {
            world.functions.answer(&arn("pets"), move |_| given.clone());
            let answer = shown(Scene::new(&arn("pets")).forward(&world).await).await;
            let (status, message) = expected.split_once(' ').unwrap();
            let body = format!("{{\\\"message\\\":\\\"{message}\\\"}}");
            assert_eq!(answer, format!("{status} content-type=application/json {body}"));
        };
        check(Err(InvokeError::Function("secret".to_owned())), "500 Internal Server Error").await;
        check(Err(InvokeError::Unrecognizable), "500 Internal Server Error").await;
        check(Err(InvokeError::Failed("x".to_owned())), "500 Internal Server Error").await;
        check(Err(InvokeError::TimedOut), "503 Service Unavailable").await;
        check(Ok(json!({ "statusCode": "odd" })), "500 Internal Server Error").await;
        let answer = shown(Scene::new(&arn("other")).forward(&world).await).await;
        assert!(answer.starts_with("500 "), "{answer}");
    }

    #[test]
    fn arns() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:live";
        for uri in [
            arn.to_owned(),
            format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"),
        ] {
            assert_eq!(function_arn(&uri), arn);
        }
    }
}
