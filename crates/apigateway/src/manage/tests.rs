//! What the operations do, called through the protocol as the server calls them.

use cognito_api::model::Model;
use cognito_api::rest::{self, Found};
use serde_json::{Map, Value, json};
use testkit::world::{World, text};

use super::{Call, call};
use crate::model::{Deployment, find};

mod quotas;

const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a";

struct Gateway(World);

impl Gateway {
    async fn new() -> Self {
        Self(World::new().await)
    }

    /// `<status> <code>: <text>` of a refusal.
    async fn call(&self, name: &str, input: Value) -> Result<Value, String> {
        let model = Model::apigatewayv2();
        let operation = model.operation(name).expect("an operation");
        let request = rest::request(model, operation, &input).expect("a request");
        let Some(Found::Operation(operation, path)) = rest::find(model, request.method, &request.path) else {
            panic!("{} leads to nothing", request.path)
        };
        let body = request.body.as_bytes();
        let call =
            call(&self.0.app, Call { operation, path, query: &request.query, body, caller: World::caller() });
        match call.await {
            Ok(answer) if answer.body.is_empty() => Ok(Value::Null),
            Ok(answer) => Ok(serde_json::from_slice(&answer.body).expect("an answer is JSON")),
            Err(error) => Err(format!("{} {}: {}", error.status(), error.name(), error.message())),
        }
    }

    async fn ok(&self, name: &str, input: Value) -> Value {
        self.call(name, input.clone()).await.unwrap_or_else(|error| panic!("{name} {input}: {error}"))
    }

    async fn fails(&self, name: &str, input: Value) -> String {
        match self.call(name, input.clone()).await {
            Ok(answer) => panic!("{name} {input} succeeded: {answer}"),
            Err(error) => error,
        }
    }

    async fn api(&self) -> String {
        text(&self.ok("CreateApi", json!({ "Name": "api", "ProtocolType": "HTTP" })).await["apiId"])
    }

    async fn authorizer(&self, api: &str) -> String {
        text(&self.ok("CreateAuthorizer", authorizer(api, json!({}))).await["authorizerId"])
    }

    /// An integration, and a route to it.
    async fn route(&self, api: &str, key: &str) -> (String, String) {
        let integration = self.ok("CreateIntegration", integration(api, json!({}))).await;
        let integration = text(&integration["integrationId"]);
        let target = format!("integrations/{integration}");
        let route = self.ok("CreateRoute", json!({ "ApiId": api, "RouteKey": key, "Target": target })).await;
        (text(&route["routeId"]), integration)
    }

    /// The route keys that a stage serves.
    async fn served(&self, api: &str, stage: &str) -> Vec<String> {
        let stage = self.ok("GetStage", json!({ "ApiId": api, "StageName": stage })).await;
        let Some(id) = stage["deploymentId"].as_str() else { return Vec::new() };
        let mut txn = self.0.app.store().read(self.0.now());
        let deployment = find::part::<Deployment>(&mut txn, api, id).await.expect("the deployment exists");
        deployment.snapshot.routes.iter().map(|route| route.key.clone()).collect()
    }
}

fn merged(mut base: Value, more: Value) -> Value {
    let more: Map<String, Value> = serde_json::from_value(more).expect("an object");
    base.as_object_mut().expect("an object").extend(more);
    base
}

fn authorizer(api: &str, more: Value) -> Value {
    let base = json!({
        "ApiId": api, "Name": "jwt", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": ISSUER, "Audience": ["client"] },
    });
    merged(base, more)
}

fn integration(api: &str, more: Value) -> Value {
    let base = json!({
        "ApiId": api, "IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://localhost:1/", "IntegrationMethod": "ANY",
    });
    merged(base, more)
}

#[test]
fn every_operation_of_the_model_is_offered() {
    let names: Vec<&str> =
        Model::apigatewayv2().operations().iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!(super::call::OFFERED, names);
}

