//! The gateway, and the steps of an invocation.

use std::time::Instant;

use cognito_ops::App;

use super::access_log::{self, Trail};
use super::call::{Answer, Call, Claims, Matched, Place, Refusal};
use super::context::Context;
use super::place::{self, failed};
use super::{authorizer, aws_proxy, cors, hops, http_proxy, route};
use crate::model::{Integration, IntegrationKind, Route, find};

/// What invocations work with. A clone is the same gateway.
#[derive(Clone)]
pub struct Gateway {
    pub(crate) app: App,
    pub(crate) outbound: outbound::Client,
}

impl Gateway {
    /// A gateway of a service, which calls what this client may call.
    pub fn new(app: App, outbound: outbound::Client) -> Self {
        Self { app, outbound }
    }

    /// The service.
    pub fn app(&self) -> &App {
        &self.app
    }
}

/// Answers a call.
pub async fn invoke(gateway: &Gateway, call: Call) -> Answer {
    answered(gateway, call, None).await
}

/// Answers a call that cannot be read to its end, as pages of other origins must see that answer, too.
pub async fn refuse(gateway: &Gateway, call: Call, refusal: Refusal) -> Answer {
    answered(gateway, call, Some(refusal)).await
}

async fn answered(gateway: &Gateway, mut call: Call, unread: Option<Refusal>) -> Answer {
    hops::remove(&mut call.headers);
    let mut answer = match place(gateway, &call).await {
        Ok(place) => at_place(gateway, &call, &place, unread).await,
        Err(refusal) => Answer::from(&refusal),
    };
    hops::remove(&mut answer.headers);
    answer.set("apigw-requestid", call.request_id);
    answer
}

async fn place(gateway: &Gateway, call: &Call) -> Result<Place, Refusal> {
    let now = gateway.app.now().await.map_err(failed)?;
    place::of_call(&gateway.app, call, now).await
}

/// The answer of a deployment, with the headers for pages of other origins whatever it is.
async fn at_place(gateway: &Gateway, call: &Call, place: &Place, unread: Option<Refusal>) -> Answer {
    let cors = place.deployment.snapshot.cors.as_ref();
    if let Some(answer) = cors.and_then(|cors| cors::preflight(cors, call)) {
        return answer;
    }
    let started = Instant::now();
    let mut trail = Trail::default();
    let outcome = match unread {
        Some(refusal) => Err(refusal),
        None => of_route(gateway, call, place, &mut trail).await,
    };
    let mut answer = outcome.unwrap_or_else(|refusal| {
        let answer = Answer::from(&refusal);
        trail.refusal = Some(refusal);
        answer
    });
    if let Some(cors) = cors {
        cors::apply(cors, call, &mut answer);
    }
    let context = Context { call, place, route: trail.route, claims: trail.claims.as_ref() };
    access_log::write(context, &trail, &answer, started.elapsed().as_millis());
    answer
}

/// The answer of the integration of the one route that takes a call: a refusal leads to no other route.
async fn of_route<'a>(
    gateway: &Gateway,
    call: &Call,
    place: &'a Place,
    trail: &mut Trail<'a>,
) -> Result<Answer, Refusal> {
    let snapshot = &place.deployment.snapshot;
    let (route, path_parameters) = route::of_call(&snapshot.routes, &call.method, &place.path)?;
    trail.route = Some(route);
    let claims = claims(gateway, call, place, route).await?;
    if place.stage.access_log.is_some() {
        trail.claims.clone_from(&claims);
    }
    let matched = Matched { call, place, route, path_parameters, claims };
    let is_target = |integration: &&Integration| Some(&integration.id) == route.target.as_ref();
    let integration = snapshot.integrations.iter().find(is_target);
    let integration = integration.ok_or_else(|| Refusal::internal("the route has no integration"))?;
    let started = Instant::now();
    let outcome = match integration.kind {
        IntegrationKind::HttpProxy => http_proxy::forward(gateway, &matched, integration).await,
        IntegrationKind::AwsProxy => aws_proxy::invoke(gateway, &matched, integration).await,
    };
    let status = outcome.as_ref().ok().map(|answer| answer.status);
    trail.integration = Some((status, started.elapsed().as_millis()));
    outcome
}

/// The claims of the caller's token, if the route wants one. The rules are the deployment's, but an authorizer that was
/// deleted since lets nobody in.
async fn claims(
    gateway: &Gateway,
    call: &Call,
    place: &Place,
    route: &Route,
) -> Result<Option<Claims>, Refusal> {
    let Some(rule) = &route.jwt else { return Ok(None) };
    let mut txn = gateway.app.store().read(place.now);
    let live = find::authorizer_if_any(&mut txn, &place.api.id, &rule.authorizer_id).await.map_err(failed)?;
    let known = &place.deployment.snapshot.authorizers;
    let authorizer = known.iter().find(|authorizer| authorizer.id == rule.authorizer_id);
    let (Some(authorizer), Some(_)) = (authorizer, live) else {
        return Err(Refusal::unauthorized("Bearer", "the authorizer does not exist any more"));
    };
    authorizer::authorize(gateway, call, place.now, authorizer, &rule.scopes).await.map(Some)
}
