//! The server: listens, hands each request to its answer, and stops without losing one.

use std::io;
use std::net::{IpAddr, TcpListener};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::http::header::{ALLOW, HOST, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use apigateway::invoke::Gateway;
use cognito_ops::ApiError;
use futures_util::FutureExt;
use tokio::sync::watch;

use crate::answer::{self, AWS_JSON, ENDPOINT_REQUEST_ID, JSON, REQUEST_ID};
use crate::backend::Backend;
use crate::cors::{self, Cors};
use crate::execute_api::{self, Target};
use crate::gate::{Called, Exchange, Gate};
use crate::route::{self, Route};
use crate::settings::Settings;
use crate::{access_log, api, gateway, health, looks, oauth, tool, upload, well_known};

/// Connections of one worker, which bounds the memory that slow callers can take.
const CONNECTIONS: usize = 2_000;

/// How long a caller may take to see an answer that came before the end of its body.
const DISCONNECT: Duration = Duration::from_secs(1);

/// Stops a running server.
#[derive(Clone)]
pub struct Stop {
    server: ServerHandle,
    stopping: watch::Sender<bool>,
}

impl Stop {
    /// Accepts no more connections, lets the requests in work end (up to `Timeouts::drain`) and stops. [`serve`]
    /// returns then; it must still be polled meanwhile.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        self.server.stop(true).await;
    }
}

/// Serves on these listening sockets until it is stopped. `ready` gets the handle to do so as soon as requests are
/// answered.
///
/// Runs in any tokio runtime; the workers have threads and runtimes of their own.
///
/// # Errors
///
/// `InvalidInput` if there is no socket or a host in the settings is none; otherwise what the sockets say.
pub async fn serve(
    gateway: Gateway,
    settings: Settings,
    listeners: Vec<TcpListener>,
    ready: impl FnOnce(Stop),
) -> io::Result<()> {
    run(gateway, settings, listeners, ready).await
}

pub(crate) async fn run<B: Backend>(
    backend: B,
    settings: Settings,
    listeners: Vec<TcpListener>,
    ready: impl FnOnce(Stop),
) -> io::Result<()> {
    let invalid =
        |error: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidInput, error.to_string());
    if listeners.is_empty() {
        return Err(invalid(&"there is no address to listen on"));
    }
    let mut addresses: Vec<IpAddr> = Vec::with_capacity(listeners.len());
    for listener in &listeners {
        addresses.push(listener.local_addr()?.ip());
    }
    let (stopping, stopped) = watch::channel(false);
    let (workers, timeouts) = (settings.workers, settings.timeouts);
    let gate =
        web::Data::new(Gate::new(backend, settings, &addresses, stopped).map_err(|error| invalid(&error))?);
    let mut server =
        HttpServer::new(move || App::new().app_data(gate.clone()).default_service(web::to(respond::<B>)))
            .workers(workers.max(1))
            .max_connections(CONNECTIONS)
            .keep_alive(timeouts.idle)
            .client_request_timeout(timeouts.head)
            .client_disconnect_timeout(DISCONNECT)
            .shutdown_timeout(timeouts.drain.as_secs())
            .disable_signals();
    for listener in listeners {
        server = server.listen(listener)?;
    }
    let server = server.run();
    ready(Stop { server: server.handle(), stopping });
    server.await
}

/// Answers a request: whatever happens, the client gets an answer and the log a line.
async fn respond<B: Backend>(
    request: HttpRequest,
    payload: web::Payload,
    gate: web::Data<Gate<B>>,
) -> HttpResponse {
    let started = Instant::now();
    let mut exchange = Exchange::new();
    if let Some(target) = target(&request, gate.prefix()) {
        let answer = Box::pin(execute_api::answer(&gate, &mut exchange, target, &request, payload));
        let answer = AssertUnwindSafe(answer).catch_unwind().await;
        let response = whatever(answer, &exchange).unwrap_or_else(|error| answer::error(&error, JSON));
        access_log::write(&request, &exchange, &response, started);
        return response;
    }
    let route = Route::of(request.uri().path(), gate.prefix());
    let answer =
        AssertUnwindSafe(dispatch(&gate, &mut exchange, route, &request, payload)).catch_unwind().await;
    let result = whatever(answer, &exchange);
    let content_type = if route == Some(Route::Api) { AWS_JSON } else { JSON };
    let mut response = result.unwrap_or_else(|error| answer::error(&error, content_type));
    if let (StatusCode::METHOD_NOT_ALLOWED, Some(route)) = (response.status(), route) {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(route.methods()));
    }
    std::mem::take(&mut exchange.cors).apply(response.headers_mut());
    let id = HeaderValue::try_from(exchange.request_id.as_str()).expect("a UUID is a header value");
    if matches!(route, Some(Route::Pool(_))) {
        response.headers_mut().insert(ENDPOINT_REQUEST_ID, id.clone());
    }
    response.headers_mut().insert(REQUEST_ID, id);
    access_log::write(&request, &exchange, &response, started);
    response
}