#[tokio::test]
async fn an_api() {
    let gateway = Gateway::new().await;
    let created =
        gateway.ok("CreateApi", json!({ "Name": "api", "ProtocolType": "HTTP", "Tags": { "a": "b" } })).await;
    let id = text(&created["apiId"]);
    assert!(
        id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
        "{id}"
    );
    let expected = json!({
        "apiEndpoint": format!("http://{id}.execute-api.us-east-1.localhost:4566"),
        "apiId": id,
        "apiKeySelectionExpression": "$request.header.x-api-key",
        "createdDate": "2026-01-07T09:08:07Z",
        "disableExecuteApiEndpoint": false,
        "ipAddressType": "ipv4",
        "name": "api",
        "protocolType": "HTTP",
        "routeSelectionExpression": "$request.method $request.path",
        "tags": { "a": "b" },
    });
    assert_eq!(created, expected);
    let api = json!({ "ApiId": id });
    assert_eq!(gateway.ok("GetApi", api.clone()).await, expected);
    let cors = json!({ "AllowOrigins": ["https://app.example.com"], "AllowMethods": ["GET"], "MaxAge": 5 });
    let changed =
        gateway.ok("UpdateApi", json!({ "ApiId": id, "Description": "d", "CorsConfiguration": cors })).await;
    assert_eq!(
        (&changed["name"], &changed["description"], &changed["corsConfiguration"]["maxAge"]),
        (&json!("api"), &json!("d"), &json!(5))
    );
    gateway.ok("DeleteCorsConfiguration", api.clone()).await;
    assert_eq!(gateway.ok("GetApi", api.clone()).await.get("corsConfiguration"), None);
    assert_eq!(gateway.ok("DeleteApi", api.clone()).await, Value::Null);
    let gone = format!("404 NotFoundException: Invalid API identifier specified 000000000000:{id}");
    assert_eq!(gateway.fails("GetApi", api.clone()).await, gone);
    assert_eq!(gateway.fails("DeleteApi", api).await, gone);
}

#[tokio::test]
async fn what_apis_refuse() {
    let gateway = Gateway::new().await;
    let api = |more: Value| merged(json!({ "Name": "api", "ProtocolType": "HTTP" }), more);
    for (more, expected) in [
        (json!({ "Name": "" }), "400 BadRequestException: 1 validation error detected"),
        (
            json!({ "ProtocolType": "WEBSOCKET" }),
            "501 NotImplementedException: awsemu does not offer WebSocket APIs yet.",
        ),
        (json!({ "ProtocolType": "FTP" }), "400 BadRequestException: 1 validation error"),
        (json!({ "RouteKey": "GET /" }), "400 BadRequestException: routeKey and credentialsArn"),
        (
            json!({ "RouteSelectionExpression": "x" }),
            "400 BadRequestException: Invalid routeSelectionExpression",
        ),
        (json!({ "Tags": { "aws:x": "y" } }), "400 BadRequestException: Tag keys"),
        (json!({ "Target": "ftp://x" }), "400 BadRequestException: Invalid integration URI"),
        (
            json!({ "CorsConfiguration": { "AllowOrigins": ["app"] } }),
            "400 BadRequestException: Invalid origin",
        ),
        (
            json!({ "CorsConfiguration": { "AllowMethods": ["get"] } }),
            "400 BadRequestException: Invalid method",
        ),
        (
            json!({ "CorsConfiguration": { "AllowHeaders": ["a b"] } }),
            "400 BadRequestException: Invalid header",
        ),
        (
            json!({ "CorsConfiguration": { "AllowOrigins": ["*"], "AllowCredentials": true } }),
            "400 BadRequestException: allowCredentials",
        ),
    ] {
        let error = gateway.fails("CreateApi", api(more)).await;
        assert!(error.starts_with(expected), "{error}");
    }
}

#[tokio::test]
async fn apis_are_listed_in_pages() {
    let gateway = Gateway::new().await;
    for _ in 0..3 {
        gateway.api().await;
    }
    let first = gateway.ok("GetApis", json!({ "MaxResults": "2" })).await;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(2));
    let token = text(&first["nextToken"]);
    let second = gateway.ok("GetApis", json!({ "MaxResults": "2", "NextToken": token })).await;
    assert_eq!((second["items"].as_array().map(Vec::len), second.get("nextToken")), (Some(1), None));
    assert!(
        gateway.fails("GetApis", json!({ "NextToken": "x" })).await.starts_with("400 BadRequestException: ")
    );
    assert!(
        gateway.fails("GetApis", json!({ "MaxResults": "x" })).await.starts_with("400 BadRequestException: ")
    );
}

