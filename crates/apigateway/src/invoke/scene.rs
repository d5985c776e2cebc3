//! A call of a route with its place, for tests: nothing of it is stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use cognito_api::apigatewayv2 as wire;
use cognito_ops::App;
use serde_json::json;
use testkit::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::call::{Answer, Body, Call, Claims, Matched, Place, Refusal};
use super::{Gateway, aws_proxy, http_proxy};
use crate::model::{Api, Deployment, Integration, IntegrationKind, Route, Snapshot, Stage};

/// `POST /prod/pets/a%2Fb` of a caller with a token.
pub(super) struct Scene {
    pub(super) call: Call,
    pub(super) place: Place,
    pub(super) route: Route,
    pub(super) integration: Integration,
    pub(super) path_parameters: Vec<(String, String)>,
    pub(super) claims: Option<Claims>,
}

impl Scene {
    /// A scene whose integration has this target.
    pub(super) fn new(uri: &str) -> Self {
        let api_id = "api0000001".to_owned();
        let integration = integration(&api_id, uri);
        let route = Route {
            api_id: api_id.clone(),
            id: "route".to_owned(),
            key: "ANY /pets/{id}".to_owned(),
            jwt: None,
            target: Some(integration.id.clone()),
            operation_name: None,
            managed: false,
        };
        let header =
            |(name, value): (&str, &'static str)| (name.to_owned(), Bytes::from_static(value.as_bytes()));
        let call = Call {
            api_id: api_id.clone(),
            region: None,
            method: "POST".to_owned(),
            raw_path: "/prod/pets/a%2Fb".to_owned(),
            query: None,
            headers: [
                ("host", "api0000001.execute-api.us-east-1.localhost:4566"),
                ("user-agent", "curl \"8\""),
            ]
            .map(header)
            .into(),
            body: Bytes::new(),
            source_ip: Some([192, 0, 2, 7].into()),
            protocol: "HTTP/1.1",
            host: "api0000001.execute-api.us-east-1.localhost:4566".to_owned(),
            site: super::call::testing::call("GET", "/").site,
            request_id: "request-1".to_owned(),
        };
        let claims = json!({ "sub": "jane", "exp": 1_767_780_000, "cognito:groups": ["a", "b"], "no": null });
        let claims = claims.as_object().cloned().unwrap_or_default();
        Self {
            call,
            place: place(api_id),
            route,
            integration,
            path_parameters: vec![("id".to_owned(), "a%2Fb".to_owned())],
            claims: Some(Claims { claims, scopes: Some(vec!["s/read".to_owned()]) }),
        }
    }

    /// The scene as an integration sees it.
    pub(super) fn matched(&self) -> Matched<'_> {
        let Self { call, place, route, path_parameters, claims, .. } = self;
        Matched { call, place, route, path_parameters: path_parameters.clone(), claims: claims.clone() }
    }

    /// Hands the call to its integration.
    pub(super) async fn forward(&self, world: &World) -> Result<Answer, Refusal> {
        let gateway = gateway(&world.app);
        match self.integration.kind {
            IntegrationKind::HttpProxy => {
                http_proxy::forward(&gateway, &self.matched(), &self.integration).await
            }
            IntegrationKind::AwsProxy => {
                aws_proxy::invoke(&gateway, &self.matched(), &self.integration).await
            }
        }
    }
}

/// A gateway that may call what runs on this machine.
pub(super) fn gateway(app: &App) -> Gateway {
    Gateway::new(app.clone(), outbound::Client::new(cognito_ops::Guard { private: true }))
}

fn place(api_id: String) -> Place {
    let now = testkit::world::BEGINNING;
    let api = Api {
        id: api_id.clone(),
        account: "000000000000".to_owned(),
        region: "us-east-1".to_owned(),
        name: "api".to_owned(),
        description: None,
        version: None,
        created: now,
        cors: None,
        disable_execute_api_endpoint: false,
        disable_schema_validation: None,
        api_key_selection_expression: String::new(),
        ip_address_type: wire::IpAddressType::Ipv4,
        tags: BTreeMap::new(),
        revision: 0,
    };
    let stage = Stage {
        api_id: api_id.clone(),
        name: "prod".to_owned(),
        deployment_id: None,
        auto_deploy: true,
        variables: BTreeMap::from([("color".to_owned(), "red".to_owned())]),
        description: None,
        access_log: None,
        default_route_settings: wire::RouteSettings::default(),
        route_settings: BTreeMap::new(),
        tags: BTreeMap::new(),
        created: now,
        updated: now,
        managed: false,
    };
    let deployment = Deployment {
        api_id,
        id: "deploy".to_owned(),
        description: None,
        created: now,
        auto_deployed: true,
        snapshot: Snapshot::default(),
    };
    let path = "/pets/a%2Fb".to_owned();
    Place { api: Arc::new(api), stage: Arc::new(stage), deployment: Arc::new(deployment), path, now }
}

fn integration(api_id: &str, uri: &str) -> Integration {
    let is_url = uri.starts_with("http");
    Integration {
        api_id: api_id.to_owned(),
        id: "target".to_owned(),
        kind: if is_url { IntegrationKind::HttpProxy } else { IntegrationKind::AwsProxy },
        uri: uri.to_owned(),
        method: Some("ANY".to_owned()),
        payload_format: if is_url { "1.0" } else { "2.0" }.to_owned(),
        timeout_ms: 10_000,
        request_parameters: BTreeMap::new(),
        response_parameters: BTreeMap::new(),
        description: None,
        credentials_arn: None,
        managed: false,
    }
}

/// A server for one request: its origin, and what came. It sends the pieces of the answer with pauses between them, and
/// then waits until the client hangs up.
pub(super) async fn server(answer: Vec<Vec<u8>>) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        while !is_whole(&seen) {
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).await.unwrap();
            assert_ne!(length, 0, "the request broke off: {}", seen.escape_ascii());
            seen.extend_from_slice(&buffer[..length]);
        }
        for piece in answer {
            // The client may hang up in the middle.
            let _ = stream.write_all(&piece).await;
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let _ = stream.read(&mut [0; 1]).await;
        seen
    });
    (origin, seen)
}

fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    request.len() >= end + 4 + length
}

/// An answer as a test reads it: status, headers, body.
pub(super) async fn shown(answer: Result<Answer, Refusal>) -> String {
    use futures_util::StreamExt as _;
    let answer = answer.unwrap_or_else(|refusal| Answer::from(&refusal));
    let body = match answer.body {
        Body::Whole(body) => body.escape_ascii().to_string(),
        Body::Stream(mut chunks) => {
            let mut shown = String::new();
            while let Some(chunk) = chunks.next().await {
                match chunk {
                    Ok(chunk) => shown += &format!("<{}>", chunk.escape_ascii()),
                    Err(failure) => shown += &format!("<{failure}>"),
                }
            }
            shown
        }
    };
    let headers = answer.headers.iter().map(|(name, value)| format!(" {name}={}", value.escape_ascii()));
    format!("{}{} {body}", answer.status, headers.collect::<String>())
}