/// The HTTP API that a request is for. Its host decides before any path does.
fn target(request: &HttpRequest, prefix: &str) -> Option<Target> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    Target::of(host, route::without(request.uri().path(), prefix))
}

/// The outcome of an answer that may have panicked.
fn whatever(
    answer: std::thread::Result<Result<HttpResponse, ApiError>>,
    exchange: &Exchange,
) -> Result<HttpResponse, ApiError> {
    answer.unwrap_or_else(|_| {
        tracing::error!(
            operation = exchange.operation,
            request_id = exchange.request_id,
            "a request panicked"
        );
        Err(ApiError::internal())
    })
}

/// The futures of what is not called most are boxed: a future that holds one of them is as large as they are, and is
/// moved with each request.
async fn dispatch<B: Backend>(
    gate: &Gate<B>,
    exchange: &mut Exchange,
    route: Option<Route<'_>>,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let by_domain = route.is_some_and(Route::is_of_pools);
    let Called { host, domain } = gate.host(request, by_domain).await?;
    let route = route.ok_or(ApiError::not_found())?;
    let headers = request.headers();
    let origin = gate.origins.of(headers, host);
    match (route, request.method()) {
        (_, &Method::OPTIONS) => {
            exchange.cors = cors::preflight_cors(route, origin, headers)?;
            Ok(cors::preflight(route))
        }
        (Route::Api, &Method::POST) => api::answer(gate, exchange, origin, request, payload).await,
        (Route::Gateway(path), _) => {
            Box::pin(gateway::answer(gate, exchange, origin, path, request, payload)).await
        }
        (Route::WellKnown { pool_id, document }, &Method::GET | &Method::HEAD) => {
            exchange.cors = Cors::Everyone;
            // Its domain is not where another pool's endpoints are.
            let own = domain.as_ref().filter(|domain| domain.pool_id == pool_id);
            well_known::answer(&gate.backend, document, pool_id, || gate.site_of(request, own)).await
        }
        (Route::LookFile { client_id, file }, &Method::GET | &Method::HEAD) => {
            Box::pin(looks::answer(&gate.backend, client_id, file)).await
        }
        (Route::Messages | Route::Triggers | Route::Clock, &Method::GET | &Method::HEAD)
        | (Route::Clock | Route::Authorize, &Method::POST) => {
            exchange.cors = origin.tool(headers)?;
            if !gate.may_use_tools(headers) {
                return Err(ApiError::tool_not_allowed());
            }
            Box::pin(tool::answer(gate, route, request, payload)).await
        }
        // Who has the link may use it, as at AWS: it is the secret.
        (Route::Upload(path), &Method::PUT) => {
            Box::pin(upload::answer(gate, path, request.headers(), payload)).await
        }
        (Route::Asset(asset), &Method::GET | &Method::HEAD) => Ok(asset.answer()),
        (Route::Pool(endpoint), method)
            if (method == Method::POST && endpoint.takes_post())
                || ((method == Method::GET || method == Method::HEAD) && endpoint.takes_get()) =>
        {
            exchange.cors = cors::endpoint_cors(endpoint);
            Box::pin(oauth::answer(gate, exchange, endpoint, domain, request, payload)).await
        }
        (Route::Health, &Method::GET | &Method::HEAD) => Ok(health::own(&gate.backend).await),
        (Route::LocalstackHealth, &Method::GET | &Method::HEAD) => {
            Ok(health::localstack(&gate.backend).await)
        }
        _ => Err(ApiError::method_not_allowed()),
    }
}