#[tokio::test]
async fn quick_create() {
    let gateway = Gateway::new().await;
    let input = json!({ "Name": "api", "ProtocolType": "HTTP", "Target": "http://localhost:1/" });
    let id = text(&gateway.ok("CreateApi", input).await["apiId"]);
    let api = json!({ "ApiId": id });
    let routes = gateway.ok("GetRoutes", api.clone()).await;
    assert_eq!(routes["items"][0]["routeKey"], "$default");
    assert_eq!(routes["items"][0]["apiGatewayManaged"], true);
    let integrations = gateway.ok("GetIntegrations", api.clone()).await;
    assert_eq!(integrations["items"][0]["integrationMethod"], "ANY");
    assert_eq!(gateway.served(&id, "$default").await, ["$default"]);
    gateway
        .ok("UpdateApi", json!({ "ApiId": id, "RouteKey": "GET /x", "Target": "http://localhost:2/" }))
        .await;
    assert_eq!(gateway.served(&id, "$default").await, ["GET /x"]);
    assert_eq!(gateway.ok("GetDeployments", api).await["items"].as_array().map(Vec::len), Some(1));
    let plain = gateway.api().await;
    let error = gateway.fails("UpdateApi", json!({ "ApiId": plain, "Target": "http://localhost:2/" })).await;
    assert!(error.starts_with("400 BadRequestException: target, routeKey"), "{error}");
}

#[tokio::test]
async fn an_authorizer() {
    let gateway = Gateway::new().await;
    let api = gateway.api().await;
    let created = gateway.ok("CreateAuthorizer", authorizer(&api, json!({}))).await;
    let id = text(&created["authorizerId"]);
    let expected = json!({
        "authorizerId": id,
        "authorizerType": "JWT",
        "identitySource": ["$request.header.Authorization"],
        "jwtConfiguration": { "audience": ["client"], "issuer": ISSUER },
        "name": "jwt",
    });
    assert_eq!(created, expected);
    let one = json!({ "ApiId": api, "AuthorizerId": id });
    let change = merged(one.clone(), json!({ "JwtConfiguration": { "Audience": ["a", "b"] } }));
    let changed = gateway.ok("UpdateAuthorizer", change).await;
    assert_eq!(changed["jwtConfiguration"], json!({ "audience": ["a", "b"], "issuer": ISSUER }));
    assert_eq!(gateway.ok("GetAuthorizer", one.clone()).await, changed);
    for (more, expected) in [
        (json!({}), "409 ConflictException: Authorizer with name jwt already exists"),
        (json!({ "Name": "x", "AuthorizerType": "REQUEST" }), "501 NotImplementedException"),
        (
            json!({ "Name": "x", "IdentitySource": [] }),
            "400 BadRequestException: A JWT authorizer has exactly one",
        ),
        (
            json!({ "Name": "x", "JwtConfiguration": {} }),
            "400 BadRequestException: A JWT authorizer needs an issuer",
        ),
        (
            json!({ "Name": "x", "JwtConfiguration": { "Issuer": ISSUER } }),
            "400 BadRequestException: A JWT authorizer needs an audience",
        ),
        (
            json!({ "Name": "x", "JwtConfiguration": { "Issuer": "http://example.com", "Audience": ["a"] } }),
            "400 BadRequestException: Invalid issuer",
        ),
        (
            json!({ "Name": "x", "AuthorizerResultTtlInSeconds": 5 }),
            "400 BadRequestException: authorizerResultTtlInSeconds",
        ),
    ] {
        let error = gateway.fails("CreateAuthorizer", authorizer(&api, more)).await;
        assert!(error.starts_with(expected), "{error}");
    }
    gateway.ok("DeleteAuthorizer", one.clone()).await;
    assert!(
        gateway.fails("GetAuthorizer", one).await.starts_with("404 NotFoundException: Invalid Authorizer")
    );
}

#[tokio::test]
async fn a_route_is_never_open_by_half_a_configuration() {
    let gateway = Gateway::new().await;
    let api = gateway.api().await;
    let authorizer = gateway.authorizer(&api).await;
    let route = |more: Value| merged(json!({ "ApiId": api, "RouteKey": "GET /a" }), more);
    for (more, expected) in [
        (json!({ "AuthorizationType": "JWT" }), "400 BadRequestException: authorizerId is required"),
        (
            json!({ "AuthorizationScopes": ["a"] }),
            "400 BadRequestException: authorizationScopes are supported",
        ),
        (json!({ "AuthorizerId": authorizer }), "400 BadRequestException: authorizerId is not supported"),
        (
            json!({ "AuthorizationType": "JWT", "AuthorizerId": "other" }),
            "400 BadRequestException: Invalid authorizer",
        ),
        (json!({ "AuthorizationType": "AWS_IAM" }), "501 NotImplementedException"),
        (json!({ "AuthorizationType": "CUSTOM" }), "501 NotImplementedException"),
        (json!({ "Target": "integrations/none" }), "400 BadRequestException: Invalid integration"),
        (json!({ "Target": "x" }), "400 BadRequestException: Invalid target"),
        (json!({ "RouteKey": "GET a" }), "400 BadRequestException: The provided route key"),
        (
            json!({ "ApiKeyRequired": true }),
            "400 BadRequestException: apiKeyRequired is supported for WebSocket",
        ),
    ] {
        let error = gateway.fails("CreateRoute", route(more)).await;
        assert!(error.starts_with(expected), "{error}");
    }
    let input = route(
        json!({ "AuthorizationType": "JWT", "AuthorizerId": authorizer, "AuthorizationScopes": ["a"] }),
    );
    let created = gateway.ok("CreateRoute", input).await;
    let id = text(&created["routeId"]);
    assert_eq!(
        created,
        json!({
            "apiKeyRequired": false, "authorizationScopes": ["a"], "authorizationType": "JWT", "authorizerId": authorizer,
            "routeId": id, "routeKey": "GET /a",
        })
    );
    assert_eq!(
        gateway.fails("CreateRoute", route(json!({}))).await,
        "409 ConflictException: Route with key GET /a already exists for this API"
    );
    let one = json!({ "ApiId": api, "RouteId": id });
    let kept = gateway.ok("UpdateRoute", merged(one.clone(), json!({ "RouteKey": "GET /b" }))).await;
    assert_eq!((&kept["authorizationType"], &kept["authorizationScopes"]), (&json!("JWT"), &json!(["a"])));
    assert_eq!(
        gateway.fails("DeleteAuthorizer", json!({ "ApiId": api, "AuthorizerId": authorizer })).await,
        "409 ConflictException: Cannot delete authorizer 'jwt', is referenced in route: GET /b"
    );
    let open = gateway.ok("UpdateRoute", merged(one.clone(), json!({ "AuthorizationType": "NONE" }))).await;
    assert_eq!((open.get("authorizerId"), open.get("authorizationScopes")), (None, None));
    gateway.ok("DeleteAuthorizer", json!({ "ApiId": api, "AuthorizerId": authorizer })).await;
    gateway.ok("DeleteRoute", one.clone()).await;
    assert!(gateway.fails("DeleteRoute", one).await.starts_with("404 NotFoundException: Invalid Route"));
}

#[tokio::test]
async fn an_integration() {
    let gateway = Gateway::new().await;
    let api = gateway.api().await;
    let created = gateway.ok("CreateIntegration", integration(&api, json!({}))).await;
    let id = text(&created["integrationId"]);
    assert_eq!(
        created,
        json!({
            "connectionType": "INTERNET", "integrationId": id, "integrationMethod": "ANY", "integrationType": "HTTP_PROXY",
            "integrationUri": "http://localhost:1/", "payloadFormatVersion": "1.0", "timeoutInMillis": 30000,
        })
    );
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let lambda = json!({ "ApiId": api, "IntegrationType": "AWS_PROXY", "IntegrationUri": function, "PayloadFormatVersion": "2.0" });
    assert_eq!(gateway.ok("CreateIntegration", lambda).await["integrationMethod"], "POST");
    for (more, expected) in [
        (json!({ "IntegrationType": "MOCK" }), "400 BadRequestException: Integration type MOCK"),
        (
            json!({ "IntegrationType": "AWS_PROXY" }),
            "400 BadRequestException: PayloadFormatVersion is a required",
        ),
        (
            json!({ "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0" }),
            "400 BadRequestException: Invalid integration URI",
        ),
        (json!({ "PayloadFormatVersion": "2.0" }), "400 BadRequestException: Invalid payloadFormatVersion"),
        (json!({ "TimeoutInMillis": 30_001 }), "400 BadRequestException: 1 validation error"),
        (json!({ "IntegrationMethod": "FETCH" }), "400 BadRequestException: Invalid integration method"),
        (json!({ "ConnectionType": "VPC_LINK" }), "501 NotImplementedException"),
        (json!({ "IntegrationSubtype": "SQS-SendMessage" }), "501 NotImplementedException"),
        (json!({ "RequestParameters": { "x": "y" } }), "400 BadRequestException: Invalid mapping expression"),
        (json!({ "ResponseParameters": { "99": {} } }), "400 BadRequestException: Invalid status code"),
    ] {
        let error = gateway.fails("CreateIntegration", integration(&api, more)).await;
        assert!(error.starts_with(expected), "{error}");
    }
    let one = json!({ "ApiId": api, "IntegrationId": id });
    let change = merged(
        one.clone(),
        json!({ "TimeoutInMillis": 50, "RequestParameters": { "append:header.a": "b" } }),
    );
    let changed = gateway.ok("UpdateIntegration", change).await;
    assert_eq!(
        (&changed["timeoutInMillis"], &changed["integrationUri"]),
        (&json!(50), &created["integrationUri"])
    );
    let target = format!("integrations/{id}");
    let route =
        gateway.ok("CreateRoute", json!({ "ApiId": api, "RouteKey": "$default", "Target": target })).await;
    assert_eq!(
        gateway.fails("DeleteIntegration", one.clone()).await,
        format!(
            "409 ConflictException: Cannot delete Integration because it is referenced by the following Routes with Ids: [{}]",
            text(&route["routeId"])
        )
    );
    gateway.ok("DeleteRoute", json!({ "ApiId": api, "RouteId": route["routeId"] })).await;
    gateway.ok("DeleteIntegration", one).await;
}

#[tokio::test]
async fn a_change_reaches_a_stage_by_a_deployment_only() {
    let gateway = Gateway::new().await;
    let api = gateway.api().await;
    let stage = |name: &str| json!({ "ApiId": api, "StageName": name });
    let deploy = json!({ "ApiId": api, "StageName": "test" });
    assert_eq!(
        gateway.fails("CreateDeployment", json!({ "ApiId": api })).await,
        "400 BadRequestException: At least one route is required before deploying the Api."
    );
    gateway.ok("CreateStage", stage("test")).await;
    gateway.ok("CreateStage", merged(stage("$default"), json!({ "AutoDeploy": true }))).await;
    assert_eq!(
        gateway.fails("CreateStage", stage("test")).await,
        "409 ConflictException: Stage already exists"
    );
    let (route, _) = gateway.route(&api, "GET /a").await;
    assert_eq!(gateway.served(&api, "$default").await, ["GET /a"]);
    assert_eq!(gateway.served(&api, "test").await, [""; 0]);
    let first = gateway.ok("CreateDeployment", deploy.clone()).await;
    assert_eq!((&first["deploymentStatus"], &first["autoDeployed"]), (&json!("DEPLOYED"), &json!(false)));
    gateway.route(&api, "GET /b").await;
    assert_eq!(gateway.served(&api, "$default").await, ["GET /a", "GET /b"]);
    assert_eq!(gateway.served(&api, "test").await, ["GET /a"]);
    gateway.ok("CreateDeployment", deploy).await;
    gateway.ok("DeleteRoute", json!({ "ApiId": api, "RouteId": route })).await;
    assert_eq!(gateway.served(&api, "$default").await, ["GET /b"]);
    assert_eq!(gateway.served(&api, "test").await.len(), 2);
    // Back to the first deployment, and then along with every change.
    let back = merged(stage("test"), json!({ "DeploymentId": first["deploymentId"] }));
    gateway.ok("UpdateStage", back).await;
    assert_eq!(gateway.served(&api, "test").await, ["GET /a"]);
    let used = json!({ "ApiId": api, "DeploymentId": first["deploymentId"] });
    assert!(
        gateway
            .fails("DeleteDeployment", used.clone())
            .await
            .starts_with("400 BadRequestException: Active stages")
    );
    gateway.ok("UpdateStage", merged(stage("test"), json!({ "AutoDeploy": true }))).await;
    assert_eq!(gateway.served(&api, "test").await, ["GET /b"]);
    gateway.ok("DeleteDeployment", used).await;
    // What is said about a stage changes nothing that is deployed.
    let deployments = async || gateway.ok("GetDeployments", json!({ "ApiId": api })).await;
    let before = deployments().await;
    for more in [json!({ "Description": "a" }), json!({ "AutoDeploy": true })] {
        gateway.ok("UpdateStage", merged(stage("test"), more)).await;
        assert_eq!(deployments().await, before);
    }
    let both = merged(stage("test"), json!({ "DeploymentId": "x" }));
    assert!(gateway.fails("UpdateStage", both).await.starts_with("400 BadRequestException: deploymentId"));
    let refused = gateway.fails("CreateDeployment", stage("test")).await;
    assert!(refused.starts_with("400 BadRequestException: A stage with autoDeploy"), "{refused}");
}

#[tokio::test]
async fn a_stage_without_routes_serves_nothing_after_the_last_is_deleted() {
    let gateway = Gateway::new().await;
    let api = gateway.api().await;
    gateway.ok("CreateStage", json!({ "ApiId": api, "StageName": "s", "AutoDeploy": true })).await;
    let (route, _) = gateway.route(&api, "$default").await;
    gateway.ok("DeleteRoute", json!({ "ApiId": api, "RouteId": route })).await;
    assert_eq!(gateway.served(&api, "s").await, [""; 0]);
}

#[tokio::test]
async fn tags_of_apis_and_stages() {
    let gateway = Gateway::new().await;
    let api = gateway.api().await;
    gateway.ok("CreateStage", json!({ "ApiId": api, "StageName": "$default", "Tags": { "a": "1" } })).await;
    let stage = format!("arn:aws:apigateway:us-east-1::/apis/{api}/stages/$default");
    let whole = format!("arn:aws:apigateway:us-east-1::/apis/{api}");
    gateway.ok("TagResource", json!({ "ResourceArn": stage, "Tags": { "b": "2" } })).await;
    gateway.ok("UntagResource", json!({ "ResourceArn": stage, "TagKeys": ["a"] })).await;
    assert_eq!(gateway.ok("GetTags", json!({ "ResourceArn": stage })).await, json!({ "tags": { "b": "2" } }));
    gateway.ok("TagResource", json!({ "ResourceArn": whole, "Tags": { "c": "3" } })).await;
    assert_eq!(gateway.ok("GetApi", json!({ "ApiId": api })).await["tags"], json!({ "c": "3" }));
    for arn in ["x", "arn:aws:apigateway:eu-west-1::/apis/a", "arn:aws:apigateway:us-east-1::/apis/a/b"] {
        let error = gateway.fails("GetTags", json!({ "ResourceArn": arn })).await;
        assert!(error.starts_with("404 NotFoundException: Invalid resource ARN"), "{error}");
    }
}

#[tokio::test]
async fn an_unsigned_call_does_nothing() {
    let gateway = Gateway::new().await;
    let operation = Model::apigatewayv2().operation("GetApis").expect("an operation");
    let mut caller = World::caller();
    caller.scope = None;
    let call = call(&gateway.0.app, Call { operation, path: Map::new(), query: "", body: b"", caller }).await;
    assert_eq!(call.map_err(|error| error.name()), Err("MissingAuthenticationTokenException"));
}
